-- SPDX-License-Identifier: Apache-2.0
-- Findings, read: who matches, one with all that is known.
--
-- Four ways in, each along an index; what else a filter asks for is compared in C. They only
-- fetch what is compared; finding_get then brings the ones that are shown.

--: finding_walk(after int) -> each(id int, kind int, net blob?, len int, name text, family text,
--:	port int, severity int, org int?, network_org int?, first_seen int, last_seen int,
--:	last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding WHERE id > :after ORDER BY id;

--: finding_walk_org(org int) -> each(id int, kind int, net blob?, len int, name text,
--:	family text, port int, severity int, org int?, network_org int?, first_seen int,
--:	last_seen int, last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding WHERE org = :org;

-- The unattributed ones.
--: finding_walk_nobody() -> each(id int, kind int, net blob?, len int, name text, family text,
--:	port int, severity int, org int?, network_org int?, first_seen int, last_seen int,
--:	last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding WHERE org IS NULL;

--: finding_walk_net(first blob, last blob) -> each(id int, kind int, net blob?, len int,
--:	name text, family text, port int, severity int, org int?, network_org int?,
--:	first_seen int, last_seen int, last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding WHERE net >= :first AND net <= :last;

--: finding_walk_name(name text) -> each(id int, kind int, net blob?, len int, name text,
--:	family text, port int, severity int, org int?, network_org int?, first_seen int,
--:	last_seen int, last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding WHERE name = :name AND name <> '';

--: finding_kinds() -> each(id int, type text, identifier text)
--! scan ok: a few thousand rows, compared with a filter once per list
SELECT id, type, identifier FROM kind ORDER BY id;

--: finding_report_type(name text) -> one(id int)
SELECT id FROM report_type WHERE name = :name;

--: finding_get(id int) -> one(id int, type text, identifier text, family text, net blob?,
--:	len int, name text, by_name int, port int, acts int, hostname text, transport text, detail text,
--:	severity int, org int?, network_org int?, imitates int?, org_name text?,
--:	network_name text?, imitates_name text?, asn int, feed_asn int, cc text, basis int,
--:	basis_ref text, first_seen int, last_seen int, days_seen int, count int,
--:	last_report int, report_type text, state int, state_day int, fixed_by int,
--:	relapses int, claimed_day int?, noticed_at int?)
SELECT f.id AS id, k.type AS type, k.identifier AS identifier, f.family AS family, f.net AS net,
	f.len AS len, f.name AS name, f.by_name AS by_name, f.port AS port, f.acts AS acts,
	f.hostname AS hostname, f.transport AS transport, f.detail AS detail, f.severity AS severity, f.org AS org,
	f.network_org AS network_org, f.imitates AS imitates, o.name AS org_name,
	n.name AS network_name, i.name AS imitates_name, f.asn AS asn, f.feed_asn AS feed_asn,
	f.cc AS cc, f.basis AS basis, f.basis_ref AS basis_ref, f.first_seen AS first_seen,
	f.last_seen AS last_seen, f.days_seen AS days_seen, f.count AS count,
	f.last_report AS last_report, t.name AS report_type, f.state AS state,
	f.state_day AS state_day, f.fixed_by AS fixed_by, f.relapses AS relapses,
	f.claimed_day AS claimed_day, f.noticed_at AS noticed_at
  FROM finding f JOIN kind k ON k.id = f.kind JOIN report_type t ON t.id = f.last_type
  LEFT JOIN organisation o ON o.id = f.org
  LEFT JOIN organisation n ON n.id = f.network_org
  LEFT JOIN organisation i ON i.id = f.imitates
 WHERE f.id = :id;

-- How often it was seen on each day.
--: finding_days(finding int) -> many(day int, count int, first int, last int)
SELECT day, SUM(count) AS count, MIN(first) AS first, MAX(last) AS last
  FROM sighting WHERE finding = :finding GROUP BY day ORDER BY day;

-- Whose it was before.
--: finding_moves(finding int) -> many(at int, from_name text?, to_name text?, basis int,
--:	basis_ref text)
SELECT h.at AS at, a.name AS from_name, b.name AS to_name, h.basis AS basis,
	h.basis_ref AS basis_ref
  FROM attribution_history h
  LEFT JOIN organisation a ON a.id = h.from_org
  LEFT JOIN organisation b ON b.id = h.to_org
 WHERE h.finding = :finding ORDER BY h.id;

-- The notices it stood in.
--: finding_notices(finding int) -> many(id int, at int, state int, organisation text,
--:	recipient text, why int)
SELECT n.id AS id, n.at AS at, n.state AS state, o.name AS organisation,
	n.recipient AS recipient, nf.why AS why
  FROM notice_finding nf JOIN notice n ON n.id = nf.notice JOIN organisation o ON o.id = n.org
 WHERE nf.finding = :finding ORDER BY n.id;

-- The files it stands in, the latest first: where the evidence is.
--: finding_sources(finding int, n int) -> many(file int, name text, sha256 blob, row int,
--:	count int, day int)
SELECT s.file AS file, f.name AS name, f.sha256 AS sha256, MIN(s.row) AS row,
	SUM(s.count) AS count, MAX(s.day) AS day
  FROM sighting s JOIN file f ON f.id = s.file
 WHERE s.finding = :finding GROUP BY s.file, f.name, f.sha256 ORDER BY s.file DESC LIMIT :n;
