-- SPDX-License-Identifier: Apache-2.0
-- Notices: what is due, drafting, reading, deciding.

--! scan ok: six rows of rules
--: notice_rules() -> each(severity int, notify int, remind_days int)
SELECT severity, notify, remind_days FROM notice_rule ORDER BY severity;

--: notice_run_unfinished() -> one(id int)
SELECT id FROM notice_run WHERE finished IS NULL ORDER BY id LIMIT 1;

--: notice_run_insert(at int) -> one(id int)
INSERT INTO notice_run(at, finished, notices, usual, held_why) VALUES (:at, NULL, 0, 0, '')
RETURNING id;

-- How many notices the latest runs of a kind that drafted anything had, newest first.
--: notice_run_sizes(kind int, before int, n int) -> many(notices int)
SELECT notices FROM notice_run
 WHERE kind = :kind AND id < :before AND notices > 0 ORDER BY id DESC LIMIT :n;

--: notice_run_count(run int) -> one(notices int, findings int)
SELECT count(*) AS notices, COALESCE(sum(findings), 0) AS findings FROM notice WHERE run = :run;

--: notice_run_finish(id int, finished int, notices int, usual int, held_why text) -> exec
UPDATE notice_run SET finished = :finished, notices = :notices, usual = :usual,
	held_why = :held_why
 WHERE id = :id;

-- The notices of a finished run leave the state they waited in.
--: notice_run_release(run int, waiting text, state int, why text) -> exec
UPDATE notice SET state = :state, state_why = :why
 WHERE run = :run AND state = 1 AND state_why = :waiting;

--: notice_runs(before int, n int) -> each(id int, at int, finished int?, notices int, usual int, held_why text, kind int)
SELECT id, at, finished, notices, usual, held_why, kind FROM notice_run
 WHERE id < :before ORDER BY id DESC LIMIT :n;

--: notice_next_org(after int) -> one(id int, name text, language text)
SELECT id, name, language FROM organisation WHERE id > :after ORDER BY id LIMIT 1;

--: notice_org(id int) -> one(name text, language text)
SELECT name, language FROM organisation WHERE id = :id;

-- Up to which file sightings count as told: a file still being read is not.
--: notice_file_reading() -> one(id int)
SELECT id FROM file WHERE state = 0 ORDER BY id LIMIT 1;

--: notice_file_last() -> one(id int)
SELECT COALESCE(max(id), 0) AS id FROM file;

-- Everything open or relapsed of one organisation; core/notice_rule.c decides what is due.
--: notice_open(org int, state int) -> each(id int, kind int, net blob?, port int, severity int, state int, relapses int, network_org int?, first_seen int, noticed_at int?, noticed_org int?, noticed_relapses int, noticed_file int, answered_at int?, rest_until int?)
SELECT f.id AS id, f.kind AS kind, f.net AS net, f.port AS port, f.severity AS severity,
	f.state AS state, f.relapses AS relapses, f.network_org AS network_org,
	f.first_seen AS first_seen, f.noticed_at AS noticed_at, f.noticed_org AS noticed_org,
	f.noticed_relapses AS noticed_relapses, f.noticed_file AS noticed_file, w.at AS answered_at,
	w.rest_until AS rest_until
  FROM finding f LEFT JOIN answer_now w ON w.finding = f.id AND w.org = f.org
 WHERE f.org = :org AND f.state = :state;

-- What is being told: findings of notices that are still in the house.
--: notice_in_house() -> many(org int, finding int)
SELECT n.org AS org, nf.finding AS finding
  FROM notice n CROSS JOIN notice_finding nf ON nf.notice = n.id
 WHERE n.state IN (0, 1, 2, 3) ORDER BY 1, 2;

-- When it last went out to the organisation, and did not come back.
--: notice_out(finding int, org int) -> one(at int?)
SELECT max(x.out_at) AS at FROM notice_finding nf CROSS JOIN notice n ON n.id = nf.notice
  JOIN outbox x ON x.notice = n.id
 WHERE nf.finding = :finding AND n.org = :org AND n.state IN (4, 5, 6);

-- Reminders that went out and were not answered, since it was new or back.
--: notice_reminders(finding int, org int, since int) -> one(n int)
SELECT count(*) AS n FROM notice_finding nf CROSS JOIN notice n ON n.id = nf.notice
  JOIN outbox x ON x.notice = n.id
 WHERE nf.finding = :finding AND nf.why = 3 AND n.org = :org AND n.state IN (4, 5, 6)
	AND x.out_at > :since
	AND n.id > COALESCE((SELECT max(m.notice) FROM notice_finding m
		WHERE m.finding = :finding AND m.why <> 3), 0);

-- When a person was last through with an organisation that does not answer.
--: notice_asked() -> many(org int, at int)
--! scan ok: tasks are made for people, and some hundreds a year
SELECT org AS org, max(done_at) AS at FROM task
 WHERE kind = 'no-answer' AND org IS NOT NULL AND done_at IS NOT NULL GROUP BY org ORDER BY org;

-- wrong: somebody said so, or its address did not take a notice; and nobody that it is right.
--: notice_contacts(org int, since int) -> each(id int, email text, role text, language text, wrong int, answered int)
SELECT c.id AS id, c.email AS email, c.role AS role, c.language AS language,
	CASE WHEN w.wrong_at > COALESCE(w.confirmed_at, 0)
		OR d.at > COALESCE(w.confirmed_at, 0) THEN 1 ELSE 0 END AS wrong,
	CASE WHEN EXISTS (SELECT 1 FROM answer a WHERE a.contact = c.id AND a.kind <> 4
		AND a.at > :since) THEN 1 ELSE 0 END AS answered
  FROM contact c LEFT JOIN contact_word w ON w.contact = c.id
  LEFT JOIN contact_doubt d ON d.contact = c.id
 WHERE c.org = :org AND c.email <> '' AND c.ended_at IS NULL ORDER BY c.id;

--: notice_by_content(content blob) -> one(id int, at int)
SELECT id, at FROM notice WHERE content = :content;

--: notice_insert(run int, org int, via int?, contact int?, recipient text, language text, tlp int, why text, at int, content blob, findings int, critical int, new int, relapsed int, reminded int) -> one(id int)
INSERT INTO notice(run, org, via, contact, recipient, language, tlp, state, state_why, at,
	content, message_id, findings, critical, new, relapsed, reminded, subject, body)
VALUES (:run, :org, :via, :contact, :recipient, :language, :tlp, 1, :why, :at,
	:content, '', :findings, :critical, :new, :relapsed, :reminded, '', '')
RETURNING id;

--: notice_finding_insert(notice int, n int, finding int, why int, before_at int?, before_org int?, before_file int, before_relapses int) -> exec
INSERT INTO notice_finding(notice, n, finding, why, before_at, before_org, before_file,
	before_relapses)
VALUES (:notice, :n, :finding, :why, :before_at, :before_org, :before_file, :before_relapses);

--: notice_set_words(id int, message_id text, subject text, body text) -> exec
UPDATE notice SET message_id = :message_id, subject = :subject, body = :body WHERE id = :id;

--: notice_mark(finding int, at int, org int, file int) -> exec
UPDATE finding SET noticed_at = :at, noticed_org = :org, noticed_file = :file,
	noticed_relapses = relapses
 WHERE id = :finding;

--: notice_part_insert(notice int, n int, name text, type text, content blob) -> exec
INSERT INTO notice_part(notice, n, name, type, content)
VALUES (:notice, :n, :name, :type, :content);

--: notice_lines(notice int, after int, limit int) -> each(n int, finding int, why int, type text, identifier text, family text, net blob?, len int, name text, by_name int, acts int, hostname text, transport text, detail text, port int, severity int, org int?, basis int, basis_ref text, first_seen int, last_seen int, count int, before_org int?, before_file int, claimed_day int?)
SELECT nf.n AS n, nf.finding AS finding, nf.why AS why, k.type AS type,
	k.identifier AS identifier, f.family AS family, f.net AS net, f.len AS len, f.name AS name,
	f.by_name AS by_name, f.acts AS acts, f.hostname AS hostname, f.transport AS transport, f.detail AS detail,
	f.port AS port, f.severity AS severity, f.org AS org, f.basis AS basis,
	f.basis_ref AS basis_ref, f.first_seen AS first_seen, f.last_seen AS last_seen,
	f.count AS count, nf.before_org AS before_org, nf.before_file AS before_file,
	CASE WHEN nf.why = 2 THEN (SELECT max(c.day) FROM claim c WHERE c.finding = f.id
		AND c.day >= nf.before_at / 86400 AND c.day < f.last_report) END AS claimed_day
  FROM notice_finding nf
  JOIN finding f ON f.id = nf.finding
  JOIN kind k ON k.id = f.kind
 WHERE nf.notice = :notice AND nf.n > :after ORDER BY nf.n LIMIT :limit;

-- The first report after that day in which it was seen.
--: notice_seen_again(finding int, after_day int) -> one(day int?)
SELECT min(COALESCE(f.day, s.day)) AS day FROM sighting s JOIN file f ON f.id = s.file
 WHERE s.finding = :finding AND COALESCE(f.day, s.day) > :after_day;

--: notice_sightings(finding int, after int) -> each(first int, last int, count int, port int, row int, sha256 blob)
SELECT s.first AS first, s.last AS last, s.count AS count, s.port AS port, s.row AS row,
	f.sha256 AS sha256
  FROM sighting s JOIN file f ON f.id = s.file
 WHERE s.finding = :finding AND s.file > :after ORDER BY s.day, s.file, s.port;

--: notice_sighting_last(finding int) -> one(first int, last int, count int, port int, row int, sha256 blob)
SELECT s.first AS first, s.last AS last, s.count AS count, s.port AS port, s.row AS row,
	f.sha256 AS sha256
  FROM sighting s JOIN file f ON f.id = s.file
 WHERE s.finding = :finding ORDER BY s.day DESC, s.file DESC, s.port DESC LIMIT 1;

--: notice_list(before int, n int) -> each(id int, run int, org int, org_name text, via int?, at int, recipient text, language text, tlp int, state int, state_why text, message_id text, findings int, critical int, new int, relapsed int, reminded int, subject text, kind int)
SELECT n.id AS id, n.run AS run, n.org AS org, o.name AS org_name, n.via AS via, n.at AS at,
	n.recipient AS recipient, n.language AS language, n.tlp AS tlp, n.state AS state,
	n.state_why AS state_why, n.message_id AS message_id, n.findings AS findings,
	n.critical AS critical, n.new AS new, n.relapsed AS relapsed, n.reminded AS reminded,
	n.subject AS subject, n.kind AS kind
  FROM notice n JOIN organisation o ON o.id = n.org
 WHERE n.id < :before ORDER BY n.id DESC LIMIT :n;

-- Of one state, through its index: what is in others costs nothing.
--: notice_list_state(before int, n int, state int) -> each(id int, run int, org int, org_name text, via int?, at int, recipient text, language text, tlp int, state int, state_why text, message_id text, findings int, critical int, new int, relapsed int, reminded int, subject text, kind int)
SELECT n.id AS id, n.run AS run, n.org AS org, o.name AS org_name, n.via AS via, n.at AS at,
	n.recipient AS recipient, n.language AS language, n.tlp AS tlp, n.state AS state,
	n.state_why AS state_why, n.message_id AS message_id, n.findings AS findings,
	n.critical AS critical, n.new AS new, n.relapsed AS relapsed, n.reminded AS reminded,
	n.subject AS subject, n.kind AS kind
  FROM notice n JOIN organisation o ON o.id = n.org
 WHERE n.state = :state AND n.id < :before ORDER BY n.id DESC LIMIT :n;

--: notice_list_run(before int, n int, state int?, run int, org int?) -> each(id int, run int, org int, org_name text, via int?, at int, recipient text, language text, tlp int, state int, state_why text, message_id text, findings int, critical int, new int, relapsed int, reminded int, subject text, kind int)
SELECT n.id AS id, n.run AS run, n.org AS org, o.name AS org_name, n.via AS via, n.at AS at,
	n.recipient AS recipient, n.language AS language, n.tlp AS tlp, n.state AS state,
	n.state_why AS state_why, n.message_id AS message_id, n.findings AS findings,
	n.critical AS critical, n.new AS new, n.relapsed AS relapsed, n.reminded AS reminded,
	n.subject AS subject, n.kind AS kind
  FROM notice n JOIN organisation o ON o.id = n.org
 WHERE n.run = :run AND n.id < :before AND (:state IS NULL OR n.state = :state)
	AND (:org IS NULL OR n.org = :org)
 ORDER BY n.id DESC LIMIT :n;

--: notice_list_org(before int, n int, state int?, org int) -> each(id int, run int, org int, org_name text, via int?, at int, recipient text, language text, tlp int, state int, state_why text, message_id text, findings int, critical int, new int, relapsed int, reminded int, subject text, kind int)
SELECT n.id AS id, n.run AS run, n.org AS org, o.name AS org_name, n.via AS via, n.at AS at,
	n.recipient AS recipient, n.language AS language, n.tlp AS tlp, n.state AS state,
	n.state_why AS state_why, n.message_id AS message_id, n.findings AS findings,
	n.critical AS critical, n.new AS new, n.relapsed AS relapsed, n.reminded AS reminded,
	n.subject AS subject, n.kind AS kind
  FROM notice n JOIN organisation o ON o.id = n.org
 WHERE n.org = :org AND n.id < :before AND (:state IS NULL OR n.state = :state)
 ORDER BY n.id DESC LIMIT :n;

--: notice_row(id int) -> one(id int, run int, org int, org_name text, via int?, at int, recipient text, language text, tlp int, state int, state_why text, message_id text, findings int, critical int, new int, relapsed int, reminded int, subject text, kind int)
SELECT n.id AS id, n.run AS run, n.org AS org, o.name AS org_name, n.via AS via, n.at AS at,
	n.recipient AS recipient, n.language AS language, n.tlp AS tlp, n.state AS state,
	n.state_why AS state_why, n.message_id AS message_id, n.findings AS findings,
	n.critical AS critical, n.new AS new, n.relapsed AS relapsed, n.reminded AS reminded,
	n.subject AS subject, n.kind AS kind
  FROM notice n JOIN organisation o ON o.id = n.org WHERE n.id = :id;

--: notice_body(id int) -> one(body text)
SELECT body FROM notice WHERE id = :id;

-- What the organisation was told before that one.
--: notice_previous(org int, before int) -> one(findings int)
SELECT findings FROM notice WHERE org = :org AND kind = 1 AND id < :before AND state <> 9
 ORDER BY id DESC LIMIT 1;

--: notice_part_get(notice int, n int) -> one(name text, type text, content blob)
SELECT name, type, content FROM notice_part WHERE notice = :notice AND n = :n;

--: notice_part_sizes(notice int) -> each(n int, name text, bytes int)
SELECT n, name, length(content) AS bytes FROM notice_part WHERE notice = :notice ORDER BY n;

--: notice_parts(notice int) -> each(n int, name text, type text, content blob)
SELECT n, name, type, content FROM notice_part WHERE notice = :notice ORDER BY n;

--: notice_ids_of_run(run int) -> many(id int)
SELECT id FROM notice WHERE run = :run ORDER BY id;

--: notice_state_of(id int) -> one(org int, at int, state int, state_why text, content blob)
SELECT org, at, state, state_why, content FROM notice WHERE id = :id;

--: notice_set_state(id int, state int, why text) -> exec
UPDATE notice SET state = :state, state_why = :why WHERE id = :id;

-- Organisations nobody can be told about, with what they should be told.
--! scan ok: organisations are some hundreds, and the list is asked for by hand
--: notice_no_contact() -> each(org int, name text, sector text, findings int, critical int)
SELECT o.id AS org, o.name AS name, o.sector AS sector, count(*) AS findings,
	sum(CASE WHEN f.severity = 5 THEN 1 ELSE 0 END) AS critical
  FROM organisation o
  JOIN finding f ON f.org = o.id AND f.state IN (0, 3)
  JOIN notice_rule r ON r.severity = f.severity AND r.notify > 0
 WHERE NOT EXISTS (SELECT 1 FROM contact c
	WHERE c.org = o.id AND c.email <> '' AND c.ended_at IS NULL)
	AND NOT EXISTS (SELECT 1 FROM finding g JOIN contact c ON c.org = g.network_org
		AND c.email <> '' AND c.ended_at IS NULL WHERE g.org = o.id AND g.state IN (0, 3))
 GROUP BY o.id, o.name, o.sector ORDER BY critical DESC, findings DESC, o.id;
