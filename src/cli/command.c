#include "cli/command.h"

/* In the order in which an incident needs them. */
static const Command *const commands[] = {&cmd_init,   &cmd_check,   &cmd_plan,  &cmd_preview, &cmd_announce,
                                          &cmd_notify, &cmd_drill, &cmd_status, &cmd_report, &cmd_obligations, &cmd_clock,  &cmd_track, &cmd_hold,    &cmd_lift,
                                          &cmd_retry,  &cmd_resolve, &cmd_record, &cmd_find,   &cmd_close,    &cmd_serve, &cmd_explain, &cmd_completion};

const Command *command_at(size_t index)
{
    return index < G_N_ELEMENTS(commands) ? commands[index] : NULL;
}
