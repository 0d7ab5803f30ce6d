-- SPDX-License-Identifier: Apache-2.0
-- Report types and the daily reports that arrived.

--: arrival_types() -> each(id int, name text, known int, quiet int)
--! scan ok: some 200 rows, loaded into memory
SELECT id, name, known, quiet FROM report_type ORDER BY id;

--: arrival_days() -> each(type int, day int)
--! scan ok: the whole table is loaded into memory
SELECT type, day FROM report ORDER BY type, day;

--: arrival_insert_type(name text, known int, quiet int) -> one(id int)
INSERT INTO report_type(name, known, quiet) VALUES (:name, :known, :quiet) RETURNING id;

--: arrival_insert_day(type int, day int) -> exec
INSERT INTO report(type, day) VALUES (:type, :day);
