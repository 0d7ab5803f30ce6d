/* SPDX-License-Identifier: Apache-2.0
 * orgs.h - what the pages of organisations share. Depends on: core, web. */
#pragma once
#include "core/org_list.h"
#include "web/orgs_view.h"
#include "web/visit.h"

struct entry_lines org_lines_nets(struct visit *v, const struct org_full *f);
struct entry_lines org_lines_asns(struct visit *v, const struct org_full *f);
struct entry_lines org_lines_domains(struct visit *v, const struct org_full *f);
struct contact_lines org_lines_contacts(struct visit *v, const struct org_full *f);
struct url org_url(struct visit *v, int64_t id, const char *below);
