#include "model/prose_private.h"

#include <string.h>

#include "base/language.h"

#define SENTENCE_ENGLISH  25 /* words */
#define SENTENCE_CHINESE  40 /* characters */
#define AVERAGE_ENGLISH   17
#define AVERAGE_CHINESE   25
#define PARAGRAPH_ENGLISH 64 /* words in four lines of a page or a phone turned sideways */
#define PARAGRAPH_CHINESE 140
#define AVERAGE_OF        4 /* sentences, below which an average says nothing */

bool prose_is_han(gunichar character)
{
    return (character >= 0x3400 && character <= 0x9fff) || (character >= 0xf900 && character <= 0xfaff) ||
           (character >= 0x3000 && character <= 0x303f) || (character >= 0xff00 && character <= 0xff65) ||
           character >= 0x20000;
}

/* Skips what is not read at `at`: a {{tag}}, an HTML tag, the inside of <style>. NULL: nothing to skip. */
static const char *skipped(const char *at)
{
    const char *end = NULL;

    if (g_str_has_prefix(at, "{{{"))
        end = strstr(at, "}}}");
    else if (g_str_has_prefix(at, "{{"))
        end = strstr(at, "}}");
    else if (g_ascii_strncasecmp(at, "<style", 6) == 0)
        end = strstr(at, "</style>");
    else if (*at == '<' && (g_ascii_isalpha(at[1]) || at[1] == '/' || at[1] == '!'))
        end = strchr(at, '>');
    if (!end)
        return NULL;
    return end + (g_str_has_prefix(at, "{{{") ? 3 : g_str_has_prefix(at, "{{") ? 2 : *end == '<' ? 8 : 1);
}

char *prose_visible(const char *source)
{
    static const struct {
        const char *entity, *text;
    } entities[] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&nbsp;", " "}};
    GString *visible = g_string_sized_new(strlen(source));

    for (const char *at = source; *at;) {
        const char *end = skipped(at);
        size_t i = 0;

        if (end) {
            for (; at < end; at++)
                if (*at == '\n')
                    g_string_append_c(visible, '\n');
            continue;
        }
        while (i < G_N_ELEMENTS(entities) && !g_str_has_prefix(at, entities[i].entity))
            i++;
        if (i < G_N_ELEMENTS(entities)) {
            g_string_append(visible, entities[i].text);
            at += strlen(entities[i].entity);
        } else {
            g_string_append_c(visible, *at++);
        }
    }
    return g_string_free(visible, FALSE);
}

static size_t words_in(const char *text)
{
    size_t words = 0;
    bool is_inside = false;

    for (; *text; text++) {
        bool is_part = g_ascii_isalnum(*text) || (unsigned char)*text >= 0x80;

        if (!is_part && !g_ascii_isspace(*text))
            continue; /* punctuation belongs to the word that it stands at */
        words += is_part && !is_inside;
        is_inside = is_part;
    }
    return words;
}

/* As word processors count Chinese: a character each, and one for a word or a number in Latin letters. */
static size_t characters_in(const char *text)
{
    size_t count = 0;
    bool is_inside = false;

    for (; *text; text = g_utf8_next_char(text)) {
        bool is_latin = (unsigned char)*text < 0x80 && !g_ascii_isspace(*text);

        if (is_latin)
            count += !is_inside;
        else
            count += !g_unichar_isspace(g_utf8_get_char(text)) && !g_str_has_prefix(text, "•");
        is_inside = is_latin;
    }
    return count;
}

/* Long numbers are said digit by digit: each digit behind the first is a word more. */
static size_t digits_in(const char *text)
{
    size_t count = 0;

    for (size_t run; *text; text += run + (text[run] != '\0')) {
        run = strspn(text, "0123456789");
        count += run >= 4 ? run - 1 : 0;
    }
    return count;
}

static size_t spoken_in(const char *text)
{
    size_t count = 0;

    for (; *text; text = g_utf8_next_char(text))
        count += !g_unichar_isspace(g_utf8_get_char(text));
    return count;
}

size_t prose_size(ProseLanguage language, const char *text)
{
    return prose_is_chinese(language) ? characters_in(text) : words_in(text);
}

/* The line without what marks it as a heading, an item or a step. */
static const char *line_body(const char *line)
{
    size_t digits = strspn(line, "0123456789");

    if (g_str_has_prefix(line, "• "))
        return line + strlen("• ");
    if (*line == '#')
        return line + strspn(line, "# ");
    if (digits > 0 && g_str_has_prefix(line + digits, ". "))
        return line + digits + 2;
    return line;
}

/* Where the sentence that starts at `at` ends: behind its stop, or at the end. *is_stopped: whether there is one. */
static const char *sentence_end(ProseLanguage language, const char *at, bool *is_stopped)
{
    static const char *const stops[] = {"。", "！", "？", "；"};

    for (; *at; at++) {
        if (prose_is_chinese(language)) {
            for (size_t i = 0; i < G_N_ELEMENTS(stops); i++)
                if (g_str_has_prefix(at, stops[i])) {
                    *is_stopped = true;
                    return at + strlen(stops[i]);
                }
        } else if (strchr(".!?:;", *at) && (!at[1] || at[1] == ' ' || at[1] == '"')) {
            *is_stopped = *at != ':' && *at != ';';
            return at + 1;
        }
    }
    *is_stopped = false;
    return at;
}

typedef struct Sentences {
    size_t count, total;
} Sentences;

static void measure_line(const ProseReading *reading, const char *part, size_t number, const char *line,
                         Sentences *sentences)
{
    bool is_chinese = prose_is_chinese(reading->language);
    size_t most = is_chinese ? SENTENCE_CHINESE : SENTENCE_ENGLISH;

    for (const char *at = line_body(line); *at;) {
        bool is_stopped;
        const char *end = sentence_end(reading->language, at, &is_stopped);
        g_autofree char *sentence = g_strndup(at, (gsize)(end - at));
        size_t size = prose_size(reading->language, sentence);

        if (size > most)
            prose_say(reading, PROSE_SENTENCE, part, number, g_strstrip(sentence),
                      is_chinese ? N_("at most 40 characters in a sentence: make two of it")
                                 : N_("at most 25 words in a sentence: make two of it"));
        if (is_stopped) {
            sentences->count++;
            sentences->total += size;
        }
        at = end;
    }
    if (prose_size(reading->language, line) > (is_chinese ? PARAGRAPH_CHINESE : PARAGRAPH_ENGLISH))
        prose_say(reading, PROSE_SENTENCE, part, number, line, N_("at most four lines in a paragraph: make two of it"));
}

void prose_check_sentences(const ProseReading *reading, const char *part, const char *visible)
{
    size_t most = prose_is_chinese(reading->language) ? AVERAGE_CHINESE : AVERAGE_ENGLISH;
    g_auto(GStrv) lines = g_strsplit(visible, "\n", -1);
    Sentences sentences = {0, 0};

    for (size_t i = 0; lines[i]; i++)
        if (*lines[i])
            measure_line(reading, part, i + 1, lines[i], &sentences);
    if (sentences.count >= AVERAGE_OF && sentences.total > most * sentences.count) {
        g_autofree char *average = g_strdup_printf("%.1f", (double)sentences.total / (double)sentences.count);

        prose_say(reading, PROSE_SENTENCE, part, 0, average,
                  prose_is_chinese(reading->language) ? N_("at most 25 characters in a sentence on average")
                                                      : N_("at most 17 words in a sentence on average"));
    }
}

/* "22:10", with the place of its first digit. */
static const char *find_time(const char *at)
{
    for (; (at = strchr(at, ':')) != NULL; at++)
        if (g_ascii_isdigit(at[1]) && g_ascii_isdigit(at[2]) && !g_ascii_isdigit(at[3]))
            return at;
    return NULL;
}

void prose_check_times(const ProseReading *reading, const char *part, const char *visible)
{
    static const char *const zones[] = {"UTC", "GMT", "CET", "时间", "時間", "Z", "+0", "-0"};
    g_auto(GStrv) lines = g_strsplit(visible, "\n", -1);

    for (size_t i = 0; lines[i]; i++) {
        const char *time = find_time(lines[i]);
        bool has_zone = false;

        for (size_t j = 0; time && j < G_N_ELEMENTS(zones); j++)
            has_zone = has_zone || strstr(time, zones[j]);
        if (time && !has_zone && time > lines[i] && g_ascii_isdigit(time[-1]))
            prose_say(reading, PROSE_IDENTITY, part, i + 1, time - MIN(time - lines[i], 2),
                      N_("write the zone behind the time, such as (UTC+8) or （北京时间）"));
    }
}

/* Each pair: a claim that all is well, and the words of which one must stand in the same paragraph. */
void prose_check_status(const ProseReading *reading, const char *part, const char *visible)
{
    static const char *const claims[] = {"no sign of", "no signs of", "no evidence",  "no indication",
                                         "没有发现",   "未发现",      "没有迹象",     "没有冒用迹象",
                                         "沒有發現",   "未發現",      "沒有冒用跡象", "沒有跡象"};
    static const char *const until[] = {"until", "as of", "up to", "截至", "直到"};
    g_auto(GStrv) lines = g_strsplit(visible, "\n", -1);

    for (size_t i = 0; lines[i]; i++) {
        g_autofree char *line = g_ascii_strdown(lines[i], -1);
        const char *claim = NULL;
        bool has_until = false;

        for (size_t j = 0; j < G_N_ELEMENTS(claims) && !claim; j++)
            claim = strstr(line, claims[j]) ? claims[j] : NULL;
        for (size_t j = 0; j < G_N_ELEMENTS(until); j++)
            has_until = has_until || strstr(line, until[j]);
        if (claim && !has_until)
            prose_say(reading, PROSE_STATUS, part, i + 1, claim, N_("say what you checked, and until when"));
    }
}

static bool is_half_width(const char *at, gunichar before)
{
    if ((unsigned char)*at >= 0x80)
        return false;
    if (*at == '.')
        return prose_is_han(before);
    return strchr(",;:?!()\"", *at) && (prose_is_han(before) || (at[1] && prose_is_han(g_utf8_get_char(at + 1))));
}

static const char *wrong_character(const ProseReading *reading, const char *at, gunichar before)
{
    if (is_half_width(at, before))
        return N_("full-width punctuation in Chinese text: ，。；：？！（）");
    if (reading->language == PROSE_TAIWAN && g_utf8_next_char(at) - at == 3 && prose_is_simplified(at))
        return N_("a simplified character: write the traditional one");
    return NULL;
}

static void check_line(const ProseReading *reading, const char *part, size_t number, const char *line)
{
    gunichar before = 0;

    for (const char *at = line; *at; before = g_utf8_get_char(at), at = g_utf8_next_char(at)) {
        const char *instead = wrong_character(reading, at, before);
        g_autofree char *character = instead ? g_strndup(at, (gsize)(g_utf8_next_char(at) - at)) : NULL;

        if (instead)
            prose_say(reading, PROSE_LANGUAGE, part, number, character, instead);
    }
}

void prose_check_script(const ProseReading *reading, const char *part, const char *visible)
{
    g_auto(GStrv) lines = g_strsplit(visible, "\n", -1);

    if (!prose_is_chinese(reading->language))
        return;
    for (size_t i = 0; lines[i]; i++)
        check_line(reading, part, i + 1, lines[i]);
}

size_t prose_seconds(const char *locale, const char *script)
{
    ProseLanguage language = prose_language(locale);
    GString *spoken = g_string_new(NULL);
    size_t size;
    int depth = 0;

    for (const char *at = script; *at; at = g_utf8_next_char(at)) {
        bool is_open = *at == '[' || g_str_has_prefix(at, "【");
        bool is_close = *at == ']' || g_str_has_prefix(at, "】");

        depth += is_open;
        if (depth == 0)
            g_string_append_len(spoken, at, g_utf8_next_char(at) - at);
        depth -= is_close && depth > 0;
    }
    size = prose_is_chinese(language) ? spoken_in(spoken->str) : words_in(spoken->str) + digits_in(spoken->str);
    g_string_free(spoken, TRUE);
    return prose_is_chinese(language) ? size * 60 / 240 : size * 60 / 150;
}
