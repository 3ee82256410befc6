/* ledger_report - why people are left aside, which texts are in use, and what a message has been through; a part of
 * ledger.h, which includes it.
 *
 * Ownership: arrays own their elements. Threads and errors: as ledger.h. */
#ifndef BREACH_LEDGER_LEDGER_REPORT_H
#define BREACH_LEDGER_LEDGER_REPORT_H

#include "ledger/ledger.h"
#include "model/bounce_reason.h"

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

/* LedgerReturned, ledger_returned: what came back, from the counters: one read whatever the size of the ledger. Every
 * attempt that came back counts, also where the next one got through. */
typedef enum LedgerMail { LEDGER_MAIL_DELAY, LEDGER_MAIL_COMPLAINT, LEDGER_MAIL_ANSWER, LEDGER_MAIL_OTHER, LEDGER_MAILS } LedgerMail;

typedef struct LedgerReturned {
    int64_t reasons[BOUNCE_REASONS]; /* messages that came back, by why */
    int64_t mails[LEDGER_MAILS];     /* mails about messages that changed nothing */
} LedgerReturned;
bool ledger_returned(Ledger *ledger, LedgerReturned *returned, GError **error);

/* ledger_history: how many attempts a message has had, doubts caused by the relay among them, and when it was first
 * tried (ms; -1: never). */
typedef struct LedgerHistory {
    MessageState state;
    int attempt;
    int relay_doubts;
    int64_t first_at;
    bool was_in_doubt;
    bool twice;
} LedgerHistory;
bool ledger_history(Ledger *ledger, int64_t message, LedgerHistory *history, GError **error);

#endif
