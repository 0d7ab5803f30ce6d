-- SPDX-License-Identifier: Apache-2.0
-- Organisations, as a person names them.

--: org_get(id int) -> one(id int, name text)
SELECT id, name FROM organisation WHERE id = :id;

--: org_by_name(name text) -> one(id int, name text)
SELECT id, name FROM organisation WHERE name = :name;

--: org_walk() -> each(id int, name text)
--! scan ok: some thousand rows, when a name was not written exactly
SELECT id, name FROM organisation ORDER BY name;
