-- SPDX-License-Identifier: Apache-2.0
-- Spells and their sums by day: see effect_sum.h.

--: effect_finding(id int) -> one(kind int, org int?, network_org int?, severity int,
--:	spell_from int?, spell_claim int?)
SELECT kind, org, network_org, severity, spell_from, spell_claim FROM finding WHERE id = :id;

--: effect_spells(finding int) -> many(from_day int, last_day int, to_day int, claim_day int?, how int)
SELECT from_day, last_day, to_day, claim_day, how FROM finding_spell
 WHERE finding = :finding ORDER BY from_day;

--: effect_spells_delete(finding int) -> exec
DELETE FROM finding_spell WHERE finding = :finding;

--: effect_spell_insert(finding int, from_day int, last_day int, to_day int, claim_day int?, how int) -> exec
INSERT INTO finding_spell(finding, from_day, last_day, to_day, claim_day, how)
VALUES (:finding, :from_day, :last_day, :to_day, :claim_day, :how);

--: effect_spell_goes_on(id int, from_day int?, claim_day int?) -> exec
UPDATE finding SET spell_from = :from_day, spell_claim = :claim_day WHERE id = :id;

-- A page of findings, to make the sums again.
--: effect_page(after int, n int) -> many(id int, kind int, org int?, network_org int?,
--:	severity int, spell_from int?, spell_claim int?)
SELECT id, kind, org, network_org, severity, spell_from, spell_claim FROM finding
 WHERE id > :after ORDER BY id LIMIT :n;

--: effect_page_spells(first int, last int) -> many(finding int, from_day int, last_day int,
--:	to_day int, claim_day int?, how int)
SELECT finding, from_day, last_day, to_day, claim_day, how FROM finding_spell
 WHERE finding >= :first AND finding <= :last ORDER BY finding, from_day;

--: effect_sum_clear() -> exec
DELETE FROM effect_sum;

--: effect_sum_begun(dim int, span int, day int, key int, begun int, attributed int, critical int) -> exec
INSERT INTO effect_sum(dim, span, day, key, begun, relapsed, attributed, critical, in_time, claimed,
	by_claim, by_silence, otherwise, l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, l12, l13, l14,
	l15, l16, l17)
VALUES (:dim, :span, :day, :key, :begun, 0, :attributed, :critical, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
ON CONFLICT (dim, span, day, key) DO UPDATE SET
	begun = effect_sum.begun + excluded.begun,
	attributed = effect_sum.attributed + excluded.attributed,
	critical = effect_sum.critical + excluded.critical;

--: effect_sum_any(dim int, span int, day int, key int, begun int, relapsed int, attributed int,
--:	critical int, in_time int, claimed int, by_claim int, by_silence int, otherwise int,
--:	l1 int, l2 int, l3 int, l4 int, l5 int, l6 int, l7 int, l8 int, l9 int, l10 int, l11 int,
--:	l12 int, l13 int, l14 int, l15 int, l16 int, l17 int) -> exec
INSERT INTO effect_sum(dim, span, day, key, begun, relapsed, attributed, critical, in_time, claimed,
	by_claim, by_silence, otherwise, l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, l12, l13, l14,
	l15, l16, l17)
VALUES (:dim, :span, :day, :key, :begun, :relapsed, :attributed, :critical, :in_time, :claimed,
	:by_claim, :by_silence, :otherwise, :l1, :l2, :l3, :l4, :l5, :l6, :l7, :l8, :l9, :l10, :l11,
	:l12, :l13, :l14, :l15, :l16, :l17)
ON CONFLICT (dim, span, day, key) DO UPDATE SET
	begun = effect_sum.begun + excluded.begun,
	relapsed = effect_sum.relapsed + excluded.relapsed,
	attributed = effect_sum.attributed + excluded.attributed,
	critical = effect_sum.critical + excluded.critical,
	in_time = effect_sum.in_time + excluded.in_time,
	claimed = effect_sum.claimed + excluded.claimed,
	by_claim = effect_sum.by_claim + excluded.by_claim,
	by_silence = effect_sum.by_silence + excluded.by_silence,
	otherwise = effect_sum.otherwise + excluded.otherwise,
	l1 = effect_sum.l1 + excluded.l1, l2 = effect_sum.l2 + excluded.l2,
	l3 = effect_sum.l3 + excluded.l3, l4 = effect_sum.l4 + excluded.l4,
	l5 = effect_sum.l5 + excluded.l5, l6 = effect_sum.l6 + excluded.l6,
	l7 = effect_sum.l7 + excluded.l7, l8 = effect_sum.l8 + excluded.l8,
	l9 = effect_sum.l9 + excluded.l9, l10 = effect_sum.l10 + excluded.l10,
	l11 = effect_sum.l11 + excluded.l11, l12 = effect_sum.l12 + excluded.l12,
	l13 = effect_sum.l13 + excluded.l13, l14 = effect_sum.l14 + excluded.l14,
	l15 = effect_sum.l15 + excluded.l15, l16 = effect_sum.l16 + excluded.l16,
	l17 = effect_sum.l17 + excluded.l17;

-- A sum from which everything was taken away. Lengths are counted where something is fixed.
--: effect_sum_drop_empty(dim int, span int, day int, key int) -> exec
DELETE FROM effect_sum WHERE dim = :dim AND span = :span AND day = :day AND key = :key
	AND begun = 0 AND claimed = 0 AND by_claim = 0 AND by_silence = 0 AND otherwise = 0;

-- The spells of critical findings that were fixed; live and other ones along their indexes.
--: effect_critical_spells() -> each(kind int, org int?, network_org int?, from_day int, last_day int)
SELECT f.kind AS kind, f.org AS org, f.network_org AS network_org, s.from_day AS from_day,
	s.last_day AS last_day
  FROM finding f CROSS JOIN finding_spell s ON s.finding = f.id
 WHERE f.severity = 5 AND f.state IN (0, 1, 3) AND s.how IN (1, 2)
UNION ALL
SELECT f.kind, f.org, f.network_org, s.from_day, s.last_day
  FROM finding f CROSS JOIN finding_spell s ON s.finding = f.id
 WHERE f.severity = 5 AND f.state IN (2, 4) AND s.how IN (1, 2);
