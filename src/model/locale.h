/* locale - BCP 47 language tags as far as notices need them, fallback chains, and texts in several languages.
 *
 * A LocaleText is either one plain text for every locale or a map from locale to text. It owns its strings. Pure;
 * threads: reading is safe. */
#ifndef BREACH_MODEL_LOCALE_H
#define BREACH_MODEL_LOCALE_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "base/position.h"

#define LOCALE_MAX 35 /* RFC 5646 4.4.1 */

/* locale_normalize: "zh_cn", "ZH-hant-hk" -> "zh-CN", "zh-Hant-HK" (language lower, Script title, REGION upper case);
 * newly allocated; "zh_CN.UTF-8" -> "zh-CN"; a common language of three letters gets its two: "eng" -> "en". NULL when it is no language[-Script][-REGION] tag (2-3 letters, 4 letters, 2 letters or 3 digits). */
char *locale_normalize(const char *text);

/* locale_is_country: whether a normalized tag is what people write when they mean a country, as "cn" or "tw": no
 * language has it for its code, or one that is hardly meant (tw is Twi). */
bool locale_is_country(const char *locale);

/* locale_chain: the locales to try for `locale` (normalized), most specific first: zh-HK gives zh-HK, zh-Hant, zh-TW,
 * zh; zh-CN gives zh-CN, zh-Hans, zh; zh gives zh, zh-Hans, zh-CN; en-GB gives en-GB, en. The Chinese scripts follow
 * from the region (TW, HK, MO: Hant; CN, SG, MY: Hans), and a script finds the region that is written in it: zh-Hant
 * finds zh-TW, zh-Hans finds zh-CN. One script never falls through to the other. A region whose script is not known
 * (zh-US) goes on as zh does. Other languages lose one subtag at a time (RFC 4647 3.4); what is no tag is its own chain.
 * NULL-terminated; g_strfreev(). */
char **locale_chain(const char *locale);

/* locale_pick: the first of the chain of `wanted` (NULL or "" = unknown) that is in `available` (NULL-terminated), else
 * the first of the chain of `fallback` (may be NULL) that is, else NULL. Borrowed from `available`. */
const char *locale_pick(const char *wanted, const char *const *available, const char *fallback);

typedef struct LocaleText LocaleText;

/* locale_text_plain: one text for every locale. locale_text_map: an empty map. */
LocaleText *locale_text_plain(const char *text, Position at);
LocaleText *locale_text_map(Position at);

/* locale_text_add: adds a translation (`locale` normalized); false when that locale is there already. */
bool locale_text_add(LocaleText *text, const char *locale, const char *translation, Position at);

/* locale_text_get: the text for a notice in `locale`, along its chain; NULL when there is none. It never changes to
 * another language: half a notice in a language that its reader does not know is worse than an error. Borrowed. */
const char *locale_text_get(const LocaleText *text, const char *locale);

/* locale_text_at: where the text stands. locale_text_is_plain: whether it is one text for all. */
Position locale_text_at(const LocaleText *text);
bool locale_text_is_plain(const LocaleText *text);

/* locale_text_locales: the locales of a map, sorted, NULL-terminated, borrowed strings in a new array (g_free); empty
 * for a plain text. */
const char **locale_text_locales(const LocaleText *text);

void locale_text_free(LocaleText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LocaleText, locale_text_free)

#endif
