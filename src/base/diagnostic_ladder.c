#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* The ladder: going on from one channel to the next. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    {"BR-LADDER-001", "ladder-count", N_("--climb names fewer notices than have to go on"),
     N_("More notices have to go on to another channel than --climb lets. Nothing was sent: the number is what you say "
        "yes "
        "to, and it has changed since you saw it."),
     N_("Look at breach status, which says from which channel to which they go, and type --climb with the number that "
        "the "
        "message prints. Many failures at once often mean that the gateway is ill, not the addresses: look at its "
        "answers "
        "first.")},
    {"BR-LADDER-002", "ladder-number", N_("--climb is no number of notices"), N_("Nothing was sent."),
     N_("Write --climb and the number that breach status prints.")},
    {"BR-LADDER-003", "ladder-waits", N_("many people have to go on to another channel, and nobody has said yes"),
     N_("More notices than escalation.confirm_over allows failed on their channel. They wait; everything else was "
        "sent. "
        "Going on costs money or paper, and so many failures at once may have another cause than dead addresses."),
     N_("Look at breach status and at the answers of the gateway. If the addresses are dead, type breach notify "
        "PLAYBOOK "
        "--climb N; if the gateway was ill, breach retry PLAYBOOK tries the same channel again.")},
    {"BR-LADDER-004", "ladder-copy", N_("a copied state folder cannot be tracked"),
     N_("What was sent from the folder that the ledger was made in is not known here. Going on from a copy would tell "
        "people "
        "twice, so nothing was changed."),
     N_("Track where the ledger was made; or, if nobody works there any more, type breach notify PLAYBOOK --adopt "
        "first.")},
};

const DiagnosticTable diagnostic_ladder = {rows, G_N_ELEMENTS(rows)};
