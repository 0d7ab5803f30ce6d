-- SPDX-License-Identifier: Apache-2.0
-- The outbox: what was approved on its way out, what came back.

--: outbox_notice(id int) -> one(org int, contact int?, state int, state_why text, recipient text, message_id text, critical int)
SELECT org, contact, state, state_why, recipient, message_id, critical FROM notice WHERE id = :id;

--: outbox_put(notice int, message_id text, sender text, recipient text, critical int, queued_at int, due_at int, next_at int, before_state int?) -> exec
INSERT INTO outbox(notice, message_id, sender, recipient, critical, queued_at, due_at, next_at,
	planned_at, tries, flying, uncertain, reply, final_why)
VALUES (:notice, :message_id, :sender, :recipient, :critical, :queued_at, :due_at, :next_at,
	:next_at, 0, 0, 0, '', '')
ON CONFLICT (notice) DO UPDATE SET sender = excluded.sender, recipient = excluded.recipient,
	queued_at = excluded.queued_at, due_at = excluded.due_at, next_at = excluded.next_at,
	planned_at = excluded.planned_at, tries = 0, flying = 0, first_try_at = NULL,
	before_state = :before_state, before_at = outbox.final_at, before_why = outbox.final_why,
	final_at = NULL, final_why = '';

-- It was sent once more, and taken back: it is what it was before.
--: outbox_put_back(notice int) -> exec
UPDATE outbox SET next_at = NULL, flying = 0, final_at = before_at, final_why = before_why,
	before_state = NULL, before_at = NULL, before_why = ''
 WHERE notice = :notice;

--: outbox_put_mail(notice int, mail blob, sealed int) -> exec
INSERT INTO outbox_mail(notice, mail, sealed) VALUES (:notice, :mail, :sealed)
ON CONFLICT (notice) DO UPDATE SET mail = excluded.mail, sealed = excluded.sealed;

--: outbox_mail(notice int) -> one(mail blob, sealed int)
SELECT mail, sealed FROM outbox_mail WHERE notice = :notice;

--: outbox_put_copy(notice int, at int, sha256 blob, bytes int, is_signed int, is_encrypted int, mail blob) -> exec
INSERT INTO outbox_copy(notice, at, sha256, bytes, is_signed, is_encrypted, mail)
VALUES (:notice, :at, :sha256, :bytes, :is_signed, :is_encrypted, :mail);

-- The last one of a notice.
--: outbox_drop_copy(notice int) -> exec
DELETE FROM outbox_copy WHERE id = (SELECT max(id) FROM outbox_copy WHERE notice = :notice);

--: outbox_copies(notice int) -> each(at int, sha256 blob, bytes int, is_signed int, is_encrypted int, mail blob)
SELECT at, sha256, bytes, is_signed, is_encrypted, mail FROM outbox_copy
 WHERE notice = :notice ORDER BY id;

--: outbox_get(notice int) -> one(message_id text, sender text, recipient text, critical int, queued_at int, due_at int, next_at int?, tries int, flying int, uncertain int, reply text, out_at int?, handed_at int?, final_at int?, final_why text, first_try_at int?, before_state int?, before_why text)
SELECT message_id, sender, recipient, critical, queued_at, due_at, next_at, tries, flying,
	uncertain, reply, out_at, handed_at, final_at, final_why, first_try_at, before_state, before_why
  FROM outbox WHERE notice = :notice;

-- Critical ones first, then those that wait longest.
--: outbox_due(now int, n int) -> many(notice int, run int, recipient text, critical int, contact int?, org int, state int)
SELECT o.notice AS notice, n.run AS run, o.recipient AS recipient, o.critical AS critical,
	n.contact AS contact, n.org AS org, n.state AS state
  FROM outbox o JOIN notice n ON n.id = o.notice
 WHERE o.next_at IS NOT NULL AND o.next_at <= :now
 ORDER BY o.critical DESC, o.next_at, o.notice LIMIT :n;

--: outbox_soonest() -> one(next_at int?)
SELECT min(next_at) AS next_at FROM outbox WHERE next_at IS NOT NULL;

--: outbox_set_next(notice int, next_at int?) -> exec
UPDATE outbox SET next_at = :next_at WHERE notice = :notice;

--: outbox_flying() -> many(notice int)
SELECT notice FROM outbox WHERE flying = 1;

--: outbox_fly(notice int, at int) -> exec
UPDATE outbox SET flying = 1, next_at = NULL, tries = tries + 1, out_at = :at,
	first_try_at = COALESCE(first_try_at, :at)
 WHERE notice = :notice;

--: outbox_land(notice int, next_at int?, uncertain int, reply text, out_at int?, handed_at int?, final_at int?, final_why text) -> exec
UPDATE outbox SET flying = 0, next_at = :next_at, uncertain = :uncertain, reply = :reply,
	out_at = :out_at, handed_at = :handed_at, final_at = :final_at, final_why = :final_why
 WHERE notice = :notice;

--: outbox_drop_mail(notice int) -> exec
DELETE FROM outbox_mail WHERE notice = :notice;

--: outbox_drop(notice int) -> exec
DELETE FROM outbox WHERE notice = :notice;

-- What went out since, and when the first of it did. until: a clock that was wrong must
-- not close the way out for a year.
--: outbox_out_since(since int, until int) -> one(n int, first int?)
SELECT count(*) AS n, min(out_at) AS first FROM outbox
 WHERE out_at IS NOT NULL AND out_at > :since AND out_at <= :until;

-- The same to an address, in runs: what was drafted together is one, for an operator gets a notice
-- for each of its customers without a contact.
--: outbox_out_to(recipient text, run int, since int, until int) -> one(n int, first int?)
SELECT count(DISTINCT n.run) AS n, min(o.out_at) AS first
  FROM outbox o JOIN notice n ON n.id = o.notice
 WHERE o.out_at IS NOT NULL AND o.recipient = :recipient AND o.out_at > :since
	AND o.out_at <= :until AND n.run <> :run;

-- Whether its contact is one no longer.
--: outbox_contact(notice int) -> one(ended_at int?)
SELECT c.ended_at AS ended_at FROM notice n LEFT JOIN contact c ON c.id = n.contact
 WHERE n.id = :notice;

-- How many of its findings the register has given to another organisation since the draft.
--: outbox_moved(notice int) -> one(n int)
SELECT count(*) AS n FROM notice_finding nf JOIN notice n ON n.id = nf.notice
  JOIN finding f ON f.id = nf.finding
 WHERE nf.notice = :notice AND (f.org IS NULL OR f.org <> n.org);

-- What a backup had on its way.
--: outbox_on_way() -> many(notice int)
--! scan ok: through indexes of these alone
SELECT notice FROM outbox WHERE next_at IS NOT NULL
UNION SELECT notice FROM outbox WHERE flying = 1;

-- Nobody knows whether it went out, and nothing tries it any more.
--: outbox_lose(notice int) -> exec
UPDATE outbox SET next_at = NULL, flying = 0, uncertain = CASE WHEN uncertain > 0 THEN uncertain ELSE 1 END,
	out_at = COALESCE(out_at, due_at)
 WHERE notice = :notice;

--: outbox_by_message(message_id text) -> one(notice int)
SELECT notice FROM outbox WHERE message_id = :message_id;

--: outbox_event(notice int, at int, what text, code text, text text, mail int?) -> exec
INSERT INTO delivery(notice, at, what, code, text, mail)
VALUES (:notice, :at, :what, :code, :text, :mail);

--: outbox_events(notice int) -> each(at int, what text, code text, text text, mail int?)
SELECT at, what, code, text, mail FROM delivery WHERE notice = :notice ORDER BY id;

--: outbox_doubt(contact int, at int, why text) -> exec
INSERT INTO contact_doubt(contact, at, why) VALUES (:contact, :at, :why)
ON CONFLICT (contact) DO UPDATE SET at = excluded.at, why = excluded.why;

-- What arrived says nothing of a mail that went out later, and bounced.
--: outbox_trust(contact int, out_at int) -> exec
DELETE FROM contact_doubt WHERE contact = :contact AND at < :out_at;

--: outbox_approved(run int?) -> many(id int)
SELECT id FROM notice WHERE state = 2 AND (:run IS NULL OR run = :run) ORDER BY id;

--: outbox_waiting(run int?) -> many(id int)
SELECT id FROM notice WHERE state = 3 AND (:run IS NULL OR run = :run) ORDER BY id;

-- What would go out, beside what the organisation was sent last.
--: outbox_preview(run int?) -> each(id int, run int, org int, org_name text, contact int?, recipient text, findings int, critical int, before int?, doubt text?, kind int)
SELECT n.id AS id, n.run AS run, n.org AS org, o.name AS org_name, n.contact AS contact,
	n.recipient AS recipient,
	n.findings AS findings, n.critical AS critical,
	(SELECT p.findings FROM notice p WHERE p.org = n.org AND p.id < n.id AND p.kind = 1
		AND p.state IN (3, 4, 5, 6, 7, 8) ORDER BY p.id DESC LIMIT 1) AS before,
	d.why AS doubt, n.kind AS kind
  FROM notice n JOIN organisation o ON o.id = n.org
  LEFT JOIN contact_doubt d ON d.contact = n.contact
 WHERE n.state = 2 AND (:run IS NULL OR n.run = :run) ORDER BY o.name, n.id;

-- The run before, as it stood when it was drafted.
--: outbox_last_run(before int) -> one(run int, notices int, findings int)
SELECT run AS run, count(*) AS notices, sum(findings) AS findings FROM notice
 WHERE run = (SELECT max(n.run) FROM notice n WHERE n.run < :before AND n.kind = 1
	AND n.state IN (3, 4, 5, 6, 7, 8))
 GROUP BY run;

--: outbox_count(state int) -> one(n int)
SELECT count(*) AS n FROM notice WHERE state = :state;

-- Of those that were approved and not taken back: how many ask a contact.
--: outbox_checks() -> one(n int)
SELECT count(*) AS n FROM notice WHERE kind = 2 AND state IN (2, 3, 4, 5, 6, 7, 8);

--: outbox_ids(before int, n int) -> many(notice int)
SELECT notice FROM outbox WHERE notice < :before ORDER BY notice DESC LIMIT :n;

-- The same of those that are not at their end: along an index of these alone.
--: outbox_open_ids(before int, n int) -> many(notice int)
SELECT notice FROM outbox WHERE final_at IS NULL AND notice < :before ORDER BY notice DESC LIMIT :n;

--: outbox_row(notice int) -> one(state int, state_why text, org_name text, recipient text, critical int, queued_at int, due_at int, next_at int?, tries int, uncertain int, reply text, handed_at int?, final_at int?, final_why text, message_id text, kind int)
SELECT n.state AS state, n.state_why AS state_why, g.name AS org_name,
	o.recipient AS recipient, o.critical AS critical, o.queued_at AS queued_at,
	o.due_at AS due_at, o.next_at AS next_at, o.tries AS tries, o.uncertain AS uncertain,
	o.reply AS reply, o.handed_at AS handed_at, o.final_at AS final_at,
	o.final_why AS final_why, o.message_id AS message_id, n.kind AS kind
  FROM outbox o JOIN notice n ON n.id = o.notice JOIN organisation g ON g.id = n.org
 WHERE o.notice = :notice;

-- The contact's own hours, else its organisation's.
--: outbox_hours(contact int?, org int) -> one(zone text, days int, from_minute int, to_minute int, calendar text)
SELECT zone, days, from_minute, to_minute, calendar FROM send_hours
 WHERE contact = :contact OR org = :org ORDER BY contact IS NULL LIMIT 1;

--: outbox_hours_drop(org int?, contact int?) -> exec
DELETE FROM send_hours WHERE org = :org OR contact = :contact;

--: outbox_hours_put(org int?, contact int?, zone text, days int, from_minute int, to_minute int, calendar text) -> exec
INSERT INTO send_hours(org, contact, zone, days, from_minute, to_minute, calendar)
VALUES (:org, :contact, :zone, :days, :from_minute, :to_minute, :calendar);

--! scan ok: few rows, asked for by hand
--: outbox_hours_list() -> each(org_name text?, email text?, zone text, days int, from_minute int, to_minute int, calendar text)
SELECT o.name AS org_name, c.email AS email, h.zone AS zone, h.days AS days,
	h.from_minute AS from_minute, h.to_minute AS to_minute, h.calendar AS calendar
  FROM send_hours h LEFT JOIN organisation o ON o.id = h.org LEFT JOIN contact c ON c.id = h.contact
 ORDER BY h.id;

--: outbox_org_by_name(name text) -> one(id int)
SELECT id FROM organisation WHERE name = :name;

--! scan ok: contacts are hundreds, and hours are set by hand
--: outbox_contact_by_email(email text) -> many(id int)
SELECT id FROM contact WHERE email = :email ORDER BY id;

--: outbox_holiday(calendar text, day int) -> one(name text)
SELECT name FROM holiday WHERE calendar = :calendar AND day = :day;

--: outbox_holiday_put(calendar text, day int, name text) -> exec
INSERT INTO holiday(calendar, day, name) VALUES (:calendar, :day, :name)
ON CONFLICT (calendar, day) DO UPDATE SET name = excluded.name;

--: outbox_holiday_drop(calendar text, day int) -> exec
DELETE FROM holiday WHERE calendar = :calendar AND day = :day;

--: outbox_holidays(day int) -> each(calendar text, day int, name text)
--! scan ok: some dozens of days
SELECT calendar, day, name FROM holiday WHERE day >= :day ORDER BY calendar, day;

--: mail_in_by_sha(sha256 blob) -> one(id int, state int, kind text, notice int?, why text)
SELECT id, state, kind, notice, why FROM mail_in WHERE sha256 = :sha256;

--: mail_in_insert(sha256 blob, name text, bytes int, at int) -> one(id int)
INSERT INTO mail_in(sha256, name, bytes, at, state, kind, why)
VALUES (:sha256, :name, :bytes, :at, 0, '', '') RETURNING id;

--: mail_in_done(id int, state int, kind text, notice int?, why text) -> exec
UPDATE mail_in SET state = :state, kind = :kind, notice = :notice, why = :why WHERE id = :id;
