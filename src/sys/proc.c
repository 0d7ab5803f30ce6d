/* SPDX-License-Identifier: Apache-2.0
 * proc.c - starting a role: see proc.h. Depends on: base. */
#include "sys/proc.h"

#include "base/auto.h"
#include "sys/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* Above all places, so that moving one descriptor never closes another's source. */
#define PARKED 64

/* From here to exec only calls that are safe after fork. */
static bool place_fds(const struct proc_start *s)
{
	int parked[PROC_PLACES];
	for (int i = 3; i < PROC_PLACES; i++) {
		parked[i] = -1;
		if (s->fds[i] <= 0)
			continue;
		parked[i] = fcntl(s->fds[i], F_DUPFD_CLOEXEC, PARKED);
		if (parked[i] < 0)
			return false;
	}
	for (int i = 3; i < PROC_PLACES; i++) {
		if (parked[i] < 0)
			(void)close(i);
		else if (dup2(parked[i], i) < 0)
			return false;
	}
	if (close_range(PROC_PLACES, ~0u, 0) < 0)
		for (int fd = PROC_PLACES; fd < 4096; fd++)
			(void)close(fd);
	return true;
}

static _Noreturn void become(const struct proc_start *s, pid_t parent)
{
	sigset_t none;
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (s->follow) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent) /* it died before the kernel was told */
			_exit(1);
	}
	if (s->group || s->detach)
		(void)setpgid(0, 0);
	if (s->detach) {
		int null = open("/dev/null", O_RDWR);
		if (null >= 0) {
			(void)dup2(null, 0);
			(void)dup2(null, 1);
		}
	}
	if (!place_fds(s))
		_exit(127);
	char *const argv[] = { (char *)(uintptr_t) "tocsin", (char *)(uintptr_t) "role",
		(char *)(uintptr_t)s->role, NULL };
	(void)execv("/proc/self/exe", argv);
	_exit(127);
}

int proc_start(const struct proc_start *s, struct why *why, pid_t *ret)
{
	pid_t parent = getpid();
	pid_t pid = fork();
	if (pid < 0)
		return fail(why, E_SYS, "cannot start role %s", s->role);
	if (pid == 0)
		become(s, parent);
	if (s->group) /* whoever of the two comes first */
		(void)setpgid(pid, pid);
	*ret = pid;
	return 0;
}

void proc_end(pid_t pid, int ms)
{
	int64_t until = clock_ms() + ms;
	for (;;) {
		pid_t r = waitpid(pid, NULL, WNOHANG);
		if (r == pid || (r < 0 && errno != EINTR))
			return;
		if (clock_ms() >= until)
			break;
		clock_sleep_ms(2);
	}
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}
