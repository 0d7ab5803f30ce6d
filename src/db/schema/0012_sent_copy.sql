-- SPDX-License-Identifier: Apache-2.0
-- What is kept of a mail when it is out: docs/formats/mail.md.

-- One row each time that a notice was taken for sending. sha256, bytes: of the exact mail,
-- which is in outbox_mail until its end. mail: as it was before it was signed and encrypted; the
-- token of its link is masked from the first, and of its tables it has the digests: they are
-- rows of notice_part.
CREATE TABLE outbox_copy (
	id INTEGER PRIMARY KEY,
	notice INTEGER NOT NULL REFERENCES notice(id),
	at INTEGER NOT NULL,
	sha256 BLOB NOT NULL,
	bytes INTEGER NOT NULL,
	is_signed INTEGER NOT NULL CHECK (is_signed IN (0, 1)),
	is_encrypted INTEGER NOT NULL CHECK (is_encrypted IN (0, 1)),
	mail BLOB NOT NULL
) STRICT;
CREATE INDEX outbox_copy_by_notice ON outbox_copy(notice, id);
