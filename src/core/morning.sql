-- SPDX-License-Identifier: Apache-2.0
-- What waits for a person today.

--: morning_critical(since int) -> one(n int)
SELECT count(*) AS n FROM finding
 WHERE severity = 5 AND state IN (0, 1, 3) AND spell_from >= :since;

-- The latest first: of these the ids are in the order in which they came.
--: morning_worst(since int, n int) -> many(id int)
SELECT id FROM finding
 WHERE severity = 5 AND state IN (0, 1, 3) AND spell_from >= :since
 ORDER BY spell_from DESC, id LIMIT :n;

-- Notices that wait for approval are those of a few runs.
--: morning_runs() -> each(run int, state int, n int)
SELECT run, state, count(*) AS n FROM notice WHERE state IN (0, 1) GROUP BY run, state ORDER BY run;

--: morning_run(id int) -> one(at int, notices int, usual int, held_why text)
SELECT at, notices, usual, held_why FROM notice_run WHERE id = :id;

-- Held one by one, and not with their run.
--: morning_held(n int) -> many(id int, org_name text, why text)
SELECT n.id AS id, o.name AS org_name, n.state_why AS why
  FROM notice n JOIN organisation o ON o.id = n.org
 WHERE n.state = 1 AND n.state_why NOT IN ('', 'unfinished-run', 'first-runs', 'batch-size')
 ORDER BY n.id LIMIT :n;

--: morning_back(since int) -> one(bounced int, refused int)
SELECT coalesce(sum(n.state = 7), 0) AS bounced, coalesce(sum(n.state = 8), 0) AS refused
  FROM outbox o JOIN notice n ON n.id = o.notice WHERE o.final_at >= :since;

-- It was to go before that, and was not tried yet: for a cap, or because nobody sends.
--: morning_stuck(before int) -> one(n int)
SELECT count(*) AS n FROM outbox WHERE next_at IS NOT NULL AND tries = 0 AND planned_at < :before;

--: morning_retrying() -> one(n int)
SELECT count(*) AS n FROM outbox WHERE next_at IS NOT NULL AND tries > 0;

--: morning_reply() -> one(reply text)
SELECT reply FROM outbox WHERE next_at IS NOT NULL AND tries > 0 AND reply <> '' LIMIT 1;

--: morning_tasks() -> many(kind text, n int)
--! scan ok: through an index of the open ones alone
SELECT kind, count(*) AS n FROM task WHERE done_at IS NULL GROUP BY kind ORDER BY kind;

--: morning_failed() -> one(n int)
--! scan ok: through an index of the failed ones alone
SELECT count(*) AS n FROM file WHERE state = 2;

--: morning_files(n int) -> many(id int, name text, why text)
--! scan ok: through an index of the failed ones alone
SELECT id, name, why FROM file WHERE state = 2 ORDER BY id DESC LIMIT :n;
