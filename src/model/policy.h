/* policy - what an organisation has promised its users about incidents: a published privacy policy as data, promise by
 * promise. What a policy does not promise is in no list here, so that nothing is ever called kept that was never made.
 *
 * A promise has a kind, which says what it is held against (dispatch/promise.h), and the values of that kind alone.
 * Loaded by load/load_policy; docs/man/breach-policy.5 describes the file. A Policy owns all that it points to and is
 * immutable once loaded. Pure; threads: reading is safe. */
#ifndef BREACH_MODEL_POLICY_H
#define BREACH_MODEL_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/position.h"
#include "model/locale.h"
#include "model/response.h"

typedef enum PolicyKind {
    POLICY_CONTENT,        /* what a notice says: `content` */
    POLICY_WAYS,           /* by which ways people are told: `named`, `open` */
    POLICY_ANNOUNCEMENT,   /* the public is told: `when` */
    POLICY_AUTHORITIES,    /* authorities are reported to: `regimes` */
    POLICY_RESPONSE,       /* steps are taken: `steps`, `gate` */
    POLICY_ENCRYPTION,     /* nothing leaves readable by others: connections, and what is handed over */
    POLICY_REGION,         /* people's data stays in `region` */
    POLICY_CROSS_BORDER,   /* what is known before data leaves: `needs` */
    POLICY_NO_UNSUBSCRIBE, /* service notices reach also whoever wants no other messages */
    POLICY_LANGUAGES,      /* `languages` */
    POLICY_INQUIRIES,      /* who asks is answered: `inquiries` */
    POLICY_COMPLAINT,      /* the notice names the authorities: `authorities` */
    POLICY_RECIPIENTS, /* each recipient of an account is told: administrators as persons, and for the organisation */
    POLICY_CUSTOMERS,  /* organisations are told about their data; their own people only on their instruction */
    POLICY_GUARDIANS,  /* minors are told through their parents or guardians */
    POLICY_CLOSED_ACCOUNTS, /* former users are told, for `period` after they closed their accounts */
    POLICY_REHEARSAL,       /* the people who answer for it have rehearsed, every `period` */
    POLICY_KINDS
} PolicyKind;

typedef enum PolicyWhen {
    POLICY_WHEN_ALWAYS,
    POLICY_WHEN_HARD, /* as soon as somebody cannot be told by himself */
} PolicyWhen;

typedef struct PolicyPromise {
    char *id; /* owned, as the rest; a name, unique in the policy */
    PolicyKind kind;
    LocaleText *text; /* the promise, in words */
    char **list;      /* `content`, `named`, `regimes`, `steps`, `needs` or `languages`, NULL-terminated; NULL: none */
    bool is_open;     /* WAYS: the list is not complete: other ways keep the promise, too */
    PolicyWhen when;  /* ANNOUNCEMENT */
    bool has_gate;    /* RESPONSE: notices wait until a step of the kind `gate` is started */
    ResponseKind gate;
    char *region;           /* REGION: normalised */
    int64_t period;         /* CLOSED_ACCOUNTS, REHEARSAL: ms; 0: not said */
    InquiryRule rule;       /* INQUIRIES */
    GPtrArray *authorities; /* COMPLAINT: of LocaleText *: a word by which a reader of that language knows it */
    bool is_inferred; /* follows from the policy, but is not promised in so many words: never more than a warning */
    Position at;
} PolicyPromise;

/* What it says that no check can be held against: what is kept how long, and so on. Shown, never called kept. */
typedef struct PolicyNote {
    char *id; /* owned, as the text */
    LocaleText *text;
    int64_t period; /* ms: how long something is kept; 0: not said */
} PolicyNote;

typedef struct Policy {
    char *id;
    LocaleText *name;
    char *published;          /* "2022-07"; NULL: undated */
    bool capacities[3];       /* as Capacity: to whom it applies */
    bool customer_data;       /* also where the people are a customer's (Controller) */
    LocaleText *applies_text; /* the same in words, or NULL */
    GPtrArray *promises;      /* of PolicyPromise *, in the order of the file */
    GPtrArray *notes;         /* of PolicyNote * */
    Position at;
} Policy;

/* PolicyEntry: one of a playbook's `policies`. */
typedef struct PolicyEntry {
    char *id;             /* owned */
    GPtrArray *audiences; /* owned; of char *: to these alone; NULL: to all to whom the policy applies */
    Position at;
} PolicyEntry;

PolicyEntry *policy_entry_new(void);
void policy_entry_free(PolicyEntry *entry);

/* policy_ways: what `named` may say, NULL-terminated: the channels, announcement, and formal-letter, which is a letter
 * to an organisation. policy_needs: what `needs` may say. */
const char *const *policy_ways(void);
const char *const *policy_needs(void);

/* policy_kind_name: "no-unsubscribe"; policy_kind_names: all, NULL-terminated, in order of the enumeration.
 * policy_kind_words: what it is about, in words (N_()). */
const char *policy_kind_name(PolicyKind kind);
const char *const *policy_kind_names(void);
const char *policy_kind_words(PolicyKind kind);

/* policy_promise: the promise of that id, or NULL. policy_has: whether it promises anything of that kind. */
const PolicyPromise *policy_promise(const Policy *policy, const char *id);
bool policy_has(const Policy *policy, PolicyKind kind);

/* policy_inquiries: of `policies` (of Policy *, entries may be NULL) the rule that answers soonest; NULL: none promises
 * an answer. Borrowed. *policy (may be NULL) is whose it is. */
const InquiryRule *policy_inquiries(const GPtrArray *policies, const Policy **policy);

/* policy_answers_sooner: whether whoever asks is certain to be answered by `a` no later than by `b`; working days are
 * longer than calendar days, and a clock from the proof of who asks starts later. */
bool policy_answers_sooner(const InquiryRule *a, const InquiryRule *b);

Policy *policy_new(void);
void policy_free(Policy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Policy, policy_free)

void policy_promise_free(PolicyPromise *promise);
void policy_note_free(PolicyNote *note);

#endif
