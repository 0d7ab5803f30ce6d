-- SPDX-License-Identifier: Apache-2.0
-- Tasks: what a person must look at, because the program may not or cannot decide it. And
-- contacts that are no more: notices that went to them keep naming them.

ALTER TABLE contact ADD COLUMN ended_at INTEGER;

-- kind: a word of core/task.h. subject: what it is about ("notice 12"); of one kind and
-- subject at most one task is open. done_at: NULL while it is open.
CREATE TABLE task (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	org INTEGER REFERENCES organisation(id),
	notice INTEGER REFERENCES notice(id),
	finding INTEGER REFERENCES finding(id),
	contact INTEGER REFERENCES contact(id),
	detail TEXT NOT NULL,
	at INTEGER NOT NULL,
	done_at INTEGER,
	done_by TEXT NOT NULL,
	done_why TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX task_open ON task(kind, subject) WHERE done_at IS NULL;
CREATE INDEX task_by_notice ON task(notice) WHERE notice IS NOT NULL;
