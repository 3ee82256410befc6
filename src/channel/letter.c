#include "channel/letter.h"

#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "channel/hand_over.h"
#include "channel/hand_over_batch.h"
#include "channel/letter_form.h"

#define MERGED   "letters.pdf"
#define MANIFEST "manifest.csv"
#define SINGLE   "single"

/* The files of one batch that is being written. */
typedef struct Letters {
    const Gateway *gateway; /* borrowed */
    char *single;           /* owned; the folder of the single letters */
    LetterPress *press;
    HandOver *merged; /* NULL once it is closed, like the two below */
    LetterPdf *pdf;
    HandOver *manifest;
    int count;
} Letters;

static bool write_to(void *user, const void *data, size_t size)
{
    return hand_over_write(user, data, size);
}

static void free_letters(void *work)
{
    Letters *letters = work;
    const char *why = NULL;

    if (letters->pdf)
        letter_pdf_free(letters->pdf, &why);
    hand_over_abandon(letters->merged);
    hand_over_abandon(letters->manifest);
    letter_press_free(letters->press);
    g_free(letters->single);
    g_free(letters);
}

static void *begin_letters(const Gateway *gateway, const char *folder, GError **error)
{
    const GatewayPrint *print = gateway->print;
    Letters *letters = g_new0(Letters, 1);

    letters->gateway = gateway;
    letters->single = g_build_filename(folder, SINGLE, NULL);
    letters->press = letter_press_new(print->paper);
    if (file_make_folder(letters->single, 0700, error) &&
        (letters->merged = hand_over_open(&print->encrypt, folder, MERGED, error)) != NULL &&
        (letters->manifest = hand_over_open(&print->encrypt, folder, MANIFEST, error)) != NULL) {
        letters->pdf = letter_pdf_new(letters->press, NULL, write_to, letters->merged);
        hand_over_text(letters->manifest, "letter,message,notice,pages,first_page,language,region,sha256,file\n");
        return letters;
    }
    free_letters(letters);
    return NULL;
}

/* One letter ------------------------------------------------------------------------------------------------------ */

static LetterForm form_of(const Gateway *gateway, const ChannelMessage *message)
{
    return (LetterForm){.locale = message->locale,
                        .sender = gateway->print->sender,
                        .addressee = channel_field(message->fields, "addressee"),
                        .address = message->recipient,
                        .number = channel_field(message->fields, "number"),
                        .now = channel_field(message->fields, "now"),
                        .subject = message->title ? message->title : "",
                        .text = message->text ? message->text : "",
                        .window = gateway->print->window};
}

/* A box where a character should be is no letter, nor is one whose town nobody sees through the window: a person looks at
 * it first. */
static bool check_sheet(const LetterSheet *sheet, GError **error)
{
    const char *missing = letter_sheet_missing(sheet);

    if (letter_sheet_is_spoilt(sheet)) {
        error_set(error, BREACH_ERROR_PERMANENT, "letter-window",
                  "name and address are too long for the window of the envelope: shorten them");
        return false;
    }
    if (!*missing)
        return true;
    error_set(error, BREACH_ERROR_PERMANENT, "letter-glyph",
              "this machine has no font with the characters %s: install fonts-noto-cjk (Chinese, Japanese, Korean), "
              "fonts-noto-core (other scripts) or another font that has them",
              missing);
    return false;
}

static bool draw_one(LetterPress *press, const ChannelMessage *message, const LetterSheet *sheet, LetterWrite *write,
                     void *user, const char **why)
{
    LetterPdf *pdf = letter_pdf_new(press, channel_field(message->fields, "now"), write, user);

    letter_pdf_draw(pdf, sheet);
    return letter_pdf_free(pdf, why);
}

static void set_undrawn(const char *why, GError **error)
{
    error_set(error, BREACH_ERROR_CREATE, "letter-draw", "a letter cannot be drawn: %s", why);
}

/* The letter by itself; its SHA-256, newly allocated. */
static char *write_single(const Letters *letters, const ChannelMessage *message, const LetterSheet *sheet,
                          GError **error)
{
    g_autofree char *name = g_strconcat(message->id, ".pdf", NULL);
    HandOver *file = hand_over_open(&letters->gateway->print->encrypt, letters->single, name, error);
    const char *why = NULL;
    g_autofree char *digest = NULL;
    bool drawn;

    if (!file)
        return NULL;
    drawn = draw_one(letters->press, message, sheet, write_to, file, &why);
    digest = g_strdup(hand_over_digest(file));
    if (!hand_over_close(file, error))
        return NULL;
    if (drawn)
        return g_steal_pointer(&digest);
    set_undrawn(why, error);
    return NULL;
}

static void list_letter(Letters *letters, const ChannelMessage *message, int pages, int first, const char *digest)
{
    const char *number = channel_field(message->fields, "number");
    const char *region = channel_field(message->fields, "person.region");
    g_autoptr(GString) row = g_string_new(NULL);
    g_autofree char *count = g_strdup_printf("%d", letters->count);
    g_autofree char *page_count = g_strdup_printf("%d", pages);
    g_autofree char *first_page = g_strdup_printf("%d", first);
    g_autofree char *file =
        g_strconcat(SINGLE "/", message->id, ".pdf", hand_over_suffix(&letters->gateway->print->encrypt), NULL);
    const char *const cells[] = {count,
                                 message->id,
                                 number ? number : "",
                                 page_count,
                                 first_page,
                                 message->locale ? message->locale : "",
                                 region ? region : "",
                                 digest,
                                 file};

    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++)
        hand_over_csv(row, cells[i]);
    g_string_append_c(row, '\n');
    hand_over_text(letters->manifest, row->str);
}

static bool add_letter(void *work, const ChannelMessage *message, char **note, GError **error)
{
    Letters *letters = work;
    const LetterForm form = form_of(letters->gateway, message);
    g_autoptr(LetterSheet) sheet = letter_form_lay_out(letters->press, &form);
    int pages = letter_sheet_pages(sheet);
    g_autofree char *digest = NULL;

    if (!check_sheet(sheet, error))
        return false;
    digest = write_single(letters, message, sheet, error);
    if (!digest)
        return false;
    if (letters->gateway->print->duplex && letter_pdf_pages(letters->pdf) % 2 == 1)
        letter_pdf_blank(letters->pdf);
    letters->count++;
    list_letter(letters, message, pages, letter_pdf_pages(letters->pdf) + 1, digest);
    letter_pdf_draw(letters->pdf, sheet);
    *note = g_strdup_printf("%d %s, SHA-256 %s", pages, pages == 1 ? "page" : "pages", digest);
    return true;
}

static bool finish_letters(void *work, GError **error)
{
    Letters *letters = work;
    const char *why = NULL;
    bool drawn = letter_pdf_free(g_steal_pointer(&letters->pdf), &why);

    if (!hand_over_close(g_steal_pointer(&letters->merged), error))
        return false;
    if (!drawn) {
        set_undrawn(why, error);
        return false;
    }
    return hand_over_close(g_steal_pointer(&letters->manifest), error);
}

/* The engine ------------------------------------------------------------------------------------------------------ */

static bool run_session(const Gateway *gateway, const ChannelCalls *calls, GError **error)
{
    static const HandOverKind kind = {
        .begin = begin_letters, .add = add_letter, .finish = finish_letters, .free = free_letters};

    return hand_over_session(gateway, calls, &kind, error);
}

static const char *const fields[] = {"addressee", "number", "now", "person.region", NULL};

const ChannelEngine letter_engine = {
    .kind = "letter", .run_session = run_session, .has_one_thread = true, .fields = fields};

static bool append_to(void *user, const void *data, size_t size)
{
    g_byte_array_append(user, data, (guint)size);
    return true;
}

char *letter_draw(const Gateway *gateway, const ChannelMessage *message, size_t *size, GError **error)
{
    const LetterForm form = form_of(gateway, message);
    LetterPress *press = letter_press_new(gateway->print->paper);
    LetterSheet *sheet = letter_form_lay_out(press, &form);
    GByteArray *octets = g_byte_array_new();
    const char *why = NULL;
    bool drawn = check_sheet(sheet, error);

    if (drawn && !draw_one(press, message, sheet, append_to, octets, &why)) {
        set_undrawn(why, error);
        drawn = false;
    }
    letter_sheet_free(sheet);
    letter_press_free(press);
    *size = octets->len;
    return (char *)g_byte_array_free(octets, !drawn);
}

bool letter_probe(const char *locale, GError **error)
{
    LetterPress *press = letter_press_new(GATEWAY_PAPER_A4);
    const LetterWords *words = letter_words(locale);
    LetterSheet *sheet = letter_sheet_new(press, words, (LetterColumn){.left = 20, .width = 100, .bottom = 200});
    const LetterStyle style = {.size = 10};
    bool done;

    letter_sheet_flow(sheet, &style, NULL, words->number);
    letter_sheet_flow(sheet, &style, NULL, words->page);
    done = check_sheet(sheet, error);
    letter_sheet_free(sheet);
    letter_press_free(press);
    return done;
}
