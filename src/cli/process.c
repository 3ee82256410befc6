#include "cli/process.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/trace.h"
#include "cli/output.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED true /* the leak checker attaches to its own process */
#else
#define IS_SANITIZED false
#endif

static bool is_debugged(void)
{
#ifdef BREACH_FAULTS
    return getenv("BREACH_DEBUGGER") != NULL;
#else
    return false;
#endif
}

void process_harden(void)
{
    const struct rlimit none = {0, 0};

    if (is_debugged())
        return;
    (void)setrlimit(RLIMIT_CORE, &none); /* lowering a limit is always allowed */
    if (!IS_SANITIZED)
        (void)prctl(PR_SET_DUMPABLE, 0); /* fails for no value but ours */
}

void process_begin(const char *folder)
{
    static bool has_begun;

    log_open(folder, clock_system());
    if (!has_begun)
        log_event(LOG_AT_INFO, "begin", "breach %s", BREACH_VERSION);
    has_begun = true;
}

int process_end(int code)
{
    const char *why = NULL;
    int64_t lost;

    log_event(LOG_AT_INFO, "end", "exit %d", code);
    lost = log_lost(&why);
    if (lost > 0) {
        g_autoptr(GError) warning = error_make(BREACH_ERROR_CREATE, "log-lost",
                                               "%ld lines of run.log could not be written: %s", (long)lost, why);

        output_message("warning: %s", warning->message);
    }
    log_close();
    trace_close();
    return code;
}
