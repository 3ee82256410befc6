#include "cli/rehearsal.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/id.h"

static char *samples_folder(const Workspace *workspace)
{
    return g_build_filename(workspace->folder, "samples", NULL);
}

static bool is_sample(const char *name)
{
    size_t digits = strspn(name, "0123456789");

    return digits >= 6 && strcmp(name + digits, ".eml") == 0;
}

static bool is_state(const char *name)
{
    static const char *const ledger[] = {"ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.db.new", NULL};

    return g_strv_contains(ledger, name) ||
           (g_str_has_prefix(name, "slots-") && strlen(name) == strlen("slots-") + ID_RUN_LENGTH);
}

/* Removes the files of `folder` that are ours by their names. */
static void remove_files(const char *folder, bool (*is_ours)(const char *name))
{
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (is_ours(name))
            unlink(path);
    }
}

void rehearsal_forget(const Workspace *workspace)
{
    g_autofree char *samples = samples_folder(workspace);

    remove_files(samples, is_sample);
    remove_files(workspace->folder, is_state);
}

static void replace(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

/* The same gateway, with everything that would lead outside replaced. */
static Gateway *lead_inside(const Gateway *gateway, int port, const char *certificate)
{
    Gateway *inside = gateway_copy(gateway);

    replace(&inside->host, "127.0.0.1");
    inside->port = port;
    inside->tls = GATEWAY_TLS_STARTTLS;
    replace(&inside->ca_file, certificate);
    replace(&inside->user, NULL);
    replace(&inside->password, NULL);
    return inside;
}

static void free_gateway(gpointer data)
{
    gateway_free(data);
}

static bool write_certificate(const Rehearsal *rehearsal, const char *path, GError **error)
{
    const char *pem = smtp_sink_certificate(rehearsal->sink);

    return file_write(path, pem, strlen(pem), 0600, error);
}

Rehearsal *rehearsal_start(const Workspace *workspace, GError **error)
{
    g_autoptr(Rehearsal) rehearsal = g_new0(Rehearsal, 1);
    g_autofree char *certificate = g_build_filename(workspace->folder, "relay.pem", NULL);
    const GPtrArray *entries = material_playbook(workspace->material)->gateways;

    rehearsal->samples = samples_folder(workspace);
    if (!file_make_folder(rehearsal->samples, 0700, error))
        return NULL;
    rehearsal->sink = smtp_sink_start(&(SmtpSinkOptions){.starttls = true,
                                                         .keep_folder = rehearsal->samples,
                                                         .keep_most = REHEARSAL_SAMPLES},
                                      error);
    if (!rehearsal->sink || !write_certificate(rehearsal, certificate, error))
        return NULL;
    rehearsal->gateways = g_ptr_array_new_with_free_func(free_gateway);
    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);

        g_ptr_array_add(rehearsal->gateways, lead_inside(material_gateway(workspace->material, entry->channel),
                                                         smtp_sink_port(rehearsal->sink), certificate));
    }
    return g_steal_pointer(&rehearsal);
}

char *rehearsal_sample(const Workspace *workspace)
{
    g_autofree char *folder = samples_folder(workspace);
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    g_autofree char *first = NULL;
    const char *name;

    while (entries && (name = g_dir_read_name(entries)) != NULL)
        if (g_str_has_suffix(name, ".eml") && (!first || strcmp(name, first) < 0)) {
            g_free(first);
            first = g_strdup(name);
        }
    return first ? g_build_filename(folder, first, NULL) : NULL;
}

void rehearsal_stop(Rehearsal *rehearsal)
{
    if (!rehearsal)
        return;
    smtp_sink_stop(rehearsal->sink);
    g_clear_pointer(&rehearsal->gateways, g_ptr_array_unref);
    g_free(rehearsal->samples);
    g_free(rehearsal);
}
