/* SPDX-License-Identifier: Apache-2.0
 * roles.h - the roles of people, in words. Depends on: core/person. */
#pragma once
#include "core/person.h"

/* A text to translate. */
const char *role_label(enum person_role r);
