-- SPDX-License-Identifier: Apache-2.0
-- OpenPGP: which key a mail to this address is encrypted to. The keys themselves are
-- gpg's, in DIR/keys; setting 'key.team' holds the fingerprint of the team's own.

CREATE INDEX contact_key_by_email ON contact(email) WHERE pgp <> '';
