-- SPDX-License-Identifier: Apache-2.0
-- Sending: the outbox, delivery, bounces, sending hours.

-- One row per notice that was approved and taken for sending.
-- due_at: the end of the undo window. next_at: the next try, NULL for none.
-- flying: 1 from before its bytes go to net until the answer is committed; found so after a
-- start, nobody knows whether it went out. uncertain: how many tries ended that way.
-- reply: the relay's last words. out_at: when it went out, or may have. final_*: why nothing
-- more will happen.
CREATE TABLE outbox (
	notice INTEGER PRIMARY KEY REFERENCES notice(id),
	message_id TEXT NOT NULL UNIQUE,
	sender TEXT NOT NULL,
	recipient TEXT NOT NULL,
	critical INTEGER NOT NULL,
	queued_at INTEGER NOT NULL,
	due_at INTEGER NOT NULL,
	next_at INTEGER,
	tries INTEGER NOT NULL,
	flying INTEGER NOT NULL,
	uncertain INTEGER NOT NULL,
	reply TEXT NOT NULL,
	out_at INTEGER,
	handed_at INTEGER,
	final_at INTEGER,
	final_why TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_next ON outbox(critical DESC, next_at, notice) WHERE next_at IS NOT NULL;
CREATE INDEX outbox_when ON outbox(next_at) WHERE next_at IS NOT NULL;
CREATE INDEX outbox_flying ON outbox(notice) WHERE flying = 1;
CREATE INDEX outbox_open ON outbox(notice) WHERE final_at IS NULL;
CREATE INDEX outbox_out ON outbox(out_at) WHERE out_at IS NOT NULL;
CREATE INDEX outbox_by_recipient ON outbox(recipient, out_at) WHERE out_at IS NOT NULL;

-- The whole mail as it goes out, until it is at its end: it holds the token of its link.
CREATE TABLE outbox_mail (
	notice INTEGER PRIMARY KEY REFERENCES outbox(notice),
	mail BLOB NOT NULL
) STRICT;

-- Mails that came in. state: 0 kept, 1 read, 2 cannot be read. The bytes are an original.
CREATE TABLE mail_in (
	id INTEGER PRIMARY KEY,
	sha256 BLOB NOT NULL UNIQUE,
	name TEXT NOT NULL,
	bytes INTEGER NOT NULL,
	at INTEGER NOT NULL,
	state INTEGER NOT NULL,
	kind TEXT NOT NULL,
	notice INTEGER REFERENCES notice(id),
	why TEXT NOT NULL
) STRICT;
CREATE INDEX mail_in_by_notice ON mail_in(notice) WHERE notice IS NOT NULL;

-- What became of a notice, step by step. what: a word of core/outbox.h.
CREATE TABLE delivery (
	id INTEGER PRIMARY KEY,
	notice INTEGER NOT NULL REFERENCES notice(id),
	at INTEGER NOT NULL,
	what TEXT NOT NULL,
	code TEXT NOT NULL,
	text TEXT NOT NULL,
	mail INTEGER REFERENCES mail_in(id)
) STRICT;
CREATE INDEX delivery_by_notice ON delivery(notice, id);

-- Contacts whose address did not take a notice.
CREATE TABLE contact_doubt (
	contact INTEGER PRIMARY KEY REFERENCES contact(id),
	at INTEGER NOT NULL,
	why TEXT NOT NULL
) STRICT;

-- When mail may go to an organisation or a contact, where it differs from tocsin.conf.
-- days: bits, 1 is Monday. Minutes of the local day.
CREATE TABLE send_hours (
	id INTEGER PRIMARY KEY,
	org INTEGER UNIQUE REFERENCES organisation(id),
	contact INTEGER UNIQUE REFERENCES contact(id),
	zone TEXT NOT NULL,
	days INTEGER NOT NULL,
	from_minute INTEGER NOT NULL,
	to_minute INTEGER NOT NULL,
	calendar TEXT NOT NULL
) STRICT;

-- Days without work. calendar: '' is the team's own country's.
CREATE TABLE holiday (
	calendar TEXT NOT NULL,
	day INTEGER NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (calendar, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX notice_by_state ON notice(state);
