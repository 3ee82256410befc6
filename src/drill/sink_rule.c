#include "drill/sink_rule.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

/* Words ----------------------------------------------------------------------------------------------------------- */

bool sink_rule_refuse(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    error_set_va(error, BREACH_ERROR_INPUT, NULL, NULL, format, arguments);
    va_end(arguments);
    return false;
}

bool sink_rule_refuse_word(GError **error, const char *what, const char *word, const char *const *known)
{
    const char *nearest = text_nearest(word, known);
    g_autofree char *all = NULL;

    if (nearest)
        return sink_rule_refuse(error, "unknown %s \"%s\" (did you mean \"%s\"?)", what, word, nearest);
    all = g_strjoinv(", ", (char **)known);
    return sink_rule_refuse(error, "unknown %s \"%s\" (expected one of %s)", what, word, all);
}

int sink_rule_name(const char *const *names, const char *word)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], word) == 0)
            return i;
    return -1;
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
GPtrArray *sink_rule_split(const char *line, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    const char *cursor = line + strspn(line, " \t");

    while (*cursor) {
        GString *word = g_string_new(NULL);
        bool closed = read_word(&cursor, word);

        g_ptr_array_add(words, g_string_free(word, FALSE));
        if (!closed) {
            sink_rule_refuse(error, "a quote is not closed");
            return NULL;
        }
        cursor += strspn(cursor, " \t");
    }
    g_ptr_array_add(words, NULL);
    return g_steal_pointer(&words);
}

bool sink_rule_duration(const char *text, int64_t *duration)
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
        return sink_rule_refuse(error, "%s=%s is no number from 1", key, value);
    *count = (int)number;
    return true;
}

static bool read_share(const char *value, double *share, GError **error)
{
    char *end;

    *share = g_ascii_strtod(value, &end);
    if (!*value || *end || !(*share > 0 && *share <= 1))
        return sink_rule_refuse(error, "share=%s is no share over 0 and up to 1 (for example 0.05)", value);
    return true;
}

/* Conditions ------------------------------------------------------------------------------------------------------ */

/* to= skip= times= each= share=; `seen` has a bit for each. */
bool sink_rule_condition(const char *word, SinkConditions *conditions, unsigned *seen, GError **error)
{
    static const char *const keys[] = {"to", "skip", "times", "each", "share", NULL};
    const char *value = strchr(word, '=');
    g_autofree char *key = g_strndup(word, (size_t)(value - word));
    int found = sink_rule_name(keys, key);
    int *counts[] = {NULL, &conditions->skip, &conditions->times, &conditions->each};

    value++;
    if (found < 0)
        return sink_rule_refuse_word(error, "condition", key, keys);
    if (*seen & 1U << found)
        return sink_rule_refuse(error, "%s= is given twice", key);
    *seen |= 1U << found;
    if (found == 0) {
        if (!*value)
            return sink_rule_refuse(error, "to= needs a pattern (for example to=*@slow.example)");
        conditions->pattern = g_strdup(value);
        return true;
    }
    if (found == 4)
        return read_share(value, &conditions->share, error);
    return read_count(key, value, counts[found], error);
}

bool sink_rule_check(const SinkConditions *conditions, const char *place, bool has_address, GError **error)
{
    bool shared = conditions->share > 0 && conditions->share < 1;

    if (conditions->skip < 0 || conditions->times < 0 || conditions->each < 0)
        return sink_rule_refuse(error, "skip, times and each must not be negative");
    if (!(conditions->share >= 0 && conditions->share <= 1))
        return sink_rule_refuse(error, "share must be between 0 and 1");
    if (!has_address && (conditions->pattern || conditions->each > 0 || shared))
        return sink_rule_refuse(error, "%s has no address: leave out to=, each= and share=", place);
    return true;
}

/* Strikes --------------------------------------------------------------------------------------------------------- */

struct SinkStrike {
    const SinkConditions *conditions;
    GPatternSpec *pattern; /* owned; NULL: every address */
    int64_t met;           /* how often it could have struck */
    int64_t struck;
    int64_t minute;        /* of the clock; the latest in which there was a match */
    int64_t in_minute;     /* matches in it */
    GHashTable *per_address; /* owned; hash of an address -> how often it struck there; NULL: not counted */
};

SinkStrike *sink_strike_new(const SinkConditions *conditions)
{
    SinkStrike *strike = g_new0(SinkStrike, 1);

    strike->conditions = conditions;
    if (conditions->pattern) {
        g_autofree char *folded = g_ascii_strdown(conditions->pattern, -1);

        strike->pattern = g_pattern_spec_new(folded);
    }
    if (conditions->each > 0)
        strike->per_address = g_hash_table_new(g_direct_hash, g_direct_equal);
    return strike;
}

void sink_strike_free(SinkStrike *strike)
{
    if (!strike)
        return;
    g_clear_pointer(&strike->pattern, g_pattern_spec_free);
    g_clear_pointer(&strike->per_address, g_hash_table_unref);
    g_free(strike);
}

/* FNV-1a, and the finaliser of MurmurHash3 because the high bits of FNV hardly depend on the last letters. */
static uint64_t hash_address(const char *address, uint64_t salt)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ salt;

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

static bool in_share(const SinkConditions *conditions, uint64_t hash)
{
    return conditions->share <= 0 || conditions->share >= 1 ||
           (double)(hash >> 11) < conditions->share * (double)(UINT64_C(1) << 53);
}

/* Whether the rule is for this address (lower case), its limit for one address not yet reached. */
static bool wants(const SinkStrike *strike, const char *address, uint64_t hash)
{
    const SinkConditions *conditions = strike->conditions;

    if (strike->pattern && !g_pattern_spec_match_string(strike->pattern, address))
        return false;
    return in_share(conditions, hash) &&
           (!strike->per_address ||
            GPOINTER_TO_INT(g_hash_table_lookup(strike->per_address, GSIZE_TO_POINTER(hash))) < conditions->each);
}

/* Whether the hour is right: within the rule's window, and more in this minute than are left alone. */
static bool is_time(SinkStrike *strike)
{
    const SinkConditions *conditions = strike->conditions;
    int64_t now;

    if (!conditions->clock)
        return true;
    now = clock_now(conditions->clock);
    if (now < conditions->from || (conditions->until != 0 && now >= conditions->until))
        return false;
    if (strike->minute != now / CLOCK_MINUTE)
        strike->in_minute = 0;
    strike->minute = now / CLOCK_MINUTE;
    return conditions->per_minute == 0 || strike->in_minute++ >= conditions->per_minute;
}

/* Counts a meeting; whether the rule strikes. */
static bool strikes(SinkStrike *strike, uint64_t hash)
{
    const SinkConditions *conditions = strike->conditions;

    if (!is_time(strike))
        return false;
    if (strike->met++ < conditions->skip || (conditions->times > 0 && strike->struck >= conditions->times))
        return false;
    strike->struck++;
    if (strike->per_address) {
        void *key = GSIZE_TO_POINTER(hash);
        int before = GPOINTER_TO_INT(g_hash_table_lookup(strike->per_address, key));

        g_hash_table_insert(strike->per_address, key, GINT_TO_POINTER(before + 1));
    }
    return true;
}

bool sink_rule_in_share(const char *address, double share, uint64_t salt)
{
    const SinkConditions conditions = {.share = share};
    g_autofree char *folded = g_ascii_strdown(address, -1);

    return in_share(&conditions, hash_address(folded, salt));
}

bool sink_strike_try(SinkStrike *strike, const char *const *addresses, size_t count)
{
    if (count == 0)
        return strikes(strike, 0);
    for (size_t i = 0; i < count; i++) {
        char folded[SINK_ADDRESS_MOST + 1];
        size_t size = 0;
        uint64_t hash;

        for (; addresses[i][size] && size < SINK_ADDRESS_MOST; size++)
            folded[size] = g_ascii_tolower(addresses[i][size]);
        folded[size] = '\0';
        hash = hash_address(folded, strike->conditions->salt);
        if (wants(strike, folded, hash))
            return strikes(strike, hash);
    }
    return false;
}
