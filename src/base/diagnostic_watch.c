#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* Looking on, and handing over. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    /* WATCH */
    {"BR-WATCH-001", "watch-interval", N_("--interval is no number of seconds"),
     N_("It says after how many seconds breach status --watch looks again, from 0.2 to 3600. Nothing was shown or changed."),
     N_("Write for example --watch --interval 5, or leave it out: then it looks every second.")},
    {"BR-WATCH-002", "watch-since", N_("--since is neither a time nor a duration"),
     N_("It says from when on decisions are listed in the handover. Nothing was shown or changed."),
     N_("Write a time with its offset, --since 2026-11-21T22:10+08:00, or for how long, --since PT8H.")},
    {"BR-WATCH-003", "watch-alone", N_("options that do not go together"),
     N_("--list, --watch and --handover each show something else, and --interval and --since belong to one of them. Nothing "
        "was shown or changed."),
     N_("Choose one of --list, --watch and --handover; --interval goes with --watch, and --since with --handover.")},
};

const DiagnosticTable diagnostic_watch = {rows, G_N_ELEMENTS(rows)};
