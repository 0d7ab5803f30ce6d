-- SPDX-License-Identifier: Apache-2.0
-- Notices that told nobody give their findings back.

-- Back to before this notice, where no later one spoke of the finding.
--: back_give(notice int, at int, org int) -> exec
UPDATE finding SET noticed_at = nf.before_at, noticed_org = nf.before_org,
	noticed_file = nf.before_file, noticed_relapses = nf.before_relapses
  FROM notice_finding nf
 WHERE nf.notice = :notice AND finding.id = nf.finding AND finding.noticed_at = :at
	AND finding.noticed_org = :org;

--: back_content(id int, content blob) -> exec
UPDATE notice SET content = :content WHERE id = :id;

-- Contacts that nothing is said against, beside the one it was sent to.
--: back_others(notice int) -> one(kind int?, n int)
SELECT (SELECT kind FROM notice WHERE id = :notice) AS kind, count(*) AS n FROM notice n JOIN contact c ON c.org = COALESCE(n.via, n.org)
  LEFT JOIN contact_word w ON w.contact = c.id LEFT JOIN contact_doubt d ON d.contact = c.id
 WHERE n.id = :notice AND c.id IS DISTINCT FROM n.contact AND c.email <> n.recipient
	AND c.email <> '' AND c.ended_at IS NULL
	AND COALESCE(w.wrong_at, 0) <= COALESCE(w.confirmed_at, 0)
	AND COALESCE(d.at, 0) <= COALESCE(w.confirmed_at, 0);

-- Did it give back what nobody has been told since?
--: back_given(notice int) -> one(n int, at int?, org int?)
SELECT count(*) AS n, min(n.at) AS at, min(n.org) AS org FROM notice n
  JOIN notice_finding nf ON nf.notice = n.id JOIN finding f ON f.id = nf.finding
 WHERE n.id = :notice AND f.org = n.org AND f.noticed_at IS NOT DISTINCT FROM nf.before_at
	AND f.noticed_org IS NOT DISTINCT FROM nf.before_org;

--: back_file(at int) -> one(id int)
SELECT COALESCE(max(id), 0) AS id FROM file WHERE taken_at <= :at;

--: back_take(notice int, at int, org int, file int) -> exec
UPDATE finding SET noticed_at = :at, noticed_org = :org, noticed_file = :file,
	noticed_relapses = relapses
  FROM notice_finding nf
 WHERE nf.notice = :notice AND finding.id = nf.finding AND finding.org = :org
	AND finding.noticed_at IS NOT DISTINCT FROM nf.before_at
	AND finding.noticed_org IS NOT DISTINCT FROM nf.before_org;
