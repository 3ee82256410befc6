/* breach hold: the brake. */
#include "base/language.h"
#include "cli/command.h"
#include "cli/steering.h"

static int run(const Options *options)
{
    return steering_run(options, false);
}

static const char *const names[] = {"gateway", "channel", "audience", "domain", "person", "reason",
                                    "dry-run", "state",   "json",     "help",   NULL};

const Command cmd_hold = {
    .name = "hold",
    .run = run,
    .summary = N_("stop sending: all of it, or one gateway, channel, audience, domain or person"),
    .description = N_(
        "Nothing that is held is begun any more, by whatever process, until breach lift. A breach notify that is\n"
        "running elsewhere obeys within two seconds; what is on the wire is finished. Without an option everything is\n"
        "held. A hold survives restarts and planning again, and stands in the log with its reason and your name."),
    .options = names,
    .exits = N_(
        "0 held, also if it was already, 64 usage, 65 nothing is planned, or there is no such name, 73 cannot write"),
};
