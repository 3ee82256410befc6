#include "model/prose_private.h"

#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "model/sms_text.h"

#define STEPS_MOST     5
#define SCRIPT_SECONDS 90
#define GSM_BASIC      160 /* septets of one text message */
#define UCS2_UNITS     70
#define CHILD_MOST     150

static const char *const ids[] = {
    [PROSE_OPENING] = "words-opening", [PROSE_HEADINGS] = "words-headings", [PROSE_IDENTITY] = "words-identity",
    [PROSE_STATUS] = "words-status",   [PROSE_NUMBERS] = "words-numbers",   [PROSE_KINDS] = "words-kinds",
    [PROSE_STEPS] = "words-steps",     [PROSE_SENTENCE] = "words-sentence", [PROSE_LENGTH] = "words-length",
    [PROSE_SUBJECT] = "words-subject", [PROSE_CODE] = "words-code",         [PROSE_LINK] = "words-link",
    [PROSE_TONE] = "words-tone",       [PROSE_LANGUAGE] = "words-language", [PROSE_APOLOGY] = "words-apology",
    [PROSE_POINTER] = "words-pointer", [PROSE_GAP] = "words-gap",
};

const char *prose_rule_id(ProseRule rule)
{
    return ids[rule];
}

ProseLanguage prose_language(const char *locale)
{
    static const char *const taiwan[] = {"zh-TW", "zh-HK", "zh-MO", "zh-Hant"};

    for (size_t i = 0; i < G_N_ELEMENTS(taiwan); i++)
        if (g_str_has_prefix(locale, taiwan[i]))
            return PROSE_TAIWAN;
    if (g_str_has_prefix(locale, "zh"))
        return PROSE_MAINLAND;
    return g_str_has_prefix(locale, "en") ? PROSE_ENGLISH : PROSE_OTHER;
}

bool prose_is_chinese(ProseLanguage language)
{
    return language == PROSE_MAINLAND || language == PROSE_TAIWAN;
}

void prose_say(const ProseReading *reading, ProseRule rule, const char *part, size_t line, const char *quote,
               const char *instead)
{
    const ProseFinding finding = {.rule = rule, .part = part, .line = line, .quote = quote, .instead = instead};

    reading->visit(&finding, reading->user);
}

/* What a text on a channel has to be like. */
typedef struct ChannelRules {
    const char *channel;
    bool has_sections;             /* the eight headings */
    bool has_number;               /* the notice number */
    bool is_pointer;               /* says nothing about anybody */
    bool has_name;                 /* of the organisation: elsewhere the app or the provider's sign says it */
    size_t english[2], chinese[2]; /* least and most words or characters; 0: no limit of this kind */
} ChannelRules;

static const ChannelRules channels[] = {
    {"email", true, true, false, true, {350, 550}, {500, 900}},
    {"letter", true, true, false, false, {350, 650}, {500, 1100}}, /* one sheet, both sides */
    {"webhook", true, true, false, false, {0, 550}, {0, 900}},
    {"announcement", true, false, false, true, {0, 600}, {0, 1000}},
    {"sms", false, true, true, false, {0, 0}, {0, 0}}, /* measured in units */
    {"push", false, true, true, false, {0, 0}, {0, 0}},
    {"im", false, true, true, true, {0, 60}, {0, 120}},
    {"voice", false, true, true, true, {0, 0}, {0, 0}},
    {"phone", false, true, false, true, {0, 0}, {0, 0}},
};

static const ChannelRules *rules_of(const char *channel)
{
    for (size_t i = 0; channel && i < G_N_ELEMENTS(channels); i++)
        if (strcmp(channels[i].channel, channel) == 0)
            return &channels[i];
    return NULL;
}

static bool is_channel(const ProseReading *reading, const char *channel)
{
    return g_strcmp0(reading->text->channel, channel) == 0;
}

static bool is_template(const ProseReading *reading, const char *name)
{
    return g_strcmp0(reading->text->template_name, name) == 0;
}

/* Length -------------------------------------------------------------------------------------------------------- */

static void say_count(const ProseReading *reading, const char *part, size_t count, const char *instead)
{
    g_autofree char *text = g_strdup_printf("%zu", count);

    prose_say(reading, PROSE_LENGTH, part, 0, text, instead);
}

static void check_text_message(const ProseReading *reading, const char *text)
{
    g_autofree char *message = g_strchomp(g_strdup(text));
    SmsMeasure measure = sms_text_measure(message, SMS_BY_ALPHABET);
    size_t units = (size_t)measure.units + reading->text->sign;

    if (measure.encoding == SMS_GSM7 && units > GSM_BASIC)
        say_count(reading, "txt", units, N_("at most 160 characters in a text message"));
    else if (measure.encoding == SMS_UCS2 && units > UCS2_UNITS)
        say_count(reading, "txt", units, N_("at most 70 characters in a text message, the provider's sign included"));
}

static void check_push(const ProseReading *reading)
{
    const ProseText *text = reading->text;
    size_t title = text->subject ? text_characters(text->subject, strlen(text->subject)) : 0;
    g_autofree char *body = g_strchomp(g_strdup(text->text));

    if (title > 15)
        say_count(reading, "subject", title, N_("at most 15 characters in the title of a push message"));
    if (text_characters(body, strlen(body)) > 50)
        say_count(reading, "txt", text_characters(body, strlen(body)), N_("at most 50 characters in a push message"));
}

static void check_call(const ProseReading *reading)
{
    static const char *const marks[] = {"Person confirmed", "本人已确认", "本人已確認"};
    const char *text = reading->text->text;
    size_t seconds = prose_seconds(reading->text->locale, text);
    bool is_asked = false;

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        is_asked = is_asked || strstr(text, marks[i]);
    if (seconds > SCRIPT_SECONDS)
        say_count(reading, "txt", seconds, N_("at most 90 seconds for what is said aloud"));
    if (is_channel(reading, "phone") && !is_asked)
        prose_say(reading, PROSE_LENGTH, "txt", 0, "phone",
                  N_("have \"Person confirmed\" (本人已确认, 本人已確認) ticked before any detail is told"));
}

static void check_whole(const ProseReading *reading, const ChannelRules *rules, const char *text)
{
    bool is_chinese = prose_is_chinese(reading->language);
    const size_t *limits = is_chinese ? rules->chinese : rules->english;
    bool has_least = !reading->text->is_own && !is_template(reading, "update");
    size_t size = prose_size(reading->language, text);
    size_t most = limits[1];

    if (is_template(reading, "controller"))
        most += most / 4; /* two texts in one: ours, and what they can pass on */
    if (most > 0 && size > most)
        say_count(reading, "txt", size,
                  is_chinese ? N_("too many characters: leave out what nobody needs today")
                             : N_("too many words: leave out what nobody needs today"));
    if (has_least && size < limits[0])
        say_count(reading, "txt", size, N_("too short to say all that the law asks for"));
}

static void check_child(const ProseReading *reading, const char *text)
{
    g_autofree char *message = g_strchomp(g_strdup(text));
    size_t size = text_characters(message, strlen(message));

    if (size > CHILD_MOST)
        say_count(reading, "txt", size, N_("at most 150 characters for a child"));
}

static void check_length(const ProseReading *reading, const ChannelRules *rules)
{
    const char *text = reading->text->text;

    if (is_template(reading, "child"))
        check_child(reading, text);
    if (is_channel(reading, "sms"))
        check_text_message(reading, text);
    else if (is_channel(reading, "push"))
        check_push(reading);
    else if (is_channel(reading, "phone") || is_channel(reading, "voice"))
        check_call(reading);
    else if (!is_template(reading, "child") && reading->language != PROSE_OTHER)
        check_whole(reading, rules, text);
}

/* What stands in a notice --------------------------------------------------------------------------------------- */

static void check_steps(const ProseReading *reading)
{
    g_auto(GStrv) lines = g_strsplit(reading->text->text, "\n", -1);

    for (size_t i = 0; lines[i]; i++) {
        size_t digits = strspn(lines[i], "0123456789");
        guint64 step = digits > 0 && digits < 3 && g_str_has_prefix(lines[i] + digits, ". ")
                           ? g_ascii_strtoull(lines[i], NULL, 10)
                           : 0;

        if (step == STEPS_MOST + 1)
            prose_say(reading, PROSE_STEPS, "txt", i + 1, lines[i],
                      N_("at most five steps, the most useful first: nobody does more"));
    }
}

static bool is_emoji(gunichar character)
{
    return (character >= 0x1f000 && character <= 0x1faff) || (character >= 0x2600 && character <= 0x27bf);
}

static void check_subject(const ProseReading *reading)
{
    const char *subject = reading->text->subject;
    bool is_chinese = prose_is_chinese(reading->language);
    size_t size = is_chinese ? ((size_t)text_columns(subject) + 1) / 2 : text_characters(subject, strlen(subject));

    if (size > (is_chinese ? 20 : 60) && !is_channel(reading, "holding") && !is_channel(reading, "questions") &&
        !is_channel(reading, "staff")) {
        g_autofree char *count = g_strdup_printf("%zu", size);

        prose_say(reading, PROSE_SUBJECT, "subject", 1, count,
                  is_chinese ? N_("at most 20 characters in a subject") : N_("at most 60 characters in a subject"));
    }
    for (const char *at = subject; *at; at = g_utf8_next_char(at))
        if (is_emoji(g_utf8_get_char(at)))
            prose_say(reading, PROSE_SUBJECT, "subject", 1, at, N_("no pictures in a subject"));
    for (const char *const *word = reading->text->personal; word && *word; word++)
        if (**word && strstr(subject, *word))
            prose_say(reading, PROSE_SUBJECT, "subject", 1, *word, N_("no names and no kinds of data in a subject"));
}

/* A short message is read by whoever holds the phone. */
static void check_pointer(const ProseReading *reading)
{
    const ProseText *text = reading->text;

    for (const char *const *word = text->personal; word && *word; word++)
        if (**word && (strstr(text->text, *word) || (text->subject && strstr(text->subject, *word))))
            prose_say(reading, PROSE_POINTER, "txt", 0, *word,
                      N_("a short message names nobody, no account and no kind of data: say where to read the notice"));
    if (strstr(text->text, "://") || strstr(text->text, "www."))
        prose_say(reading, PROSE_LINK, "txt", 0, strstr(text->text, "://") ? "://" : "www.",
                  N_("no link in a short message: \"open the app\", or the address to be typed"));
}

static void check_apology(const ProseReading *reading)
{
    static const char *const words[] = {"sorry", "apolog", "regret", "道歉", "致歉", "抱歉", "歉意", "遗憾", "遺憾"};
    g_autofree char *lower = g_ascii_strdown(reading->text->text, -1);
    size_t count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        for (const char *at = strstr(lower, words[i]); at; at = strstr(at + 1, words[i]))
            count++;
    if (count > 1) {
        g_autofree char *text = g_strdup_printf("%zu", count);

        prose_say(reading, PROSE_APOLOGY, "txt", 0, text,
                  N_("one apology in a notice, plainly, where the measures stand"));
    }
}

static void check_identity(const ProseReading *reading, const ChannelRules *rules)
{
    const ProseText *text = reading->text;

    if (rules->has_name && !text->is_own && text->organization && *text->organization &&
        !strstr(text->text, text->organization) && !(text->subject && strstr(text->subject, text->organization)))
        prose_say(reading, PROSE_IDENTITY, "txt", 0, text->organization, N_("name the organisation that writes"));
    if (rules->has_number && text->number && !strstr(text->text, text->number))
        prose_say(reading, PROSE_CODE, "txt", 0, text->number,
                  N_("put the notice number into the text: {{number}}; it proves that the notice is genuine"));
}

static void check_part(const ProseReading *reading, const char *part, const char *source)
{
    g_autofree char *visible = prose_visible(source);

    prose_check_phrases(reading, part, visible);
    prose_check_gaps(reading, part, visible);
    prose_check_times(reading, part, visible);
    prose_check_status(reading, part, visible);
    prose_check_script(reading, part, visible);
}

static void check_channel(const ProseReading *reading, const ChannelRules *rules)
{
    bool is_child = is_template(reading, "child");

    if (rules->has_sections && !is_child && reading->language != PROSE_OTHER)
        prose_check_headings(reading, reading->text->text);
    if (rules->has_sections && !is_child && !is_template(reading, "update") && reading->language != PROSE_OTHER)
        prose_check_opening(reading, reading->text->text);
    check_length(reading, rules);
    check_identity(reading, rules);
    if (rules->is_pointer)
        check_pointer(reading);
}

void prose_check(const ProseText *text, ProseVisit *visit, void *user)
{
    const ProseReading reading = {.text = text, .language = prose_language(text->locale), .visit = visit, .user = user};
    const ChannelRules *rules = rules_of(text->channel);

    if (text->subject) {
        check_part(&reading, "subject", text->subject);
        check_subject(&reading);
    }
    if (text->text) {
        check_part(&reading, "txt", text->text);
        if (reading.language != PROSE_OTHER)
            prose_check_sentences(&reading, "txt", text->text);
        check_steps(&reading);
        check_apology(&reading);
        if (rules)
            check_channel(&reading, rules);
    }
    if (text->html) {
        check_part(&reading, "html", text->html);
        prose_check_links(&reading, text->html);
    }
}

void prose_check_passage(const char *locale, const char *channel, const char *passage, bool is_text, ProseVisit *visit,
                         void *user)
{
    const ProseText text = {.locale = locale, .channel = channel};
    const ProseReading reading = {.text = &text, .language = prose_language(locale), .visit = visit, .user = user};
    g_autofree char *visible = prose_visible(passage);

    prose_check_phrases(&reading, "txt", visible);
    prose_check_script(&reading, "txt", visible);
    if (!is_text)
        return;
    prose_check_times(&reading, "txt", visible);
    prose_check_status(&reading, "txt", visible);
    if (reading.language != PROSE_OTHER)
        prose_check_sentences(&reading, "txt", visible);
}
