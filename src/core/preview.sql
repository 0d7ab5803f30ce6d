-- SPDX-License-Identifier: Apache-2.0
-- What rules would have done: findings that were open in the last days.

-- How many each has, along an index alone; of each sort no more than asked for.
--: preview_orgs(from_day int, most int) -> many(id int, n int)
--! scan ok: each organisation may have findings
SELECT o.id AS id, (SELECT count(*) FROM (SELECT 1 FROM finding f
	  WHERE f.org = o.id AND f.state = 0 LIMIT :most)) +
	(SELECT count(*) FROM (SELECT 1 FROM finding f
	  WHERE f.org = o.id AND f.state = 1 LIMIT :most)) +
	(SELECT count(*) FROM (SELECT 1 FROM finding f
	  WHERE f.org = o.id AND f.state = 3 LIMIT :most)) +
	(SELECT count(*) FROM (SELECT 1 FROM finding f
	  WHERE f.org = o.id AND f.state = 2 AND f.state_day >= :from_day LIMIT :most)) AS n
  FROM organisation o;

-- A row for each report that a finding was in.
--: preview_findings(org int, state int, from_day int) -> each(id int, network_org int?, severity int, claimed_day int?, answered_at int?, rest_until int?, day int, type int)
SELECT f.id AS id, f.network_org AS network_org, f.severity AS severity,
	f.claimed_day AS claimed_day, w.at AS answered_at, w.rest_until AS rest_until,
	COALESCE(i.day, s.day) AS day, i.type AS type
  FROM finding f CROSS JOIN sighting s ON s.finding = f.id JOIN file i ON i.id = s.file
  LEFT JOIN answer_now w ON w.finding = f.id AND w.org = f.org
 WHERE f.org = :org AND f.state = :state AND f.state_day >= :from_day
 ORDER BY 1, 7, 8;

--: preview_contacts(org int) -> one(n int)
SELECT count(*) AS n FROM contact WHERE org = :org AND email <> '' AND ended_at IS NULL;

-- When it was last told before an instant, and how often reminded since it was new or back.
-- What was still in the house then counts by its draft. CROSS JOIN: by the few notices of the
-- finding, never by the many of the organisation.
--: preview_told(finding int, org int, before int) -> one(at int?, reminders int)
SELECT max(CASE WHEN n.state IN (4, 5, 6) AND x.out_at < :before THEN x.out_at ELSE n.at END) AS at,
	COALESCE(sum(CASE WHEN nf.why = 3 AND n.state IN (4, 5, 6) AND x.out_at < :before
		THEN 1 ELSE 0 END), 0) AS reminders
  FROM notice_finding nf CROSS JOIN notice n ON n.id = nf.notice
  LEFT JOIN outbox x ON x.notice = n.id
 WHERE nf.finding = :finding AND n.org = :org AND n.at < :before AND n.state <> 9;
