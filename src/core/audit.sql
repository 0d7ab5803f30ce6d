-- SPDX-License-Identifier: Apache-2.0
-- The audit trail.

--: audit_last() -> one(seq int, hash blob)
--! scan ok: the first row from the end is all it reads
SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1;

--: audit_insert(seq int, at int, actor text, action text, object text, detail text, hash blob) -> exec
INSERT INTO audit(seq, at, actor, action, object, detail, hash)
VALUES (:seq, :at, :actor, :action, :object, :detail, :hash);

-- From the first row to the last.
--: audit_walk() -> each(seq int, at int, actor text, action text, object text, detail text, hash blob)
--! scan ok: verifying reads every row
SELECT seq, at, actor, action, object, detail, hash FROM audit ORDER BY seq;

-- The newest rows first, for reading.
--: audit_list(before int, n int) -> each(seq int, at int, actor text, action text, object text, detail text)
SELECT seq, at, actor, action, object, detail FROM audit
 WHERE seq < :before ORDER BY seq DESC LIMIT :n;
