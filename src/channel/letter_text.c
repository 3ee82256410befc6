#include "channel/letter_text.h"

#include <string.h>

#include "model/locale.h"
#include "model/moment.h"

#define FAMILIES_WESTERN "DejaVu Sans, Noto Sans CJK SC"

/* What stands for a seal in Chinese letters (函件). */
static const char *const seals[] = {"（盖章）", "（蓋章）", "(盖章)", "(蓋章)", "（公章）"};

/* The first row that the chain of a locale names; the last one is for all others. */
static const struct {
    const char *locale;
    LetterWords words;
} words[] = {
    {"en",
     {"en",
      FAMILIES_WESTERN,
      "Notice number",
      "Page %d of %d",
      "Telephone",
      {"reached", "no answer", "wrong number", "refused", NULL},
      "Name, date and time of the call"}},
    {"de",
     {"de",
      FAMILIES_WESTERN,
      "Mitteilungsnummer",
      "Seite %d von %d",
      "Telefon",
      {"erreicht", "keine Antwort", "falsche Nummer", "abgelehnt", NULL},
      "Name, Datum und Uhrzeit des Anrufs"}},
    {"zh-HK",
     {"zh-hk",
      "Noto Sans CJK HK, DejaVu Sans",
      "通知編號",
      "第%d頁，共%d頁",
      "電話",
      {"已聯絡到本人", "無人接聽", "號碼錯誤", "拒絕接聽", NULL},
      "致電人姓名、日期和時間"}},
    {"zh-Hant",
     {"zh-hant",
      "Noto Sans CJK TC, DejaVu Sans",
      "通知編號",
      "第%d頁，共%d頁",
      "電話",
      {"已聯絡到本人", "無人接聽", "號碼錯誤", "拒絕接聽", NULL},
      "致電人姓名、日期和時間"}},
    {"zh",
     {"zh-hans",
      "Noto Sans CJK SC, DejaVu Sans",
      "通知编号",
      "第%d页，共%d页",
      "电话",
      {"已联系到本人", "无人接听", "号码错误", "拒绝接听", NULL},
      "致电人姓名、日期和时间"}},
    {"ja",
     {"ja",
      "Noto Sans CJK JP, DejaVu Sans",
      "No.",
      "%d / %d",
      "Tel.",
      {"reached", "no answer", "wrong number", "refused", NULL},
      "Name, date and time of the call"}},
    {"ko",
     {"ko",
      "Noto Sans CJK KR, DejaVu Sans",
      "No.",
      "%d / %d",
      "Tel.",
      {"reached", "no answer", "wrong number", "refused", NULL},
      "Name, date and time of the call"}},
    {NULL,
     {NULL,
      FAMILIES_WESTERN,
      "No.",
      "%d / %d",
      "Tel.",
      {"reached", "no answer", "wrong number", "refused", NULL},
      "Name, date and time of the call"}},
};

const LetterWords *letter_words(const char *locale)
{
    g_auto(GStrv) chain = locale_chain(locale ? locale : "en");
    size_t i = 0;

    while (words[i].locale && !g_strv_contains((const char *const *)chain, words[i].locale))
        i++;
    return &words[i].words;
}

char *letter_date(const char *now, const char *locale)
{
    static const char *const months[] = {"Januar", "Februar", "März",      "April",   "Mai",      "Juni",
                                         "Juli",   "August",  "September", "Oktober", "November", "Dezember"};
    g_auto(GStrv) chain = locale_chain(locale ? locale : "en");
    g_autofree char *iso = NULL;
    Moment moment;

    if (!now || !moment_parse(now, &moment, NULL))
        return g_strdup("");
    if (g_strv_contains((const char *const *)chain, "zh") || g_strv_contains((const char *const *)chain, "en") ||
        g_strv_contains((const char *const *)chain, "zh-Hant"))
        return moment_format_date(moment, locale);
    iso = moment_format_rfc3339(moment);
    if (g_strv_contains((const char *const *)chain, "de"))
        return g_strdup_printf("%d. %s %.4s", (int)g_ascii_strtoll(iso + 8, NULL, 10),
                               months[(g_ascii_strtoll(iso + 5, NULL, 10) - 1) % 12], iso);
    return g_strndup(iso, strlen("2026-11-21"));
}

/* Blocks ---------------------------------------------------------------------------------------------------------- */

static void free_block(gpointer data)
{
    LetterBlock *block = data;

    g_free(block->marker);
    g_free(block->text);
    g_free(block);
}

/* How many bytes of the line are an item's marker with the blanks behind it; 0: it is none. */
static size_t marker_length(const char *line)
{
    static const char *const bullets[] = {"- ", "* ", "• ", "· ", "・"};
    size_t digits = strspn(line, "0123456789");

    for (size_t i = 0; i < G_N_ELEMENTS(bullets); i++)
        if (g_str_has_prefix(line, bullets[i]))
            return strlen(bullets[i]);
    if (digits > 0 && digits <= 2 && line[digits] == '.' && line[digits + 1] == ' ')
        return digits + 2;
    return 0;
}

static LetterBlock *begin(GPtrArray *blocks, LetterBlockKind kind, const char *text, bool is_near)
{
    LetterBlock *block = g_new0(LetterBlock, 1);

    block->kind = kind;
    block->text = g_strdup(text);
    block->is_near = is_near;
    g_ptr_array_add(blocks, block);
    return block;
}

static void lengthen(LetterBlock *block, const char *line)
{
    char *text = g_strconcat(block->text, "\n", line, NULL);

    g_free(block->text);
    block->text = text;
}

static void add_line(GPtrArray *blocks, LetterBlock **open, const char *line, bool is_near)
{
    size_t marker = marker_length(line);

    if (g_str_has_prefix(line, "# ")) {
        begin(blocks, LETTER_HEADING, line + 2, is_near);
        *open = NULL;
    } else if (marker > 0) {
        *open = begin(blocks, LETTER_ITEM, line + marker, is_near);
        (*open)->marker = g_ascii_isdigit(*line) ? g_strndup(line, marker - 1) : g_strdup("•");
    } else if (*open) {
        lengthen(*open, line);
    } else {
        *open = begin(blocks, LETTER_PARAGRAPH, line, is_near);
    }
}

static bool has_seal(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(seals); i++)
        if (strstr(text, seals[i]))
            return true;
    return false;
}

static bool begins_with_seal(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(seals); i++)
        if (g_str_has_prefix(text, seals[i]))
            return true;
    return false;
}

/* A seal without a name is that of the single line before it. */
static void join_seals(GPtrArray *blocks)
{
    for (guint i = 0; i < blocks->len; i++) {
        LetterBlock *block = g_ptr_array_index(blocks, i);
        LetterBlock *before = i > 0 ? g_ptr_array_index(blocks, i - 1) : NULL;

        if (block->kind != LETTER_PARAGRAPH || !has_seal(block->text))
            continue;
        block->kind = LETTER_SEAL;
        if (i < 2 || before->kind != LETTER_PARAGRAPH || strchr(before->text, '\n') || !begins_with_seal(block->text))
            continue;
        before->kind = LETTER_SEAL;
        lengthen(before, block->text);
        g_ptr_array_remove_index(blocks, i--);
    }
}

GPtrArray *letter_text_parse(const char *text)
{
    GPtrArray *blocks = g_ptr_array_new_with_free_func(free_block);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    LetterBlock *open = NULL;
    bool is_near = false;

    for (char **line = lines; *line; line++) {
        g_strchomp(*line);
        if (**line)
            add_line(blocks, &open, *line, is_near);
        else
            open = NULL;
        is_near = **line != '\0';
    }
    join_seals(blocks);
    return blocks;
}
