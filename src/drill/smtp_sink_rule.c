#include "drill/smtp_sink_rule.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "drill/sink_rule.h"

#define REPLY_LINE_MOST 510 /* RFC 5321 4.5.3.1.5 without CRLF */

static const char *const place_names[] = {
    [SMTP_SINK_AT_CONNECT] = "connect", [SMTP_SINK_AT_EHLO] = "ehlo", [SMTP_SINK_AT_STARTTLS] = "starttls",
    [SMTP_SINK_AT_AUTH] = "auth",       [SMTP_SINK_AT_MAIL] = "mail", [SMTP_SINK_AT_RCPT] = "rcpt",
    [SMTP_SINK_AT_DATA] = "data",       [SMTP_SINK_AT_DOT] = "dot",   [SMTP_SINK_AT_NOOP] = "noop",
    [SMTP_SINK_AT_RSET] = "rset",       [SMTP_SINK_AT_QUIT] = "quit", NULL,
};

static const char *const action_names[] = {
    [SMTP_SINK_REPLY] = "reply",     [SMTP_SINK_DELAY] = "delay",
    [SMTP_SINK_HANG_UP] = "hang-up", [SMTP_SINK_ACCEPT_AND_DIE] = "accept-and-die",
    [SMTP_SINK_GARBAGE] = "garbage", NULL,
};

/* Each line a reply code, then space, hyphen or nothing. What is no reply at all is the garbage action's. */
static bool is_reply(const char *reply)
{
    g_auto(GStrv) lines = g_strsplit(reply, "\n", 0);

    if (!lines[0])
        return false;
    for (char **line = lines; *line; line++) {
        size_t size = strlen(g_strchomp(*line));

        if (size < 3 || size > REPLY_LINE_MOST || text_has_controls(*line, size))
            return false;
        if ((*line)[0] < '2' || (*line)[0] > '5' || !g_ascii_isdigit((*line)[1]) || !g_ascii_isdigit((*line)[2]))
            return false;
        if ((*line)[3] && (*line)[3] != ' ' && (*line)[3] != '-')
            return false;
    }
    return true;
}

static bool has_address(SmtpSinkAt at)
{
    return at == SMTP_SINK_AT_MAIL || at == SMTP_SINK_AT_RCPT || at == SMTP_SINK_AT_DATA || at == SMTP_SINK_AT_DOT;
}

static bool check_action(const SmtpSinkRule *rule, GError **error)
{
    if (rule->action == SMTP_SINK_REPLY && (!rule->reply || !is_reply(rule->reply)))
        return sink_rule_refuse(error, "reply \"%s\" is no SMTP reply (expected for example \"451 4.7.1 try later\")",
                                rule->reply ? rule->reply : "");
    if (rule->action == SMTP_SINK_ACCEPT_AND_DIE && rule->at != SMTP_SINK_AT_DOT)
        return sink_rule_refuse(error, "accept-and-die is for dot only, not for %s", place_names[rule->at]);
    if (rule->action == SMTP_SINK_DELAY && (rule->delay_ms < 0 || rule->delay_ms > CLOCK_DAY))
        return sink_rule_refuse(error, "delay must be between 0 ms and a day");
    return true;
}

/* The conditions of a rule as all sinks have them; borrowed from it. */
static SinkConditions conditions_of(const SmtpSinkRule *rule)
{
    return (SinkConditions){.pattern = rule->pattern,
                            .skip = rule->skip,
                            .times = rule->times,
                            .each = rule->times_per_address,
                            .share = rule->share,
                            .salt = rule->salt,
                            .clock = rule->clock,
                            .from = rule->from,
                            .until = rule->until,
                            .per_minute = rule->per_minute};
}

bool smtp_sink_rule_check(const SmtpSinkRule *rule, GError **error)
{
    SinkConditions conditions = conditions_of(rule);

    return check_action(rule, error) &&
           sink_rule_check(&conditions, place_names[rule->at], has_address(rule->at), error);
}

static void take_conditions(SmtpSinkRule *rule, const SinkConditions *conditions)
{
    rule->pattern = conditions->pattern;
    rule->skip = conditions->skip;
    rule->times = conditions->times;
    rule->times_per_address = conditions->each;
    rule->share = conditions->share;
}

/* The action at *next, which is left at the last word that belongs to it. */
static bool read_action(char ***next, SmtpSinkRule *rule, GError **error)
{
    int action = sink_rule_name(action_names, **next);
    const char *argument;

    if (action < 0)
        return sink_rule_refuse_word(error, "action", **next, action_names);
    rule->action = (SmtpSinkAction)action;
    if (action != SMTP_SINK_REPLY && action != SMTP_SINK_DELAY)
        return true;
    argument = (*next)[1];
    if (!argument)
        return sink_rule_refuse(error, "%s needs %s", action_names[action],
                                action == SMTP_SINK_REPLY ? "a reply (\"451 4.7.1 try later\")" : "a duration (500ms)");
    ++*next;
    if (action == SMTP_SINK_REPLY)
        rule->reply = g_strdup(argument);
    else if (!sink_rule_duration(argument, &rule->delay_ms))
        return sink_rule_refuse(error, "\"%s\" is no duration (expected for example 500ms, 2s, 1min)", argument);
    return true;
}

static bool read_rule(char **words, SmtpSinkRule *rule, GError **error)
{
    SinkConditions conditions = {.pattern = NULL};
    unsigned seen = 0;
    bool acted = false;
    int place;

    if (!words[0])
        return sink_rule_refuse(error, "the rule is empty (expected for example: rcpt reply \"451 4.7.1 try later\")");
    place = sink_rule_name(place_names, words[0]);
    if (place < 0)
        return sink_rule_refuse_word(error, "place", words[0], place_names);
    rule->at = (SmtpSinkAt)place;
    for (char **next = words + 1; *next; next++) {
        bool is_condition = strchr(*next, '=') != NULL;
        bool done;

        if (!is_condition && acted)
            return sink_rule_refuse(error, "\"%s\" is one word too many", *next);
        done = is_condition ? sink_rule_condition(*next, &conditions, &seen, error) : read_action(&next, rule, error);
        take_conditions(rule, &conditions);
        if (!done)
            return false;
        acted = acted || !is_condition;
    }
    if (!acted)
        return sink_rule_refuse(error,
                                "the rule does nothing (expected reply, delay, hang-up, accept-and-die or garbage)");
    return smtp_sink_rule_check(rule, error);
}

SmtpSinkRule *smtp_sink_rule_parse(const char *line, GError **error)
{
    SmtpSinkRule *rule = g_new0(SmtpSinkRule, 1);
    g_autoptr(GPtrArray) words = sink_rule_split(line, error);

    if (words && read_rule((char **)words->pdata, rule, error))
        return rule;
    error_prefix(error, "rule '%s': ", line);
    smtp_sink_rule_free(rule);
    return NULL;
}

void smtp_sink_rule_free(SmtpSinkRule *rule)
{
    if (!rule)
        return;
    g_free(rule->pattern);
    g_free(rule->reply);
    g_free(rule);
}

typedef struct Entry {
    const SmtpSinkRule *rule;
    SinkConditions conditions; /* borrowed from the rule */
    SinkStrike *strike;        /* owned */
} Entry;

struct SmtpSinkRuleBook {
    pthread_mutex_t lock; /* guards the counts */
    unsigned places;      /* a bit for each SmtpSinkAt that has rules */
    size_t size;
    Entry *entries; /* owned */
};

static bool open_entry(Entry *entry, const SmtpSinkRule *rule, GError **error)
{
    if (!smtp_sink_rule_check(rule, error))
        return false;
    entry->rule = rule;
    entry->conditions = conditions_of(rule);
    entry->strike = sink_strike_new(&entry->conditions);
    return true;
}

SmtpSinkRuleBook *smtp_sink_rule_book_new(const GPtrArray *rules, GError **error)
{
    SmtpSinkRuleBook *book = g_new0(SmtpSinkRuleBook, 1);

    pthread_mutex_init(&book->lock, NULL);
    book->size = rules ? rules->len : 0;
    book->entries = g_new0(Entry, book->size);
    for (size_t i = 0; i < book->size; i++) {
        const SmtpSinkRule *rule = (const SmtpSinkRule *)rules->pdata[i];

        if (!open_entry(&book->entries[i], rule, error)) {
            error_prefix(error, "rule %zu: ", i + 1);
            smtp_sink_rule_book_free(book);
            return NULL;
        }
        book->places |= 1U << rule->at;
    }
    return book;
}

void smtp_sink_rule_book_free(SmtpSinkRuleBook *book)
{
    if (!book)
        return;
    for (size_t i = 0; i < book->size; i++)
        sink_strike_free(book->entries[i].strike);
    g_free(book->entries);
    pthread_mutex_destroy(&book->lock);
    g_free(book);
}

const SmtpSinkRule *smtp_sink_rule_book_strike(SmtpSinkRuleBook *book, SmtpSinkAt at, const char *const *addresses,
                                               size_t count)
{
    const SmtpSinkRule *struck = NULL;

    if (!(book->places & 1U << at))
        return NULL;
    pthread_mutex_lock(&book->lock);
    for (size_t i = 0; i < book->size && !struck; i++)
        if (book->entries[i].rule->at == at && sink_strike_try(book->entries[i].strike, addresses, count))
            struck = book->entries[i].rule;
    pthread_mutex_unlock(&book->lock);
    return struck;
}
