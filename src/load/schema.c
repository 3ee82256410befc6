#include "load/schema.h"

#include <stdarg.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/secret.h"
#include "base/text.h"
#include "model/address.h"
#include "model/moment.h"

#define SHOWN_MAX 60
#define DIGITS    "0123456789"
#define LETTERS   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define HOST_MAX  253 /* octets of a name in presentation form, RFC 1035 2.3.4 */

/* Takes the text of a scalar into `target`; false when that is impossible, which has then been reported. */
typedef void ScalarConvert(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target);

void schema_report(const SchemaCheck *check, FindingStage stage, SchemaMistake mistake, Position at, const char *format,
                   ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(language_text(format), arguments);
    va_end(arguments);
    findings_error(check->findings, stage, check->ids[mistake], at, "%s", text);
}

char *schema_shown(const char *text)
{
    GString *shown = g_string_new(NULL);
    int characters = 0;

    for (; *text && characters < SHOWN_MAX; text = g_utf8_next_char(text), characters++) {
        gunichar character = g_utf8_get_char(text);

        if (character < 0x20 || (character >= 0x7f && character < 0xa0))
            g_string_append_printf(shown, "\\x%02x", character);
        else
            g_string_append_unichar(shown, character);
    }
    if (*text)
        g_string_append(shown, "…");
    return g_string_free(shown, FALSE);
}

bool schema_is_nothing(const YamlNode *node)
{
    return node->kind == YAML_NODE_SCALAR && node->is_plain && !node->is_refused &&
           (!*node->text || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0);
}

static const char *kind_name(YamlKind kind)
{
    static const char *const names[] = {N_("a text"), N_("a list"), N_("a map")};

    return _(names[kind]);
}

const char *schema_scalar(const SchemaCheck *check, FindingStage stage, const YamlNode *node, const char *expected)
{
    if (node->kind == YAML_NODE_SCALAR)
        return node->text;
    schema_report(check, stage, SCHEMA_WRONG_TYPE, node->at, "%s is expected here, not %s", _(expected),
                  kind_name(node->kind));
    return NULL;
}

static void store(void *target, char *text)
{
    char **slot = target;

    g_free(*slot);
    *slot = text;
}

static void wrong_value(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, const char *expected)
{
    g_autofree char *shown = schema_shown(node->text);

    schema_report(check, field->stage, SCHEMA_WRONG_VALUE, node->at, "%s cannot be \"%s\": expected %s", field->key,
                  shown, _(expected));
}

static char *joined(const char *const *words)
{
    return g_strjoinv(", ", (char **)words);
}

/* Why `text` cannot be shown in a notice or stand in a header, or NULL. */
static const char *text_problem(const char *text, bool is_one_line)
{
    bool is_blank = true;

    for (const char *p = text; *p; p++) {
        if (text_has_controls(p, 1) && (is_one_line || (*p != '\n' && *p != '\t')))
            return *p == '\n' ? _("must be one line: remove the line break")
                              : _("holds a control character: remove it");
        is_blank = is_blank && g_ascii_isspace(*p);
    }
    if (is_one_line && !text_is_one_line(text))
        return _("must be one line: remove the line break");
    return is_blank ? _("is an empty text: write something, or remove the key") : NULL;
}

static void convert_text(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    const char *problem = text_problem(node->text, true);

    if (problem)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, node->at, "%s %s", field->key, problem);
    else
        store(target, g_strdup(node->text));
}

static void convert_name(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    if (text_is_name(node->text))
        store(target, g_strdup(node->text));
    else
        wrong_value(check, field, node, N_("a name of a-z, 0-9 and hyphens, at most 64 characters"));
}

static bool is_host(const char *text)
{
    size_t length = strlen(text);

    return length > 0 && length <= HOST_MAX && strspn(text, LETTERS DIGITS ".-") == length &&
           g_ascii_isalnum(text[0]) && g_ascii_isalnum(text[length - 1]) && !strstr(text, "..");
}

static void convert_host(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    if (is_host(node->text))
        store(target, g_ascii_strdown(node->text, -1));
    else
        wrong_value(check, field, node, N_("a host name such as smtp.example.com, or an IPv4 address"));
}

static void convert_email(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    g_autoptr(GError) error = NULL;
    char *address = address_parse_email(node->text, &error);

    if (address)
        store(target, address);
    else
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, node->at, "%s: %s", field->key, error->message);
}

static void convert_secret(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    if (secret_is_reference(node->text) && !text_has_controls(node->text, strlen(node->text)))
        store(target, g_strdup(node->text));
    else
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, node->at,
                      "%s must not stand in this file: write env:NAME or file:PATH, and change what was written here",
                      field->key);
}

static void convert_path(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    const char *problem = text_problem(node->text, true);

    if (problem)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, node->at, "%s %s", field->key, problem);
    else
        store(target, g_canonicalize_filename(node->text, check->folder));
}

static void convert_locale(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    char *locale = locale_normalize(node->text);

    if (locale)
        store(target, locale);
    else
        wrong_value(check, field, node, N_("a language such as en, zh-CN or zh-TW"));
}

/* The index of the text among the field's words, or -1. */
static int find_word(const SchemaCheck *check, const SchemaField *field, const YamlNode *node)
{
    g_autofree char *words = joined(field->words);
    const char *near;

    for (int i = 0; field->words[i]; i++)
        if (strcmp(field->words[i], node->text) == 0)
            return i;
    near = text_nearest(node->text, field->words);
    if (field->later && g_strv_contains(field->later, node->text))
        schema_report(check, field->stage, SCHEMA_UNSUPPORTED, node->at,
                      "%s: %s is not supported by this version (it knows: %s)", field->key, node->text, words);
    else if (near)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, node->at, "%s: did you mean \"%s\"? (one of: %s)",
                      field->key, near, words);
    else
        wrong_value(check, field, node, words);
    return -1;
}

static void convert_word(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    if (find_word(check, field, node) >= 0)
        store(target, g_strdup(node->text));
}

static void convert_choice(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    int index = find_word(check, field, node);

    if (index >= 0)
        *(int *)target = index;
}

static void convert_bool(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    bool is_true = strcmp(node->text, "true") == 0;

    if (is_true || strcmp(node->text, "false") == 0)
        *(bool *)target = is_true;
    else
        wrong_value(check, field, node, N_("true or false"));
}

static bool read_integer(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, int64_t *number)
{
    size_t digits = strspn(node->text, DIGITS);
    g_autofree char *expected = NULL;

    if (digits > 0 && digits <= 18 && !node->text[digits]) {
        *number = g_ascii_strtoll(node->text, NULL, 10);
        if (*number >= field->minimum && *number <= field->maximum)
            return true;
    }
    expected =
        g_strdup_printf(_("a whole number from %ld to %ld, digits only"), (long)field->minimum, (long)field->maximum);
    wrong_value(check, field, node, expected);
    return false;
}

static void convert_integer(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    int64_t number;

    if (read_integer(check, field, node, &number))
        *(int *)target = (int)number;
}

static void convert_count(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    int64_t number;

    if (read_integer(check, field, node, &number))
        *(int64_t *)target = number;
}

static void convert_rate(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"/s", 1}, {"/min", 60}, {"/h", 3600}};
    size_t length = strspn(node->text, DIGITS ".");
    char *end = NULL;
    double number = g_ascii_isdigit(node->text[0]) ? g_ascii_strtod(node->text, &end) : 0;

    for (size_t i = 0; end == node->text + length && number > 0 && i < G_N_ELEMENTS(units); i++) {
        if (strcmp(end, units[i].unit) == 0) {
            *(double *)target = number / units[i].seconds;
            return;
        }
    }
    wrong_value(check, field, node, N_("messages per time such as 300/s, 60/min or 1000/h"));
}

static void convert_duration(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    g_autofree char *shortest = NULL;
    g_autofree char *longest = NULL;
    g_autofree char *expected = NULL;
    int64_t duration;

    if (!clock_parse_duration(node->text, &duration)) {
        wrong_value(check, field, node, N_("a duration such as PT30S, PT5M, PT4H or P2D"));
    } else if (duration < field->minimum || duration > field->maximum) {
        shortest = clock_format_span(field->minimum);
        longest = clock_format_span(field->maximum);
        expected = g_strdup_printf(_("a duration from %s to %s"), shortest, longest);
        wrong_value(check, field, node, expected);
    } else {
        *(int64_t *)target = duration;
    }
}

static void convert_moment(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *with_offset = g_strconcat(node->text, "+08:00", NULL);
    Moment moment;
    bool lacks_offset;

    if (moment_parse(node->text, &moment, &error)) {
        *(Moment *)target = moment;
        return;
    }
    lacks_offset = moment_parse(with_offset, &moment, NULL);
    schema_report(check, field->stage, lacks_offset ? SCHEMA_NO_OFFSET : SCHEMA_WRONG_VALUE, node->at, "%s: %s",
                  field->key, error->message);
}

/* What nobody has written is not wrong: as one that is missing, it is not to stand in the way of a first report. */
bool schema_is_to_fill(const SchemaCheck *check, FindingStage stage, const char *key, const YamlNode *node)
{
    const char *mark;

    if (node->kind != YAML_NODE_SCALAR || !text_is_to_fill(node->text, &mark))
        return false;
    findings_error(check->findings, MAX(stage, FINDING_REPORT), "yaml-fill-in", node->at,
                   "%s: \"%s\" still stands here: write what is true, or remove the line if it may be left out", key,
                   mark);
    return true;
}

/* Without its name and its status nobody knows which incident it is, and where its record lies. */
static bool is_identity_to_fill(const SchemaCheck *check, const SchemaField *field, const YamlNode *node)
{
    bool is_identity = field->is_required && (field->type == SCHEMA_NAME || field->type == SCHEMA_CHOICE);

    if (!is_identity || node->kind != YAML_NODE_SCALAR || !text_is_to_fill(node->text, NULL))
        return false;
    schema_report(check, field->stage, SCHEMA_MISSING_KEY, node->at, "%s has no value%s%s", field->key,
                  field->hint ? _(": write ") : "", field->hint ? _(field->hint) : "");
    return true;
}

/* A block text (|) ends with a line break that nobody means to print. */
static char *without_last_breaks(const char *text)
{
    char *copy = g_strdup(text);
    size_t length = strlen(copy);

    while (length > 0 && copy[length - 1] == '\n')
        copy[--length] = '\0';
    return copy;
}

static void add_translation(const SchemaCheck *check, FindingStage stage, const YamlEntry *entry, bool is_one_line,
                            LocaleText *texts)
{
    g_autofree char *locale = locale_normalize(entry->key);
    g_autofree char *shown = schema_shown(entry->key);
    const char *text;
    g_autofree char *translation = NULL;
    const char *problem;

    if (!locale) {
        schema_report(check, stage, SCHEMA_WRONG_VALUE, entry->at,
                      "\"%s\" is no language: expected one such as en, zh-CN or zh-TW", shown);
        return;
    }
    if (entry->value->is_refused)
        return;
    text = schema_scalar(check, stage, entry->value, N_("a text"));
    if (!text)
        return;
    /* Kept all the same: templates that need the text shall not be reported as well. */
    (void)schema_is_to_fill(check, stage, shown, entry->value);
    translation = without_last_breaks(text);
    problem = schema_is_nothing(entry->value) ? _("has no text: write it, or remove the language")
                                              : text_problem(translation, is_one_line);
    if (problem)
        schema_report(check, stage, SCHEMA_WRONG_VALUE, *translation ? entry->value->at : entry->at, "%s %s", shown,
                      problem);
    else if (!locale_text_add(texts, locale, translation, entry->value->at))
        schema_report(check, stage, SCHEMA_WRONG_VALUE, entry->at,
                      "the language %s stands here twice (\"%s\"): remove one", locale, shown);
}

LocaleText *schema_locale_text(const SchemaCheck *check, FindingStage stage, const YamlNode *node, bool is_one_line)
{
    g_autoptr(LocaleText) texts = NULL;

    if (node->kind == YAML_NODE_MAP) {
        texts = locale_text_map(node->at);
        for (guint i = 0; i < node->entries->len; i++)
            add_translation(check, stage, g_ptr_array_index(node->entries, i), is_one_line, texts);
        if (node->entries->len == 0)
            schema_report(check, stage, SCHEMA_WRONG_VALUE, node->at, "a text is expected here: {en: …, zh-CN: …}");
    } else {
        const char *text = schema_scalar(check, stage, node, N_("a text, or a map from language to text,"));
        g_autofree char *plain = text ? without_last_breaks(text) : NULL;
        const char *problem = plain ? text_problem(plain, is_one_line) : NULL;

        if (!plain)
            return NULL;
        if (problem) {
            schema_report(check, stage, SCHEMA_WRONG_VALUE, node->at, "this %s", problem);
            return NULL;
        }
        (void)schema_is_to_fill(check, stage, "text", node);
        texts = locale_text_plain(plain, node->at);
    }
    return g_steal_pointer(&texts);
}

static void convert_locale_text(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    LocaleText *text = schema_locale_text(check, field->stage, node, field->is_one_line);
    LocaleText **slot = target;

    if (text) {
        locale_text_free(*slot);
        *slot = text;
    }
}

static void add_locale_text(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    LocaleText *text = schema_locale_text(check, field->stage, node, field->is_one_line);

    if (text)
        g_ptr_array_add(*(GPtrArray **)target, text);
}

static void check_list(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, SchemaSet *set,
                       void *target)
{
    if (node->kind != YAML_NODE_LIST) {
        schema_report(check, field->stage, SCHEMA_WRONG_TYPE, node->at,
                      "%s must be a list, not %s: write - before each item", field->key, kind_name(node->kind));
        return;
    }
    if (field->is_required && node->items->len == 0)
        schema_report(check, field->stage, SCHEMA_MISSING_KEY, node->at, "%s is empty: at least one item is needed",
                      field->key);
    for (guint i = 0; i < node->items->len; i++) {
        const YamlNode *item = g_ptr_array_index(node->items, i);

        if (schema_is_nothing(item))
            schema_report(check, field->stage, SCHEMA_WRONG_VALUE, item->at,
                          "an item of %s is empty: write it, or remove its hyphen or comma", field->key);
        else if (!item->is_refused && !schema_is_to_fill(check, field->stage, field->key, item))
            set(check, field, item, target);
    }
}

static const struct {
    ScalarConvert *convert;
    const char *expected;
} scalars[] = {
    [SCHEMA_TEXT] = {convert_text, N_("a text")},
    [SCHEMA_NAME] = {convert_name, N_("a name")},
    [SCHEMA_HOST] = {convert_host, N_("a host name")},
    [SCHEMA_EMAIL] = {convert_email, N_("an email address")},
    [SCHEMA_SECRET] = {convert_secret, N_("env:NAME or file:PATH")},
    [SCHEMA_PATH] = {convert_path, N_("the path of a file")},
    [SCHEMA_LOCALE] = {convert_locale, N_("a language such as en or zh-CN")},
    [SCHEMA_WORD] = {convert_word, N_("a word")},
    [SCHEMA_CHOICE] = {convert_choice, N_("a word")},
    [SCHEMA_BOOL] = {convert_bool, N_("true or false")},
    [SCHEMA_INTEGER] = {convert_integer, N_("a whole number")},
    [SCHEMA_COUNT] = {convert_count, N_("a whole number")},
    [SCHEMA_RATE] = {convert_rate, N_("messages per time such as 300/s")},
    [SCHEMA_DURATION] = {convert_duration, N_("a duration such as PT4H")},
    [SCHEMA_MOMENT] = {convert_moment, N_("a time such as 2026-11-21T22:10+08:00")},
};

void schema_set_version(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("the version 1"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;

    (void)target;
    if (text && strcmp(text, "1") != 0)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "version \"%s\" is not known to this program: write version: 1, or use a newer breach", shown);
}

void schema_set_percent(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a share such as 20%"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    char *end = NULL;
    double percent = text ? g_ascii_strtod(text, &end) : 0;

    if (!text)
        return;
    if (end != text && strcmp(end, "%") == 0 && percent >= 0 && percent <= 100)
        *(double *)target = percent;
    else
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "\"%s\" is no share: write it as 20%%, from 0%% to 100%%", shown);
}

void schema_value(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target)
{
    void *place = (char *)target + field->offset;

    switch (field->type) {
    case SCHEMA_LOCALE_TEXT:
        convert_locale_text(check, field, node, place);
        break;
    case SCHEMA_LOCALE_TEXTS:
        check_list(check, field, node, add_locale_text, place);
        break;
    case SCHEMA_MAP:
        schema_check(check, field->table, node, place);
        break;
    case SCHEMA_LIST:
        check_list(check, field, node, field->set, place);
        break;
    case SCHEMA_CUSTOM:
        field->set(check, field, node, place);
        break;
    default:
        if (schema_scalar(check, field->stage, node, scalars[field->type].expected))
            scalars[field->type].convert(check, field, node, place);
    }
}

static void check_field(const SchemaCheck *check, const SchemaField *field, const YamlEntry *entry, void *base)
{
    if (field->type == SCHEMA_LATER)
        schema_report(check, field->stage, SCHEMA_UNSUPPORTED, entry->at,
                      "%s is not supported by this version: remove it", field->key);
    else if (entry->value->is_refused || is_identity_to_fill(check, field, entry->value) ||
             schema_is_to_fill(check, field->stage, field->key, entry->value))
        return;
    else if (!schema_is_nothing(entry->value))
        schema_value(check, field, entry->value, base);
    else if (field->is_required)
        schema_report(check, field->stage, SCHEMA_MISSING_KEY, entry->at, "%s has no value%s%s", field->key,
                      field->hint ? _(": write ") : "", field->hint ? _(field->hint) : "");
}

static size_t count_fields(const SchemaTable *table)
{
    size_t count = 0;

    while (table->fields[count].key)
        count++;
    g_assert(count <= SCHEMA_FIELDS_MAX);
    return count;
}

static char *supported_keys(const SchemaTable *table)
{
    GString *keys = g_string_new(NULL);

    for (const SchemaField *field = table->fields; field->key; field++)
        if (field->type != SCHEMA_LATER)
            g_string_append_printf(keys, "%s%s", keys->len > 0 ? ", " : "", field->key);
    return g_string_free(keys, FALSE);
}

static const SchemaField *find_field(const SchemaTable *table, const char *key)
{
    for (const SchemaField *field = table->fields; field->key; field++)
        if (strcmp(field->key, key) == 0)
            return field;
    return NULL;
}

/* "000": what YAML makes of the end of {lower: 1,000}. */
static bool is_group_of_digits(const char *key)
{
    return strlen(key) == 3 && strspn(key, "0123456789") == 3;
}

/* Returns the field that was probably meant, or NULL. */
static const SchemaField *report_unknown(const SchemaCheck *check, const SchemaTable *table, const YamlEntry *entry)
{
    const char *keys[SCHEMA_FIELDS_MAX + 1] = {NULL};
    g_autofree char *shown = schema_shown(entry->key);
    g_autofree char *list = supported_keys(table);
    const char *near;
    const SchemaField *meant;

    for (size_t i = 0; table->fields[i].key; i++)
        keys[i] = table->fields[i].key;
    near = text_nearest(entry->key, keys);
    meant = near ? find_field(table, near) : NULL;
    if (is_group_of_digits(entry->key))
        schema_report(
            check, table->stage, SCHEMA_UNKNOWN_KEY, entry->at,
            "unknown key \"%s\" in %s: within {} a comma ends the value; write the number without commas, 1000 "
            "and not 1,000",
            shown, _(table->name));
    else if (meant)
        schema_report(check, meant->stage, SCHEMA_UNKNOWN_KEY, entry->at,
                      "unknown key \"%s\" in %s, did you mean \"%s\"? (known: %s)", shown, _(table->name), near, list);
    else
        schema_report(check, table->stage, SCHEMA_UNKNOWN_KEY, entry->at,
                      "unknown key \"%s\" in %s: expected one of %s", shown, _(table->name), list);
    return meant;
}

static void report_missing(const SchemaCheck *check, const SchemaTable *table, uint64_t seen, Position at)
{
    for (size_t i = 0; table->fields[i].key; i++) {
        const SchemaField *field = &table->fields[i];

        if (field->is_required && !(seen & (UINT64_C(1) << i)))
            schema_report(check, field->stage, SCHEMA_MISSING_KEY, at, "%s lacks the key %s%s%s", _(table->name),
                          field->key, field->hint ? _(": add ") : "", field->hint ? _(field->hint) : "");
    }
}

void schema_check(const SchemaCheck *check, const SchemaTable *table, const YamlNode *node, void *target)
{
    uint64_t seen = 0; /* fields that are there, or were meant by a misspelled key */

    (void)count_fields(table);
    if (node->kind != YAML_NODE_MAP) {
        schema_report(check, table->stage, SCHEMA_WRONG_TYPE, node->at, "%s must be a map (key: value), not %s",
                      _(table->name), kind_name(node->kind));
        return;
    }
    for (guint i = 0; i < node->entries->len; i++) {
        const YamlEntry *entry = g_ptr_array_index(node->entries, i);
        const SchemaField *field = find_field(table, entry->key);

        if (field)
            check_field(check, field, entry, target);
        else if (table->other)
            table->other(check, table->stage, entry, target);
        else
            field = report_unknown(check, table, entry);
        if (field)
            seen |= UINT64_C(1) << (field - table->fields);
    }
    report_missing(check, table, seen, node->at);
}
