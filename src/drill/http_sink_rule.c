#include "drill/http_sink_rule.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"

#define RETRY_AFTER_MOST 86400 /* s */

static const char *const place_names[] = {
    [HTTP_SINK_AT_REQUEST] = "request", [HTTP_SINK_AT_LOOKUP] = "lookup", [HTTP_SINK_AT_TOKEN] = "token", NULL};

static const char *const action_names[] = {
    [HTTP_SINK_ANSWER] = "answer",   [HTTP_SINK_REPLY] = "reply",
    [HTTP_SINK_DELAY] = "delay",     [HTTP_SINK_HANG_UP] = "hang-up",
    [HTTP_SINK_CLOSE] = "close",     [HTTP_SINK_ACCEPT_AND_DIE] = "accept-and-die",
    [HTTP_SINK_GARBAGE] = "garbage", [HTTP_SINK_HUGE] = "huge",
    [HTTP_SINK_REPORT] = "report",   NULL};

/* What each place and action may mean; ends with GATEWAY_MEANS_NOTHING. */
static const GatewayMeaning answers[] = {GATEWAY_MEANS_ACCEPTED,  GATEWAY_MEANS_TEMPORARY, GATEWAY_MEANS_THROTTLED,
                                         GATEWAY_MEANS_PERMANENT, GATEWAY_MEANS_POLICY,    GATEWAY_MEANS_ACCOUNT,
                                         GATEWAY_MEANS_NOTHING};
static const GatewayMeaning lookups[] = {GATEWAY_MEANS_ACCEPTED, GATEWAY_MEANS_DELIVERED, GATEWAY_MEANS_BOUNCED,
                                         GATEWAY_MEANS_FAILED,   GATEWAY_MEANS_UNKNOWN,   GATEWAY_MEANS_NOT_FOUND,
                                         GATEWAY_MEANS_NOTHING};
static const GatewayMeaning reports[] = {GATEWAY_MEANS_ACCEPTED, GATEWAY_MEANS_DELIVERED, GATEWAY_MEANS_BOUNCED,
                                         GATEWAY_MEANS_FAILED, GATEWAY_MEANS_NOTHING};

static bool read_meaning(const char *word, const GatewayMeaning *known, GatewayMeaning *meaning, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (; *known != GATEWAY_MEANS_NOTHING; known++) {
        const char *name = gateway_meaning_name(*known);

        if (strcmp(name, word) == 0) {
            *meaning = *known;
            return true;
        }
        g_ptr_array_add(names, (void *)name);
    }
    g_ptr_array_add(names, NULL);
    return sink_rule_refuse_word(error, "meaning", word, (const char *const *)names->pdata);
}

static bool read_retry_after(const char *text, HttpSinkRule *rule, GError **error)
{
    guint64 seconds;

    if (!g_ascii_string_to_unsigned(text, 10, 1, RETRY_AFTER_MOST, &seconds, NULL))
        return sink_rule_refuse(error, "retry-after=%s is no number of seconds from 1", text);
    rule->retry_after = (int64_t)seconds;
    return true;
}

/* "429 retry-after=2 slow down" */
static bool read_reply(const char *text, HttpSinkRule *rule, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, " ", 3);
    guint64 status;
    bool has_delay = words[0] && words[1] && g_str_has_prefix(words[1], "retry-after=");
    size_t head;

    if (!words[0] || !g_ascii_string_to_unsigned(words[0], 10, 200, 599, &status, NULL))
        return sink_rule_refuse(error, "reply \"%s\" has no HTTP status (expected for example \"503 busy\")", text);
    rule->status = (int)status;
    if (has_delay && !read_retry_after(words[1] + strlen("retry-after="), rule, error))
        return false;
    head = strlen(words[0]) + (has_delay ? 1 + strlen(words[1]) : 0);
    rule->body = g_strdup(text[head] ? text + head + 1 : "");
    return true;
}

static bool read_argument(const char *text, HttpSinkRule *rule, GError **error)
{
    switch (rule->action) {
    case HTTP_SINK_ANSWER:
        return read_meaning(text, rule->at == HTTP_SINK_AT_LOOKUP ? lookups : answers, &rule->meaning, error);
    case HTTP_SINK_REPORT:
        return read_meaning(text, reports, &rule->meaning, error);
    case HTTP_SINK_REPLY:
        return read_reply(text, rule, error);
    default:
        return sink_rule_duration(text, &rule->delay_ms) ||
               sink_rule_refuse(error, "\"%s\" is no duration (expected for example 500ms, 2s, 1min)", text);
    }
}

static bool needs_argument(HttpSinkAction action)
{
    return action == HTTP_SINK_ANSWER || action == HTTP_SINK_REPLY || action == HTTP_SINK_DELAY ||
           action == HTTP_SINK_REPORT;
}

/* The action at *next, which is left at the last word that belongs to it. */
static bool read_action(char ***next, HttpSinkRule *rule, GError **error)
{
    int action = sink_rule_name(action_names, **next);

    if (action < 0)
        return sink_rule_refuse_word(error, "action", **next, action_names);
    rule->action = (HttpSinkAction)action;
    if (!needs_argument(rule->action))
        return true;
    if (!(*next)[1])
        return sink_rule_refuse(error, "%s needs a word behind it", action_names[action]);
    ++*next;
    return read_argument(**next, rule, error);
}

static bool check(const HttpSinkRule *rule, GError **error)
{
    if (rule->at != HTTP_SINK_AT_REQUEST &&
        (rule->action == HTTP_SINK_REPORT || (rule->at == HTTP_SINK_AT_TOKEN && rule->action == HTTP_SINK_ANSWER)))
        return sink_rule_refuse(error, "%s is not for %s", action_names[rule->action], place_names[rule->at]);
    if (rule->retry_after > 0 && rule->action != HTTP_SINK_ANSWER && rule->action != HTTP_SINK_REPLY)
        return sink_rule_refuse(error, "retry-after= is for answer and reply only");
    if (rule->delay_ms < 0 || rule->delay_ms > CLOCK_DAY)
        return sink_rule_refuse(error, "delay must be between 0 ms and a day");
    return sink_rule_check(&rule->conditions, place_names[rule->at], rule->at != HTTP_SINK_AT_TOKEN, error);
}

static bool read_condition(const char *word, HttpSinkRule *rule, unsigned *seen, GError **error)
{
    if (g_str_has_prefix(word, "retry-after="))
        return read_retry_after(word + strlen("retry-after="), rule, error);
    return sink_rule_condition(word, &rule->conditions, seen, error);
}

static bool read_rule(char **words, HttpSinkRule *rule, GError **error)
{
    unsigned seen = 0;
    bool acted = false;
    int place;

    if (!words[0])
        return sink_rule_refuse(error, "the rule is empty (expected for example: request answer throttled)");
    place = sink_rule_name(place_names, words[0]);
    if (place < 0)
        return sink_rule_refuse_word(error, "place", words[0], place_names);
    rule->at = (HttpSinkAt)place;
    for (char **next = words + 1; *next; next++) {
        bool is_condition = strchr(*next, '=') != NULL;

        if (!is_condition && acted)
            return sink_rule_refuse(error, "\"%s\" is one word too many", *next);
        if (is_condition ? !read_condition(*next, rule, &seen, error) : !read_action(&next, rule, error))
            return false;
        acted = acted || !is_condition;
    }
    if (!acted)
        return sink_rule_refuse(error, "the rule does nothing (expected answer, reply, delay, hang-up, …)");
    return check(rule, error);
}

HttpSinkRule *http_sink_parse_rule(const char *line, GError **error)
{
    HttpSinkRule *rule = g_new0(HttpSinkRule, 1);
    g_autoptr(GPtrArray) words = sink_rule_split(line, error);

    if (words && read_rule((char **)words->pdata, rule, error))
        return rule;
    error_prefix(error, "rule '%s': ", line);
    http_sink_rule_free(rule);
    return NULL;
}

void http_sink_rule_free(HttpSinkRule *rule)
{
    if (!rule)
        return;
    g_free(rule->conditions.pattern);
    g_free(rule->body);
    g_free(rule);
}

/* The book -------------------------------------------------------------------------------------------------------- */

struct HttpSinkRuleBook {
    pthread_mutex_t lock; /* guards the strikes */
    const GPtrArray *rules;
    GPtrArray *strikes; /* owned; of SinkStrike *, one for each rule */
};

static void free_strike(gpointer data)
{
    sink_strike_free(data);
}

HttpSinkRuleBook *http_sink_rule_book_new(const GPtrArray *rules, GError **error)
{
    HttpSinkRuleBook *book = g_new0(HttpSinkRuleBook, 1);

    pthread_mutex_init(&book->lock, NULL);
    book->rules = rules;
    book->strikes = g_ptr_array_new_with_free_func(free_strike);
    for (guint i = 0; rules && i < rules->len; i++) {
        const HttpSinkRule *rule = g_ptr_array_index(rules, i);

        if (!check(rule, error)) {
            error_prefix(error, "rule %u: ", i + 1);
            http_sink_rule_book_free(book);
            return NULL;
        }
        g_ptr_array_add(book->strikes, sink_strike_new(&rule->conditions));
    }
    return book;
}

const HttpSinkRule *http_sink_rule_book_strike(HttpSinkRuleBook *book, HttpSinkAt at, const char *const *endpoints,
                                               size_t count)
{
    const HttpSinkRule *struck = NULL;

    if (book->strikes->len == 0)
        return NULL;
    pthread_mutex_lock(&book->lock);
    for (guint i = 0; i < book->strikes->len && !struck; i++) {
        const HttpSinkRule *rule = g_ptr_array_index(book->rules, i);

        if (rule->at == at && sink_strike_try(g_ptr_array_index(book->strikes, i), endpoints, count))
            struck = rule;
    }
    pthread_mutex_unlock(&book->lock);
    return struck;
}

void http_sink_rule_book_free(HttpSinkRuleBook *book)
{
    if (!book)
        return;
    g_ptr_array_unref(book->strikes);
    pthread_mutex_destroy(&book->lock);
    g_free(book);
}
