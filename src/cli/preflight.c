#include "cli/preflight.h"

#include <inttypes.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/vfs.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/log.h"
#include "cli/output.h"

/* Measured at 20,000 messages: a message that is sent adds 270 bytes to the ledger, and each further try as much. */
#define BYTES_A_MESSAGE    600
#define BYTES_SURELY       250                         /* less than that was never seen */
#define BYTES_ALWAYS       (INT64_C(16) * 1024 * 1024) /* write-ahead log, slots, run.log */
#define DESCRIPTORS_ALWAYS 64                          /* ledger, slots, logs, libraries */
#define DESCRIPTORS_EACH   2                           /* a socket, and one more while names are looked up */
#define CLOCK_SLACK        (2 * CLOCK_MINUTE)          /* a plan made just now by another clock of the same machine */

int64_t preflight_bytes(int64_t messages)
{
    return messages * BYTES_A_MESSAGE + BYTES_ALWAYS;
}

static int64_t descriptors_for(int64_t connections)
{
    return connections * DESCRIPTORS_EACH + DESCRIPTORS_ALWAYS;
}

/* What a test wants this machine to be like; "" for what it is. */
static const char *pretended(void)
{
#ifdef BREACH_FAULTS
    const char *machine = getenv("BREACH_MACHINE");

    return machine ? machine : "";
#else
    return "";
#endif
}

static int64_t free_bytes(const char *folder)
{
    struct statvfs disk;

    if (strcmp(pretended(), "full") == 0)
        return 0;
    if (strcmp(pretended(), "calm") == 0 || statvfs(folder, &disk) != 0)
        return -1;
    return (int64_t)(disk.f_bavail * disk.f_frsize);
}

static int64_t raise_descriptors(int64_t wanted)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return -1;
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < (rlim_t)wanted) {
        limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? (rlim_t)wanted : MIN((rlim_t)wanted, limit.rlim_max);
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_max == RLIM_INFINITY ? -1 : (int64_t)limit.rlim_max;
}

static bool is_in_memory(const char *folder)
{
    struct statfs info;

    if (statfs(folder, &info) != 0)
        return false;
    return (unsigned long)info.f_type == TMPFS_MAGIC || (unsigned long)info.f_type == RAMFS_MAGIC;
}

void preflight_look(const PreflightNeed *need, PreflightMachine *machine)
{
    bool is_calm = strcmp(pretended(), "calm") == 0;
    struct timex kernel = {0};

    machine->free_bytes = free_bytes(need->folder);
    machine->descriptors = raise_descriptors(descriptors_for(need->connections));
    machine->now = clock_now(clock_system());
    machine->is_unsynchronised = !is_calm && adjtimex(&kernel) >= 0 && (kernel.status & STA_UNSYNC);
    machine->is_memory = !is_calm && is_in_memory(need->folder);
}

static void warn(GPtrArray *warnings, const char *id, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void warn(GPtrArray *warnings, const char *id, const char *format, ...)
{
    g_autoptr(GError) text = NULL;
    va_list arguments;

    va_start(arguments, format);
    error_set_va(&text, BREACH_ERROR_CONFIG, id, NULL, format, arguments);
    va_end(arguments);
    log_event(LOG_AT_WARNING, id, "%s", error_english(text));
    g_ptr_array_add(warnings, g_strdup(text->message));
}

static bool judge_disk(const PreflightNeed *need, const PreflightMachine *machine, GPtrArray *warnings, GError **error)
{
    int64_t bytes = preflight_bytes(need->open_messages);
    g_autofree char *wanted = g_format_size((guint64)bytes);
    g_autofree char *left = g_format_size((guint64)MAX(machine->free_bytes, INT64_C(0)));

    if (machine->free_bytes < 0)
        return true;
    if (machine->free_bytes < need->open_messages * BYTES_SURELY) {
        error_set(error, BREACH_ERROR_CREATE, "machine-disk-full",
                  "%s are free on the disk of %s, and sending %" PRId64 " messages needs about %s: make room, or "
                  "use --state DIR on another disk",
                  left, need->folder, need->open_messages, wanted);
        return false;
    }
    if (machine->free_bytes < bytes)
        warn(warnings, "machine-disk-tight",
             N_("%s are free on the disk of %s, and sending needs about %s: a full disk stops it; make room"), left,
             need->folder, wanted);
    return true;
}

static bool judge_descriptors(const PreflightNeed *need, const PreflightMachine *machine, GError **error)
{
    int64_t wanted = descriptors_for(need->connections);

    if (machine->descriptors < 0 || machine->descriptors >= wanted)
        return true;
    error_set(error, BREACH_ERROR_CONFIG, "machine-descriptors",
              "%" PRId64 " connections need %" PRId64 " open files and %" PRId64
              " are allowed: type ulimit -Hn %" PRId64 " as root first, or lower connections in the gateway file",
              need->connections, wanted, machine->descriptors, wanted);
    return false;
}

static bool judge_clock(const PreflightNeed *need, const PreflightMachine *machine, GPtrArray *warnings, GError **error)
{
    g_autofree char *now = clock_format_utc(machine->now);
    g_autofree char *planned = clock_format_utc(need->planned_at);

    if (!need->is_drill && machine->now < INT64_C(1000) * BREACH_RELEASED) {
        error_set(error, BREACH_ERROR_CONFIG, "machine-clock-back",
                  "this machine's clock says %s, before this version of breach was made: set it (timedatectl)", now);
        return false;
    }
    if (need->planned_at > 0 && machine->now + CLOCK_SLACK < need->planned_at) {
        error_set(error, BREACH_ERROR_CONFIG, "machine-clock-back",
                  "this machine's clock says %s, and the plan was made at %s: set it (timedatectl)", now, planned);
        return false;
    }
    if (machine->is_unsynchronised && need->is_actual)
        warn(warnings, "machine-clock-unsynchronised",
             N_("nobody keeps this machine's clock right: compare it with a watch, and start a time service "
                "(timedatectl)"));
    return true;
}

bool preflight_judge(const PreflightNeed *need, const PreflightMachine *machine, GPtrArray *warnings, GError **error)
{
    if (!judge_disk(need, machine, warnings, error) || !judge_descriptors(need, machine, error) ||
        !judge_clock(need, machine, warnings, error))
        return false;
    if (machine->is_memory && need->is_actual)
        warn(warnings, "machine-memory-folder",
             N_("%s lies in memory: at power-off the record of who was told is lost; use --state DIR on a disk"),
             need->folder);
    return true;
}

static int64_t count_connections(const Workspace *workspace)
{
    const GPtrArray *entries = material_playbook(workspace->material)->gateways;
    int64_t connections = 0;

    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);
        const Gateway *gateway = material_gateway(workspace->material, entry->channel);

        connections += gateway ? gateway->connections : 0;
    }
    return material_status(workspace->material) == INCIDENT_EXERCISE ? 2 * connections
                                                                     : connections; /* the relay's end */
}

bool preflight_run(const Workspace *workspace, Ledger *ledger, GError **error)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    PreflightNeed need = {.folder = workspace->folder,
                          .connections = count_connections(workspace),
                          .planned_at = ledger_header(ledger)->planned_at,
                          .is_actual = material_status(workspace->material) == INCIDENT_ACTUAL,
                          .is_drill = workspace->options->drill != NULL};
    PreflightMachine machine;
    LedgerCounts counts;

    if (!ledger_counts(ledger, &counts, error))
        return false;
    need.open_messages = counts.open;
    preflight_look(&need, &machine);
    if (!preflight_judge(&need, &machine, warnings, error))
        return false;
    for (guint i = 0; i < warnings->len; i++)
        output_message("%s%s", _("warning: "), (const char *)g_ptr_array_index(warnings, i));
    return true;
}
