/* breach record anchor, affected, level and variable: what is known about the incident changes; the case keeps old,
 * new, who and why. */
#include "cli/record_case.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/obligations.h"
#include "cli/output.h"
#include "dispatch/statutes.h"
#include "model/regime_names.h"
#include "model/severity.h"

/* What is new, with its words. */
typedef struct Value {
    CaseKind kind;
    const char *name; /* borrowed from the command line, or a literal */
    json_t *value;    /* a new reference */
} Value;

/* A name may be one regime's own: "eu-gdpr/awareness". *bare is behind the slash. */
static bool split_name(const RecordCase *record, const char *name, const char **bare, GError **error)
{
    const char *slash = strchr(name, '/');
    g_autofree char *regime = slash ? g_strndup(name, (gsize)(slash - name)) : NULL;

    *bare = slash ? slash + 1 : name;
    if (!regime || statutes_regime(record->lawbook->statutes, regime))
        return true;
    error_set(error, BREACH_ERROR_INPUT, "work-regime", "the playbook names no regime %s: add it to regimes first",
              regime);
    return false;
}

typedef const char **NamesOf(const Regime *regime);

/* Whether some regime of the playbook uses the name. */
static bool is_of_regime(const RecordCase *record, NamesOf *names_of, const char *name)
{
    const GArray *regimes = record->lawbook->statutes->regimes;

    for (guint i = 0; i < regimes->len; i++) {
        const Regime *regime = g_array_index(regimes, ObligationRegime, i).regime;
        g_autofree const char **names = regime ? names_of(regime) : NULL;

        if (names && g_strv_contains(names, name))
            return true;
    }
    return false;
}

static bool refuse_name(const char *what, const char *name, GPtrArray *known, GError **error)
{
    const char *nearest;

    g_ptr_array_add(known, NULL);
    nearest = text_nearest(name, (const char *const *)known->pdata);
    if (nearest)
        error_set(error, BREACH_ERROR_INPUT, "work-name", "no regime knows the %s %s: did you mean %s?", what, name,
                  nearest);
    else
        error_set(error, BREACH_ERROR_INPUT, "work-name",
                  "no regime knows the %s %s: breach obligations says which are asked for", what, name);
    return false;
}

/* Anchors --------------------------------------------------------------------------------------------------------- */

static bool read_anchor(const RecordCase *record, Value *value, GError **error)
{
    const Options *options = record->workspace->options;
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *at = NULL;
    const RegimeAnchor *each;
    const char *bare;
    RegimeTime time;

    value->name = options->words[1];
    if (!split_name(record, value->name, &bare, error))
        return false;
    for (size_t i = 0; (each = regime_anchor_at(i)) != NULL; i++)
        g_ptr_array_add(known, (gpointer)each->name);
    if (!regime_anchor_find(bare) && !is_of_regime(record, regime_anchor_ids, bare))
        return refuse_name("anchor", bare, known, error);
    if (!record_case_time_or_day("at", options->at, record->now, &time, error))
        return false;
    at = law_time_text(&time);
    value->value = json_pack("{s:s, s:s, s:s}", "at", at, "by", options->by, "reason", options->reason);
    return true;
}

/* Counts ---------------------------------------------------------------------------------------------------------- */

static bool read_count(const char *option, const char *text, int64_t *count, GError **error)
{
    guint64 number = 0;

    *count = -1;
    if (!text)
        return true;
    if (g_ascii_string_to_unsigned(text, 10, 0, INT64_MAX, &number, NULL)) {
        *count = (int64_t)number;
        return true;
    }
    error_set(error, BREACH_ERROR_INPUT, "work-count",
              "--%s %s is no number of people: write digits only, such as 12034", option, text);
    return false;
}

static json_t *count_json(int64_t count)
{
    return count < 0 ? json_null() : json_integer(count);
}

static bool read_affected(const RecordCase *record, Value *value, GError **error)
{
    const Options *options = record->workspace->options;
    int64_t counts[3]; /* lower, likely, upper */
    int64_t least = 0;
    Moment as_of = {.known = false};
    g_autofree char *at = NULL;

    value->name = "affected";
    if (!read_count("lower", options->lower, &counts[0], error) ||
        !read_count("likely", options->likely, &counts[1], error) ||
        !read_count("upper", options->upper, &counts[2], error))
        return false;
    if (counts[0] < 0 && counts[1] < 0 && counts[2] < 0) {
        error_set(error, BREACH_ERROR_INPUT, "work-counts", "how many? add --likely N, and --lower N and --upper N");
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        if (counts[i] >= 0 && counts[i] < least) {
            error_set(error, BREACH_ERROR_INPUT, "work-order",
                      "--lower, --likely and --upper do not rise: mend the numbers");
            return false;
        }
        least = MAX(least, counts[i]);
    }
    if (options->at && !record_case_time("at", options->at, record->now, &as_of, error))
        return false;
    at = as_of.known ? moment_format_rfc3339(as_of) : NULL;
    value->value = json_pack("{s:o, s:o, s:o, s:s*}", "lower", count_json(counts[0]), "likely", count_json(counts[1]),
                             "upper", count_json(counts[2]), "as_of", at);
    return true;
}

/* The level ------------------------------------------------------------------------------------------------------- */

/* "cn-incident-2025: 1 (一般), 2 (较大)": the levels of every scale of the playbook, the lowest first; "": there is
 * none. *is_one: whether `level` is among them. */
static char *levels_of(const RecordCase *record, int level, bool *is_one)
{
    const GArray *regimes = record->lawbook->statutes->regimes;
    GString *text = g_string_new(NULL);
    g_autoptr(GPtrArray) told = g_ptr_array_new();

    *is_one = false;
    for (guint i = 0; i < regimes->len; i++) {
        const SeverityScale *scale = g_array_index(regimes, ObligationRegime, i).scale;

        if (!scale || g_ptr_array_find(told, scale, NULL))
            continue;
        g_ptr_array_add(told, (gpointer)scale);
        *is_one = *is_one || severity_level(scale, level);
        g_string_append_printf(text, "%s%s:", text->len > 0 ? "; " : "", scale->id);
        for (guint j = scale->levels->len; j > 0; j--) {
            const SeverityLevel *each = g_ptr_array_index(scale->levels, j - 1);

            g_string_append_printf(text, "%s %d (%s)", j < scale->levels->len ? "," : "", each->level,
                                   regime_text(each->name, language_name()));
        }
    }
    return g_string_free(text, FALSE);
}

static bool read_level(const RecordCase *record, Value *value, GError **error)
{
    const char *text = record->workspace->options->words[1];
    g_autofree char *known = NULL;
    guint64 level = 0;
    bool is_one;

    value->name = "level";
    if (!g_ascii_string_to_unsigned(text, 10, 1, SEVERITY_LEVEL_MOST, &level, NULL)) {
        error_set(error, BREACH_ERROR_INPUT, "work-level", "%s is no level: write its number, 1 for the lowest", text);
        return false;
    }
    known = levels_of(record, (int)level, &is_one);
    if (*known && !is_one) {
        error_set(error, BREACH_ERROR_INPUT, "work-level", "no scale of the playbook has the level %s: write one of %s",
                  text, known);
        return false;
    }
    value->value = json_integer((json_int_t)level);
    return true;
}

/* Variables ------------------------------------------------------------------------------------------------------- */

/* "500..2000", "500/1200/2000" (lower, likely, upper), or one value for all three. */
static json_t *range_json(const char *text)
{
    g_auto(GStrv) parts = strstr(text, "..") ? g_strsplit(text, "..", 2) : g_strsplit(text, "/", 3);
    guint count = g_strv_length(parts);

    if (count == 1)
        return json_pack("{s:s, s:s, s:s}", "lower", parts[0], "likely", parts[0], "upper", parts[0]);
    return json_pack("{s:s, s:o, s:s}", "lower", parts[0], "likely", count == 3 ? json_string(parts[1]) : json_null(),
                     "upper", parts[count - 1]);
}

/* *least: what it may not be below, which it raises. */
static bool check_number(const char *name, const char *text, guint64 *least, GError **error)
{
    guint64 number;

    if (!text)
        return true;
    if (g_ascii_string_to_unsigned(text, 10, 0, INT64_MAX, &number, NULL)) {
        if (number < *least)
            error_set(error, BREACH_ERROR_INPUT, "work-order",
                      "the numbers of %s do not rise: write the smallest first, as in 500..2000", name);
        else
            *least = number;
        return number >= *least;
    }
    error_set(error, BREACH_ERROR_INPUT, "work-value",
              "%s takes a number, or a range as in 500..2000, or lower/likely/upper: %s is none", name, text);
    return false;
}

static bool check_word(const RegimeVariable *variable, const char *text, GError **error)
{
    static const char *const answers[] = {"true", "false", NULL};
    const char *const *words = variable->kind == REGIME_VARIABLE_BOOL ? answers : variable->words;
    g_autofree char *all = words ? g_strjoinv(", ", (char **)words) : NULL;

    if (!words || g_strv_contains(words, text))
        return true;
    error_set(error, BREACH_ERROR_INPUT, "work-value-word", "%s is one of %s: %s is none", variable->name, all, text);
    return false;
}

static bool check_value(const RegimeVariable *variable, const char *text, const json_t *range, GError **error)
{
    static const char *const members[] = {"lower", "likely", "upper"};
    guint64 least = 0;

    if (!variable)
        return true; /* a regime of the user's own, which says no kind */
    if (variable->kind != REGIME_VARIABLE_COUNT && variable->kind != REGIME_VARIABLE_NUMBER)
        return check_word(variable, text, error);
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        if (!check_number(variable->name, json_string_value(json_object_get(range, members[i])), &least, error))
            return false;
    return true;
}

static bool read_variable(const RecordCase *record, Value *value, GError **error)
{
    const Options *options = record->workspace->options;
    const char *text = options->words[2];
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    const RegimeVariable *each;
    json_auto_t *range = NULL;
    const char *bare;

    value->name = options->words[1];
    if (!text) {
        error_set(error, BREACH_ERROR_INPUT, "work-value-missing",
                  "%s is what? breach record PLAYBOOK variable %s VALUE", value->name, value->name);
        return false;
    }
    if (!split_name(record, value->name, &bare, error))
        return false;
    for (size_t i = 0; (each = regime_variable_at(i)) != NULL; i++)
        g_ptr_array_add(known, (gpointer)each->name);
    if (!regime_variable_find(bare) && !is_of_regime(record, regime_variable_ids, bare))
        return refuse_name("variable", bare, known, error);
    range = range_json(text);
    if (!range || !check_value(regime_variable_find(bare), text, range, error)) {
        if (!range)
            error_set(error, BREACH_ERROR_INPUT, "work-line", "what goes into the case record must be valid UTF-8");
        return false;
    }
    value->value = json_incref(range);
    return true;
}

/* The command ----------------------------------------------------------------------------------------------------- */

static const struct ValueKind {
    const char *name;
    CaseKind kind;
    bool (*read)(const RecordCase *record, Value *value, GError **error);
    bool is_named;  /* it needs a word: NAME, or the level */
    bool by_person; /* it needs --by */
} value_kinds[] = {
    {"anchor", CASE_ANCHOR, read_anchor, true, true},
    {"affected", CASE_AFFECTED, read_affected, false, false},
    {"level", CASE_LEVEL, read_level, true, true},
    {"variable", CASE_VARIABLE, read_variable, true, false},
};

static const struct ValueKind *kind_of(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(value_kinds); i++)
        if (strcmp(value_kinds[i].name, name) == 0)
            return &value_kinds[i];
    return NULL;
}

/* One number or word as it stands in the record; "" where nobody knows. */
static char *part_of(const json_t *value, const char *member)
{
    const json_t *part = json_object_get(value, member);

    if (json_is_integer(part))
        return text_grouped(json_integer_value(part));
    return g_strdup(json_is_string(part) ? json_string_value(part) : "");
}

/* "500", "100..2,000,000 (200)", "2026-11-21T22:10:00+08:00"; "?" where nothing is known. */
static char *shown(const json_t *value)
{
    const char *at = json_string_value(json_object_get(value, "at"));
    g_autofree char *lower = part_of(value, "lower");
    g_autofree char *likely = part_of(value, "likely");
    g_autofree char *upper = part_of(value, "upper");

    if (!value || json_is_null(value))
        return g_strdup("?");
    if (at || !json_is_object(value))
        return at ? g_strdup(at) : text_canonical_json(value);
    if (!*lower && !*upper)
        return g_strdup(likely);
    if (strcmp(lower, upper) == 0)
        return g_strdup(lower);
    return g_strdup_printf("%s..%s%s%s%s", lower, upper, *likely ? " (" : "", likely, *likely ? ")" : "");
}

static int tell(const RecordCase *record, const struct ValueKind *kind, const Value *value, const char *before,
                bool changed)
{
    const CaseValue *now = case_state_value(record->lawbook->state, value->kind, value->name);
    bool is_graded = kind->kind == CASE_LEVEL || kind->kind == CASE_AFFECTED;
    g_autofree char *after = shown(now->now);
    g_autofree char *english = changed ? g_strdup_printf("recorded: %s is %s, was %s", value->name, after, before)
                                       : g_strdup_printf("%s is %s already: nothing was changed", value->name, after);
    g_autofree char *words = changed ? g_strdup_printf(_("recorded: %s is %s, was %s"), value->name, after, before)
                                     : g_strdup_printf(_("%s is %s already: nothing was changed"), value->name, after);

    if (is_graded && !record->workspace->options->json)
        obligations_print_levels(record->lawbook); /* a person confirms a level knowing what the numbers propose */
    return record_case_tell(
        record, &(RecordTold){.kind = kind->name,
                              .subject = value->name,
                              .english = english,
                              .shown = words,
                              .command = "obligations",
                              .changed = changed,
                              .applied = true,
                              .more = json_pack("{s:o, s:o*}", "now", json_deep_copy(now->now), "levels",
                                                is_graded ? obligations_levels_json(record->lawbook) : NULL)});
}

static int record_it(RecordCase *record, void *user)
{
    const struct ValueKind *kind = user;
    g_autoptr(GError) error = NULL;
    g_autofree char *before = NULL;
    g_autoptr(GHashTable) asked = NULL;
    Value value = {.kind = kind->kind};
    const CaseValue *known;
    bool changed;

    if (!kind->read(record, &value, &error))
        return record_fail(error);
    known = case_state_value(record->lawbook->state, value.kind, value.name);
    before = shown(known ? known->now : NULL);
    asked = obligations_asked(record->lawbook);
    if (!record_case_change(record, value.kind, value.name, value.value, &changed, &error))
        return record_fail(error);
    if (changed && !record->overtaken) {
        obligations_warn_moved(record->lawbook, 1);
        obligations_warn_gone(record->lawbook, asked);
    }
    return record->overtaken ? EXIT_CODE_TOLD : tell(record, kind, &value, before, changed);
}

static bool check_use(const Options *options, const struct ValueKind *kind, GError **error)
{
    if (kind->is_named && !options->words[1]) {
        error_set(error, BREACH_ERROR_INPUT, "record-which-value",
                  "which %s? breach record PLAYBOOK %s NAME, see breach record --help", kind->name, kind->name);
        return false;
    }
    return record_case_reason(options, error) && ((!kind->by_person && !options->by) || record_case_by(options, error));
}

int record_value(Workspace *workspace)
{
    const struct ValueKind *kind = kind_of(workspace->options->words[0]);
    g_autoptr(GError) error = NULL;

    if (!check_use(workspace->options, kind, &error))
        return record_misuse(g_steal_pointer(&error));
    return record_case_run(workspace, record_it, (void *)kind);
}
