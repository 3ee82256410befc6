/* promise_private - one promise being judged; only promise*.c include this. Threads: as promise.h. */
#ifndef BREACH_DISPATCH_PROMISE_PRIVATE_H
#define BREACH_DISPATCH_PROMISE_PRIVATE_H

#include "dispatch/promise.h"

typedef struct PromiseCase {
    const PromiseRequest *request;
    const Playbook *playbook;
    const Policy *policy;
    const PolicyEntry *entry;
    const PolicyPromise *promise;
    PromiseRow *row; /* what is filled */
} PromiseCase;

/* promise_say: the verdict, and its reason: a format of N_(), whose arguments are names. */
void promise_say(const PromiseCase *judged, PromiseVerdict verdict, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* promise_audience: the next audience from *index on for which the policy holds, or NULL; *index is then behind it. */
const Audience *promise_audience(const PromiseCase *judged, guint *index);

typedef void PromiseJudge(const PromiseCase *judged);

/* Each fills judged->row: the playbook and its gateways (promise_judge.c), the texts (promise_text.c). */
PromiseJudge promise_judge_ways;
PromiseJudge promise_judge_announcement;
PromiseJudge promise_judge_authorities;
PromiseJudge promise_judge_response;
PromiseJudge promise_judge_encryption;
PromiseJudge promise_judge_region;
PromiseJudge promise_judge_cross_border;
PromiseJudge promise_judge_no_unsubscribe;
PromiseJudge promise_judge_inquiries;
PromiseJudge promise_judge_recipients;
PromiseJudge promise_judge_customers;
PromiseJudge promise_judge_guardians;
PromiseJudge promise_judge_closed_accounts;
PromiseJudge promise_judge_rehearsal;
PromiseJudge promise_judge_content;
PromiseJudge promise_judge_languages;
PromiseJudge promise_judge_complaint;

#endif
