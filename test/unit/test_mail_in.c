/* SPDX-License-Identifier: Apache-2.0
 * test_mail_in.c - mails that come in: reports, bounces in words, answering machines, and
 * mails made to break readers. Depends on: fmt. */
#include "fmt/mail_in.h"
#include "fmt/mail_report.h"
#include "tap.h"

#define OURS "tocsin.7.ab12@cirt.xt.example"
#define REPORT_HEAD                                                                      \
	"From: MAILER-DAEMON@mx.example\nMIME-Version: 1.0\nContent-Type: "              \
	"multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nwords\n"    \
	"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n"

static const struct {
	const char *what, *mail;
	enum mail_kind kind;
	enum mail_action action;
	const char *status, *about, *envid;
} t[] = {
	{ "a failure",
		REPORT_HEAD "\nFinal-Recipient: rfc822; a@b.example\nAction: failed\n"
			    "Status: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\n"
			    "Message-ID: <" OURS ">\n\n--b--\n",
		MAIL_REPORT, ACTION_FAILED, "5.1.1", OURS, "" },
	{ "a delivery, the whole mail returned",
		REPORT_HEAD "\nFinal-Recipient: rfc822; a@b.example\nAction: DELIVERED "
			    "(to mailbox)\nStatus: 2.0.0\n\n--b\nContent-Type: "
			    "message/rfc822\n\nMessage-ID:\n <" OURS
			    ">\nSubject: x\n\nbody\n--b--\n",
		MAIL_REPORT, ACTION_DELIVERED, "2.0.0", OURS, "" },
	{ "only the envelope's name",
		REPORT_HEAD "Original-Envelope-Id: " OURS
			    "\n\nFinal-Recipient: rfc822;a@b.example\nAction: delayed\n"
			    "Status: 4.4.1\n\n--b--\n",
		MAIL_REPORT, ACTION_DELAYED, "4.4.1", "", OURS },
	{ "relayed to where no reports come from",
		REPORT_HEAD "\nFinal-Recipient: rfc822;a@b.example\nAction: relayed\n"
			    "Status: 2.1.9\n\n--b--\n",
		MAIL_REPORT, ACTION_RELAYED, "2.1.9", "", "" },
	{ "a report without recipients is one in words", REPORT_HEAD "\n--b--\n",
		MAIL_BOUNCE, ACTION_NONE, "", "", "" },
	{ "a bounce in words",
		"From: mailer-daemon@mx.example\n\n<a@b.example>: 550 5.1.1 no such "
		"user\n\n--- below ---\nMessage-ID: <" OURS ">\n",
		MAIL_BOUNCE, ACTION_FAILED, "5.1.1", OURS, "" },
	{ "a warning in words",
		"Return-Path: <>\nFrom: mx@mx.example\n\nYour message is delayed, 451 "
		"4.4.1; it will be retried.\nMessage-ID: <" OURS ">\n",
		MAIL_BOUNCE, ACTION_DELAYED, "4.4.1", OURS, "" },
	{ "an answering machine",
		"From: a@b.example\nAuto-Submitted: auto-replied\nIn-Reply-To: <" OURS
		">\n\nI am away until 5.1.1.\n",
		MAIL_AUTO, ACTION_NONE, "", OURS, "" },
	{ "a note that it was read is no delivery",
		"From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/report; "
		"report-type=disposition-notification; boundary=b\n\n--b\n\nread\n--b\n"
		"Content-Type: message/disposition-notification\n\n"
		"Original-Message-ID: <" OURS ">\nDisposition: x; displayed\n\n--b--\n",
		MAIL_AUTO, ACTION_NONE, "", OURS, "" },
	{ "a person who writes about failures",
		"From: a@b.example\nIn-Reply-To: <" OURS
		">\n\n550 5.1.1 user unknown, says our server\n"
		"Message-ID: <x@y.example>\n",
		MAIL_OTHER, ACTION_NONE, "", OURS, "" },
};

static int read_mail(struct arena *a, struct str mail, struct mail_facts *ret)
{
	struct why why = { 0 };
	return mail_in_read(a, mail, &why, ret);
}

static void test_kinds(void)
{
	for (size_t i = 0; i < N(t); i++) {
		AUTO_ARENA a = arena_new(MIB(16), "test");
		struct mail_facts m = { .n = 0 };
		int r = read_mail(&a, str_c(t[i].mail), &m);
		const struct mail_recipient none = { .status = S("") };
		const struct mail_recipient *one = m.n ? &m.v[0] : &none;
		bool held = r == 0 && m.kind == t[i].kind && one->action == t[i].action &&
			str_eq(one->status, str_c(t[i].status)) &&
			str_eq(m.about, str_c(t[i].about)) &&
			str_eq(m.envid, str_c(t[i].envid));
		if (!ok(held, "%s", t[i].what))
			printf("#   %d kind %u n %u action %u '%.*s' about '%.*s' envid "
			       "'%.*s'\n",
				r, m.kind, m.n, one->action, STR(one->status),
				STR(m.about), STR(m.envid));
	}
}

/* As many as fit, of something; then the end. */
static struct str many(
	struct arena *a, const char *head, const char *one, int n, const char *end)
{
	struct buf b = buf_in(a, MIB(16));
	int r = buf_add(&b, str_c(head));
	for (int i = 0; i < n && r == 0; i++)
		r = buf_add(&b, str_c(one));
	return r == 0 && buf_add(&b, str_c(end)) == 0 ? buf_str(&b) : S("");
}

static void test_bombs(void)
{
	AUTO_ARENA a = arena_new(MIB(256), "test");
	struct mail_facts m;
	ok(read_mail(&a, many(&a, "To: ", "g:", 400, "\n\nx\n"), &m) == 0,
		"400 groups in groups are read");
	ok(read_mail(&a, many(&a, "To: ", "g:", 60000, "\n\nx\n"), &m) == E_TOO_BIG,
		"60,000 are refused");
	ok(read_mail(&a, many(&a, "tO : ", "g:\n ", 60000, "\n\nx\n"), &m) == E_TOO_BIG,
		"also over many lines");
	ok(read_mail(&a,
		   many(&a, "Content-Type: message/rfc822\n\nCc: ", "g:", 60000,
			   "\n\nx\n"),
		   &m) == E_TOO_BIG,
		"also in a mail in the mail");
	ok(read_mail(&a, many(&a, "", "X: y\n", 1900, "\nx\n"), &m) == 0,
		"1,900 headers are read");
	ok(read_mail(&a, many(&a, "", "X: y\n", 2100, "\nx\n"), &m) == E_TOO_BIG,
		"2,100 are not");
	ok(read_mail(&a, many(&a, "X: ", "y", 101 * 1024, "\n\nx\n"), &m) == E_TOO_BIG,
		"nor one of more than 100 KiB");
	struct str head = S(
		"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n");
	ok(read_mail(&a, many(&a, head.p, "--b\n\nx\n", 990, "--b--\n"), &m) == 0,
		"990 parts are read");
	ok(read_mail(&a, many(&a, head.p, "--b\n\nx\n", 1100, "--b--\n"), &m) ==
			E_TOO_BIG,
		"1,100 are not");
	struct buf deep = buf_in(&a, MIB(1));
	int r = 0;
	for (int i = 0; i < 40 && r == 0; i++)
		r = buf_addf(&deep,
			"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	ok(r == 0 && read_mail(&a, buf_str(&deep), &m) == E_TOO_BIG,
		"parts in parts, 40 deep, are not");
	ok(read_mail(&a, S("\0\0\0"), &m) <= 0, "zeros end nothing");
}

int main(void)
{
	struct why why = { 0 };
	ok(mail_in_begin(&why) == 0, "the library is there: %s", why.text);
	test_kinds();
	test_bombs();
	return tap_end();
}
