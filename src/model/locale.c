#include "model/locale.h"

#include <string.h>

/* How a tag is cut into its parts; "" for one that is missing. */
typedef struct Tag {
    char language[4];
    char script[5];
    char region[4];
} Tag;

static size_t letters(const char *text)
{
    size_t count = 0;

    while (g_ascii_isalpha(text[count]))
        count++;
    return count;
}

static size_t digits(const char *text)
{
    size_t count = 0;

    while (g_ascii_isdigit(text[count]))
        count++;
    return count;
}

static bool is_end(char byte)
{
    return byte == '\0' || byte == '-' || byte == '_';
}

/* Copies `length` bytes with the first one in upper case if `title`, the others in upper case if `upper`. */
static void copy_cased(char *target, const char *source, size_t length, bool title, bool upper)
{
    for (size_t i = 0; i < length; i++) {
        bool up = i == 0 ? title : upper;

        target[i] = up ? g_ascii_toupper(source[i]) : g_ascii_tolower(source[i]);
    }
    target[length] = '\0';
}

static bool split(const char *text, Tag *tag)
{
    size_t length = letters(text);

    *tag = (Tag){0};
    if (length < 2 || length > 3 || !is_end(text[length]))
        return false;
    copy_cased(tag->language, text, length, false, false);
    text += length;
    if (*text != '\0' && letters(text + 1) == 4 && is_end(text[5])) {
        copy_cased(tag->script, text + 1, 4, true, false);
        text += 5;
    }
    if (*text != '\0') {
        length = letters(text + 1) == 2 ? 2 : digits(text + 1) == 3 ? 3 : 0;
        if (length == 0)
            return false;
        copy_cased(tag->region, text + 1, length, true, true);
        text += 1 + length;
    }
    return *text == '\0';
}

static char *join(const char *language, const char *script, const char *region)
{
    return g_strconcat(language, *script ? "-" : "", script, *region ? "-" : "", region, NULL);
}

/* The code of two letters, which is the one to use (RFC 5646 4.5), of languages that databases name with three (ISO
 * 639-2 and 639-3). */
static const char *short_language(const char *language)
{
    static const struct {
        const char *three, *two;
    } codes[] = {{"zho", "zh"}, {"chi", "zh"}, {"cmn", "zh"}, {"eng", "en"}, {"deu", "de"}, {"ger", "de"},
                 {"fra", "fr"}, {"fre", "fr"}, {"spa", "es"}, {"ita", "it"}, {"por", "pt"}, {"nld", "nl"},
                 {"dut", "nl"}, {"pol", "pl"}, {"rus", "ru"}, {"jpn", "ja"}, {"kor", "ko"}};

    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
        if (strcmp(codes[i].three, language) == 0)
            return codes[i].two;
    return language;
}

char *locale_normalize(const char *text)
{
    const char *codeset = strchr(text, '.'); /* zh_CN.UTF-8, as systems write it (POSIX 8.2) */
    g_autofree char *plain = codeset && codeset[1] ? g_strndup(text, (gsize)(codeset - text)) : g_strdup(text);
    Tag tag;

    return split(plain, &tag) ? join(short_language(tag.language), tag.script, tag.region) : NULL;
}

bool locale_is_country(const char *locale)
{
    static const char *const countries[] = {"cn", "hk", "jp", "tw", "us", NULL};

    return g_strv_contains(countries, locale);
}

typedef struct ChineseRegion {
    const char *region;
    const char *script;
} ChineseRegion;

/* the first region of a script is the one that a reader of the script is sent to */
static const ChineseRegion chinese_regions[] = {
    {"TW", "Hant"}, {"HK", "Hant"}, {"MO", "Hant"}, {"CN", "Hans"}, {"SG", "Hans"}, {"MY", "Hans"},
};

static const char *script_of(const char *region)
{
    for (size_t i = 0; i < G_N_ELEMENTS(chinese_regions); i++)
        if (strcmp(chinese_regions[i].region, region) == 0)
            return chinese_regions[i].script;
    return "";
}

static const char *region_of(const char *script)
{
    for (size_t i = 0; i < G_N_ELEMENTS(chinese_regions); i++)
        if (strcmp(chinese_regions[i].script, script) == 0)
            return chinese_regions[i].region;
    return "";
}

/* Takes ownership of `locale`. */
static void add_once(GPtrArray *chain, char *locale)
{
    if (g_ptr_array_find_with_equal_func(chain, locale, g_str_equal, NULL))
        g_free(locale);
    else
        g_ptr_array_add(chain, locale);
}

static void add_script(GPtrArray *chain, const char *script)
{
    add_once(chain, join("zh", script, ""));
    if (*region_of(script))
        add_once(chain, join("zh", "", region_of(script)));
}

/* Chinese falls back along its script, not along its regions: a reader in Hong Kong reads a text from Taiwan, not one
 * from the mainland. Plain "zh" stands last for everybody, and for simplified characters where nothing else is said. */
static void chain_chinese(GPtrArray *chain, const Tag *tag)
{
    const char *script = *tag->script ? tag->script : script_of(tag->region);

    add_once(chain, join("zh", tag->script, tag->region));
    if (*tag->region && strcmp(script_of(tag->region), script) == 0)
        add_once(chain, join("zh", "", tag->region));
    if (*script)
        add_script(chain, script);
    add_once(chain, g_strdup("zh"));
    if (!*script)
        add_script(chain, "Hans");
}

/* RFC 4647 3.4: from the end, one subtag less each time. */
static void chain_truncated(GPtrArray *chain, const Tag *tag)
{
    add_once(chain, join(tag->language, tag->script, tag->region));
    add_once(chain, join(tag->language, tag->script, ""));
    add_once(chain, join(tag->language, "", ""));
}

char **locale_chain(const char *locale)
{
    GPtrArray *chain = g_ptr_array_new();
    Tag tag;

    if (!split(locale, &tag))
        g_ptr_array_add(chain, g_strdup(locale));
    else if (strcmp(tag.language, "zh") == 0)
        chain_chinese(chain, &tag);
    else
        chain_truncated(chain, &tag);
    g_ptr_array_add(chain, NULL);
    return (char **)(void *)g_ptr_array_free(chain, FALSE);
}

static const char *pick_one(const char *locale, const char *const *available)
{
    if (!locale || *locale == '\0')
        return NULL;

    g_auto(GStrv) chain = locale_chain(locale);

    for (char **tried = chain; *tried; tried++)
        for (const char *const *candidate = available; *candidate; candidate++)
            if (strcmp(*tried, *candidate) == 0)
                return *candidate;
    return NULL;
}

const char *locale_pick(const char *wanted, const char *const *available, const char *fallback)
{
    const char *picked = pick_one(wanted, available);

    return picked ? picked : pick_one(fallback, available);
}

typedef struct Translation {
    char *locale;
    char *text;
    Position at;
} Translation;

struct LocaleText {
    char *plain;             /* owned, or NULL for a map */
    GPtrArray *translations; /* of Translation *, sorted by locale */
    Position at;
};

static void translation_free(gpointer data)
{
    Translation *translation = data;

    g_free(translation->locale);
    g_free(translation->text);
    g_free(translation);
}

LocaleText *locale_text_plain(const char *text, Position at)
{
    LocaleText *plain = locale_text_map(at);

    plain->plain = g_strdup(text);
    return plain;
}

LocaleText *locale_text_map(Position at)
{
    LocaleText *map = g_new0(LocaleText, 1);

    map->translations = g_ptr_array_new_with_free_func(translation_free);
    map->at = at;
    return map;
}

bool locale_text_add(LocaleText *text, const char *locale, const char *translation, Position at)
{
    guint index = 0;

    if (text->plain)
        return false;
    for (; index < text->translations->len; index++) {
        const Translation *other = g_ptr_array_index(text->translations, index);
        int order = strcmp(other->locale, locale);

        if (order == 0)
            return false;
        if (order > 0)
            break;
    }

    Translation *added = g_new(Translation, 1);
    *added = (Translation){.locale = g_strdup(locale), .text = g_strdup(translation), .at = at};
    g_ptr_array_insert(text->translations, (int)index, added);
    return true;
}

static const char *find_translation(const LocaleText *text, const char *locale)
{
    for (guint i = 0; i < text->translations->len; i++) {
        const Translation *translation = g_ptr_array_index(text->translations, i);

        if (strcmp(translation->locale, locale) == 0)
            return translation->text;
    }
    return NULL;
}

const char *locale_text_get(const LocaleText *text, const char *locale)
{
    if (text->plain)
        return text->plain;
    if (!locale || *locale == '\0')
        return NULL;

    g_auto(GStrv) chain = locale_chain(locale);

    for (char **tried = chain; *tried; tried++) {
        const char *found = find_translation(text, *tried);

        if (found)
            return found;
    }
    return NULL;
}

Position locale_text_at(const LocaleText *text)
{
    return text->at;
}

bool locale_text_is_plain(const LocaleText *text)
{
    return text->plain != NULL;
}

const char **locale_text_locales(const LocaleText *text)
{
    const char **locales = g_new0(const char *, text->translations->len + 1);

    for (guint i = 0; i < text->translations->len; i++) {
        const Translation *translation = g_ptr_array_index(text->translations, i);

        locales[i] = translation->locale;
    }
    return locales;
}

void locale_text_free(LocaleText *text)
{
    if (!text)
        return;
    g_free(text->plain);
    g_ptr_array_unref(text->translations);
    g_free(text);
}
