#include "track/bounce_text.h"

#include <string.h>

#include "track/bounce_fields.h"
#include "track/bounce_script.h"

/* Chinese, Japanese and Korean put no blank between a word and an address: what is of these scripts is part of an
 * address only where a whole label is (RFC 6531). */
#define LOCAL   "(?:[^\\s<>\"(),:;@\\[\\]\\\\" BOUNCE_CJK BOUNCE_PUNCTUATION "]{1,64}|[" BOUNCE_CJK "]{1,64})"
#define LABEL   "(?:[^\\W" BOUNCE_CJK "]|-){1,63}|[" BOUNCE_CJK "]{1,63}"
#define ADDRESS "((?:\"[^\"\\s@]{1,64}\"|" LOCAL ")@(?:(?:" LABEL ")\\.)*(?:" LABEL "))"
#define DASHES  "[ \\t>]*-{2,}[ \\t]*"

typedef enum Expression {
    RETURNED_BELOW, /* a line that announces the returned message */
    HEADERS_BEGIN,  /* where nothing announces it: its first two header lines */
    ANY_ADDRESS,
    ANSWERED_ADDRESS, /* "<address>: what the other side said" */
    LEADING_ADDRESS,
    LABELLED_ADDRESS,
    OTHERS_ADDRESS, /* a line whose addresses are those of senders and postmasters */
    DAEMON,
    SUBJECT,
    PHRASE,
    DELAY_SUBJECT,
    DELAY_PHRASE,
    GAVE_UP,
    ABSENCE,
    EXPRESSIONS
} Expression;

static const char *const sources[EXPRESSIONS] = {
    [RETURNED_BELOW] = "^(?:" DASHES "[^\\n]*\\b(?:original|returned|unsent|undelivered|copy of|enclosed)\\b[^\\n]*"
                       "|[ \\t>*]*(?:below (?:is|this line is) a copy|message headers follow|(?:the |your "
                       ")?(?:original|returned) (?:message|mail)"
                       "(?: headers?)?(?: (?:follows|is|as follows|below))?[^\\n\\w]{0,4}$|original mail as "
                       "follows|included is a copy|"
                       "the header of the original|enclosed is|message header:|this is a copy of)[^\\n]{0,80})$",
    [HEADERS_BEGIN] =
        "^(?:Received|Return-Path|X-Received|DKIM-Signature|ARC-Seal|X-Google-Smtp-Source|X-Originating-IP):[^\\n]*\\n"
        "(?:[ \\t]+\\S|[A-Za-z][\\w-]*:)",
    [ANY_ADDRESS] = ADDRESS,
    [ANSWERED_ADDRESS] = "^[ \\t>]*<" ADDRESS ">:(?=[ \\t\\n])",
    [LEADING_ADDRESS] = "^[\\s>*\"'<\\[(•·-]*" ADDRESS "(?=[\\s>\"':,;)\\].]|$)",
    [LABELLED_ADDRESS] =
        "(?:rcpt to|recipients?(?: address(?:es)?)?|delivered to|deliver (?:your |the |this )?(?:message |mail "
        "|e-?mail |it )?to|"
        "delivery to|undeliverable to|could not be sent to|sent to|attempts|unknown users?|no such user|address(?:es)?|"
        "mailbox|delivering (?:your )?mail to|message "
        "to|for|empfänger|destinataire|收件人|宛先)[^\\w\\n@]{0,8}<?" ADDRESS,
    [OTHERS_ADDRESS] =
        "mail "
        "from|\\bfrom\\b|sender|contact|reply-?to|assistance|mailto|message-id|postmaster@|abuse@|support@|helpdesk@|"
        "return-path|x-mailer|envelope-from|questions|@.*\\bdid not like our",
    [DAEMON] = "mailer.?daemon|post.?master|mail (?:delivery|administrator|system)|mail\\.delivery|system "
               "administrator|delivery "
               "(?:sub)?system|mail-?daemon|system attendant|bounce@|mmsc ndr|microsoft outlook",
    [SUBJECT] =
        "undeliver|non-?deliver|not delivered|returned (?:mail|to sender|message)|failure "
        "notice|(?:mail|message|delivery|e-?mail)[ :]+"
        "(?:delivery )?(?:(?:has |was |is )?fail|error|system "
        "error|problem|report|status|notification|warning|delay|could not)|delivery (?:status|"
        "failure|fail|error|notification|report|has failed)|failed (?:mail|delivery|message)|fail(?:ure|ed) "
        ".{0,20}deliver|could not (?:be )?"
        "(?:send|sent|deliver)|can(?:no|')t (?:be )?(?:send|sent|deliver)|bounced? (?:mail|message)|delayed (?:mail|"
        "message)|postmaster notify|\\bnot (?:a )?member\\b|(?:warning|message).{0,40}(?:delayed|could not "
        "send)|blocked|loop alert|mail status report|nondeliverable|"
        "unzustellbar|non remis|no se (?:ha )?(?:pudo|puede) entregar|mancata consegna|не "
        "доставлено|退信|退回|投递失败|无法(?:投递|送达)|"
        "配信(?:不能|できません)|送信(?:エラー|できません)|エラー",
    [PHRASE] = "(?:could|can|was|were|has|have|had|is|been|did|would)(?: ?not|n't)(?: be| been| yet been| able to be| "
               "able to)? ?(?:deliver|sent|relayed|reach|"
               "send|transmit)|unable to (?:deliver|send)|undeliver(?:able|ed)|not been delivered|returned to (?:the "
               ")?sender|delivery (?:to|of|has|was|"
               "attempt)?.{0,60}(?:fail|unsuccessful|error|delayed)|delevery to .{0,40}fail|fatal "
               "errors|(?:transient|permanent) (?:non-)?(?:fatal|error|failure)|"
               "failed permanently|(?:delivering|deliver) (?:your|a|the) m(?:ail|essage)|wasn't able to "
               "deliver|rejected by (?:a|the) (?:remote|recipient)|"
               "not (?:a )?member of (?:this|the) (?:mailing )?list|transcript of session|failure reasons|failed "
               "recipients?|message delivery|"
               "duplicated message-id|invalid user address|permanently rejected|"
               "konnte nicht|n'a pas pu|no (?:se )?(?:ha )?pud[oi]|impossible de|не может быть "
               "доставлен|无法(?:投递|送达|发送)|投递失败|退回|"
               "(?:送信|配信|配達|送達)でき|届けることが",
    [DELAY_SUBJECT] = "delay|warning|could not send message for|still being "
                      "retried|queued|deferred|incomplete|延[迟遲]|遅延|verzöger|retard",
    [DELAY_PHRASE] =
        "warning (?:message )?only|has not yet been delivered|not yet (?:been )?(?:delivered|able)|will "
        "(?:be retried|continue|keep)|(?:still|being) "
        "(?:being )?retried|only a temporary|temporary (?:problem|failure report)|do(?: not|n't) need to "
        "re-?send|delivery attempts will continue|message is delayed|"
        "(?:has|have) been delayed|delivery (?:is |has been )?delayed|no action is required|引き続き|"
        "まだ(?:配信|送信|配送)|(?:継続して|再送)(?:(?!願|下さ|くださ)[^。\\n]){0,14}ます|"
        "(?<!不)(?:将|將|会|會|正在)[^。，,\\n不]{0,12}(?:继续|繼續|再次)(?:尝试|嘗試|重试|重試|投递|投遞)|"
        "尚未(?:送达|送達|投递|投遞)|"
        "(?:无需|無需|不必)重新|暂时未能|暫時未能|(?<!nicht )(?:weiterhin|erneut) versucht|noch nicht zugestellt|"
        "versucht es weiter|nouvelles? tentatives? (?:sera|aura|seront|auront)|pas encore (?:pu )?(?:être "
        ")?(?:remis|distribu)|"
        "(?<!no )seguirá intentando|seguiremos intentando|(?<!no )se volverá a intentar|"
        "ainda não (?:foi|pôde ser) entregue|novas tentativas serão|continuar(?:á|emos) tentando|"
        "(?<!non )continuerà a (?:provare|tentare)|non è (?:ancora stato|stato ancora) consegnat|"
        "(?:еще|ещё) не доставлен|попытки доставки (?:будут )?продолж|retry for \\d",
    /* But not behind "if" or "until": what would happen then */
    [GAVE_UP] = "(?:\\A|[.!?;:]\\s|\\n\\s*\\n)(?:(?!\\b(?:if|until|unless|before|when|once)\\b)(?:[^.!?;:]|[.!?;:](?!"
                "\\s))){0,300}?"
                "(?:\\bgave up\\b|(?:have|has|'ve|am|'m|are) (?:now )?giv(?:en|ing) up|no (?:further|more|additional) "
                "(?:delivery "
                ")?attempts|(?:will|do|does) (?:not|no longer) (?:be )?(?:retr|try|tried|continu|keep)|(?:has|have) "
                "(?:now |finally "
                ")?(?:failed|expired)|(?:period|time|lifetime|limit)\\b[^.\\n]{0,30} expired)",
    [ABSENCE] =
        "^(?:\\W*(?:re|aw|fwd?)\\W+)*(?:(?:auto(?:matic|mated|matische)?|automatisch)[ "
        "-]?(?:reply|response|answer|antwort|resp)|auto(?:-?reply)?:|out of (?:the )?office|"
        "(?:on |away on )?(?:vacation|holiday|annual leave)|away from|i am "
        "(?:away|out)|absence|abwesen|réponse automatique|"
        "risposta automatica|respuesta autom|自动(?:回复|答复)|自動(?:返信|回覆|応答)|不在|外出|休假|"
        "(?:ich bin )?(?:im|in) urlaub|nicht (?:erreichbar|im büro)|en (?:congés?|vacances)|afwezig|frånvaro|fravær|"
        "nieobecn|jestem na urlopie|ausente|fora do escrit|fuera de (?:la )?oficina|fuori (?:sede|ufficio)|automatisk "
        "svar|автоответ|부재|자동)",
};

static GRegex *compiled(Expression which)
{
    static GRegex *expressions[EXPRESSIONS];
    static gsize once;

    if (g_once_init_enter(&once)) {
        for (int i = 0; i < EXPRESSIONS; i++)
            expressions[i] = g_regex_new(sources[i], G_REGEX_OPTIMIZE | G_REGEX_MULTILINE | G_REGEX_CASELESS, 0, NULL);
        g_once_init_leave(&once, 1);
    }
    return expressions[which];
}

static bool matches(Expression which, const char *text)
{
    return g_regex_match(compiled(which), text, 0, NULL);
}

static bool is_blank(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!g_ascii_isspace(text[i]))
            return false;
    return true;
}

void bounce_text_unquote(GString *text)
{
    g_auto(GStrv) lines = g_strsplit(text->str, "\n", -1);
    int quoted = 0, written = 0;

    for (char **line = lines; *line; line++) {
        written += **line != '\0';
        quoted += **line == '>';
    }
    if (quoted * 2 < written)
        return;
    g_string_truncate(text, 0);
    for (char **line = lines; *line; line++) {
        const char *bare = *line + (**line == '>');

        g_string_append(text, bare + (*bare == ' ' && bare > *line));
        g_string_append_c(text, '\n');
    }
}

/* Where the expression first matches behind something that is not blank; the length of the text when nowhere. */
static size_t first_behind_text(Expression which, const char *text)
{
    g_autoptr(GMatchInfo) match = NULL;
    int start;

    for (g_regex_match(compiled(which), text, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL))
        if (g_match_info_fetch_pos(match, 0, &start, NULL) && !is_blank(text, (size_t)start))
            return (size_t)start;
    return strlen(text);
}

size_t bounce_text_end(const char *text)
{
    size_t announced = first_behind_text(RETURNED_BELOW, text);
    size_t headers = first_behind_text(HEADERS_BEGIN, text);

    return MIN(announced, headers);
}

static bool is_known(const GPtrArray *addresses, const char *address)
{
    for (guint i = 0; i < addresses->len; i++)
        if (g_ascii_strcasecmp(g_ptr_array_index(addresses, i), address) == 0)
            return true;
    return false;
}

/* Adds each address of `text` that the expression's group 1 finds, but for `own` */
static void collect(GPtrArray *found, Expression which, const char *text, const char *own)
{
    g_autoptr(GMatchInfo) match = NULL;

    for (g_regex_match(compiled(which), text, 0, &match); g_match_info_matches(match) && found->len < BOUNCE_RECIPIENTS;
         g_match_info_next(match, NULL)) {
        g_autofree char *address = g_match_info_fetch(match, 1);

        if (address && *address && !is_known(found, address) && g_ascii_strcasecmp(address, own) != 0)
            g_ptr_array_add(found, g_steal_pointer(&address));
    }
}

GPtrArray *bounce_text_addresses(const char *text)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);

    collect(found, ANY_ADDRESS, text, "");
    return found;
}

/* The lines that do not speak of senders and postmasters */
static char *without_others(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *left = g_string_new(NULL);

    for (char **line = lines; *line; line++)
        if (!matches(OTHERS_ADDRESS, *line)) {
            g_string_append(left, *line);
            g_string_append_c(left, '\n');
        }
    return g_string_free(left, FALSE);
}

GPtrArray *bounce_text_recipients(const char *text, const char *own)
{
    static const Expression by_worth[] = {LEADING_ADDRESS, LABELLED_ADDRESS, ANY_ADDRESS};
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *left = without_others(text);

    collect(found, ANSWERED_ADDRESS, text, own);
    for (size_t i = 0; i < G_N_ELEMENTS(by_worth) && found->len == 0; i++) {
        collect(found, by_worth[i], left, own);
        if (found->len == 0 && by_worth[i] == LABELLED_ADDRESS)
            collect(found, by_worth[i], text, own);
    }
    if (found->len == 0)
        collect(found, LEADING_ADDRESS, left, "");
    return found;
}

/* Where the line begins that first names the address; the length of the text when none does. `folded` is the text in
 * lower-case ASCII, every octet in its place. */
static size_t first_line_of(const char *folded, const char *address)
{
    g_autofree char *wanted = g_ascii_strdown(address, -1);
    const char *at = *wanted ? strstr(folded, wanted) : NULL;

    if (!at)
        return strlen(folded);
    while (at > folded && at[-1] != '\n')
        at--;
    return (size_t)(at - folded);
}

GPtrArray *bounce_text_said(const char *text, const GPtrArray *recipients)
{
    GPtrArray *said = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *folded = g_ascii_strdown(text, -1);
    g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(size_t));

    for (guint i = 0; i < recipients->len; i++) {
        size_t start = first_line_of(folded, g_ptr_array_index(recipients, i));

        g_array_append_val(starts, start);
    }
    for (guint i = 0; i < recipients->len; i++) {
        size_t start = g_array_index(starts, size_t, i), end = strlen(text);

        for (guint other = 0; other < starts->len; other++)
            if (g_array_index(starts, size_t, other) > start)
                end = MIN(end, g_array_index(starts, size_t, other));
        g_ptr_array_add(said, g_strndup(text + start, end - start));
    }
    return said;
}

int bounce_text_score(const char *from, const char *subject, const char *text)
{
    return (matches(DAEMON, from) ? 2 : 0) + (matches(SUBJECT, subject) ? 2 : 0) + (matches(PHRASE, text) ? 2 : 0);
}

bool bounce_text_is_daemon(const char *from)
{
    return matches(DAEMON, from);
}

bool bounce_text_is_delay(const char *subject, const char *text)
{
    if (!matches(DELAY_PHRASE, text) || matches(DELAY_SUBJECT, subject))
        return matches(DELAY_PHRASE, text);
    return (!matches(SUBJECT, subject) || !strstr(text, "permanent")) && !matches(GAVE_UP, text);
}

bool bounce_text_is_absence(const char *subject)
{
    return matches(ABSENCE, subject);
}
