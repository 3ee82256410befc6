#include <string.h>

#include "base/language.h"
#include "dispatch/promise_private.h"

/* Contents ------------------------------------------------------------------------------------------------------- */

/* The first requirement of this promise that some text does not meet; NULL: all do. */
static const CoverageRow *unmet(const PromiseCase *judged)
{
    const CoverageResult *coverage = judged->request->coverage;

    for (guint i = 0; coverage && i < coverage->rows->len; i++) {
        const CoverageRow *row = g_ptr_array_index(coverage->rows, i);

        if (strcmp(row->requirement->source, judged->policy->id) == 0 &&
            strcmp(row->requirement->field, judged->promise->id) == 0)
            return row;
    }
    return NULL;
}

static char *places_of(const CoverageRow *row)
{
    const CoveragePlace *place = g_ptr_array_index(row->places, 0);
    const char *audience = place->audience ? place->audience : "public";

    if (row->places->len == 1)
        return g_strdup_printf("%s %s %s", audience, place->channel, place->locale);
    return g_strdup_printf("%s %s %s (+%u)", audience, place->channel, place->locale, row->places->len - 1);
}

/* Whether the texts have what is promised; what they lack has been said already. */
static bool is_in_texts(const PromiseCase *judged)
{
    const CoverageRow *row = unmet(judged);
    g_autofree char *places = row ? places_of(row) : NULL;

    if (!judged->request->coverage || judged->request->coverage->texts == 0) {
        promise_say(judged, PROMISE_IDLE, N_("no text could be looked at yet"));
        return false;
    }
    if (!row)
        return true;
    promise_say(judged, PROMISE_BROKEN, N_("texts do not say it: %s"), places);
    judged->row->is_said = true;
    return false;
}

void promise_judge_content(const PromiseCase *judged)
{
    guint index = 0;

    if (!promise_audience(judged, &index))
        promise_say(judged, PROMISE_IDLE, N_("no audience is one to whom it was promised"));
    else if (is_in_texts(judged))
        promise_say(judged, PROMISE_KEPT, N_("said in every text"));
}

/* Languages ------------------------------------------------------------------------------------------------------ */

static bool speaks(const PromiseCase *judged, size_t audience, const char *language)
{
    const char *const *locales = material_locales(judged->request->material, audience);

    return locales && g_strv_contains(locales, language);
}

void promise_judge_languages(const PromiseCase *judged)
{
    const Fact *fact = playbook_fact(judged->playbook, "what_happened");
    g_autofree char *list = g_strjoinv(", ", judged->promise->list);
    const Audience *audience;
    guint index = 0;

    for (char **language = judged->promise->list; *language; language++)
        if (fact && fact->text && !locale_text_get(fact->text, *language)) {
            promise_say(judged, PROMISE_BROKEN, N_("facts.what_happened has no text in %s: write it"), *language);
            return;
        }
    if (!promise_audience(judged, &index)) {
        promise_say(judged, PROMISE_IDLE, N_("no audience is one to whom it was promised"));
        return;
    }
    index = 0;
    while ((audience = promise_audience(judged, &index)) != NULL)
        for (char **language = judged->promise->list; *language; language++)
            if (!speaks(judged, index - 1, *language)) {
                promise_say(judged, PROMISE_BROKEN, N_("audience %s: the template %s has no texts in %s: write them"),
                            audience->id, audience->template_name, *language);
                return;
            }
    promise_say(judged, PROMISE_KEPT, N_("every audience has texts in %s"), list);
}

/* Authorities that a notice names -------------------------------------------------------------------------------- */

static bool names_it(const CoveragePart *part, const char *word)
{
    g_autofree char *wanted = g_utf8_casefold(word, -1);

    for (char **line = part->lines; *line; line++) {
        g_autofree char *folded = g_utf8_casefold(*line, -1);

        if (strstr(folded, wanted))
            return true;
    }
    return false;
}

/* The first authority of which a part that says where to complain has no word; an authority that has none in the
 * language of the text is not looked for. */
static const char *missing_in(const PromiseCase *judged, const CoverageReading *reading, const char *locale)
{
    for (size_t i = 0; i < reading->count; i++)
        for (guint j = 0; j < judged->promise->authorities->len; j++) {
            const char *word = locale_text_get(g_ptr_array_index(judged->promise->authorities, j), locale);

            if (word && reading->parts[i].text.covered & coverage_bit("complaint") &&
                !names_it(&reading->parts[i], word))
                return word;
        }
    return NULL;
}

static const char *missing_of(const PromiseCase *judged, const MaterialText *version, RenderScratch *scratch)
{
    const Audience *audience = g_ptr_array_index(judged->playbook->audiences, version->audience);
    g_autoptr(RenderText) text = NULL;
    CoverageReading reading;
    const char *missing = NULL;

    if (!version->body || version->is_update || !promise_applies(judged->policy, judged->entry, audience))
        return NULL;
    text = render_text_new(version->body, NULL);
    if (text && coverage_read(text, scratch, "", NULL, &reading, NULL)) {
        missing = missing_in(judged, &reading, version->locale);
        coverage_reading_clear(&reading);
    }
    return missing;
}

/* Organisations are not told where to complain: promise_ask() does not ask it of their texts. */
static bool has_complainer(const PromiseCase *judged)
{
    const Audience *audience;
    guint index = 0;

    while ((audience = promise_audience(judged, &index)) != NULL)
        if (audience->capacity != CAPACITY_ORGANIZATION)
            return true;
    return false;
}

void promise_judge_complaint(const PromiseCase *judged)
{
    const GPtrArray *texts = material_texts(judged->request->material);
    g_autoptr(RenderScratch) scratch = render_scratch_new();

    if (!has_complainer(judged)) {
        promise_say(judged, PROMISE_IDLE, N_("no audience is one to whom it was promised"));
        return;
    }
    if (!is_in_texts(judged))
        return;
    for (guint i = 0; i < texts->len; i++) {
        const MaterialText *version = g_ptr_array_index(texts, i);
        const Audience *audience = g_ptr_array_index(judged->playbook->audiences, version->audience);
        const char *missing = missing_of(judged, version, scratch);

        if (missing) {
            promise_say(
                judged, PROMISE_BROKEN,
                N_("the %s in %s to audience %s does not name %s among those to whom one may complain: add it to "
                   "the template"),
                version->channel, version->locale, audience->id, missing);
            return;
        }
    }
    promise_say(judged, PROMISE_KEPT, N_("named in every text"));
}
