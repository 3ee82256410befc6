#include "report/came_back.h"

#include "base/language.h"
#include "base/text.h"

static const char *const words[BOUNCE_REASONS] = {
    [BOUNCE_NO_REASON] = N_("nothing says why"),
    [BOUNCE_NO_USER] = N_("no such mailbox"),
    [BOUNCE_NO_HOST] = N_("no such domain"),
    [BOUNCE_MOVED] = N_("the mailbox has moved"),
    [BOUNCE_TAKES_NO_MAIL] = N_("the domain takes no mail"),
    [BOUNCE_FULL] = N_("the mailbox is full"),
    [BOUNCE_DISABLED] = N_("the account is suspended"),
    [BOUNCE_FILTERED] = N_("the recipient's filter"),
    [BOUNCE_TOO_BIG] = N_("too large for the recipient"),
    [BOUNCE_EXPIRED] = N_("not delivered in time"),
    [BOUNCE_NETWORK] = N_("their mail system could not be reached"),
    [BOUNCE_SYSTEM] = N_("trouble in their mail system"),
    [BOUNCE_GREYLISTED] = N_("greylisted until it was given up"),
    [BOUNCE_RELAYED] = N_("handed on to a system that reports nothing"),
    [BOUNCE_SENDER] = N_("our sender address is refused"),
    [BOUNCE_POLICY] = N_("a policy of theirs"),
    [BOUNCE_BLOCKED] = N_("our host is on a block list"),
    [BOUNCE_REPUTATION] = N_("our reputation"),
    [BOUNCE_AUTHENTICATION] = N_("SPF, DKIM or DMARC did not prove us"),
    [BOUNCE_REVERSE_DNS] = N_("our host's name in DNS"),
    [BOUNCE_SPAM] = N_("taken for spam"),
    [BOUNCE_VIRUS] = N_("taken for a virus"),
    [BOUNCE_CONTENT] = N_("the content or its form"),
    [BOUNCE_RATE] = N_("too much at once"),
    [BOUNCE_RELAYING] = N_("our relay may not pass it on"),
    [BOUNCE_PROTOCOL] = N_("the mail systems did not understand each other"),
};

static const char *const mails[LEDGER_MAILS] = {
    [LEDGER_MAIL_DELAY] = "delays",
    [LEDGER_MAIL_COMPLAINT] = "complaints",
    [LEDGER_MAIL_ANSWER] = "auto_replies",
    [LEDGER_MAIL_OTHER] = "others",
};

const char *came_back_words(BounceReason reason)
{
    return _(words[reason]);
}

json_t *came_back_json(const LedgerReturned *returned)
{
    json_t *document = json_object();
    json_t *list = json_array();

    for (int i = 0; i < BOUNCE_REASONS; i++)
        if (returned->reasons[i] > 0)
            json_array_append_new(list, json_pack("{s:s, s:I, s:b, s:b}", "reason", bounce_reason_name((BounceReason)i),
                                                  "messages", (json_int_t)returned->reasons[i], "hard",
                                                  bounce_reason_is_hard((BounceReason)i), "about_us",
                                                  bounce_reason_is_ours((BounceReason)i)));
    json_object_set_new(document, "reasons", list);
    for (int i = 0; i < LEDGER_MAILS; i++)
        json_object_set_new(document, mails[i], json_integer(returned->mails[i]));
    return document;
}

/* "120 (no such mailbox 100, the mailbox is full 20)" of those that are about us, or of the others; NULL: there are
 * none */
static char *sum_up(const LedgerReturned *returned, bool about_us)
{
    g_autoptr(GString) list = g_string_new(NULL);
    g_autofree char *sum = NULL;
    int64_t all = 0;

    for (int i = 0; i < BOUNCE_REASONS; i++) {
        g_autofree char *number = text_grouped(returned->reasons[i]);

        if (returned->reasons[i] == 0 || bounce_reason_is_ours((BounceReason)i) != about_us)
            continue;
        all += returned->reasons[i];
        g_string_append_printf(list, "%s%s %s", list->len > 0 ? _(", ") : "", came_back_words((BounceReason)i), number);
    }
    sum = text_grouped(all);
    return all > 0 ? g_strdup_printf(_("%s (%s)"), sum, list->str) : NULL;
}

char *came_back_text(const LedgerReturned *returned)
{
    g_autofree char *theirs = sum_up(returned, false);
    g_autofree char *ours = sum_up(returned, true);
    g_autofree char *complaints = text_grouped(returned->mails[LEDGER_MAIL_COMPLAINT]);
    GString *text = g_string_new(NULL);

    if (theirs)
        g_string_append_printf(text, _("came back by mail: %s\n"), theirs);
    if (ours)
        g_string_append_printf(text, _("refused us: %s: no dead address, nobody goes on for it, tried again later\n"),
                               ours);
    if (returned->mails[LEDGER_MAIL_COMPLAINT] > 0)
        g_string_append_printf(text, _("complaints of recipients: %s; they stop nothing\n"), complaints);
    return g_string_free(text, FALSE);
}
