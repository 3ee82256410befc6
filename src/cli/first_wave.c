#include "cli/first_wave.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "model/quiet_hours.h"

#define STOP_OVER_DEFAULT 5.0 /* percent */
#define LIMIT_MOST        100000000

/* Options ------------------------------------------------------------------------------------------------------- */

static bool parse_percent(const char *text, double *percent)
{
    char *end = NULL;

    if (!g_ascii_isdigit(*text))
        return false;
    *percent = g_ascii_strtod(text, &end);
    if (*end == '%')
        end++;
    return *end == '\0' && *percent <= 100;
}

bool first_wave_parse(const Options *options, int *limit, double *stop_over, GError **error)
{
    guint64 count = 0;

    *limit = 0;
    *stop_over = STOP_OVER_DEFAULT;
    if (options->limit && !g_ascii_string_to_unsigned(options->limit, 10, 1, LIMIT_MOST, &count, NULL)) {
        error_set(error, BREACH_ERROR_INPUT, "usage-limit", "--limit %s is no number of messages: write --limit 100",
                  options->limit);
        return false;
    }
    *limit = (int)count;
    if (options->stop_over && !parse_percent(options->stop_over, stop_over)) {
        error_set(error, BREACH_ERROR_INPUT, "usage-stop-over",
                  "--stop-over %s is no share: write a percentage such as 5", options->stop_over);
        return false;
    }
    if (!options->stop_over || options->limit)
        return true;
    error_set(error, BREACH_ERROR_INPUT, "usage-stop-over",
              "--stop-over is about a first wave: say how large with --limit");
    return false;
}

/* Quiet hours --------------------------------------------------------------------------------------------------- */

static bool record_override(Ledger *ledger, const QuietHours *quiet, int64_t now, GError **error)
{
    g_autofree char *by = posting_who();
    g_autofree char *end = quiet_hours_words(quiet, quiet_hours_until(quiet, NULL, now));
    json_auto_t *details = json_pack("{s:s, s:s}", "by", by, "until", end);

    if (!ledger_begin(ledger, error))
        return false;
    if (ledger_note(ledger, "quiet_hours_overridden", now, details, error) && ledger_commit(ledger, error))
        return true;
    ledger_rollback(ledger);
    return false;
}

bool first_wave_quiet(const Workspace *workspace, Ledger *ledger, const QuietHours **quiet, GError **error)
{
    const QuietHours *hours = material_playbook(workspace->material)->quiet_hours;
    int64_t now = clock_now(clock_system());
    int64_t until = hours ? quiet_hours_until(hours, NULL, now) : 0;
    g_autofree char *end = until != 0 ? quiet_hours_words(hours, until) : NULL;

    *quiet = hours;
    if (material_status(workspace->material) == INCIDENT_EXERCISE) {
        *quiet = NULL;
        if (until != 0)
            output_message(N_("quiet hours until %s: a rehearsal does not wait for them, an actual run would"), end);
        return true;
    }
    if (!workspace->options->in_quiet_hours)
        return true;
    *quiet = NULL;
    return until == 0 || record_override(ledger, hours, now, error);
}

/* The first wave ------------------------------------------------------------------------------------------------ */

static bool hold_everything(Ledger *ledger, const Wave *wave, GError **error)
{
    if (!ledger_begin(ledger, error))
        return false;
    if (wave_hold(wave, ledger, clock_now(clock_system()), error) && ledger_commit(ledger, error))
        return true;
    ledger_rollback(ledger);
    return false;
}

bool first_wave_conclude(const Workspace *workspace, Ledger *ledger, const ConductorResult *result, GError **error)
{
    const Wave *wave = &result->wave;
    g_autofree char *english = NULL;
    g_autofree char *reason = NULL;
    LedgerCounts counts;

    if (wave->limit == 0 || result->end == CONDUCTOR_BROKEN || result->end == CONDUCTOR_ABANDONED)
        return true;
    if (!ledger_counts(ledger, &counts, error))
        return false;
    if (counts.open > 0 && wave_exceeds(wave)) {
        english = wave_reason(wave);
        reason = wave_words(english);
        if (!hold_everything(ledger, wave, error)) /* unless the conductor did so with the last answer */
            return false;
        output_message(N_("%s: everything is held; look why with breach status %s%s before you lift it"), reason,
                       workspace->typed, workspace->mode);
        return true;
    }
    if (result->end == CONDUCTOR_WAVE)
        output_message(N_("first wave of %d done: told: %d, refused: %d, put off or in doubt: %d; go on with breach notify "
                          "%s%s"),
                       wave->answered, wave->told, wave->refused, wave->answered - wave->told - wave->refused,
                       workspace->typed, workspace->mode);
    return true;
}

json_t *first_wave_json(const Wave *wave)
{
    if (wave->limit == 0)
        return json_null();
    return json_pack("{s:i, s:f, s:i, s:i, s:i, s:b}", "limit", wave->limit, "stop_over", wave->stop_over, "answered",
                     wave->answered, "told", wave->told, "refused", wave->refused, "exceeds", wave_exceeds(wave));
}
