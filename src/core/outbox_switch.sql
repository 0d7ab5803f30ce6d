-- SPDX-License-Identifier: Apache-2.0
-- When what waits goes, after the switch or the clock was turned.

--: switch_delay(at int) -> exec
UPDATE outbox SET next_at = :at WHERE next_at IS NOT NULL AND next_at < :at;

--: switch_waits() -> one(n int, oldest int?, first int?)
SELECT count(*) AS n, min(queued_at) AS oldest, min(next_at) AS first
  FROM outbox WHERE next_at IS NOT NULL;

--: switch_latest() -> one(next_at int?)
SELECT max(next_at) AS next_at FROM outbox WHERE next_at IS NOT NULL;

--: switch_near(far int, at int) -> exec
UPDATE outbox SET next_at = :at WHERE next_at IS NOT NULL AND next_at > :far;
