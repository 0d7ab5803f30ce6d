-- SPDX-License-Identifier: Apache-2.0
-- Marking findings, their evidence, computing all of them again.

--: mark_get(id int) -> one(state int, last_report int)
SELECT state, last_report FROM finding WHERE id = :id;

--: mark_claim(finding int, day int) -> exec
INSERT INTO claim(finding, day) VALUES (:finding, :day) ON CONFLICT (finding, day) DO NOTHING;

-- Claims that no report has answered yet.
--: mark_unclaim(finding int, last_report int) -> exec
DELETE FROM claim WHERE finding = :finding AND day >= :last_report;

--: mark_finding(id int, state int, day int) -> exec
UPDATE finding SET state = :state, state_day = :day,
	claimed_day = (SELECT max(day) FROM claim WHERE claim.finding = finding.id)
 WHERE id = :id;

-- Where the original rows are, the newest files first.
--: evidence_rows(finding int, n int) -> many(file int, row int)
SELECT e.file AS file, e.row AS row
  FROM (SELECT file, row, day FROM sighting WHERE finding = :finding
	 ORDER BY day DESC, file DESC, port LIMIT :n) e
 ORDER BY e.file, e.row;

--: rebuild_page(after int, n int) -> many(id int)
SELECT id FROM finding WHERE id > :after ORDER BY id LIMIT :n;

-- Spells and sums are there now, also those of findings that an older schema left.
--: rebuild_done() -> exec
DELETE FROM setting WHERE name = 'effect.rebuild';
