#include "track/bounce_pattern.h"

#include <string.h>

#include <glib.h>

#include "track/bounce_pattern_rows.h"
#include "track/bounce_script.h"

#define PREPARED_MOST 8192

static const struct {
    const char *expression, *replacement;
} cleaning[] = {
    {"https?://[^\\s<>\"]+", "url"},
    {"(?:[^\\s<>\"(),:;@\\[\\]" BOUNCE_CJK BOUNCE_PUNCTUATION "]{1,80}|[" BOUNCE_CJK
     "]{1,80})@(?:[^\\s<>\"(),;@:" BOUNCE_CJK BOUNCE_PUNCTUATION "]{1,255}|[" BOUNCE_CJK
     "]{1,80}(?:[.][^\\s<>\"(),;@:" BOUNCE_PUNCTUATION "]{1,80})?)",
     "addr@"},
    {"\"[^\"\\n]{1,80}\"@[^\\s<>\"(),;@:]{1,255}", "addr@"},
    {"(?<=\\s)[45]\\d\\d-(?:#?[45]\\.\\d{1,3}\\.\\d{1,3} ?)?", " "}, /* the joints of a reply of several lines */
    {"\\s+", " "},
};

typedef struct Compiled {
    GRegex *cleaning[G_N_ELEMENTS(cleaning)];
    GRegex **rows;
} Compiled;

static const Compiled *compiled(void)
{
    static Compiled all;
    static gsize once;

    if (g_once_init_enter(&once)) {
        size_t count = bounce_pattern_rows_count;

        for (size_t i = 0; i < G_N_ELEMENTS(cleaning); i++)
            all.cleaning[i] = g_regex_new(cleaning[i].expression, G_REGEX_OPTIMIZE, 0, NULL);
        all.rows = g_new0(GRegex *, count);
        for (size_t i = 0; i < count; i++)
            all.rows[i] = g_regex_new(bounce_pattern_rows[i].expression, G_REGEX_OPTIMIZE, 0, NULL);
        g_once_init_leave(&once, 1);
    }
    return &all;
}

const BouncePattern *bounce_pattern_at(size_t index)
{
    return index < bounce_pattern_rows_count ? &bounce_pattern_rows[index] : NULL;
}

char *bounce_pattern_prepare(const char *text)
{
    g_autofree char *start = g_strndup(text, PREPARED_MOST);
    g_autofree char *valid = g_utf8_make_valid(start, -1);
    char *prepared = g_utf8_strdown(valid, -1);

    for (size_t i = 0; i < G_N_ELEMENTS(cleaning); i++) {
        char *next =
            g_regex_replace_literal(compiled()->cleaning[i], prepared, -1, 0, cleaning[i].replacement, 0, NULL);

        if (!next)
            continue; /* the engine gave up on it: without this step */
        g_free(prepared);
        prepared = next;
    }
    return prepared;
}

const BouncePattern *bounce_pattern_find(const char *prepared, BounceWeight weight)
{
    for (size_t i = 0; i < bounce_pattern_rows_count; i++)
        if (bounce_pattern_rows[i].weight == weight && g_regex_match(compiled()->rows[i], prepared, 0, NULL))
            return &bounce_pattern_rows[i];
    return NULL;
}
