#include "drill/scenario_words.h"

#include <string.h>

#include "base/language.h"
#include "model/regime.h"

static void add_word(json_t *words, const char *locale, const char *key, const char *word)
{
    json_t *map = json_object_get(words, locale);

    if (strcmp(word, key) == 0)
        return;
    if (!map) {
        map = json_object();
        json_object_set_new(words, locale, map);
    }
    json_object_set_new(map, key, json_string(word));
}

/* What `text` is in every language where it is not `key`. */
static void add_text(json_t *words, const char *key, const LocaleText *text)
{
    g_autofree const char **locales = text ? locale_text_locales(text) : NULL;

    if (text && locale_text_is_plain(text))
        add_word(words, "en", key, locale_text_get(text, "en"));
    for (size_t i = 0; locales && locales[i]; i++)
        add_word(words, locales[i], key, locale_text_get(text, locales[i]));
}

static void add_said(json_t *words, const LocaleText *text)
{
    add_text(words, regime_text(text, "en"), text);
}

/* Decisions are not nested deep. */
static void add_steps(json_t *words, const GPtrArray *steps)
{
    for (guint i = 0; i < steps->len; i++) {
        const ScenarioStep *step = g_ptr_array_index(steps, i);

        add_said(words, step->says);
        for (guint j = 0; j < step->choices->len; j++) {
            const ScenarioChoice *choice = g_ptr_array_index(step->choices, j);

            add_said(words, choice->says);
            add_steps(words, choice->steps);
        }
    }
}

json_t *scenario_words(const Scenario *scenario)
{
    json_t *words = json_object();

    add_said(words, scenario->title);
    add_said(words, scenario->story);
    for (guint i = 0; i < scenario->roles->len; i++) {
        const RegimeName *role = g_ptr_array_index(scenario->roles, i);

        add_text(words, role->id, role->text);
    }
    add_steps(words, scenario->steps);
    return words;
}

const char *scenario_word(const json_t *words, const char *text)
{
    g_auto(GStrv) chain = locale_chain(language_name());
    const char *word = NULL;

    if (!text)
        return NULL;
    for (char **locale = chain; *locale && !word; locale++)
        word = json_string_value(json_object_get(json_object_get(words, *locale), text));
    if (!word)
        word = json_string_value(json_object_get(json_object_get(words, "en"), text));
    return word ? word : text;
}
