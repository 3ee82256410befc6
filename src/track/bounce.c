#include "track/bounce.h"

#include <string.h>

#include "track/bounce_clues.h"
#include "track/bounce_code.h"
#include "track/bounce_fields.h"
#include "track/bounce_judge.h"
#include "track/bounce_mail.h"
#include "track/bounce_notice.h"
#include "track/bounce_text.h"

/* A text counts as a bounce from this score on: two of From, Subject and body, or one of them with as much in the rest
 */
#define SCORE_ENOUGH 3
/* The same where the mail itself says that it is an answer by a program (RFC 3834 5.1): all of them */
#define SCORE_SURE 4

typedef struct Reading {
    const BounceMail *mail;
    Bounce *bounce;
    const char *subject, *from, *own;
    GString *notice; /* what the mail system wrote, without what it returns */
    char *original;  /* what the text returns; "" when nothing */
} Reading;

static void free_recipient(gpointer data)
{
    BounceRecipient *recipient = data;

    g_free(recipient->recipient);
    g_free(recipient->said);
    g_free(recipient->rule);
    g_free(recipient);
}

static BounceRecipient *add(Reading *reading, BounceKind kind, const char *address, const char *rule)
{
    BounceRecipient *recipient = g_new0(BounceRecipient, 1);

    recipient->kind = kind;
    recipient->recipient = g_strdup(address);
    recipient->said = g_strdup("");
    recipient->rule = g_strdup(rule);
    g_ptr_array_add(reading->bounce->recipients, recipient);
    return recipient;
}

static bool contains(const char *text, const char *word)
{
    g_autofree char *folded = g_utf8_casefold(text, -1);
    g_autofree char *wanted = g_utf8_casefold(word, -1);

    return strstr(folded, wanted) != NULL;
}

/* The first address of a field, or "" */
static char *first_address(const char *text)
{
    g_autoptr(GPtrArray) addresses = bounce_text_addresses(text);

    return g_strdup(addresses->len ? g_ptr_array_index(addresses, 0) : "");
}

/* To whom the returned message was addressed; "" when it does not say. */
static char *addressee(const Reading *reading)
{
    static const char *const names[] = {"X-HmXmrOriginalRecipient", "Delivered-To", "To"};

    for (size_t i = 0; i < 2 * G_N_ELEMENTS(names); i++) {
        const char *text = i % 2 ? reading->original : reading->mail->returned->str;
        g_autoptr(GPtrArray) values = bounce_fields_all(text, names[i / 2]);
        g_autofree char *address = values->len ? first_address(g_ptr_array_index(values, 0)) : NULL;

        if (address && *address)
            return g_steal_pointer(&address);
    }
    return g_strdup("");
}

/* Reports of a provider in JSON */
static bool read_notice(Reading *reading)
{
    g_autoptr(GPtrArray) found = bounce_notice_read(reading->mail->notice->str);

    for (guint i = 0; found && i < found->len; i++) {
        const BounceNoticed *noticed = g_ptr_array_index(found, i);
        BounceRecipient *recipient = add(reading, noticed->kind, noticed->recipient, "ses");

        if (noticed->kind == BOUNCE_KIND_BOUNCE || noticed->kind == BOUNCE_KIND_DELAY) {
            bounce_judge(&(BounceEvidence){.origin = "ses", .status = noticed->status, .texts = {noticed->said}},
                         recipient);
        } else {
            (void)(noticed->kind == BOUNCE_KIND_DELIVERED && reply_parse(noticed->said, &recipient->status, NULL));
            if (noticed->kind == BOUNCE_KIND_DELIVERED && !recipient->status.status_class)
                recipient->status = (ReplyStatus){.code = 250, .status_class = 2};
            g_free(recipient->said);
            recipient->said = bounce_said(noticed->said);
        }
    }
    return found != NULL;
}

/* RFC 5965: one complaint for each Original-Rcpt-To; without one, for whom the returned message was addressed to. */
static void add_complaints(Reading *reading, const char *type)
{
    g_autoptr(GPtrArray) recipients = bounce_fields_all(reading->mail->feedback->str, "Original-Rcpt-To");
    g_autofree char *rule = g_strconcat("arf/", type, NULL);
    g_autofree char *other = addressee(reading);

    for (guint i = 0; i < recipients->len; i++) {
        g_autofree char *address = first_address(g_ptr_array_index(recipients, i));

        add(reading, BOUNCE_KIND_COMPLAINT, address, rule);
    }
    if (recipients->len == 0)
        add(reading, BOUNCE_KIND_COMPLAINT, other, rule);
}

static bool read_feedback(Reading *reading)
{
    g_autoptr(GPtrArray) types = bounce_fields_all(reading->mail->feedback->str, "Feedback-Type");

    if (reading->mail->feedback->len || g_strcmp0(reading->mail->report_type, "feedback-report") == 0) {
        g_autofree char *type = types->len ? g_ascii_strdown(g_ptr_array_index(types, 0), -1) : g_strdup("abuse");

        g_strcanon(type, "abcdefghijklmnopqrstuvwxyz0123456789-", '-');
        add_complaints(reading, type);
        return true;
    }
    /* Outlook.com's Junk Mail Reporting Program sends the message without RFC 5965 around it. */
    if (contains(reading->from, "staff@hotmail.com") && contains(reading->subject, "complaint about message from")) {
        add_complaints(reading, "outlook-jmrp");
        return true;
    }
    /* The answer to List-Unsubscribe by mail (RFC 2369 3.2), as Apple Mail writes it */
    if (contains(reading->subject, "unsubscribe") && contains(reading->mail->notice->str, "to unsubscribe")) {
        g_autofree char *address = first_address(reading->from);

        add(reading, BOUNCE_KIND_COMPLAINT, address, "rfc2369/unsubscribe");
        return true;
    }
    return false;
}

typedef struct ActionRow {
    const char *action;
    BounceKind kind;
} ActionRow;

/* RFC 3464 2.3.3, and words that are written in its place */
static const ActionRow actions[] = {
    {"failed", BOUNCE_KIND_BOUNCE},       {"failure", BOUNCE_KIND_BOUNCE},        {"fail", BOUNCE_KIND_BOUNCE},
    {"expired", BOUNCE_KIND_BOUNCE},      {"delayed", BOUNCE_KIND_DELAY},         {"deferred", BOUNCE_KIND_DELAY},
    {"delivered", BOUNCE_KIND_DELIVERED}, {"deliverable", BOUNCE_KIND_DELIVERED}, {"relayed", BOUNCE_KIND_OTHER},
    {"expanded", BOUNCE_KIND_OTHER},
};

static BounceKind kind_of(const Reading *reading, const BounceGroup *group)
{
    ReplyStatus status;

    for (size_t i = 0; i < G_N_ELEMENTS(actions); i++)
        if (strcmp(actions[i].action, group->action) == 0)
            return actions[i].kind;
    if (bounce_code_status(group->status, &status) && status.status_class == 2)
        return BOUNCE_KIND_DELIVERED;
    return bounce_text_is_delay(reading->subject, reading->notice->str) ? BOUNCE_KIND_DELAY : BOUNCE_KIND_BOUNCE;
}

/* The address of a group: what we wrote, if the mail says it (RFC 3464 2.3.1), else where it ended. */
static char *address_of(const BounceGroup *group)
{
    g_autofree char *original = first_address(group->original);
    g_autofree char *final = first_address(group->final);

    if (*original)
        return g_steal_pointer(&original);
    return *final ? g_steal_pointer(&final) : g_strdup(*group->final ? group->final : group->original);
}

/* `said` is what the text says about this one, `whole` all of it where it is about nobody else. */
static void add_group(Reading *reading, const BounceGroup *group, const char *address, const char *said,
                      const char *whole)
{
    const char *comment = strchr(group->status, '(');
    BounceRecipient *recipient = add(reading, kind_of(reading, group), address, "rfc3464/action");

    if (recipient->kind == BOUNCE_KIND_BOUNCE || recipient->kind == BOUNCE_KIND_DELAY) {
        bounce_judge(&(BounceEvidence){.origin = "rfc3464",
                                       .status = group->status,
                                       .texts = {group->diagnostic, comment, said, whole}},
                     recipient);
        return;
    }
    (void)bounce_code_status(group->status, &recipient->status);
    if (recipient->kind == BOUNCE_KIND_OTHER)
        recipient->reason = BOUNCE_RELAYED;
}

/* Whether a person answered a message: no mail system wrote it, it has a sender to return it to, and it returns
 * nothing. That they tell of mails that came back says nothing of the message that they answer. */
static bool is_answer(const Reading *reading)
{
    const char *return_path = bounce_mail_header(reading->mail, "Return-Path");

    return *bounce_mail_header(reading->mail, "In-Reply-To") && !bounce_text_is_daemon(reading->from) &&
           strcmp(return_path, "<>") != 0 && reading->mail->returned->len == 0 &&
           !*bounce_mail_header(reading->mail, "X-Failed-Recipients");
}

/* RFC 3464, in a part of its own or written into the text. Where nothing names the recipient, the text may. */
static bool read_report(Reading *reading)
{
    const char *report = reading->mail->report->len ? reading->mail->report->str : reading->mail->notice->str;
    g_autoptr(GPtrArray) groups = bounce_fields_groups(report);
    g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) said = NULL;

    if (reading->mail->report->len == 0 && is_answer(reading))
        return false;
    for (guint i = 0; i < groups->len; i++)
        g_ptr_array_add(addresses, address_of(g_ptr_array_index(groups, i)));
    if (groups->len == 1 && !strchr(g_ptr_array_index(addresses, 0), '@')) {
        g_autoptr(GPtrArray) named = bounce_text_recipients(reading->notice->str, reading->own);

        if (named->len) {
            g_ptr_array_set_size(addresses, 0);
            g_ptr_array_add(addresses, g_strdup(g_ptr_array_index(named, 0)));
        }
    }
    said = bounce_text_said(reading->notice->str, addresses);
    for (guint i = 0; i < groups->len; i++)
        add_group(reading, g_ptr_array_index(groups, i), g_ptr_array_index(addresses, i), g_ptr_array_index(said, i),
                  groups->len == 1 ? reading->notice->str : NULL);
    return groups->len > 0;
}

/* RFC 8098: a reader's receipt; it has arrived, whatever was done with it. */
static bool read_disposition(Reading *reading)
{
    g_autoptr(GPtrArray) finals = bounce_fields_all(reading->mail->disposition->str, "Final-Recipient");
    g_autofree char *address = NULL;

    if (reading->mail->disposition->len == 0)
        return false;
    address = first_address(finals->len ? g_ptr_array_index(finals, 0) : reading->from);
    add(reading, BOUNCE_KIND_AUTO_REPLY, address, "rfc8098/disposition");
    return true;
}

/* Whether the headers say that a program answered (RFC 3834 5, and what was in use before it), without a word on why.
 */
static const char *auto_reply_rule(const Reading *reading)
{
    static const struct {
        const char *header, *value, *rule; /* value: what it contains; "": anything */
    } rows[] = {
        {"Auto-Submitted", "auto-replied", "rfc3834/auto-submitted"},
        {"X-Autoreply", "", "header/x-autoreply"},
        {"X-Autorespond", "", "header/x-autorespond"},
        {"X-Autoresponder", "", "header/x-autoresponder"},
        {"X-Auto-Reply", "", "header/x-auto-reply"},
        {"Precedence", "auto_reply", "header/precedence"},
        {"X-Precedence", "auto_reply", "header/precedence"},
        {"X-Mailer", "vacation", "header/x-mailer"},
        {"X-MS-Exchange-Inbox-Rules-Loop", "", "header/inbox-rules"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *value = bounce_mail_header(reading->mail, rows[i].header);

        if (*value && contains(value, rows[i].value))
            return rows[i].rule;
    }
    return bounce_text_is_absence(reading->subject) ? "subject/absence" : NULL;
}

static int score_of(const Reading *reading)
{
    const char *return_path = bounce_mail_header(reading->mail, "Return-Path");
    ReplyStatus status;
    int score = bounce_text_score(reading->from, reading->subject, reading->notice->str);

    score += strcmp(return_path, "<>") == 0;
    score += reading->mail->returned->len > 0 || *reading->original;
    score += bounce_code_find(reading->notice->str, &status);
    score += *bounce_mail_header(reading->mail, "X-Failed-Recipients") ? SCORE_ENOUGH : 0;
    return score;
}

static GPtrArray *text_recipients(const Reading *reading)
{
    GPtrArray *failed = bounce_text_addresses(bounce_mail_header(reading->mail, "X-Failed-Recipients"));

    if (failed->len == 0) {
        g_ptr_array_unref(failed);
        failed = bounce_text_recipients(reading->notice->str, reading->own);
    }
    if (failed->len == 0)
        g_ptr_array_add(failed, addressee(reading));
    return failed;
}

/* Whether a mail system wrote it, or it names somebody: a parcel that could not be delivered is no bounce. */
static bool is_about_mail(const Reading *reading, const GPtrArray *recipients)
{
    const char *named = g_ptr_array_index(recipients, 0);
    bool is_returned = reading->mail->returned->len > 0 || *reading->original;

    return *named || is_returned || bounce_text_is_daemon(reading->from) ||
           strcmp(bounce_mail_header(reading->mail, "Return-Path"), "<>") == 0;
}

/* A bounce in words: who is meant is in a header of Exim's and Gmail's, or in the text, or only in what is returned. */
static bool read_text(Reading *reading)
{
    const char *answer = auto_reply_rule(reading);
    g_autoptr(GPtrArray) recipients = NULL;
    g_autoptr(GPtrArray) said = NULL;
    BounceKind kind;

    if (score_of(reading) < (answer ? SCORE_SURE : SCORE_ENOUGH))
        return false;
    if (is_answer(reading) || (bounce_text_is_absence(reading->subject) && !bounce_text_is_daemon(reading->from)))
        return false; /* whoever is away may well quote a bounce, or say that nobody is to be reached */
    recipients = text_recipients(reading);
    if (!is_about_mail(reading, recipients))
        return false;
    kind = bounce_text_is_delay(reading->subject, reading->notice->str) ? BOUNCE_KIND_DELAY : BOUNCE_KIND_BOUNCE;
    said = bounce_text_said(reading->notice->str, recipients);
    for (guint i = 0; i < recipients->len; i++)
        bounce_judge(&(BounceEvidence){.origin = "text",
                                       .status = "",
                                       .texts = {g_ptr_array_index(said, i), reading->notice->str}},
                     add(reading, kind, g_ptr_array_index(recipients, i), "text"));
    return true;
}

static bool read_answer(Reading *reading)
{
    const char *rule = auto_reply_rule(reading);
    g_autofree char *address = first_address(reading->from);

    if (rule)
        add(reading, BOUNCE_KIND_AUTO_REPLY, address, rule);
    return rule != NULL;
}

static const char *const kind_names[] = {
    [BOUNCE_KIND_BOUNCE] = "bounce",         [BOUNCE_KIND_DELAY] = "delay",
    [BOUNCE_KIND_DELIVERED] = "delivered",   [BOUNCE_KIND_COMPLAINT] = "complaint",
    [BOUNCE_KIND_AUTO_REPLY] = "auto-reply", [BOUNCE_KIND_OTHER] = "other",
};

const char *bounce_kind_name(BounceKind kind)
{
    return kind_names[kind];
}

static void read_all(Reading *reading)
{
    static bool (*const readers[])(Reading * reading) = {read_notice,      read_feedback, read_report,
                                                         read_disposition, read_text,     read_answer};
    g_autofree char *from = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(readers); i++)
        if (readers[i](reading))
            return;
    from = first_address(reading->from);
    add(reading, BOUNCE_KIND_OTHER, from, "none");
}

/* The value of a header of what is returned, in a part of its own or in the text; "" when there is none. */
static char *returned_header(const Reading *reading, const char *name)
{
    const char *const texts[] = {reading->mail->returned->str, reading->original};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GPtrArray) values = bounce_fields_all(texts[i], name);

        if (values->len)
            return g_strdup(g_ptr_array_index(values, 0));
    }
    return g_strdup("");
}

static void read_returned(Reading *reading)
{
    g_autofree char *from = returned_header(reading, "From");
    g_autofree char *date = returned_header(reading, "Date");

    reading->bounce->returned_from = first_address(from);
    reading->bounce->returned_date = bounce_mail_date(date);
}

Bounce *bounce_read(const char *bytes, size_t size)
{
    g_autoptr(BounceMail) mail = bounce_mail_read(bytes, size);
    Bounce *bounce = g_new0(Bounce, 1);
    g_autofree char *own = first_address(bounce_mail_header(mail, "To"));
    Reading reading = {.mail = mail,
                       .bounce = bounce,
                       .subject = bounce_mail_header(mail, "Subject"),
                       .from = bounce_mail_header(mail, "From"),
                       .own = own};
    size_t end;

    bounce->recipients = g_ptr_array_new_with_free_func(free_recipient);
    bounce->is_cut = mail->is_cut;
    bounce_text_unquote(mail->notice);
    end = bounce_text_end(mail->notice->str);
    reading.notice = g_string_new_len(mail->notice->str, (gssize)end);
    reading.original = g_strdup(mail->notice->str + end);
    read_all(&reading);
    read_returned(&reading);
    bounce->tokens = bounce_clues(mail, reading.original);
    g_string_free(reading.notice, TRUE);
    g_free(reading.original);
    return bounce;
}

void bounce_free(Bounce *bounce)
{
    if (!bounce)
        return;
    g_ptr_array_unref(bounce->recipients);
    g_ptr_array_unref(bounce->tokens);
    g_free(bounce->returned_from);
    g_free(bounce);
}
