/* breach record inquiry: somebody asked, or told us of a leak; who it was is known, and they were answered. */
#include "cli/record_case.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "model/case_inquiry.h"
#include "report/casework.h"
#include "report/status.h"

static bool check_use(const Options *options, GError **error)
{
    static const char *const outcomes[] = {"received", "verified", "extended", "answered", NULL};
    static const char *const kinds[] = {"question", "report", NULL};

    if (!options->outcome || !g_strv_contains(outcomes, options->outcome)) {
        error_set(error, BREACH_ERROR_INPUT, "inquiry-outcome",
                  "add --outcome received, verified, extended or answered");
        return false;
    }
    if (strcmp(options->outcome, "received") != 0 && !options->words[1]) {
        error_set(error, BREACH_ERROR_INPUT, "inquiry-which",
                  "which inquiry? breach record PLAYBOOK inquiry ID, as it was printed when it was received");
        return false;
    }
    if (options->kind && (!g_strv_contains(kinds, options->kind) || strcmp(options->outcome, "received") != 0)) {
        error_set(error, BREACH_ERROR_INPUT, "inquiry-kind",
                  "--kind question or --kind report goes with --outcome received");
        return false;
    }
    if (strcmp(options->outcome, "extended") == 0 && !record_case_reason(options, error))
        return false;
    if (options->words[1] && !text_is_name(options->words[1])) {
        error_set(error, BREACH_ERROR_INPUT, "inquiry-id",
                  "%s is no id of an inquiry: small letters, digits and hyphens; nobody's name or address",
                  options->words[1]);
        return false;
    }
    return record_case_by(options, error) && (!options->reason || record_case_line("reason", options->reason, error));
}

/* The first of "inquiry-N" that nobody has. */
static char *next_id(const CaseState *state)
{
    for (guint n = state->inquiries->len + 1;; n++) {
        g_autofree char *id = g_strdup_printf("inquiry-%u", n);

        if (!case_state_subject(state->inquiries, id))
            return g_steal_pointer(&id);
    }
}

static bool refuse(const char *id, const char *outcome, const char *why, GError **error)
{
    error_set(error, BREACH_ERROR_INPUT, "inquiry-state", "inquiry %s cannot be %s: %s", id, outcome, why);
    return false;
}

/* What comes after what. */
static bool check_order(const CaseInquiry *inquiry, const char *id, const char *outcome, const Moment *at,
                        GError **error)
{
    if (strcmp(outcome, "received") == 0)
        return !inquiry || refuse(id, outcome, "there is one of this id already", error);
    if (!inquiry) {
        error_set(error, BREACH_ERROR_INPUT, "inquiry-unknown",
                  "there is no inquiry %s: breach status lists those that "
                  "are open",
                  id);
        return false;
    }
    if (inquiry->answered.known)
        return refuse(id, outcome, "it was answered", error);
    if (strcmp(outcome, "verified") == 0 && inquiry->verified.known)
        return refuse(id, outcome, "it was before", error);
    if (strcmp(outcome, "extended") == 0 && inquiry->extended.known)
        return refuse(id, outcome, "it was before", error);
    if (strcmp(outcome, "extended") == 0 && inquiry->has_due && at->at > inquiry->last)
        return refuse(id, outcome, "it was due before that", error);
    return at->at >= inquiry->received.at || refuse(id, outcome, "that is before it was received", error);
}

/* Whoever tells us of a leak may have told us for the first time. */
static void ask_awareness(const RecordCase *record, const Moment *at)
{
    const Workspace *workspace = record->workspace;
    g_autofree char *when = moment_format_rfc3339(*at);
    RegimeTime known;

    if (case_state_anchor(record->lawbook->state, NULL, "awareness", &known, NULL) && law_time_at(&known) <= at->at)
        return;
    output_message(
        N_("is this when you became aware? If so, the clocks of the law run from it: type breach record %s%s "
           "anchor awareness --at %s --by NAME --reason TEXT"),
        workspace->typed, workspace->mode, when);
}

static char *due_words(const CaseInquiry *inquiry, int64_t now, bool english)
{
    g_autofree char *due = inquiry->has_due ? moment_format_rfc3339(inquiry->due) : NULL;
    g_autofree char *time = inquiry->has_due && !english ? status_time(inquiry->due.at, now) : g_strdup(due);

    if (inquiry->state == CASE_INQUIRY_ANSWERED)
        return g_strdup(inquiry->is_late ? (english ? "answered, late" : _("answered, late"))
                                         : (english ? "answered" : _("answered")));
    if (inquiry->state == CASE_INQUIRY_WAITS)
        return g_strdup(english ? "its clock starts when it is known who asks"
                                : _("its clock starts when it is known who asks"));
    if (inquiry->missing_year > 0)
        return g_strdup_printf(english ? "the calendar has no working days of %d, so nobody knows when it is due"
                                       : _("the calendar has no working days of %d, so nobody knows when it is due"),
                               inquiry->missing_year);
    if (!time)
        return g_strdup(english ? "nothing says by when it is to be answered"
                                : _("nothing says by when it is to be answered"));
    return g_strdup_printf(english ? "to be answered by %s" : _("to be answered by %s"), time);
}

static int tell(const RecordCase *record, const char *id)
{
    g_autoptr(GPtrArray) all = casework_inquiries(record->lawbook);
    const CaseInquiry *inquiry = case_inquiry_find(all, id);
    g_autofree char *words = due_words(inquiry, record->now, false);
    g_autofree char *plain = due_words(inquiry, record->now, true);
    g_autofree char *english = g_strdup_printf("recorded: %s: %s", id, plain);
    g_autofree char *shown = g_strdup_printf(_("recorded: %s: %s"), id, words);
    g_autofree char *due = inquiry->has_due ? moment_format_rfc3339(inquiry->due) : NULL;

    return record_case_tell(record,
                            &(RecordTold){.kind = "inquiry",
                                          .subject = id,
                                          .english = english,
                                          .shown = shown,
                                          .command = "status",
                                          .changed = true,
                                          .applied = true,
                                          .more = json_pack("{s:s, s:s, s:s?}", "inquiry_kind", inquiry->kind, "state",
                                                            case_inquiry_state_name(inquiry->state), "due", due)});
}

static int record_it(RecordCase *record, void *user)
{
    const Options *options = user;
    g_autoptr(GPtrArray) all = casework_inquiries(record->lawbook);
    g_autofree char *id = options->words[1] ? g_strdup(options->words[1]) : next_id(record->lawbook->state);
    bool is_new = strcmp(options->outcome, "received") == 0;
    const char *kind = is_new ? (options->kind ? options->kind : "question") : NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *written = NULL;
    Moment at;

    if (!record_case_time("at", options->at, record->now, &at, &error) ||
        !check_order(case_inquiry_find(all, id), id, options->outcome, &at, &error))
        return record_fail(error);
    written = moment_format_rfc3339(at);
    if (!record_case_append(record, CASE_INQUIRY,
                            json_pack("{s:s, s:s, s:s, s:s*, s:s, s:s*}", "id", id, "outcome", options->outcome, "at",
                                      written, "kind", kind, "by", options->by, "reason", options->reason),
                            &error))
        return record_fail(error);
    if (record->overtaken)
        return EXIT_CODE_TOLD;
    if (g_strcmp0(kind, "report") == 0)
        ask_awareness(record, &at);
    return tell(record, id);
}

int record_inquiry(Workspace *workspace)
{
    g_autoptr(GError) error = NULL;

    if (!check_use(workspace->options, &error))
        return record_misuse(g_steal_pointer(&error));
    return record_case_run(workspace, record_it, (void *)workspace->options);
}
