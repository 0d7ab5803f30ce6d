-- SPDX-License-Identifier: Apache-2.0
-- Backups: what a copy holds, and what is known of the last ones.

--: backup_last_day() -> one(day int?)
SELECT max(day) AS day FROM report;

-- A country's team is a dozen people.
--: backup_people() -> one(n int)
--! scan ok: all of them are wanted
SELECT count(*) AS n FROM person WHERE revoked_at IS NULL;

-- Every content that findings point to.
--: backup_originals() -> each(sha256 blob)
--! scan ok: all of them are wanted
SELECT sha256 FROM file ORDER BY sha256;

-- Who was signed in, or had a link to enrol: what ended since would be good again.
--: backup_sessions_clear() -> exec
--! scan ok: all of them are meant
DELETE FROM session;

--: backup_enrolments_clear() -> exec
--! scan ok: all of them are meant
DELETE FROM enrolment;

-- A backup is of this directory when its audit trail is the beginning of ours.
--: backup_audit_hash(seq int) -> one(hash blob)
SELECT hash FROM audit WHERE seq = :seq;
