-- SPDX-License-Identifier: Apache-2.0
-- Pages of findings: see finding_page.c.
--
-- Lanes: the findings of one severity, live or not, by the time they were last seen.

--: page_live_down(severity int, last int, id int) -> each(id int, kind int, net blob?, len int, name text,
--:	family text, port int, severity int, org int?, network_org int?, first_seen int,
--:	last_seen int, last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding
 WHERE state IN (0, 1, 3) AND severity = :severity AND (last_seen, id) < (:last, :id)
 ORDER BY last_seen DESC, id DESC;

--: page_live_up(severity int, last int, id int) -> each(id int, kind int, net blob?, len int, name text,
--:	family text, port int, severity int, org int?, network_org int?, first_seen int,
--:	last_seen int, last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding
 WHERE state IN (0, 1, 3) AND severity = :severity AND (last_seen, id) > (:last, :id)
 ORDER BY last_seen, id;

--: page_done_down(severity int, last int, id int) -> each(id int, kind int, net blob?, len int, name text,
--:	family text, port int, severity int, org int?, network_org int?, first_seen int,
--:	last_seen int, last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding
 WHERE state IN (2, 4) AND severity = :severity AND (last_seen, id) < (:last, :id)
 ORDER BY last_seen DESC, id DESC;

--: page_done_up(severity int, last int, id int) -> each(id int, kind int, net blob?, len int, name text,
--:	family text, port int, severity int, org int?, network_org int?, first_seen int,
--:	last_seen int, last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding
 WHERE state IN (2, 4) AND severity = :severity AND (last_seen, id) > (:last, :id)
 ORDER BY last_seen, id;

-- By id: also finding_walk.
--: page_live_ids(after int) -> each(id int, kind int, net blob?, len int, name text,
--:	family text, port int, severity int, org int?, network_org int?, first_seen int,
--:	last_seen int, last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding
 WHERE state IN (0, 1, 3) AND id > :after ORDER BY id;

-- Narrow ways in: what is rare.
--: page_org(org int, state int) -> each(id int, kind int, net blob?, len int, name text,
--:	family text, port int, severity int, org int?, network_org int?, first_seen int,
--:	last_seen int, last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding
 WHERE org = :org AND state = :state;

--: page_nobody(state int) -> each(id int, kind int, net blob?, len int, name text,
--:	family text, port int, severity int, org int?, network_org int?, first_seen int,
--:	last_seen int, last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding
 WHERE org IS NULL AND state = :state;

--: page_kind(kind int) -> each(id int, kind int, net blob?, len int, name text,
--:	family text, port int, severity int, org int?, network_org int?, first_seen int,
--:	last_seen int, last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding
 WHERE state IN (0, 1, 3) AND kind = :kind;

--: page_report(type int) -> each(id int, kind int, net blob?, len int, name text,
--:	family text, port int, severity int, org int?, network_org int?, first_seen int,
--:	last_seen int, last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding
 WHERE state IN (0, 1, 3) AND last_type = :type;

--: page_state(state int) -> each(id int, kind int, net blob?, len int, name text,
--:	family text, port int, severity int, org int?, network_org int?, first_seen int,
--:	last_seen int, last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding
 WHERE state IN (1, 3, 4) AND state = :state;

--: page_family(family text) -> each(id int, kind int, net blob?, len int, name text,
--:	family text, port int, severity int, org int?, network_org int?, first_seen int,
--:	last_seen int, last_type int, state int, relapses int)
SELECT id, kind, net, len, name, family, port, severity, org, network_org, first_seen, last_seen,
	last_type, state, relapses
  FROM finding
 WHERE family = :family AND family <> '';

-- To choose from.
--: page_types() -> many(type text)
--! scan ok: a few thousand rows, along their index
SELECT DISTINCT type FROM kind ORDER BY type;
