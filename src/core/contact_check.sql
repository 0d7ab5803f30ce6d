-- SPDX-License-Identifier: Apache-2.0
-- Notices that ask a contact whether it is right.

-- How often it was asked, or was to be.
--: check_count(contact int) -> one(n int)
SELECT count(*) AS n FROM notice WHERE contact = :contact AND kind = 2;

--: check_run_insert(at int) -> one(id int)
INSERT INTO notice_run(at, finished, notices, usual, held_why, kind)
VALUES (:at, :at, 0, 0, '', 2) RETURNING id;

--: check_insert(run int, org int, contact int, recipient text, language text, tlp int, state int, why text, at int, content blob) -> one(id int)
INSERT INTO notice(run, org, via, contact, recipient, language, tlp, state, state_why, at,
	content, message_id, findings, critical, new, relapsed, reminded, subject, body, kind)
VALUES (:run, :org, NULL, :contact, :recipient, :language, :tlp, :state, :why, :at,
	:content, '', 0, 0, 0, 0, 0, '', '', 2)
RETURNING id;
