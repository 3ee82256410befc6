#include "base/diagnostic.h"

#include <stdbool.h>
#include <string.h>

#include <glib.h>

#include "base/diagnostic_private.h"

static const DiagnosticTable *const tables[] = {
    &diagnostic_input, &diagnostic_law,   &diagnostic_regime,   &diagnostic_reach,    &diagnostic_ladder,
    &diagnostic_send,  &diagnostic_ready, &diagnostic_provider, &diagnostic_http,     &diagnostic_serve,
    &diagnostic_sign,  &diagnostic_state, &diagnostic_decide,   &diagnostic_announce, &diagnostic_print,
    &diagnostic_track, &diagnostic_watch, &diagnostic_words,    &diagnostic_filing,   &diagnostic_case,
    &diagnostic_work,  &diagnostic_cover, &diagnostic_promise,  &diagnostic_drill,    &diagnostic_evidence,
    &diagnostic_report};

const Diagnostic *diagnostic_at(size_t index)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        if (index < tables[i]->count)
            return &tables[i]->rows[index];
        index -= tables[i]->count;
    }
    return NULL;
}

const Diagnostic *diagnostic_of(const char *id)
{
    const Diagnostic *row;

    for (size_t i = 0; (row = diagnostic_at(i)) != NULL; i++)
        if (strcmp(row->id, id) == 0)
            return row;
    return NULL;
}

/* Whether `typed` means the code: "people-4" is BR-PEOPLE-004. */
static bool is_code(const char *code, const char *typed)
{
    size_t area = strcspn(code, "-");

    if (g_ascii_strcasecmp(code, typed) == 0)
        return true;
    return g_ascii_strncasecmp(code, typed, area + 1) == 0 && typed[area + 1] &&
           strspn(typed + area + 1, "0123456789") == strlen(typed + area + 1) && strlen(typed + area + 1) <= 3 &&
           g_ascii_strtoull(code + area + 1, NULL, 10) == g_ascii_strtoull(typed + area + 1, NULL, 10);
}

const Diagnostic *diagnostic_find(const char *code)
{
    const size_t prefix = strlen(DIAGNOSTIC_PREFIX);
    const char *start = g_ascii_strncasecmp(code, DIAGNOSTIC_PREFIX, prefix) == 0 ? code + prefix : code;
    const Diagnostic *row;

    for (size_t i = 0; (row = diagnostic_at(i)) != NULL; i++)
        if (is_code(row->code + prefix, start) || g_ascii_strcasecmp(row->id, code) == 0)
            return row;
    return NULL;
}
