/* evidence_private - what the files of evidence_pack share: which events are about a person, and what each plan froze
 * of the gateways; for report/evidence_*.c only. */
#ifndef BREACH_REPORT_EVIDENCE_PRIVATE_H
#define BREACH_REPORT_EVIDENCE_PRIVATE_H

#include "report/evidence_pack.h"

/* evidence_text: a member that is a text, "" where there is none; borrowed. evidence_time: a time of a document; null
 * for 0 and less; a new reference. */
const char *evidence_text(const json_t *body, const char *key);
json_t *evidence_time(int64_t at);

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

/* evidence_lines_read: fills pack->lines with the events that are about the person, and `plans` by those of plans. */
bool evidence_lines_read(EvidencePack *pack, Ledger *ledger, GPtrArray *plans, GError **error);

#endif
