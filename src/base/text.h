/* text - small things about strings that GLib lacks. Pure; threads: safe. */
#ifndef BREACH_BASE_TEXT_H
#define BREACH_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

/* text_nearest: the candidate that `word` most likely meant (edit distance, a swap of two neighbours counted as one,
 * at most a third of its length, at least 1), else the only one that begins with it, or NULL. `candidates` ends with
 * NULL; the result is borrowed from it. For "did you mean". */
const char *text_nearest(const char *word, const char *const *candidates);

/* text_has_controls: whether any byte is a C0 control or DEL. CR, LF and NUL in a header or an envelope line would
 * let data become a command (RFC 5321 4.1.1, RFC 5322 2.2). */
bool text_has_controls(const char *text, size_t size);

/* text_is_one_line: whether UTF-8 has nothing that ends a line or steers a terminal: no C0 or C1 control, no DEL, and no
 * line or paragraph separator, which Unicode has besides. */
bool text_is_one_line(const char *text);

/* text_is_tame: whether a line of UTF-8 can stand in a terminal or on a page without moving the cursor, beginning a
 * line of its own or turning the letters around: no control of ISO 6429 (the C1 controls are two octets of UTF-8), and
 * no mark of the Unicode Bidirectional Algorithm (UAX 9) that embeds, overrides or isolates. text_tame: puts a question
 * mark in place of each octet of those. */
bool text_is_tame(const char *text);
void text_tame(char *text);

/* text_characters: how many Unicode characters valid UTF-8 of `size` bytes has. */
size_t text_characters(const char *text, size_t size);

/* text_canonical_json: sorted keys, no spaces, UTF-8; equal values give equal bytes. Newly allocated (g_free). */
char *text_canonical_json(const json_t *value);

/* text_append_json: appends `text` (valid UTF-8) as a JSON string with its quotes, escaped as jansson does it, so that
 * what is written by hand on a hot path equals text_canonical_json(). */
void text_append_json(GString *output, const char *text);

/* text_grouped: an integer with thousands separated by commas ("2,000,000"); newly allocated. */
char *text_grouped(int64_t number);

/* text_is_name: [a-z0-9][a-z0-9-]*, at most 64 characters: the names of templates, gateways, audiences, incidents. */
bool text_is_name(const char *text);

/* text_is_to_fill: whether the mark still stands in it that breach init leaves where a person has yet to write. *mark (may
 * be NULL) is that mark; static. */
bool text_is_to_fill(const char *text, const char **mark);

/* text_shell_word: a path as it can be pasted into a command: one with a space stays one word, and one that begins with
 * - is no option. Newly allocated. */
char *text_shell_word(const char *path);

/* text_order: for qsort() and g_ptr_array_sort() over char *: by their bytes, the same on every machine. */
int text_order(const void *left, const void *right);

/* text_columns: how wide a text is on a terminal; Chinese characters take two columns. text_padded: with spaces behind
 * it, so that the next column starts below that of other lines; newly allocated. */
int text_columns(const char *text);
char *text_padded(const char *text, int columns);

/* text_fitting: how many octets of a text fit into so many columns. text_cut: as much of it as fits, with "…" at the
 * end where something is left out; newly allocated. */
size_t text_fitting(const char *text, int columns);
char *text_cut(const char *text, int columns);

/* text_markdown: so that Markdown shows the text as it is, on one line, also in a cell of a table; newly allocated. */
char *text_markdown(const char *text);

/* text_find_tag: where `<name …>` begins in HTML, or `</name>` for "/name"; NULL when it is not there. text_behind_tag:
 * what stands behind the tag that begins at `tag`; an attribute's value may hold a ">". NULL: the tag never ends. */
const char *text_find_tag(const char *html, const char *name);
const char *text_behind_tag(const char *tag);

#endif
