/* SPDX-License-Identifier: Apache-2.0
 * parse_mail.c - the job of reading a mail. Depends on: base, fmt, role/parse_job. */
#include "role/parse_job.h"

#include "base/limits.h"
#include "fmt/mail_in.h"

static int read_whole(struct parse_job *j, struct why *why, struct str *ret)
{
	struct unpack_src src = parse_job_src(j);
	if (src.size < 0 || src.size > (int64_t)LIMIT_MAIL)
		return fail(why, E_TOO_BIG, "the mail is too big");
	char *p = arena_alloc(&j->me->job, (size_t)src.size + 1);
	size_t n = 0;
	while (n < (size_t)src.size) {
		int64_t got = src.read(src.ctx, p + n, (size_t)src.size - n, why);
		if (got < 0)
			return (int)got;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*ret = (struct str){ p, n };
	return 0;
}

int parse_job_mail(struct parse_job *j, struct str body)
{
	struct job_start start;
	struct why why = { 0 };
	struct str bytes;
	struct mail_facts facts;
	int r = job_start_read(body, &start);
	if (r < 0)
		return r;
	r = read_whole(j, &why, &bytes);
	if (r == 0)
		r = mail_in_read(&j->me->job, bytes, &why, &facts);
	if (r == 0) {
		struct writer w = parse_frame(j);
		mail_facts_write(&w, &facts);
		int sent = parse_send_frame(j, JOB_MAIL_FACTS, &w);
		if (sent < 0)
			return sent;
	}
	return parse_send_end(j, JOB_DONE, r, 0, str_c(why.text));
}
