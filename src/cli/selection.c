#include "cli/selection.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "model/address.h"
#include "model/reply.h"

#define FAILED  SELECT_STATE(MESSAGE_FAILED)
#define BOUNCED SELECT_STATE(MESSAGE_BOUNCED)

static bool set_outcome(LedgerFilter *filter, const char *outcome, GError **error)
{
    static const struct {
        const char *name;
        uint32_t states;
    } outcomes[] = {{"all", FAILED | BOUNCED},
                    {"failed", FAILED},
                    {"bounced", BOUNCED},
                    {"deferred", SELECT_STATE(MESSAGE_DEFERRED)}};

    for (size_t i = 0; i < G_N_ELEMENTS(outcomes); i++)
        if (!outcome || strcmp(outcome, outcomes[i].name) == 0) {
            filter->states = outcomes[i].states;
            return true;
        }
    error_set(error, BREACH_ERROR_INPUT, "select-outcome", "--outcome is failed, bounced, deferred or all, not %s",
              outcome);
    return false;
}

/* "550" is a reply code; "5.1.1", "5.1" and "5" are enhanced ones or their beginnings. */
static bool set_code(LedgerFilter *filter, const char *code, GError **error)
{
    size_t digits = strspn(code, "0123456789");
    g_auto(GStrv) parts = g_strsplit(code, ".", -1);
    bool is_enhanced = g_strv_length(parts) <= 3 && (code[0] == '4' || code[0] == '5');

    for (char **part = parts; *part; part++)
        is_enhanced = is_enhanced && **part && strlen(*part) <= 3 && strspn(*part, "0123456789") == strlen(*part);
    if (digits == 3 && !code[3] && code[0] >= '4' && code[0] <= '5') {
        filter->code = (int)g_ascii_strtoll(code, NULL, 10);
        return true;
    }
    if (is_enhanced && (code[1] == '.' || code[1] == '\0')) {
        filter->enhanced = code;
        return true;
    }
    error_set(error, BREACH_ERROR_INPUT, "select-code", "--code %s is no answer of a relay: write 550, 5.1.1 or 5.1",
              code);
    return false;
}

static bool refuse_unknown(GError **error, const char *what, const char *name, const GPtrArray *known)
{
    const char *nearest = text_nearest(name, (const char *const *)known->pdata);
    g_autofree char *list = g_strjoinv(", ", (char **)known->pdata);

    if (nearest)
        error_set(error, BREACH_ERROR_INPUT, "select-unknown", "the playbook has no %s %s: did you mean %s?", _(what),
                  name, nearest);
    else
        error_set(error, BREACH_ERROR_INPUT, "select-unknown", "the playbook has no %s %s: it has %s", _(what), name,
                  list);
    return false;
}

static bool check_audience(const Playbook *playbook, const char *audience, GError **error)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();

    for (guint i = 0; i < playbook->audiences->len; i++)
        g_ptr_array_add(known, ((const Audience *)g_ptr_array_index(playbook->audiences, i))->id);
    g_ptr_array_add(known, NULL);
    return !audience || g_strv_contains((const char *const *)known->pdata, audience) ||
           refuse_unknown(error, N_("audience"), audience, known);
}

/* A channel, or a gateway, of those that the playbook's channels have. */
static bool check_gateway(const Playbook *playbook, const char *name, bool is_channel, GError **error)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();

    for (guint i = 0; i < playbook->gateways->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(playbook->gateways, i);

        g_ptr_array_add(known, is_channel ? entry->channel : entry->gateway);
    }
    g_ptr_array_add(known, NULL);
    return !name || g_strv_contains((const char *const *)known->pdata, name) ||
           refuse_unknown(error, is_channel ? N_("channel") : N_("gateway"), name, known);
}

/* A domain as it stands in the ledger: as in an address that was parsed. */
static bool set_domain(Selection *selection, const char *domain, GError **error)
{
    g_autofree char *trial = g_strconcat("x@", domain, NULL);
    g_autofree char *address = address_parse_email(trial, NULL);

    if (!address) {
        error_set(error, BREACH_ERROR_INPUT, "select-domain", "--domain %s is no domain: write example.com", domain);
        return false;
    }
    selection->domain = g_strdup(address_domain(address));
    selection->filter.domain = selection->domain;
    return true;
}

bool selection_person(Ledger *ledger, const char *person, GError **error)
{
    g_auto(GStrv) near = NULL;
    const char *nearest;
    bool is_known = false;
    int64_t row = 0;

    if (!ledger_person(ledger, person, &is_known, &row, error))
        return false;
    if (is_known)
        return true;
    near = ledger_people_near(ledger, person, error);
    if (!near)
        return false;
    nearest = text_nearest(person, (const char *const *)near);
    if (nearest)
        error_set(error, BREACH_ERROR_INPUT, "select-person", "nobody with the id %s was planned: did you mean %s?",
                  person, nearest);
    else
        error_set(error, BREACH_ERROR_INPUT, "select-person",
                  "nobody with the id %s was planned: look it up in the people "
                  "file",
                  person);
    return false;
}

bool selection_words(const Options *options, GError **error)
{
    LedgerFilter filter = {0};

    return set_outcome(&filter, options->outcome, error) && (!options->code || set_code(&filter, options->code, error));
}

Selection *selection_new(const Workspace *workspace, Ledger *ledger, GError **error)
{
    const Options *options = workspace->options;
    const Playbook *playbook = material_playbook(workspace->material);
    g_autoptr(Selection) selection = g_new0(Selection, 1);
    LedgerFilter *filter = &selection->filter;

    filter->audience = options->audience;
    filter->channel = options->channel;
    filter->gateway = options->gateway;
    filter->person = options->person;
    if (!set_outcome(filter, options->outcome, error) || !check_audience(playbook, options->audience, error) ||
        !check_gateway(playbook, options->channel, true, error) ||
        !check_gateway(playbook, options->gateway, false, error) ||
        (options->domain && !set_domain(selection, options->domain, error)) ||
        (options->code && !set_code(filter, options->code, error)) ||
        (options->person && !selection_person(ledger, options->person, error)))
        return NULL;
    return g_steal_pointer(&selection);
}

void selection_free(Selection *selection)
{
    if (!selection)
        return;
    g_free(selection->domain);
    g_free(selection);
}
