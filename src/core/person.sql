-- SPDX-License-Identifier: Apache-2.0
-- People, links to enrol, sessions.

--: person_insert(name text, role int, language text, at int) -> one(id int)
INSERT INTO person(name, role, language, created_at, totp_step)
VALUES (:name, :role, :language, :at, 0) RETURNING id;

--: person_by_name(name text) -> one(id int, name text, role int, language text, created_at int, revoked_at int?, enrolled int)
SELECT id, name, role, language, created_at, revoked_at, password IS NOT NULL AS enrolled
  FROM person WHERE name = :name;

--: person_by_id(id int) -> one(id int, name text, role int, language text, created_at int, revoked_at int?, enrolled int)
SELECT id, name, role, language, created_at, revoked_at, password IS NOT NULL AS enrolled
  FROM person WHERE id = :id;

-- All people: a team is small.
--: person_list(after int, n int) -> each(id int, name text, role int, language text, created_at int, revoked_at int?, enrolled int, sessions int, links int)
SELECT p.id AS id, p.name AS name, p.role AS role, p.language AS language,
	p.created_at AS created_at, p.revoked_at AS revoked_at,
	p.password IS NOT NULL AS enrolled,
	(SELECT count(*) FROM session s WHERE s.person = p.id) AS sessions,
	(SELECT count(*) FROM enrolment e WHERE e.person = p.id) AS links
  FROM person p WHERE p.id > :after ORDER BY p.id LIMIT :n;

--: person_heads() -> one(n int)
--! scan ok: a team is small
SELECT count(*) AS n FROM person WHERE role = 3 AND revoked_at IS NULL;

--: person_secrets(id int) -> one(password text?, totp blob?, totp_step int)
SELECT password, totp, totp_step FROM person WHERE id = :id;

--: person_set_role(id int, role int) -> exec
UPDATE person SET role = :role WHERE id = :id;

--: person_set_language(id int, language text) -> exec
UPDATE person SET language = :language WHERE id = :id;

--: person_set_revoked(id int, at int?) -> exec
UPDATE person SET revoked_at = :at WHERE id = :id;

--: person_set_secrets(id int, password text?, totp blob?, step int) -> exec
UPDATE person SET password = :password, totp = :totp, totp_step = :step WHERE id = :id;

--: person_set_password(id int, password text) -> exec
UPDATE person SET password = :password WHERE id = :id;

--: person_set_step(id int, step int) -> exec
UPDATE person SET totp_step = :step WHERE id = :id;

--: recovery_insert(person int, hash blob) -> exec
INSERT INTO recovery_code(person, hash) VALUES (:person, :hash);

--: recovery_clear(person int) -> exec
DELETE FROM recovery_code WHERE person = :person;

--: recovery_left(person int) -> one(n int)
SELECT count(*) AS n FROM recovery_code WHERE person = :person AND used_at IS NULL;

--: recovery_find(person int, hash blob) -> one(used_at int?)
SELECT used_at FROM recovery_code WHERE person = :person AND hash = :hash;

--: recovery_use(person int, hash blob, at int) -> exec
UPDATE recovery_code SET used_at = :at WHERE person = :person AND hash = :hash;

--: enrolment_insert(hash blob, person int, at int, expires int, totp blob) -> exec
INSERT INTO enrolment(hash, person, created_at, expires_at, totp)
VALUES (:hash, :person, :at, :expires, :totp);

--: enrolment_find(hash blob) -> one(person int, expires_at int, totp blob)
SELECT person, expires_at, totp FROM enrolment WHERE hash = :hash;

--: enrolment_clear(person int) -> exec
DELETE FROM enrolment WHERE person = :person;

--: session_insert(hash blob, person int, at int, agent text) -> one(id int)
INSERT INTO session(hash, person, created_at, used_at, agent)
VALUES (:hash, :person, :at, :at, :agent) RETURNING id;

--: session_by_hash(hash blob) -> one(id int, created_at int, used_at int, person int, name text, role int, language text, revoked_at int?)
SELECT s.id AS id, s.created_at AS created_at, s.used_at AS used_at, p.id AS person,
	p.name AS name, p.role AS role, p.language AS language, p.revoked_at AS revoked_at
  FROM session s JOIN person p ON p.id = s.person WHERE s.hash = :hash;

--: session_list(person int, since int, n int) -> each(id int, created_at int, used_at int, agent text)
SELECT id, created_at, used_at, agent FROM session
 WHERE person = :person AND used_at > :since ORDER BY used_at DESC LIMIT :n;

--: session_get(id int) -> one(person int)
SELECT person FROM session WHERE id = :id;

--: session_use(id int, at int) -> exec
UPDATE session SET used_at = :at WHERE id = :id;

--: session_delete(id int) -> exec
DELETE FROM session WHERE id = :id;

--: session_clear(person int, but int) -> exec
DELETE FROM session WHERE person = :person AND id <> :but;

--: session_expire(idle int) -> exec
DELETE FROM session WHERE used_at < :idle;

--: signin_failed(name blob) -> one(failures int, at int)
SELECT failures, at FROM signin_failure WHERE name = :name;

--: signin_fail(name blob, at int) -> exec
INSERT INTO signin_failure(name, failures, at) VALUES (:name, 1, :at)
ON CONFLICT (name) DO UPDATE SET failures = failures + 1, at = excluded.at;

--: signin_succeed(name blob) -> exec
DELETE FROM signin_failure WHERE name = :name;

--: signin_forget(before int, after int) -> exec
DELETE FROM signin_failure WHERE at < :before OR at > :after;
