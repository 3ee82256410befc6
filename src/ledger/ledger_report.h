/* ledger_report - why people are left aside, and which texts are in use; a part of ledger.h, which includes it.
 *
 * Ownership: arrays own their elements. Threads and errors: as ledger.h. */
#ifndef BREACH_LEDGER_LEDGER_REPORT_H
#define BREACH_LEDGER_LEDGER_REPORT_H

#include "ledger/ledger.h"

/* LedgerReason: why people are left aside, and why messages failed, most frequent first. */
typedef struct LedgerReason {
    Told told;
    char *reason; /* owned */
    int64_t people;
    bool may_arrive; /* messages that failed, and another try is of some use */
} LedgerReason;
GPtrArray *ledger_reasons(Ledger *ledger, GError **error);

/* LedgerTextInfo, ledger_texts: the text versions in use, for the confirmation and the samples. */
typedef struct LedgerTextInfo {
    int64_t no;
    char *audience, *channel, *locale; /* owned */
    int edition;
    bool is_update; /* for those who were told in an earlier edition */
    int64_t messages;
    int64_t open; /* of these: still to be sent, or not settled */
    int64_t told; /* people whom those of them that were accepted told */
} LedgerTextInfo;
GPtrArray *ledger_texts(Ledger *ledger, GError **error);

#endif
