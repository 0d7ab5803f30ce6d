-- SPDX-License-Identifier: Apache-2.0
-- Feed files and refused rows.

--: file_insert(sha256 blob, name text, feed text, type int, day int?, bytes int, at int) -> one(id int)
INSERT INTO file(sha256, name, feed, type, day, bytes, taken_at, state, rows_done, rows, events,
	quarantined, new_findings, seen_again, relapsed, unattributed, last_day, why)
VALUES (:sha256, :name, :feed, :type, :day, :bytes, :at, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, '')
RETURNING id;

--: file_by_sha(sha256 blob) -> one(id int)
SELECT id FROM file WHERE sha256 = :sha256;

--: file_next_unread() -> one(id int)
SELECT id FROM file WHERE state = 0 ORDER BY id LIMIT 1;

--: file_get(id int) -> one(id int, sha256 blob, name text, feed text, type int, type_name text, day int?, bytes int, taken_at int, state int, rows_done int, rows int, events int, quarantined int, new_findings int, seen_again int, relapsed int, unattributed int, last_day int?, why text)
SELECT f.id AS id, f.sha256 AS sha256, f.name AS name, f.feed AS feed, f.type AS type,
	t.name AS type_name, f.day AS day, f.bytes AS bytes, f.taken_at AS taken_at, f.state AS state,
	f.rows_done AS rows_done, f.rows AS rows, f.events AS events, f.quarantined AS quarantined,
	f.new_findings AS new_findings, f.seen_again AS seen_again, f.relapsed AS relapsed,
	f.unattributed AS unattributed, f.last_day AS last_day, f.why AS why
  FROM file f JOIN report_type t ON t.id = f.type WHERE f.id = :id;

--: file_update(id int, state int, rows_done int, rows int, events int, quarantined int, new_findings int, seen_again int, relapsed int, unattributed int, last_day int?, why text) -> exec
UPDATE file SET state = :state, rows_done = :rows_done, rows = :rows, events = :events,
	quarantined = :quarantined, new_findings = :new_findings, seen_again = :seen_again,
	relapsed = :relapsed, unattributed = :unattributed, last_day = :last_day, why = :why
 WHERE id = :id;

--: file_set_type(id int, name text, type int, day int?) -> exec
UPDATE file SET name = :name, type = :type, day = :day WHERE id = :id;

-- Through an index of the failed ones alone.
--: file_aside_same(id int, name text) -> exec
UPDATE file SET state = 3 WHERE state = 2 AND name = :name AND id <> :id;

--: quarantine_insert(file int, row int, reason int, why text, text text) -> exec
INSERT INTO quarantine(file, row, reason, why, text) VALUES (:file, :row, :reason, :why, :text)
ON CONFLICT (file, row) DO NOTHING;

--: unknown_column_insert(type int, name text, file int) -> exec
INSERT INTO unknown_column(type, name, file) VALUES (:type, :name, :file)
ON CONFLICT (type, name) DO NOTHING;

-- Files newest first, for lists; also the report on one file.
--: file_list(before int, n int) -> each(id int, name text, type_name text, known int, taken_at int, state int, rows int, events int, quarantined int, new_findings int, seen_again int, relapsed int, unattributed int, why text)
SELECT f.id AS id, f.name AS name, t.name AS type_name, t.known AS known, f.taken_at AS taken_at,
	f.state AS state, f.rows AS rows, f.events AS events, f.quarantined AS quarantined,
	f.new_findings AS new_findings, f.seen_again AS seen_again, f.relapsed AS relapsed,
	f.unattributed AS unattributed, f.why AS why
  FROM file f JOIN report_type t ON t.id = f.type
 WHERE f.id < :before ORDER BY f.id DESC LIMIT :n;

-- Refused rows, oldest first, after the one already shown.
--: quarantine_list(file int, row int, n int) -> each(file int, file_name text, row int, reason int, why text, text text)
SELECT q.file AS file, f.name AS file_name, q.row AS row, q.reason AS reason, q.why AS why,
	q.text AS text
  FROM quarantine q JOIN file f ON f.id = q.file
 WHERE (q.file, q.row) > (:file, :row) ORDER BY q.file, q.row LIMIT :n;

--: failed_files() -> each(id int, name text, why text)
--! scan ok: failed files are looked for by hand, and files are few thousands a year
SELECT id, name, why FROM file WHERE state = 2 ORDER BY id;

--: unknown_column_list() -> each(type_name text, known int, name text, file_name text)
--! scan ok: a few hundred rows
SELECT t.name AS type_name, t.known AS known, c.name AS name, f.name AS file_name
  FROM unknown_column c JOIN report_type t ON t.id = c.type JOIN file f ON f.id = c.file
 ORDER BY t.name, c.name;
