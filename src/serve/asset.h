/* asset - the files of the page, compiled into the program from src/serve/assets.
 *
 * Threads: safe. */
#ifndef BREACH_SERVE_ASSET_H
#define BREACH_SERVE_ASSET_H

#include <stddef.h>

typedef struct Asset {
    const char *name; /* "page.css" */
    const char *text; /* NUL-terminated */
} Asset;

/* The table that cmake/embed.cmake makes. */
extern const Asset asset_table[];
extern const size_t asset_count;

/* asset_text: NULL: there is none of that name. asset_type: its Content-Type, by the name. */
const char *asset_text(const char *name);
const char *asset_type(const char *name);

#endif
