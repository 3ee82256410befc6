#include "cli/contradictions.h"

#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "model/severity.h"
#include "report/clocks.h"

#define STAGE FINDING_REPORT

typedef struct Look {
    const Lawbook *lawbook;
    const Playbook *playbook;
    const Law *law;
    Findings *findings;
} Look;

static const ObligationRegime *row_at(const Look *look, guint index)
{
    return &g_array_index(look->lawbook->statutes->regimes, ObligationRegime, index);
}

static Position whole_playbook(const Look *look)
{
    return position_make(look->playbook->path, 0, 0);
}

static const LawVariable *find_variable(const GPtrArray *variables, const char *name)
{
    for (guint i = 0; i < variables->len; i++) {
        const LawVariable *variable = g_ptr_array_index(variables, i);

        if (strcmp(variable->name, name) == 0 && !variable->is_wrong)
            return variable;
    }
    return NULL;
}

static int64_t number_of(const char *text)
{
    return text ? g_ascii_strtoll(text, NULL, 10) : -1;
}

/* Levels -------------------------------------------------------------------------------------------------------------
 */

/* A level that no scale of the playbook has is a slip, or one of a list that counts the other way round. */
static void check_level_exists(const Look *look)
{
    int level = look->playbook->incident.level;
    const SeverityScale *scale = NULL;

    for (guint i = 0; level > 0 && i < look->lawbook->statutes->regimes->len; i++) {
        const ObligationRegime *row = row_at(look, i);

        if (row->scale && severity_level(row->scale, level))
            return;
        scale = row->scale ? row->scale : scale;
    }
    if (scale)
        findings_error(look->findings, STAGE, "regime-level-none", whole_playbook(look),
                       N_("incident.level is %d, and %s has no such level: write the one that a person confirmed"),
                       level, scale->id);
}

/* Two places ---------------------------------------------------------------------------------------------------------
 */

static void say_twice(const Look *look, const LawVariable *variable, const char *other, const char *there)
{
    findings_warning(
        look->findings, STAGE, "regime-value-twice", variable->at,
        N_("variables say %s is %s, and %s says %s: variables decide what the laws ask; write it in one place"),
        variable->name, variable->upper ? variable->upper : variable->lower, other, there);
}

static void check_level_twice(const Look *look)
{
    const LawVariable *variable = find_variable(look->law->variables, "level");
    g_autofree char *level = g_strdup_printf("%d", look->playbook->incident.level);

    if (variable && look->playbook->incident.level > 0 && g_strcmp0(variable->likely, level) != 0)
        say_twice(look, variable, "incident.level", level);
}

static void check_role_twice(const Look *look)
{
    const LawVariable *variable = find_variable(look->law->variables, "role");
    const char *role = look->playbook->organization.role;

    if (variable && role && g_strcmp0(variable->likely, role) != 0)
        say_twice(look, variable, "organization.role", role);
}

/* Of the kinds that leaked one is sensitive by the vocabulary. */
static void check_sensitive(const Look *look, const GPtrArray *variables)
{
    const LawVariable *variable = find_variable(variables, "sensitive");

    for (guint i = 0; variable && g_strcmp0(variable->likely, "false") == 0 && i < look->playbook->data_kinds->len;
         i++) {
        const DataKind *kind = g_ptr_array_index(look->playbook->data_kinds, i);

        if (kind->sensitive) {
            say_twice(look, variable, "facts.data_kinds", kind->name);
            return;
        }
    }
}

static int64_t most_of(const Affected *affected)
{
    return affected->upper >= 0 ? affected->upper : affected->likely;
}

static void check_affected_twice(const Look *look)
{
    const LawVariable *variable = find_variable(look->law->variables, "affected");
    const Affected *affected = &look->playbook->affected;
    g_autofree char *most = g_strdup_printf("%" G_GINT64_FORMAT, most_of(affected));

    if (variable && affected->given && most_of(affected) >= 0 && number_of(variable->upper) != most_of(affected))
        say_twice(look, variable, "facts.affected", most);
}

/* What was recorded since decides clocks and reports, and what the public reads is the playbook's. */
static void check_recorded(const Look *look)
{
    const CaseValue *value = case_state_value(look->lawbook->state, CASE_AFFECTED, "affected");
    int64_t lower, likely, upper;
    g_autofree char *recorded = NULL, *written = NULL;

    if (!value || !value->playbook || json_is_null(value->playbook) || json_equal(value->now, value->playbook) ||
        !case_state_affected(look->lawbook->state, &lower, &likely, &upper))
        return;
    upper = upper >= 0 ? upper : MAX(likely, lower);
    if (upper == most_of(&look->playbook->affected))
        return;
    recorded = text_grouped(upper);
    written = text_grouped(MAX(most_of(&look->playbook->affected), 0));
    findings_warning(
        look->findings, STAGE, "regime-value-twice", whole_playbook(look),
        N_("the case record says that at most %s people are affected, and facts.affected says %s: clocks and "
           "reports go by the record, and readers are shown the playbook's: write it there, too"),
        recorded, written);
}

/* A part of the people, in a state or under one law, is more than all of them. */
static void check_part(const Look *look, const GPtrArray *variables, const char *name)
{
    const LawVariable *variable = find_variable(variables, name);
    int64_t lower, likely, upper, least = variable ? number_of(variable->lower) : -1;
    g_autofree char *part = NULL, *all = NULL;

    if (variable && least < 0)
        least = number_of(variable->likely);
    if (!variable || !case_state_affected(look->lawbook->state, &lower, &likely, &upper))
        return;
    upper = upper >= 0 ? upper : likely;
    if (upper < 0 || least <= upper)
        return;
    part = text_grouped(least);
    all = text_grouped(upper);
    findings_warning(
        look->findings, STAGE, "regime-value-twice", variable->at,
        N_("%s is %s at least, which is more than all people affected (at most %s): correct one of the two"), name,
        part, all);
}

static void check_values(const Look *look)
{
    check_level_twice(look);
    check_role_twice(look);
    check_affected_twice(look);
    check_recorded(look);
    check_sensitive(look, look->law->variables);
    check_part(look, look->law->variables, "affected_state");
    for (guint i = 0; i < look->law->regimes->len; i++) {
        const LawRegime *entry = g_ptr_array_index(look->law->regimes, i);

        check_sensitive(look, entry->variables);
        check_part(look, entry->variables, "affected");
        check_part(look, entry->variables, "affected_state");
    }
}

/* One number cannot count the residents of two states. */
static void check_states(const Look *look)
{
    const LawVariable *variable = find_variable(look->law->variables, "affected_state");
    const ObligationRegime *first = NULL;

    for (guint i = 0; variable && i < look->law->regimes->len; i++) {
        const ObligationRegime *row = row_at(look, i);
        g_autofree const char **names = row->regime ? regime_variable_ids(row->regime) : NULL;

        if (!names || !g_strv_contains(names, variable->name) || find_variable(row->entry->variables, variable->name))
            continue;
        if (first) {
            findings_warning(
                look->findings, STAGE, "regime-value-shared", variable->at,
                N_("affected_state counts the residents of one state, and %s and %s both go by this number: "
                   "write it under variables of each"),
                first->entry->id, row->entry->id);
            return;
        }
        first = row;
    }
}

/* Times --------------------------------------------------------------------------------------------------------------
 */

static bool is_after(const RegimeTime *time, int64_t than)
{
    return law_time_at(time) - than > (time->is_day ? CLOCK_DAY + 12 * CLOCK_HOUR : 0);
}

/* Whoever has confirmed what happened is aware of it, and clocks that run from later end too late. */
static void check_confirmed(const Look *look, const LawRegime *entry)
{
    static const char *const names[] = {"awareness", "discovery"};
    const Moment *confirmed = &look->playbook->incident.confirmed_at;

    for (size_t i = 0; confirmed->known && i < G_N_ELEMENTS(names); i++) {
        RegimeTime time = {0};
        g_autofree char *later = NULL, *earlier = NULL;

        if (!case_state_anchor(look->lawbook->state, entry ? entry->id : NULL, names[i], &time, NULL) ||
            !is_after(&time, confirmed->at))
            continue;
        later = law_time_text(&time);
        earlier = moment_format_rfc3339(*confirmed);
        findings_warning(
            look->findings, STAGE, "regime-anchor-order", entry ? entry->at : whole_playbook(look),
            N_("%s (%s) lies after incident.confirmed_at (%s): whoever has confirmed an incident is aware of "
               "it, and clocks that run from later end too late"),
            names[i], later, earlier);
    }
}

static void check_times(const Look *look)
{
    check_confirmed(look, NULL);
    for (guint i = 0; i < look->law->regimes->len; i++) {
        const LawRegime *entry = g_ptr_array_index(look->law->regimes, i);

        for (guint k = 0; k < entry->anchors->len; k++)
            if (strcmp(((const LawAnchor *)g_ptr_array_index(entry->anchors, k))->name, "occurrence") != 0) {
                check_confirmed(look, entry);
                break;
            }
    }
}

/* Somebody confirmed it, and nobody wrote when it was detected: no clock runs that counts from there. */
static void check_detected(const Look *look)
{
    const Moment *confirmed = &look->playbook->incident.confirmed_at;
    g_autofree char *at = confirmed->known ? moment_format_rfc3339(*confirmed) : NULL;
    guint count = 0;

    for (guint i = 0; at && i < look->lawbook->obligations->len; i++) {
        const RegimeClockResult *clock = ((const Obligation *)g_ptr_array_index(look->lawbook->obligations, i))->clock;

        count += clock->state == REGIME_ANCHOR_MISSING && (g_strcmp0(clock->missing_anchor, "awareness") == 0 ||
                                                           g_strcmp0(clock->missing_anchor, "discovery") == 0)
                     ? 1
                     : 0;
    }
    if (count > 0)
        findings_warning(
            look->findings, STAGE, "regime-not-detected", whole_playbook(look),
            N_("the incident was confirmed (%s), and incident.detected_at is not given, so that clocks that "
               "count from it stand still: %u; write it: it is no later than that"),
            at, count);
}

/* A report that was made before its clock began: the time from which it runs was moved behind it. */
static void check_filings(const Look *look)
{
    for (guint i = 0; i < look->lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(look->lawbook->obligations, i);
        const RegimeClockResult *clock = obligation->clock;
        g_autofree char *filed = NULL, *start = NULL;

        if (clock->state != REGIME_FILED || !obligation->step || obligation->step->from.kind != REGIME_FROM_ANCHOR ||
            !clock->has_start || clock->filed.at >= clock->start.at)
            continue;
        filed = clocks_time(clock->filed);
        start = clocks_time(clock->start);
        findings_warning(
            look->findings, STAGE, "regime-filed-early", obligation->regime->entry->at,
            N_("%s was filed %s, before %s (%s), from which its clock runs: one of the two is wrong, and the "
               "authority has the report"),
            obligation->id, filed, obligation->step->from.name, start);
    }
}

/* Regimes ------------------------------------------------------------------------------------------------------------
 */

static bool is_listed(const json_t *ids, const char *id)
{
    size_t index;
    const json_t *each;

    json_array_foreach(ids, index, each) if (g_strcmp0(json_string_value(each), id) == 0) return true;
    return false;
}

/* A regime that was named before, and is no more: its clocks are gone, and nobody would miss them. */
static void check_dropped(const Look *look)
{
    const CaseValue *value = case_state_value(look->lawbook->state, CASE_REGIMES, "regimes");
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; value && i < value->history->len; i++) {
        const CaseEvent *event = g_ptr_array_index(value->history, i);
        const json_t *before = json_object_get(event->body, "old");
        size_t index;
        const json_t *each;

        json_array_foreach(before, index, each)
        {
            const char *id = json_string_value(each);

            if (id && !is_listed(value->now, id) && g_hash_table_add(seen, (gpointer)id))
                findings_warning(
                    look->findings, STAGE, "regime-dropped", whole_playbook(look),
                    N_("%s was among regimes and is not any more, so that its clocks are gone: put it back, or "
                       "accept this with the reason why it does not bind"),
                    id);
        }
    }
}

void contradictions_check(const Lawbook *lawbook, Findings *findings)
{
    const Look look = {
        .lawbook = lawbook, .playbook = lawbook->playbook, .law = lawbook->playbook->law, .findings = findings};

    check_level_exists(&look);
    check_values(&look);
    check_states(&look);
    check_times(&look);
    check_detected(&look);
    check_filings(&look);
    check_dropped(&look);
}
