-- SPDX-License-Identifier: Apache-2.0
-- People of the team, and how they come in.

-- role: 1 reader, 2 analyst, 3 head, 4 system keeper. language: '' is none of his own.
-- password: Argon2id, NULL until he enrolled. totp: the secret, sealed with secret.key.
-- totp_step: the last 30 seconds whose code was used; a code works once.
CREATE TABLE person (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	role INTEGER NOT NULL CHECK (role BETWEEN 1 AND 4),
	language TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	revoked_at INTEGER,
	password TEXT,
	totp BLOB,
	totp_step INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX person_by_name ON person(name);

-- For when the telephone is lost: each works once. hash: SHA-256.
CREATE TABLE recovery_code (
	person INTEGER NOT NULL REFERENCES person(id),
	hash BLOB NOT NULL,
	used_at INTEGER,
	PRIMARY KEY (person, hash)
) STRICT, WITHOUT ROWID;

-- A one-time link: hash is of its token. totp: the secret it will set, sealed.
CREATE TABLE enrolment (
	hash BLOB PRIMARY KEY,
	person INTEGER NOT NULL REFERENCES person(id),
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	totp BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX enrolment_by_person ON enrolment(person);

CREATE TABLE session (
	id INTEGER PRIMARY KEY,
	hash BLOB NOT NULL,
	person INTEGER NOT NULL REFERENCES person(id),
	created_at INTEGER NOT NULL,
	used_at INTEGER NOT NULL,
	agent TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX session_by_hash ON session(hash);
CREATE INDEX session_by_person ON session(person, used_at);
CREATE INDEX session_by_use ON session(used_at);

-- Failed sign-ins in a row, of any name that was tried; name is its SHA-256.
CREATE TABLE signin_failure (
	name BLOB PRIMARY KEY,
	failures INTEGER NOT NULL,
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signin_failure_by_time ON signin_failure(at);

-- What the first page counts.
CREATE INDEX file_failed ON file(id) WHERE state = 2;
CREATE INDEX notice_count_by_state ON notice(state);
