/* SPDX-License-Identifier: Apache-2.0
 * test_catalogue.c - the tables of types and columns: what is refused, and what ours
 * say. */
#include "core/rsit.h"
#include "fmt/catalogue.h"
#include "tap.h"

#define HEAD                                                                             \
	"type\tname\tclass\trsit_type\tidentifier\tseverity\tside\tplace\t"              \
	"service_port\tapplication\ttransport\tkind\ttwin\tfamily\tquiet\t"              \
	"overrides\taliases\n"
#define GOOD                                                                             \
	"scan_x\tOpen X\tvulnerable\tvulnerable-system\topen-x\thigh\tip\taddress\t"     \
	"yes\tx\ttcp\tscan\tscan6_x\t-\t7\t-\t-\n"
#define COLUMNS "column\tfield\tkind\ntimestamp\ttime.source\ttime\nip\tsource.ip\tip\n"

static void test_refused(void)
{
	static const struct {
		const char *types, *columns, *why; /* why NULL: taken */
	} t[] = {
		{ HEAD GOOD, COLUMNS, NULL },
		{ "# c\r\n\r\n" HEAD "#c\n" GOOD, "\n" COLUMNS, NULL },
		{ HEAD, COLUMNS, NULL },
		{ "", COLUMNS, "types, line 1: there is no header line ''" },
		{ "type\tname\n", COLUMNS,
			"types, line 1: the header line lacks 'class'" },
		{ HEAD "a\tb\n", COLUMNS,
			"types, line 2: another number of cells than the header in "
			"'a\tb'" },
		{ HEAD GOOD GOOD, COLUMNS, "types: 'scan_x' stands there twice" },
		{ HEAD GOOD, "column\tfield\tkind\nip\tsource.ip\taddress\n",
			"columns, line 2: not a kind: 'address'" },
		{ HEAD GOOD, COLUMNS "ip\tdestination.ip\tip\n",
			"columns: 'ip' stands there twice" },
		{ HEAD GOOD, "column\tfield\nip\tsource.ip\n",
			"columns, line 1: the header line lacks 'kind'" },
		{ HEAD GOOD, "column\tfield\tkind\nIP\tsource.ip\tip\n",
			"columns, line 2: not a column and a field: "
			"'IP\tsource.ip\tip'" },
	};
	for (size_t i = 0; i < N(t); i++) {
		AUTO_ARENA a = arena_new(MIB(8), "test_catalogue");
		struct why why = { 0 };
		struct catalogue c;
		int r = catalogue_read(
			&a, str_c(t[i].types), str_c(t[i].columns), &why, &c);
		ok((r == 0) == (t[i].why == NULL), "table %zu is %s", i,
			t[i].why ? "bad" : "good");
		is(why.text, t[i].why ? t[i].why : "", "and says why");
	}
}

/* One cell of a good line made bad. */
static void test_cells(void)
{
	static const struct {
		const char *good, *bad, *why;
	} t[] = {
		{ "scan_x\t", "Scan-X\t", "types, line 2: not a name: 'Scan-X'" },
		{ "\tvulnerable\t", "\t-\t", "types, line 2: not a name: ''" },
		{ "\topen-x\t", "\t@a b|open-x\t", "types, line 2: not a name: 'a b'" },
		{ "\topen-x\t", "\ta|open-x\t",
			"types, line 2: a column begins with @, here not: 'a'" },
		{ "\topen-x\t", "\t-\t",
			"types, line 2: a type needs an identifier: 'scan_x'" },
		{ "\topen-x\t", "\t\t",
			"types, line 2: an empty cell (write - for nothing) in "
			"'scan_x\tOpen X\tvulnerable\tvulnerable-system\t\thigh"
			"\tip\taddress\t'" },
		{ "\thigh\t", "\turgent\t", "types, line 2: not a severity: 'urgent'" },
		{ "\tip\t", "\tI.P\t", "types, line 2: not a name: 'I.P'" },
		{ "\taddress\t", "\tplanet\t", "types, line 2: not a place: 'planet'" },
		{ "\tyes\t", "\ttrue\t",
			"types, line 2: neither of the two words possible here: 'true'" },
		{ "\t7\t", "\t0\t", "types, line 2: not a number from 1 to 255: '0'" },
		{ "\t7\t-\t", "\t7\ta=\t", "types, line 2: not COLUMN=FIELD: 'a='" },
		{ "\t-\t-\n", "\t-\tscan_x\n", "types: 'scan_x' stands there twice" },
	};
	for (size_t i = 0; i < N(t); i++) {
		AUTO_ARENA a = arena_new(MIB(8), "test_catalogue");
		struct why why = { 0 };
		struct catalogue c;
		struct buf b = buf_in(&a, KIB(4));
		struct str line = S(GOOD);
		size_t at = str_search(line, str_c(t[i].good));
		int r = buf_addf(&b, "%s%.*s%s%s", HEAD, (int)at, line.p, t[i].bad,
			line.p + at + strlen(t[i].good));
		ok(r == 0 && at < line.n &&
				catalogue_read(&a, buf_str(&b), S(COLUMNS), &why, &c) < 0,
			"refuses %s", t[i].bad);
		is(why.text, t[i].why, "and says why");
	}
}

static void test_known(const struct catalogue *c)
{
	const struct report_type *t = catalogue_type(c, S("dns_openresolver"));
	ok(t && str_eq(t->type, S("scan_dns")), "an alias leads to its type");
	ok(t && t->severity == SEV_MEDIUM && t->port_in_key && !t->is_act &&
			t->quiet == 7 && str_eq(t->transport, S("udp")),
		"what scan_dns says");
	t = catalogue_type(c, S("event4_sinkhole"));
	ok(t && t->is_act && t->identifier.columns.n == 2 && t->family.n == 2 &&
			str_eq(t->identifier.columns.p[1], S("family")) &&
			str_eq(t->identifier.word, S("sinkhole")),
		"what event4_sinkhole says");
	t = catalogue_type(c, S("compromised_website"));
	ok(t && t->by_name && t->names.n == 2 && str_eq(t->names.p[0], S("http_host")),
		"the place of compromised_website is a name");
	ok(str_eq(catalogue_field(c, t, S("http_host")), S("source.fqdn")),
		"an override");
	ok(str_eq(catalogue_field(c, NULL, S("http_host")), S("destination.fqdn")),
		"without the type the table's field");
	ok(catalogue_field(c, t, S("no_such_column")).p == NULL,
		"unknown columns stay so");
	t = catalogue_type(c, S("scan_exchange"));
	ok(t && t->exchange, "scan_exchange has a rule of its own");
	ok(catalogue_type(c, S("")) == NULL && catalogue_type(c, S("zzz")) == NULL,
		"no type");
}

/* core/rsit.c and the catalogue were written apart. */
static void test_classes(const struct catalogue *c)
{
	int wrong = 0;
	for (size_t i = 0; i < c->n_types; i++) {
		const struct report_type *t = &c->types[i];
		const char *word = rsit_class_word(rsit_class_of(t->rsit_type));
		if (!str_eq(str_c(word), t->class)) {
			printf("# %.*s: %s, not %.*s\n", STR(t->rsit_type), word,
				STR(t->class));
			wrong++;
		}
	}
	ok(wrong == 0 && c->n_types > 100, "each type is in its class");
}

static void test_ours(void)
{
	AUTO_ARENA a = arena_new(MIB(8), "test_catalogue");
	struct why why = { 0 };
	struct catalogue c;
	if (!ok(catalogue_default(&a, &why, &c) == 0, "our tables are good: %s",
		    why.text))
		return;
	ok(c.n_types >= 170 && c.n_columns >= 741, "%zu types, %zu columns", c.n_types,
		c.n_columns);
	for (size_t i = 0; i < c.n_types; i++)
		if (catalogue_type(&c, c.types[i].type) != &c.types[i])
			ok(false, "%.*s is found by its name", STR(c.types[i].type));
	for (size_t i = 0; i < c.n_columns; i++)
		if (catalogue_column(&c, c.columns[i].name) != &c.columns[i])
			ok(false, "%.*s is found by its name", STR(c.columns[i].name));
	test_known(&c);
	test_classes(&c);
}

int main(void)
{
	test_refused();
	test_cells();
	test_ours();
	return tap_end();
}
