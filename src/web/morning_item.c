/* SPDX-License-Identifier: Apache-2.0
 * morning_item.c - the morning in sentences: see morning_item.h. Depends on: base,
 * core/morning. */
#include "web/morning_item.h"

#include "base/date.h"
#include "core/finding_text.h"
#include "core/notice.h"
#include "web/url.h"
#include "web/words.h"

#include <stdio.h>

#define ITEMS_MOST 13

struct items {
	const struct morning_reader *r;
	const struct morning *m;
	struct morning_item *v;
	size_t n;
};

/* ---- sentences ---- */

static struct sentence say(
	const struct items *w, const char *text, const struct text_arg *args, size_t n)
{
	return text_say(w->r->a, w->r->lang, w->r->html, text, args, n);
}

/* text: what trn answered. */
static struct sentence count(const struct items *w, const char *text, int64_t n)
{
	const struct text_arg args[] = { text_arg_int("n", n) };
	return say(w, text, args, N(args));
}

static struct sentence words(const struct items *w, const char *text)
{
	return say(w, text, NULL, 0);
}

static struct sentence both(const struct items *w, struct sentence a, struct sentence b)
{
	return text_both(w->r->a, a, b);
}

/* ---- items ---- */

static struct url in_state(const struct items *w, enum notice_state s)
{
	return url_with_int(w->r->a, URL("notices"), "state", s);
}

static struct morning_item *add(struct items *w, const char *topic, bool hands,
	struct url to, struct sentence says)
{
	struct morning_item *i = &w->v[w->n++];
	*i = (struct morning_item){
		.topic = topic, .hands = hands, .to = to, .says = says
	};
	return i;
}

static struct morning_line *room_for(
	const struct items *w, struct morning_item *i, size_t n)
{
	struct morning_line *lines = arena_array(w->r->a, n + 1, sizeof(*lines));
	i->lines = (struct morning_lines){ lines, n };
	return lines;
}

static void add_critical(struct items *w)
{
	const struct morning *m = w->m;
	const struct text_arg args[] = { text_arg_int("n", m->critical),
		text_arg_day("day", m->since) };
	const char *text = m->critical
		? trn(w->r->lang,
			  "{n} critical finding is new or back, in the reports since "
			  "{day}.",
			  "{n} critical findings are new or back, in the reports since "
			  "{day}.",
			  m->critical)
		: N_("No critical finding is new in the reports since {day}.");
	struct sentence says = say(w, text, args, N(args));
	struct morning_item *i = add(
		w, N_("New and critical"), m->critical > 0, URL("findings"), says);
	i->hot = m->critical > 0;
	struct morning_line *lines = room_for(w, i, m->n_worst);
	for (size_t k = 0; k < m->n_worst; k++) {
		const struct finding_row *f = &m->worst[k];
		lines[k] = (struct morning_line){ .what = text_plain(
							  finding_place(w->r->a, f)),
			.where = text_plain(finding_what(w->r->a, f)),
			.who = f->org_name.n ? text_plain(f->org_name)
					     : words(w, N_("nobody known")),
			.to = url_id(w->r->a, "/findings/", f->id) };
	}
	i->more = m->critical - (int64_t)m->n_worst;
}

static struct sentence held_words(
	const struct items *w, struct str why, const struct morning_run *run)
{
	const char *text = notice_held_text(why);
	const struct text_arg args[] = { text_arg_int("notices", run ? run->notices : 0),
		text_arg_int("usual", run ? run->usual : 0) };
	return text ? say(w, text, args, N(args)) : text_plain(why);
}

static void add_waiting(struct items *w)
{
	const struct morning *m = w->m;
	int64_t n = m->drafts + m->held;
	struct sentence says = n
		? count(w,
			  trn(w->r->lang, "{n} notice waits for approval.",
				  "{n} notices wait for approval.", n),
			  n)
		: words(w, N_("No notice waits for approval."));
	if (m->held)
		says = both(w, says,
			count(w,
				trn(w->r->lang, "{n} of them is held back.",
					"{n} of them are held back.", m->held),
				m->held));
	struct morning_item *i = add(
		w, N_("Notices to approve"), n > 0, URL("notices"), says);
	struct morning_line *lines = room_for(w, i, m->n_runs + m->n_helds);
	for (size_t k = 0; k < m->n_runs; k++) {
		const struct morning_run *run = &m->runs[k];
		const struct text_arg args[] = { text_arg_int("run", run->id),
			text_arg_minute("time", run->at) };
		lines[k] = (struct morning_line){ .what = say(w, N_("Run {run}, {time}"),
							  args, N(args)),
			.where = count(w,
				trn(w->r->lang, "{n} notice", "{n} notices",
					run->drafts + run->held),
				run->drafts + run->held),
			.who = run->held && run->held_why.n
				? held_words(w, run->held_why, run)
				: text_plain(S("")),
			.to = url_with_int(w->r->a, URL("notices"), "run", run->id) };
	}
	for (size_t k = 0; k < m->n_helds; k++)
		lines[m->n_runs + k] =
			(struct morning_line){ .what = text_plain(m->helds[k].org_name),
				.where = words(w, N_("held")),
				.who = held_words(w, m->helds[k].why, NULL),
				.to = url_id(w->r->a, "/notices/", m->helds[k].id) };
}

static struct sentence switch_words(const struct items *w)
{
	return w->m->sending ? words(w, N_("Sending is on."))
			     : words(w, N_("Dry run: nothing leaves the house."));
}

static struct sentence sending_words(const struct items *w)
{
	const struct morning *m = w->m;
	enum lang lang = w->r->lang;
	struct sentence says = switch_words(w);
	const char *way = trn(lang, "{n} notice is on its way.",
		"{n} notices are on their way.", m->waiting);
	const char *stay = trn(lang,
		"{n} approved notice waits until sending is switched on.",
		"{n} approved notices wait until sending is switched on.", m->approved);
	if (m->waiting)
		says = both(w, says, count(w, way, m->waiting));
	if (!m->sending && m->approved)
		says = both(w, says, count(w, stay, m->approved));
	return says;
}

static void add_sending(struct items *w)
{
	const struct morning *m = w->m;
	enum lang lang = w->r->lang;
	const char *topic = N_("Sending");
	struct url to = w->r->cases ? URL("notices") : (struct url){ S("") };
	bool stays = !m->sending && m->approved > 0;
	const char *tried = trn(lang,
		"The mail server did not take {n} notice yet; it is tried again.",
		"The mail server did not take {n} notices yet; they are tried again.",
		m->retrying);
	const char *lost = trn(lang, "Of {n} notice nobody knows whether it went out.",
		"Of {n} notices nobody knows whether they went out.", m->uncertain);
	const char *stuck = trn(lang,
		"{n} notice has waited for more than a day to go out.",
		"{n} notices have waited for more than a day to go out.", m->stuck);
	if (stays || m->retrying + m->stuck == 0)
		add(w, topic, stays, to, sending_words(w));
	if (m->stuck)
		add(w, topic, true, w->r->cases ? in_state(w, NOTICE_WAITING) : to,
			both(w, switch_words(w), count(w, stuck, m->stuck)));
	if (m->retrying) {
		struct morning_item *i = add(
			w, topic, true, to, count(w, tried, m->retrying));
		if (m->reply.n)
			room_for(w, i, 1)[0].what = text_plain(m->reply);
	}
	if (m->uncertain)
		add(w, topic, true, w->r->cases ? in_state(w, NOTICE_UNCERTAIN) : to,
			count(w, lost, m->uncertain));
}

static void add_back(struct items *w)
{
	const struct morning *m = w->m;
	struct sentence says = words(
		w, N_("No notice of the last seven days came back."));
	struct sentence refused = count(w,
		trn(w->r->lang, "{n} was refused.", "{n} were refused.", m->refused),
		m->refused);
	if (m->bounced)
		says = count(w,
			trn(w->r->lang, "{n} notice of the last seven days came back.",
				"{n} notices of the last seven days came back.",
				m->bounced),
			m->bounced);
	if (m->refused)
		says = both(w, says, refused);
	add(w, N_("Returned"), m->bounced + m->refused > 0, in_state(w, NOTICE_BOUNCED),
		says);
}

static void add_tasks(struct items *w)
{
	const struct morning *m = w->m;
	struct morning_item *i = add(w, N_("Tasks"), m->open_tasks > 0, URL("tasks"),
		m->open_tasks
			? count(w,
				  trn(w->r->lang, "{n} task needs a person.",
					  "{n} tasks need a person.", m->open_tasks),
				  m->open_tasks)
			: words(w, N_("No task is open.")));
	struct morning_line *lines = room_for(w, i, m->n_tasks);
	for (size_t k = 0; k < m->n_tasks; k++) {
		lines[k].what = words(w, word_task(m->tasks[k].kind).what);
		lines[k].where = count(w,
			trn(w->r->lang, "{n} task", "{n} tasks", m->tasks[k].n),
			m->tasks[k].n);
		lines[k].to = URL("tasks");
	}
}

static void add_contacts(struct items *w)
{
	const struct morning *m = w->m;
	add(w, N_("Contacts"), m->doubt > 0, URL("contacts"),
		m->doubt ? count(w,
				   trn(w->r->lang, "{n} contact is in doubt.",
					   "{n} contacts are in doubt.", m->doubt),
				   m->doubt)
			 : words(w, N_("No contact is in doubt.")));
}

static void add_reports(struct items *w)
{
	const struct overdue *o = &w->m->reports;
	struct sentence says = o->n
		? count(w,
			  trn(w->r->lang,
				  "{n} kind of report usually comes, and did not.",
				  "{n} kinds of report usually come, and did not.",
				  (int64_t)o->n),
			  (int64_t)o->n)
		: words(w, N_("All reports came that usually come."));
	const struct text_arg since[] = { text_arg_day("day", o->latest) };
	if (o->none)
		says = say(w, N_("No report has come since {day}."), since, N(since));
	struct morning_item *i = add(
		w, N_("Reports"), o->n > 0 || o->none, URL("feeds"), says);
	i->hot = o->none;
	size_t n = o->n < MORNING_MOST ? o->n : MORNING_MOST;
	struct morning_line *lines = room_for(w, i, n);
	for (size_t k = 0; k < n; k++) {
		const struct overdue_type *t = &o->v[k];
		const struct text_arg args[] = { text_arg_day("day", t->last) };
		lines[k].what = text_plain(t->name);
		lines[k].where = say(w, N_("last of {day}"), args, N(args));
		lines[k].who = t->state == OVERDUE_SILENCE ? words(w, N_("fell silent"))
							   : text_plain(S(""));
	}
	i->more = (int64_t)(o->n - n);
}

static void add_files(struct items *w)
{
	const struct morning *m = w->m;
	struct morning_item *i = add(w, N_("Files"), m->failed > 0, URL("files"),
		m->failed ? count(w,
				    trn(w->r->lang, "{n} file could not be read.",
					    "{n} files could not be read.", m->failed),
				    m->failed)
			  : words(w, N_("Every file could be read.")));
	struct morning_line *lines = room_for(w, i, m->n_files);
	for (size_t k = 0; k < m->n_files; k++) {
		lines[k].what = text_plain(m->files[k].name);
		lines[k].where = text_plain(m->files[k].why);
	}
	i->more = m->failed - (int64_t)m->n_files;
}

static void add_backup(struct items *w)
{
	const struct morning *m = w->m;
	int64_t old = w->r->now - MORNING_BACKUP * DAY_SECONDS;
	bool late = !m->backup.has || m->backup.v < old;
	const struct text_arg args[] = { text_arg_minute(
		"time", m->backup.has ? m->backup.v : 0) };
	add(w, N_("Backup"), late && !w->r->demo, (struct url){ S("") },
		m->backup.has
			? say(w,
				  late ? N_("The last backup was made at {time}: more "
					    "than a week ago.")
				       : N_("The last backup was made at {time}."),
				  args, N(args))
			: words(w,
				  w->r->demo ? N_("Nobody makes backups of a "
						  "demonstration.")
					     : N_("No backup was ever made.")));
}

static void add_disk(struct items *w)
{
	char room[32];
	bool low = w->r->room < MORNING_DISK_LOW;
	if (w->r->room == UINT64_MAX)
		return;
	(void)snprintf(room, sizeof(room), "%.1f", (double)w->r->room / (double)GIB(1));
	const struct text_arg args[] = { text_arg_cstr("n", room) };
	struct morning_item *i = add(w, N_("Disk"), low, (struct url){ S("") },
		say(w,
			low ? N_("Only {n} GiB are free: feeds will soon not fit.")
			    : N_("{n} GiB are free."),
			args, N(args)));
	i->hot = low;
}

/* What needs hands first; else in the order in which they were added. */
static struct morning_items sorted(const struct items *w)
{
	struct morning_item *v = arena_array(w->r->a, w->n + 1, sizeof(*v));
	size_t n = 0;
	for (int fine = 0; fine < 2; fine++)
		for (size_t i = 0; i < w->n; i++)
			if (w->v[i].hands != (bool)fine)
				v[n++] = w->v[i];
	return (struct morning_items){ v, n };
}

struct morning_items morning_items(
	const struct morning_reader *r, const struct morning *m)
{
	struct items w = { .r = r, .m = m };
	w.v = arena_array(r->a, ITEMS_MOST, sizeof(*w.v));
	if (r->cases) {
		add_critical(&w);
		add_waiting(&w);
	}
	add_sending(&w);
	if (r->cases) {
		add_back(&w);
		add_tasks(&w);
		add_contacts(&w);
	}
	add_reports(&w);
	add_files(&w);
	add_backup(&w);
	add_disk(&w);
	return sorted(&w);
}
