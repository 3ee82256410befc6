#include "ledger/ledger_plan.h"

#include <string.h>

#include "base/error.h"
#include "base/fault.h"
#include "ledger/backend.h"

struct LedgerPlan {
    const LedgerBackend *backend; /* borrowed */
    void *store;                  /* owned by the backend; NULL once sealed */
    uint8_t secret[ID_SECRET_SIZE];
    GChecksum *digest;            /* owned */
    int64_t people;
};

/* The digest is over length-prefixed parts, so that no two different plans can look alike. */
static void digest_text(LedgerPlan *plan, const char *text)
{
    g_autofree char *length = g_strdup_printf("%zu:", strlen(text));

    g_checksum_update(plan->digest, (const guchar *)length, -1);
    g_checksum_update(plan->digest, (const guchar *)text, -1);
}

static void digest_number(LedgerPlan *plan, int64_t number)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT ";", number);

    g_checksum_update(plan->digest, (const guchar *)text, -1);
}

LedgerPlan *ledger_plan_begin(const LedgerBackend *backend, const char *folder, GError **error)
{
    LedgerPlan *plan = g_new0(LedgerPlan, 1);

    plan->backend = backend;
    plan->store = backend->plan_begin(folder, plan->secret, error);
    if (!plan->store) {
        g_free(plan);
        return NULL;
    }
    plan->digest = g_checksum_new(G_CHECKSUM_SHA256);
    digest_text(plan, "breach plan 1");
    return plan;
}

const uint8_t *ledger_plan_secret(const LedgerPlan *plan)
{
    return plan->secret;
}

int64_t ledger_plan_gateway(LedgerPlan *plan, const char *name, GError **error)
{
    digest_text(plan, name);
    return plan->backend->plan_gateway(plan->store, name, error);
}

int64_t ledger_plan_text(LedgerPlan *plan, const char *audience, const char *channel, const char *locale,
                         const char *body, GError **error)
{
    digest_text(plan, audience);
    digest_text(plan, channel);
    digest_text(plan, locale);
    digest_text(plan, body);
    return plan->backend->plan_text(plan->store, audience, channel, locale, body, error);
}

static void digest_person(LedgerPlan *plan, const LedgerPlannedPerson *person)
{
    digest_number(plan, person->row);
    for (size_t i = 0; i < person->count; i++) {
        const LedgerPlannedNotice *notice = &person->notices[i];

        digest_text(plan, notice->audience);
        if (notice->count == 0)
            digest_text(plan, notice->reason);
        for (size_t j = 0; j < notice->count; j++) {
            g_checksum_update(plan->digest, (const guchar *)notice->messages[j].id, ID_MESSAGE_LENGTH);
            digest_number(plan, notice->messages[j].text);
        }
    }
}

bool ledger_plan_person(LedgerPlan *plan, const LedgerPlannedPerson *person, GError **error)
{
    g_assert(person->count > 0);
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

    json_array_foreach(list, index, input) {
        const char *sha256 = json_string_value(json_object_get(input, "sha256"));

        if (!sha256) {
            g_set_error(error, BREACH_ERROR, BREACH_ERROR_INTERNAL, "an input of the plan has no digest");
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

    memset(result, 0, sizeof *result);
    digest_text(plan, header->incident);
    digest_text(plan, playbook_status_name(header->status));
    digest_number(plan, header->edition);
    digest_text(plan, header->gateways);
    if (digest_inputs(plan, header->inputs, error)) {
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
    g_free(plan);
}
