-- SPDX-License-Identifier: Apache-2.0
-- The register: organisations, prefixes, AS numbers, domains, contacts.

--: register_org(name text) -> one(id int, kind text, sector text, language text, origin int)
SELECT id, kind, sector, language, origin FROM organisation WHERE name = :name;

--: register_org_insert(name text, kind text, sector text, language text, origin int) -> one(id int)
INSERT INTO organisation(name, kind, sector, language, origin)
VALUES (:name, :kind, :sector, :language, :origin) RETURNING id;

--: register_org_update(id int, kind text, sector text, language text, origin int) -> exec
UPDATE organisation SET kind = :kind, sector = :sector, language = :language, origin = :origin
 WHERE id = :id;

--: register_prefix(role int, origin int, net blob, len int) -> one(org int?, asn int?, cc text)
SELECT org, asn, cc FROM prefix
 WHERE role = :role AND origin = :origin AND net = :net AND len = :len;

--: register_prefix_put(role int, origin int, net blob, len int, org int?, asn int?, cc text) -> exec
INSERT INTO prefix(role, origin, net, len, org, asn, cc)
VALUES (:role, :origin, :net, :len, :org, :asn, :cc)
ON CONFLICT (role, origin, net, len) DO UPDATE SET org = excluded.org, asn = excluded.asn,
	cc = excluded.cc;

--: register_asn(asn int) -> one(org int, origin int)
SELECT org, origin FROM asn WHERE asn = :asn;

--: register_asn_put(asn int, org int, origin int) -> exec
INSERT INTO asn(asn, org, origin) VALUES (:asn, :org, :origin)
ON CONFLICT (asn) DO UPDATE SET org = excluded.org, origin = excluded.origin;

--: register_domain(name text) -> one(org int, origin int)
SELECT org, origin FROM domain WHERE name = :name;

--: register_domain_put(name text, org int, origin int) -> exec
INSERT INTO domain(name, org, origin) VALUES (:name, :org, :origin)
ON CONFLICT (name) DO UPDATE SET org = excluded.org, origin = excluded.origin;

--: register_contact(org int, email text) -> one(id int, name text, role text, language text, phone text, pgp text)
SELECT id, name, role, language, phone, pgp FROM contact WHERE org = :org AND email = :email;

--: register_contact_insert(org int, email text, name text, role text, language text, phone text, pgp text) -> exec
INSERT INTO contact(org, email, name, role, language, phone, pgp)
VALUES (:org, :email, :name, :role, :language, :phone, :pgp);

--: register_contact_update(id int, name text, role text, language text, phone text, pgp text) -> exec
UPDATE contact SET name = :name, role = :role, language = :language, phone = :phone, pgp = :pgp
 WHERE id = :id;
