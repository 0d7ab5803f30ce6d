-- SPDX-License-Identifier: Apache-2.0
-- The register, changed by a person one thing at a time.

--: edit_org_get(id int) -> one(name text, kind text, sector text, language text)
SELECT name, kind, sector, language FROM organisation WHERE id = :id;

--: edit_org_named(name text) -> one(id int)
SELECT id FROM organisation WHERE name = :name;

--: edit_org_insert(name text, kind text, sector text, language text) -> one(id int)
INSERT INTO organisation(name, kind, sector, language, origin)
VALUES (:name, :kind, :sector, :language, 1) RETURNING id;

--: edit_org_update(id int, name text, kind text, sector text, language text) -> exec
UPDATE organisation SET name = :name, kind = :kind, sector = :sector, language = :language,
	origin = 1
 WHERE id = :id;

--: edit_prefix_get(role int, origin int, net blob, len int) -> one(org int?, org_name text?, asn int?)
SELECT p.org AS org, o.name AS org_name, p.asn AS asn
  FROM prefix p LEFT JOIN organisation o ON o.id = p.org
 WHERE p.role = :role AND p.origin = :origin AND p.net = :net AND p.len = :len;

--: edit_prefix_put(role int, origin int, net blob, len int, org int, asn int?) -> exec
INSERT INTO prefix(role, origin, net, len, org, asn, cc)
VALUES (:role, :origin, :net, :len, :org, :asn, '')
ON CONFLICT (role, origin, net, len) DO UPDATE SET org = excluded.org, asn = excluded.asn;

--: edit_prefix_take(role int, origin int, net blob, len int) -> exec
DELETE FROM prefix WHERE role = :role AND origin = :origin AND net = :net AND len = :len;

--: edit_asn_get(asn int) -> one(org int, org_name text, origin int)
SELECT a.org AS org, o.name AS org_name, a.origin AS origin
  FROM asn a JOIN organisation o ON o.id = a.org WHERE a.asn = :asn;

--: edit_asn_put(asn int, org int, origin int) -> exec
INSERT INTO asn(asn, org, origin) VALUES (:asn, :org, :origin)
ON CONFLICT (asn) DO UPDATE SET org = excluded.org, origin = excluded.origin;

--: edit_asn_take(asn int) -> exec
DELETE FROM asn WHERE asn = :asn;

--: edit_domain_get(name text) -> one(org int, org_name text, origin int)
SELECT d.org AS org, o.name AS org_name, d.origin AS origin
  FROM domain d JOIN organisation o ON o.id = d.org WHERE d.name = :name;

--: edit_domain_put(name text, org int, origin int) -> exec
INSERT INTO domain(name, org, origin) VALUES (:name, :org, :origin)
ON CONFLICT (name) DO UPDATE SET org = excluded.org, origin = excluded.origin;

--: edit_domain_take(name text) -> exec
DELETE FROM domain WHERE name = :name;

--: edit_contact_get(org int, email text) -> one(id int, name text, role text, language text, phone text, pgp text, ended_at int?)
SELECT id, name, role, language, phone, pgp, ended_at FROM contact
 WHERE org = :org AND email = :email;

--: edit_contact_by_id(id int) -> one(org int, email text, name text, role text, language text, phone text, pgp text, ended_at int?)
SELECT org, email, name, role, language, phone, pgp, ended_at FROM contact WHERE id = :id;

--: edit_contact_insert(org int, email text, name text, role text, language text, phone text, pgp text) -> one(id int)
INSERT INTO contact(org, email, name, role, language, phone, pgp)
VALUES (:org, :email, :name, :role, :language, :phone, :pgp) RETURNING id;

--: edit_contact_update(id int, name text, role text, language text, phone text, pgp text) -> exec
UPDATE contact SET name = :name, role = :role, language = :language, phone = :phone, pgp = :pgp,
	ended_at = NULL
 WHERE id = :id;

--: edit_contact_end(id int, at int) -> exec
UPDATE contact SET ended_at = :at WHERE id = :id;
