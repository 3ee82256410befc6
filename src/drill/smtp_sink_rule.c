#include "drill/smtp_sink_rule.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "drill/smtp_sink_grammar.h"

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

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool refuse(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    error_set_va(error, BREACH_ERROR_INPUT, NULL, NULL, format, arguments);
    va_end(arguments);
    return false;
}

static bool refuse_word(GError **error, const char *what, const char *word, const char *const *known)
{
    const char *nearest = text_nearest(word, known);
    g_autofree char *all = NULL;

    if (nearest)
        return refuse(error, "unknown %s \"%s\" (did you mean \"%s\"?)", what, word, nearest);
    all = g_strjoinv(", ", (char **)known);
    return refuse(error, "unknown %s \"%s\" (expected one of %s)", what, word, all);
}

static int find_name(const char *const *names, const char *word)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], word) == 0)
            return i;
    return -1;
}

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
        return refuse(error, "reply \"%s\" is no SMTP reply (expected for example \"451 4.7.1 try later\")",
                      rule->reply ? rule->reply : "");
    if (rule->action == SMTP_SINK_ACCEPT_AND_DIE && rule->at != SMTP_SINK_AT_DOT)
        return refuse(error, "accept-and-die is for dot only, not for %s", place_names[rule->at]);
    if (rule->action == SMTP_SINK_DELAY && (rule->delay_ms < 0 || rule->delay_ms > CLOCK_DAY))
        return refuse(error, "delay must be between 0 ms and a day");
    return true;
}

bool smtp_sink_rule_check(const SmtpSinkRule *rule, GError **error)
{
    bool shared = rule->share > 0 && rule->share < 1;

    if (!check_action(rule, error))
        return false;
    if (rule->skip < 0 || rule->times < 0 || rule->times_per_address < 0)
        return refuse(error, "skip, times and each must not be negative");
    if (!(rule->share >= 0 && rule->share <= 1))
        return refuse(error, "share must be between 0 and 1");
    if (!has_address(rule->at) && (rule->pattern || rule->times_per_address > 0 || shared))
        return refuse(error, "%s has no address: leave out to=, each= and share=", place_names[rule->at]);
    return true;
}

/* One word from *cursor on, which is moved behind it. */
static bool read_word(const char **cursor, GString *word)
{
    const char *at = *cursor;
    bool quoted = false;

    for (; *at && (quoted || (*at != ' ' && *at != '\t')); at++) {
        if (*at == '"')
            quoted = !quoted;
        else if (quoted && *at == '\\' && at[1])
            g_string_append_c(word, *++at == 'n' ? '\n' : *at);
        else
            g_string_append_c(word, *at);
    }
    *cursor = at;
    return !quoted;
}

/* Blanks part words, "quotes" hold them together, and within quotes \n, \" and \\ stand for a line end, a quote and a
 * backslash. Ends with NULL; NULL with an error when a quote is not closed. */
static GPtrArray *split(const char *line, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    const char *cursor = line + strspn(line, " \t");

    while (*cursor) {
        GString *word = g_string_new(NULL);
        bool closed = read_word(&cursor, word);

        g_ptr_array_add(words, g_string_free(word, FALSE));
        if (!closed) {
            refuse(error, "a quote is not closed");
            return NULL;
        }
        cursor += strspn(cursor, " \t");
    }
    g_ptr_array_add(words, NULL);
    return g_steal_pointer(&words);
}

static bool read_duration(const char *text, int64_t *duration)
{
    static const struct {
        const char *name;
        int64_t milliseconds;
    } units[] = {{"ms", 1}, {"s", CLOCK_SECOND}, {"min", CLOCK_MINUTE}, {"h", CLOCK_HOUR}};
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 9)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (strcmp(text + digits, units[i].name) == 0) {
            *duration = g_ascii_strtoll(text, NULL, 10) * units[i].milliseconds;
            return true;
        }
    return false;
}

static bool read_count(const char *key, const char *value, int *count, GError **error)
{
    guint64 number;

    if (!g_ascii_string_to_unsigned(value, 10, 1, 1000000000, &number, NULL))
        return refuse(error, "%s=%s is no number from 1", key, value);
    *count = (int)number;
    return true;
}

static bool read_share(const char *value, double *share, GError **error)
{
    char *end;

    *share = g_ascii_strtod(value, &end);
    if (!*value || *end || !(*share > 0 && *share <= 1))
        return refuse(error, "share=%s is no share over 0 and up to 1 (for example 0.05)", value);
    return true;
}

/* to= skip= times= each= share=; `seen` has a bit for each. */
static bool read_key(const char *word, const char *value, SmtpSinkRule *rule, unsigned *seen, GError **error)
{
    static const char *const keys[] = {"to", "skip", "times", "each", "share", NULL};
    g_autofree char *key = g_strndup(word, (size_t)(value - word));
    int found = find_name(keys, key);
    int *counts[] = {NULL, &rule->skip, &rule->times, &rule->times_per_address};

    value++;
    if (found < 0)
        return refuse_word(error, "condition", key, keys);
    if (*seen & 1U << found)
        return refuse(error, "%s= is given twice", key);
    *seen |= 1U << found;
    if (found == 0) {
        if (!*value)
            return refuse(error, "to= needs a pattern (for example to=*@slow.example)");
        rule->pattern = g_strdup(value);
        return true;
    }
    if (found == 4)
        return read_share(value, &rule->share, error);
    return read_count(key, value, counts[found], error);
}

/* The action at *next, which is left at the last word that belongs to it. */
static bool read_action(char ***next, SmtpSinkRule *rule, GError **error)
{
    int action = find_name(action_names, **next);
    const char *argument;

    if (action < 0)
        return refuse_word(error, "action", **next, action_names);
    rule->action = (SmtpSinkAction)action;
    if (action != SMTP_SINK_REPLY && action != SMTP_SINK_DELAY)
        return true;
    argument = (*next)[1];
    if (!argument)
        return refuse(error, "%s needs %s", action_names[action],
                      action == SMTP_SINK_REPLY ? "a reply (\"451 4.7.1 try later\")" : "a duration (500ms)");
    ++*next;
    if (action == SMTP_SINK_REPLY)
        rule->reply = g_strdup(argument);
    else if (!read_duration(argument, &rule->delay_ms))
        return refuse(error, "\"%s\" is no duration (expected for example 500ms, 2s, 1min)", argument);
    return true;
}

static bool read_rule(char **words, SmtpSinkRule *rule, GError **error)
{
    unsigned seen = 0;
    bool acted = false;
    int place;

    if (!words[0])
        return refuse(error, "the rule is empty (expected for example: rcpt reply \"451 4.7.1 try later\")");
    place = find_name(place_names, words[0]);
    if (place < 0)
        return refuse_word(error, "place", words[0], place_names);
    rule->at = (SmtpSinkAt)place;
    for (char **next = words + 1; *next; next++) {
        const char *equals = strchr(*next, '=');

        if (!equals && acted)
            return refuse(error, "\"%s\" is one word too many", *next);
        if (equals ? !read_key(*next, equals, rule, &seen, error) : !read_action(&next, rule, error))
            return false;
        acted = acted || !equals;
    }
    if (!acted)
        return refuse(error, "the rule does nothing (expected reply, delay, hang-up, accept-and-die or garbage)");
    return smtp_sink_rule_check(rule, error);
}

SmtpSinkRule *smtp_sink_rule_parse(const char *line, GError **error)
{
    SmtpSinkRule *rule = g_new0(SmtpSinkRule, 1);
    g_autoptr(GPtrArray) words = split(line, error);

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
    GPatternSpec *pattern; /* owned; NULL: every address */
    int64_t met;           /* how often it could have struck */
    int64_t struck;
    GHashTable *per_address; /* owned; hash of an address -> how often it struck there; NULL: not counted */
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
    if (rule->pattern) {
        g_autofree char *folded = g_ascii_strdown(rule->pattern, -1);

        entry->pattern = g_pattern_spec_new(folded);
    }
    if (rule->times_per_address > 0)
        entry->per_address = g_hash_table_new(g_direct_hash, g_direct_equal);
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
    for (size_t i = 0; i < book->size; i++) {
        g_clear_pointer(&book->entries[i].pattern, g_pattern_spec_free);
        g_clear_pointer(&book->entries[i].per_address, g_hash_table_unref);
    }
    g_free(book->entries);
    pthread_mutex_destroy(&book->lock);
    g_free(book);
}

/* FNV-1a, and the finaliser of MurmurHash3 because the high bits of FNV hardly depend on the last letters. */
static uint64_t hash_address(const char *address)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (; *address; address++) {
        hash ^= (unsigned char)*address;
        hash *= UINT64_C(0x100000001b3);
    }
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 33;
}

static bool in_share(const SmtpSinkRule *rule, uint64_t hash)
{
    return rule->share <= 0 || rule->share >= 1 || (double)(hash >> 11) < rule->share * (double)(UINT64_C(1) << 53);
}

/* Whether the rule is for this address (lower case), its limit for one address not yet reached. */
static bool wants(const Entry *entry, const char *address, uint64_t hash)
{
    const SmtpSinkRule *rule = entry->rule;

    if (entry->pattern && !g_pattern_spec_match_string(entry->pattern, address))
        return false;
    return in_share(rule, hash) &&
           (!entry->per_address ||
            GPOINTER_TO_INT(g_hash_table_lookup(entry->per_address, GSIZE_TO_POINTER(hash))) < rule->times_per_address);
}

/* Counts a meeting; whether the rule strikes. */
static bool strikes(Entry *entry, uint64_t hash)
{
    const SmtpSinkRule *rule = entry->rule;

    if (entry->met++ < rule->skip || (rule->times > 0 && entry->struck >= rule->times))
        return false;
    entry->struck++;
    if (entry->per_address) {
        void *key = GSIZE_TO_POINTER(hash);
        int before = GPOINTER_TO_INT(g_hash_table_lookup(entry->per_address, key));

        g_hash_table_insert(entry->per_address, key, GINT_TO_POINTER(before + 1));
    }
    return true;
}

/* A message has several recipients: it meets a rule once, by the first recipient that the rule is for. */
static bool try_entry(Entry *entry, const char *const *addresses, size_t count)
{
    if (count == 0)
        return strikes(entry, 0);
    for (size_t i = 0; i < count; i++) {
        char folded[SMTP_SINK_ADDRESS_MOST + 1];
        size_t size = 0;
        uint64_t hash;

        for (; addresses[i][size] && size < SMTP_SINK_ADDRESS_MOST; size++)
            folded[size] = g_ascii_tolower(addresses[i][size]);
        folded[size] = '\0';
        hash = hash_address(folded);
        if (wants(entry, folded, hash))
            return strikes(entry, hash);
    }
    return false;
}

const SmtpSinkRule *smtp_sink_rule_book_strike(SmtpSinkRuleBook *book, SmtpSinkAt at, const char *const *addresses,
                                               size_t count)
{
    const SmtpSinkRule *struck = NULL;

    if (!(book->places & 1U << at))
        return NULL;
    pthread_mutex_lock(&book->lock);
    for (size_t i = 0; i < book->size && !struck; i++)
        if (book->entries[i].rule->at == at && try_entry(&book->entries[i], addresses, count))
            struck = book->entries[i].rule;
    pthread_mutex_unlock(&book->lock);
    return struck;
}
