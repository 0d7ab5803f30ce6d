/* SPDX-License-Identifier: Apache-2.0
 * reg_header.c - what a register file's first line says: which columns, which kind of
 * file. Depends on: base, fmt/reg_int. */
#include "fmt/reg_int.h"

static const struct {
	const char *name; /* lower case, everything but letters and digits is '_' */
	uint8_t column;
} names[] = {
	{ "prefix", COL_PREFIX },
	{ "prefixes", COL_PREFIX },
	{ "ipv4", COL_PREFIX },
	{ "ipv6", COL_PREFIX },
	{ "demo_ipv4", COL_PREFIX },
	{ "demo_ipv6", COL_PREFIX },
	{ "cidr", COL_PREFIX },
	{ "subnet", COL_PREFIX },
	{ "ip_range", COL_PREFIX },
	{ "range", COL_PREFIX },
	{ "networks", COL_PREFIX },
	{ "ip", COL_PREFIX },
	{ "asn", COL_ASN },
	{ "as", COL_ASN },
	{ "as_number", COL_ASN },
	{ "inside_asn", COL_INSIDE_ASN },
	{ "upstream_asn", COL_INSIDE_ASN },
	{ "name", COL_NAME },
	{ "nom", COL_NAME },
	{ "nombre", COL_NAME },
	{ "organisation", COL_ORGANISATION },
	{ "organization", COL_ORGANISATION },
	{ "org", COL_ORGANISATION },
	{ "company", COL_ORGANISATION },
	{ "institution", COL_ORGANISATION },
	{ "holder", COL_HOLDER },
	{ "sector", COL_SECTOR },
	{ "secteur", COL_SECTOR },
	{ "kind", COL_KIND },
	{ "language", COL_LANGUAGE },
	{ "lang", COL_LANGUAGE },
	{ "langue", COL_LANGUAGE },
	{ "idioma", COL_LANGUAGE },
	{ "contact", COL_CONTACT },
	{ "contacts", COL_CONTACT },
	{ "abuse_contact", COL_CONTACT },
	{ "email", COL_EMAIL },
	{ "e_mail", COL_EMAIL },
	{ "mail", COL_EMAIL },
	{ "courriel", COL_EMAIL },
	{ "correo", COL_EMAIL },
	{ "role", COL_ROLE },
	{ "function", COL_ROLE },
	{ "phone", COL_PHONE },
	{ "telephone", COL_PHONE },
	{ "tel", COL_PHONE },
	{ "mobile", COL_PHONE },
	{ "telefono", COL_PHONE },
	{ "pgp", COL_PGP },
	{ "openpgp", COL_PGP },
	{ "fingerprint", COL_PGP },
	{ "pgp_fingerprint", COL_PGP },
	{ "domain", COL_DOMAIN },
	{ "domains", COL_DOMAIN },
	{ "domaine", COL_DOMAIN },
	{ "dominio", COL_DOMAIN },
	{ "country", COL_COUNTRY },
	{ "cc", COL_COUNTRY },
	{ "country_code", COL_COUNTRY },
	{ "pays", COL_COUNTRY },
	{ "pais", COL_COUNTRY },
};

static enum reg_column column_of(struct arena *a, struct str header)
{
	char *key = arena_alloc(a, header.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < header.n; i++) {
		char c = header.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (word || (n > 0 && key[n - 1] != '_'))
			key[n++] = word ? c : '_';
	}
	while (n > 0 && key[n - 1] == '_')
		n--;
	for (size_t i = 0; i < N(names); i++)
		if (str_eq((struct str){ key, n }, str_c(names[i].name)))
			return (enum reg_column)names[i].column;
	return COL_NONE;
}

/* Could the columns be this kind of file? */
static bool fits(enum reg_kind k, const bool *has)
{
	bool org = has[COL_NAME] || has[COL_ORGANISATION] || has[COL_HOLDER];
	bool place = has[COL_PREFIX] || has[COL_ASN];
	switch (k) {
	case REG_NETWORK:
	case REG_HOLDER:
		return org && place;
	case REG_CONTACT:
		return (has[COL_ORGANISATION] || has[COL_HOLDER]) &&
			(has[COL_EMAIL] || has[COL_PHONE]);
	case REG_DOMAIN:
		return org && has[COL_DOMAIN];
	case REG_COUNTRY:
		return has[COL_COUNTRY] && place;
	case REG_PREFIX:
		return has[COL_PREFIX] && has[COL_ASN];
	case REG_KIND_N:
		break;
	}
	return false;
}

static enum reg_kind by_name(struct str name)
{
	static const struct {
		const char *start;
		enum reg_kind kind;
	} t[] = {
		{ "network", REG_NETWORK },
		{ "holder", REG_HOLDER },
		{ "contact", REG_CONTACT },
		{ "domain", REG_DOMAIN },
		{ "country", REG_COUNTRY },
		{ "load-prefix", REG_PREFIX },
		{ "prefix", REG_PREFIX },
	};
	for (size_t i = 0; i < N(t); i++) {
		struct str start = str_c(t[i].start);
		if (str_eq_nocase(str_to(name, start.n), start))
			return t[i].kind;
	}
	return REG_KIND_N;
}

static enum reg_kind by_columns(const bool *has, struct str name)
{
	bool org = has[COL_NAME] || has[COL_ORGANISATION];
	enum reg_kind hint = by_name(name);
	if (has[COL_PREFIX] && has[COL_HOLDER])
		return REG_HOLDER;
	if (fits(REG_DOMAIN, has) && !has[COL_PREFIX] && !has[COL_EMAIL] &&
		!has[COL_PHONE])
		return REG_DOMAIN;
	if (fits(REG_CONTACT, has) && !has[COL_PREFIX] && !has[COL_ASN] &&
		!has[COL_DOMAIN])
		return REG_CONTACT;
	/* From here on more than one reading may fit, and the name decides. */
	if (hint < REG_KIND_N && fits(hint, has))
		return hint;
	if (has[COL_ASN] && org)
		return REG_NETWORK;
	if (has[COL_PREFIX] && org)
		return REG_HOLDER;
	for (enum reg_kind k = REG_CONTACT; k < REG_KIND_N; k++)
		if (fits(k, has))
			return k;
	return REG_KIND_N;
}

static struct str base_name(struct str path)
{
	size_t slash = str_rfind(path, '/');
	return slash < path.n ? str_from(path, slash + 1) : path;
}

int reg_header(struct reg_reader *r, const struct csv_record *record, struct why *why)
{
	bool has[COL_N] = { false };
	int e = 0;
	if (record->fault != CSV_FINE)
		return fail(why, E_UNSUPPORTED,
			"the first line cannot be read as column names");
	r->n_columns = record->n;
	for (size_t i = 0; i < record->n && e == 0; i++) {
		struct str written = reg_clean(
			r->arena, str_to(record->fields[i], LIMIT_KEY_FIELD));
		enum reg_column c = column_of(r->arena, written);
		r->header[i] = written;
		r->column[i] = (uint8_t)c;
		if (c == COL_NONE && written.n > 0)
			e = reg_say(r, 0, REG_NOTE, REG_COLUMN_UNKNOWN, i, written, why);
		if (c != COL_NONE && c != COL_PREFIX && has[c]) {
			r->column[i] = COL_NONE;
			e = reg_say(r, 0, REG_NOTE, REG_COLUMN_TWICE, i, written, why);
		}
		has[c] = true;
	}
	if (e < 0)
		return e;
	r->what = by_columns(has, base_name(r->name));
	if (r->what == REG_KIND_N)
		return fail(why, E_UNSUPPORTED,
			"the columns do not tell what this is: a first line "
			"such as 'prefix,holder,sector,language,contact' is needed");
	return 0;
}
