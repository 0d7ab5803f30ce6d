-- SPDX-License-Identifier: Apache-2.0
-- What a try of a mail rests on.

-- planned_at: when it was to go, by the hours of its recipient, as it was queued. first_try_at: from
-- when on the days of trying count. before_*: of one that a person sends
-- once more, what it was until then: its state, when it had come to that end, and why.
ALTER TABLE outbox ADD COLUMN planned_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN first_try_at INTEGER;
ALTER TABLE outbox ADD COLUMN before_state INTEGER;
ALTER TABLE outbox ADD COLUMN before_at INTEGER;
ALTER TABLE outbox ADD COLUMN before_why TEXT NOT NULL DEFAULT '';

UPDATE outbox SET planned_at = due_at;
UPDATE outbox SET first_try_at = due_at WHERE tries > 0;
UPDATE outbox SET before_state = CASE WHEN uncertain > 0 THEN 5 WHEN handed_at IS NULL THEN 8 ELSE 7 END,
	before_at = CASE WHEN uncertain > 0 THEN NULL ELSE out_at END
 WHERE out_at IS NOT NULL AND notice IN (SELECT id FROM notice WHERE state = 3);

-- The bytes of a mail, which have its link's token in them, are kept while it may be tried, and
-- sealed with secret.key, which nobody but the role work reads. sealed: 0 from before this.
ALTER TABLE outbox_mail ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0 CHECK (sealed IN (0, 1));
DELETE FROM outbox_mail WHERE notice IN
	(SELECT notice FROM outbox WHERE next_at IS NULL AND flying = 0);

-- What came to an end lately.
CREATE INDEX outbox_final ON outbox(final_at) WHERE final_at IS NOT NULL;
