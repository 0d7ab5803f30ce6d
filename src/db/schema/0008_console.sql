-- SPDX-License-Identifier: Apache-2.0
-- Lists of findings in the order in which people look at them: the worst, the latest, what was
-- not seen for long. A list reads along one of these and stops when its page is full. Of a
-- country's year most findings are fixed: they stand apart, so that a list of the live ones
-- never steps over them.

-- Each sighting moves its finding in this one.
CREATE INDEX finding_live_seen ON finding(severity, last_seen) WHERE state IN (0, 1, 3);
-- What is rare is found without looking at the rest. These change with a state only.
CREATE INDEX finding_done_seen ON finding(severity, last_seen) WHERE state IN (2, 4);
CREATE INDEX finding_live_kind ON finding(kind) WHERE state IN (0, 1, 3);
CREATE INDEX finding_live_id ON finding(id) WHERE state IN (0, 1, 3);
CREATE INDEX finding_rare_state ON finding(state) WHERE state IN (1, 3, 4);
