-- SPDX-License-Identifier: Apache-2.0
-- Contacts, and what is known about whether they are right.

-- checked_at: when the question left the house, or its link was made by hand. asking: a notice
-- that is on its way to ask. rested_at: of one that a person cancelled or that could not go out.
-- Only notices about findings count as unanswered.

--: trust_contacts(after int) -> each(id int, org int, org_name text, email text, name text, role text, language text, org_language text, comment text?, confirmed_at int?, wrong_at int?, answered_at int?, checked_at int?, bounced_at int?, asking int?, rested_at int?)
SELECT c.id AS id, c.org AS org, o.name AS org_name, c.email AS email, c.name AS name,
	c.role AS role, c.language AS language, o.language AS org_language,
	w.comment AS comment, w.confirmed_at AS confirmed_at,
	w.wrong_at AS wrong_at,
	(SELECT max(a.at) FROM answer a WHERE a.contact = c.id AND a.kind <> 4) AS answered_at,
	(SELECT max(COALESCE(x.handed_at, l.made_at)) FROM answer_link l
	  LEFT JOIN notice n ON n.id = l.notice LEFT JOIN outbox x ON x.notice = l.notice
	  WHERE l.contact = c.id AND l.kind = 2 AND (l.notice IS NULL OR n.state IN (4, 5, 6))) AS checked_at,
	d.at AS bounced_at,
	(SELECT max(n.id) FROM notice n
	  WHERE n.contact = c.id AND n.kind = 2 AND n.state IN (0, 1, 2, 3)) AS asking,
	(SELECT max(n.at) FROM notice n
	  WHERE n.contact = c.id AND n.kind = 2 AND n.state IN (7, 8, 9)) AS rested_at
  FROM contact c JOIN organisation o ON o.id = c.org
  LEFT JOIN contact_word w ON w.contact = c.id
  LEFT JOIN contact_doubt d ON d.contact = c.id
 WHERE c.email <> '' AND c.ended_at IS NULL AND c.id > :after ORDER BY c.id;

-- sent: those that went out and did not come back. silent: of these, later than the contact
-- was heard of; first: when the first of them went out. What is older than drafted had waited
-- in the house for long and is not held against anybody.
--: trust_sent(contact int, since int, drafted int) -> one(sent int, silent int, first int?)
SELECT count(*) AS sent,
  COALESCE(sum(CASE WHEN x.out_at > :since AND n.at > :drafted THEN 1 ELSE 0 END), 0) AS silent,
  min(CASE WHEN x.out_at > :since AND n.at > :drafted THEN x.out_at END) AS first
  FROM notice n JOIN outbox x ON x.notice = n.id
 WHERE n.contact = :contact AND n.kind = 1 AND n.state IN (4, 5, 6);

-- Are there so many? It looks at no more.
--: trust_silent(contact int, since int, drafted int, most int) -> one(n int, first int?)
SELECT count(*) AS n, min(out_at) AS first FROM (SELECT x.out_at AS out_at
  FROM notice n JOIN outbox x ON x.notice = n.id
 WHERE n.contact = :contact AND n.kind = 1 AND n.at > :drafted AND n.state IN (4, 5, 6)
	AND x.out_at > :since ORDER BY n.at LIMIT :most);

--: trust_contact(id int) -> one(id int, org int)
SELECT id, org FROM contact WHERE id = :id;

--: trust_card(id int) -> one(id int, org int, org_name text, name text, role text, email text, phone text, language text)
SELECT c.id AS id, c.org AS org, o.name AS org_name, c.name AS name, c.role AS role,
	c.email AS email, c.phone AS phone, c.language AS language
  FROM contact c JOIN organisation o ON o.id = c.org
 WHERE c.id = :id AND c.ended_at IS NULL;

--: trust_confirm(contact int, at int, comment text) -> exec
INSERT INTO contact_word(contact, confirmed_at, wrong_at, comment)
VALUES (:contact, :at, NULL, :comment)
ON CONFLICT (contact) DO UPDATE SET confirmed_at = excluded.confirmed_at,
	comment = excluded.comment;

--: trust_wrong(contact int, at int, comment text) -> exec
INSERT INTO contact_word(contact, confirmed_at, wrong_at, comment)
VALUES (:contact, NULL, :at, :comment)
ON CONFLICT (contact) DO UPDATE SET wrong_at = excluded.wrong_at, comment = excluded.comment;
