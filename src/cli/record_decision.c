/* breach record decision: who decided not to tell, or to wait because an authority lawfully asks for it. */
#include "cli/record_case.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fault.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/delays.h"
#include "cli/evidence.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "dispatch/statutes.h"
#include "ledger/ledger_find.h"
#include "model/case_decision.h"
#include "model/region.h"

#define SCOPE_REGION "region:"
#define DELAY_MOST   (INT64_C(2) * 366 * CLOCK_DAY) /* longer than any authority has asked for */

typedef struct Deciding {
    RecordCase *record;     /* borrowed */
    const Options *options; /* borrowed */
    CaseDecisionKind kind;
    const Regime *regime; /* borrowed */
    char *scope;          /* owned; normalised */
    Moment until;
    Evidence document;
    bool applied;
    bool holds_nobody; /* it is about a region that nobody of the plan is in */
} Deciding;

/* What was typed -------------------------------------------------------------------------------------------------- */

static bool check_lines(const Options *options, GError **error)
{
    const struct {
        const char *option, *value;
    } lines[] = {{"regime", options->regime},
                 {"scope", options->scope},
                 {"ground", options->ground},
                 {"facts", options->facts},
                 {"role", options->role}};

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        if (!record_case_line(lines[i].option, lines[i].value, error))
            return false;
    return record_case_by(options, error) &&
           (!options->authority || record_case_line("authority", options->authority, error));
}

static bool check_use(Deciding *deciding, GError **error)
{
    static const struct {
        const char *word;
        CaseDecisionKind kind;
    } words[] = {
        {"not-notify", CASE_DECISION_NOT_NOTIFY}, {"delay", CASE_DECISION_DELAY}, {"revoke", CASE_DECISION_REVOKED}};
    const Options *options = deciding->options;
    const char *word = options->words[1];
    size_t i = 0;

    while (word && i < G_N_ELEMENTS(words) && strcmp(words[i].word, word) != 0)
        i++;
    if (!word || i == G_N_ELEMENTS(words)) {
        error_set(error, BREACH_ERROR_INPUT, "decision-which",
                  "decided what? breach record PLAYBOOK decision not-notify, delay, or revoke ID");
        return false;
    }
    deciding->kind = words[i].kind;
    if ((deciding->kind == CASE_DECISION_REVOKED) != (options->words[2] != NULL)) {
        error_set(error, BREACH_ERROR_INPUT, "decision-id",
                  "decision revoke takes the id of a decision, and not-notify and delay take none");
        return false;
    }
    if (deciding->kind == CASE_DECISION_REVOKED)
        return record_case_by(options, error) && record_case_reason(options, error);
    if (deciding->kind == CASE_DECISION_DELAY && !(options->authority && options->document && options->until)) {
        error_set(
            error, BREACH_ERROR_INPUT, "decision-delay",
            "a delay needs --authority NAME, --document FILE and --until TIME: who asks, the paper that says so, and "
            "when it ends");
        return false;
    }
    if (deciding->kind == CASE_DECISION_NOT_NOTIFY && options->until) {
        error_set(error, BREACH_ERROR_INPUT, "decision-until",
                  "--until belongs to a delay: whoever is not to be told is not told later either");
        return false;
    }
    return check_lines(options, error);
}

/* The regime, its grounds and the scope --------------------------------------------------------------------------- */

static bool find_regime(Deciding *deciding, GError **error)
{
    const GArray *regimes = deciding->record->lawbook->statutes->regimes;
    g_autoptr(GString) known = g_string_new(NULL);

    deciding->regime = statutes_regime(deciding->record->lawbook->statutes, deciding->options->regime);
    if (deciding->regime)
        return true;
    for (guint i = 0; i < regimes->len; i++)
        g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", g_array_index(regimes, ObligationRegime, i).entry->id);
    error_set(error, BREACH_ERROR_INPUT, "decision-regime",
              "the playbook names no regime %s, or its file has mistakes; "
              "it names: %s",
              deciding->options->regime, known->len > 0 ? known->str : "-");
    return false;
}

static bool find_audience(const Playbook *playbook, const char *id)
{
    for (guint i = 0; i < playbook->audiences->len; i++)
        if (g_strcmp0(((const Audience *)g_ptr_array_index(playbook->audiences, i))->id, id) == 0)
            return true;
    return false;
}

static bool has_notice_field(const Regime *regime, const char *id)
{
    for (guint i = 0; i < regime->notice_fields->len; i++)
        if (strcmp(((const RegimeField *)g_ptr_array_index(regime->notice_fields, i))->id, id) == 0)
            return true;
    return false;
}

static bool read_scope(Deciding *deciding, GError **error)
{
    const Playbook *playbook = material_playbook(deciding->record->workspace->material);
    const char *text = deciding->options->scope;
    g_autofree char *region = NULL;
    CaseScope scope;

    if (g_str_has_prefix(text, "step:") && strchr(text, '/')) {
        error_set(error, BREACH_ERROR_INPUT, "decision-scope", "--scope %s: write --regime %.*s --scope step:%s", text,
                  (int)(strchr(text, '/') - text - (int)strlen("step:")), text + strlen("step:"),
                  strchr(text, '/') + 1);
        return false;
    }
    if (!case_scope_parse(text, &scope)) {
        error_set(
            error, BREACH_ERROR_INPUT, "decision-scope",
            "--scope %s is none: write everybody, audience:ID, region:CODE, step:ID for a report to an authority, or "
            "field:ID for what a notice cannot say yet",
            text);
        return false;
    }
    if (scope.kind == CASE_SCOPE_AUDIENCE && !find_audience(playbook, scope.name)) {
        error_set(error, BREACH_ERROR_INPUT, "decision-scope-unknown", "the playbook has no audience %s", scope.name);
        return false;
    }
    if (scope.kind == CASE_SCOPE_STEP && !regime_step(deciding->regime, scope.name) &&
        !regime_has_group(deciding->regime, scope.name)) {
        error_set(error, BREACH_ERROR_INPUT, "decision-scope-unknown", "%s has no step %s", deciding->regime->id,
                  scope.name);
        return false;
    }
    if (scope.kind == CASE_SCOPE_FIELD && !has_notice_field(deciding->regime, scope.name)) {
        error_set(error, BREACH_ERROR_INPUT, "decision-scope-unknown", "%s asks for no field %s in a notice",
                  deciding->regime->id, scope.name);
        return false;
    }
    region = scope.kind == CASE_SCOPE_REGION ? region_normalize(scope.name) : NULL;
    if (scope.kind == CASE_SCOPE_REGION && !region) {
        error_set(error, BREACH_ERROR_INPUT, "decision-scope-unknown", "%s is no region: write a code such as cn or de",
                  scope.name);
        return false;
    }
    deciding->scope = region ? g_strconcat(SCOPE_REGION, region, NULL) : g_strdup(text);
    return true;
}

/* "P30D"; a month counts 31 days here, and what has no length has no limit. */
static int64_t length_of(const char *longest)
{
    int64_t length = 0;
    guint64 months = 0;
    g_autofree char *digits = longest && g_str_has_prefix(longest, "P") && g_str_has_suffix(longest, "M")
                                  ? g_strndup(longest + 1, strlen(longest) - 2)
                                  : NULL;

    if (longest && clock_parse_duration(longest, &length))
        return length;
    if (digits && g_ascii_string_to_unsigned(digits, 10, 1, 120, &months, NULL))
        return (int64_t)months * 31 * CLOCK_DAY;
    return 0;
}

static bool refuse_ground(const Deciding *deciding, GError **error)
{
    const GPtrArray *delays = deciding->regime->lawful_delay;
    g_autoptr(GString) list = g_string_new(NULL);

    for (guint i = 0; i < delays->len; i++) {
        const RegimeDelay *delay = g_ptr_array_index(delays, i);

        g_string_append_printf(list, "%s%s (%s)", i > 0 ? ", " : "", delay->id,
                               regime_text(delay->ground, language_name()));
    }
    if (delays->len == 0)
        error_set(
            error, BREACH_ERROR_INPUT, "decision-no-delay",
            "%s knows no ground on which an authority may ask to wait: ask it for a decision in writing, and go on "
            "meanwhile",
            deciding->regime->id);
    else
        error_set(error, BREACH_ERROR_INPUT, "decision-ground", "%s knows no ground %s; it knows: %s",
                  deciding->regime->id, deciding->options->ground, list->str);
    return false;
}

/* What was handed in cannot wait any more. */
static bool check_not_filed(const Deciding *deciding, GError **error)
{
    const char *step = g_str_has_prefix(deciding->scope, "step:") ? deciding->scope + strlen("step:") : NULL;
    const CaseFiling *filing =
        step ? case_state_filing(deciding->record->lawbook->state, deciding->regime->id, step, 0) : NULL;

    if (!filing)
        return true;
    error_set(error, BREACH_ERROR_INPUT, "decision-filed",
              "%s/%s was filed %s: it cannot wait any more; --scope step:ID names a report that has not been made",
              deciding->regime->id, step, case_event_text(filing->event, "at"));
    return false;
}

static bool check_delay(Deciding *deciding, GError **error)
{
    const GPtrArray *delays = deciding->regime->lawful_delay;
    const RegimeDelay *delay = NULL;
    g_autoptr(GError) problem = NULL;
    int64_t wait, longest;

    for (guint i = 0; i < delays->len && !delay; i++) {
        const RegimeDelay *one = g_ptr_array_index(delays, i);

        delay = strcmp(one->id, deciding->options->ground) == 0 ? one : NULL;
    }
    if (!delay)
        return refuse_ground(deciding, error);
    if (!moment_parse(deciding->options->until, &deciding->until, &problem)) {
        error_set(error, BREACH_ERROR_INPUT, "work-time", "--%s: %s", "until", problem->message);
        return false;
    }
    if (!check_not_filed(deciding, error))
        return false;
    wait = deciding->until.at - deciding->record->now;
    longest = length_of(delay->longest);
    if (wait > 0 && wait <= (longest > 0 ? longest : DELAY_MOST))
        return true;
    if (wait <= 0)
        error_set(error, BREACH_ERROR_INPUT, "decision-past", "--until %s is over already", deciding->options->until);
    else
        error_set(error, BREACH_ERROR_INPUT, "decision-longest",
                  "%s allows a delay on the ground %s for %s at the longest, and not until %s", deciding->regime->id,
                  delay->id, delay->longest ? delay->longest : "P2Y", deciding->options->until);
    return false;
}

/* Not telling somebody needs a rule that allows it; that a report is not owed may follow from the step itself. */
static bool check_waiver(const Deciding *deciding, GError **error)
{
    if (deciding->regime->waiver || g_str_has_prefix(deciding->scope, "step:") ||
        g_str_has_prefix(deciding->scope, "field:"))
        return true;
    error_set(error, BREACH_ERROR_INPUT, "decision-no-waiver",
              "%s knows no case in which the people concerned need not be told", deciding->regime->id);
    return false;
}

/* Recording ------------------------------------------------------------------------------------------------------- */

static char *next_id(const CaseState *state)
{
    return g_strdup_printf("%u", state->decisions->len + 1);
}

static json_t *make_body(const Deciding *deciding, const char *id)
{
    const Options *options = deciding->options;
    g_autofree char *until = deciding->until.known ? moment_format_rfc3339(deciding->until) : NULL;
    bool is_of_people = !g_str_has_prefix(deciding->scope, "step:") && !g_str_has_prefix(deciding->scope, "field:");
    const LocaleText *waiver =
        deciding->kind == CASE_DECISION_NOT_NOTIFY && is_of_people ? deciding->regime->waiver : NULL;

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}", "id", id,
                     "decision", case_decision_kind_name(deciding->kind), "regime", deciding->regime->id, "scope",
                     deciding->scope, "ground", options->ground, "facts", options->facts, "by", options->by, "role",
                     options->role, "authority", options->authority, "until", until, "document",
                     deciding->document.name, "digest", deciding->document.digest, "kept", deciding->document.path,
                     "reason", options->reason, "waiver", waiver ? regime_text(waiver, "en") : NULL);
}

static bool is_in_region(const char *text, bool is_data, void *user)
{
    json_auto_t *data = is_data ? json_loads(text, 0, NULL) : NULL;
    const char *given = json_string_value(json_object_get(data, "region"));
    g_autofree char *region = given ? region_normalize(given) : NULL;

    return region && region_of_pair(user, region);
}

/* "de" and "germany" look alike to whoever types them, and the latter holds nobody. */
static bool look_for_people(Deciding *deciding, Ledger *ledger, GError **error)
{
    const char *code = deciding->scope && g_str_has_prefix(deciding->scope, SCOPE_REGION)
                           ? deciding->scope + strlen(SCOPE_REGION)
                           : NULL;
    g_autoptr(GPtrArray) people = code ? ledger_find(ledger, is_in_region, (void *)code, error) : NULL;

    deciding->holds_nobody = people && people->len == 0;
    return !code || people;
}

/* The holds follow from the record; without a plan there is nothing to hold yet, and notify brings them. */
static bool bring_holds(Deciding *deciding, GError **error)
{
    Workspace *workspace = deciding->record->workspace;
    g_autoptr(Ledger) ledger = NULL;

    deciding->applied = true;
    if (!ledger_exists(workspace_backend(), workspace->folder))
        return true;
    ledger = workspace_ledger(workspace, error);
    return ledger &&
           delays_bring(workspace, ledger, deciding->record->lawbook->state, deciding->record->now,
                        deciding->record->who, &deciding->applied, error) &&
           look_for_people(deciding, ledger, error);
}

static bool tells_people(const Regime *regime)
{
    for (guint i = 0; i < regime->steps->len; i++)
        if (g_strcmp0(((const RegimeStep *)g_ptr_array_index(regime->steps, i))->to, "individuals") == 0)
            return true;
    return false;
}

/* What is decided lets the duties under one law wait; a hold on everybody keeps the others from being met. */
static void warn_of_others(const Deciding *deciding, const CaseDecision *decision)
{
    const GArray *regimes = deciding->record->lawbook->statutes->regimes;
    g_autoptr(GString) others = g_string_new(NULL);

    if (decision->kind == CASE_DECISION_REVOKED || decision->scope.kind != CASE_SCOPE_EVERYBODY)
        return;
    for (guint i = 0; i < regimes->len; i++) {
        const ObligationRegime *row = &g_array_index(regimes, ObligationRegime, i);

        if (row->regime && strcmp(row->entry->id, decision->regime) != 0 && tells_people(row->regime))
            g_string_append_printf(others, "%s%s", others->len > 0 ? ", " : "", row->entry->id);
    }
    if (others->len > 0)
        output_message(N_("warning: this also holds those who have to be told under %s, of which it says nothing: if "
                          "only some are meant, use --scope region:CODE or audience:ID"),
                       others->str);
}

/* Most grounds are about notices: the police may want people not to be told yet, and the authority is told all the same. */
static void warn_of_report(const Deciding *deciding, const CaseDecision *decision)
{
    const Regime *regime = statutes_regime(deciding->record->lawbook->statutes, decision->regime);
    const RegimeStep *step =
        regime && decision->scope.kind == CASE_SCOPE_STEP ? regime_step(regime, decision->scope.name) : NULL;

    if (step && decision->kind == CASE_DECISION_DELAY && regime_step_is_report(step) && tells_people(regime))
        output_message(N_("warning: %s/%s is a report to an authority, and its clock ends later now: see that the ground "
                          "is about reports, and not about notices to people alone"),
                       decision->regime, step->id);
}

/* While nothing is planned there is no status that could show whom it holds. */
static const char *deciding_next(const Deciding *deciding)
{
    return ledger_exists(workspace_backend(), deciding->record->workspace->folder) ? "status" : "obligations";
}

static int tell(const Deciding *deciding, const CaseDecision *decision)
{
    const char *state = case_decision_state_name(decision->state);
    const char *kind = case_decision_kind_name(decision->kind);
    g_autofree char *english = g_strdup_printf("recorded: decision %s, %s, %s, %s: %s", decision->id, kind,
                                               decision->regime, decision->scope_text, state);
    g_autofree char *shown = g_strdup_printf(_("recorded: decision %s, %s, %s, %s: %s"), decision->id, kind,
                                             decision->regime, decision->scope_text, _(state));

    warn_of_others(deciding, decision);
    warn_of_report(deciding, decision);
    if (deciding->holds_nobody)
        output_message(N_("warning: nobody of the plan is in region %s, so nobody is held: the people column region "
                          "says who is where"),
                       decision->scope.name);
    if (!deciding->applied)
        output_message(N_("a breach notify is running: it takes this up within seconds"));
    return record_case_tell(deciding->record, &(RecordTold){.kind = "decision",
                                                            .subject = decision->id,
                                                            .english = english,
                                                            .shown = shown,
                                                            .command = deciding_next(deciding),
                                                            .changed = true,
                                                            .applied = deciding->applied,
                                                            .more = json_pack("{s:O}", "now", decision->event->body)});
}

static int finish(Deciding *deciding, const char *id, json_t *body)
{
    RecordCase *record = deciding->record;
    g_autoptr(GPtrArray) after = NULL;
    g_autoptr(GError) error = NULL;

    if (!record_case_append(record, CASE_DECISION, body, &error))
        return record_fail(error);
    if (record->overtaken)
        return EXIT_CODE_TOLD;
    fault_point("decision_recorded");
    if (!bring_holds(deciding, &error))
        return record_fail(error);
    after = case_decisions(record->lawbook->state, record->now);
    return tell(deciding, case_decision_find(after, id));
}

static int decide(Deciding *deciding)
{
    RecordCase *record = deciding->record;
    g_autoptr(GPtrArray) before = case_decisions(record->lawbook->state, record->now);
    const CaseDecision *known;
    g_autofree char *id = NULL;
    g_autoptr(GError) error = NULL;

    if (!find_regime(deciding, &error) || !read_scope(deciding, &error) ||
        !(deciding->kind == CASE_DECISION_DELAY ? check_delay(deciding, &error) : check_waiver(deciding, &error)) ||
        (deciding->options->document &&
         !evidence_keep(record->workspace->folder, deciding->options->document, &deciding->document, &error)))
        return record_fail(error);
    known = case_decision_about(before, deciding->regime->id, deciding->scope);
    id = known ? g_strdup(known->id) : next_id(record->lawbook->state);
    return finish(deciding, id, make_body(deciding, id));
}

static int take_back(Deciding *deciding)
{
    RecordCase *record = deciding->record;
    const Options *options = deciding->options;
    g_autoptr(GPtrArray) before = case_decisions(record->lawbook->state, record->now);
    const CaseDecision *known = case_decision_find(before, options->words[2]);

    if (!known || known->state == CASE_DECISION_TAKEN_BACK) {
        g_autoptr(GError) error = NULL;

        error_set(&error, BREACH_ERROR_INPUT, "decision-unknown",
                  "there is no decision %s that holds: breach record PLAYBOOK register lists them", options->words[2]);
        return record_fail(error);
    }
    return finish(deciding, options->words[2],
                  json_pack("{s:s, s:s, s:s, s:s}", "id", options->words[2], "decision",
                            case_decision_kind_name(CASE_DECISION_REVOKED), "by", options->by, "reason",
                            options->reason));
}

static void clear(Deciding *deciding)
{
    evidence_clear(&deciding->document);
    g_clear_pointer(&deciding->scope, g_free);
}

static int record_it(RecordCase *record, void *user)
{
    Deciding *deciding = user;
    int code;

    deciding->record = record;
    code = deciding->kind == CASE_DECISION_REVOKED ? take_back(deciding) : decide(deciding);
    clear(deciding);
    return code;
}

int record_decision(Workspace *workspace)
{
    Deciding deciding = {.options = workspace->options, .applied = true};
    g_autoptr(GError) error = NULL;

    if (!check_use(&deciding, &error))
        return record_misuse(g_steal_pointer(&error));
    return record_case_run(workspace, record_it, &deciding);
}
