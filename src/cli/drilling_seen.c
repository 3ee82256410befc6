#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/drilling_private.h"
#include "cli/obligations.h"
#include "cli/workspace.h"
#include "model/identity.h"
#include "report/account.h"
#include "report/clocks.h"

#define STEPS_TOLD 200 /* of the curve of who is told */

static int64_t told_of(const LedgerCounts *counts)
{
    return counts->told[TOLD_ACCEPTED] + counts->told[TOLD_DELIVERED];
}

/* Since when the wanted share has been told without a break: a bounce takes somebody back. */
static void look_at_share(Drill *drill, int64_t after)
{
    const ScenarioWanted *wanted = &drill->request->scenario->targets[SCENARIO_TOLD];

    if (!wanted->is_given)
        return;
    if (drill->seen.told < wanted->share)
        drill->seen.told_at = -1;
    else if (drill->seen.told_at < 0)
        drill->seen.told_at = after;
}

/* Of a second the last count is kept: how often one looks within it depends on the machine. */
static void add_point(Drill *drill, int64_t after, int64_t told, int64_t people)
{
    json_t *last = json_array_get(drill->told, MAX(json_array_size(drill->told), 1) - 1);
    int64_t least = MAX(people / STEPS_TOLD, 1);

    if (last && json_integer_value(json_object_get(last, "after_s")) == after / CLOCK_SECOND) {
        drill->told_last = told;
        json_object_set_new(last, "told", json_integer((json_int_t)told));
        json_object_set_new(last, "people", json_integer((json_int_t)people));
        return;
    }
    if (ABS(told - drill->told_last) < least && told != people)
        return;
    drill->told_last = told;
    json_array_append_new(drill->told, json_pack("{s:I, s:I, s:I}", "after_s", (json_int_t)(after / CLOCK_SECOND),
                                                 "told", (json_int_t)told, "people", (json_int_t)people));
}

void drilling_count(Drill *drill, const LedgerCounts *counts, int64_t at)
{
    int64_t after = at - drill->start;
    int64_t told = told_of(counts);
    double people = (double)MAX(MAX(counts->people, drill->folder->count), 1);
    bool has_changed = told != told_of(&drill->counts) || counts->people != drill->counts.people;

    drill->counts = *counts;
    drill->seen.is_planned = true;
    drill->seen.twice = counts->twice;
    if (!identity_holds(counts->people, counts->told))
        drill->seen.breaks++;
    if (told > 0 && drill->seen.first_notice < 0)
        drill->seen.first_notice = after;
    drill->seen.told = (double)told / people;
    drill->seen.unreachable = (double)counts->told[TOLD_UNREACHABLE] / people;
    /* whoever was told something wrong stays so while nobody corrects it */
    drill->seen.mistaken = drill->mistaken < 0 ? drill->seen.told : (double)drill->mistaken / people;
    look_at_share(drill, after);
    if (has_changed)
        add_point(drill, after, told, (int64_t)people);
}

static Ledger *open_ledger(const Drill *drill, GError **error)
{
    return ledger_open(workspace_backend(), drill->folder->state, error);
}

bool drilling_look(Drill *drill, GError **error)
{
    g_autoptr(Ledger) ledger = NULL;
    LedgerCounts counts;

    if (!ledger_exists(workspace_backend(), drill->folder->state))
        return true;
    ledger = open_ledger(drill, error);
    if (!ledger || !ledger_counts(ledger, &counts, error))
        return false;
    drilling_count(drill, &counts, drilling_now(drill));
    return true;
}

/* The end --------------------------------------------------------------------------------------------------------- */

/* Clocks that ended within the story: met when a report was filed, or people told, in time. */
static json_t *judge_clocks(Drill *drill, const Lawbook *lawbook)
{
    json_t *clocks = json_array();

    for (guint i = 0; i < lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(lawbook->obligations, i);
        const RegimeClockResult *clock = obligation->clock;
        g_autofree char *due = clock->has_due ? moment_format_rfc3339(clock->due) : NULL;
        bool is_missed = clock->state == REGIME_OVERDUE || (clock->is_filed && clock->late > 0);

        if (!obligation->step || clock->state == REGIME_NOT_APPLICABLE)
            continue;
        if (is_missed)
            drill->seen.clocks_missed++;
        else if (clock->is_filed && clock->has_due)
            drill->seen.clocks_met++;
        json_array_append_new(clocks, json_pack("{s:s, s:s, s:s?, s:b, s:I}", "id", obligation->id, "state",
                                                regime_state_name(clock->state), "due", due, "missed", is_missed,
                                                "late_ms", (json_int_t)clock->late));
    }
    return clocks;
}

static json_t *counts_json(const LedgerCounts *counts)
{
    json_t *document = json_object();

    json_object_set_new(document, "people", json_integer((json_int_t)counts->people));
    for (int i = 0; i < TOLD_STATES; i++)
        json_object_set_new(document, identity_told_name((Told)i), json_integer((json_int_t)counts->told[i]));
    json_object_set_new(document, "twice", json_integer((json_int_t)counts->twice));
    json_object_set_new(document, "climbed", json_integer((json_int_t)counts->climbed));
    return document;
}

/* A sum that does not hold is a finding of the drill, not the end of it. */
static void audit(Drill *drill, Ledger *ledger)
{
    g_autoptr(GError) problem = NULL;

    if (ledger_audit(ledger, &problem))
        return;
    drill->seen.breaks++;
    drilling_say(drill, drilling_now(drill), "audit", NULL, -1, error_english(problem));
}

Lawbook *drilling_lawbook(const Workspace *workspace, GError **error)
{
    if (workspace->material)
        return obligations_lawbook(workspace, false, error);
    error_set(error, BREACH_ERROR_INPUT, "drill-edit",
              "the playbook cannot be read any more after what the scenario changed in it: change the scenario");
    return NULL;
}

bool drilling_finish(Drill *drill, json_t *record, GError **error)
{
    const Options options = {.argument = drill->desk.playbook, .state = drill->desk.state};
    g_autoptr(Ledger) ledger = NULL;
    g_autoptr(Workspace) workspace = NULL;
    g_autoptr(Lawbook) lawbook = NULL;
    json_t *account = json_null();

    if (!drilling_look(drill, error))
        return false;
    workspace = workspace_open(&options);
    lawbook = drilling_lawbook(workspace, error);
    if (!lawbook)
        return false;
    json_object_set_new(record, "clocks", judge_clocks(drill, lawbook));
    if (ledger_exists(workspace_backend(), drill->folder->state)) {
        ledger = open_ledger(drill, error);
        if (!ledger)
            return false;
        audit(drill, ledger);
        account = account_collect(&(AccountRequest){.ledger = ledger, .lawbook = lawbook}, error);
        if (!account)
            return false;
    }
    json_object_set_new(record, "account", account);
    json_object_set_new(record, "counts", counts_json(&drill->counts));
    return true;
}
