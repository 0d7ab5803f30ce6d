-- SPDX-License-Identifier: Apache-2.0
-- The register as look-ups need it.

--: attrib_prefixes() -> each(role int, origin int, net blob, len int, org int?, asn int?, cc text)
--! scan ok: the whole table is loaded into memory
SELECT role, origin, net, len, org, asn, cc FROM prefix ORDER BY role, origin, net, len;

--: attrib_prefix_count() -> one(n int)
--! scan ok: counts the whole table before loading it
SELECT count(*) AS n FROM prefix;

--: attrib_domains() -> each(name text, org int)
SELECT name, org FROM domain;

--: attrib_asns() -> each(asn int, org int)
SELECT asn, org FROM asn;

--: attrib_orgs() -> each(id int, name text)
SELECT id, name FROM organisation;

-- The acts that change the register, behind a row of the trail; and its last row.
--: attrib_changes(after int) -> one(n int, last int?)
SELECT count(*) FILTER (WHERE action IN ('register.import', 'register.remove', 'register.put',
	'register.take', 'organisation.put')) AS n, max(seq) AS last
  FROM audit WHERE seq > :after;
