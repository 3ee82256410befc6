#include "channel/letter_glyph.h"

#include <stdbool.h>

#include <hb.h>

struct LetterGlyphs {
    GHashTable *fonts; /* PangoFont *, owned -> cairo_font_face_t *, owned, or NULL: left to Pango */
};

/* The face whose outlines a drawn one is made of. */
static const cairo_user_data_key_t source_key;

static void destroy_face(gpointer face)
{
    if (face)
        cairo_font_face_destroy(face);
}

LetterGlyphs *letter_glyphs_new(void)
{
    LetterGlyphs *glyphs = g_new0(LetterGlyphs, 1);

    glyphs->fonts = g_hash_table_new_full(g_direct_hash, g_direct_equal, g_object_unref, destroy_face);
    return glyphs;
}

void letter_glyphs_free(LetterGlyphs *glyphs)
{
    if (!glyphs)
        return;
    g_hash_table_unref(glyphs->fonts);
    g_free(glyphs);
}

/* Faces ----------------------------------------------------------------------------------------------------------- */

static cairo_status_t render_glyph(cairo_scaled_font_t *font, unsigned long glyph, cairo_t *cairo,
                                   cairo_text_extents_t *extents)
{
    cairo_font_face_t *face = cairo_font_face_get_user_data(cairo_scaled_font_get_font_face(font), &source_key);
    const cairo_glyph_t place = {.index = glyph};

    cairo_set_font_face(cairo, face);
    cairo_set_font_size(cairo, 1); /* glyph space is one em */
    cairo_glyph_extents(cairo, &place, 1, extents);
    cairo_glyph_path(cairo, &place, 1);
    cairo_fill(cairo);
    return CAIRO_STATUS_SUCCESS;
}

static bool has_cff(PangoFont *font)
{
    hb_face_t *face = hb_font_get_face(pango_font_get_hb_font(font));
    hb_blob_t *table = hb_face_reference_table(face, HB_TAG('C', 'F', 'F', ' '));
    bool is_there = hb_blob_get_length(table) > 0;

    hb_blob_destroy(table);
    return is_there;
}

static cairo_font_face_t *drawn_face(PangoFont *font)
{
    cairo_scaled_font_t *scaled = pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font));
    cairo_font_face_t *face;

    if (!scaled || !has_cff(font))
        return NULL;
    face = cairo_user_font_face_create();
    cairo_user_font_face_set_render_glyph_func(face, render_glyph);
    cairo_font_face_set_user_data(face, &source_key, cairo_font_face_reference(cairo_scaled_font_get_font_face(scaled)),
                                  destroy_face);
    return face;
}

static cairo_font_face_t *face_of(LetterGlyphs *glyphs, PangoFont *font)
{
    gpointer face = NULL;

    if (!g_hash_table_lookup_extended(glyphs->fonts, font, NULL, &face)) {
        face = drawn_face(font);
        g_hash_table_insert(glyphs->fonts, g_object_ref(font), face);
    }
    return face;
}

/* Runs ------------------------------------------------------------------------------------------------------------ */

static int count_drawn(const PangoGlyphString *string, int start, int end)
{
    int drawn = 0;

    for (int i = start; i < end; i++)
        drawn += string->glyphs[i].glyph != PANGO_GLYPH_EMPTY;
    return drawn;
}

/* Which glyphs stand for which bytes of the text, so that they can be extracted. What is not drawn (line feeds,
 * joiners) is bytes without a glyph: without any mapping, glyphs that are new in the run could not be extracted
 * anywhere. */
static GArray *clusters_of(PangoLayoutRun *run, const char *text)
{
    GArray *clusters = g_array_new(FALSE, FALSE, sizeof(cairo_text_cluster_t));
    PangoGlyphItemIter at;
    bool is_more = pango_glyph_item_iter_init_start(&at, run, text);

    while (is_more) {
        const cairo_text_cluster_t cluster = {.num_bytes = at.end_index - at.start_index,
                                              .num_glyphs = count_drawn(run->glyphs, at.start_glyph, at.end_glyph)};

        g_array_append_val(clusters, cluster);
        is_more = pango_glyph_item_iter_next_cluster(&at);
    }
    return clusters;
}

static GArray *glyphs_of(const PangoGlyphString *string, double x, double y)
{
    GArray *glyphs = g_array_new(FALSE, FALSE, sizeof(cairo_glyph_t));

    for (int i = 0; i < string->num_glyphs; i++) {
        const PangoGlyphInfo *info = &string->glyphs[i];
        const cairo_glyph_t glyph = {.index = info->glyph == PANGO_GLYPH_EMPTY ? 0 : info->glyph,
                                     .x = x + (double)info->geometry.x_offset / PANGO_SCALE,
                                     .y = y + (double)info->geometry.y_offset / PANGO_SCALE};

        if (info->glyph != PANGO_GLYPH_EMPTY)
            g_array_append_val(glyphs, glyph);
        x += (double)info->geometry.width / PANGO_SCALE;
    }
    return glyphs;
}

static void draw_run(cairo_t *cairo, cairo_font_face_t *face, double x, double y, PangoLayoutRun *run, const char *text)
{
    g_autoptr(GArray) glyphs = glyphs_of(run->glyphs, x, y);
    g_autoptr(GArray) clusters = clusters_of(run, text);
    cairo_matrix_t matrix;

    cairo_scaled_font_get_font_matrix(pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(run->item->analysis.font)),
                                      &matrix);
    cairo_set_font_face(cairo, face);
    cairo_set_font_matrix(cairo, &matrix);
    cairo_show_text_glyphs(cairo, text + run->item->offset, run->item->length,
                           (const cairo_glyph_t *)(void *)glyphs->data, (int)glyphs->len,
                           (const cairo_text_cluster_t *)(void *)clusters->data, (int)clusters->len, 0);
}

void letter_glyphs_draw(LetterGlyphs *glyphs, cairo_t *cairo, double x, double y, PangoLayoutLine *line)
{
    const char *text = pango_layout_get_text(line->layout);

    for (GSList *at = line->runs; at; at = at->next) {
        PangoLayoutRun *run = at->data;
        bool is_backward = run->item->analysis.level % 2 == 1;
        cairo_font_face_t *face = is_backward ? NULL : face_of(glyphs, run->item->analysis.font);

        if (face) {
            draw_run(cairo, face, x, y, run, text);
        } else {
            cairo_move_to(cairo, x, y);
            pango_cairo_show_glyph_item(cairo, text, run);
        }
        x += (double)pango_glyph_string_get_width(run->glyphs) / PANGO_SCALE;
    }
}
