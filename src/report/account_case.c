/* What the playbook and the case record say. */
#include "model/regime.h"
#include "report/account_private.h"
#include "report/clock_json.h"
#include "report/clocks.h"
#include "report/filing_value.h"

/* In every language that the playbook has it in: the reader's is chosen when it is shown. */
static json_t *text_json(const LocaleText *text)
{
    g_autofree const char **locales = text ? locale_text_locales(text) : NULL;
    json_t *map;

    if (!text)
        return json_null();
    if (locale_text_is_plain(text))
        return json_string(locale_text_get(text, "en"));
    map = json_object();
    for (size_t i = 0; locales && locales[i]; i++)
        json_object_set_new(map, locales[i], json_string(locale_text_get(text, locales[i])));
    return map;
}

static json_t *count_json(int64_t count)
{
    return count < 0 ? json_null() : json_integer(count);
}

static json_t *affected_json(const Lawbook *lawbook)
{
    const Affected *given = &lawbook->playbook->affected;
    int64_t lower = given->given ? given->lower : -1, likely = given->given ? given->likely : -1,
            upper = given->given ? given->upper : -1;

    (void)case_state_affected(lawbook->state, &lower, &likely, &upper);
    return json_pack("{s:o, s:o, s:o}", "lower", count_json(lower), "likely", count_json(likely), "upper",
                     count_json(upper));
}

static json_t *kinds_json(const Playbook *playbook)
{
    json_t *list = json_array();

    for (guint i = 0; i < playbook->data_kinds->len; i++) {
        const DataKind *kind = g_ptr_array_index(playbook->data_kinds, i);

        json_array_append_new(list, json_pack("{s:s, s:o, s:b}", "name", kind->name, "label", text_json(kind->label),
                                              "sensitive", kind->sensitive));
    }
    return list;
}

/* In the words that authorities read: those of a notice speak to the reader. A fact that is unknown says as of when,
 * and when there will be news. */
static json_t *facts_json(const Playbook *playbook)
{
    json_t *facts = json_object();

    for (guint i = 0; i < playbook->facts->len; i++) {
        const Fact *fact = g_ptr_array_index(playbook->facts, i);
        const LocaleText *text = filing_fact(playbook, fact->name);
        json_t *value = text ? text_json(text)
                             : json_pack("{s:o, s:o}", "unknown_as_of", clock_json_time(fact->as_of), "next_update",
                                         clock_json_time(fact->next_update));

        json_object_set_new(facts, fact->name, value);
    }
    return facts;
}

json_t *account_incident(const Lawbook *lawbook)
{
    const Playbook *playbook = lawbook->playbook;
    int level = case_state_level(lawbook->state);

    return json_pack("{s:s, s:i, s:s?, s:s?, s:o, s:o, s:s, s:o, s:o, s:o, s:o}", "id", playbook->incident.id,
                     "edition", playbook->incident.edition, "kind", playbook->incident.kind, "severity",
                     playbook->incident.severity, "level", level > 0 ? json_integer(level) : json_null(),
                     "organization", text_json(playbook->organization.name), "default_locale", playbook->default_locale,
                     "times", clock_json_incident(&playbook->incident), "facts", facts_json(playbook), "data_kinds",
                     kinds_json(playbook), "affected", affected_json(lawbook));
}

/* Why a report was late, as whoever filed it said. */
static json_t *reason_of(const Lawbook *lawbook, const Obligation *obligation)
{
    const CaseFiling *filing = NULL;
    const char *reason;

    if (obligation->step && obligation->clock->is_filed) /* of several, or of several limbs, the one that counts */
        filing = case_state_filing_at(lawbook->state, obligation->regime->regime->id, obligation->clock->filed.at);
    reason = filing ? case_event_text(filing->event, "reason") : NULL;
    return reason ? json_string(reason) : json_null();
}

json_t *account_law(const Lawbook *lawbook)
{
    json_t *list = json_array();

    for (guint i = 0; i < lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(lawbook->obligations, i);
        json_t *item = clocks_obligation_json(obligation);

        if (obligation->step)
            json_object_set_new(item, "names", text_json(obligation->step->name));
        json_object_set_new(item, "reason_for_delay", reason_of(lawbook, obligation));
        json_array_append_new(list, item);
    }
    return list;
}

json_t *account_filings(const CaseState *state)
{
    json_t *list = json_array();

    for (guint i = 0; i < state->filings->len; i++) {
        const CaseEvent *event = ((const CaseFiling *)g_ptr_array_index(state->filings, i))->event;
        json_t *copy = json_deep_copy(event->body);

        json_object_set_new(copy, "recorded_at", clock_json_at(event->at));
        json_object_set_new(copy, "recorded_by", json_string(event->by));
        json_array_append_new(list, copy);
    }
    return list;
}
