#include "ledger/ledger_plan.h"

#include <string.h>

#include "base/error.h"
#include "base/fault.h"
#include "ledger/backend.h"

#define PARTS_MAX 16384

struct LedgerPlan {
    const LedgerBackend *backend; /* borrowed */
    void *store;                  /* owned by the backend; NULL once sealed */
    uint8_t secret[ID_SECRET_SIZE];
    GChecksum *digest;            /* owned */
    GString *parts;               /* owned; what the digest has not taken yet */
    int64_t people;
    int edition;
    GArray *told;                 /* owned; scratch, of LedgerPlanTold */
};

/* The digest is over length-prefixed parts, so that no two different plans can look alike. Parts are gathered first:
 * GLib's checksum is slow on small pieces. */
static void digest_flush(LedgerPlan *plan)
{
    g_checksum_update(plan->digest, (const guchar *)plan->parts->str, (gssize)plan->parts->len);
    g_string_truncate(plan->parts, 0);
}

static void digest_number(LedgerPlan *plan, int64_t number)
{
    char digits[24];
    char *at = digits + sizeof digits;
    uint64_t rest = (uint64_t)number;

    *--at = ';';
    do
        *--at = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    g_string_append_len(plan->parts, at, digits + sizeof digits - at);
    if (plan->parts->len > PARTS_MAX)
        digest_flush(plan);
}

static void digest_text(LedgerPlan *plan, const char *text)
{
    size_t length = strlen(text);

    digest_number(plan, (int64_t)length);
    g_string_append_len(plan->parts, text, (gssize)length);
}

LedgerPlan *ledger_plan_begin(const LedgerBackend *backend, const char *folder, int edition, GError **error)
{
    LedgerPlan *plan = g_new0(LedgerPlan, 1);

    plan->backend = backend;
    plan->edition = edition;
    plan->store = backend->plan_begin(folder, edition, plan->secret, error);
    if (!plan->store) {
        g_free(plan);
        return NULL;
    }
    plan->digest = g_checksum_new(G_CHECKSUM_SHA256);
    plan->told = g_array_new(FALSE, FALSE, sizeof(LedgerPlanTold));
    plan->parts = g_string_sized_new(PARTS_MAX + 1024);
    digest_text(plan, "breach plan 2");
    return plan;
}

const uint8_t *ledger_plan_secret(const LedgerPlan *plan)
{
    return plan->secret;
}

int64_t ledger_plan_gateway(LedgerPlan *plan, const char *name, GError **error)
{
    digest_text(plan, "gateway");
    digest_text(plan, name);
    return plan->backend->plan_gateway(plan->store, name, error);
}

int ledger_plan_told(LedgerPlan *plan, const char *id, const LedgerPlanTold **told, GError **error)
{
    g_array_set_size(plan->told, 0);
    if (plan->edition > 1 && !plan->backend->plan_told(plan->store, id, plan->told, error))
        return -1;
    *told = (const LedgerPlanTold *)(void *)plan->told->data;
    return (int)plan->told->len;
}

int64_t ledger_plan_text(LedgerPlan *plan, const LedgerPlannedText *text, GError **error)
{
    digest_text(plan, "text");
    digest_text(plan, text->audience);
    digest_text(plan, text->channel);
    digest_text(plan, text->locale);
    digest_text(plan, text->body);
    return plan->backend->plan_text(plan->store, text, error);
}

/* A message id stands for endpoint, channel, audience and locale. */
static void digest_message(LedgerPlan *plan, const LedgerPlannedMessage *message)
{
    digest_text(plan, message->id);
    digest_number(plan, message->gateway);
    digest_number(plan, message->text);
}

static void digest_person(LedgerPlan *plan, const LedgerPlannedPerson *person)
{
    digest_text(plan, "person");
    digest_number(plan, person->row);
    digest_number(plan, (int64_t)person->count);
    for (size_t i = 0; i < person->count; i++) {
        const LedgerPlannedNotice *notice = &person->notices[i];

        digest_text(plan, notice->audience);
        digest_number(plan, (int64_t)notice->count);
        if (notice->count == 0) {
            digest_number(plan, (int64_t)notice->aside);
            digest_text(plan, notice->reason);
        }
        for (size_t j = 0; j < notice->count; j++)
            digest_message(plan, &notice->messages[j]);
        digest_text(plan, notice->rungs ? notice->rungs : "");
    }
}

bool ledger_plan_person(LedgerPlan *plan, const LedgerPlannedPerson *person, GError **error)
{
    g_assert(person->count > 0 || plan->edition > 1);
    plan->people++;
    digest_person(plan, person);
    if (plan->people % 100 == 0)
        fault_point("plan_person");
    return plan->backend->plan_person(plan->store, person, error);
}

/* The people file is in the digest by the SHA-256 of its bytes, like every other input, so its rows need not be. */
static bool digest_inputs(LedgerPlan *plan, const char *inputs, GError **error)
{
    json_auto_t *list = json_loads(inputs, 0, NULL);
    size_t index;
    json_t *input;

    if (!json_is_array(list)) {
        error_set(error, BREACH_ERROR_INTERNAL, "internal-plan", "the inputs of the plan are not a list");
        return false;
    }
    digest_text(plan, "inputs");
    digest_number(plan, (int64_t)json_array_size(list));
    json_array_foreach(list, index, input) {
        const char *sha256 = json_string_value(json_object_get(input, "sha256"));

        if (!sha256) {
            error_set(error, BREACH_ERROR_INTERNAL, "internal-plan", "an input of the plan has no digest");
            return false;
        }
        digest_text(plan, sha256);
    }
    return true;
}

bool ledger_plan_seal(LedgerPlan *plan, const LedgerPlanHeader *header, LedgerPlanDuplicate *duplicate, void *user,
                      LedgerPlanResult *result, GError **error)
{
    bool sealed = false;

    g_assert(header->edition == plan->edition);
    memset(result, 0, sizeof *result);
    digest_text(plan, "incident");
    digest_text(plan, header->incident);
    digest_text(plan, playbook_status_name(header->status));
    digest_number(plan, plan->edition);
    digest_text(plan, header->gateways);
    digest_text(plan, header->escalation ? header->escalation : "{}");
    if (digest_inputs(plan, header->inputs, error)) {
        digest_flush(plan);
        sealed = plan->backend->plan_seal(plan->store, header, g_checksum_get_string(plan->digest), duplicate, user,
                                          result, error);
        plan->store = NULL;
    }
    ledger_plan_abandon(plan);
    return sealed;
}

void ledger_plan_abandon(LedgerPlan *plan)
{
    if (!plan)
        return;
    if (plan->store)
        plan->backend->plan_abandon(plan->store);
    g_checksum_free(plan->digest);
    g_string_free(plan->parts, TRUE);
    g_array_unref(plan->told);
    g_free(plan);
}
