/* SPDX-License-Identifier: Apache-2.0
 * test_demo_answers.c - who in the demo country answers what, and what it does to the
 * feeds of later days. */
#include "demo/answers.h"
#include "demo_kit.h"

static char root_file[128];

/* A file beside the folders of the days. */
static const char *in_root(const char *name)
{
	(void)snprintf(root_file, sizeof(root_file), "%s/%s", root, name);
	return root_file;
}

/* Keys as keys.csv has them. */
struct key_line {
	struct str key, identifier, address, port, days;
};

static size_t read_keys(struct arena *a, const char *dir, struct key_line **ret)
{
	struct str rest = slurp(a, dir, "keys.csv"), line, f[6];
	struct key_line *v = arena_array(a, 4000, sizeof(*v));
	size_t n = 0;
	(void)demo_line(&rest, &line);
	while (demo_line(&rest, &line) && n < 4000) {
		demo_fields(a, line, ',', f, N(f));
		v[n++] = (struct key_line){ f[0], f[2], f[3], f[4], f[5] };
	}
	*ret = v;
	return n;
}

static bool has_day(struct str days, int32_t from, int32_t to)
{
	struct str word;
	int64_t d;
	while (str_split(&days, ' ', &word))
		if (str_int(word, 0, 4000, &d) && d >= from && d <= to)
			return true;
	return false;
}

#define HEAD "day,notice,organisation,identifier,address,port,answer,true\n"
enum { ANSWERED = 3, LAST = 12, EACH = 100 };

/* The i-th key's answer: a third truly fixed, a third said to be, a third worked on. */
static const char *const said[3] = { "fixed,yes", "fixed,no", "working,yes" };

static void write_answers(
	struct arena *a, const char *name, const struct key_line *v, size_t n)
{
	struct buf b = buf_in(a, MIB(1));
	int r = buf_add(&b, S(HEAD));
	for (size_t i = 0; i < n && r == 0; i++)
		r = buf_addf(&b, "%d,N%zu,Somebody,%.*s,%.*s,%.*s,%s\n", ANSWERED, i / 9,
			STR(v[i].identifier), STR(v[i].address), STR(v[i].port),
			said[i % 3]);
	const char *text = "";
	ok(r == 0 && str_z(a, buf_str(&b), &text) == 0, "answers about %zu keys", n);
	write_file(".", name, text);
}

/* Each answered key against the same key in the days without answers. */
static void compare_days(const struct key_line *was, const struct key_line *is, size_t n)
{
	size_t later = 0, before = 0, fixed_seen = 0, again = 0, untouched = 0;
	for (size_t i = 0; i < n; i++) {
		bool seen = has_day(is[i].days, ANSWERED + 1, LAST);
		later += has_day(was[i].days, ANSWERED + 1, LAST);
		for (int32_t d = 0; d <= ANSWERED; d++)
			before += has_day(is[i].days, d, d) != has_day(was[i].days, d, d);
		if (i % 3 == 0)
			fixed_seen += seen;
		else if (i % 3 == 1)
			again += has_day(is[i].days, ANSWERED + 1, ANSWERED + 3);
		else
			untouched += str_eq(is[i].days, was[i].days);
	}
	ok(later > n / 2, "without answers most are seen later: %zu of %zu", later, n);
	ok(before == 0, "up to the day of the answer nothing changes");
	ok(fixed_seen == 0, "what was fixed is not seen again");
	ok(again == n / 3, "what was only said to be fixed is, within three days: %zu",
		again);
	ok(untouched == n / 3, "what is worked on stays as it was");
}

static void check_outcomes(struct arena *a, size_t n)
{
	struct str text = slurp(a, "with", "outcomes.csv"), rest = text, line, f[6];
	size_t died = 0, gone = 0, bad = 0;
	(void)demo_line(&rest, &line);
	ok(str_eq(line, S("day,key,answer,true,outcome,again")),
		"the header of outcomes.csv");
	while (demo_line(&rest, &line)) {
		int64_t day;
		demo_fields(a, line, ',', f, N(f));
		died += str_eq(f[4], S("died"));
		gone += str_eq(f[4], S("gone"));
		if (str_eq(f[4], S("again")))
			bad += !str_int(f[5], ANSWERED + 1, ANSWERED + 3, &day) ||
				!str_eq(f[3], S("no"));
		else
			bad += f[5].n > 0;
	}
	ok(count_lines(text, S(",again,")) == n / 3 &&
			count_lines(text, S(",working,yes,stays,")) == n / 3,
		"outcomes.csv says what became of each");
	ok(died + gone == n / 3 && died > gone && gone > 0,
		"%zu keys died of their answer, %zu had gone before", died, gone);
	ok(bad == 0, "the day on which it is seen again");
}

/* The days are those without answers, but for the keys that were answered. */
static void test_effect(void)
{
	AUTO_ARENA a = arena_new(MIB(64), "test effect");
	struct why why;
	struct demo_sum plain, sum;
	struct key_line *was, *now;
	const size_t n = (size_t)EACH * 3;
	char path[64], one[SHA256_HEX + 1], two[SHA256_HEX + 1];
	ok(make("plain", DEMO_D, LAST, DEMO_SEED, &why, &plain) == 0, "without answers");
	size_t all = read_keys(&a, "plain", &was);
	write_answers(&a, "answers.csv", was, n);
	ok(make_with(in_root("answers.csv"), "with", DEMO_D, LAST, DEMO_SEED, &why,
		   &sum) == 0,
		"with answers %s", why.text);
	ok(read_keys(&a, "with", &now) == all && all > 1400, "the same keys were born");
	compare_days(was, now, n);
	size_t others = 0;
	for (size_t i = n; i < all; i++)
		others += !str_eq(was[i].key, now[i].key) ||
			!str_eq(was[i].days, now[i].days);
	ok(others == 0, "nobody else's key changes");
	ok(sum.keys + 30 < plain.keys, "fewer keys are left: %lu of %lu", sum.keys,
		plain.keys);
	check_outcomes(&a, n);
	fingerprint(path_of("with", path), one);
	ok(make_with(in_root("answers.csv"), "with", DEMO_D, LAST, DEMO_SEED, &why,
		   &sum) == 0,
		"again");
	is(fingerprint(path_of("with", path), two), one, "the same bytes");
	/* Answers that lie ahead change nothing yet. */
	fingerprint(path_of("plain", path), one);
	ok(make("plain", DEMO_D, ANSWERED, DEMO_SEED, &why, &sum) == 0, "the day of it");
	fingerprint(path_of("plain", path), one);
	ok(make_with(in_root("answers.csv"), "plain", DEMO_D, ANSWERED, DEMO_SEED, &why,
		   &sum) == 0,
		"with answers of that day");
	ok(count_lines(slurp(&a, "plain", "outcomes.csv"), S("")) == 1, "no outcome yet");
	(void)unlink(in_root("plain/outcomes.csv"));
	is(fingerprint(path_of("plain", path), two), one, "the same feeds");
	write_file("plain", "outcomes.csv", "old\n");
	ok(make("plain", DEMO_D, ANSWERED, DEMO_SEED, &why, &sum) == 0, "without them");
	is(fingerprint(path_of("plain", path), two), one, "old outcomes go");
	clear("with");
	clear("plain");
}

static void test_bad_answers(void)
{
	static const struct {
		const char *text;
		int r;
	} t[] = {
		{ HEAD "2,N1,X,open-rdp,192.0.2.250,1,fixed,yes\n", E_NOT_FOUND },
		{ HEAD "9,N1,X,open-rdp,192.0.2.250,1,fixed,yes\n", 0 },
		{ HEAD, 0 },
		{ HEAD "three\n", E_SYNTAX },
		{ HEAD "2,N1,X,open-rdp,192.0.2.250,1,repaired,yes\n", E_SYNTAX },
		{ HEAD "2,N1,X,open-rdp,192.0.2.250,1,fixed,maybe\n", E_SYNTAX },
		{ HEAD "2,N1,X,open-rdp,192.0.2.250,65536,fixed,yes\n", E_SYNTAX },
		{ HEAD "2,N1,X,open-rdp,,1,fixed,yes\n", E_SYNTAX },
		{ HEAD "-1,N1,X,open-rdp,192.0.2.250,1,fixed,yes\n", E_SYNTAX },
		{ HEAD "2,N1,X,open-rdp,192.0.2.250,1,fixed,yes,more\n", E_SYNTAX },
		{ "day,key\n", E_SYNTAX },
		{ "", E_SYNTAX },
	};
	struct why why;
	struct demo_sum sum;
	for (size_t i = 0; i < N(t); i++) {
		write_file(".", "bad.csv", t[i].text);
		ok(make_with(in_root("bad.csv"), "bad", DEMO_D, 4, DEMO_SEED, &why,
			   &sum) == t[i].r,
			"%s", t[i].r == 0 ? "taken" : why.text);
	}
	ok(make_with(in_root("none.csv"), "bad", DEMO_D, 4, DEMO_SEED, &why, &sum) ==
			E_NOT_FOUND,
		"%s", why.text);
	clear("bad");
}

/* --- who answers --- */

enum { MAILS = 4000, PER_MAIL = 3, ALL = MAILS * PER_MAIL };
static const char *const sectors[5] = { "government", "finance", "isp", "academic",
	"health" };

/* Mails of one day, each of its own organisation. */
static struct demo_arrivals mails(struct arena *a, int32_t day, uint32_t reminder)
{
	struct demo_arrivals v = { arena_array(a, ALL, sizeof(*v.v)), ALL, ALL };
	for (size_t i = 0; i < ALL; i++) {
		struct buf b = buf_in(a, 100);
		size_t mail = i / PER_MAIL;
		int r = buf_addf(&b, "Organisation %zu", mail);
		struct str name = buf_str(&b);
		struct buf c = buf_in(a, 100);
		r += buf_addf(&c, "host%zu.example", i);
		if (r < 0)
			continue;
		v.v[i] = (struct demo_arrival){ .day = day,
			.reminder = reminder,
			.notice = str_from(name, 13),
			.organisation = name,
			.sector = str_c(sectors[mail % 5]),
			.about = { S("spam-url"), buf_str(&c), 0 } };
		v.v[i].hash = demo_identity_hash(&v.v[i].about);
	}
	return v;
}

/* In thousandths of the mails of that sector. */
static unsigned answered(const struct demo_answers *x, size_t sector)
{
	unsigned n = 0;
	int64_t last = -1;
	for (size_t i = 0; i < x->n; i++) {
		int64_t mail = 0;
		if (!str_int(x->v[i].notice, 0, MAILS, &mail) || mail == last ||
			mail % 5 != (int64_t)sector)
			continue;
		n++;
		last = mail;
	}
	return n * 1000 / (MAILS / 5);
}

static void test_rates(void)
{
	static const unsigned want[5] = { 220, 410, 550, 480, 180 };
	AUTO_ARENA a = arena_new(MIB(256), "test rates");
	struct demo_arrivals v = mails(&a, 1, 0);
	struct demo_answers x;
	demo_answers_decide(&a, DEMO_SEED, 60, &v, &x);
	for (size_t i = 0; i < 5; i++) {
		unsigned got = answered(&x, i);
		ok(got + 45 > want[i] && got < want[i] + 45, "%s: %u of 1000 mails",
			sectors[i], got);
	}
	size_t n[WORD_N] = { 0 }, untrue = 0;
	int32_t first = 100, last = 0;
	for (size_t i = 0; i < x.n; i++) {
		n[x.v[i].word]++;
		untrue += !x.v[i].is_true;
		first = x.v[i].day < first ? x.v[i].day : first;
		last = x.v[i].day > last ? x.v[i].day : last;
		if (x.v[i].word != WORD_FIXED && !x.v[i].is_true)
			untrue += ALL; /* only "fixed" can be untrue */
	}
	static const size_t share[WORD_N] = { 600, 160, 100, 60, 80 };
	for (int i = 0; i < WORD_N; i++) {
		size_t got = n[i] * 1000 / x.n;
		ok(got + 25 > share[i] && got < share[i] + 25, "%s: %zu of 1000",
			demo_word_text((enum demo_word)i), got);
	}
	size_t lies = untrue * 1000 / n[WORD_FIXED];
	ok(lies > 125 && lies < 175, "not true: %zu of 1000 fixed", lies);
	/* Day 1 is a Tuesday: five working days on is the next Tuesday. */
	ok(first == 1 && last == 8, "answers come from day %d to %d", first, last);
}

static void test_reminders(void)
{
	AUTO_ARENA a = arena_new(MIB(256), "test reminders");
	struct demo_answers x;
	for (uint32_t reminder = 1; reminder <= 3; reminder++) {
		struct demo_arrivals v = mails(&a, 1, reminder);
		unsigned got = 0;
		demo_answers_decide(&a, DEMO_SEED, 60, &v, &x);
		for (size_t i = 0; i < 5; i++)
			got += answered(&x, i);
		if (reminder == 2)
			ok(got > 5 * 220 && got < 5 * 280, "the second adds %u of 5000",
				got);
		else
			ok(x.n == 0, "reminder %u adds nothing", reminder);
	}
}

static void test_working_days(void)
{
	AUTO_ARENA a = arena_new(MIB(256), "test working days");
	struct demo_arrivals v = mails(&a, 5, 0); /* a Saturday */
	struct demo_answers x;
	int32_t last = 0;
	size_t rest = 0;
	demo_answers_decide(&a, DEMO_SEED, 60, &v, &x);
	for (size_t i = 0; i < x.n; i++) {
		rest += x.v[i].day % 7 >= 5;
		last = x.v[i].day > last ? x.v[i].day : last;
	}
	ok(x.n > 0 && rest == 0 && last == 14, "nobody answers on a free day");
}

static bool same_answers(const struct demo_answers *x, const struct demo_answers *y)
{
	if (x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n; i++) {
		const struct demo_answer *p = &x->v[i], *q = &y->v[i];
		if (p->day != q->day || p->word != q->word || p->is_true != q->is_true ||
			!str_eq(p->notice, q->notice) || p->hash != q->hash)
			return false;
	}
	return true;
}

static void test_reproducible(void)
{
	AUTO_ARENA a = arena_new(MIB(256), "test reproducible");
	struct demo_arrivals v = mails(&a, 1, 0), w = mails(&a, 1, 0);
	struct demo_answers x, y, early = { 0 };
	for (size_t i = 0; i < ALL / 2; i++) {
		struct demo_arrival t = w.v[i];
		w.v[i] = w.v[ALL - 1 - i];
		w.v[ALL - 1 - i] = t;
	}
	demo_answers_decide(&a, DEMO_SEED, 60, &v, &x);
	demo_answers_decide(&a, DEMO_SEED, 60, &w, &y);
	ok(same_answers(&x, &y), "the order of the arrivals does not matter");
	demo_answers_decide(&a, 70, 60, &w, &y);
	ok(!same_answers(&x, &y), "another seed, other answers");
	demo_answers_decide(&a, DEMO_SEED, 3, &v, &early);
	size_t n = early.n;
	ok(n > 0 && n < x.n, "up to day 3 only some have answered");
	x.n = n;
	ok(same_answers(&x, &early), "and they are the first of all");
}

/* Told again about the same: one answer until it was given, then another. */
static void test_once(void)
{
	static const char head[] =
		"day,notice,organisation,sector,reminder,identifier,address,port\n";
	AUTO_ARENA a = arena_new(MIB(64), "test once");
	struct buf b = buf_in(&a, MIB(4));
	struct why why = { 0 };
	struct demo_arrivals v;
	struct demo_answers x;
	int r = buf_add(&b,
		S("day,notice,organisation,sector,reminder,identifier,"
		  "address,port\n"));
	for (int day = 0; day < 100 && r == 0; day++)
		r = buf_addf(&b, "%d,N%d,\"Bank, The\",isp,0,open-rdp,192.0.2.1,3389\n",
			day, day);
	ok(r == 0 && demo_arrivals_read(&a, buf_str(&b), &why, &v) == 0 && v.n == 100,
		"arrivals %s", why.text);
	demo_answers_decide(&a, DEMO_SEED, 1000, &v, &x);
	bool rising = x.n > 10 && x.n < 60;
	for (size_t i = 1; i < x.n; i++)
		rising = rising && x.v[i].day > x.v[i - 1].day;
	ok(rising, "%zu answers in 100 days, one after the other", x.n);
	ok(str_eq(x.v[0].organisation, S("Bank, The")), "a name in quotes");
	ok(x.v[0].about.port == 3389, "the port");
	AUTO_FD int dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok(demo_answers_write(&a, &x, dir, "out.csv", &why) == 0, "written");
	struct str text = slurp(&a, ".", "out.csv");
	struct demo_answers y = { 0 };
	ok(demo_answers_read(&a, text, &why, &y) == 0 && same_answers(&x, &y),
		"and read again %s", why.text);
	static const char *const bad[] = { "", "x\n", "-1,N,O,isp,0,i,a,1\n",
		"1,N,O,isp,x,i,a,1\n", "1,N,O,isp,0,i,a,70000\n", "1,N,O,isp,0,i,,1\n",
		"1,,O,isp,0,i,a,1\n", "1,N,O,isp,0,i,a\n", "1,N,O,isp,0,i,a,1,2\n" };
	for (size_t i = 1; i < N(bad); i++) {
		struct buf c = buf_in(&a, 1000);
		why = (struct why){ 0 };
		ok(buf_add(&c, i == 1 ? S("") : str_c(head)) == 0 &&
				buf_add(&c, str_c(bad[i])) == 0 &&
				demo_arrivals_read(&a, buf_str(&c), &why, &v) == E_SYNTAX,
			"%s", why.text);
	}
	ok(demo_arrivals_read(&a, str_c(head), &why, &v) == 0 && v.n == 0,
		"none is good");
	demo_answers_decide(&a, DEMO_SEED, 9, &v, &x);
	ok(x.n == 0, "and nobody answers");
}

int main(void)
{
	if (mkdtemp(root) == NULL)
		return 1;
	test_effect();
	test_bad_answers();
	test_rates();
	test_reminders();
	test_working_days();
	test_reproducible();
	test_once();
	(void)each_file(root, remove_file, NULL);
	(void)rmdir(root);
	return tap_end();
}
