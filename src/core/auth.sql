-- SPDX-License-Identifier: Apache-2.0
-- Is there such an object? See auth.c.

--: auth_person(id int) -> one(id int)
SELECT id FROM person WHERE id = :id;

--: auth_session(id int) -> one(person int)
SELECT person FROM session WHERE id = :id;

--: auth_org(id int) -> one(id int)
SELECT id FROM organisation WHERE id = :id;

--: auth_finding(id int) -> one(id int)
SELECT id FROM finding WHERE id = :id;

--: auth_notice(id int) -> one(id int)
SELECT id FROM notice WHERE id = :id;

--: auth_file(id int) -> one(id int)
SELECT id FROM file WHERE id = :id;

--: auth_task(id int) -> one(id int)
SELECT id FROM task WHERE id = :id;

--: auth_contact(id int) -> one(id int)
SELECT id FROM contact WHERE id = :id;
