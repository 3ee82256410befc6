#include "channel/letter_sheet.h"

#include <string.h>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "channel/letter_glyph.h"

#define POINTS_PER_MM (72.0 / 25.4)
#define LINE_SPACING  1.25F
#define SMALLEST      5.0 /* points: smaller than that nobody can read it */
#define SHRINK        0.93
#define RULE_WIDTH    0.4  /* points */
#define MARKER_WIDTH  6.0  /* mm */
#define SEALED        46.0 /* mm: what a seal with its lines takes */
#define EPSILON       0.01

struct LetterPress {
    PangoFontMap *fonts;
    PangoContext *context;
    LetterGlyphs *glyphs;
    double width, height; /* points */
};

/* A line of a layout, or a rule where `line` is NULL. */
typedef struct Mark {
    int page;
    double x, y; /* points; of the line's start on its base line */
    double width;
    PangoLayoutLine *line; /* owned */
} Mark;

struct LetterSheet {
    LetterPress *press; /* borrowed */
    const LetterWords *words;
    LetterColumn column; /* points */
    double y;            /* points; where the next block begins */
    bool is_fresh;       /* nothing stands on this page of the column yet */
    int page;
    int pages;
    GPtrArray *layouts; /* of PangoLayout *, owned: the lines need theirs */
    GArray *marks;      /* of Mark */
    GString *missing;
    bool is_spoilt;
};

struct LetterPdf {
    LetterPress *press; /* borrowed */
    cairo_surface_t *surface;
    cairo_t *cairo;
    LetterWrite *write;
    void *user;
    int pages;
};

/* The press ------------------------------------------------------------------------------------------------------- */

LetterPress *letter_press_new(GatewayPaper paper)
{
    LetterPress *press = g_new0(LetterPress, 1);
    cairo_font_options_t *options = cairo_font_options_create();

    /* Paper has no pixels: nothing is moved to fit them. */
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    press->glyphs = letter_glyphs_new();
    press->fonts = pango_cairo_font_map_new();
    press->context = pango_font_map_create_context(press->fonts);
    pango_cairo_context_set_resolution(press->context, 72);
    pango_cairo_context_set_font_options(press->context, options);
    pango_context_set_round_glyph_positions(press->context, FALSE);
    cairo_font_options_destroy(options);
    press->width = paper == GATEWAY_PAPER_LETTER ? 612 : 210 * POINTS_PER_MM;
    press->height = paper == GATEWAY_PAPER_LETTER ? 792 : 297 * POINTS_PER_MM;
    return press;
}

void letter_press_free(LetterPress *press)
{
    if (!press)
        return;
    letter_glyphs_free(press->glyphs);
    g_object_unref(press->context);
    g_object_unref(press->fonts);
    g_free(press);
}

void letter_press_size(const LetterPress *press, double *width, double *height)
{
    *width = press->width / POINTS_PER_MM;
    *height = press->height / POINTS_PER_MM;
}

/* Sheets ---------------------------------------------------------------------------------------------------------- */

static void clear_mark(gpointer data)
{
    Mark *mark = data;

    if (mark->line)
        pango_layout_line_unref(mark->line);
}

LetterSheet *letter_sheet_new(LetterPress *press, const LetterWords *words, LetterColumn column)
{
    LetterSheet *sheet = g_new0(LetterSheet, 1);

    sheet->press = press;
    sheet->words = words;
    sheet->column =
        (LetterColumn){column.left * POINTS_PER_MM, column.width * POINTS_PER_MM, column.first * POINTS_PER_MM,
                       column.top * POINTS_PER_MM, column.bottom * POINTS_PER_MM};
    sheet->y = sheet->column.first;
    sheet->is_fresh = true;
    sheet->pages = 1;
    sheet->layouts = g_ptr_array_new_with_free_func(g_object_unref);
    sheet->marks = g_array_new(FALSE, FALSE, sizeof(Mark));
    g_array_set_clear_func(sheet->marks, clear_mark);
    sheet->missing = g_string_new(NULL);
    return sheet;
}

void letter_sheet_free(LetterSheet *sheet)
{
    if (!sheet)
        return;
    g_array_unref(sheet->marks);
    g_ptr_array_unref(sheet->layouts);
    g_string_free(sheet->missing, TRUE);
    g_free(sheet);
}

static void set_font(const LetterSheet *sheet, PangoLayout *layout, const LetterStyle *style, double size)
{
    PangoFontDescription *font = pango_font_description_new();

    pango_font_description_set_family_static(font, sheet->words->families);
    pango_font_description_set_size(font, (int)(size * PANGO_SCALE));
    pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
}

static void note_missing(LetterSheet *sheet, const PangoLayoutLine *line)
{
    for (GSList *run = line->runs; run; run = run->next) {
        const PangoGlyphString *glyphs = ((const PangoLayoutRun *)run->data)->glyphs;

        for (int i = 0; i < glyphs->num_glyphs; i++) {
            gunichar character = glyphs->glyphs[i].glyph & ~PANGO_GLYPH_UNKNOWN_FLAG;
            char text[7] = "";

            if (!(glyphs->glyphs[i].glyph & PANGO_GLYPH_UNKNOWN_FLAG) || !g_unichar_validate(character))
                continue;
            text[g_unichar_to_utf8(character, text)] = '\0';
            if (!strstr(sheet->missing->str, text))
                g_string_append(sheet->missing, text);
        }
    }
}

/* The sheet keeps the layout, whose lines it draws. `width` is in points. */
static PangoLayout *lay_out(LetterSheet *sheet, const LetterStyle *style, double size, double width, const char *text)
{
    static const PangoAlignment alignments[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};
    PangoLayout *layout;

    pango_context_set_language(sheet->press->context, sheet->words->language
                                                          ? pango_language_from_string(sheet->words->language)
                                                          : pango_language_get_default());
    layout = pango_layout_new(sheet->press->context);
    set_font(sheet, layout, style, size);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, alignments[style->align]);
    pango_layout_set_line_spacing(layout, LINE_SPACING);
    pango_layout_set_text(layout, text, -1);
    g_ptr_array_add(sheet->layouts, layout);
    return layout;
}

static double height_of(PangoLayout *layout)
{
    int height;

    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

static void add_mark(LetterSheet *sheet, int page, double x, double y, PangoLayoutLine *line)
{
    const Mark mark = {.page = page, .x = x, .y = y, .line = pango_layout_line_ref(line)};

    g_array_append_val(sheet->marks, mark);
    note_missing(sheet, line);
}

static double end_of_column(const LetterSheet *sheet)
{
    return sheet->column.bottom;
}

int letter_sheet_break(LetterSheet *sheet)
{
    sheet->page++;
    sheet->pages = MAX(sheet->pages, sheet->page + 1);
    sheet->y = sheet->column.top;
    sheet->is_fresh = true;
    return sheet->page;
}

int letter_sheet_pages(const LetterSheet *sheet)
{
    return sheet->pages;
}

/* A line after the other, each on the page on which it fits. Returns where the first one stands. */
static void flow_lines(LetterSheet *sheet, PangoLayout *layout, double x, const char *marker, const LetterStyle *style)
{
    PangoLayoutIter *at = pango_layout_get_iter(layout);
    bool is_first = true;

    do {
        PangoRectangle extents;
        double height, base;

        pango_layout_iter_get_line_extents(at, NULL, &extents);
        height = (double)extents.height / PANGO_SCALE;
        base = (double)(pango_layout_iter_get_baseline(at) - extents.y) / PANGO_SCALE;
        if (sheet->y + height > end_of_column(sheet) + EPSILON && !sheet->is_fresh)
            letter_sheet_break(sheet);
        add_mark(sheet, sheet->page, x + (double)extents.x / PANGO_SCALE, sheet->y + base,
                 pango_layout_iter_get_line_readonly(at));
        if (is_first && marker) {
            PangoLayout *hanging = lay_out(sheet, style, style->size, MARKER_WIDTH * POINTS_PER_MM, marker);

            add_mark(sheet, sheet->page, x - MARKER_WIDTH * POINTS_PER_MM, sheet->y + base,
                     pango_layout_get_line_readonly(hanging, 0));
        }
        is_first = false;
        sheet->is_fresh = false;
        sheet->y += height;
    } while (pango_layout_iter_next_line(at));
    pango_layout_iter_free(at);
}

void letter_sheet_flow(LetterSheet *sheet, const LetterStyle *style, const char *marker, const char *text)
{
    double indent = style->indent * POINTS_PER_MM;
    PangoLayout *layout = lay_out(sheet, style, style->size, sheet->column.width - indent, text);

    if (!sheet->is_fresh)
        sheet->y += style->before * POINTS_PER_MM;
    if (style->needs > 0 && !sheet->is_fresh &&
        sheet->y + height_of(layout) + style->needs * POINTS_PER_MM > end_of_column(sheet))
        letter_sheet_break(sheet);
    flow_lines(sheet, layout, sheet->column.left + indent, marker, style);
}

void letter_sheet_gap(LetterSheet *sheet, double height)
{
    sheet->y += height * POINTS_PER_MM;
}

void letter_sheet_blocks(LetterSheet *sheet, const GPtrArray *blocks)
{
    static const LetterStyle styles[] = {
        [LETTER_PARAGRAPH] = {.size = 10, .before = 2.4},
        [LETTER_HEADING] = {.size = 10.5, .bold = true, .before = 4, .needs = 12},
        [LETTER_ITEM] = {.size = 10, .indent = MARKER_WIDTH, .before = 1.6},
        [LETTER_SEAL] = {.size = 10, .align = LETTER_END, .before = 14, .needs = 16}, /* a seal is 42 mm across */
    };

    for (guint i = 0; i < blocks->len; i++) {
        const LetterBlock *block = g_ptr_array_index(blocks, i);
        LetterStyle style = styles[block->kind];

        if (block->is_near && block->kind == LETTER_ITEM)
            style.before = 0.8;
        /* A sheet with nothing but a seal on it could belong to anything. */
        if (i + 1 < blocks->len && ((const LetterBlock *)g_ptr_array_index(blocks, i + 1))->kind == LETTER_SEAL)
            style.needs = SEALED;
        letter_sheet_flow(sheet, &style, block->marker, block->text);
        if (block->kind == LETTER_SEAL)
            letter_sheet_gap(sheet, style.needs);
    }
}

double letter_sheet_place(LetterSheet *sheet, const LetterPlace *place, const LetterStyle *style, const char *text)
{
    double size = style->size;
    double width = place->width * POINTS_PER_MM;
    PangoLayout *layout = lay_out(sheet, style, size, width, text);
    PangoLayoutIter *at;
    double top;

    /* What is placed stays at its edge, whatever script a name in it has. */
    pango_layout_set_auto_dir(layout, FALSE);
    while (place->height > 0 && height_of(layout) > place->height * POINTS_PER_MM && size > SMALLEST) {
        size *= SHRINK;
        set_font(sheet, layout, style, size);
    }
    if (place->whole && height_of(layout) > place->height * POINTS_PER_MM)
        sheet->is_spoilt = true;
    top = place->y * POINTS_PER_MM - (place->up ? height_of(layout) : 0);
    at = pango_layout_get_iter(layout);
    do {
        PangoRectangle extents;

        pango_layout_iter_get_line_extents(at, NULL, &extents);
        add_mark(sheet, place->page, place->x * POINTS_PER_MM + (double)extents.x / PANGO_SCALE,
                 top + (double)pango_layout_iter_get_baseline(at) / PANGO_SCALE,
                 pango_layout_iter_get_line_readonly(at));
    } while (pango_layout_iter_next_line(at));
    pango_layout_iter_free(at);
    sheet->pages = MAX(sheet->pages, place->page + 1);
    return height_of(layout) / POINTS_PER_MM;
}

void letter_sheet_rule(LetterSheet *sheet, int page, double x, double y, double width)
{
    const Mark mark = {
        .page = page, .x = x * POINTS_PER_MM, .y = y * POINTS_PER_MM, .width = width * POINTS_PER_MM, .line = NULL};

    g_array_append_val(sheet->marks, mark);
}

const char *letter_sheet_missing(const LetterSheet *sheet)
{
    return sheet->missing->str;
}

bool letter_sheet_is_spoilt(const LetterSheet *sheet)
{
    return sheet->is_spoilt;
}

/* Files ----------------------------------------------------------------------------------------------------------- */

static cairo_status_t write_piece(void *user, const unsigned char *data, unsigned size)
{
    LetterPdf *pdf = user;

    return pdf->write(pdf->user, data, size) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

LetterPdf *letter_pdf_new(LetterPress *press, const char *date, LetterWrite *write, void *user)
{
    LetterPdf *pdf = g_new0(LetterPdf, 1);

    pdf->press = press;
    pdf->write = write;
    pdf->user = user;
    pdf->surface = cairo_pdf_surface_create_for_stream(write_piece, pdf, press->width, press->height);
    /* The clock must not make two files of one letter differ. */
    cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATE_DATE, date ? date : "2000-01-01T00:00:00Z");
    cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATOR, "breach");
    pdf->cairo = cairo_create(pdf->surface);
    return pdf;
}

static void draw_mark(const LetterPdf *pdf, const Mark *mark)
{
    cairo_t *cairo = pdf->cairo;

    if (mark->line) {
        letter_glyphs_draw(pdf->press->glyphs, cairo, mark->x, mark->y, mark->line);
        return;
    }
    cairo_set_line_width(cairo, RULE_WIDTH);
    cairo_move_to(cairo, mark->x, mark->y);
    cairo_rel_line_to(cairo, mark->width, 0);
    cairo_stroke(cairo);
}

void letter_pdf_draw(LetterPdf *pdf, const LetterSheet *sheet)
{
    for (int page = 0; page < sheet->pages; page++) {
        for (guint i = 0; i < sheet->marks->len; i++) {
            const Mark *mark = &g_array_index(sheet->marks, Mark, i);

            if (mark->page == page)
                draw_mark(pdf, mark);
        }
        letter_pdf_blank(pdf);
    }
}

void letter_pdf_blank(LetterPdf *pdf)
{
    cairo_show_page(pdf->cairo);
    pdf->pages++;
}

int letter_pdf_pages(const LetterPdf *pdf)
{
    return pdf->pages;
}

bool letter_pdf_free(LetterPdf *pdf, const char **why)
{
    cairo_status_t status = cairo_status(pdf->cairo);

    cairo_destroy(pdf->cairo);
    cairo_surface_finish(pdf->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(pdf->surface);
    cairo_surface_destroy(pdf->surface);
    g_free(pdf);
    *why = cairo_status_to_string(status);
    return status == CAIRO_STATUS_SUCCESS;
}
