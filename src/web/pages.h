/* SPDX-License-Identifier: Apache-2.0
 * pages.h - the functions of the table of routes. Depends on: web/visit.
 * Each fills v->res, or answers an E_* for which the page of that error is shown. */
#pragma once

#include <stdint.h>

struct visit;
/* What is wrong with a form that sets a password: from an act's failure to a number (0:
 * it is none of these), and from that to a text to translate. */
int64_t password_fault_number(const struct visit *v, int err);
const char *password_fault_text(int64_t number);

int style_get(struct visit *v);
int icon_get(struct visit *v);
int answer_get(struct visit *v);
int answer_post(struct visit *v);
int answer_table_get(struct visit *v);
int answer_table_post(struct visit *v);
int answer_json_post(struct visit *v);
int contact_get(struct visit *v);
int contact_post(struct visit *v);
/* The one page of each link that leads nowhere. */
int link_dead(struct visit *v);
int sign_in_get(struct visit *v);
int sign_in_post(struct visit *v);
int sign_out_post(struct visit *v);
int enrol_get(struct visit *v);
int enrol_post(struct visit *v);
int morning_get(struct visit *v);
int orgs_get(struct visit *v);
int org_new_get(struct visit *v);
int org_new_post(struct visit *v);
int org_get(struct visit *v);
int org_edit_get(struct visit *v);
int org_edit_post(struct visit *v);
int org_entry_put(struct visit *v);
int org_entry_take(struct visit *v);
int org_contact_put(struct visit *v);
int org_contact_end(struct visit *v);
int contacts_get(struct visit *v);
int contacts_check(struct visit *v);
int contacts_confirm(struct visit *v);
int notices_get(struct visit *v);
int runs_get(struct visit *v);
int notices_draft(struct visit *v);
int notices_decide(struct visit *v); /* approve, hold, cancel */
int sending_page_get(struct visit *v);
int sending_page_post(struct visit *v);
int notice_page_get(struct visit *v);
int notice_part_page_get(struct visit *v);
int tasks_get(struct visit *v);
int task_done_post(struct visit *v);
int answers_get(struct visit *v);
int settings_get(struct visit *v);
int rule_page_get(struct visit *v);
int rule_page_post(struct visit *v);
int people_get(struct visit *v);
int people_post(struct visit *v);
int person_get(struct visit *v);
int person_reset(struct visit *v);
int person_revoke(struct visit *v);
int person_role(struct visit *v);
int findings_get(struct visit *v);
int findings_csv(struct visit *v);
int findings_jsonl(struct visit *v);
int finding_one_get(struct visit *v);
int finding_mark(struct visit *v);
int file_aside_post(struct visit *v);
int finding_evidence(struct visit *v);
int feeds_get(struct visit *v);
int files_get(struct visit *v);
int quarantine_get(struct visit *v);
int upload_get(struct visit *v);
int upload_post(struct visit *v);
int jobs_get(struct visit *v);
int job_get(struct visit *v);
int lookup_get(struct visit *v);
int audit_get(struct visit *v);
int account_get(struct visit *v);
int account_language(struct visit *v);
int account_password(struct visit *v);
int account_session_end(struct visit *v);
int effect_get(struct visit *v);
int effect_print_get(struct visit *v);
int effect_csv_get(struct visit *v);
int effect_json_get(struct visit *v);
