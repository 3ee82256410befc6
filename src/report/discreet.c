#include "report/discreet.h"

#include <string.h>

#include "base/diagnostic.h"
#include "base/language.h"
#include "base/redact.h"

#define NUMBER_DIGITS 7 /* of a telephone or an account; times, counts and codes have fewer in a row */
#define MASK          "***"

/* Runs of digits that could name somebody, which redact_text() leaves where no + stands before them. */
static char *mask_numbers(const char *text)
{
    GString *done = g_string_new(NULL);

    while (*text) {
        size_t digits = strspn(text, "0123456789");

        if (digits >= NUMBER_DIGITS)
            g_string_append(done, MASK);
        else
            g_string_append_len(done, text, (gssize)MAX(digits, 1));
        text += MAX(digits, 1);
    }
    return g_string_free(done, FALSE);
}

char *discreet_typed(const char *reason)
{
    g_autofree char *masked = redact_text(reason, NULL);

    return mask_numbers(masked);
}

/* Reasons of pauses that hold nothing but our own words and numbers, by their beginning. */
static bool is_ours(const char *reason)
{
    static const char *const beginnings[] = {
        "slowed down to ",
        "it takes messages and does not say",
        "it says that it is given too much",
        "it takes nothing in its quiet hours",
        "what it takes in a day (quota)",
        "first wave: ",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++)
        if (g_str_has_prefix(reason, beginnings[i]))
            return true;
    return false;
}

/* "… [BR-SMTP-003]": the row of that code, or NULL. */
static const Diagnostic *named(const char *reason)
{
    const char *begin = g_strrstr(reason, "[" DIAGNOSTIC_PREFIX);
    const char *end = begin ? strchr(begin, ']') : NULL;
    g_autofree char *code = end ? g_strndup(begin + 1, (gsize)(end - begin - 1)) : NULL;

    return code ? diagnostic_find(code) : NULL;
}

char *discreet_own(const char *reason)
{
    const Diagnostic *diagnostic = named(reason);

    if (is_ours(reason))
        return g_strdup(reason);
    if (diagnostic)
        return g_strdup_printf("%s [%s]", diagnostic->title, diagnostic->code);
    return g_strdup("breach status has its words");
}

static void replace(char **text, char *by)
{
    g_free(*text);
    *text = by;
}

void discreet_brakes(Brakes *brakes)
{
    for (guint i = 0; i < brakes->holds->len; i++) {
        Hold *hold = g_ptr_array_index(brakes->holds, i);

        replace(&hold->reason, is_ours(hold->reason) ? g_strdup(hold->reason) : discreet_typed(hold->reason));
        if (hold->scope == HOLD_PERSON) { /* whatever was typed is about them */
            replace(&hold->name, g_strdup("ID"));
            replace(&hold->reason, g_strdup(DISCREET_HIDDEN));
        }
    }
    for (guint i = 0; i < brakes->pauses->len; i++) {
        Pause *pause = g_ptr_array_index(brakes->pauses, i);

        replace(&pause->reason, discreet_own(pause->reason));
    }
}
