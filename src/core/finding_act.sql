-- SPDX-License-Identifier: Apache-2.0
-- Marking findings, their evidence, computing all of them again.

--: mark_get(id int) -> one(state int)
SELECT state FROM finding WHERE id = :id;

--: mark_finding(id int, state int, claimed_day int?) -> exec
UPDATE finding SET state = :state, claimed_day = :claimed_day WHERE id = :id;

-- Where the original rows are, the newest files first.
--: evidence_rows(finding int, n int) -> many(file int, row int)
SELECT e.file AS file, e.row AS row
  FROM (SELECT file, row, day FROM sighting WHERE finding = :finding
	 ORDER BY day DESC, file DESC, port LIMIT :n) e
 ORDER BY e.file, e.row;

--: rebuild_page(after int, n int) -> many(id int)
SELECT id FROM finding WHERE id > :after ORDER BY id LIMIT :n;
