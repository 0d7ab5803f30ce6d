-- SPDX-License-Identifier: Apache-2.0
-- Rules that are data, besides notice_rule itself.

--! scan ok: six rows of rules
--: rule_escalations() -> each(severity int, second_after int, person_after int)
SELECT severity, second_after, person_after FROM escalation_rule ORDER BY severity;

--! scan ok: six rows of rules
--: rule_numbers() -> each(name text, value int)
SELECT name, value FROM answer_rule ORDER BY name;

--: rule_put_notice(severity int, notify int, remind_days int) -> exec
UPDATE notice_rule SET notify = :notify, remind_days = :remind_days WHERE severity = :severity;

--: rule_put_escalation(severity int, second_after int, person_after int) -> exec
UPDATE escalation_rule SET second_after = :second_after, person_after = :person_after
 WHERE severity = :severity;

--: rule_put_number(name text, value int) -> exec
UPDATE answer_rule SET value = :value WHERE name = :name;
