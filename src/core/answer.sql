-- SPDX-License-Identifier: Apache-2.0
-- Answers: links, what was said, what counts.

--: answer_link_insert(kind int, notice int?, contact int?, hash blob, at int, expires int) -> one(id int)
INSERT INTO answer_link(kind, notice, contact, hash, made_at, expires_at, revoked_at, opened,
	first_opened, last_opened)
VALUES (:kind, :notice, :contact, :hash, :at, :expires, NULL, 0, NULL, NULL)
RETURNING id;

--: answer_link_by_hash(hash blob) -> one(id int, kind int, notice int?, contact int?, made_at int, expires_at int, revoked_at int?, last_opened int?, state int?)
SELECT l.id AS id, l.kind AS kind, l.notice AS notice, l.contact AS contact,
	l.made_at AS made_at, l.expires_at AS expires_at, l.revoked_at AS revoked_at,
	l.last_opened AS last_opened, n.state AS state
  FROM answer_link l LEFT JOIN notice n ON n.id = l.notice
 WHERE l.hash = :hash;

--: answer_link_open(id int, at int) -> one(opened int)
UPDATE answer_link SET opened = opened + 1, first_opened = COALESCE(first_opened, :at),
	last_opened = :at
 WHERE id = :id RETURNING opened;

--: answer_link_alive(notice int, now int) -> many(id int)
SELECT id FROM answer_link
 WHERE notice = :notice AND revoked_at IS NULL AND expires_at > :now ORDER BY id;

--: answer_link_end(id int, at int) -> exec
UPDATE answer_link SET revoked_at = :at WHERE id = :id;

--: answer_links(before int, n int) -> each(id int, kind int, notice int?, contact int?, email text?, org_name text?, made_at int, expires_at int, revoked_at int?, opened int, first_opened int?, last_opened int?)
SELECT l.id AS id, l.kind AS kind, l.notice AS notice, l.contact AS contact,
	c.email AS email, o.name AS org_name, l.made_at AS made_at, l.expires_at AS expires_at,
	l.revoked_at AS revoked_at, l.opened AS opened, l.first_opened AS first_opened,
	l.last_opened AS last_opened
  FROM answer_link l
  LEFT JOIN notice n ON n.id = l.notice
  LEFT JOIN contact c ON c.id = l.contact
  LEFT JOIN organisation o ON o.id = COALESCE(n.org, c.org)
 WHERE l.id < :before ORDER BY l.id DESC LIMIT :n;

--: answer_links_of(notice int, before int, n int) -> each(id int, kind int, notice int?, contact int?, email text?, org_name text?, made_at int, expires_at int, revoked_at int?, opened int, first_opened int?, last_opened int?)
SELECT l.id AS id, l.kind AS kind, l.notice AS notice, l.contact AS contact,
	c.email AS email, o.name AS org_name, l.made_at AS made_at, l.expires_at AS expires_at,
	l.revoked_at AS revoked_at, l.opened AS opened, l.first_opened AS first_opened,
	l.last_opened AS last_opened
  FROM answer_link l
  LEFT JOIN notice n ON n.id = l.notice
  LEFT JOIN contact c ON c.id = l.contact
  LEFT JOIN organisation o ON o.id = COALESCE(n.org, c.org)
 WHERE l.notice = :notice AND l.id < :before ORDER BY l.id DESC LIMIT :n;

--: answer_notice(id int) -> one(org int, contact int?, state int, kind int)
SELECT org, contact, state, kind FROM notice WHERE id = :id;

-- A finding as a notice has it, with what was said about it last.
--: answer_finding(notice int, finding int) -> one(id int, org int?, state int, at int?, kind int?, notice int?, until int?, whose text?, comment text?)
SELECT f.id AS id, f.org AS org, f.state AS state, w.at AS at, w.kind AS kind,
	a.notice AS notice, a.until AS until, a.whose AS whose, a.comment AS comment
  FROM notice_finding nf
  JOIN finding f ON f.id = nf.finding
  LEFT JOIN answer_now w ON w.finding = f.id AND w.org = f.org
  LEFT JOIN answer a ON a.id = w.answer
 WHERE nf.finding = :finding AND nf.notice = :notice;

--: answer_findings(notice int) -> many(id int)
SELECT finding AS id FROM notice_finding WHERE notice = :notice ORDER BY n;

--: answer_insert(notice int, link int?, finding int?, at int, kind int, until int?, whose text, comment text, way int, actor text) -> one(id int)
INSERT INTO answer(notice, link, finding, at, kind, until, whose, comment, way, actor, contact)
VALUES (:notice, :link, :finding, :at, :kind, :until, :whose, :comment, :way, :actor,
	(SELECT contact FROM notice WHERE id = :notice))
RETURNING id;

--: answer_now_put(finding int, answer int, org int, at int, kind int, rest_until int) -> exec
INSERT INTO answer_now(finding, answer, org, at, kind, rest_until)
VALUES (:finding, :answer, :org, :at, :kind, :rest_until)
ON CONFLICT (finding) DO UPDATE SET answer = excluded.answer, org = excluded.org,
	at = excluded.at, kind = excluded.kind, rest_until = excluded.rest_until;

-- How much a notice's links may still say: its findings, and what was kept since an instant.
--: answer_room(notice int, since int) -> one(findings int, kept int)
SELECT (SELECT count(*) FROM notice_finding WHERE notice = :notice) AS findings,
	(SELECT count(*) FROM answer WHERE notice = :notice AND link IS NOT NULL AND at >= :since) AS kept;

-- The same words about the same thing, since an instant.
--: answer_same(notice int, finding int?, kind int, whose text, comment text, since int) -> one(id int)
SELECT id FROM answer
 WHERE notice = :notice AND finding IS NOT DISTINCT FROM :finding AND kind = :kind AND whose = :whose
	AND comment = :comment AND at >= :since LIMIT 1;

--: answer_list(before int, n int, kind int?) -> each(id int, at int, notice int, org int, org_name text, finding int?, link int?, until int?, kind int, way int, whose text, comment text, actor text)
SELECT a.id AS id, a.at AS at, a.notice AS notice, n.org AS org, o.name AS org_name,
	a.finding AS finding, a.link AS link, a.until AS until, a.kind AS kind, a.way AS way,
	a.whose AS whose, a.comment AS comment, a.actor AS actor
  FROM answer a JOIN notice n ON n.id = a.notice JOIN organisation o ON o.id = n.org
 WHERE a.id < :before AND (:kind IS NULL OR a.kind = :kind) ORDER BY a.id DESC LIMIT :n;

--: answer_list_notice(notice int, before int, n int, kind int?) -> each(id int, at int, notice int, org int, org_name text, finding int?, link int?, until int?, kind int, way int, whose text, comment text, actor text)
SELECT a.id AS id, a.at AS at, a.notice AS notice, n.org AS org, o.name AS org_name,
	a.finding AS finding, a.link AS link, a.until AS until, a.kind AS kind, a.way AS way,
	a.whose AS whose, a.comment AS comment, a.actor AS actor
  FROM answer a JOIN notice n ON n.id = a.notice JOIN organisation o ON o.id = n.org
 WHERE a.notice = :notice AND a.id < :before AND (:kind IS NULL OR a.kind = :kind)
 ORDER BY a.id DESC LIMIT :n;

--: answer_list_org(org int, before int, n int, kind int?) -> each(id int, at int, notice int, org int, org_name text, finding int?, link int?, until int?, kind int, way int, whose text, comment text, actor text)
SELECT a.id AS id, a.at AS at, a.notice AS notice, n.org AS org, o.name AS org_name,
	a.finding AS finding, a.link AS link, a.until AS until, a.kind AS kind, a.way AS way,
	a.whose AS whose, a.comment AS comment, a.actor AS actor
  FROM notice n JOIN answer a ON a.notice = n.id JOIN organisation o ON o.id = n.org
 WHERE n.org = :org AND a.id < :before AND (:kind IS NULL OR a.kind = :kind)
 ORDER BY a.id DESC LIMIT :n;

--: answer_now_of(finding int) -> one(kind int, at int, until int?, whose text, comment text)
SELECT w.kind AS kind, w.at AS at, a.until AS until, a.whose AS whose, a.comment AS comment
  FROM answer_now w JOIN answer a ON a.id = w.answer JOIN finding f ON f.id = w.finding
 WHERE w.finding = :finding AND w.org = f.org;
