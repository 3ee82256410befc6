/* language - what people read, in their language: gettext, with English as the source and the fallback.
 *
 * Data never depends on it: the ledger, --json, logs and exit codes are the same in every language.
 * Threads: language_choose() before any thread is started; the rest is safe. */
#ifndef BREACH_BASE_LANGUAGE_H
#define BREACH_BASE_LANGUAGE_H

#include <stdbool.h>
#include <stdint.h>

/* _(): a text in the chosen language. N_(): marks a text that is looked up later, where it stands in a table. */
#define _(english) language_text(english)
#define N_(english) (english)

/* language_choose: `asked` is a locale as --lang takes it ("zh-CN", "en"), or NULL: what LC_ALL, LC_MESSAGES or LANG say.
 * `catalogues` is the folder that holds LOCALE/LC_MESSAGES/breach.mo. False when `asked` is a language that breach does
 * not speak; without `asked` an unknown one is English. Works without that locale being generated on the machine. */
bool language_choose(const char *asked, const char *catalogues);

/* language_name: the chosen language as --lang takes it: "en" or "zh-CN"; "en" before anything was chosen. */
const char *language_name(void);

/* language_is_spoken: whether language_choose() would take it. */
bool language_is_spoken(const char *asked);

/* language_plural: language_text() of what fits the number. */
const char *language_plural(const char *one, const char *many, int64_t number) __attribute__((format_arg(1)))
    __attribute__((format_arg(2)));

/* language_phrase: a text that was made from one of `formats`, which know no other conversions than %s and %%, in
 * the chosen language: for reasons that stand in the ledger in English. A translation has the %s in the same order. `text`
 * itself where none fits. Newly allocated. language_phrase_each: `say` gives what stands for a %s, newly allocated. */
char *language_phrase(const char *text, const char *const *formats);
char *language_phrase_each(const char *text, const char *const *formats,
                           char *(*say)(const char *piece, const void *user), const void *user);

/* language_text: borrowed for as long as the program runs; `english` itself where there is no translation. "" is "". */
const char *language_text(const char *english) __attribute__((format_arg(1)));

#endif
