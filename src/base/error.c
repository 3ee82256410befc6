#include "base/error.h"

#include <stdarg.h>

#include "base/diagnostic.h"
#include "base/language.h"

GQuark error_quark(void)
{
    return g_quark_from_static_string("breach-error");
}

void error_set(GError **error, BreachError code, const char *id, const char *format, ...)
{
    const Diagnostic *diagnostic = id ? diagnostic_of(id) : NULL;
    g_autofree char *text = NULL;
    va_list arguments;

    if (!error)
        return;
    va_start(arguments, format);
    text = g_strdup_vprintf(language_text(format), arguments);
    va_end(arguments);
    if (diagnostic)
        g_set_error(error, BREACH_ERROR, (int)code, "%s [%s]", text, diagnostic->code);
    else
        g_set_error_literal(error, BREACH_ERROR, (int)code, text);
}
