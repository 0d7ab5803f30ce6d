-- SPDX-License-Identifier: Apache-2.0
-- Answers by link: links, what was answered, contact checks, and the rules for them.

-- kind: 1 answers a notice, 2 asks a contact whether it is right. hash: SHA-256 of the token;
-- the token itself is not here. contact: whom it was sent to.
CREATE TABLE answer_link (
	id INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,
	notice INTEGER REFERENCES notice(id),
	contact INTEGER REFERENCES contact(id),
	hash BLOB NOT NULL UNIQUE,
	made_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	revoked_at INTEGER,
	opened INTEGER NOT NULL,
	first_opened INTEGER,
	last_opened INTEGER
) STRICT;
CREATE INDEX answer_link_by_notice ON answer_link(notice) WHERE notice IS NOT NULL;
CREATE INDEX answer_link_by_contact ON answer_link(contact) WHERE contact IS NOT NULL;

-- What was said, as it came; never changed. finding: NULL for all of the notice that the
-- same message does not name. kind: core/answer.h. until: a day. way: 1 page, 2 file,
-- 3 written down by hand.
CREATE TABLE answer (
	id INTEGER PRIMARY KEY,
	notice INTEGER NOT NULL REFERENCES notice(id),
	link INTEGER REFERENCES answer_link(id),
	finding INTEGER REFERENCES finding(id),
	at INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	until INTEGER,
	whose TEXT NOT NULL,
	comment TEXT NOT NULL,
	way INTEGER NOT NULL,
	actor TEXT NOT NULL
) STRICT;
CREATE INDEX answer_by_notice ON answer(notice);
CREATE INDEX answer_by_at ON answer(at);

-- The latest answer about each finding, which counts, and whose it was. rest_until: no
-- reminder before that day.
CREATE TABLE answer_now (
	finding INTEGER PRIMARY KEY REFERENCES finding(id),
	answer INTEGER NOT NULL REFERENCES answer(id),
	org INTEGER NOT NULL REFERENCES organisation(id),
	at INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	rest_until INTEGER NOT NULL
) STRICT;

CREATE INDEX notice_by_contact ON notice(contact) WHERE contact IS NOT NULL;

-- What people said about a contact: that it is right, or that it is wrong.
CREATE TABLE contact_word (
	contact INTEGER PRIMARY KEY REFERENCES contact(id),
	confirmed_at INTEGER,
	wrong_at INTEGER,
	comment TEXT NOT NULL
) STRICT;

-- Per severity: after how many reminders without an answer the second contact is written to,
-- and after how many a person gets a task; 0: never.
CREATE TABLE escalation_rule (
	severity INTEGER PRIMARY KEY,
	second_after INTEGER NOT NULL,
	person_after INTEGER NOT NULL
) STRICT;
INSERT INTO escalation_rule(severity, second_after, person_after)
VALUES (5, 2, 4), (4, 2, 4), (3, 2, 0), (2, 2, 0), (1, 0, 0), (0, 2, 0);

-- Rules that are one number: core/rule.h says what each means.
CREATE TABLE answer_rule (
	name TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO answer_rule(name, value)
VALUES ('link-days', 60), ('rest-max-days', 60), ('rest-asked-days', 14), ('check-days', 365),
	('check-grace-days', 30), ('silent-notices', 5);
