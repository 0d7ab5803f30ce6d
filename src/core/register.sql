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

--: register_contact(org int, email text) -> one(id int, name text, role text, language text, phone text, pgp text, ended_at int?)
SELECT id, name, role, language, phone, pgp, ended_at FROM contact WHERE org = :org AND email = :email;

--: register_contact_insert(org int, email text, name text, role text, language text, phone text, pgp text) -> exec
INSERT INTO contact(org, email, name, role, language, phone, pgp)
VALUES (:org, :email, :name, :role, :language, :phone, :pgp);

--: register_contact_update(id int, name text, role text, language text, phone text, pgp text) -> exec
UPDATE contact SET name = :name, role = :role, language = :language, phone = :phone, pgp = :pgp,
	ended_at = NULL
 WHERE id = :id;

-- Entries that a person takes back.
--: register_prefix_all(net blob, len int) -> many(role int, origin int, org_name text?, asn int?, cc text)
SELECT p.role AS role, p.origin AS origin, o.name AS org_name, p.asn AS asn, p.cc AS cc
  FROM prefix p LEFT JOIN organisation o ON o.id = p.org
 WHERE p.role IN (0, 1, 2) AND p.origin IN (0, 1) AND p.net = :net AND p.len = :len
 ORDER BY p.origin DESC, p.role;

--: register_prefix_remove(role int, origin int, net blob, len int) -> exec
DELETE FROM prefix WHERE role = :role AND origin = :origin AND net = :net AND len = :len;

--: register_asn_name(asn int) -> one(org_name text)
SELECT o.name AS org_name FROM asn a JOIN organisation o ON o.id = a.org WHERE a.asn = :asn;

--: register_asn_remove(asn int) -> exec
DELETE FROM asn WHERE asn = :asn;

--: register_domain_name(name text) -> one(org_name text)
SELECT o.name AS org_name FROM domain d JOIN organisation o ON o.id = d.org
 WHERE d.name = :name;

--: register_domain_remove(name text) -> exec
DELETE FROM domain WHERE name = :name;

--: register_contacts_of(email text) -> many(id int, org int, org_name text)
--! scan ok: some hundred rows, when a person takes a contact out
SELECT c.id AS id, c.org AS org, o.name AS org_name
  FROM contact c JOIN organisation o ON o.id = c.org
 WHERE c.email = :email AND c.ended_at IS NULL ORDER BY c.id;

--: register_contact_end(id int, at int) -> exec
UPDATE contact SET ended_at = :at WHERE id = :id;
