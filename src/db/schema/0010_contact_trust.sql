-- SPDX-License-Identifier: Apache-2.0
-- Whether contacts are right is asked of all of them each morning: what it takes is read from
-- an index, for each contact by itself, however many notices and answers there are.

DROP INDEX notice_by_contact;
CREATE INDEX notice_by_contact ON notice(contact, kind, at, state) WHERE contact IS NOT NULL;

-- contact: whom its notice was written to.
ALTER TABLE answer ADD COLUMN contact INTEGER REFERENCES contact(id);
UPDATE answer SET contact = (SELECT n.contact FROM notice n WHERE n.id = answer.notice);
-- When a contact was last heard of: 4, "we are the wrong people", does not count.
CREATE INDEX answer_by_contact ON answer(contact, at) WHERE contact IS NOT NULL AND kind <> 4;
