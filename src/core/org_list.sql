-- SPDX-License-Identifier: Apache-2.0
-- Organisations as a list, and all that the register says of one.

-- By name; pattern is in lower case, for LIKE with \ as its escape.
--: org_list(after text, pattern text?, sector text?, language text?) -> each(id int, name text, kind text, sector text, language text)
SELECT id, name, kind, sector, language FROM organisation
 WHERE name > :after AND (:pattern IS NULL OR lower(name) LIKE :pattern ESCAPE '\')
	AND (:sector IS NULL OR sector = :sector) AND (:language IS NULL OR language = :language)
 ORDER BY name;

--: org_open(org int) -> one(n int)
SELECT count(*) AS n FROM finding WHERE org = :org AND state IN (0, 3);

--: org_contact_count(org int) -> one(n int)
SELECT count(*) AS n FROM contact WHERE org = :org AND email <> '' AND ended_at IS NULL;

--! scan ok: some thousand rows, for the choices of a filter
--: org_sectors() -> many(sector text)
SELECT DISTINCT sector FROM organisation WHERE sector <> '' ORDER BY sector LIMIT 200;

--: org_full(id int) -> one(name text, kind text, sector text, language text, origin int)
SELECT name, kind, sector, language, origin FROM organisation WHERE id = :id;

--: org_prefixes(org int, n int) -> many(role int, origin int, net blob, len int, asn int?)
SELECT role, origin, net, len, asn FROM prefix WHERE org = :org AND role IN (0, 1)
 ORDER BY role, net, len, origin DESC LIMIT :n;

--: org_asns(org int, n int) -> many(asn int, origin int)
SELECT asn, origin FROM asn WHERE org = :org ORDER BY asn LIMIT :n;

--: org_domains(org int, n int) -> many(name text, origin int)
SELECT name, origin FROM domain WHERE org = :org ORDER BY name LIMIT :n;

--: org_contacts(org int, n int) -> many(id int, email text, name text, role text, language text, phone text, pgp text)
SELECT id, email, name, role, language, phone, pgp FROM contact
 WHERE org = :org AND ended_at IS NULL ORDER BY id LIMIT :n;

-- sent: those that went out, or were approved to; answered: by somebody, with anything.
--: org_notices(org int) -> one(sent int, answered int)
SELECT count(*) AS sent,
	COALESCE(sum(CASE WHEN EXISTS (SELECT 1 FROM answer a WHERE a.notice = n.id)
		THEN 1 ELSE 0 END), 0) AS answered
  FROM notice n WHERE n.org = :org AND n.state NOT IN (0, 1, 9);
