/* command - the commands; each lives in cmd_NAME.c. */
#ifndef BREACH_CLI_COMMAND_H
#define BREACH_CLI_COMMAND_H

#include "cli/option.h"

extern const Command cmd_check;
extern const Command cmd_plan;
extern const Command cmd_notify;
extern const Command cmd_status;

#endif
