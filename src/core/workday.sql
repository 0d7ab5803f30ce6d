-- SPDX-License-Identifier: Apache-2.0
-- The team's holidays.

--: workday_holidays() -> many(day int)
SELECT day FROM holiday WHERE calendar = '' ORDER BY day;
