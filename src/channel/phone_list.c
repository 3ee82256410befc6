#include "channel/phone_list.h"

#include <string.h>

#include "base/error.h"
#include "channel/hand_over.h"
#include "channel/hand_over_batch.h"
#include "channel/letter_sheet.h"

#define LIST  "calls.csv"
#define SHEET "calls.pdf"

#define MARGIN 20.0 /* mm */
#define FOOT   12.0

typedef struct Calls {
    LetterPress *press;
    HandOver *sheet; /* NULL once it is closed, like the two below */
    LetterPdf *pdf;
    HandOver *list;
    int count;
} Calls;

static bool write_to(void *user, const void *data, size_t size)
{
    return hand_over_write(user, data, size);
}

static void free_calls(void *work)
{
    Calls *calls = work;
    const char *why = NULL;

    if (calls->pdf)
        letter_pdf_free(calls->pdf, &why);
    hand_over_abandon(calls->sheet);
    hand_over_abandon(calls->list);
    letter_press_free(calls->press);
    g_free(calls);
}

static void *begin_calls(const Gateway *gateway, const char *folder, GError **error)
{
    Calls *calls = g_new0(Calls, 1);

    calls->press = letter_press_new(gateway->print->paper);
    if ((calls->sheet = hand_over_open(&gateway->print->encrypt, folder, SHEET, error)) != NULL &&
        (calls->list = hand_over_open(&gateway->print->encrypt, folder, LIST, error)) != NULL) {
        calls->pdf = letter_pdf_new(calls->press, NULL, write_to, calls->sheet);
        /* The last four columns are filled in by whoever calls: breach record PLAYBOOK phone --from reads them. Without
         * the byte order mark a spreadsheet takes the names for the encoding of its own country, and spoils them. */
        hand_over_text(calls->list, "\xEF\xBB\xBF"
                                    "call,message,notice,name,phone,language,outcome,by,at,reason\n");
        return calls;
    }
    free_calls(calls);
    return NULL;
}

/* One call -------------------------------------------------------------------------------------------------------- */

static const char *field(const ChannelMessage *message, const char *name)
{
    const char *value = channel_field(message->fields, name);

    return value ? value : "";
}

/* What is ticked and written by hand when the call is over. */
static void add_form(LetterSheet *sheet, const LetterWords *words)
{
    const LetterStyle style = {.size = 10, .before = 8, .needs = 14};
    g_autoptr(GString) ticks = g_string_new(NULL);

    for (size_t i = 0; words->outcomes[i]; i++)
        g_string_append_printf(ticks, "%s☐ %s", i > 0 ? "     " : "", words->outcomes[i]);
    letter_sheet_flow(sheet, &style, NULL, ticks->str);
    letter_sheet_flow(sheet, &(LetterStyle){.size = 10, .before = 6}, NULL, words->signature);
    letter_sheet_flow(sheet, &(LetterStyle){.size = 10, .before = 4}, NULL,
                      "______________________________________________________________");
}

static void add_head(LetterSheet *sheet, const ChannelMessage *message, const LetterWords *words, int count)
{
    const char *name = field(message, "addressee");
    g_autofree char *who = g_strdup_printf("%d.  %s", count, *name ? name : "—");
    g_autofree char *telephone = g_strdup_printf("%s  %s", words->telephone, message->recipient);
    g_autofree char *number = g_strdup_printf("%s  %s", words->number, field(message, "number"));

    letter_sheet_flow(sheet, &(LetterStyle){.size = 14, .bold = true}, NULL, who);
    letter_sheet_flow(sheet, &(LetterStyle){.size = 13, .bold = true, .before = 2}, NULL, telephone);
    letter_sheet_flow(sheet, &(LetterStyle){.size = 10, .before = 2}, NULL, number);
    letter_sheet_gap(sheet, 4);
}

/* A page for each call, so that nobody who telephones has another person's data before them. */
static LetterSheet *lay_out(const Calls *calls, const ChannelMessage *message, int count)
{
    const LetterWords *words = letter_words(message->locale);
    g_autoptr(GPtrArray) blocks = letter_text_parse(message->text ? message->text : "");
    g_autofree char *mark = g_strdup_printf("%d.  %s", count, message->id);
    LetterSheet *sheet;
    double width, height;

    letter_press_size(calls->press, &width, &height);
    sheet = letter_sheet_new(
        calls->press, words,
        (LetterColumn){
            .left = MARGIN, .width = width - 2 * MARGIN, .first = MARGIN, .top = MARGIN, .bottom = height - MARGIN});
    add_head(sheet, message, words, count);
    letter_sheet_blocks(sheet, blocks);
    add_form(sheet, words);
    /* A script that goes on overleaf is not mixed up with another. */
    for (int page = 0; page < letter_sheet_pages(sheet); page++)
        letter_sheet_place(
            sheet,
            &(LetterPlace){.page = page, .x = MARGIN, .y = height - FOOT, .width = width - 2 * MARGIN, .up = true},
            &(LetterStyle){.size = 7}, page > 0 ? mark : message->id);
    return sheet;
}

static void list_call(Calls *calls, const ChannelMessage *message)
{
    g_autoptr(GString) row = g_string_new(NULL);
    g_autofree char *count = g_strdup_printf("%d", calls->count);
    const char *const cells[] = {count,
                                 message->id,
                                 field(message, "number"),
                                 field(message, "addressee"),
                                 message->recipient,
                                 message->locale ? message->locale : "",
                                 "",
                                 "",
                                 "",
                                 ""};

    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++)
        hand_over_csv(row, cells[i]);
    g_string_append_c(row, '\n');
    hand_over_text(calls->list, row->str);
}

static bool add_call(void *work, const ChannelMessage *message, char **note, GError **error)
{
    Calls *calls = work;
    g_autoptr(LetterSheet) sheet = lay_out(calls, message, calls->count + 1);
    const char *missing = letter_sheet_missing(sheet);

    if (*missing) {
        error_set(
            error, BREACH_ERROR_PERMANENT, "letter-glyph",
            "this machine has no font with the characters %s: install fonts-noto-cjk (Chinese, Japanese, Korean), "
            "fonts-noto-core (other scripts) or another font that has them",
            missing);
        return false;
    }
    calls->count++;
    letter_pdf_draw(calls->pdf, sheet);
    list_call(calls, message);
    *note = g_strdup_printf("call %d of the list", calls->count);
    return true;
}

static bool finish_calls(void *work, GError **error)
{
    Calls *calls = work;
    const char *why = NULL;
    bool drawn = letter_pdf_free(g_steal_pointer(&calls->pdf), &why);

    if (!hand_over_close(g_steal_pointer(&calls->sheet), error))
        return false;
    if (!drawn) {
        error_set(error, BREACH_ERROR_CREATE, "letter-draw", "a letter cannot be drawn: %s", why);
        return false;
    }
    return hand_over_close(g_steal_pointer(&calls->list), error);
}

/* The engine ------------------------------------------------------------------------------------------------------ */

static bool run_session(const Gateway *gateway, const ChannelCalls *calls, GError **error)
{
    static const HandOverKind kind = {
        .begin = begin_calls, .add = add_call, .finish = finish_calls, .free = free_calls};

    return hand_over_session(gateway, calls, &kind, error);
}

static const char *const fields[] = {"addressee", "number", NULL};

const ChannelEngine phone_list_engine = {
    .kind = "phone", .run_session = run_session, .has_one_thread = true, .fields = fields};
