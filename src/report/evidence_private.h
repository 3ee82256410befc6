/* evidence_private - what the files of evidence_pack share: which events are about a person, and what each plan froze
 * of the gateways; for report/evidence_*.c only. */
#ifndef BREACH_REPORT_EVIDENCE_PRIVATE_H
#define BREACH_REPORT_EVIDENCE_PRIVATE_H

#include "report/evidence_pack.h"

/* EvidencePlan: what one plan froze of the gateways, from `at` (ms) until the next. */
typedef struct EvidencePlan {
    int64_t at;
    json_t *gateways; /* owned reference; the array of material_gateways() */
} EvidencePlan;

/* evidence_plans_new: none yet; of EvidencePlan *, in order. evidence_plans_latest: what the header says stands in
 * where events say nothing: plans of versions before 0.5.0. */
GPtrArray *evidence_plans_new(void);
void evidence_plans_latest(GPtrArray *plans, const LedgerHeader *header);

/* evidence_plan_gateway: as it was at that time; borrowed; NULL: it was not in that plan. evidence_plan_is_mail:
 * whether it is spoken to by SMTP. */
const json_t *evidence_plan_gateway(const GPtrArray *plans, int64_t at, const char *name, const char *channel);
bool evidence_plan_is_mail(const json_t *gateway, const char *channel);

/* evidence_plans_digest: whether digests were recorded at that time of whatever was handed over: since 0.5.0, which is
 * known by its plans. Before evidence_plans_latest(). */
bool evidence_plans_digest(const GPtrArray *plans, int64_t at);

/* EvidenceOwn: the addresses and numbers of the person, by which those of others are told. evidence_hide_others: in the
 * words that came from outside, every other address becomes ***@ and its domain, and every other telephone number ***;
 * `is_numbered`: they are about a message to such a number, so that digits alone may be one.
 * evidence_mail_names_others: whether a mail that came back is about several addresses, not all of them theirs: the
 * members of a list. */
typedef struct EvidenceOwn EvidenceOwn;
EvidenceOwn *evidence_own_new(const EvidencePerson *person);
void evidence_own_free(EvidenceOwn *own);
void evidence_hide_others(EvidenceOwn *own, json_t *body, bool is_numbered);
bool evidence_mail_names_others(const EvidenceOwn *own, const char *bytes, size_t size);

/* evidence_lines_read: fills pack->lines with the events that are about the person, and `plans` by those of plans. */
bool evidence_lines_read(EvidencePack *pack, Ledger *ledger, GPtrArray *plans, GError **error);

#endif
