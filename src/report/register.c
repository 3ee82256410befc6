#include "report/register.h"

#include "base/clock.h"
#include "base/language.h"
#include "model/identity.h"
#include "report/clock_json.h"
#include "report/filing_value.h"

/* Values ---------------------------------------------------------------------------------------------------------- */

/* In the playbook's own language, else in whatever there is: a register is read by people who know the case. */
static json_t *text_json(const LocaleText *text, const char *locale)
{
    const char *found = text ? locale_text_get(text, locale) : NULL;
    g_autofree const char **locales = text && !found ? locale_text_locales(text) : NULL;

    if (!found && locales && *locales)
        found = locale_text_get(text, *locales);
    return found ? json_string(found) : json_null();
}

static json_t *texts_json(const GPtrArray *texts, const char *locale)
{
    json_t *list = json_array();

    for (guint i = 0; i < texts->len; i++)
        json_array_append_new(list, text_json(g_ptr_array_index(texts, i), locale));
    return list;
}

/* In the words that authorities read: those of a notice speak to the reader. */
static json_t *facts_json(const Playbook *playbook)
{
    json_t *facts = json_object();
    json_t *kinds = json_array();

    for (guint i = 0; i < playbook->facts->len; i++) {
        const Fact *fact = g_ptr_array_index(playbook->facts, i);
        const LocaleText *text = filing_fact(playbook, fact->name);

        json_object_set_new(facts, fact->name,
                            text ? text_json(text, playbook->default_locale)
                                 : json_pack("{s:o, s:o}", "unknown_as_of", clock_json_time(fact->as_of), "next_update",
                                             clock_json_time(fact->next_update)));
    }
    for (guint i = 0; i < playbook->data_kinds->len; i++)
        json_array_append_new(kinds, json_string(((const DataKind *)g_ptr_array_index(playbook->data_kinds, i))->name));
    json_object_set_new(facts, "data_kinds", kinds);
    return facts;
}

static json_t *affected_json(const CaseState *state, const Affected *given)
{
    int64_t lower = given->given ? given->lower : -1, likely = given->given ? given->likely : -1,
            upper = given->given ? given->upper : -1;

    (void)case_state_affected(state, &lower, &likely, &upper);
    return json_pack("{s:o, s:o, s:o}", "lower", lower < 0 ? json_null() : json_integer(lower), "likely",
                     likely < 0 ? json_null() : json_integer(likely), "upper",
                     upper < 0 ? json_null() : json_integer(upper));
}

/* How a value became what it is, as it was recorded. */
static json_t *history_json(const CaseValue *value)
{
    json_t *list = json_array();

    for (guint i = 0; i < value->history->len; i++) {
        const CaseEvent *event = g_ptr_array_index(value->history, i);
        g_autofree char *at = clock_format_utc(event->at);
        json_t *now = json_object_get(event->body, "new");

        json_array_append_new(list, json_pack("{s:O, s:s, s:s, s:s*}", "value", now ? now : json_null(), "recorded_at",
                                              at, "recorded_by", event->by, "why", case_event_text(event, "why")));
    }
    return list;
}

/* The values of a kind, those alone whose name ends so. */
static json_t *values_json(const CaseState *state, CaseKind kind, const char *ending)
{
    json_t *values = json_object();

    for (guint i = 0; i < state->values->len; i++) {
        const CaseValue *value = g_ptr_array_index(state->values, i);

        if (value->kind == kind && g_str_has_suffix(value->name, ending))
            json_object_set_new(values, value->name, history_json(value));
    }
    return values;
}

static json_t *counts_json(const CaseState *state)
{
    const CaseValue *value = case_state_value(state, CASE_AFFECTED, "affected");

    return value ? history_json(value) : json_array();
}

static json_t *events_json(const CaseState *state)
{
    json_t *list = json_array();

    for (guint i = 0; i < state->events->len; i++) {
        const CaseEvent *event = g_ptr_array_index(state->events, i);
        g_autofree char *at = clock_format_utc(event->at);

        if (event->kind != CASE_WARNING && event->kind != CASE_LOOKUP)
            json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:O}", "at", at, "by", event->by, "kind",
                                                  case_kind_name(event->kind), "body", event->body));
    }
    return list;
}

static json_t *filings_json(const CaseState *state)
{
    json_t *list = json_array();

    for (guint i = 0; i < state->filings->len; i++)
        json_array_append(list, ((const CaseFiling *)g_ptr_array_index(state->filings, i))->event->body);
    return list;
}

/* How far the notices are, in numbers alone. */
static json_t *notices_json(Ledger *ledger, GError **error)
{
    LedgerCounts counts;
    json_t *told;

    if (!ledger)
        return json_null();
    if (!ledger_counts(ledger, &counts, error))
        return NULL;
    told = json_object();
    json_object_set_new(told, "people", json_integer(counts.people));
    for (int i = 0; i < TOLD_STATES; i++)
        json_object_set_new(told, identity_told_name((Told)i), json_integer(counts.told[i]));
    return told;
}

json_t *register_json(const Casework *casework, Ledger *ledger, GError **error)
{
    const Playbook *playbook = casework->lawbook->playbook;
    const CaseState *state = casework->lawbook->state;
    const char *locale = playbook->default_locale;
    json_t *notices = notices_json(ledger, error);
    g_autofree char *at = clock_format_utc(casework->lawbook->now);
    json_t *work;
    json_t *document;

    if (!notices)
        return NULL;
    work = casework_json(casework);
    document = json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:{s:o, s:o, s:o, s:o, s:o, s:o}, s:{s:o, s:o}, s:{s:o, s:o, s:o, s:o}, s:o, s:o, "
        "s:o, s:o, s:o}",
        "schema", "breach.register/1", "incident", playbook->incident.id, "status",
        playbook_status_name(material_status(casework->lawbook->asked.material)), "made_at", at, "organization",
        text_json(playbook->organization.name, locale), "facts", "times", clock_json_incident(&playbook->incident),
        "what", facts_json(playbook), "affected", affected_json(state, &playbook->affected), "anchors",
        values_json(state, CASE_ANCHOR, ""), "counts", counts_json(state), "own_counts",
        values_json(state, CASE_VARIABLE, "/affected"), "effects", "impact", texts_json(playbook->impact, locale),
        "notices", notices, "remedial_action", "taken", texts_json(playbook->measures_taken, locale), "planned",
        texts_json(playbook->measures_planned, locale), "advice", texts_json(playbook->advice, locale), "remedies",
        texts_json(playbook->remedies, locale), "filings", filings_json(state), "decisions",
        json_incref(json_object_get(work, "decisions")), "response", json_incref(json_object_get(work, "response")),
        "closed", json_incref(json_object_get(work, "closed")), "events", events_json(state));
    json_decref(work);
    return document;
}

/* Text ------------------------------------------------------------------------------------------------------------ */

static void append_value(GString *text, const char *name, const json_t *value, int depth);

static void append_members(GString *text, const json_t *object, int depth)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)object, name, value) append_value(text, name, value, depth);
}

static void append_items(GString *text, const json_t *list, int depth)
{
    size_t index;
    json_t *value;

    json_array_foreach(list, index, value)
    {
        g_autofree char *number = json_is_object(value) ? g_strdup_printf("%zu", index + 1) : NULL;

        append_value(text, number, value, depth);
    }
}

/* A text of several lines stays within its item: a line of it that looks like a heading opens no part of the register.
 */
static char *within_item(const char *text, int depth)
{
    g_autofree char *trimmed = g_strchomp(g_strdup(text));
    g_auto(GStrv) lines = g_strsplit(trimmed, "\n", -1);
    g_autofree char *margin = g_strdup_printf("\n%*s> ", depth * 2 + 2, "");

    return g_strjoinv(margin, lines);
}

/* Everything that there is, as a list within lists: nothing is left out of a register for its looks. */
static void append_value(GString *text, const char *name, const json_t *value, int depth)
{
    g_autofree char *scalar = json_is_string(value) ? within_item(json_string_value(value), depth)
                              : json_is_null(value) ? g_strdup("-")
                              : json_is_object(value) || json_is_array(value) ? NULL
                                                                              : json_dumps(value, JSON_ENCODE_ANY);

    g_string_append_printf(text, "%*s- %s%s%s\n", depth * 2, "", name ? name : "",
                           name && scalar ? ": "
                           : name         ? ":"
                                          : "",
                           scalar ? scalar : "");
    if (json_is_object(value))
        append_members(text, value, depth + 1);
    else if (json_is_array(value))
        append_items(text, value, depth + 1);
}

char *register_text(const json_t *document)
{
    static const struct {
        const char *member, *heading;
    } parts[] = {{"facts", N_("Facts of the breach")},
                 {"effects", N_("Effects")},
                 {"remedial_action", N_("Remedial action")},
                 {"decisions", N_("Decisions not to tell, or to wait")},
                 {"filings", N_("Reports to authorities")},
                 {"response", N_("Response steps")},
                 {"closed", N_("Closed")}};
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, _("# Register of breaches (GDPR art. 33(5)): %s\n\n%s, made %s\n"),
                           json_string_value(json_object_get(document, "incident")),
                           json_string_value(json_object_get(document, "status")),
                           json_string_value(json_object_get(document, "made_at")));
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        const json_t *value = json_object_get(document, parts[i].member);

        g_string_append_printf(text, "\n## %s\n\n", _(parts[i].heading));
        if (json_is_object(value))
            append_members(text, value, 0);
        else if (json_array_size(value) > 0)
            append_items(text, value, 0);
        else
            g_string_append(text, _("None.\n"));
    }
    return g_string_free(text, FALSE);
}
