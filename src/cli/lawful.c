#include "cli/lawful.h"

#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/contradictions.h"
#include "cli/obligations.h"
#include "model/regime_names.h"
#include "model/report_source.h"

#define STAGE     FINDING_REPORT
#define VARIABLES "variables."      /* of sources */
#define FAR_EAST  (14 * CLOCK_HOUR) /* of UTC: where a day begins first */
#define DAY_SLACK (36 * CLOCK_HOUR) /* a day alone and an instant that may be the same time */

typedef struct Look {
    const Lawbook *lawbook;
    const Playbook *playbook;
    Findings *findings;
    bool is_whole; /* every regime could be loaded */
} Look;

static const ObligationRegime *row_at(const Look *look, guint index)
{
    return &g_array_index(look->lawbook->statutes->regimes, ObligationRegime, index);
}

static Position whole_playbook(const Look *look)
{
    return position_make(look->playbook->path, 0, 0);
}

/* How sure the data is ------------------------------------------------------------------------------------------- */

static void append_unverified(const Regime *regime, GString *list)
{
    guint count = 0;

    for (guint i = 0; i < regime->steps->len; i++)
        count += regime_step_is_unverified(regime, g_ptr_array_index(regime->steps, i)) ? 1 : 0;
    if (count == 0 && !regime_step_is_unverified(regime, NULL))
        return;
    g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", regime->id);
    if (count > 0)
        g_string_append_printf(list, _(" (%u of %u steps)"), count, regime->steps->len);
    else
        g_string_append(list, _(" (its lists of fields)"));
}

static void check_confidence(const Look *look)
{
    g_autoptr(GString) list = g_string_new(NULL);
    Position at = whole_playbook(look);

    for (guint i = 0; i < look->lawbook->statutes->regimes->len; i++) {
        const ObligationRegime *row = row_at(look, i);

        if (!row->regime)
            continue;
        if (list->len == 0)
            at = row->entry->at;
        append_unverified(row->regime, list);
    }
    if (list->len > 0)
        findings_warning(look->findings, STAGE, "regime-unverified", at,
                         N_("not confirmed in a primary text: %s; have a lawyer read them before you rely on them"),
                         list->str);
}

/* Whether it binds ------------------------------------------------------------------------------------------------ */

/* The day of an anchor in the regime's zone; CIVIL_DAY_NONE: nobody has said it. */
static CivilDay day_of_anchor(const Look *look, const ObligationRegime *row, const char *name)
{
    RegimeTime time = {0};

    if (!case_state_anchor(look->lawbook->state, row->entry->id, name, &time, NULL))
        return CIVIL_DAY_NONE;
    return time.is_day ? time.day : civil_day_of(time.moment.at, row->zone ? row->zone : row->regime->zone);
}

/* As regime_clock has it: what nobody need have seen is judged by when it was known, or by now. */
static CivilDay day_of_knowledge(const Look *look, const ObligationRegime *row)
{
    CivilDay known = MAX(day_of_anchor(look, row, "discovery"), day_of_anchor(look, row, "awareness"));

    if (!regime_starts_unseen(row->regime))
        return CIVIL_DAY_NONE;
    return known != CIVIL_DAY_NONE ? known
                                   : civil_day_of(look->lawbook->now, row->zone ? row->zone : row->regime->zone);
}

static void check_force(const Look *look, const ObligationRegime *row)
{
    const Regime *regime = row->regime;
    g_autofree char *from = civil_day_format(regime->effective_from);
    g_autofree char *to = civil_day_format(regime->effective_to);

    if (!regime->is_enabled) {
        findings_warning(look->findings, STAGE, "regime-not-enabled", row->entry->at,
                         N_("%s is switched off (%s): its clocks are shown because the playbook names it"), regime->id,
                         regime_status_name(regime->status));
        return;
    }
    /* an anchor that is missing is said by the clocks */
    switch (regime_force(regime, day_of_anchor(look, row, regime->clock_starts), day_of_knowledge(look, row))) {
    case REGIME_BINDS_LATER:
        findings_warning(look->findings, STAGE, "regime-not-in-force", row->entry->at,
                         N_("%s binds from %s, which is after this incident: none of its steps applies"), regime->id,
                         from);
        break;
    case REGIME_BOUND_EARLIER:
        findings_warning(look->findings, STAGE, "regime-not-in-force", row->entry->at,
                         N_("%s bound until %s, which is before this incident: none of its steps applies"), regime->id,
                         to);
        break;
    default:
        break;
    }
}

/* Times ------------------------------------------------------------------------------------------------------------ */

/* What cannot come before what. */
static const struct {
    const char *earlier, *later;
} orders[] = {
    {"occurrence", "discovery"},
    {"occurrence", "awareness"},
    {"discovery", "awareness"},
    {"awareness", "classification_major"},
    {"awareness", "determination"},
    {"awareness", "assessment_notifiable"},
    {"discovery", "materiality_determination"},
    {"suspicion", "belief"},
    {"belief", "statement_prepared"},
    {"occurrence", "ascertained"},
    {"occurrence", "payment"},
    {"awareness", "handling_end"},
    {"awareness", "response_end"},
    {"awareness", "individuals_notified"},
    {"awareness", "regulator_notified"},
    {"awareness", "info_available"},
};

/* Where an anchor was said: in the playbook, or (of the case record) nowhere in it. */
static Position anchor_at(const Look *look, const LawRegime *entry, const char *name)
{
    const LawAnchor *said = NULL;
    RegimeTime time;

    if (law_anchor(look->playbook, entry, name, &time, &said) && said)
        return said->at;
    return entry ? entry->at : whole_playbook(look);
}

static bool is_after(const RegimeTime *a, const RegimeTime *b)
{
    int64_t slack = a->is_day || b->is_day ? DAY_SLACK : 0;

    return law_time_at(a) - law_time_at(b) > slack;
}

static void check_order(const Look *look, const LawRegime *entry)
{
    const char *regime = entry ? entry->id : NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        RegimeTime earlier = {0}, later = {0};
        g_autofree char *first = NULL, *second = NULL;

        if (!case_state_anchor(look->lawbook->state, regime, orders[i].earlier, &earlier, NULL) ||
            !case_state_anchor(look->lawbook->state, regime, orders[i].later, &later, NULL) ||
            !is_after(&earlier, &later))
            continue;
        first = law_time_text(&earlier);
        second = law_time_text(&later);
        findings_warning(look->findings, STAGE, "regime-anchor-order", anchor_at(look, entry, orders[i].later),
                         N_("%s (%s) lies before %s (%s): one of the two is wrong, and clocks run from them"),
                         orders[i].later, second, orders[i].earlier, first);
    }
}

static bool is_counted_from(const Look *look, const char *name)
{
    for (guint i = 0; i < look->lawbook->statutes->regimes->len; i++) {
        const ObligationRegime *row = row_at(look, i);
        g_autofree const char **ids = row->regime ? regime_anchor_ids(row->regime) : NULL;

        if (ids && g_strv_contains(ids, name))
            return true;
    }
    return false;
}

static void check_anchor(const Look *look, const LawAnchor *anchor)
{
    int64_t ahead = law_time_at(&anchor->time) - look->lawbook->now - (anchor->time.is_day ? FAR_EAST : 0);
    const char *meant = regime_anchor_find(anchor->name) ? NULL : regime_anchor_nearest(anchor->name);
    g_autofree char *time = law_time_text(&anchor->time);

    if (ahead > 0)
        findings_warning(look->findings, STAGE, "regime-anchor-future", anchor->at,
                         N_("%s is still to come (%s): a clock cannot run from it yet"), anchor->name, time);
    if (!look->is_whole || is_counted_from(look, anchor->name))
        return;
    if (meant)
        findings_warning(look->findings, STAGE, "regime-anchor-unused", anchor->at,
                         N_("no clock of this playbook runs from \"%s\": did you mean %s?"), anchor->name, meant);
    else if (!regime_anchor_find(anchor->name))
        findings_warning(look->findings, STAGE, "regime-anchor-unused", anchor->at,
                         N_("no clock of this playbook runs from \"%s\": correct it, or remove it"), anchor->name);
}

static void check_anchors(const Look *look)
{
    const Law *law = look->playbook->law;

    for (guint i = 0; i < law->anchors->len; i++)
        check_anchor(look, g_ptr_array_index(law->anchors, i));
    check_order(look, NULL);
    for (guint i = 0; i < law->regimes->len; i++) {
        const LawRegime *entry = g_ptr_array_index(law->regimes, i);

        for (guint k = 0; k < entry->anchors->len; k++)
            check_anchor(look, g_ptr_array_index(entry->anchors, k));
        if (entry->anchors->len > 0) /* else it has the same times as all */
            check_order(look, entry);
    }
}

/* Variables -------------------------------------------------------------------------------------------------------- */

static void add_names(GPtrArray *names, const char **ids)
{
    for (const char **id = ids; *id; id++)
        g_ptr_array_add(names, (gpointer)*id);
    g_free(ids);
}

/* Reports may tell the value of a variable, too. */
static void add_told(GPtrArray *names, const GPtrArray *fields)
{
    for (guint i = 0; i < fields->len; i++) {
        const RegimeField *field = g_ptr_array_index(fields, i);
        g_autoptr(GPtrArray) uses = report_source_parse(field->source, NULL);

        for (guint k = 0; uses && k < uses->len; k++) {
            const char *name = ((const ReportSourceUse *)g_ptr_array_index(uses, k))->name;

            if (g_str_has_prefix(name, VARIABLES))
                g_ptr_array_add(names, (gpointer)g_intern_string(name + strlen(VARIABLES)));
            else if (strcmp(name, "affected") == 0) /* of whom a regime protects, as a regime may say it */
                g_ptr_array_add(names, (gpointer)g_intern_string(name));
        }
    }
}

/* What the regimes and their scales ask for, or `only` one of them, borrowed, ending with NULL. */
static GPtrArray *asked_names(const Look *look, const LawRegime *only)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < look->lawbook->statutes->regimes->len; i++) {
        const ObligationRegime *row = row_at(look, i);

        if (only && row->entry != only)
            continue;
        if (row->regime) {
            add_names(names, regime_variable_ids(row->regime));
            add_told(names, row->regime->regulator_fields);
        }
        if (row->scale)
            add_names(names, severity_variable_ids(row->scale));
    }
    g_ptr_array_add(names, NULL);
    return names;
}

static void check_use(const Look *look, const LawVariable *variable, const char *const *asked)
{
    const char *meant = text_nearest(variable->name, asked);

    if (!look->is_whole || g_strv_contains(asked, variable->name))
        return;
    if (meant)
        findings_warning(look->findings, STAGE, "regime-variable-unused", variable->at,
                         N_("no regime of this playbook asks for \"%s\": did you mean %s?"), variable->name, meant);
    else
        findings_warning(look->findings, STAGE, "regime-variable-unused", variable->at,
                         N_("no regime of this playbook asks for \"%s\": correct it, or remove it"), variable->name);
}

/* One that is asked for, and not by the regime under which it stands: what it decides goes on as not known. */
static void check_own(const Look *look, const LawRegime *entry, const char *const *asked)
{
    g_autoptr(GPtrArray) names = asked_names(look, entry);

    for (guint i = 0; i < entry->variables->len; i++) {
        const LawVariable *variable = g_ptr_array_index(entry->variables, i);

        check_use(look, variable, asked);
        if (look->is_whole && strcmp(variable->name, "role") != 0 && g_strv_contains(asked, variable->name) &&
            !g_strv_contains((const char *const *)names->pdata, variable->name))
            findings_warning(look->findings, STAGE, "regime-variable-unused", variable->at,
                             N_("%s does not ask for \"%s\", and under it no other regime knows it: move it to the regime "
                                "that does, or to variables of the playbook"),
                             entry->id, variable->name);
    }
}

static void check_variables(const Look *look)
{
    const Law *law = look->playbook->law;
    g_autoptr(GPtrArray) names = asked_names(look, NULL);
    const char *const *asked = (const char *const *)names->pdata;

    for (guint i = 0; i < law->variables->len; i++)
        check_use(look, g_ptr_array_index(law->variables, i), asked);
    for (guint i = 0; i < law->regimes->len; i++)
        check_own(look, g_ptr_array_index(law->regimes, i), asked);
}

/* Levels ----------------------------------------------------------------------------------------------------------- */

static int confirmed_level(const Look *look, const ObligationRegime *row)
{
    RegimeValue value = {0};

    if (case_state_variable(look->lawbook->state, row->entry->id, "level", &value) && value.likely)
        return (int)g_ascii_strtoll(value.likely, NULL, 10);
    return case_state_level(look->lawbook->state);
}

static void check_level(const Look *look, const ObligationRegime *row)
{
    g_autoptr(SeverityProposal) proposal = obligation_propose(&look->lawbook->request, row);
    int confirmed = confirmed_level(look, row);
    g_autofree char *proposed = severity_level_text(row->scale, proposal->level);
    g_autofree char *current = severity_level_text(row->scale, confirmed);
    const char *why =
        proposal->reasons->len > 0 ? ((const SeverityReason *)g_ptr_array_index(proposal->reasons, 0))->text : "";

    if (confirmed > 0 && proposal->level > confirmed)
        findings_warning(look->findings, STAGE, "regime-level-above", row->entry->at,
                         N_("%s proposes %s, and %s was confirmed (%s): confirm the level again"), row->scale->id,
                         proposed, current, why);
    else if (confirmed == 0 && proposal->question)
        findings_warning(look->findings, STAGE, "regime-level-open", row->entry->at,
                         N_("nobody has confirmed the level by %s: %s"), row->scale->id, proposal->question);
    else if (confirmed == 0)
        findings_warning(look->findings, STAGE, "regime-level-open", row->entry->at,
                         N_("nobody has confirmed the level by %s; %s is proposed (%s)"), row->scale->id, proposed,
                         why);
}

/* Each scale once, whatever number of regimes grades by it. */
static void check_levels(const Look *look)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (guint i = 0; i < look->lawbook->statutes->regimes->len; i++) {
        const ObligationRegime *row = row_at(look, i);

        if (row->regime && row->scale && g_hash_table_add(seen, (gpointer)row->scale))
            check_level(look, row);
    }
}

/* Years ------------------------------------------------------------------------------------------------------------ */

static void check_years(const Look *look)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < look->lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(look->lawbook->obligations, i);
        const RegimeClockResult *clock = obligation->clock;
        Position at = obligation->regime ? obligation->regime->entry->at : whole_playbook(look);

        if (!clock->missing_calendar || clock->missing_year == 0 || !obligation_is_open(obligation) ||
            !g_hash_table_add(seen, g_strdup_printf("%s %d", clock->missing_calendar, clock->missing_year)))
            continue;
        findings_warning(look->findings, STAGE, "regime-calendar-year", at,
                         N_("%s needs the working days of %d, which the calendar %s does not have: add the year to "
                            "calendars/%s.yaml beside the playbook"),
                         obligation->id, clock->missing_year, clock->missing_calendar, clock->missing_calendar);
    }
}

void lawful_check(Workspace *workspace)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Lawbook) lawbook =
        obligations_are_asked(workspace) ? obligations_lawbook(workspace, false, &error) : NULL;
    Look look = {.lawbook = lawbook, .findings = workspace->findings, .is_whole = true};

    if (!lawbook)
        return; /* a record that cannot be read is said beside the verdict */
    look.playbook = lawbook->playbook;
    for (guint i = 0; i < lawbook->statutes->regimes->len; i++)
        if (!row_at(&look, i)->regime)
            look.is_whole = false;
    check_confidence(&look);
    for (guint i = 0; i < lawbook->statutes->regimes->len; i++)
        if (row_at(&look, i)->regime)
            check_force(&look, row_at(&look, i));
    check_anchors(&look);
    check_variables(&look);
    check_levels(&look);
    check_years(&look);
    contradictions_check(lawbook, workspace->findings);
}
