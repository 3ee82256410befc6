#include "cli/climbing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "model/plan_endpoint.h"
#include "report/climbs.h"

#define ANSWER_MAX 64

static bool parse_number(const char *text, int64_t *number, GError **error)
{
    g_autofree char *plain = g_strdup(text);
    guint64 value = 0;
    char *to = plain;

    for (const char *from = plain; *from; from++) /* "1,204" is what was shown */
        if (*from != ',')
            *to++ = *from;
    *to = '\0';
    if (g_ascii_string_to_unsigned(plain, 10, 1, G_MAXINT32, &value, NULL)) {
        *number = (int64_t)value;
        return true;
    }
    error_set(error, BREACH_ERROR_INPUT, "ladder-number",
              "--climb %s is no number of notices: write the one that breach "
              "status prints",
              text);
    return false;
}

/* What those who go on now would cost on one channel. */
static void print_cost(const Workspace *workspace, const char *channel, int64_t notices)
{
    const Gateway *gateway = material_gateway(workspace->material, channel);
    g_autofree char *number = text_grouped(notices);

    if (gateway && gateway->price > 0)
        output_message(N_("%s: %s, from %.2f %s (%.4f %s for each message or segment)"), channel, number,
                       (double)gateway->price * (double)notices / 1e6, gateway->currency ? gateway->currency : "",
                       (double)gateway->price / 1e6, gateway->currency ? gateway->currency : "");
    else
        output_message(N_("%s: %s; the gateway says no price"), channel, number);
}

static void print_costs(const Workspace *workspace, const Climbs *climbs)
{
    for (const char *const *channel = plan_channels(); *channel; channel++) {
        int64_t notices = 0;

        for (guint i = 0; i < climbs->waits->len; i++) {
            const LedgerClimbWait *wait = g_ptr_array_index(climbs->waits, i);

            notices += strcmp(wait->to, *channel) == 0 ? wait->due_now : 0;
        }
        if (notices > 0)
            print_cost(workspace, *channel, notices);
    }
}

static bool allow(Ledger *ledger, const Climbs *climbs, int64_t number, GError **error)
{
    g_autofree char *by = posting_who();

    log_event(LOG_AT_INFO, "climb-allowed", "notices=%" PRId64, number);
    return ledger_climb_allow(ledger, climbs->question.climbed + number, by, clock_now(clock_system()), error);
}

static bool take_yes(Ledger *ledger, const Climbs *climbs, const char *typed, GError **error)
{
    int64_t number;

    if (!parse_number(typed, &number, error))
        return false;
    if (!climbs->question.must_ask) {
        output_message("nothing waits for --climb: nobody has to go on to another channel without a yes");
        return true;
    }
    if (number < climbs->question.due) {
        error_set(error, BREACH_ERROR_INPUT, "ladder-count",
                  climbs->question.due == 1 ? N_("%" PRId64 " notice has to go on to another channel, not %" PRId64
                                                 ": if it may, type --climb %" PRId64)
                                            : N_("%" PRId64 " notices have to go on to another channel, not %" PRId64
                                                 ": if they may, type --climb %" PRId64),
                  climbs->question.due, number, climbs->question.due);
        return false;
    }
    return allow(ledger, climbs, number, error);
}

static bool ask(Ledger *ledger, const Climbs *climbs, GError **error)
{
    g_autofree char *number = text_grouped(climbs->question.due);
    char answer[ANSWER_MAX];
    int64_t typed = 0;

    fprintf(stderr, _("Type the number of notices (%s) to let them go on, or Enter to let them wait: "), number);
    fflush(stderr);
    if (!fgets(answer, sizeof answer, stdin) || !*g_strstrip(answer) || !parse_number(answer, &typed, NULL) ||
        typed != climbs->question.due) {
        output_message("they wait; the rest is sent");
        return true;
    }
    return allow(ledger, climbs, typed, error);
}

static void say_waits(const Workspace *workspace, const Climbs *climbs)
{
    g_autoptr(GError) warning =
        error_make(BREACH_ERROR_INPUT, "ladder-waits",
                   climbs->question.due == 1
                       ? N_("%" PRId64 " notice has to go on to another channel and waits for a yes; to let it go on, "
                            "type breach notify %s%s --climb %" PRId64)
                       : N_("%" PRId64 " notices have to go on to another channel and wait for a yes; to let them go "
                            "on, type breach notify %s%s --climb %" PRId64),
                   climbs->question.due, workspace->typed, workspace->mode, climbs->question.due);

    output_message(N_("warning: %s"), warning->message);
}

void climbing_tell(const Workspace *workspace, Ledger *ledger)
{
    g_autoptr(Climbs) climbs = climbs_collect(ledger, clock_now(clock_system()), NULL);

    if (!climbs || !climbs->question.must_ask)
        return;
    print_costs(workspace, climbs);
    say_waits(workspace, climbs);
}

bool climbing_settle(const Workspace *workspace, Ledger *ledger, GError **error)
{
    const char *typed = workspace->options->climb;
    g_autoptr(Climbs) climbs = climbs_collect(ledger, clock_now(clock_system()), error);

    if (!climbs)
        return false;
    if (typed)
        return take_yes(ledger, climbs, typed, error);
    if (!climbs->question.must_ask)
        return true;
    print_costs(workspace, climbs);
    if (!workspace->options->yes && isatty(STDIN_FILENO))
        return ask(ledger, climbs, error);
    say_waits(workspace, climbs);
    return true;
}
