/* command - the commands; each lives in cmd_NAME.c. */
#ifndef BREACH_CLI_COMMAND_H
#define BREACH_CLI_COMMAND_H

#include "cli/option.h"

/* command_at: all commands, in the order of --help; NULL past the end. */
const Command *command_at(size_t index);

extern const Command cmd_init;
extern const Command cmd_check;
extern const Command cmd_plan;
extern const Command cmd_announce;
extern const Command cmd_notify;
extern const Command cmd_drill;
extern const Command cmd_status;
extern const Command cmd_report;
extern const Command cmd_obligations;
extern const Command cmd_clock;
extern const Command cmd_track;
extern const Command cmd_hold;
extern const Command cmd_lift;
extern const Command cmd_explain;
extern const Command cmd_completion;
extern const Command cmd_preview;
extern const Command cmd_retry;
extern const Command cmd_resolve;
extern const Command cmd_record;
extern const Command cmd_close;
extern const Command cmd_find;
extern const Command cmd_serve;

#endif
