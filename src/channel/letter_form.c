#include "channel/letter_form.h"

#include <string.h>

/* DIN 5008:2020, form B, in millimetres. */
#define FIELD_LEFT    20.0 /* the window: 45 mm from the top, 85 mm by 45 mm */
#define FIELD_TOP     45.0
#define FIELD_HEIGHT  45.0
#define FIELD_INSET   5.0
#define FIELD_WIDTH   80.0
#define NOTES_HEIGHT  17.7 /* its upper part; the sender's line stands at the end of it */
#define SENDER_HEIGHT 5.0
#define BLOCK_LEFT    125.0 /* information block */
#define BLOCK_TOP     50.0
#define BLOCK_WIDTH   65.0
#define BLOCK_HEIGHT  40.0
#define TEXT_LEFT     25.0
#define RIGHT_MARGIN  20.0
#define SUBJECT_TOP   98.5
#define NEXT_TOP      27.0
#define BOTTOM_MARGIN 25.0
#define FOOT_MARGIN   12.0
#define MARK_LEFT     5.0
#define MARK_WIDTH    4.0
#define FOLD_1        105.0
#define FOLD_2        210.0
#define PUNCH         148.5

static const LetterStyle address_style = {.size = 10.5};
static const LetterStyle small_style = {.size = 7};
static const LetterStyle block_style = {.size = 9.5};
static const LetterStyle subject_style = {.size = 11.5, .bold = true};
static const LetterStyle foot_style = {.size = 8, .align = LETTER_END};
static const LetterStyle head_style = {.size = 8};

/* Addresses ------------------------------------------------------------------------------------------------------- */

static bool is_chinese(const char *text)
{
    for (; *text; text = g_utf8_next_char(text))
        if (g_unichar_get_script(g_utf8_get_char(text)) == G_UNICODE_SCRIPT_HAN)
            return true;
    return false;
}

/* Whether the address is written in Taiwan: the characters of its places and streets are the traditional ones. */
static bool is_taiwan(const char *address)
{
    static const char *const marks[] = {"臺", "台北", "台中", "台南", "台東", "台灣",
                                        "號", "縣",   "區",   "鄉",   "鎮",   "樓"};

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        if (strstr(address, marks[i]))
            return true;
    return false;
}

/* Digits before one of these are the number of a house, a lane, a floor or a room. */
static bool is_counter(const char *text)
{
    static const char counters[] = "号號弄巷楼樓室栋棟幢座层層院段村组組户戶门門单單街路";
    const char *first = text + strspn(text, " ");

    return *first && g_utf8_strchr(counters, -1, g_utf8_get_char(first));
}

/* Takes a postcode of `digits` that begins or ends the line, or is the whole of it, out of it. Three digits at the end
 * of a line are a room. */
static char *take_postcode(char *line, size_t digits)
{
    size_t length = strlen(line);
    size_t head = strspn(line, "0123456789");
    size_t tail = length;
    char *code;

    while (tail > 0 && g_ascii_isdigit(line[tail - 1]))
        tail--;
    if (head == digits && (head == length || ((line[head] == ' ' || (guchar)line[head] >= 0x80) &&
                                              (digits == 6 || !is_counter(line + head))))) {
        code = g_strndup(line, head);
        memmove(line, line + head, length - head + 1);
        g_strstrip(line);
        return code;
    }
    if (digits > 3 && tail > 0 && line[tail - 1] == ' ' && length - tail == digits) {
        code = g_strdup(line + tail);
        line[tail] = '\0';
        g_strstrip(line);
        return code;
    }
    return NULL;
}

/* Postcodes have six digits in mainland China, three, five or six in Taiwan. */
static char *take_code(char **lines, bool has_short)
{
    static const size_t lengths[] = {6, 5, 3};
    char *code = NULL;

    for (size_t i = 0; i < (has_short ? G_N_ELEMENTS(lengths) : 1) && !code; i++)
        for (char **line = lines; *line && !code; line++)
            code = take_postcode(*line, lengths[i]);
    return code;
}

static char *chinese_address(const LetterForm *form)
{
    g_auto(GStrv) lines = g_strsplit(form->address, "\n", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *code = take_code(lines, is_taiwan(form->address));

    if (code)
        g_string_append(text, code);
    for (char **line = lines; *line; line++)
        if (**line)
            g_string_append_printf(text, "%s%s", text->len > 0 ? "\n" : "", *line);
    if (form->addressee)
        g_string_append_printf(text, "\n%s 收", form->addressee);
    return g_strdup(text->str);
}

char *letter_form_address(const LetterForm *form)
{
    if (form->window == GATEWAY_WINDOW_CN && is_chinese(form->address))
        return chinese_address(form);
    return form->addressee ? g_strconcat(form->addressee, "\n", form->address, NULL) : g_strdup(form->address);
}

/* The page -------------------------------------------------------------------------------------------------------- */

/* In one line, as it is read through the window. */
static char *sender_line(const GPtrArray *sender)
{
    GString *line = g_string_new(NULL);

    for (guint i = 0; i < sender->len; i++)
        g_string_append_printf(line, "%s%s", i > 0 ? " · " : "", (const char *)g_ptr_array_index(sender, i));
    return g_string_free(line, FALSE);
}

/* The sender's line is above the address, in a Chinese window below it, as on an envelope. */
static void place_window(LetterSheet *sheet, const LetterForm *form)
{
    bool is_cn = form->window == GATEWAY_WINDOW_CN;
    g_autofree char *address = letter_form_address(form);
    g_autofree char *sender = form->sender && form->sender->len > 0 ? sender_line(form->sender) : NULL;
    double left = FIELD_LEFT + FIELD_INSET;
    double line = FIELD_TOP + (is_cn ? FIELD_HEIGHT - SENDER_HEIGHT : NOTES_HEIGHT - SENDER_HEIGHT);
    LetterPlace place = {
        .x = left, .y = FIELD_TOP + 2, .width = FIELD_WIDTH, .height = FIELD_HEIGHT - SENDER_HEIGHT - 3, .whole = true};

    if (sender) {
        letter_sheet_place(sheet,
                           &(LetterPlace){.x = left, .y = line, .width = FIELD_WIDTH, .height = SENDER_HEIGHT - 1},
                           &small_style, sender);
        letter_sheet_rule(sheet, 0, left, is_cn ? line - 0.6 : line + SENDER_HEIGHT - 0.8, FIELD_WIDTH);
    }
    if (!is_cn) {
        place.y = FIELD_TOP + NOTES_HEIGHT;
        place.height = FIELD_HEIGHT - NOTES_HEIGHT;
    }
    letter_sheet_place(sheet, &place, &address_style, address);
}

static void place_block(LetterSheet *sheet, const LetterForm *form, const LetterWords *words)
{
    g_autofree char *date = letter_date(form->now, form->locale);
    g_autoptr(GString) text = g_string_new(NULL);
    bool is_wide = !form->locale || !g_str_has_prefix(form->locale, "zh");

    if (form->number)
        g_string_append_printf(text, "%s%s%s", words->number, is_wide ? ":\n" : "：\n", form->number);
    if (*date)
        g_string_append_printf(text, "%s%s", text->len > 0 ? "\n\n" : "", date);
    letter_sheet_place(sheet,
                       &(LetterPlace){.x = BLOCK_LEFT, .y = BLOCK_TOP, .width = BLOCK_WIDTH, .height = BLOCK_HEIGHT},
                       &block_style, text->str);
}

/* Page numbers, so that no sheet is lost; the notice number on every further page, so that none is mixed up. */
static void place_feet(LetterSheet *sheet, const LetterForm *form, const LetterWords *words, double width,
                       double height)
{
    int pages = letter_sheet_pages(sheet);

    for (int page = 0; page < pages; page++) {
        g_autoptr(GString) foot = g_string_new(words->page);
        g_autofree char *number = g_strdup_printf("%d", page + 1);
        g_autofree char *total = g_strdup_printf("%d", pages);

        g_string_replace(foot, "%d", number, 1);
        g_string_replace(foot, "%d", total, 1);
        letter_sheet_place(sheet,
                           &(LetterPlace){.page = page,
                                          .x = TEXT_LEFT,
                                          .y = height - FOOT_MARGIN,
                                          .width = width - TEXT_LEFT - RIGHT_MARGIN,
                                          .up = true},
                           &foot_style, foot->str);
        if (page > 0 && form->number)
            letter_sheet_place(sheet, &(LetterPlace){.page = page, .x = TEXT_LEFT, .y = 15, .width = BLOCK_WIDTH},
                               &head_style, form->number);
    }
}

LetterSheet *letter_form_lay_out(LetterPress *press, const LetterForm *form)
{
    const LetterWords *words = letter_words(form->locale);
    g_autoptr(GPtrArray) blocks = letter_text_parse(form->text);
    LetterSheet *sheet;
    double width, height;

    letter_press_size(press, &width, &height);
    sheet = letter_sheet_new(press, words,
                             (LetterColumn){.left = TEXT_LEFT,
                                            .width = width - TEXT_LEFT - RIGHT_MARGIN,
                                            .first = SUBJECT_TOP,
                                            .top = NEXT_TOP,
                                            .bottom = height - BOTTOM_MARGIN});
    place_window(sheet, form);
    place_block(sheet, form, words);
    letter_sheet_rule(sheet, 0, MARK_LEFT, FOLD_1, MARK_WIDTH);
    letter_sheet_rule(sheet, 0, MARK_LEFT, PUNCH, MARK_WIDTH + 2);
    letter_sheet_rule(sheet, 0, MARK_LEFT, FOLD_2, MARK_WIDTH);
    letter_sheet_flow(sheet, &subject_style, NULL, form->subject);
    letter_sheet_gap(sheet, 3);
    letter_sheet_blocks(sheet, blocks);
    place_feet(sheet, form, words, width, height);
    return sheet;
}
