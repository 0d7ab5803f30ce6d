/* SPDX-License-Identifier: Apache-2.0
 * upload.h - a form with a file: its bytes go to an unnamed file in the data directory's
 * folder spool as they come, and nobody in this role looks at them. Depends on: base,
 * fmt. A page gives v->upload->fd to its ask. */
#pragma once
#include "fmt/form.h"
#include "fmt/multipart.h"
#include "web/visit.h"

#define UPLOAD_TEXT_MAX KIB(8) /* of a field that is no file */

struct upload {
	int fd; /* -1: no file came */
	struct str name;
	int64_t bytes;
	struct multipart *parts;
	struct form form; /* the other fields */
	struct buf text;  /* of the field being read */
	bool in_file, in_text;
	const struct field *whole; /* FIELD_BODY: the body itself is the file */
};
/* The row's FIELD_BODY of that media type, or NULL. */
const struct field *upload_body_of(const struct route *r, struct str media);
/* The body is here in full: fields are in *ret. */
MUST int upload_finish(struct visit *v, struct form *ret);
