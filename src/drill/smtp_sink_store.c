#include "drill/smtp_sink_store.h"

#include <unistd.h>

static bool log_line(const SinkStore *store, const char *envid, const GPtrArray *recipients, int64_t size)
{
    g_autoptr(GString) line = g_string_new("accepted ");

    g_string_append(line, *envid ? envid : "-");
    for (guint i = 0; i < recipients->len; i++) {
        g_string_append_c(line, i == 0 ? ' ' : ',');
        sink_store_append_word(line, recipients->pdata[i], ","); /* a quoted local part may hold anything */
    }
    g_string_append_printf(line, " %" G_GINT64_FORMAT "\n", size);
    return sink_store_log(store, line);
}

bool smtp_sink_store_accept(SinkStore *store, const char *envid, const GPtrArray *recipients,
                            const SmtpSinkContent *content)
{
    g_autofree char *path = NULL;
    bool done = (!content->keep || sink_store_keep(store, content->copy->data, content->copy->len, &path)) &&
                log_line(store, envid, recipients, content->size);

    if (done)
        sink_store_count(store, 1);
    else if (path)
        unlink(path);
    return done;
}
