-- SPDX-License-Identifier: Apache-2.0
-- Mails that ask contacts whether they are right. They are notices, so that they go the one way
-- out that there is: drafted, approved by a person, through the outbox; and what comes back finds
-- them.

-- kind: 1 is about findings; 2 has none and asks its contact.
ALTER TABLE notice ADD COLUMN kind INTEGER NOT NULL DEFAULT 1;
ALTER TABLE notice_run ADD COLUMN kind INTEGER NOT NULL DEFAULT 1;

-- What counts notices counts those about findings.
DROP INDEX notice_by_day;
CREATE INDEX notice_by_day ON notice(kind, at, org, state);
DROP INDEX notice_run_size;
CREATE INDEX notice_run_size ON notice_run(kind, id, notices) WHERE notices > 0;
CREATE INDEX notice_check_open ON notice(contact) WHERE kind = 2 AND state IN (0, 1, 2, 3);

INSERT INTO answer_rule(name, value) VALUES ('check-by-itself', 0);
