/* prose_private - what the files of model/prose share. */
#ifndef BREACH_MODEL_PROSE_PRIVATE_H
#define BREACH_MODEL_PROSE_PRIVATE_H

#include <glib.h>

#include "model/prose.h"

typedef enum ProseLanguage { PROSE_ENGLISH, PROSE_MAINLAND, PROSE_TAIWAN, PROSE_OTHER } ProseLanguage;

/* ProseReading: one check under way. */
typedef struct ProseReading {
    const ProseText *text;
    ProseLanguage language;
    ProseVisit *visit;
    void *user;
} ProseReading;

/* prose_language: by the locale; languages without rules of their own are PROSE_OTHER. prose_is_chinese: of one with.
 */
ProseLanguage prose_language(const char *locale);
bool prose_is_chinese(ProseLanguage language);

/* prose_say: reports one finding. */
void prose_say(const ProseReading *reading, ProseRule rule, const char *part, size_t line, const char *quote,
               const char *instead);

/* prose_is_simplified: whether the character of three bytes at `character` is one that Taiwan does not write. */
bool prose_is_simplified(const char *character);

/* prose_is_han: a Chinese character or its punctuation. */
bool prose_is_han(gunichar character);

/* prose_size: characters that are read (zh) or words (en). */
size_t prose_size(ProseLanguage language, const char *text);

/* prose_check_phrases: the tables of words. `part` as in a finding. */
void prose_check_phrases(const ProseReading *reading, const char *part, const char *visible);

/* prose_check_gaps: punctuation that an empty value left behind. Of what is rendered, never of a source: a tag is a gap.
 */
void prose_check_gaps(const ProseReading *reading, const char *part, const char *visible);

/* prose_check_sentences: lengths of sentences and paragraphs. prose_check_times: a time of day without its zone.
 * prose_check_status: "no sign of" without until when. prose_check_script: punctuation and characters of Chinese. */
void prose_check_sentences(const ProseReading *reading, const char *part, const char *visible);
void prose_check_times(const ProseReading *reading, const char *part, const char *visible);
void prose_check_status(const ProseReading *reading, const char *part, const char *visible);
void prose_check_script(const ProseReading *reading, const char *part, const char *visible);

/* prose_check_headings, prose_check_opening: of a notice with sections. */
void prose_check_headings(const ProseReading *reading, const char *visible);
void prose_check_opening(const ProseReading *reading, const char *visible);

/* prose_check_links: of the HTML part. */
void prose_check_links(const ProseReading *reading, const char *html);

#endif
