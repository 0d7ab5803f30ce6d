-- SPDX-License-Identifier: Apache-2.0
-- What waits for a person today: counts for the first page.

--: morning_notices() -> one(drafts int, held int)
SELECT (SELECT count(*) FROM notice WHERE state = 0) AS drafts,
	(SELECT count(*) FROM notice WHERE state = 1) AS held;

--: morning_failed() -> one(n int)
--! scan ok: through an index of the failed ones alone
SELECT count(*) AS n FROM file WHERE state = 2;

--: morning_tasks() -> one(n int)
--! scan ok: through an index of the open ones alone
SELECT count(*) AS n FROM task WHERE done_at IS NULL;
