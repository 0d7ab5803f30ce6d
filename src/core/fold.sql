-- SPDX-License-Identifier: Apache-2.0
-- Events into findings. These statements run once or more per event.

--: fold_next_id() -> one(id int)
SELECT COALESCE(max(id), 0) + 1 AS id FROM finding;

--: fold_kinds() -> each(id int, type text, identifier text)
--! scan ok: a few thousand rows, loaded into memory
SELECT id, type, identifier FROM kind;

--: fold_insert_kind(type text, identifier text) -> one(id int)
INSERT INTO kind(type, identifier) VALUES (:type, :identifier) RETURNING id;

--: fold_find(key blob) -> one(id int, state int, org int?, basis int, net blob?, len int,
--:	name text, feed_asn int, first_seen int, last_seen int, rank int, severity int, first_report int,
--:	last_report int, last_day int, last_type int, last_file int, file_relapses int, mixed int,
--:	relapses int, claimed_day int?)
SELECT id, state, org, basis, net, len, name, feed_asn, first_seen, last_seen, rank,
	severity, first_report, last_report, last_day, last_type, last_file, file_relapses, mixed,
	relapses, claimed_day
  FROM finding WHERE key = :key;

--: fold_insert(id int, key blob, kind int, net blob?, len int, name text, by_name int, family text, port int, acts int, hostname text, transport text, detail text, severity int, org int?, network_org int?, imitates int?, asn int, feed_asn int, cc text, basis int, basis_ref text, first_seen int, last_seen int, rank int, days_seen int, count int, report int, day int, type int, file int) -> exec
INSERT INTO finding(id, key, kind, net, len, name, by_name, family, port, acts, hostname,
	transport, detail, severity, org, network_org, imitates, asn, feed_asn, cc, basis, basis_ref,
	first_seen, last_seen, rank, days_seen, count, first_report, last_report, last_day, last_type,
	last_file, file_relapses, mixed, state, state_day, fixed_by, relapses, claimed_day,
	noticed_at, noticed_file, noticed_relapses, spell_from)
VALUES (:id, :key, :kind, :net, :len, :name, :by_name, :family, :port, :acts, :hostname,
		:transport, :detail, :severity, :org, :network_org, :imitates, :asn, :feed_asn, :cc, :basis, :basis_ref,
	:first_seen, :last_seen, :rank, :days_seen, :count, :report, :report, :day, :type,
	:file, -1, 0, 0, :report, 0, 0, NULL, NULL, 0, 0, :report);

-- Seen again, and this event is the latest: it describes the finding.
--: fold_see_latest(id int, hostname text, transport text, detail text, severity int,
--:	feed_asn int, first_seen int, last_seen int, rank int, days int, count int,
--:	first_report int, last_report int, last_day int, file int, file_relapses int) -> exec
UPDATE finding SET hostname = :hostname, transport = :transport, detail = :detail,
	severity = :severity, feed_asn = :feed_asn, first_seen = :first_seen,
	last_seen = :last_seen, rank = :rank, days_seen = days_seen + :days, count = count + :count,
	first_report = :first_report, last_report = :last_report, last_day = :last_day,
	last_file = :file, file_relapses = :file_relapses
 WHERE id = :id;

-- A name that has another address now, or an address with another name. Not part of the
-- statement above: a column that it set would have its index written again each time.
--: fold_move(id int, net blob?, len int, name text) -> exec
UPDATE finding SET net = :net, len = :len, name = :name WHERE id = :id;

-- Seen in something older than what is known: only counted.
--: fold_see_older(id int, first_seen int, days int, count int, first_report int, last_report int,
--:	last_day int, file int, file_relapses int) -> exec
UPDATE finding SET first_seen = :first_seen, days_seen = days_seen + :days,
	count = count + :count, first_report = :first_report, last_report = :last_report,
	last_day = :last_day, last_file = :file, file_relapses = :file_relapses
 WHERE id = :id;

-- Seen again after it was fixed: another spell begins.
--: fold_relapse(id int, day int, relapses int) -> exec
UPDATE finding SET state = 3, state_day = :day, fixed_by = 0, relapses = :relapses,
	spell_from = :day
 WHERE id = :id;

-- After counting again: also which report and type were the last. Of relapses that were none
-- none was told.
--: fold_set_life(id int, state int, day int, fixed_by int, relapses int, first_report int, last_report int, type int, mixed int) -> exec
UPDATE finding SET state = :state, state_day = :day, fixed_by = :fixed_by, relapses = :relapses,
	first_report = :first_report, last_report = :last_report, last_type = :type, mixed = :mixed,
	noticed_relapses = CASE WHEN noticed_relapses > :relapses THEN :relapses
		ELSE noticed_relapses END
 WHERE id = :id;

--: fold_insert_sighting(finding int, day int, file int, port int, row int, count int, first int, last int) -> exec
INSERT INTO sighting(finding, day, file, port, row, count, first, last)
VALUES (:finding, :day, :file, :port, :row, :count, :first, :last);

-- The same place twice in one file: the chunk before this one had it too.
--: fold_add_sighting(finding int, day int, file int, port int, row int, count int, first int, last int) -> exec
INSERT INTO sighting(finding, day, file, port, row, count, first, last)
VALUES (:finding, :day, :file, :port, :row, :count, :first, :last)
ON CONFLICT (finding, day, file, port) DO UPDATE SET
	count = sighting.count + excluded.count,
	row = CASE WHEN excluded.first < sighting.first
		OR (excluded.first = sighting.first AND excluded.row < sighting.row)
		THEN excluded.row ELSE sighting.row END,
	first = CASE WHEN excluded.first < sighting.first THEN excluded.first ELSE sighting.first END,
	last = CASE WHEN excluded.last > sighting.last THEN excluded.last ELSE sighting.last END;

--: fold_day_known(finding int, day int) -> one(n int)
SELECT 1 AS n FROM sighting WHERE finding = :finding AND day = :day LIMIT 1;

-- The reports a finding was seen in. A file without a day in its name counts by its rows' days.
--: fold_reports(finding int) -> each(day int, type int)
SELECT DISTINCT COALESCE(f.day, s.day) AS day, f.type AS type
  FROM sighting s JOIN file f ON f.id = s.file
 WHERE s.finding = :finding ORDER BY 1, 2;

--: fold_life(finding int) -> one(state int, state_day int, fixed_by int, relapses int,
--:	first_report int, last_report int, last_type int, mixed int, claimed_day int?)
SELECT state, state_day, fixed_by, relapses, first_report, last_report, last_type, mixed,
	claimed_day
  FROM finding WHERE id = :finding;

--: fold_claims(finding int) -> many(day int)
SELECT day FROM claim WHERE finding = :finding ORDER BY day;

-- In order: what the quiet-th last report of the type did not hold is fixed now. First what
-- ends by that, for the sums; then its spells, then its state.
--: fold_silent(type int, before int) -> each(kind int, org int?, network_org int?, severity int,
--:	first_report int, last_report int, spell_from int?, spell_claim int?, claimed int)
SELECT kind, org, network_org, severity, first_report, last_report, spell_from, spell_claim,
	CASE WHEN claimed_day IS NOT NULL AND claimed_day >= last_report THEN 1 ELSE 0 END AS claimed
  FROM finding
 WHERE last_type = :type AND state IN (0, 1, 3) AND last_report < :before AND mixed = 0;

--: fold_silence_spells(type int, before int, day int) -> exec
INSERT INTO finding_spell(finding, from_day, last_day, to_day, claim_day, how)
SELECT id, COALESCE(spell_from, first_report), last_report, :day, spell_claim,
	CASE WHEN claimed_day IS NOT NULL AND claimed_day >= last_report THEN 1 ELSE 2 END
  FROM finding
 WHERE last_type = :type AND state IN (0, 1, 3) AND last_report < :before AND mixed = 0;

--: fold_silence(type int, before int, day int) -> exec
UPDATE finding SET state = 2, state_day = :day, spell_from = NULL, spell_claim = NULL,
	fixed_by = CASE WHEN claimed_day IS NOT NULL AND claimed_day >= last_report THEN 1 ELSE 2 END
 WHERE last_type = :type AND state IN (0, 1, 3) AND last_report < :before AND mixed = 0;

-- Not theirs since a day that is not over for this type: it may have been fixed before.
--: fold_not_theirs(type int, day int) -> many(id int)
SELECT id FROM finding WHERE state = 4 AND last_type = :type AND state_day >= :day ORDER BY id;

-- Findings whose state the report of a day can change, though newer ones are there: seen
-- before it, and not fixed before it. A page at a time, along the whole table: late reports
-- are few.
--: fold_touched_by(type int, day int, after int, n int) -> many(id int)
SELECT id FROM finding
 WHERE id > :after AND (last_type = :type OR (mixed = 1 AND last_report > :day))
	AND first_report < :day AND (state <> 2 OR state_day > :day)
 ORDER BY id LIMIT :n;

-- The same among those seen in reports of several types: few, and always computed from
-- their sightings.
--: fold_mixed_by(type int, day int, after int, n int) -> many(id int)
SELECT id FROM finding
 WHERE mixed = 1 AND id > :after AND (last_type = :type OR last_report > :day)
	AND first_report < :day AND (state <> 2 OR state_day > :day)
 ORDER BY id LIMIT :n;

-- Did an earlier chunk of the file hold it?
--: fold_seen_in(finding int, file int) -> one(n int)
SELECT 1 AS n FROM sighting WHERE finding = :finding AND file = :file LIMIT 1;
