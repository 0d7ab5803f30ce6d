-- SPDX-License-Identifier: Apache-2.0
-- Types of report with their last four weeks, each along the key of its reports.

--: overdue_days() -> each(type int, name text, day int)
--! scan ok: some 200 types
SELECT t.id AS type, t.name AS name, r.day AS day
  FROM report_type t JOIN report r ON r.type = t.id
   AND r.day > (SELECT max(l.day) FROM report l WHERE l.type = t.id) - 28
 ORDER BY t.id, r.day;

-- Files of the last weeks by what their names say beside the day: one subscription each.
--: overdue_parts(since int) -> each(type int, name text, part text, day int)
--! scan ok: some thousand files a year, for a report that people ask for
SELECT t.id AS type, t.name AS name, substr(f.name, 12) AS part, f.day AS day
  FROM file f JOIN report_type t ON t.id = f.type
 WHERE f.state = 1 AND f.day > :since AND f.name LIKE '20__-__-__-%'
 GROUP BY t.id, t.name, substr(f.name, 12), f.day ORDER BY t.id, part, f.day;
