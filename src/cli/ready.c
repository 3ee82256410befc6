#include "cli/ready.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/language.h"
#include "base/secret.h"
#include "base/text.h"
#include "cli/link_hosts.h"
#include "cli/preflight.h"
#include "cli/probe.h"
#include "load/load_people.h"
#include "model/address.h"

#define PEOPLE_OLD      (30 * CLOCK_DAY)
#define REHEARSAL_OLD   (90 * CLOCK_DAY)
#define CERTIFICATE_LOW (30 * CLOCK_DAY)
#define LOCALES_SHOWN   8

typedef struct Look {
    const ReadyRequest *request;
    const Playbook *playbook; /* borrowed */
    int64_t now;
    GPtrArray *rows;
} Look;

static const char *const state_names[] = {
    [READY_OK] = N_("ok"), [READY_LOOK] = N_("look"), [READY_MISSING] = N_("missing")};

static void ready_row_free(void *data)
{
    ReadyRow *row = data;

    g_free(row->text);
    g_free(row);
}

static void add(const Look *look, const char *name, ReadyState state, const char *format, ...) G_GNUC_PRINTF(4, 5);

static void add(const Look *look, const char *name, ReadyState state, const char *format, ...)
{
    ReadyRow *row = g_new0(ReadyRow, 1);
    va_list arguments;

    row->name = name;
    row->state = state;
    va_start(arguments, format);
    row->text = g_strdup_vprintf(language_text(format), arguments);
    va_end(arguments);
    g_ptr_array_add(look->rows, row);
}

static void look_at_playbook(const Look *look)
{
    size_t errors = look->request->errors;
    size_t warnings = findings_warnings(look->request->workspace->findings);

    if (errors > 0)
        add(look, N_("playbook"), READY_MISSING, errors == 1 ? N_("%zu error to mend") : N_("%zu errors to mend"),
            errors);
    else if (warnings > 0)
        add(look, N_("playbook"), READY_LOOK,
            warnings == 1 ? N_("no errors; %zu warning") : N_("no errors; %zu warnings"), warnings);
    else
        add(look, N_("playbook"), READY_OK, N_("no errors, no warnings"));
}

static void look_at_people(const Look *look)
{
    const char *path = look->playbook->people_path;
    FileStamp stamp;
    g_autofree char *span = NULL;
    int64_t age;

    if (!path || !file_stamp(path, &stamp, NULL)) {
        add(look, N_("people"), READY_MISSING, N_("there is no people file"));
        return;
    }
    age = look->now - stamp.modified / 1000000;
    span = clock_format_span(MAX(age, INT64_C(0)));
    if (age > PEOPLE_OLD)
        add(look, N_("people"), READY_LOOK, N_("the people file is %s old: export it again"), span);
    else
        add(look, N_("people"), READY_OK, N_("changed %s ago"), span);
}

/* What the people's languages lack: those that none of an audience's templates speaks. */
static bool is_spoken(const Look *look, const char *locale)
{
    for (guint i = 0; i < look->playbook->audiences->len; i++)
        if (locale_pick(locale, material_locales(look->request->workspace->material, i), NULL))
            return true;
    return false;
}

/* False when the people cannot be read; why is among the errors. */
static bool count_unspoken(const Look *look, GHashTable *unspoken)
{
    g_autoptr(Findings) scratch = findings_new();
    g_autoptr(PeopleReader) reader = NULL;
    GHashTable *spoken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Person person;
    int got = -1;

    if (look->playbook->people_path)
        reader = people_open(look->playbook->people_path, look->playbook->people_columns, scratch);
    while (reader && (got = people_next(reader, &person, NULL)) == 1) {
        int column = people_columns(reader)->locale;
        const char *locale = column >= 0 && !person.problem ? person.values[column] : "";
        gpointer count = NULL;

        if (!*locale || g_hash_table_contains(spoken, locale))
            continue;
        if (!g_hash_table_lookup_extended(unspoken, locale, NULL, &count) && is_spoken(look, locale))
            g_hash_table_add(spoken, g_strdup(locale));
        else
            g_hash_table_insert(unspoken, g_strdup(locale), GSIZE_TO_POINTER(GPOINTER_TO_SIZE(count) + 1));
    }
    g_hash_table_unref(spoken);
    return got == 0;
}

static void look_at_languages(const Look *look)
{
    g_autoptr(GHashTable) unspoken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GString) list = g_string_new(NULL);
    g_autoptr(GList) locales = NULL;
    int shown = 0;

    if (!count_unspoken(look, unspoken))
        return;
    if (g_hash_table_size(unspoken) == 0) {
        add(look, N_("languages"), READY_OK, N_("there is a text in everybody's language"));
        return;
    }
    locales = g_list_sort(g_hash_table_get_keys(unspoken), (GCompareFunc)strcmp);
    for (GList *at = locales; at && shown < LOCALES_SHOWN; at = at->next, shown++)
        g_string_append_printf(list, "%s%s (%zu)", list->len ? ", " : "", (const char *)at->data,
                               GPOINTER_TO_SIZE(g_hash_table_lookup(unspoken, at->data)));
    add(look, N_("languages"), READY_LOOK, N_("no text in %s: they get %s; add a template in that language"), list->str,
        look->playbook->default_locale);
}

static void look_at_secret(const Look *look, const Gateway *gateway)
{
    g_auto(GStrv) references = gateway_secrets(gateway);

    if (!references[0])
        add(look, N_("secret"), READY_OK, N_("%s needs none"), gateway->name);
    for (size_t i = 0; references[i]; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Secret) secret = secret_load(references[i], gateway->folder, &error);

        if (secret)
            add(look, N_("secret"), READY_OK, N_("%s has its password"), gateway->name);
        else
            add(look, N_("secret"), READY_MISSING, "%s", error->message);
    }
}

static void look_at_sender(const Look *look, const Gateway *gateway)
{
    const char *domain = address_domain(gateway->from);

    if (link_hosts_is_own(domain, look->playbook->organization.domains))
        add(look, N_("sender"), READY_OK, N_("%s is at a domain of ours"), gateway->from);
    else
        add(look, N_("sender"), READY_LOOK,
            N_("%s is at %s, which organization.domains does not name: readers may take it for a "
               "forgery"),
            gateway->from, domain);
}

static const ProbeGateway *find_probe(const Look *look, const Gateway *gateway)
{
    for (guint i = 0; look->request->probe && i < look->request->probe->len; i++) {
        const ProbeGateway *entry = g_ptr_array_index(look->request->probe, i);

        if (entry->gateway == gateway && !gateway->is_sample)
            return entry;
    }
    return NULL;
}

static void look_at_certificate(const Look *look, const Gateway *gateway, const SmtpProbe *probe)
{
    g_autofree char *date = clock_format_utc(probe->certificate_end);

    if (gateway->tls == GATEWAY_TLS_NONE)
        add(look, N_("certificate"), READY_OK, N_("%s is on this machine and needs none"), gateway->name);
    else if (probe->certificate_end == 0)
        add(look, N_("certificate"), READY_MISSING, N_("%s showed none that could be trusted"), gateway->name);
    else if (probe->certificate_end - look->now < CERTIFICATE_LOW)
        add(look, N_("certificate"), READY_LOOK, N_("%s: it ends on %.10s: have it renewed"), gateway->name, date);
    else
        add(look, N_("certificate"), READY_OK, N_("%s: until %.10s"), gateway->name, date);
}

static void look_at_relay(const Look *look, const Gateway *gateway)
{
    const ProbeGateway *entry = find_probe(look, gateway);

    if (!entry) {
        add(look, N_("relay"), READY_LOOK, N_("%s was not talked to: add --probe"), gateway->name);
        return;
    }
    if (probe_has_failed(entry))
        add(look, N_("relay"), READY_MISSING, N_("%s cannot be used: see the probe"), gateway->name);
    else if (entry->smtp)
        add(look, N_("relay"), READY_OK, N_("%s would take our mail"), gateway->name);
    else
        add(look, N_("relay"), READY_OK, N_("%s can be used"), gateway->name);
    if (entry->smtp)
        look_at_certificate(look, gateway, entry->smtp);
}

static void look_at_gateways(const Look *look)
{
    const GPtrArray *channels = look->playbook->gateways;

    for (guint i = 0; i < channels->len; i++) {
        const ChannelGateway *channel = g_ptr_array_index(channels, i);
        const Gateway *gateway = material_gateway(look->request->workspace->material, channel->channel);

        if (!gateway) {
            add(look, N_("gateway"), READY_MISSING, N_("%s: %s cannot be read"), channel->channel, channel->gateway);
            continue;
        }
        if (gateway->is_sample) {
            add(look, N_("gateway"), READY_MISSING,
                N_("%s: %s is a sample, which serves exercises only: write gateways/%s.yaml"), channel->channel,
                gateway->name, gateway->name);
            continue;
        }
        g_autofree char *where = gateway_where(gateway);

        add(look, N_("gateway"), READY_OK, "%s: %s (%s)", channel->channel, gateway->name, where);
        look_at_secret(look, gateway);
        if (gateway->from)
            look_at_sender(look, gateway);
        look_at_relay(look, gateway);
    }
}

/* Where a rehearsal of this playbook keeps its state: that of an actual one has nothing to do with --state. */
static char *rehearsal_folder(const Workspace *workspace)
{
    const Playbook *playbook = material_playbook(workspace->material);
    g_autofree char *name = g_strdup_printf("%s.dry-run.breach", playbook->incident.id);

    return material_status(workspace->material) == INCIDENT_EXERCISE && workspace->folder
               ? g_strdup(workspace->folder)
               : g_build_filename(playbook->folder, name, NULL);
}

int64_t ready_rehearsed(const Workspace *workspace)
{
    g_autofree char *folder = rehearsal_folder(workspace);
    g_autoptr(Ledger) ledger =
        ledger_exists(workspace_backend(), folder) ? ledger_open(workspace_backend(), folder, NULL) : NULL;

    LedgerCounts counts = {0};

    return ledger && ledger_counts(ledger, &counts, NULL) && counts.open == 0 ? ledger_header(ledger)->planned_at : -1;
}

/* The dry-run ledger is made anew by every rehearsal, so that its plan tells when the last one was. */
static void look_at_rehearsal(const Look *look)
{
    const Workspace *workspace = look->request->workspace;
    g_autofree char *folder = rehearsal_folder(workspace);
    g_autofree char *typed = ready_rehearsal(workspace);
    g_autoptr(Ledger) ledger =
        ledger_exists(workspace_backend(), folder) ? ledger_open(workspace_backend(), folder, NULL) : NULL;
    LedgerCounts counts = {0};
    g_autofree char *span = NULL;
    int64_t age;

    if (!ledger || !ledger_counts(ledger, &counts, NULL)) {
        add(look, N_("rehearsal"), READY_MISSING, N_("it was never rehearsed: type breach notify %s --dry-run"), typed);
        return;
    }
    age = MAX(look->now - ledger_header(ledger)->planned_at, INT64_C(0));
    span = clock_format_span(age);
    if (counts.open > 0)
        add(look, N_("rehearsal"), READY_LOOK,
            N_("the last one, %s ago, was not finished: type breach notify %s --dry-run"), span, typed);
    else if (age > REHEARSAL_OLD)
        add(look, N_("rehearsal"), READY_LOOK, N_("the last one was %s ago: type breach notify %s --dry-run"), span,
            typed);
    else
        add(look, N_("rehearsal"), READY_OK, N_("the last one was %s ago"), span);
}

/* The state folder, or the folder in which it will be made. */
static char *state_place(const Look *look)
{
    const char *folder = look->request->workspace->folder;
    char *place = g_strdup(folder ? folder : look->playbook->folder);

    while (!g_file_test(place, G_FILE_TEST_IS_DIR) && strcmp(place, "/") != 0) {
        char *parent = g_path_get_dirname(place);

        g_free(place);
        place = parent;
    }
    return place;
}

static void look_at_machine(const Look *look)
{
    g_autofree char *place = state_place(look);
    const PreflightNeed need = {.folder = place, .is_actual = true};
    int64_t bytes = preflight_bytes(look->request->messages);
    PreflightMachine machine;
    g_autofree char *wanted = g_format_size((guint64)bytes);
    g_autofree char *left = NULL;

    preflight_look(&need, &machine);
    left = g_format_size((guint64)MAX(machine.free_bytes, INT64_C(0)));
    if (machine.free_bytes < 0)
        add(look, N_("disk"), READY_LOOK, N_("nobody knows how much is free; sending needs about %s"), wanted);
    else if (machine.free_bytes < 2 * bytes)
        add(look, N_("disk"), machine.free_bytes < bytes ? READY_MISSING : READY_LOOK,
            N_("%s are free, and sending needs about %s: make room"), left, wanted);
    else
        add(look, N_("disk"), READY_OK, N_("%s are free, and sending needs about %s"), left, wanted);
    if (machine.is_memory)
        add(look, N_("folder"), READY_LOOK, N_("%s lies in memory and is lost at power-off"), place);
    if (machine.is_unsynchronised)
        add(look, N_("clock"), READY_LOOK,
            N_("nobody keeps this machine's clock right: start a time service (timedatectl)"));
    else
        add(look, N_("clock"), READY_OK, N_("it is kept right"));
}

char *ready_rehearsal(const Workspace *workspace)
{
    bool is_exercise = material_status(workspace->material) == INCIDENT_EXERCISE;

    return g_strconcat(workspace->typed, is_exercise ? workspace->mode : "", NULL);
}

GPtrArray *ready_run(const ReadyRequest *request)
{
    Look look = {.request = request,
                 .playbook = material_playbook(request->workspace->material),
                 .now = clock_now(clock_system()),
                 .rows = g_ptr_array_new_with_free_func(ready_row_free)};

    look_at_playbook(&look);
    look_at_people(&look);
    look_at_languages(&look);
    look_at_gateways(&look);
    look_at_rehearsal(&look);
    look_at_machine(&look);
    return look.rows;
}

size_t ready_count(const GPtrArray *rows, ReadyState state)
{
    size_t count = 0;

    for (guint i = 0; i < rows->len; i++)
        count += ((const ReadyRow *)g_ptr_array_index(rows, i))->state == state;
    return count;
}

bool ready_is_missing(const GPtrArray *rows, const char *name)
{
    for (guint i = 0; i < rows->len; i++) {
        const ReadyRow *row = g_ptr_array_index(rows, i);

        if (row->state == READY_MISSING && strcmp(row->name, name) == 0)
            return true;
    }
    return false;
}

void ready_print(const GPtrArray *rows)
{
    for (guint i = 0; i < rows->len; i++) {
        const ReadyRow *row = g_ptr_array_index(rows, i);

        g_autofree char *name = text_padded(_(row->name), 12);
        g_autofree char *state = text_padded(_(state_names[row->state]), 8);

        printf("%s %s %s\n", name, state, row->text);
    }
    fflush(stdout);
}

json_t *ready_json(const GPtrArray *rows)
{
    json_t *list = json_array();

    for (guint i = 0; i < rows->len; i++) {
        const ReadyRow *row = g_ptr_array_index(rows, i);

        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s}", "name", row->name, "state", state_names[row->state], "text", row->text));
    }
    return list;
}
