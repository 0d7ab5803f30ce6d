-- SPDX-License-Identifier: Apache-2.0
-- Types of report with their last four weeks, each along the key of its reports.

--: overdue_days() -> each(type int, name text, day int)
--! scan ok: some 200 types
SELECT t.id AS type, t.name AS name, r.day AS day
  FROM report_type t JOIN report r ON r.type = t.id
   AND r.day > (SELECT max(l.day) FROM report l WHERE l.type = t.id) - 28
 ORDER BY t.id, r.day;
