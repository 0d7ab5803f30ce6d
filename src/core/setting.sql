-- SPDX-License-Identifier: Apache-2.0
-- What the program remembers under a name.

--: setting_get(name text) -> one(value blob)
SELECT value FROM setting WHERE name = :name;

--: setting_put(name text, value blob) -> exec
INSERT INTO setting(name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;
