/* announce_page - the announcement as a static page: readable on a telephone, light and dark, without a script, without
 * anything from elsewhere. Pure; equal input gives equal bytes. Threads: safe. */
#ifndef BREACH_CHANNEL_ANNOUNCE_PAGE_H
#define BREACH_CHANNEL_ANNOUNCE_PAGE_H

#include <stdbool.h>

#include <glib.h>

#include "channel/announce.h"

/* announce_fragment: what stands inside <body> of a page; of a text without one, all of it. Newly allocated. */
char *announce_fragment(const char *html);

/* announce_page: the whole page of an item; its `page` is not looked at. With `links`, a line leads to the other
 * languages beside it. Newly allocated. */
char *announce_page(const AnnounceItem *item);

/* announce_page_start: the head of a page and its <body>, for a title in a language; announce_page_end: what closes it.
 */
void announce_page_start(GString *page, const char *locale, const char *title);
void announce_page_end(GString *page);

/* announce_escape: & < > " ' as HTML and XML want them, without control characters; newly allocated. */
char *announce_escape(const char *text);

#endif
