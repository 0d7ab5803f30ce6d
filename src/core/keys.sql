-- SPDX-License-Identifier: Apache-2.0
-- Whose OpenPGP key is which.

-- The fingerprints that the register has for one address.
--: keys_of_mail(email text, n int) -> many(pgp text)
SELECT pgp FROM contact WHERE email = :email AND pgp <> '' AND ended_at IS NULL
 ORDER BY id LIMIT :n;

-- For lists and for a new key: all contacts.
--: keys_contacts() -> each(id int, org_name text, email text, pgp text)
--! scan ok: contacts are a few thousand, and this is asked by hand
SELECT c.id AS id, o.name AS org_name, c.email AS email, c.pgp AS pgp
  FROM contact c JOIN organisation o ON o.id = c.org
 WHERE c.ended_at IS NULL ORDER BY o.name, c.email;

--: keys_contact_set(id int, pgp text) -> exec
UPDATE contact SET pgp = :pgp WHERE id = :id;
