#include "cli/undecided.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "model/address.h"
#include "report/clock_json.h"
#include "report/status.h"

/* Collecting ------------------------------------------------------------------------------------------------------ */

static GPtrArray *find(Ledger *ledger, const LedgerFilter *filter, int limit, GError **error)
{
    g_autoptr(GPtrArray) matches = ledger_select(ledger, filter, 0, limit, error);

    return matches && (matches->len == 0 || ledger_select_details(ledger, matches, error)) ? g_steal_pointer(&matches)
                                                                                           : NULL;
}

static bool count(Ledger *ledger, Undecided *undecided, GError **error)
{
    g_autoptr(GPtrArray) reasons = ledger_reasons(ledger, error);
    LedgerCounts counts;

    if (!reasons || !ledger_counts(ledger, &counts, error))
        return false;
    undecided->doubts_total = counts.held;
    undecided->broken_total = counts.messages[MESSAGE_QUARANTINED];
    undecided->left_behind = counts.messages[MESSAGE_ATTEMPTING];
    for (guint i = 0; i < reasons->len; i++) {
        const LedgerReason *reason = g_ptr_array_index(reasons, i);

        undecided->people_total += reason->told == TOLD_QUARANTINED ? reason->people : 0;
    }
    return true;
}

Undecided *undecided_collect(Ledger *ledger, int limit, GError **error)
{
    g_autoptr(Undecided) undecided = g_new0(Undecided, 1);

    undecided->doubts =
        find(ledger, &(LedgerFilter){.states = SELECT_STATE(MESSAGE_IN_DOUBT), .held = true}, limit, error);
    undecided->broken = undecided->doubts
                            ? find(ledger, &(LedgerFilter){.states = SELECT_STATE(MESSAGE_QUARANTINED)}, limit, error)
                            : NULL;
    undecided->people =
        undecided->broken ? ledger_select_aside(ledger, TOLD_QUARANTINED, NULL, 0, 0, limit, error) : NULL;
    if (!undecided->people || !count(ledger, undecided, error))
        return NULL;
    return g_steal_pointer(&undecided);
}

void undecided_free(Undecided *undecided)
{
    if (!undecided)
        return;
    g_clear_pointer(&undecided->doubts, g_ptr_array_unref);
    g_clear_pointer(&undecided->broken, g_ptr_array_unref);
    g_clear_pointer(&undecided->people, g_ptr_array_unref);
    g_free(undecided);
}

/* Printing -------------------------------------------------------------------------------------------------------- */

static void print_person(const LedgerMatch *match)
{
    g_autofree char *endpoint = address_mask(match->endpoint);

    if (match->gone)
        printf(_("  message %s to %s for %s, who is no longer in the people file\n"), match->id, endpoint,
               match->person ? match->person : "?");
    else if (match->people > 1)
        printf(language_plural("  message %s to %s for %s (row %" PRId64 ") and %d other\n",
                               "  message %s to %s for %s (row %" PRId64 ") and %d others\n", match->people - 1),
               match->id, endpoint, match->person ? match->person : "?", match->row, match->people - 1);
    else
        printf(_("  message %s to %s for %s (row %" PRId64 ")\n"), match->id, endpoint,
               match->person ? match->person : "?", match->row);
}

static void print_command(const Workspace *workspace, const char *which, const char *name, const char *decisions)
{
    printf("    breach resolve %s%s --%s %s %s --reason TEXT\n", workspace->typed, workspace->mode, which, name,
           decisions);
}

static void print_doubt(const LedgerMatch *match, const Workspace *workspace)
{
    int64_t now = clock_now(clock_system());
    g_autofree char *since = status_time(match->changed_at, now);
    g_autofree char *span = clock_format_span(MAX(now - match->changed_at, 0));

    print_person(match);
    printf(_("    by %s, in doubt since %s (%s ago), attempts: %d, times in doubt: %d\n"), match->gateway, since, span,
           match->attempt, match->doubts);
    print_command(workspace, "message", match->id, "DECISION");
}

static void print_doubts(const Undecided *undecided, const Workspace *workspace)
{
    g_autofree char *number = text_grouped(undecided->doubts_total);

    if (undecided->doubts_total == 0)
        return;
    printf(
        _("in doubt: %s; the gateway may have taken them and never said so. Look for each id in its log; DECISION is "
          "--sent if it is there, --not-sent if it surely is not, --resend to risk a second copy\n"),
        number);
    for (guint i = 0; i < undecided->doubts->len; i++)
        print_doubt(g_ptr_array_index(undecided->doubts, i), workspace);
    if (undecided->doubts_total > undecided->doubts->len)
        printf(_("  and %" PRId64 " more\n"), undecided->doubts_total - undecided->doubts->len);
    if (undecided->doubts_total > 1)
        printf(_("  all at once: breach resolve %s%s --all-doubts DECISION --reason TEXT\n"), workspace->typed,
               workspace->mode);
}

static void print_broken(const Undecided *undecided, const Workspace *workspace)
{
    g_autofree char *number = text_grouped(undecided->broken_total);

    if (undecided->broken_total == 0)
        return;
    printf(
        _("quarantined messages: %s; they could not be rendered. Mend the people file or the template and type breach "
          "plan, which tries them again; or decide here: DECISION is --mended or --withhold\n"),
        number);
    for (guint i = 0; i < undecided->broken->len; i++) {
        const LedgerMatch *match = g_ptr_array_index(undecided->broken, i);

        print_person(match);
        printf("    %s\n", match->reply ? match->reply : "");
        print_command(workspace, "message", match->id, "DECISION");
    }
    if (undecided->broken_total > undecided->broken->len)
        printf(_("  and %" PRId64 " more\n"), undecided->broken_total - undecided->broken->len);
}

static void print_people(const Undecided *undecided, const Workspace *workspace)
{
    g_autofree char *number = text_grouped(undecided->people_total);

    if (undecided->people_total == 0)
        return;
    printf(_("quarantined by the plan: %s. Correct their rows in the people file and type breach plan %s%s\n"), number,
           workspace->typed, workspace->mode);
    for (guint i = 0; i < undecided->people->len; i++) {
        const LedgerAside *aside = g_ptr_array_index(undecided->people, i);

        if (!aside->person) {
            printf(_("  row %" PRId64 ", which has no id of its own: %s\n"), aside->row, aside->reason);
            continue;
        }
        printf(_("  row %" PRId64 ", %s: %s\n"), aside->row, aside->person, aside->reason);
        print_command(workspace, "person", aside->person, "--withhold");
    }
    if (undecided->people_total > undecided->people->len)
        printf(_("  and %" PRId64 " more\n"), undecided->people_total - undecided->people->len);
}

void undecided_print(const Undecided *undecided, const Workspace *workspace)
{
    print_doubts(undecided, workspace);
    print_broken(undecided, workspace);
    print_people(undecided, workspace);
    if (undecided->left_behind > 0 && !workspace_is_busy(workspace))
        printf(_("left on their way by a run that ended early: %" PRId64 "; breach notify sorts them out first\n"),
               undecided->left_behind);
}

static bool is_empty(const Undecided *undecided)
{
    return undecided->doubts_total + undecided->broken_total + undecided->people_total == 0;
}

char *undecided_verdict(const Undecided *undecided, bool english)
{
    const char *none = N_("nothing needs a decision");
    g_autofree char *doubts = text_grouped(undecided->doubts_total);
    g_autofree char *broken = text_grouped(undecided->broken_total);
    g_autofree char *people = text_grouped(undecided->people_total);

    if (is_empty(undecided))
        return g_strdup(english ? none : _(none));
    if (english)
        return g_strdup_printf("NEEDS YOU: in doubt: %s, quarantined messages: %s, quarantined by the plan: %s", doubts,
                               broken, people);
    return g_strdup_printf(_("NEEDS YOU: in doubt: %s, quarantined messages: %s, quarantined by the plan: %s"), doubts,
                           broken, people);
}

char *undecided_next(const Undecided *undecided, const Workspace *workspace)
{
    const char *typed = workspace->typed;
    const char *mode = workspace->mode;

    if (undecided->doubts->len > 0)
        return g_strdup_printf("breach resolve %s%s --message %s DECISION --reason TEXT", typed, mode,
                               ((const LedgerMatch *)g_ptr_array_index(undecided->doubts, 0))->id);
    if (!is_empty(undecided))
        return g_strdup_printf("breach plan %s%s", typed, mode);
    return g_strdup_printf("breach status %s%s", typed, mode);
}

/* JSON ------------------------------------------------------------------------------------------------------------ */

static json_t *matches_json(const GPtrArray *matches)
{
    json_t *list = json_array();

    for (guint i = 0; i < matches->len; i++) {
        const LedgerMatch *match = g_ptr_array_index(matches, i);
        g_autofree char *endpoint = address_mask(match->endpoint);

        json_array_append_new(
            list, json_pack("{s:s, s:s?, s:I, s:i, s:b, s:s, s:s, s:s, s:s, s:i, s:i, s:o, s:s?}", "message", match->id,
                            "person", match->person, "row", (json_int_t)match->row, "people", match->people, "gone",
                            match->gone, "endpoint", endpoint, "audience", match->audience, "channel", match->channel,
                            "gateway", match->gateway, "attempts", match->attempt, "doubts", match->doubts, "since",
                            clock_json_at(match->changed_at), "reason", match->reply));
    }
    return list;
}

static json_t *people_json(const GPtrArray *people)
{
    json_t *list = json_array();

    for (guint i = 0; i < people->len; i++) {
        const LedgerAside *aside = g_ptr_array_index(people, i);

        json_array_append_new(list, json_pack("{s:I, s:s?, s:s, s:s?}", "row", (json_int_t)aside->row, "person",
                                              aside->person, "audience", aside->audience, "reason", aside->reason));
    }
    return list;
}

static json_t *part_json(int64_t total, json_t *list)
{
    return json_pack("{s:I, s:o}", "total", (json_int_t)total, "shown", list);
}

json_t *undecided_json(const Undecided *undecided)
{
    return json_pack("{s:o, s:o, s:o}", "doubts", part_json(undecided->doubts_total, matches_json(undecided->doubts)),
                     "quarantined_messages", part_json(undecided->broken_total, matches_json(undecided->broken)),
                     "quarantined_people", part_json(undecided->people_total, people_json(undecided->people)));
}
