#include "report/account.h"

#include <string.h>

#include "base/member.h"
#include "ledger/ledger_account.h"
#include "ledger/ledger_log.h"
#include "ledger/ledger_plan.h"
#include "report/account_private.h"
#include "report/clock_json.h"
#include "report/discreet.h"

/* Tables of the ledger --------------------------------------------------------------------------------------------- */

static bool add_tables(json_t *document, const AccountRequest *request, GError **error)
{
    const LedgerTable *table = request->ledger ? ledger_tables(request->ledger) : NULL;

    for (; table && table->name; table++) {
        json_t *rows = table->is_check ? NULL : ledger_table(request->ledger, table->name, error);

        if (table->is_check)
            continue;
        if (!rows)
            return false;
        json_object_set_new(document, table->name, rows);
    }
    return true;
}

static json_t *recompute_json(const Ledger *ledger)
{
    json_t *list = json_array();

    for (const LedgerTable *table = ledger_tables(ledger); table->name; table++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "member", table->name, "sql", table->sql));
    return list;
}

/* The identity ---------------------------------------------------------------------------------------------------- */

static json_t *identity_json(const LedgerCounts *counts)
{
    json_t *identity = json_pack("{s:I}", "people", (json_int_t)counts->people);

    for (int told = 0; told < TOLD_STATES; told++)
        json_object_set_new(identity, identity_told_name((Told)told), json_integer(counts->told[told]));
    return identity;
}

/* What was frozen of each gateway, without who the sender is: that is in the playbook. */
static json_t *gateways_json(const LedgerHeader *header)
{
    json_auto_t *frozen = header->gateways ? json_loads(header->gateways, 0, NULL) : NULL;
    json_t *list = json_array();
    size_t index;
    json_t *gateway;

    json_array_foreach(frozen, index, gateway)
    {
        json_t *region = json_object_get(gateway, "region");

        json_array_append_new(list,
                              json_pack("{s:O*, s:O*, s:O*, s:O}", "name", json_object_get(gateway, "name"), "channel",
                                        json_object_get(gateway, "channel"), "kind", json_object_get(gateway, "kind"),
                                        "region", region ? region : json_null()));
    }
    return list;
}

static json_t *ledger_json(const LedgerHeader *header, bool is_copy)
{
    return json_pack("{s:i, s:i, s:s, s:o, s:s, s:b}", "edition", header->edition, "generation", header->generation,
                     "plan_digest", header->digest, "planned_at", clock_json_at(header->planned_at), "host",
                     header->host, "is_copy", is_copy);
}

/* The counters, which are shown everywhere, are counted again from the rows before a report is made of them. */
static bool add_identity(json_t *document, Ledger *ledger, GError **error)
{
    LedgerCounts counts;
    json_t *moments;
    int64_t first = -1;

    if (!ledger_audit(ledger, error) || !ledger_counts(ledger, &counts, error) ||
        !ledger_first_told(ledger, &first, error))
        return false;
    moments = account_history(ledger, error);
    if (!moments)
        return false;
    json_object_set_new(document, "ledger", ledger_json(ledger_header(ledger), ledger_is_copy(ledger)));
    json_object_set_new(document, "identity", identity_json(&counts));
    json_object_set_new(document, "complete", json_boolean(identity_complete(counts.told) && counts.open == 0));
    json_object_set_new(document, "first_told_at", clock_json_at(first));
    json_object_set_new(document, "history", moments);
    json_object_set_new(document, "gateways", gateways_json(ledger_header(ledger)));
    return true;
}

/* Without a plan nothing is known of people and messages: not that there are none. */
static void add_nothing(json_t *document)
{
    static const char *const members[] = {"ledger", "identity", "complete", "first_told_at", "history", "gateways"};

    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        json_object_set_new(document, members[i], json_null());
}

/* What was typed about single people in every decision not to tell one, whole and as it is masked; NULL with an error.
 */
static GHashTable *typed_about_people(Ledger *ledger, GError **error)
{
    g_autoptr(GPtrArray) notes = ledger_log_notes(ledger, 0, error);
    GHashTable *typed = notes ? g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) : NULL;

    for (guint i = 0; notes && i < notes->len; i++) {
        const json_t *body = ((const LedgerNote *)g_ptr_array_index(notes, i))->body;
        const char *reason = member_text(body, "reason");

        if (strcmp(member_text(body, "event"), "decided") != 0)
            continue;
        g_hash_table_add(typed, g_strdup(reason));
        g_hash_table_add(typed, discreet_typed(reason));
    }
    return typed;
}

/* Why somebody decided not to tell one person is about that person, however many of them it fits: it stands in the
 * ledger, and here for `people` alone. */
static bool leave_out_why(json_t *document, Ledger *ledger, GError **error)
{
    static const char *const members[] = {"decided", "left_out", "unreachable"};
    g_autoptr(GHashTable) typed = typed_about_people(ledger, error);

    for (size_t i = 0; typed && i < G_N_ELEMENTS(members); i++) {
        size_t index;
        json_t *row;

        json_array_foreach(json_object_get(document, members[i]), index, row)
        {
            if (g_hash_table_contains(typed, member_text(row, "reason")))
                json_object_set_new(row, "reason", json_string(DISCREET_KEPT));
        }
    }
    return typed != NULL;
}

static bool add_ledger(json_t *document, const AccountRequest *request, GError **error)
{
    bool is_read;

    if (!request->ledger) {
        add_nothing(document);
        return true;
    }
    if (!ledger_snapshot(request->ledger, error))
        return false;
    is_read = add_identity(document, request->ledger, error) && add_tables(document, request, error) &&
              account_add_people(document, request->ledger, request->people, error) &&
              (request->people || leave_out_why(document, request->ledger, error));
    ledger_snapshot_end(request->ledger);
    if (is_read)
        json_object_set_new(document, "recompute", recompute_json(request->ledger));
    return is_read;
}

/* What is left out ------------------------------------------------------------------------------------------------- */

/* Whom a note is about; and whatever was typed about a hold on one person, which is about them, but for `people`. */
static void leave_out_whom(json_t *notes, bool people)
{
    size_t index;
    json_t *note;

    json_array_foreach(notes, index, note)
    {
        json_t *body = json_object_get(note, "body");

        json_object_del(body, "to"); /* of a test: masked, and still somebody's */
        json_object_del(body, "person");
        if (people || g_strcmp0(json_string_value(json_object_get(body, "scope")), "person") != 0)
            continue;
        json_object_set_new(body, "name", json_null());
        json_object_set_new(body, "reason", json_string(DISCREET_HIDDEN));
    }
}

static void mask(json_t *object, const char *member, const char *text)
{
    g_autofree char *masked = discreet_typed(text);

    if (strcmp(masked, text) != 0)
        json_object_set_new(object, member, json_string(masked));
}

/* What a person typed may name somebody: by these members, wherever they stand. */
static void mask_typed(json_t *value)
{
    static const char *const members[] = {"reason", "reason_for_delay", "facts", "detail"};
    const char *name;
    size_t index;
    json_t *child;

    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        if (json_is_string(json_object_get(value, members[i])))
            mask(value, members[i], json_string_value(json_object_get(value, members[i])));
    json_object_foreach(value, name, child) mask_typed(child);
    json_array_foreach(value, index, child) mask_typed(child);
}

/* The case -------------------------------------------------------------------------------------------------------- */

static json_t *accepted_json(const Findings *findings)
{
    json_t *list = json_array();

    for (size_t i = 0; findings && i < findings_accepted_count(findings); i++) {
        const FindingAccepted *accepted = findings_accepted(findings, i);

        json_array_append_new(list, json_pack("{s:s, s:s?, s:s?, s:s?}", "id", accepted->id, "about", accepted->about,
                                              "reason", accepted->reason, "by", accepted->by));
    }
    return list;
}

static void add_case(json_t *document, const Casework *casework)
{
    json_auto_t *work = casework_json(casework);

    json_object_set_new(document, "obligations", account_law(casework->lawbook));
    json_object_set_new(document, "regimes_unread", lawbook_unread_json(casework->lawbook));
    json_object_set_new(document, "filings", account_filings(casework->lawbook->state));
    json_object_update(document, work); /* closed, response, inquiries, decisions */
}

json_t *account_collect(const AccountRequest *request, GError **error)
{
    const Lawbook *lawbook = request->lawbook;
    Casework *casework = casework_new(lawbook);
    json_auto_t *document =
        json_pack("{s:s, s:o, s:s, s:o, s:b}", "schema", "breach.report/1", "made_at", clock_json_at(lawbook->now),
                  "status", playbook_status_name(material_status(lawbook->asked.material)), "incident",
                  account_incident(lawbook), "is_running", request->is_running);
    bool is_read = add_ledger(document, request, error);

    if (is_read) {
        add_case(document, casework);
        json_object_set_new(document, "accepted_findings", accepted_json(request->findings));
        json_object_set_new(document, "approvals", json_null()); /* this version has none */
        json_object_set_new(document, "timeline", account_timeline(document, casework, request->people));
        leave_out_whom(json_object_get(document, "notes"), request->people);
        mask_typed(document);
    }
    casework_free(casework);
    return is_read ? json_incref(document) : NULL;
}
