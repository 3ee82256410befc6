#include "channel/smtp_trace.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>

#include <glib.h>

#include "base/trace.h"

static atomic_int sessions;

void smtp_trace_begin(SmtpTrace *trace, const char *gateway)
{
    memset(trace, 0, sizeof *trace);
    if (!trace_is_on())
        return;
    g_snprintf(trace->who, sizeof trace->who, "%s/%d", gateway, atomic_fetch_add(&sessions, 1) + 1);
    trace_event(trace->who, NULL, "-- connected");
}

static void keep_address(SmtpTrace *trace, const char *line)
{
    const char *start = g_ascii_strncasecmp(line, "RCPT TO:<", 9) == 0 ? line + 9 : NULL;

    if (start)
        g_strlcpy(trace->address, start, MIN(sizeof trace->address, strcspn(start, ">") + 1));
}

static void show_command(SmtpTrace *trace, const char *line)
{
    const char *address;

    if (trace->is_auth) {
        trace_event(trace->who, NULL, "> (response left out)");
        return;
    }
    if (g_ascii_strncasecmp(line, "AUTH ", 5) == 0) {
        size_t mechanism = strcspn(line + 5, " ");

        trace->is_auth = true;
        trace_event(trace->who, NULL, "> AUTH %.*s%s", (int)mechanism, line + 5,
                    line[5 + mechanism] ? " (response left out)" : "");
        return;
    }
    keep_address(trace, line);
    address = *trace->address ? trace->address : NULL;
    trace_event(trace->who, address, "> %s", line);
}

static void show_reply(SmtpTrace *trace, const char *line)
{
    bool is_last = strlen(line) < 4 || line[3] != '-';

    if (trace->is_auth && line[0] == '3') {
        trace_event(trace->who, NULL, "< %.3s (challenge left out)", line);
        return;
    }
    if (trace->is_auth && (line[0] == '4' || line[0] == '5')) /* its words may repeat what we sent */
        trace_event(trace->who, NULL, "< %.3s (words left out)", line);
    else
        trace_event(trace->who, *trace->address ? trace->address : NULL, "< %s", line);
    trace->is_body = is_last && strncmp(line, "354", 3) == 0;
    trace->is_auth = trace->is_auth && !is_last;
}

static void each_line(SmtpTrace *trace, const char *bytes, size_t size, void (*show)(SmtpTrace *, const char *))
{
    g_autofree char *text = g_strndup(bytes, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line; line++) {
        g_strchomp(*line);
        if (**line)
            show(trace, *line);
    }
}

void smtp_trace_wrote(SmtpTrace *trace, const char *bytes, size_t size)
{
    if (*trace->who && !trace->is_body)
        each_line(trace, bytes, size, show_command);
}

void smtp_trace_read(SmtpTrace *trace, const char *bytes, size_t size)
{
    if (*trace->who)
        each_line(trace, bytes, size, show_reply);
}

void smtp_trace_note(const SmtpTrace *trace, const char *address, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    if (!*trace->who)
        return;
    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    trace_event(trace->who, address, "-- %s", text);
}
