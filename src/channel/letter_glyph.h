/* letter_glyph - draws a line of text so that every glyph is really in the file.
 *
 * cairo 1.16 leaves subroutines out when it makes a subset of a font with CFF outlines that is keyed by CID, as Noto
 * Sans CJK is: single characters (如, for one) are then missing on paper although the text can be extracted. Glyphs of
 * such fonts are therefore drawn from their outlines, as a Type 3 font that is made of them; its text can be extracted
 * all the same. Other fonts are left to Pango. Threads: a LetterGlyphs belongs to one. */
#ifndef BREACH_CHANNEL_LETTER_GLYPH_H
#define BREACH_CHANNEL_LETTER_GLYPH_H

#include <glib.h>
#include <pango/pangocairo.h>

typedef struct LetterGlyphs LetterGlyphs;

LetterGlyphs *letter_glyphs_new(void);
void letter_glyphs_free(LetterGlyphs *glyphs);

/* letter_glyphs_draw: the line with its base line beginning at x, y (points). The layout of the line must live. */
void letter_glyphs_draw(LetterGlyphs *glyphs, cairo_t *cairo, double x, double y, PangoLayoutLine *line);

#endif
