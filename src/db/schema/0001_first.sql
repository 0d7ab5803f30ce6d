-- SPDX-License-Identifier: Apache-2.0
-- The first schema: register, feed files, findings with a lifetime, notices, audit.
-- Kept tables hold what was received and decided; derived ones (none yet) can be rebuilt.
-- Times are seconds since 1970 UTC, days are days since then. Networks are 16 bytes and a
-- length (IPv4 as ::ffff:a.b.c.d).

CREATE TABLE migration (
	version INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE setting (
	name TEXT PRIMARY KEY,
	value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Append-only, each row carries the hash of the one before: `tocsin audit verify`.
CREATE TABLE audit (
	seq INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	actor TEXT NOT NULL,
	action TEXT NOT NULL,
	object TEXT NOT NULL,
	detail TEXT NOT NULL,
	hash BLOB NOT NULL
) STRICT;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

-- The register. origin: 0 imported from public data, 1 the team's own; the team's wins.
CREATE TABLE organisation (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL,
	sector TEXT NOT NULL,
	language TEXT NOT NULL,
	origin INTEGER NOT NULL
) STRICT;

-- role: 0 operator of the network, 1 holder inside it, 2 country.
CREATE TABLE prefix (
	role INTEGER NOT NULL,
	origin INTEGER NOT NULL,
	net BLOB NOT NULL,
	len INTEGER NOT NULL,
	org INTEGER REFERENCES organisation(id),
	asn INTEGER,
	cc TEXT NOT NULL,
	PRIMARY KEY (role, origin, net, len)
) STRICT, WITHOUT ROWID;
CREATE INDEX prefix_by_org ON prefix(org) WHERE org IS NOT NULL;

CREATE TABLE asn (
	asn INTEGER PRIMARY KEY,
	org INTEGER NOT NULL REFERENCES organisation(id),
	origin INTEGER NOT NULL
) STRICT;
CREATE INDEX asn_by_org ON asn(org);

CREATE TABLE domain (
	name TEXT PRIMARY KEY,
	org INTEGER NOT NULL REFERENCES organisation(id),
	origin INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX domain_by_org ON domain(org);

CREATE TABLE contact (
	id INTEGER PRIMARY KEY,
	org INTEGER NOT NULL REFERENCES organisation(id),
	email TEXT NOT NULL,
	name TEXT NOT NULL,
	role TEXT NOT NULL,
	language TEXT NOT NULL,
	phone TEXT NOT NULL,
	pgp TEXT NOT NULL,
	UNIQUE (org, email)
) STRICT;

-- Report types seen so far, and which of their daily reports arrived.
CREATE TABLE report_type (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	known INTEGER NOT NULL,
	quiet INTEGER NOT NULL
) STRICT;
CREATE TABLE report (
	type INTEGER NOT NULL REFERENCES report_type(id),
	day INTEGER NOT NULL,
	PRIMARY KEY (type, day)
) STRICT, WITHOUT ROWID;

-- One row per distinct content. state: 0 kept and being read, 1 read, 2 failed.
-- The counts are what `import --json` answered.
CREATE TABLE file (
	id INTEGER PRIMARY KEY,
	sha256 BLOB NOT NULL UNIQUE,
	name TEXT NOT NULL,
	feed TEXT NOT NULL,
	type INTEGER NOT NULL REFERENCES report_type(id),
	day INTEGER,
	bytes INTEGER NOT NULL,
	taken_at INTEGER NOT NULL,
	state INTEGER NOT NULL,
	rows_done INTEGER NOT NULL,
	rows INTEGER NOT NULL,
	events INTEGER NOT NULL,
	quarantined INTEGER NOT NULL,
	new_findings INTEGER NOT NULL,
	seen_again INTEGER NOT NULL,
	relapsed INTEGER NOT NULL,
	unattributed INTEGER NOT NULL,
	last_day INTEGER,
	why TEXT NOT NULL
) STRICT;
CREATE INDEX file_unread ON file(id) WHERE state = 0;

-- Columns that the catalogue does not know, as first met.
CREATE TABLE unknown_column (
	type INTEGER NOT NULL REFERENCES report_type(id),
	name TEXT NOT NULL,
	file INTEGER NOT NULL REFERENCES file(id),
	PRIMARY KEY (type, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
	file INTEGER NOT NULL REFERENCES file(id),
	row INTEGER NOT NULL,
	reason INTEGER NOT NULL,
	why TEXT NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (file, row)
) STRICT, WITHOUT ROWID;

-- classification.type and classification.identifier, once each.
CREATE TABLE kind (
	id INTEGER PRIMARY KEY,
	type TEXT NOT NULL,
	identifier TEXT NOT NULL,
	UNIQUE (type, identifier)
) STRICT;

-- The lasting thing. key: SipHash-128 of (type, identifier, place, family, service port).
-- state: 0 open, 1 claimed fixed, 2 fixed, 3 relapsed, 4 not theirs.
-- basis: why org is responsible, see core/attrib.h; basis_ref is the prefix or domain.
-- last_*: the latest sighting, which also gave severity, hostname, address of a name.
-- last_file: the newest file it stands in; file_relapses: how often it had relapsed before
-- that file, -1 when that file brought it.
-- claimed_day: the latest of its claims.
-- noticed_*: the last notice it stood in: when, to whom, up to which file its sightings were
-- told, and how often it had relapsed by then.
CREATE TABLE finding (
	id INTEGER PRIMARY KEY,
	key BLOB NOT NULL UNIQUE,
	kind INTEGER NOT NULL REFERENCES kind(id),
	net BLOB,
	len INTEGER NOT NULL,
	name TEXT NOT NULL,
	by_name INTEGER NOT NULL,
	family TEXT NOT NULL,
	port INTEGER NOT NULL,
	acts INTEGER NOT NULL,
	hostname TEXT NOT NULL,
	transport TEXT NOT NULL,
	detail TEXT NOT NULL,
	severity INTEGER NOT NULL,
	org INTEGER REFERENCES organisation(id),
	network_org INTEGER REFERENCES organisation(id),
	imitates INTEGER REFERENCES organisation(id),
	asn INTEGER NOT NULL,
	feed_asn INTEGER NOT NULL,
	cc TEXT NOT NULL,
	basis INTEGER NOT NULL,
	basis_ref TEXT NOT NULL,
	first_seen INTEGER NOT NULL,
	last_seen INTEGER NOT NULL,
	rank INTEGER NOT NULL,
	days_seen INTEGER NOT NULL,
	count INTEGER NOT NULL,
	first_report INTEGER NOT NULL,
	last_report INTEGER NOT NULL,
	last_day INTEGER NOT NULL,
	last_type INTEGER NOT NULL REFERENCES report_type(id),
	last_file INTEGER NOT NULL REFERENCES file(id),
	file_relapses INTEGER NOT NULL,
	mixed INTEGER NOT NULL,
	state INTEGER NOT NULL,
	state_day INTEGER NOT NULL,
	fixed_by INTEGER NOT NULL,
	relapses INTEGER NOT NULL,
	claimed_day INTEGER,
	noticed_at INTEGER,
	noticed_org INTEGER REFERENCES organisation(id),
	noticed_file INTEGER NOT NULL,
	noticed_relapses INTEGER NOT NULL
) STRICT;
CREATE INDEX finding_by_org ON finding(org, state);
CREATE INDEX finding_live ON finding(last_type) WHERE state IN (0, 1, 3);
CREATE INDEX finding_mixed ON finding(id) WHERE mixed = 1;
-- For people who ask what is known about an address or a name.
CREATE INDEX finding_by_net ON finding(net) WHERE net IS NOT NULL;
CREATE INDEX finding_by_name ON finding(name) WHERE name <> '';

-- Sightings: per day and file, and for acts also per source port, because carrier NAT needs
-- port and second. row points at the first of them in the kept original.
CREATE TABLE sighting (
	finding INTEGER NOT NULL REFERENCES finding(id),
	day INTEGER NOT NULL,
	file INTEGER NOT NULL REFERENCES file(id),
	port INTEGER NOT NULL,
	row INTEGER NOT NULL,
	count INTEGER NOT NULL,
	first INTEGER NOT NULL,
	last INTEGER NOT NULL,
	PRIMARY KEY (finding, day, file, port)
) STRICT, WITHOUT ROWID;

-- "It is fixed": the days on which somebody said so. One that a later report proved wrong
-- stays, because it made a relapse; one that stands goes when a person takes it back.
CREATE TABLE claim (
	finding INTEGER NOT NULL REFERENCES finding(id),
	day INTEGER NOT NULL,
	PRIMARY KEY (finding, day)
) STRICT, WITHOUT ROWID;

-- Whose a finding was before the register changed or somebody said "not mine".
CREATE TABLE attribution_history (
	id INTEGER PRIMARY KEY,
	finding INTEGER NOT NULL REFERENCES finding(id),
	at INTEGER NOT NULL,
	from_org INTEGER REFERENCES organisation(id),
	to_org INTEGER REFERENCES organisation(id),
	basis INTEGER NOT NULL,
	basis_ref TEXT NOT NULL
) STRICT;
CREATE INDEX attribution_history_by_finding ON attribution_history(finding);

-- Rules for notices, as data. remind_days 0: never reminded; notify 0: never at all.
CREATE TABLE notice_rule (
	severity INTEGER PRIMARY KEY,
	notify INTEGER NOT NULL,
	remind_days INTEGER NOT NULL
) STRICT;
INSERT INTO notice_rule(severity, notify, remind_days)
VALUES (5, 1, 3), (4, 1, 7), (3, 1, 30), (2, 1, 90), (1, 0, 0), (0, 1, 90);

-- finished: when the last organisation was through; until then the run goes on with the next
-- call, and none of its notices can be approved. usual: the median of the runs before it.
-- held_why: '' or a code of core/notice.h.
CREATE TABLE notice_run (
	id INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	finished INTEGER,
	notices INTEGER NOT NULL,
	usual INTEGER NOT NULL,
	held_why TEXT NOT NULL
) STRICT;
CREATE INDEX notice_run_unfinished ON notice_run(id) WHERE finished IS NULL;
CREATE INDEX notice_run_size ON notice_run(id, notices) WHERE notices > 0;

-- state: 0 draft, 1 held, 2 approved, 9 cancelled; sending adds the others.
-- via: the operator of the network, when the organisation itself has no contact.
-- content: SHA-256 of what it is about, so that the same is never drafted twice.
CREATE TABLE notice (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL REFERENCES notice_run(id),
	org INTEGER NOT NULL REFERENCES organisation(id),
	via INTEGER REFERENCES organisation(id),
	contact INTEGER REFERENCES contact(id),
	recipient TEXT NOT NULL,
	language TEXT NOT NULL,
	tlp INTEGER NOT NULL,
	state INTEGER NOT NULL,
	state_why TEXT NOT NULL,
	at INTEGER NOT NULL,
	content BLOB NOT NULL UNIQUE,
	message_id TEXT NOT NULL,
	findings INTEGER NOT NULL,
	critical INTEGER NOT NULL,
	new INTEGER NOT NULL,
	relapsed INTEGER NOT NULL,
	reminded INTEGER NOT NULL,
	subject TEXT NOT NULL,
	body TEXT NOT NULL
) STRICT;
CREATE INDEX notice_by_org ON notice(org);
CREATE INDEX notice_by_run ON notice(run);

-- The findings of a notice in the order of its table, worst first. why: 1 new, 2 relapsed,
-- 3 reminder. before_*: the finding's noticed_* as this notice met them, so that a notice
-- that never went out can give its findings back.
CREATE TABLE notice_finding (
	notice INTEGER NOT NULL REFERENCES notice(id),
	n INTEGER NOT NULL,
	finding INTEGER NOT NULL REFERENCES finding(id),
	why INTEGER NOT NULL,
	before_at INTEGER,
	before_org INTEGER,
	before_file INTEGER NOT NULL,
	before_relapses INTEGER NOT NULL,
	PRIMARY KEY (notice, n)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX notice_finding_by_finding ON notice_finding(finding, notice);

CREATE TABLE notice_part (
	notice INTEGER NOT NULL REFERENCES notice(id),
	n INTEGER NOT NULL,
	name TEXT NOT NULL,
	type TEXT NOT NULL,
	content BLOB NOT NULL,
	PRIMARY KEY (notice, n)
) STRICT;
