#include "report/climbs.h"

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "report/clock_json.h"

Climbs *climbs_collect(Ledger *ledger, int64_t now, GError **error)
{
    g_autoptr(Climbs) climbs = g_new0(Climbs, 1);

    climbs->now = now;
    if (!ladder_question(ledger, now, &climbs->question, error))
        return NULL;
    climbs->waits = ledger_climb_waits(ledger, now, error);
    if (!climbs->waits)
        return NULL;
    if (ledger_header(ledger)->status == INCIDENT_EXERCISE)
        climbs->question.must_ask = false;
    return g_steal_pointer(&climbs);
}

void climbs_free(Climbs *climbs)
{
    if (!climbs)
        return;
    g_clear_pointer(&climbs->waits, g_ptr_array_unref);
    g_free(climbs);
}

bool climbs_has_work(const Climbs *climbs)
{
    return climbs->question.due > 0 && !climbs->question.must_ask;
}

char *climbs_verdict(const Climbs *climbs)
{
    const LadderQuestion *question = &climbs->question;
    g_autofree char *due = text_grouped(question->due);
    g_autofree char *allowed = text_grouped(MAX(question->allowed - question->climbed, 0));
    g_autofree char *span = NULL;

    if (question->must_ask)
        return g_strdup_printf(
            language_plural("%s notice has to go on to another channel, more than the %s that may without your yes",
                            "%s notices have to go on to another channel, more than the %s that may without your yes",
                            question->due),
            due, allowed);
    if (question->due > 0)
        return g_strdup_printf(language_plural("%s notice goes on to another channel",
                                               "%s notices go on to another channel", question->due),
                               due);
    if (question->next_due == INT64_MAX)
        return NULL;
    span = clock_format_span(question->next_due - climbs->now);
    return g_strdup_printf(_("the next ones go on to another channel in %s"), span);
}

char *climbs_text(const Climbs *climbs)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < climbs->waits->len; i++) {
        const LedgerClimbWait *wait = g_ptr_array_index(climbs->waits, i);
        g_autofree char *number = text_grouped(wait->notices);
        g_autofree char *later =
            wait->due_now < wait->notices ? clock_format_span(wait->due_first - climbs->now) : NULL;

        g_string_append_printf(text, _("climbing: %s, %s to %s: %s"), wait->audience,
                               *wait->from ? wait->from : _("a dead address"), wait->to, number);
        if (wait->due_now == 0 && later)
            g_string_append_printf(text, _(", the first in %s"), later);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

json_t *climbs_json(const Climbs *climbs)
{
    const LadderQuestion *question = &climbs->question;
    json_t *waiting = json_array();

    for (guint i = 0; i < climbs->waits->len; i++) {
        const LedgerClimbWait *wait = g_ptr_array_index(climbs->waits, i);

        json_array_append_new(waiting,
                              json_pack("{s:s, s:s, s:s, s:I, s:I, s:o}", "audience", wait->audience, "from",
                                        wait->from, "to", wait->to, "notices", (json_int_t)wait->notices, "due",
                                        (json_int_t)wait->due_now, "first_due", clock_json_at(wait->due_first)));
    }
    return json_pack("{s:I, s:I, s:I, s:b, s:o, s:o}", "due", (json_int_t)question->due, "climbed",
                     (json_int_t)question->climbed, "allowed", (json_int_t)question->allowed, "needs_yes",
                     question->must_ask, "next_due", clock_json_at(question->next_due), "waiting", waiting);
}
