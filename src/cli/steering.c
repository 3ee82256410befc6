#include "cli/steering.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "cli/selection.h"
#include "cli/workspace.h"
#include "ledger/inbox.h"
#include "ledger/ledger_select.h"
#include "report/brakes.h"
#include "report/status.h"

#define LOOK_MS 50
#define LOOKS   60 /* of LOOK_MS: how long we look whether the other process obeys */

typedef struct Steering {
    const Options *options;
    Workspace *workspace;
    Ledger *ledger;
    Hold hold; /* borrows all but `name` */
    bool lift;
    bool changed; /* it was not so already */
    bool is_applied;
} Steering;

/* The wish ------------------------------------------------------------------------------------------------------ */

/* At most one of the options that say what is meant; none: everything. */
static bool choose_scope(const Options *options, Hold *hold, GError **error)
{
    const char *const given[HOLD_SCOPES] = {
        [HOLD_GATEWAY] = options->gateway, [HOLD_CHANNEL] = options->channel, [HOLD_AUDIENCE] = options->audience,
        [HOLD_DOMAIN] = options->domain,   [HOLD_PERSON] = options->person,
    };
    int count = 0;

    hold->scope = HOLD_EVERYTHING;
    hold->name = (char *)"";
    for (int i = 0; i < HOLD_SCOPES; i++)
        if (given[i]) {
            count++;
            hold->scope = (HoldScope)i;
            hold->name = (char *)given[i];
        }
    if (count <= 1)
        return true;
    error_set(
        error, BREACH_ERROR_INPUT, "hold-one-scope",
        "one of --gateway, --channel, --audience, --domain and --person at a time: type the command once for each");
    return false;
}

static bool check_reason(const Options *options, bool lift, GError **error)
{
    if (posting_is_reason(options->reason))
        return true;
    if (lift)
        error_set(
            error, BREACH_ERROR_INPUT, "hold-reason",
            "why? add --reason \"…\", one line: it stands in the log with your name, and whoever wonders why it is "
            "sent again reads it");
    else
        error_set(error, BREACH_ERROR_INPUT, "hold-reason",
                  "why? add --reason \"…\", one line: it stands in the log with your name, and whoever wonders why "
                  "nothing is sent reads it");
    return false;
}

static bool refuse_lift(const Steering *steering, const GPtrArray *holds, GError **error)
{
    g_autofree char *what = hold_words(&steering->hold);
    GString *list = g_string_new(NULL);
    g_autofree char *text = NULL;

    for (guint i = 0; i < holds->len; i++) {
        g_autofree char *command =
            brakes_lift(g_ptr_array_index(holds, i), steering->workspace->typed, steering->workspace->mode);

        g_string_append_printf(list, "%s%s", i == 0 ? "" : ", or ", command);
    }
    text = g_string_free(list, FALSE);
    if (holds->len == 0)
        error_set(error, BREACH_ERROR_INPUT, "hold-none",
                  "%s is not held, and nothing else is: there is nothing to lift", what);
    else
        error_set(error, BREACH_ERROR_INPUT, "hold-not-held", "%s is not held; to lift what is, type %s", what, text);
    return false;
}

/* Doing it ------------------------------------------------------------------------------------------------------ */

static bool is_held(const Steering *steering, bool *held, GError **error)
{
    g_autoptr(GPtrArray) holds = hold_list(steering->ledger, error);

    if (!holds)
        return false;
    *held = hold_find_own(holds, steering->hold.scope, steering->hold.name, NULL) != NULL;
    return true;
}

/* A domain that refuses us by policy is let go by the same command as one that is held. */
static bool is_paused(const Steering *steering)
{
    g_autoptr(GPtrArray) pauses = pause_list(steering->ledger, NULL);

    return steering->hold.scope == HOLD_DOMAIN && pauses && pause_find(pauses, PAUSE_DOMAIN, steering->hold.name);
}

/* Another process holds the lock. A running notify looks into the inbox several times a second; whoever only looks or
 * plans is done soon, and then it is for us to apply. */
static bool wait_for_others(Steering *steering, GError **error)
{
    InboxHold asked;
    bool held;

    for (int looks = 0; looks < LOOKS && !steering->is_applied; looks++) {
        if (!inbox_hold_asked(steering->ledger, &steering->hold, &asked, error) || !is_held(steering, &held, error))
            return false;
        if (asked == INBOX_HOLD_NONE && held != steering->lift && !(steering->lift && is_paused(steering))) {
            steering->is_applied = true;
        } else {
            g_usleep(LOOK_MS * 1000);
            if (!workspace_is_busy(steering->workspace) &&
                !posting_apply(steering->workspace, steering->ledger, &steering->is_applied, error))
                return false;
        }
    }
    return true;
}

static bool post(Steering *steering, GError **error)
{
    return inbox_append_hold(steering->ledger, &steering->hold, steering->lift, error) &&
           posting_apply(steering->workspace, steering->ledger, &steering->is_applied, error) &&
           wait_for_others(steering, error);
}

/* Those from which a message may still go out. */
#define OPEN                                                                                                           \
    (SELECT_STATE(MESSAGE_PLANNED) | SELECT_STATE(MESSAGE_ATTEMPTING) | SELECT_STATE(MESSAGE_DEFERRED) |               \
     SELECT_STATE(MESSAGE_IN_DOUBT))
#define DOMAIN_SAMPLE 10000 /* messages whose domains are compared with what was typed */

/* The domain of what is to be sent that was probably meant: newly allocated, or NULL. */
static char *nearest_domain(Ledger *ledger, const char *domain, GError **error)
{
    g_autoptr(GPtrArray) matches = ledger_select(ledger, &(LedgerFilter){.states = OPEN}, 0, DOMAIN_SAMPLE, error);
    g_autoptr(GPtrArray) domains = g_ptr_array_new();

    for (guint i = 0; matches && i < matches->len; i++) {
        const char *at = strrchr(((const LedgerMatch *)g_ptr_array_index(matches, i))->endpoint, '@');

        if (at)
            g_ptr_array_add(domains, (gpointer)(at + 1));
    }
    g_ptr_array_add(domains, NULL);
    return g_strdup(text_nearest(domain, (const char *const *)domains->pdata));
}

/* A domain to which nothing goes is mostly a mistyped one. It is held all the same: a later plan may bring it. */
static bool warn_of_nobody(const Steering *steering, GError **error)
{
    const char *domain = steering->hold.name;
    g_autoptr(GPtrArray) found = NULL;
    g_autoptr(GError) problem = NULL;
    g_autoptr(GError) warning = NULL;
    g_autofree char *nearest = NULL;

    if (steering->hold.scope != HOLD_DOMAIN || steering->lift)
        return true;
    found = ledger_select(steering->ledger, &(LedgerFilter){.states = OPEN, .domain = domain}, 0, 1, error);
    if (!found || found->len > 0)
        return found != NULL;
    nearest = nearest_domain(steering->ledger, domain, &problem);
    if (problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    warning =
        nearest ? error_make(BREACH_ERROR_INPUT, "hold-nobody",
                             "no message that is still to be sent goes to %s, so this hold keeps nothing back: did "
                             "you mean %s?",
                             domain, nearest)
                : error_make(BREACH_ERROR_INPUT, "hold-nobody",
                             "no message that is still to be sent goes to %s, so this hold keeps nothing back", domain);
    output_message(N_("warning: %s"), warning->message);
    return true;
}

/* Whether there is something to do; a hold that is there already is said, and is no error. What somebody asked for and
 * the process at work has not looked at yet counts as done: a hold that is about to be lifted is none, and one that is
 * about to be set can be lifted. */
static bool decide(Steering *steering, GError **error)
{
    InboxHold asked = INBOX_HOLD_NONE;
    /* Before the holds: it may be applied in between. */
    bool is_read = inbox_hold_asked(steering->ledger, &steering->hold, &asked, error);
    g_autoptr(GPtrArray) holds = is_read ? hold_list(steering->ledger, error) : NULL;
    const Hold *there = holds ? hold_find_own(holds, steering->hold.scope, steering->hold.name, NULL) : NULL;

    if (!holds)
        return false;
    if (steering->lift && asked != INBOX_HOLD_HOLD && !there && !is_paused(steering))
        return refuse_lift(steering, holds, error);
    steering->changed = steering->lift || !there || asked == INBOX_HOLD_LIFT;
    if (!steering->changed) {
        g_autofree char *what = hold_words(there);
        g_autofree char *since = status_time(there->at, steering->hold.at);

        output_message(N_("%s is held already, by %s since %s: %s; nothing was changed"), what, there->by, since,
                       there->reason);
        steering->is_applied = true;
        return true;
    }
    return warn_of_nobody(steering, error) && post(steering, error);
}

/* Showing it ---------------------------------------------------------------------------------------------------- */

static char *make_verdict(const Steering *steering, const GPtrArray *holds, GError **error)
{
    g_autofree char *what = hold_words(&steering->hold);
    LedgerCounts counts;
    g_autofree char *number = NULL, *open = NULL;
    int64_t left;

    if (!ledger_counts(steering->ledger, &counts, error))
        return NULL;
    left = counts.open + counts.messages[MESSAGE_ATTEMPTING];
    number = text_grouped(left);
    open = g_strdup_printf(language_plural("%s message of the incident waits or is on its way",
                                           "%s messages of the incident wait or are on their way", left),
                           number);
    if (!steering->is_applied)
        return g_strdup_printf(steering->lift ? _("recorded: %s is lifted as soon as the breach that is at work looks")
                                              : _("recorded: %s is held as soon as the breach that is at work looks"),
                               what);
    if (!steering->lift)
        return g_strdup_printf(_("held: %s; %s"), what, open);
    if (holds->len > 0)
        return g_strdup_printf(language_plural("lifted: %s; %u other hold goes on; %s",
                                               "lifted: %s; %u other holds go on; %s", holds->len),
                               what, holds->len, open);
    return g_strdup_printf(_("lifted: %s; nothing is held, %s"), what, open);
}

static char *make_next(const Steering *steering)
{
    const char *command = steering->lift && !workspace_is_busy(steering->workspace) ? "notify" : "status";

    return g_strdup_printf("breach %s %s%s", command, steering->workspace->typed, steering->workspace->mode);
}

static json_t *make_json(const Steering *steering, const GPtrArray *holds, const char *verdict, const char *next)
{
    const Hold *hold = &steering->hold;
    g_autofree char *at = clock_format_utc(hold->at);

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:o, s:s, s:s}", "schema",
                     steering->lift ? "breach.lift/1" : "breach.hold/1", "incident",
                     ledger_header(steering->ledger)->incident, "scope", hold_scope_name(hold->scope), "name",
                     hold->name, "reason", hold->reason, "by", hold->by, "at", at, "changed", steering->changed,
                     "applied", steering->is_applied, "holds", brakes_holds_json(holds), "verdict", verdict, "next",
                     next);
}

static int show(const Steering *steering, GError **error)
{
    g_autoptr(GPtrArray) holds = hold_list(steering->ledger, error);
    g_autofree char *verdict = holds ? make_verdict(steering, holds, error) : NULL;
    g_autofree char *next = make_next(steering);

    if (!verdict)
        return EXIT_CODE_TOLD; /* with an error, which says the code */
    if (steering->options->json)
        output_json(make_json(steering, holds, verdict, next));
    else
        output_verdict(verdict, next);
    return EXIT_CODE_TOLD;
}

/* The command --------------------------------------------------------------------------------------------------- */

static int refuse(const Steering *steering, const GError *error, int code)
{
    output_message("error: %s", error->message);
    output_message(steering->lift ? N_("nothing was lifted") : N_("nothing was held"));
    return code;
}

/* With the names checked: what nobody has cannot be held, and a mistyped name must not look as if it were. */
static int steer(Steering *steering)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Selection) selection = NULL;
    g_autoptr(Ledger) ledger = workspace_ledger(steering->workspace, &error);
    g_autofree char *by = posting_who();
    int code;

    steering->ledger = ledger;
    selection = ledger ? selection_new(steering->workspace, ledger, &error) : NULL;
    if (!selection)
        return refuse(steering, error, exit_code_of(error));
    if (selection->domain)
        steering->hold.name = selection->domain;
    steering->hold.by = by;
    if (!decide(steering, &error))
        return refuse(steering, error, exit_code_of(error));
    code = show(steering, &error);
    if (!error)
        return code;
    output_message("error: %s", error->message); /* it is done, and cannot be shown */
    return exit_code_of(error);
}

int steering_run(const Options *options, bool lift)
{
    Steering steering = {.options = options, .lift = lift};
    g_autoptr(GError) error = NULL;
    g_autoptr(Workspace) workspace = NULL;

    if (!choose_scope(options, &steering.hold, &error) || !check_reason(options, lift, &error))
        return refuse(&steering, error, EXIT_CODE_USAGE);
    steering.hold.reason = (char *)options->reason;
    steering.hold.at = clock_now(clock_system());
    workspace = workspace_open(options);
    steering.workspace = workspace;
    if (!workspace->folder)
        return workspace_fail(workspace, NULL);
    return steer(&steering);
}
