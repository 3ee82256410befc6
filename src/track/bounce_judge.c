#include "track/bounce_judge.h"

#include <string.h>

#include "track/bounce_code.h"
#include "track/bounce_pattern.h"

typedef enum Stage { AT_SENDER, AT_RECIPIENT, BEHIND_CONTENT, STAGES } Stage;

/* Where in the session the other side said no, as relays write it beside the reply: Postfix smtp(8) "(in reply to …
 * command)", Exim and Mail.Ru "after …", qmail-remote.c, transcripts of sendmail and au (KDDI) */
static const char *const stage_expressions[STAGES] = {
    [AT_SENDER] = "(?:after|in reply to|rejected by|response to|>>>) (?:the )?mail from\\b|sender was rejected",
    [AT_RECIPIENT] =
        "(?:after|in reply to|rejected by|response to|command:?|sent:?|>>>|-->) (?:the )?rcpt to\\b|\\brcpt_to\\b|"
        "does not like recipient|rcpt to generated",
    [BEHIND_CONTENT] =
        "(?:after|in reply to|response to) (?:the )?(?:end of )?(?:data|message)\\b|smtp command:? data|after "
        "i sent the message|after (?:the )?final dot|did not like our final data",
};

static bool is_at(Stage stage, const char *prepared)
{
    static GRegex *expressions[STAGES];
    static gsize once;

    if (g_once_init_enter(&once)) {
        for (int i = 0; i < STAGES; i++)
            expressions[i] = g_regex_new(stage_expressions[i], G_REGEX_OPTIMIZE, 0, NULL);
        g_once_init_leave(&once, 1);
    }
    return g_regex_match(expressions[stage], prepared, 0, NULL);
}

char *bounce_said(const char *text)
{
    g_autofree char *start = g_strndup(text, BOUNCE_SAID * 2);
    g_autofree char *valid = g_utf8_make_valid(start, -1);
    GString *line = g_string_new(NULL);

    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        size_t length = (size_t)(g_utf8_next_char(at) - at);

        if (line->len + length > BOUNCE_SAID)
            break;
        if (g_unichar_isspace(character) || g_unichar_iscntrl(character)) {
            if (line->len && line->str[line->len - 1] != ' ')
                g_string_append_c(line, ' ');
        } else {
            g_string_append_len(line, at, (gssize)length);
        }
    }
    g_strchomp(line->str);
    return g_string_free(line, FALSE);
}

typedef struct Judging {
    BounceRecipient *recipient;
    ReplyStatus field; /* of the Status field */
    bool has_code;     /* recipient->status holds what a text says */
    bool is_judged;
} Judging;

static void conclude(Judging *judging, const BounceEvidence *evidence, BounceReason reason, const char *how,
                     const char *text)
{
    BounceRecipient *recipient = judging->recipient;

    judging->is_judged = true;
    recipient->reason = reason;
    g_free(recipient->rule);
    recipient->rule = g_strconcat(evidence->origin, "/", how, NULL);
    g_free(recipient->said);
    recipient->said = bounce_said(text);
}

/* Who was not to be known at MAIL FROM is us. A recipient that was taken and is unknown behind the content was mostly
 * kept from it by a filter (RFC 5321 4.2.5 wants such a server to have said so before); an address is not called dead
 * for that. */
static BounceReason with_stage(BounceReason reason, const char *prepared)
{
    if (!bounce_reason_is_hard(reason))
        return reason;
    if (is_at(AT_SENDER, prepared))
        return BOUNCE_SENDER;
    /* "5.1.1" is said about the mailbox wherever it comes: servers that check late, LMTP (RFC 2033 4.2) */
    if (reason != BOUNCE_NO_USER || !is_at(BEHIND_CONTENT, prepared))
        return reason;
    return strstr(prepared, "5.1.1 ") ? reason : BOUNCE_FILTERED;
}

static void judge_code(Judging *judging, const BounceEvidence *evidence, const ReplyStatus *status, const char *text,
                       const char *prepared)
{
    BounceReason reason = bounce_reason_of_codes(status->status_class, status->subject, status->detail);
    char code[40];

    if (reason == BOUNCE_NO_REASON)
        return;
    g_snprintf(code, sizeof code, "%d.%d.%d", status->status_class, status->subject, status->detail);
    conclude(judging, evidence, with_stage(reason, prepared), code, text);
}

static void judge_words(Judging *judging, const BounceEvidence *evidence, BounceWeight weight, const char *text,
                        const char *prepared)
{
    const BouncePattern *row = judging->is_judged ? NULL : bounce_pattern_find(prepared, weight);

    if (row)
        conclude(judging, evidence, with_stage(row->reason, prepared), row->id, text);
}

static void judge_text(Judging *judging, const BounceEvidence *evidence, const char *text, bool is_nearest)
{
    g_autofree char *prepared = bounce_pattern_prepare(text);
    ReplyStatus found;
    bool has_code = bounce_code_find(text, &found);

    if (has_code && !judging->has_code) {
        judging->recipient->status = found;
        judging->has_code = true;
    }
    judge_words(judging, evidence, BOUNCE_WORDS_WIN, text, prepared);
    if (!judging->is_judged && has_code && bounce_code_is_specific(&found))
        judge_code(judging, evidence, &found, text, prepared);
    if (!judging->is_judged && is_nearest && bounce_code_is_specific(&judging->field))
        judge_code(judging, evidence, &judging->field, text, prepared);
    judge_words(judging, evidence, BOUNCE_CODE_WINS, text, prepared);
}

/* What a reply says with an enhanced code of its own is nearer to the truth than the Status field, which the reporting
 * system made of it. What is left open gets the code of the reason. */
static void settle_status(Judging *judging)
{
    BounceRecipient *recipient = judging->recipient;
    ReplyStatus *status = &recipient->status;
    int by_kind = recipient->kind == BOUNCE_KIND_DELAY ? 4 : 5;

    if (!bounce_code_is_specific(status) && judging->field.status_class) {
        status->status_class = judging->field.status_class;
        status->subject = judging->field.subject;
        status->detail = judging->field.detail;
    }
    if (!status->status_class)
        status->status_class = status->code / 100 == 4 || status->code / 100 == 5 ? status->code / 100 : by_kind;
    if (!bounce_code_is_specific(status))
        bounce_reason_codes(recipient->reason, &status->subject, &status->detail);
}

/* Whether one of the texts says that the other side refused at this stage. */
static bool is_said(Stage stage, const BounceEvidence *evidence)
{
    for (size_t i = 0; i < BOUNCE_TEXTS; i++) {
        g_autofree char *prepared = evidence->texts[i] ? bounce_pattern_prepare(evidence->texts[i]) : NULL;

        if (prepared && is_at(stage, prepared))
            return true;
    }
    return false;
}

/* Words that call the address dead beside a code that says otherwise do not make it so: that the mailbox is there and
 * takes nothing (X.2.x), that a policy forbids it (X.7.x), or that a name server may answer another day (4.x.x). But
 * "user unknown" as the answer to RCPT TO is what it says, whatever code stands beside it. */
static BounceReason without_contradiction(BounceReason reason, const ReplyStatus *status,
                                          const BounceEvidence *evidence)
{
    if (status->status_class == 4 && (reason == BOUNCE_NO_HOST || reason == BOUNCE_TAKES_NO_MAIL))
        return BOUNCE_NETWORK;
    if (reason != BOUNCE_NO_USER || (status->subject != 2 && status->subject != 7))
        return reason;
    return is_said(AT_RECIPIENT, evidence) && !is_said(BEHIND_CONTENT, evidence) ? reason : BOUNCE_FILTERED;
}

void bounce_judge(const BounceEvidence *evidence, BounceRecipient *recipient)
{
    Judging judging = {.recipient = recipient};
    bool is_nearest = true;

    (void)bounce_code_status(evidence->status, &judging.field);
    for (size_t i = 0; i < BOUNCE_TEXTS && !(judging.is_judged && judging.has_code); i++) {
        if (!evidence->texts[i] || !*evidence->texts[i])
            continue;
        judge_text(&judging, evidence, evidence->texts[i], is_nearest);
        is_nearest = false;
    }
    if (!judging.is_judged)
        judge_code(&judging, evidence, &judging.field, "", "");
    if (!judging.is_judged)
        conclude(&judging, evidence, BOUNCE_NO_REASON, "no-reason", evidence->texts[0] ? evidence->texts[0] : "");
    settle_status(&judging);
    recipient->reason = without_contradiction(recipient->reason, &recipient->status, evidence);
    recipient->hard = recipient->kind == BOUNCE_KIND_BOUNCE && bounce_reason_is_hard(recipient->reason);
}
