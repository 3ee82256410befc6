/* breach lift: the brake is released. */
#include "base/language.h"
#include "cli/command.h"
#include "cli/steering.h"

static int run(const Options *options)
{
    return steering_run(options, true);
}

static const char *const names[] = {"gateway", "channel", "audience", "domain", "person", "reason",
                                    "dry-run", "state",   "json",     "help",   NULL};

const Command cmd_lift = {
    .name = "lift",
    .run = run,
    .summary = N_("release what breach hold has stopped"),
    .description =
        N_("Takes the same options as the breach hold that it ends, and a reason of its own. Other holds go on. A\n"
           "breach notify that is running elsewhere sends on within two seconds; if none is, start one."),
    .options = names,
    .exits = N_("0 lifted, 64 usage, 65 it is not held, nothing is planned, or there is no such name, 73 cannot write"),
};
