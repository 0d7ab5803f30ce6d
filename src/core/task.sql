-- SPDX-License-Identifier: Apache-2.0
-- Tasks: what a person must look at.

--: task_insert(kind text, subject text, org int?, notice int?, finding int?, contact int?, detail text, at int) -> exec
INSERT INTO task(kind, subject, org, notice, finding, contact, detail, at, done_by, done_why)
VALUES (:kind, :subject, :org, :notice, :finding, :contact, :detail, :at, '', '')
ON CONFLICT (kind, subject) WHERE done_at IS NULL DO NOTHING;

--: task_get(id int) -> one(subject text, kind text, notice int?, done_at int?)
SELECT subject, kind, notice, done_at FROM task WHERE id = :id;

--: task_find_open(kind text, subject text) -> one(id int)
SELECT id FROM task WHERE kind = :kind AND subject = :subject AND done_at IS NULL;

--: task_close(id int, at int, by text, why text) -> exec
UPDATE task SET done_at = :at, done_by = :by, done_why = :why WHERE id = :id;

-- Open tasks are few: they are closed by people.
--: task_open_list(after int, n int) -> each(id int, at int, kind text, subject text, detail text, org int?, org_name text?, notice int?, finding int?, contact int?, done_at int?, done_by text, done_why text)
SELECT t.id AS id, t.at AS at, t.kind AS kind, t.subject AS subject, t.detail AS detail,
	t.org AS org, o.name AS org_name, t.notice AS notice, t.finding AS finding,
	t.contact AS contact, t.done_at AS done_at, t.done_by AS done_by, t.done_why AS done_why
  FROM task t LEFT JOIN organisation o ON o.id = t.org
 WHERE t.done_at IS NULL AND t.id > :after ORDER BY t.id LIMIT :n;

--: task_list(before int, n int) -> each(id int, at int, kind text, subject text, detail text, org int?, org_name text?, notice int?, finding int?, contact int?, done_at int?, done_by text, done_why text)
SELECT t.id AS id, t.at AS at, t.kind AS kind, t.subject AS subject, t.detail AS detail,
	t.org AS org, o.name AS org_name, t.notice AS notice, t.finding AS finding,
	t.contact AS contact, t.done_at AS done_at, t.done_by AS done_by, t.done_why AS done_why
  FROM task t LEFT JOIN organisation o ON o.id = t.org
 WHERE t.id < :before ORDER BY t.id DESC LIMIT :n;
