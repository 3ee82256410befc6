/* breach obligations PLAYBOOK file ID: that a report was made, when, by whom, with what proof. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fault.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/evidence.h"
#include "cli/exit_code.h"
#include "cli/filing_folder.h"
#include "cli/obligations.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "model/case_decision.h"
#include "model/obligation_decision.h"
#include "model/report_form.h"
#include "report/clocks.h"

typedef struct Recording {
    Workspace *workspace;
    const Options *options;
    Lawbook *lawbook;             /* owned */
    const Obligation *obligation; /* of the lawbook as it was before */
    char *id;                     /* owned; "eu-gdpr/authority_72h" */
    Moment at;                    /* when it was handed in */
    int64_t late;                 /* ms; 0: in time, without a deadline, or filed before */
    bool was_filed;               /* a report of this step was recorded before */
    bool is_known;                /* this very report was */
    bool overtaken;               /* something was recorded between what was read and what was to be written */
    json_t *withdrawn;            /* owned reference; the body of the entry that is taken back, or NULL */
    Evidence evidence;
    char *report;       /* owned; digest of the report as it was prepared, or NULL */
    Moment prepared;    /* when that was */
    GHashTable *before; /* owned; id -> what the clock of each obligation said */
} Recording;

static void recording_clear(Recording *recording)
{
    lawbook_close(recording->lawbook);
    evidence_clear(&recording->evidence);
    json_decref(recording->withdrawn);
    g_free(recording->report);
    g_free(recording->id);
    if (recording->before)
        g_hash_table_unref(recording->before);
}

static int fail(const GError *error, int code)
{
    output_message("error: %s", error->message);
    return code;
}

/* What was asked for ----------------------------------------------------------------------------------------------- */

static bool needs(const char *value, const char *option, const char *what, GError **error)
{
    if (value && *value && g_utf8_validate(value, -1, NULL) && !text_has_controls(value, strlen(value)))
        return true;
    error_set(error, BREACH_ERROR_INPUT, "filing-needs", "--%s is needed, in one line: %s", option, what);
    return false;
}

/* Lines of the record are one line each. */
static bool is_line(const char *value, const char *option, GError **error)
{
    return !value || needs(value, option, _("write a text, or leave the option out"), error);
}

static bool check_options(const Options *options, GError **error)
{
    if (options->withdraw)
        return needs(options->by, "by", _("who takes the entry back"), error) &&
               needs(options->reason, "reason", _("why the entry is wrong"), error);
    return needs(options->at, "at", _("when it was handed in, with its offset: 2026-11-21T22:50+08:00"), error) &&
           needs(options->by, "by", _("who handed it in"), error) && is_line(options->channel, "channel", error) &&
           is_line(options->reference, "reference", error) && is_line(options->reason, "reason", error);
}

/* What is done inside the house goes to nobody, by no way. */
static bool check_channel(const Recording *recording, GError **error)
{
    return recording->options->withdraw || g_strcmp0(recording->obligation->step->to, "internal") == 0 ||
           needs(recording->options->channel, "channel", _("how: web, email, phone, letter, fax"), error);
}

static const char *channel_of(const Recording *recording)
{
    return recording->options->channel ? recording->options->channel : "internal";
}

static bool read_time(Recording *recording, GError **error)
{
    if (moment_parse(recording->options->at, &recording->at, error))
        return true;
    error_prefix(error, "--at: ");
    return false;
}

/* Not before what it reports, and not in the future. */
static bool check_time(const Recording *recording, GError **error)
{
    const RegimeClockResult *clock = recording->obligation->clock;
    g_autofree char *start = NULL;

    if (recording->at.at > recording->lawbook->now) {
        error_set(error, BREACH_ERROR_INPUT, "filing-time", "--at %s lies in the future: write when it was handed in",
                  recording->options->at);
        return false;
    }
    if (!clock->has_start || recording->at.at >= clock->start.at)
        return true;
    start = moment_format_rfc3339(clock->start);
    error_set(error, BREACH_ERROR_INPUT, "filing-time",
              "--at %s is before the clock of %s started, at %s: correct --at, or the time from which the clock runs",
              recording->options->at, recording->id, start);
    return false;
}

/* Handed in while a delay went on that has ended by now. */
static bool has_waited(const Recording *recording, const Obligation *limb)
{
    g_autoptr(GPtrArray) decisions = case_decisions(recording->lawbook->state, recording->lawbook->now);
    int64_t until;

    return obligation_decision_waited(limb, decisions, INT64_MAX, recording->at.at, &until) != NULL;
}

/* Of the limbs of one filing the earliest binds, under whichever name it is recorded. */
static const Obligation *binding(const Recording *recording)
{
    const Obligation *own = recording->obligation, *found = own->clock->has_due ? own : NULL;
    const GPtrArray *all = recording->lawbook->obligations;

    for (guint i = 0; own->step->group && own->step->due > 0 && i < all->len; i++) {
        const Obligation *other = g_ptr_array_index(all, i);
        bool is_limb = other->step && other->regime == own->regime && other->step->due > 0 &&
                       g_strcmp0(other->step->group, own->step->group) == 0;

        if (is_limb && other->clock->has_due &&
            (other->clock->state == REGIME_DUE || other->clock->state == REGIME_OVERDUE) &&
            (!found || other->clock->last < found->clock->last))
            found = other;
    }
    return found;
}

static bool check_lateness(Recording *recording, GError **error)
{
    const Obligation *limb = binding(recording);
    g_autofree char *due = NULL;
    g_autofree char *late = NULL;

    recording->was_filed = case_state_filing(recording->lawbook->state, recording->obligation->regime->regime->id,
                                             recording->obligation->step->id, 0) != NULL;
    if (recording->obligation->clock->state == REGIME_FILED || !limb || recording->at.at <= limb->clock->last ||
        has_waited(recording, limb))
        return true;
    recording->late = recording->at.at - limb->clock->last;
    if (recording->options->reason)
        return true;
    due = clocks_time(limb->clock->due);
    late = clock_format_span(recording->late);
    error_set(error, BREACH_ERROR_INPUT, "filing-late",
              "%s was due %s, and was handed in %s late: say why with --reason TEXT", limb->id, due, late);
    return false;
}

/* The event -------------------------------------------------------------------------------------------------------- */

static void set(json_t *body, const char *key, const char *value)
{
    if (value)
        json_object_set_new(body, key, json_string(value));
}

static json_t *body_of(const Recording *recording)
{
    const Options *options = recording->options;
    const RegimeStep *step = recording->obligation->step;
    const RegimeClockResult *clock = recording->obligation->clock;
    g_autofree char *at = moment_format_rfc3339(recording->at);
    json_t *body = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "regime", recording->obligation->regime->regime->id,
                             "step", step->id, "at", at, "by", options->by, "channel", channel_of(recording), "stage",
                             report_stage_name(report_stage_of(step, recording->was_filed)));

    set(body, "reference", options->reference);
    set(body, "reason", options->reason);
    set(body, "report", recording->report);
    if (recording->late > 0)
        json_object_set_new(body, "late_minutes", json_integer((recording->late + CLOCK_MINUTE - 1) / CLOCK_MINUTE));
    else if (!clock->has_due && clock->has_start && recording->at.at >= clock->start.at) {
        set(body, "deadline", "the law gives no number");
        json_object_set_new(body, "after_minutes", json_integer((recording->at.at - clock->start.at) / CLOCK_MINUTE));
    }
    if (recording->evidence.digest)
        json_object_set_new(body, "evidence",
                            json_pack("{s:s, s:s, s:s}", "name", recording->evidence.name, "digest",
                                      recording->evidence.digest, "path", recording->evidence.path));
    return body;
}

/* Whether a report is known, late or a further one was judged by what had been read: nothing may have come since. */
static bool append(Recording *recording, json_t *body, GError **error)
{
    Lawbook *lawbook = recording->lawbook;
    g_autofree char *who = posting_who();
    g_autoptr(GPtrArray) events = case_events_new();

    g_ptr_array_add(events, case_event_new(0, lawbook->now, who, CASE_FILING, json_incref(body)));
    return case_append_if(lawbook->record, lawbook_last(lawbook), events, &recording->overtaken, error);
}

/* The report first, then the event that names it: what is killed in between leaves a copy that nothing names. */
static bool record(Recording *recording, GError **error)
{
    const char *folder = recording->workspace->folder;
    const char *regime = recording->obligation->regime->regime->id;
    const char *step = recording->obligation->step->id;
    json_auto_t *body = NULL;

    if (recording->options->evidence && !recording->evidence.digest &&
        !evidence_keep(folder, recording->options->evidence, &recording->evidence, error))
        return false;
    g_clear_pointer(&recording->report, g_free);
    if (!filing_folder_take(folder, regime, step, &recording->report, &recording->prepared, error))
        return false;
    body = body_of(recording);
    fault_point("filing_append_before");
    if (!append(recording, body, error))
        return false;
    fault_point("filing_append_after");
    if (!recording->overtaken)
        filing_folder_took(folder, regime, step);
    return true;
}

/* A wrong entry ---------------------------------------------------------------------------------------------------- */

/* The very report: of the same time, with the same number of the authority. */
static bool is_known(const Recording *recording)
{
    const CaseFiling *filing;

    for (size_t i = 0; (filing = case_state_filing(recording->lawbook->state, recording->obligation->regime->regime->id,
                                                   recording->obligation->step->id, i)) != NULL;
         i++)
        if (law_time_at(&filing->time) == recording->at.at && !filing->time.is_day &&
            g_strcmp0(case_event_text(filing->event, "reference"), recording->options->reference) == 0)
            return true;
    return false;
}

/* The entry that is meant: that of the time that was given, else the one that was recorded last. */
static const CaseFiling *entry_of(const Recording *recording)
{
    const CaseFiling *found = NULL;
    const CaseFiling *filing;

    for (size_t i = 0; (filing = case_state_filing(recording->lawbook->state, recording->obligation->regime->regime->id,
                                                   recording->obligation->step->id, i)) != NULL;
         i++)
        if ((!recording->options->at || law_time_at(&filing->time) == recording->at.at) &&
            (!found || filing->event->no > found->event->no))
            found = filing;
    return found;
}

/* Nothing leaves the record: a further event says that an earlier one was wrong, who says so, and why. */
static bool withdraw(Recording *recording, GError **error)
{
    const Options *options = recording->options;
    const CaseFiling *entry;
    json_auto_t *body = NULL;

    if (options->at && !read_time(recording, error))
        return false;
    entry = entry_of(recording);
    if (!entry) {
        error_set(error, BREACH_ERROR_INPUT, "filing-none",
                  "no report of %s%s%s is recorded, so there is none to be taken back", recording->id,
                  options->at ? _(" of ") : "", options->at ? options->at : "");
        return false;
    }
    json_decref(recording->withdrawn);
    recording->withdrawn = json_deep_copy(entry->event->body);
    recording->at = entry->time.moment;
    body = json_pack("{s:s, s:s, s:I, s:s, s:s}", "regime", entry->regime, "step", entry->step, "withdraws",
                     (json_int_t)entry->event->no, "by", options->by, "reason", options->reason);
    return append(recording, body, error);
}

/* What it moves ---------------------------------------------------------------------------------------------------- */

/* What the clock of an obligation says, for comparing. */
static char *said(const Obligation *obligation)
{
    const RegimeClockResult *clock = obligation->clock;
    g_autofree char *due = clock->has_due ? moment_format_rfc3339(clock->due) : g_strdup("");

    return g_strconcat(regime_state_name(clock->state), " ", due, NULL);
}

static void remember(Recording *recording)
{
    g_clear_pointer(&recording->before, g_hash_table_unref);
    recording->before = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < recording->lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(recording->lawbook->obligations, i);

        g_hash_table_insert(recording->before, g_strdup(obligation->id), said(obligation));
    }
}

static bool has_moved(const Recording *recording, const Obligation *obligation)
{
    g_autofree char *now = said(obligation);

    return strcmp(obligation->id, recording->id) != 0 &&
           g_strcmp0(g_hash_table_lookup(recording->before, obligation->id), now) != 0;
}

static void print_moved(const Recording *recording)
{
    for (guint i = 0; i < recording->lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(recording->lawbook->obligations, i);
        g_autofree char *state = NULL;

        if (!has_moved(recording, obligation))
            continue;
        state = clocks_state(obligation->clock);
        printf(_("because of this: %s: %s\n"), obligation->id, state);
    }
}

static json_t *moved_json(const Recording *recording)
{
    json_t *moved = json_array();

    for (guint i = 0; i < recording->lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(recording->lawbook->obligations, i);
        g_autofree char *due = moment_format_rfc3339(obligation->clock->due);

        if (has_moved(recording, obligation))
            json_array_append_new(moved, json_pack("{s:s, s:s, s:s?}", "id", obligation->id, "state",
                                                   regime_state_name(obligation->clock->state), "due",
                                                   obligation->clock->has_due ? due : NULL));
    }
    return moved;
}

static char *verdict_of(const Recording *recording)
{
    g_autofree char *at = clocks_time(recording->at);
    g_autofree char *how = clocks_timeliness(recording->obligation->clock, recording->at, recording->late);

    if (recording->withdrawn)
        return g_strdup_printf(_("withdrawn: that %s was filed %s; the step runs as if it never was"), recording->id,
                               at);
    if (recording->is_known)
        return g_strdup_printf(_("known already: %s was filed %s; nothing was recorded"), recording->id, at);
    if (recording->was_filed && recording->late == 0)
        return g_strdup_printf(_("recorded: a further report of %s, handed in %s; it was filed before"), recording->id,
                               at);
    return g_strdup_printf(_("recorded: %s was filed %s, %s"), recording->id, at, how);
}

/* The entry that is taken back as it was recorded (notices have no stage), with who takes it back, and why. */
static json_t *withdrawn_json(const Recording *recording)
{
    json_t *document = json_deep_copy(recording->withdrawn);
    const char *stage = report_stage_name(report_stage_of(recording->obligation->step, false));

    if (!json_object_get(document, "stage"))
        set(document, "stage", stage);
    json_object_set_new(document, "withdrawn",
                        json_pack("{s:s, s:s}", "by", recording->options->by, "reason", recording->options->reason));
    return document;
}

static void print_json(const Recording *recording, const char *verdict, const char *next)
{
    json_t *document = recording->withdrawn ? withdrawn_json(recording) : body_of(recording);

    json_object_set_new(document, "schema", json_string("breach.filed/1"));
    json_object_set_new(document, "again", json_boolean(recording->was_filed));
    json_object_set_new(document, "known", json_boolean(recording->is_known));
    json_object_set_new(document, "moved", moved_json(recording));
    json_object_set_new(document, "verdict", json_string(verdict));
    json_object_set_new(document, "next", json_string(next));
    output_json(document);
}

#define CLOCKS_DIFFER (5 * CLOCK_MINUTE) /* between the clock on the wall and ours */

static void warn_of_order(const Recording *recording)
{
    g_autofree char *prepared = clocks_time(recording->prepared);
    g_autofree char *at = clocks_time(recording->at);

    if (recording->report && recording->prepared.known && recording->prepared.at >= recording->at.at + CLOCKS_DIFFER)
        output_message(
            "warning: the report that is kept with %s was prepared at %s, after it is said to have been handed "
            "in, %s: correct the time (--withdraw takes the entry back), or add what was really handed in as "
            "--evidence",
            recording->id, prepared, at);
}

static void show(const Recording *recording)
{
    const Workspace *workspace = recording->workspace;
    const char *to = recording->obligation->step->to;
    bool is_report = g_strcmp0(to, "individuals") != 0 && g_strcmp0(to, "internal") != 0;
    g_autofree char *verdict = verdict_of(recording);
    g_autofree char *next = g_strdup_printf("breach obligations %s%s", workspace->typed, workspace->mode);

    if (recording->options->json) {
        print_json(recording, verdict, next);
        return;
    }
    if (recording->is_known || recording->withdrawn)
        is_report = false;
    if (recording->report)
        printf(_("the report as it was prepared is kept: %s\n"), recording->report);
    else if (is_report)
        output_message("warning: no report of %s was prepared here, so none is kept, and the next one cannot say what "
                       "changed",
                       recording->id);
    warn_of_order(recording);
    if (recording->evidence.digest)
        printf(_("the evidence is kept: %s\n"), recording->evidence.path);
    print_moved(recording);
    output_verdict(verdict, next);
}

static bool open_step(Recording *recording, const char *id, GError **error)
{
    recording->obligation = obligations_find(recording->lawbook, id, error);
    if (!recording->obligation)
        return false;
    g_free(recording->id);
    recording->id = g_strdup(recording->obligation->id);
    if (recording->obligation->step)
        return true;
    error_set(error, BREACH_ERROR_INPUT, "filing-not-reported", "%s is no report: nobody outside gets one of it",
              recording->id);
    return false;
}

static bool enter(Recording *recording, GError **error)
{
    if (!read_time(recording, error))
        return false;
    recording->late = 0;
    recording->is_known = is_known(recording);
    if (recording->is_known) {
        evidence_clear(&recording->evidence); /* whoever came first named theirs */
        g_clear_pointer(&recording->report, g_free);
        recording->was_filed = true;
        return true;
    }
    return check_time(recording, error) && check_lateness(recording, error) && record(recording, error);
}

static bool act(Recording *recording, GError **error)
{
    recording->overtaken = false;
    return recording->options->withdraw ? withdraw(recording, error) : enter(recording, error);
}

static int file(Recording *recording, const char *id)
{
    g_autoptr(GError) error = NULL;

    if (!check_options(recording->options, &error))
        return fail(error, EXIT_CODE_USAGE);
    recording->lawbook = obligations_open(recording->workspace, true, NULL, &error);
    if (!recording->lawbook)
        return fail(error, exit_code_of(error));
    do {
        if (recording->overtaken && !lawbook_refresh(recording->lawbook, recording->lawbook->now, &error))
            return fail(error, exit_code_of(error));
        if (!open_step(recording, id, &error) || !check_channel(recording, &error))
            return fail(error, EXIT_CODE_USAGE);
        remember(recording);
        if (!act(recording, &error))
            return fail(error, exit_code_of(error));
    } while (recording->overtaken);
    recording->obligation = NULL; /* goes with the refresh */
    return EXIT_CODE_TOLD;
}

int obligations_file(Workspace *workspace, const char *id)
{
    Recording recording = {.workspace = workspace, .options = workspace->options};
    g_autoptr(GError) error = NULL;
    int code = file(&recording, id);

    if (code == EXIT_CODE_TOLD) {
        g_autofree char *step = g_strdup(recording.id);

        if (lawbook_refresh(recording.lawbook, recording.lawbook->now, &error))
            recording.obligation = obligations_find(recording.lawbook, step, &error);
        if (recording.obligation)
            show(&recording);
        else
            code = fail(error, exit_code_of(error));
    }
    recording_clear(&recording);
    return code;
}
