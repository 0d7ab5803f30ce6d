/* SPDX-License-Identifier: Apache-2.0
 * fuzz_mime_out.c - any texts in every place of a message: either refused, or the message
 * has exactly the headers it should have and no line that is too long. Pieces end at
 * 0x1e. Depends on: fmt/mime_out. */
#include "base/utf8.h"
#include "fmt/mime_out.h"
#include "fuzz.h"

static struct str piece(struct str *rest)
{
	struct str s;
	return str_split(rest, '\x1e', &s) ? s : S("");
}

static bool is_known(struct str line)
{
	static const char *const known[] = { "Date: ", "From: ", "Reply-To: ", "To: ",
		"Subject: ", "Message-ID: ", "X-A: ", "MIME-Version: ", "Content-Type: ",
		"Content-Language: ", "Content-Transfer-Encoding: " };
	for (size_t i = 0; i < N(known); i++)
		if (str_starts(line, str_c(known[i])))
			return true;
	return false;
}

static void check_lines(struct str message)
{
	size_t headers = 0;
	bool in_head = true;
	struct str line;
	while (str_split(&message, '\n', &line)) {
		if (message.p == NULL) {
			must(line.n == 0);
			break;
		}
		must(line.n > 0 && line.p[line.n - 1] == '\r' && line.n <= 999);
		line.n--;
		for (size_t i = 0; i < line.n; i++)
			must((uint8_t)line.p[i] < 0x7f &&
				((uint8_t)line.p[i] >= 0x20 || line.p[i] == '\t'));
		if (line.n == 0)
			in_head = false;
		if (!in_head)
			continue;
		bool folded = line.p[0] == ' ';
		must(folded ? headers > 0 : is_known(line));
		headers += !folded;
	}
	must(!in_head && headers >= 8 && headers <= 11);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(16))
		return 0;
	AUTO_ARENA a = arena_new(MIB(8), "fuzz_mime_out");
	struct str rest = { (const char *)data, n };
	struct mime_message m = { .boundary = S("=_b"), .date = 1780309230 };
	struct mime_address to = { .address = S("a@b.example") };
	struct mime_header extra = { S("X-A"), S("") };
	struct mime_attachment part = { S("a.csv"), S("text/csv"), S("") };
	struct buf b = buf_in(&a, MIB(1)), again = buf_in(&a, MIB(1));
	struct why why = { 0 };
	m.subject = piece(&rest);
	m.text = piece(&rest);
	m.from.name = piece(&rest);
	m.from.address = piece(&rest);
	to.name = piece(&rest);
	m.message_id = piece(&rest);
	extra.value = piece(&rest);
	part.file_name = piece(&rest);
	part.type = piece(&rest);
	part.bytes = piece(&rest);
	m.language = piece(&rest);
	m.to = &to;
	m.n_to = 1;
	m.extra = &extra;
	m.n_extra = 1;
	m.attachments = &part;
	m.n_attachments = part.bytes.n > 0;
	if (mime_write(&m, &why, &b) < 0) {
		must(why.err < 0);
		return 0;
	}
	must(mime_text_ok(m.subject) && mime_text_ok(m.from.name));
	must(mime_address_ok(m.from.address) && utf8_valid(m.text));
	check_lines(buf_str(&b));
	must(mime_write(&m, &why, &again) == 0 && str_eq(buf_str(&b), buf_str(&again)));
	return 0;
}
