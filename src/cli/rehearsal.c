#include "cli/rehearsal.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/id.h"

#define TREE_DEPTH 4 /* of folders below samples/ */

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

/* What gateways left in their folders below `samples`, however deep; links are not followed. */
static void remove_tree(const char *folder, int depth)
{
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        struct stat about;

        if (lstat(path, &about) != 0)
            continue;
        if (!S_ISDIR(about.st_mode)) {
            if (depth > 0)
                unlink(path);
        } else if (depth < TREE_DEPTH) {
            remove_tree(path, depth + 1);
            rmdir(path);
        }
    }
}

void rehearsal_forget(const Workspace *workspace)
{
    g_autofree char *samples = samples_folder(workspace);

    remove_files(samples, is_sample);
    remove_tree(samples, 0);
    remove_files(workspace->folder, is_state);
}

static void replace(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

/* Leading inside -------------------------------------------------------------------------------------------------- */

static bool lead_mail(Rehearsal *rehearsal, Gateway *gateway, const char *certificate)
{
    replace(&gateway->host, "127.0.0.1");
    gateway->port = smtp_sink_port(rehearsal->sink);
    gateway->tls = GATEWAY_TLS_STARTTLS;
    replace(&gateway->ca_file, certificate);
    replace(&gateway->user, NULL);
    replace(&gateway->password, NULL);
    return true;
}

/* A provider of its own: its samples lie apart, and its answers are those of this gateway's file. */
static bool lead_requests(Rehearsal *rehearsal, Gateway *gateway, const char *channel, GError **error)
{
    g_autofree char *folder = g_build_filename(rehearsal->samples, gateway->name, NULL);
    GPtrArray *rules = rehearsal->stage ? stage_request_rules(rehearsal->stage, channel) : NULL;
    HttpSink *provider;

    if (rules)
        g_ptr_array_add(rehearsal->rules, rules);
    provider = http_sink_start(
        &(HttpSinkOptions){
            .gateway = gateway, .keep_folder = folder, .keep_most = REHEARSAL_SAMPLES, .rules = rules},
        error);
    if (!provider)
        return false;
    g_ptr_array_add(rehearsal->providers, provider);
    g_free(gateway->reroute);
    gateway->reroute = g_strdup_printf("http://127.0.0.1:%d", http_sink_port(provider));
    return true;
}

static bool lead_papers(Rehearsal *rehearsal, Gateway *gateway)
{
    g_free(gateway->print->folder);
    gateway->print->folder = g_build_filename(rehearsal->samples, gateway->name, NULL);
    gateway->print->encrypt.tool = GATEWAY_ENCRYPT_NONE;
    return true;
}

/* Replaces everything of `gateway` that would lead outside. */
static bool lead_inside(Rehearsal *rehearsal, Gateway *gateway, const char *channel, const char *certificate,
                        GError **error)
{
    if (rehearsal->stage)
        stage_gateway(gateway);
    if (gateway->http)
        return lead_requests(rehearsal, gateway, channel, error);
    if (gateway->print)
        return lead_papers(rehearsal, gateway);
    return lead_mail(rehearsal, gateway, certificate);
}

static void free_gateway(gpointer data)
{
    gateway_free(data);
}

static void stop_provider(gpointer data)
{
    http_sink_stop(data);
}

static void free_rules(gpointer rules)
{
    g_ptr_array_unref(rules);
}

static bool write_certificate(const Rehearsal *rehearsal, const char *path, GError **error)
{
    const char *pem = smtp_sink_certificate(rehearsal->sink);

    return file_write(path, pem, strlen(pem), 0600, error);
}

static bool lead_all_inside(Rehearsal *rehearsal, const Workspace *workspace, const char *certificate, GError **error)
{
    const GPtrArray *entries = material_playbook(workspace->material)->gateways;

    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);
        Gateway *gateway = gateway_copy(material_gateway(workspace->material, entry->channel));

        g_ptr_array_add(rehearsal->gateways, gateway);
        if (!lead_inside(rehearsal, gateway, entry->channel, certificate, error))
            return false;
    }
    return true;
}

static bool start_relay(Rehearsal *rehearsal, GError **error)
{
    const Stage *stage = rehearsal->stage;
    GPtrArray *rules = stage ? stage_mail_rules(stage) : NULL;

    if (rules)
        g_ptr_array_add(rehearsal->rules, rules);
    rehearsal->sink = smtp_sink_start(&(SmtpSinkOptions){.starttls = true,
                                                         .keep_folder = rehearsal->samples,
                                                         .keep_most = REHEARSAL_SAMPLES,
                                                         .log_path = stage ? stage->log_path : NULL,
                                                         .rules = rules},
                                      error);
    return rehearsal->sink != NULL;
}

Rehearsal *rehearsal_start(const Workspace *workspace, GError **error)
{
    Rehearsal *rehearsal = g_new0(Rehearsal, 1);
    g_autofree char *certificate = g_build_filename(workspace->folder, "relay.pem", NULL);

    rehearsal->stage = workspace->options->drill;
    rehearsal->rules = g_ptr_array_new_with_free_func(free_rules);
    rehearsal->samples = samples_folder(workspace);
    rehearsal->gateways = g_ptr_array_new_with_free_func(free_gateway);
    rehearsal->providers = g_ptr_array_new_with_free_func(stop_provider);
    if (file_make_folder(rehearsal->samples, 0700, error) && start_relay(rehearsal, error) &&
        write_certificate(rehearsal, certificate, error) &&
        lead_all_inside(rehearsal, workspace, certificate, error))
        return rehearsal;
    rehearsal_stop(rehearsal);
    return NULL;
}

/* Samples --------------------------------------------------------------------------------------------------------- */

/* What a person would rather look at comes first; -1: not to be looked at. */
static int rank_of(const char *name)
{
    static const char *const kinds[] = {".eml", ".pdf", ".html", ".csv", ".txt"};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_has_suffix(name, kinds[i]))
            return (int)i;
    return -1;
}

static bool is_better(const char *name, const char *than)
{
    int rank = rank_of(name);

    return rank >= 0 && (!than || rank < rank_of(than) || (rank == rank_of(than) && strcmp(name, than) < 0));
}

/* The best file of a folder or, where it has none, of the folders in it; newly allocated, or NULL. */
static char *best_of(const char *folder, int depth)
{
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    g_autofree char *best = NULL, *deeper = NULL;
    const char *name;

    while (entries && (name = g_dir_read_name(entries)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (is_better(path, best)) {
            g_free(best);
            best = g_steal_pointer(&path);
        } else if (!deeper && depth < TREE_DEPTH && g_file_test(path, G_FILE_TEST_IS_DIR))
            deeper = best_of(path, depth + 1);
    }
    return best ? g_steal_pointer(&best) : g_steal_pointer(&deeper);
}

GPtrArray *rehearsal_samples(const Workspace *workspace)
{
    const GPtrArray *entries = material_playbook(workspace->material)->gateways;
    g_autofree char *samples = samples_folder(workspace);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);
        const Gateway *gateway = material_gateway(workspace->material, entry->channel);
        bool is_mail = gateway && !gateway->http && !gateway->print;
        g_autofree char *folder =
            is_mail || !gateway ? g_strdup(samples) : g_build_filename(samples, gateway->name, NULL);
        char *path =
            gateway && g_hash_table_add(seen, g_strdup(folder)) ? best_of(folder, is_mail ? TREE_DEPTH : 0) : NULL;

        if (path)
            g_ptr_array_add(paths, path);
    }
    return paths;
}

void rehearsal_stop(Rehearsal *rehearsal)
{
    if (!rehearsal)
        return;
    smtp_sink_stop(rehearsal->sink);
    g_clear_pointer(&rehearsal->providers, g_ptr_array_unref);
    g_clear_pointer(&rehearsal->rules, g_ptr_array_unref);
    g_clear_pointer(&rehearsal->gateways, g_ptr_array_unref);
    g_free(rehearsal->samples);
    g_free(rehearsal);
}
