-- SPDX-License-Identifier: Apache-2.0
-- Findings attributed again.

-- Open findings, a page at a time: their rows are written while they are read. Also those that
-- a person said are not theirs: that was about whom they were attributed to. Each half has its
-- partial index; one condition for both would walk all findings there ever were.
--: reattrib_page(after int, n int) -> many(id int)
SELECT id FROM finding WHERE id > :after AND state IN (0, 1, 3)
 UNION ALL
SELECT id FROM finding WHERE state IN (1, 3, 4) AND state = 4 AND id > :after
 ORDER BY 1 LIMIT :n;

--: reattrib_get(id int) -> one(id int, state int, net blob?, len int, name text, by_name int,
--:	feed_asn int, org int?, network_org int?, imitates int?, asn int, cc text, basis int,
--:	basis_ref text)
SELECT id, state, net, len, name, by_name, feed_asn, org, network_org, imitates, asn, cc, basis,
	basis_ref
  FROM finding WHERE id = :id;

--: reattrib_set(id int, org int?, network_org int?, imitates int?, asn int, cc text, basis int,
--:	basis_ref text) -> exec
UPDATE finding SET org = :org, network_org = :network_org, imitates = :imitates, asn = :asn,
	cc = :cc, basis = :basis, basis_ref = :basis_ref
 WHERE id = :id;

--: reattrib_history(finding int, at int, from_org int?, to_org int?, basis int, basis_ref text) -> exec
INSERT INTO attribution_history(finding, at, from_org, to_org, basis, basis_ref)
VALUES (:finding, :at, :from_org, :to_org, :basis, :basis_ref);

-- New for its new organisation: no notice to them yet.
--: reattrib_moved(id int) -> exec
UPDATE finding SET noticed_at = NULL, noticed_file = 0, noticed_relapses = 0 WHERE id = :id;

-- A person's word that it is not theirs ends; the state is computed from its sightings next.
--: reattrib_opened(id int) -> exec
UPDATE finding SET state = 0 WHERE id = :id;
