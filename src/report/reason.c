#include "report/reason.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <glib.h>

#include "base/language.h"
#include "model/reply.h"

/* As model/plan, dispatch and ledger write them. The longer of two that fit alike comes first. */
static const char *const known[] = {
    N_("deceased: next of kin are told by post, by a person"),
    N_("the incident made this %s address unsafe"),
    N_("no usable address of a guardian for %s"),
    N_("no usable %s address"),
    N_("the %s gateway is in another region, and the person has not consented"),
    N_("the %s gateway is in another region than the person"),
    N_("%s missing: the notice needs it"),
    N_("%s missing: it decides who gets what"),
    N_("no audience of the playbook fits"),
    N_("deceased is neither yes nor no: write one of the two"),
    N_("compromised names no column of endpoints: write email, phone or both"),
    N_("data_kinds has one that facts.data_kinds of the playbook lacks"),
    N_("the same id stands in more than one row"),
    N_("a message to this address, which somebody else has too, was tried before: decide by hand"),
    N_("no longer in the people file"),
    N_("superseded by edition %s"),
    N_("withdrawn before they were told"),
    N_("first wave: %s of %s were refused (%s %%, more than %s %%)"),
    N_("it takes messages and does not say what became of them"),
    N_("slowed down to %s"),
    N_("it says that it is given too much, and when to come back"),
    N_("it takes nothing in its quiet hours"),
    N_("breach status has its words"),
    N_("not shown here"),
    N_("kept in the ledger; --people shows it"),
    N_("what it takes in a day (quota) is used up"),
    N_("bytes that are not UTF-8: write the character again"),
    N_("a quote inside a field: put the field in quotes and write the quote twice"),
    N_("row has no id: give it one that no other row has"),
    N_("a line break in %s: remove it"),
    N_("not tried yet"),
    N_("on its way, or left there by a run that ended early"),
    N_("put off by the gateway, and tried again"),
    N_("it came back"),
    N_("no answer from the gateway that could be used"),
    N_("it could not be rendered: breach resolve says why"),
    N_("cancelled by a later plan"),
    N_("it may have arrived, and waits for a person's decision"),
    N_("it may have arrived, and is tried again"),
    N_("withheld"),
    N_("it is not complete"),
    N_("there was no such attempt"),
    N_("no such person"),
    N_("no such message"),
    N_("nobody can decide that about a person"),
    N_("it was held already"),
    N_("it was not held"),
    N_("read back: another text stands there"),
    N_("read back: status %s"),
    N_("looked for it: status %s"),
    N_("it is not there yet, and may still appear: ask again in a few minutes"),
    N_("it may have been published: look there; if it is not there, add --not-sent"),
    N_("the provider answered with status %s"),
    N_("%s asked to wait (%s, %s)"),
    N_("%s decided not to notify (%s, %s)"),
    NULL,
};

/* What became of each rung of a ladder, as ledger and dispatch write it; parted by "; ". */
static const char *const rungs[] = {
    N_("%s not reported as delivered"),
    N_("%s came back"),
    N_("%s refused"),
    N_("%s in doubt"),
    N_("%s withheld"),
    N_("%s not rendered"),
    N_("%s: no usable address"),
    N_("%s: no text in the latest plan"),
    N_("%s: no gateway in the plan"),
    NULL,
};

/* NULL: it is no such list, or in English. */
static char *rungs_text(const char *reason)
{
    g_auto(GStrv) parts = g_strsplit(reason, "; ", -1);
    bool is_known = true;

    for (char **part = parts; *part; part++) {
        char *text = language_phrase(*part, rungs);

        is_known = is_known && strcmp(text, *part) != 0;
        g_free(*part);
        *part = text;
    }
    return is_known ? g_strjoinv(_("; "), parts) : NULL;
}

/* "no such mailbox (550 5.1.1 …)": the words before the relay's own are model/reply's. */
static char *answer_text(const char *reason)
{
    const char *own = strstr(reason, " (");
    g_autofree char *meaning = own ? g_strndup(reason, (gsize)(own - reason)) : NULL;

    return own ? g_strconcat(language_text(meaning), own, NULL) : g_strdup(reason);
}

/* The channels in a translated reason, "email, sms or letter", which stand there as the ledger has them. */
static char *channels_text(const char *text)
{
    g_auto(GStrv) last = g_strsplit(text, " or ", -1);
    g_autofree char *joined = g_strjoinv(_(" or "), last);
    g_auto(GStrv) names = g_strsplit(joined, ", ", -1);

    return g_strjoinv(_(", "), names);
}

char *reason_text(const char *reason)
{
    g_autofree char *text = language_phrase(reason, known);
    g_autofree char *ladder = strcmp(text, reason) == 0 ? rungs_text(reason) : NULL;

    if (ladder)
        return g_steal_pointer(&ladder);
    if (strcmp(text, reason) == 0)
        return answer_text(reason);
    return g_str_has_prefix(reason, "no usable ") ? channels_text(text) : g_steal_pointer(&text);
}

/* Of a person ----------------------------------------------------------------------------------------------------- */

/* In English, as --json has it; reason_text() knows these. */
static const char *state_words(const LedgerPerson *person)
{
    static const char *const words[MESSAGE_STATES] = {
        [MESSAGE_PLANNED] = "not tried yet",
        [MESSAGE_ATTEMPTING] = "on its way, or left there by a run that ended early",
        [MESSAGE_DEFERRED] = "put off by the gateway, and tried again",
        [MESSAGE_BOUNCED] = "it came back",
        [MESSAGE_FAILED] = "no answer from the gateway that could be used",
        [MESSAGE_WITHHELD] = "withheld",
        [MESSAGE_CANCELLED] = "cancelled by a later plan",
        [MESSAGE_QUARANTINED] = "it could not be rendered: breach resolve says why",
    };

    if (person->state == MESSAGE_IN_DOUBT)
        return person->due < 0 ? "it may have arrived, and waits for a person's decision"
                               : "it may have arrived, and is tried again";
    return words[person->state] ? words[person->state] : message_state_name(person->state);
}

char *reason_of_person(const LedgerPerson *person, char **answer)
{
    g_autofree char *line = g_strdup_printf("%d %s", person->code, person->enhanced ? person->enhanced : "");
    bool is_answered = person->message && !person->reason && person->code > 0;
    ReplyStatus status = {0};
    const char *rest = NULL;

    *answer = NULL;
    if (is_answered && person->state != MESSAGE_PLANNED && person->state != MESSAGE_IN_DOUBT) {
        reply_parse(line, &status, &rest);
        *answer = g_strdup_printf("%s (%s)", reply_meaning(status), g_strchomp(line));
    }
    if (person->reason)
        return g_strdup(person->reason);
    return g_strdup(person->message ? state_words(person) : "");
}
