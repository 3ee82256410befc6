#include "model/obligation.h"

#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "model/regime_names.h"

/* Variables ------------------------------------------------------------------------------------------------------ */

static const char *interned_count(int64_t count)
{
    char text[24];

    if (count < 0)
        return NULL;
    g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, count);
    return g_intern_string(text);
}

/* "At least 400" has no upper estimate: what begins at 500 may apply. */
static bool affected_value(const ObligationRequest *request, RegimeValue *value)
{
    int64_t lower, likely, upper;

    if (!case_state_affected(request->state, &lower, &likely, &upper))
        return false;
    upper = upper >= 0 ? upper : likely;
    likely = likely >= 0 ? likely : MAX(lower, upper);
    *value = (RegimeValue){.lower = interned_count(lower >= 0 ? lower : likely),
                           .likely = interned_count(likely),
                           .upper = interned_count(upper)};
    return true;
}

/* Of the kinds of data that leaked, by the vocabulary. Nobody has said which they are: it is not known. */
static bool sensitive_value(const ObligationRequest *request, RegimeValue *value)
{
    const GPtrArray *kinds = request->playbook->data_kinds;
    bool is_sensitive = false;

    for (guint i = 0; i < kinds->len; i++)
        is_sensitive = is_sensitive || ((const DataKind *)g_ptr_array_index(kinds, i))->sensitive;
    value->lower = value->likely = value->upper = is_sensitive ? "true" : "false";
    return kinds->len > 0;
}

static bool level_value(const ObligationRequest *request, const ObligationRegime *regime, RegimeValue *value)
{
    int confirmed = case_state_level(request->state);
    g_autoptr(SeverityProposal) proposal = obligation_propose(request, regime);

    if (confirmed > 0) {
        /* a level that was confirmed by other numbers, or by another scale, makes no duty disappear */
        value->lower = value->likely = interned_count(confirmed);
        value->upper = proposal && proposal->level > confirmed ? interned_count(proposal->level) : value->lower;
        return true;
    }
    if (!proposal || proposal->level == 0)
        return false;
    *value = (RegimeValue){.lower = interned_count(proposal->lower > 0 ? proposal->lower : proposal->likely),
                           .likely = interned_count(proposal->likely > 0 ? proposal->likely : proposal->level),
                           .upper = interned_count(proposal->level)};
    if (proposal->needs_judgement)
        value->upper = NULL; /* the clauses of the scale may make it more: only a person can say */
    return true;
}

static bool role_value(const ObligationRequest *request, RegimeValue *value)
{
    const char *role = request->playbook->organization.role;

    value->lower = value->likely = value->upper = role;
    return role != NULL;
}

/* What follows from the facts, the level and the role. */
static bool value_of_facts(const ObligationRequest *request, const ObligationRegime *regime, const char *name,
                           RegimeValue *value)
{
    if (strcmp(name, "affected") == 0)
        return affected_value(request, value);
    if (strcmp(name, "sensitive") == 0)
        return sensitive_value(request, value);
    if (strcmp(name, "level") == 0)
        return level_value(request, regime, value);
    if (strcmp(name, "role") == 0)
        return role_value(request, value);
    return false;
}

static bool position_of(const CaseState *state, CaseKind kind, const char *name, guint *position)
{
    const CaseValue *value = case_state_value(state, kind, name);

    return value && !json_is_null(value->now) && g_ptr_array_find(state->events, case_value_last(value), position);
}

/* Whether the regime has a value of its own, which a person wrote for it alone. */
static bool is_own_variable(const CaseState *state, const char *regime, const char *name)
{
    g_autofree char *own = g_strdup_printf("%s/%s", regime, name);
    const CaseValue *value = case_state_value(state, CASE_VARIABLE, own);

    return value && !json_is_null(value->now);
}

bool obligation_has_own(const ObligationRequest *request, const ObligationRegime *regime, const char *name)
{
    return is_own_variable(request->state, regime->entry->id, name);
}

/* A level that was written for all regimes, like one that was confirmed, makes no duty disappear that the numbers and
 * the scale of this one ask for. */
static void raise_level(const ObligationRequest *request, const ObligationRegime *regime, RegimeValue *value)
{
    g_autoptr(SeverityProposal) proposal = obligation_propose(request, regime);

    if (proposal && value->upper && proposal->level > g_ascii_strtoll(value->upper, NULL, 10))
        value->upper = interned_count(proposal->level);
}

/* A count and a level have a record of their own: what was entered there after the variable of that name (which is
 * written for all regimes) holds, or nobody could correct it at night. */
static bool is_outdated_variable(const CaseState *state, const char *regime, const char *name)
{
    bool is_count = strcmp(name, "affected") == 0;
    g_autofree char *own = g_strdup_printf("%s/%s", regime, name);
    guint written, entered;

    if (!is_count && strcmp(name, "level") != 0)
        return false;
    return !position_of(state, CASE_VARIABLE, own, &written) && position_of(state, CASE_VARIABLE, name, &written) &&
           position_of(state, is_count ? CASE_AFFECTED : CASE_LEVEL, name, &entered) && entered > written;
}

bool obligation_variable(const ObligationRequest *request, const ObligationRegime *regime, const char *name,
                         RegimeValue *value)
{
    const char *id = regime->entry->id;

    *value = (RegimeValue){.lower = NULL};
    if (is_outdated_variable(request->state, id, name) || !case_state_variable(request->state, id, name, value))
        return value_of_facts(request, regime, name, value);
    if (strcmp(name, "level") == 0 && !is_own_variable(request->state, id, name))
        raise_level(request, regime, value);
    return true;
}

/* Looking up ------------------------------------------------------------------------------------------------------ */

typedef struct Lookup {
    const ObligationRequest *request;
    const ObligationRegime *regime;
    const RegimeStep *step; /* NULL: of a scale */
} Lookup;

#define NEWS "info_available"

/* An anchor and what set it. What a report lacked came up, if nobody said when, with the first value that changed after
 * the report was made. */
static bool anchor_of(const CaseState *state, const char *regime, const char *name, RegimeTime *time,
                      const CaseEvent **event)
{
    const CaseEvent *news;

    if (case_state_anchor(state, regime, name, time, event))
        return true;
    news = strcmp(name, NEWS) == 0 ? case_state_news(state, regime) : NULL;
    if (!news)
        return false;
    *time = (RegimeTime){.moment = {.at = news->at, .known = true}};
    *event = news;
    return true;
}

static bool look_up_anchor(const char *name, RegimeTime *time, void *user)
{
    const Lookup *lookup = user;
    const CaseEvent *event = NULL;

    return anchor_of(lookup->request->state, lookup->regime->entry->id, name, time, &event);
}

/* A follow-up that was sent before the latest news does not tell them. */
static bool is_outdated(const Lookup *lookup, const CaseFiling *filing)
{
    const RegimeStep *step = lookup->step;
    const CaseEvent *news;

    if (!step || step->from.kind != REGIME_FROM_ANCHOR || strcmp(step->from.name, NEWS) != 0 ||
        strcmp(filing->step, step->id) != 0)
        return false;
    news = case_state_news(lookup->request->state, lookup->regime->entry->id);
    return news && (news->no == 0 || news->no > filing->event->no);
}

static bool look_up_filing(const char *id, size_t index, RegimeTime *time, void *user)
{
    const Lookup *lookup = user;
    const CaseFiling *filing;

    for (size_t i = 0; (filing = case_state_filing(lookup->request->state, lookup->regime->entry->id, id, i)); i++)
        if (!is_outdated(lookup, filing) && index-- == 0) {
            *time = filing->time;
            return true;
        }
    return false;
}

static bool look_up_variable(const char *name, RegimeValue *value, void *user)
{
    const Lookup *lookup = user;

    return obligation_variable(lookup->request, lookup->regime, name, value);
}

/* Of a scale: all but the level itself, which would ask for the scale. */
static bool look_up_measure(const char *name, RegimeValue *value, void *user)
{
    return strcmp(name, "level") != 0 && look_up_variable(name, value, user);
}

static const Calendar *look_up_calendar(const char *id, void *user)
{
    const Lookup *lookup = user;

    return lookup->request->find_calendar(id, lookup->request->user);
}

SeverityProposal *obligation_propose(const ObligationRequest *request, const ObligationRegime *regime)
{
    Lookup lookup = {.request = request, .regime = regime};

    return regime->scale ? severity_propose(regime->scale, look_up_measure, &lookup) : NULL;
}

/* Reasons --------------------------------------------------------------------------------------------------------- */

/* Variables and anchors that have a key of their own in the playbook. */
static const struct {
    const char *name;
    const char *where;
} keys[] = {
    {"affected", "facts: {affected: {lower: N, likely: N, upper: N}}"},
    {"sensitive", "facts: {data_kinds: [KIND, …]}"},
    {"level", "incident: {level: N}"},
    {"role", "organization: {role: controller}"},
    {"awareness", "incident: {detected_at: TIME}"},
    {"discovery", "incident: {detected_at: TIME}"},
    {"occurrence", "incident: {occurred_at: TIME}"},
};

static char *where_to_enter(const char *map, const char *name, const char *value)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (strcmp(keys[i].name, name) == 0)
            return g_strdup(keys[i].where);
    return g_strdup_printf("%s: {%s: %s}", map, name, value);
}

/* What a name means: of the regime's own, else of the table of all. */
static const char *meaning(const GPtrArray *own, const char *name, const char *general)
{
    for (guint i = 0; i < own->len; i++) {
        const RegimeName *entry = g_ptr_array_index(own, i);

        if (strcmp(entry->id, name) == 0)
            return regime_text(entry->text, language_name());
    }
    return general ? _(general) : NULL;
}

static char *decided_by_variable(const Regime *regime, const char *name)
{
    const RegimeVariable *variable = regime_variable_find(name);
    const char *text = meaning(regime->variables, name, variable ? variable->text : NULL);
    g_autofree char *where = where_to_enter("variables", name, "VALUE");

    return g_strdup_printf(_("%s%s%s: write %s"), name, text ? ", " : "", text ? text : "", where);
}

static char *decided_by_anchor(const Regime *regime, const char *name)
{
    const RegimeAnchor *anchor = regime_anchor_find(name);
    const char *text = meaning(regime->anchors, name, anchor ? anchor->text : NULL);
    g_autofree char *where = where_to_enter("anchors", name, "TIME");
    bool is_filed = strcmp(name, "individuals_notified") == 0 || strcmp(name, "regulator_notified") == 0;

    if (is_filed)
        return g_strdup_printf(_("%s%s%s: known once that step is filed; else write %s"), name, text ? ", " : "",
                               text ? text : "", where);
    return g_strdup_printf(_("%s%s%s: write %s"), name, text ? ", " : "", text ? text : "", where);
}

static char *what_decides(const Regime *regime, const RegimeClockResult *clock)
{
    if (clock->state == REGIME_SCOPE_UNKNOWN && clock->unknown)
        return decided_by_variable(regime, clock->unknown);
    if (clock->state == REGIME_ANCHOR_MISSING && clock->missing_anchor)
        return decided_by_anchor(regime, clock->missing_anchor);
    if (clock->state == REGIME_NOT_STARTED && clock->missing_filing)
        return g_strdup_printf(_("it runs from the filing of %s: record that with breach obligations … file %s/%s"),
                               clock->missing_filing, regime->id, clock->missing_filing);
    return NULL;
}

/* From where its clock runs: by the reading that governs. */
static const RegimeFrom *start_of(const RegimeStep *step, const RegimeClockResult *clock)
{
    for (guint i = 0; i < clock->readings->len; i++) {
        const RegimeReadingResult *reading = g_ptr_array_index(clock->readings, i);

        if (reading->governs && reading->reading)
            return &reading->reading->from;
    }
    return &step->from;
}

static const CaseEvent *who_set(const ObligationRequest *request, const Obligation *obligation)
{
    const RegimeFrom *from = start_of(obligation->step, obligation->clock);
    const char *id = obligation->regime->entry->id;
    const CaseEvent *event = NULL;
    const CaseFiling *filing;
    RegimeTime time;

    if (from->kind == REGIME_FROM_ANCHOR)
        anchor_of(request->state, id, from->name, &time, &event);
    for (size_t i = 0; from->kind == REGIME_FROM_SUBMISSION &&
                       (filing = case_state_filing(request->state, id, from->name, i)) != NULL;
         i++)
        if (!event || obligation->step->is_latest)
            event = filing->event;
    return event;
}

/* Roles ------------------------------------------------------------------------------------------------------------ */

static const char *role_of(const ObligationRequest *request, const ObligationRegime *regime)
{
    RegimeValue role = {.lower = NULL};

    return obligation_variable(request, regime, "role", &role) ? role.likely : NULL;
}

/* Whether the regime has a step for those who keep data for others: then its other steps are their controller's, or
 * become so once that one was made. */
static bool is_of_controller(const ObligationRequest *request, const ObligationRegime *regime)
{
    const GPtrArray *steps = regime->regime->steps;

    for (guint i = 0; i < steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(steps, i);

        if (g_strcmp0(step->to, "controller") == 0)
            return !step->is_instead || case_state_filing(request->state, regime->entry->id, step->id, 0);
    }
    return false;
}

static bool is_outward(const RegimeStep *step)
{
    return regime_step_is_report(step) || g_strcmp0(step->to, "individuals") == 0 || g_strcmp0(step->to, "media") == 0;
}

/* Why the step is somebody else's, or NULL: a processor tells its controllers, and of joint controllers one tells
 * people. Newly allocated. */
static char *owed_by_other(const ObligationRequest *request, const ObligationRegime *regime, const RegimeStep *step)
{
    const Organization *organization = &request->playbook->organization;
    const char *role = role_of(request, regime);

    if (g_strcmp0(role, "processor") == 0 && is_outward(step) && is_of_controller(request, regime))
        return g_strdup_printf(_("role is processor: the controller%s%s owes this step; what you owe is to tell them"),
                               organization->on_behalf_of ? " " : "",
                               organization->on_behalf_of ? organization->on_behalf_of : "");
    if (g_strcmp0(role, "joint") == 0 && organization->joint.notifies == JOINT_THEM && organization->joint.with &&
        g_strcmp0(step->to, "individuals") == 0)
        return g_strdup_printf(_("joint controllers: %s tells people, by organization.joint"),
                               organization->joint.with);
    return NULL;
}

/* A report that was made all the same stays one. */
static void settle_role(const ObligationRequest *request, Obligation *obligation)
{
    RegimeClockResult *clock = obligation->clock;
    char *why = owed_by_other(request, obligation->regime, obligation->step);

    if (!why || clock->state == REGIME_NOT_APPLICABLE || clock->state == REGIME_FILED) {
        g_free(why);
        return;
    }
    clock->state = REGIME_NOT_APPLICABLE;
    clock->has_due = false;
    clock->remaining = clock->late = 0;
    clock->may_reach = false;
    g_ptr_array_add(clock->why, why); /* the last reason is the one that lists show */
}

/* The list --------------------------------------------------------------------------------------------------------- */

static void add_step(const ObligationRequest *request, const ObligationRegime *regime, const RegimeStep *step,
                     GPtrArray *all)
{
    Lookup lookup = {.request = request, .regime = regime, .step = step};
    RegimeClockRequest clock = {.regime = regime->regime,
                                .id = step->id,
                                .anchor = look_up_anchor,
                                .filing = look_up_filing,
                                .variable = look_up_variable,
                                .find_calendar = look_up_calendar,
                                .user = &lookup,
                                .zone = regime->entry->zone,
                                .calendar = regime->entry->calendar,
                                .now = request->now};
    Obligation *obligation = g_new0(Obligation, 1);

    obligation->kind = OBLIGATION_STEP;
    obligation->id = g_strdup_printf("%s/%s", regime->entry->id, step->id);
    obligation->title = g_strdup(regime_text(step->name, language_name()));
    obligation->regime = regime;
    obligation->step = step;
    obligation->clock = regime_clock(&clock);
    settle_role(request, obligation);
    obligation->decides = what_decides(regime->regime, obligation->clock);
    obligation->set_by = who_set(request, obligation);
    g_ptr_array_add(all, obligation);
}

Obligation *obligation_new(const char *id, const char *title, Moment due, int64_t now)
{
    Obligation *obligation = g_new0(Obligation, 1);
    RegimeClockResult *clock = g_new0(RegimeClockResult, 1);

    obligation->kind = OBLIGATION_OTHER;
    obligation->id = g_strdup(id);
    obligation->title = g_strdup(title);
    obligation->clock = clock;
    clock->id = obligation->id;
    clock->why = g_ptr_array_new_with_free_func(g_free);
    clock->remarks = g_ptr_array_new_with_free_func(g_free);
    clock->readings = g_ptr_array_new_with_free_func(g_free);
    clock->has_due = due.known;
    clock->due = due;
    clock->last = due.at;
    clock->due_day = due.known ? (CivilDay)((due.at + due.offset * CLOCK_MINUTE) / CLOCK_DAY) : CIVIL_DAY_NONE;
    clock->state = due.known && now > due.at ? REGIME_OVERDUE : REGIME_DUE;
    clock->remaining = due.known ? due.at - now : 0;
    clock->late = clock->state == REGIME_OVERDUE ? now - due.at : 0;
    return obligation;
}

/* What is unknown was promised to readers for a time: that is a clock as well. */
static void add_promise(const Fact *fact, int64_t now, GPtrArray *all)
{
    g_autofree char *id = g_strdup_printf("facts/%s", fact->name);
    g_autofree char *title = g_strdup_printf(_("tell readers about %s, as they were promised"), fact->name);
    g_autofree char *promised = moment_format_rfc3339(fact->next_update);
    Obligation *obligation = obligation_new(id, title, fact->next_update, now);

    obligation->kind = OBLIGATION_PROMISE;
    g_ptr_array_add(
        obligation->clock->why,
        g_strdup_printf(_("facts.%s is unknown, and next_update of the playbook is %s"), fact->name, promised));
    g_ptr_array_add(all, obligation);
}

static int compare_entries(gconstpointer a, gconstpointer b)
{
    return obligation_compare(*(const Obligation *const *)a, *(const Obligation *const *)b);
}

static void free_entry(gpointer data)
{
    obligation_free(data);
}

GPtrArray *obligations_of(const ObligationRequest *request)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(free_entry);

    for (guint i = 0; i < request->regimes->len; i++) {
        const ObligationRegime *regime = &g_array_index(request->regimes, ObligationRegime, i);

        for (guint j = 0; regime->regime && j < regime->regime->steps->len; j++)
            add_step(request, regime, g_ptr_array_index(regime->regime->steps, j), all);
    }
    for (guint i = 0; request->regimes->len > 0 && i < request->playbook->facts->len; i++) {
        const Fact *fact = g_ptr_array_index(request->playbook->facts, i);

        if (!fact->text && fact->next_update.known)
            add_promise(fact, request->now, all);
    }
    obligations_sort(all);
    return all;
}

void obligations_sort(GPtrArray *obligations)
{
    g_ptr_array_sort(obligations, compare_entries);
}

int obligation_compare(const Obligation *a, const Obligation *b)
{
    int order = regime_clock_compare(a->clock, b->clock);

    return order != 0 ? order : strcmp(a->id, b->id);
}

void obligation_free(Obligation *obligation)
{
    if (!obligation)
        return;
    regime_clock_result_free(obligation->clock);
    g_free(obligation->id);
    g_free(obligation->title);
    g_free(obligation->decides);
    g_free(obligation);
}

static bool is_meant(const Obligation *obligation, const char *id)
{
    if (strcmp(obligation->id, id) == 0)
        return true;
    if (!obligation->step)
        return false;
    if (strcmp(obligation->step->id, id) == 0 || g_strcmp0(obligation->step->group, id) == 0)
        return true;
    return obligation->step->group && g_str_has_prefix(id, obligation->regime->entry->id) &&
           id[strlen(obligation->regime->entry->id)] == '/' &&
           strcmp(id + strlen(obligation->regime->entry->id) + 1, obligation->step->group) == 0;
}

/* The list is sorted, so the first limb of a group is the one that binds. */
Obligation *obligation_find(const GPtrArray *obligations, const char *id, bool *several)
{
    Obligation *found = NULL;

    *several = false;
    for (guint i = 0; i < obligations->len; i++) {
        Obligation *obligation = g_ptr_array_index(obligations, i);

        if (strcmp(obligation->id, id) == 0) {
            *several = false;
            return obligation;
        }
        if (!is_meant(obligation, id))
            continue;
        *several = *several || (found && found->regime != obligation->regime);
        found = found ? found : obligation;
    }
    return *several ? NULL : found;
}

bool obligation_is_open(const Obligation *obligation)
{
    return obligation->clock->state != REGIME_FILED && obligation->clock->state != REGIME_NOT_APPLICABLE;
}
