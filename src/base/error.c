#include "base/error.h"

#include <pthread.h>
#include <stdarg.h>

#include "base/diagnostic.h"
#include "base/language.h"

/* What an error of ours carries beside its message. */
typedef struct ErrorDomainPrivate {
    char *english; /* owned; NULL where the message is English itself */
} ErrorDomainPrivate;

static void error_domain_private_init(ErrorDomainPrivate *private)
{
    private->english = NULL;
}

static void error_domain_private_copy(const ErrorDomainPrivate *from, ErrorDomainPrivate *to)
{
    to->english = g_strdup(from->english);
}

static void error_domain_private_clear(ErrorDomainPrivate *private)
{
    g_free(private->english);
}

GQuark error_domain_quark(void); /* the macro's */
G_DEFINE_EXTENDED_ERROR(ErrorDomain, error_domain)

static void make_quark(void)
{
    error_domain_quark();
}

/* GLib publishes the quark in a way of its own; pthread_once() is one that the thread sanitizer sees as well. */
GQuark error_quark(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_quark);
    return error_domain_quark();
}

/* "prefix: text [code]" */
static char *compose(const char *id, const char *prefix, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

static char *compose(const char *id, const char *prefix, const char *format, va_list arguments)
{
    const Diagnostic *diagnostic = id ? diagnostic_of(id) : NULL;
    g_autofree char *text = g_strdup_vprintf(format, arguments);

    return g_strconcat(prefix ? prefix : "", prefix ? ": " : "", text, diagnostic ? " [" : "",
                       diagnostic ? diagnostic->code : "", diagnostic ? "]" : "", NULL);
}

void error_set_va(GError **error, BreachError code, const char *id, const char *prefix, const char *format,
                  va_list arguments)
{
    g_autofree char *text = NULL;
    va_list again;

    if (!error)
        return;
    va_copy(again, arguments);
    text = compose(id, prefix, language_text(format), arguments);
    g_set_error_literal(error, BREACH_ERROR, (int)code, text);
    if (language_text(format) != format)
        error_domain_get_private(*error)->english = compose(id, prefix, format, again);
    va_end(again);
}

void error_set(GError **error, BreachError code, const char *id, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    error_set_va(error, code, id, NULL, format, arguments);
    va_end(arguments);
}

GError *error_make(BreachError code, const char *id, const char *format, ...)
{
    GError *error = NULL;
    va_list arguments;

    va_start(arguments, format);
    error_set_va(&error, code, id, NULL, format, arguments);
    va_end(arguments);
    return error;
}

void error_prefix(GError **error, const char *format, ...)
{
    g_autofree char *prefix = NULL;
    va_list arguments, again;

    if (!error || !*error)
        return;
    va_start(arguments, format);
    va_copy(again, arguments);
    if ((*error)->domain == BREACH_ERROR) {
        ErrorDomainPrivate *private = error_domain_get_private(*error);
        g_autofree char *rest = private->english ? private->english : g_strdup((*error)->message);
        g_autofree char *english = g_strdup_vprintf(format, again);

        private->english = g_strconcat(english, rest, NULL);
    }
    prefix = g_strdup_vprintf(language_text(format), arguments);
    g_prefix_error_literal(error, prefix);
    va_end(again);
    va_end(arguments);
}

const char *error_english(const GError *error)
{
    const char *english = error->domain == BREACH_ERROR ? error_domain_get_private(error)->english : NULL;

    return english ? english : error->message;
}
