#include "cli/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/output.h"
#include "ledger/ledger_people.h"
#include "model/address.h"
#include "report/reason.h"

static const Told listed[] = {TOLD_UNREACHABLE, TOLD_WITHHELD, TOLD_QUARANTINED, TOLD_IN_DOUBT, TOLD_PENDING};

bool listing_parse(const char *name, Told *told, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(listed); i++)
        if (strcmp(name, identity_told_name(listed[i])) == 0) {
            *told = listed[i];
            return true;
        }
    error_set(error, BREACH_ERROR_INPUT, "usage-list",
              "--list %s is no state whose people are listed: unreachable, withheld, quarantined, in_doubt or pending",
              name);
    return false;
}

/* Printing -------------------------------------------------------------------------------------------------------- */

typedef struct Listing {
    bool is_json;
    int64_t people;
} Listing;

static void print_json(const LedgerPerson *person, const char *endpoint, const char *reason, bool is_first)
{
    json_t *object = json_pack(
        "{s:o, s:s?, s:s, s:s?, s:s?, s:s?, s:s}", "row", person->row > 0 ? json_integer(person->row) : json_null(),
        "person", person->id, "audience", person->audience ? person->audience : "", "message", person->message,
        "channel", person->message ? person->channel : NULL, "endpoint", endpoint, "reason", reason);
    g_autofree char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);

    printf("%s    %s", is_first ? "\n" : ",\n", text);
    json_decref(object);
}

static void print_line(const LedgerPerson *person, const char *endpoint, const char *reason)
{
    if (person->row > 0)
        printf(_("  row %" PRId64 ", "), person->row);
    else
        fputs(_("  no longer in the people file, "), stdout);
    if (endpoint)
        printf(_("%s, %s %s: %s\n"), person->id ? person->id : _("without an id of its own"), person->channel, endpoint,
               reason);
    else
        printf(_("%s: %s\n"), person->id ? person->id : _("without an id of its own"), reason);
}

static bool take_person(const LedgerPerson *person, void *user)
{
    Listing *listing = user;
    g_autofree char *endpoint = person->endpoint ? address_mask(person->endpoint) : NULL;
    g_autofree char *answer = NULL;
    g_autofree char *reason = reason_of_person(person, &answer);
    g_autofree char *words = answer ? g_strdup(answer) : listing->is_json ? g_strdup(reason) : reason_text(reason);

    if (listing->is_json)
        print_json(person, endpoint, words, listing->people == 0);
    else
        print_line(person, endpoint, words);
    listing->people++;
    return !ferror(stdout); /* a pipe that was closed wants no more */
}

/* The next command ------------------------------------------------------------------------------------------------ */

static char *next_of(const Workspace *workspace, const Status *status, Told told)
{
    bool may_arrive = false;

    if (told == TOLD_IN_DOUBT && status->counts.held > 0 && !status->is_running)
        return g_strdup_printf("breach resolve %s%s", workspace->typed, workspace->mode);
    for (guint i = 0; i < status->reasons->len; i++)
        may_arrive = may_arrive || ((const LedgerReason *)g_ptr_array_index(status->reasons, i))->may_arrive;
    if (told != TOLD_UNREACHABLE || status->counts.told[told] == 0)
        return told == TOLD_WITHHELD || status->counts.told[told] == 0
                   ? g_strdup_printf("breach status %s%s", workspace->typed, workspace->mode)
                   : g_strdup(status->next);
    return g_strdup_printf("breach %s %s%s", may_arrive ? "retry" : "plan", workspace->typed, workspace->mode);
}

/* What can be done about them. */
static const char *advice_of(Told told)
{
    static const char *const advice[TOLD_STATES] = {
        [TOLD_UNREACHABLE] = N_("; correct their addresses and plan again, or reach them another way"),
        [TOLD_QUARANTINED] = N_("; mend their rows and plan again"),
        [TOLD_IN_DOUBT] = N_("; breach resolve settles it"),
    };

    return advice[told];
}

static char *verdict_of(Told told, int64_t people, bool is_json)
{
    g_autofree char *number = text_grouped(people);
    const char *advice = people > 0 ? advice_of(told) : NULL;
    const char *name = identity_told_name(told);
    g_autofree char *count =
        is_json ? g_strdup_printf(people == 1 ? "%s: %s person" : "%s: %s people", name, number)
                : g_strdup_printf(language_plural("%s: %s person", "%s: %s people", people), _(name), number);

    return g_strconcat(count, advice ? (is_json ? advice : _(advice)) : "", NULL);
}

static void print_member(const char *name, const char *value, const char *end)
{
    json_t *text = json_string(value);
    g_autofree char *quoted = json_dumps(text, JSON_ENCODE_ANY);

    printf("  \"%s\": %s%s\n", name, quoted, end);
    json_decref(text);
}

bool listing_print(const Workspace *workspace, Ledger *ledger, const Status *status, Told told, GError **error)
{
    Listing listing = {.is_json = workspace->options->json};
    g_autofree char *next = next_of(workspace, status, told);
    g_autofree char *verdict = NULL;

    if (listing.is_json) {
        puts("{");
        print_member("schema", "breach.list/1", ",");
        print_member("incident", status->header->incident, ",");
        print_member("state", identity_told_name(told), ",");
        fputs("  \"people\": [", stdout);
    }
    if (!ledger_people(ledger, told, take_person, &listing, error))
        return false;
    verdict = verdict_of(told, listing.people, listing.is_json);
    if (!listing.is_json) {
        output_verdict(verdict, next);
        return true;
    }
    printf("%s],\n  \"total\": %" PRId64 ",\n", listing.people > 0 ? "\n  " : "", listing.people);
    print_member("verdict", verdict, ",");
    print_member("next", next, "");
    puts("}");
    return true;
}
