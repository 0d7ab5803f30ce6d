-- SPDX-License-Identifier: Apache-2.0
-- What rules would have done: findings that were open in the last days.

--: preview_findings(from_day int) -> each(id int, org int, severity int, claimed_day int?, contacts int, others int, answered_at int?, rest_until int?)
SELECT f.id AS id, f.org AS org, f.severity AS severity, f.claimed_day AS claimed_day,
	(SELECT count(*) FROM contact c WHERE c.org = f.org AND c.email <> '' AND c.ended_at IS NULL) AS contacts,
	(SELECT count(*) FROM contact c WHERE c.org = f.network_org AND c.email <> '' AND c.ended_at IS NULL) AS others,
	w.at AS answered_at, w.rest_until AS rest_until
  FROM finding f LEFT JOIN answer_now w ON w.finding = f.id AND w.org = f.org
 WHERE f.org IS NOT NULL AND f.state <> 4 AND (f.state <> 2 OR f.state_day >= :from_day)
 ORDER BY f.org, f.id;

-- When it was last told before an instant, and how often reminded since it was new or back.
-- CROSS JOIN: by the few notices of the finding, never by the many of the organisation.
--: preview_told(finding int, org int, before int) -> one(at int?, reminders int)
SELECT max(n.at) AS at,
	COALESCE(sum(CASE WHEN nf.why = 3 AND n.state NOT IN (0, 1) THEN 1 ELSE 0 END), 0) AS reminders
  FROM notice_finding nf CROSS JOIN notice n ON n.id = nf.notice
 WHERE nf.finding = :finding AND n.org = :org AND n.at < :before AND n.state <> 9;
