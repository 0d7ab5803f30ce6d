-- SPDX-License-Identifier: Apache-2.0
-- The figures of the effect page, from the sums by day.

--: effect_sums(dim int, span int, first int, last int) -> each(key int, begun int, relapsed int,
--:	attributed int, critical int, in_time int, claimed int, by_claim int, by_silence int,
--:	otherwise int, l1 int, l2 int, l3 int, l4 int, l5 int, l6 int, l7 int, l8 int, l9 int,
--:	l10 int, l11 int, l12 int, l13 int, l14 int, l15 int, l16 int, l17 int)
SELECT key, begun, relapsed, attributed, critical, in_time, claimed, by_claim, by_silence,
	otherwise, l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, l12, l13, l14, l15, l16, l17
  FROM effect_sum WHERE dim = :dim AND span = :span AND day >= :first AND day <= :last;

-- What began and did not end, whenever.
--: effect_open(dim int, span int) -> each(key int, open int)
SELECT key, begun - by_claim - by_silence - otherwise AS open
  FROM effect_sum WHERE dim = :dim AND span = :span;

--: effect_critical(dim int, after int) -> each(key int, critical int, in_time int)
SELECT key, critical, in_time
  FROM effect_sum WHERE dim = :dim AND span = 1 AND day > :after;

--: effect_changes(first int) -> each(day int, key int, change int)
SELECT day, key, begun - by_claim - by_silence - otherwise AS change
  FROM effect_sum WHERE dim = 3 AND span = 1 AND day >= :first ORDER BY day;

--: effect_orgs() -> each(id int, name text, sector text)
--! scan ok: each organisation may have a line
SELECT id, name, sector FROM organisation;

--: effect_kinds() -> each(id int, type text)
--! scan ok: a few thousand rows; each may have sums
SELECT id, type FROM kind;

-- Here what became of notices comes in. Along indexes alone, and counted by the caller:
-- grouping or joining here would read every notice with its texts.
--: effect_notices(since int) -> each(id int, org int, state int)
SELECT id, org, state FROM notice WHERE kind = 1 AND at >= :since;

--: effect_out(since int) -> each(notice int)
SELECT notice FROM outbox WHERE out_at IS NOT NULL AND out_at >= :since;

-- One that went out in the time, and was drafted before it.
--: effect_notice(id int) -> one(id int, org int, state int, kind int)
SELECT id, org, state, kind FROM notice WHERE id = :id;

--: effect_answered(since int) -> each(notice int)
SELECT notice FROM answer WHERE at >= :since;

--: effect_opened(since int) -> each(notice int)
SELECT notice FROM answer_link
 WHERE first_opened IS NOT NULL AND notice IS NOT NULL AND first_opened >= :since;

--: effect_stale() -> one(n int)
SELECT 1 AS n FROM setting WHERE name = 'effect.rebuild';
