-- SPDX-License-Identifier: Apache-2.0
-- Effect: figures that are kept so that a page need not count them. All of it is derived:
-- `tocsin rebuild` makes it again.

-- A spell is a time in which a finding was there: from the first report it was in to the day
-- on which it became fixed, and again after each relapse (core/lifetime.h). The one that goes
-- on stands in the finding: spell_from is its first day, NULL when there is none; spell_claim
-- the day of the first claim in it.
ALTER TABLE finding ADD COLUMN spell_from INTEGER;
ALTER TABLE finding ADD COLUMN spell_claim INTEGER;
CREATE INDEX finding_not_theirs ON finding(last_type, state_day) WHERE state = 4;

-- The spells that are over. last_day: of the last report in it; to_day: when it was over.
-- how: 1 fixed by claim, 2 fixed by silence, 3 a claim that a later report proved wrong,
-- 4 somebody decided that it is not theirs.
CREATE TABLE finding_spell (
	finding INTEGER NOT NULL REFERENCES finding(id),
	from_day INTEGER NOT NULL,
	last_day INTEGER NOT NULL,
	to_day INTEGER NOT NULL,
	claim_day INTEGER,
	how INTEGER NOT NULL,
	PRIMARY KEY (finding, from_day)
) STRICT, WITHOUT ROWID;

-- Sums of spells: core/effect_sum.h says what counts on which day.
-- dim: what key is: 1 the organisation responsible, 2 the operator of the network, 3 the kind;
-- 0 is nobody. span: how many days a row is about, 1 or 32; day is the first of them.
-- l1 ... l16: fixed spells by how long they lasted, l17 the longest.
CREATE TABLE effect_sum (
	dim INTEGER NOT NULL,
	span INTEGER NOT NULL,
	day INTEGER NOT NULL,
	key INTEGER NOT NULL,
	begun INTEGER NOT NULL,
	relapsed INTEGER NOT NULL,
	attributed INTEGER NOT NULL,
	critical INTEGER NOT NULL,
	in_time INTEGER NOT NULL,
	claimed INTEGER NOT NULL,
	by_claim INTEGER NOT NULL,
	by_silence INTEGER NOT NULL,
	otherwise INTEGER NOT NULL,
	l1 INTEGER NOT NULL,
	l2 INTEGER NOT NULL,
	l3 INTEGER NOT NULL,
	l4 INTEGER NOT NULL,
	l5 INTEGER NOT NULL,
	l6 INTEGER NOT NULL,
	l7 INTEGER NOT NULL,
	l8 INTEGER NOT NULL,
	l9 INTEGER NOT NULL,
	l10 INTEGER NOT NULL,
	l11 INTEGER NOT NULL,
	l12 INTEGER NOT NULL,
	l13 INTEGER NOT NULL,
	l14 INTEGER NOT NULL,
	l15 INTEGER NOT NULL,
	l16 INTEGER NOT NULL,
	l17 INTEGER NOT NULL,
	PRIMARY KEY (dim, span, day, key)
) STRICT, WITHOUT ROWID;

-- Findings of an older schema have no spells yet: work makes them before its first act.
INSERT INTO setting(name, value) SELECT 'effect.rebuild', x'01' WHERE EXISTS (SELECT 1 FROM finding);

-- What was sent in a time, without the texts.
CREATE INDEX notice_by_day ON notice(at, org, state);
-- Which notices were answered, and whose link was opened, from a day on.
CREATE INDEX answer_by_day ON answer(at, notice);
CREATE INDEX answer_link_by_day ON answer_link(first_opened, notice)
 WHERE first_opened IS NOT NULL AND notice IS NOT NULL;

-- What is critical and began since a day: the morning's first line.
CREATE INDEX finding_critical_from ON finding(spell_from) WHERE severity = 5 AND state IN (0, 1, 3);
