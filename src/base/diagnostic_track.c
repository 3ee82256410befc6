#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* What comes back. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    /* TRACK */
    {"BR-TRACK-001", "track-no-maildir", N_("a folder is no Maildir"),
     N_("A Maildir has the folders cur and new. Nothing in this folder was read."),
     N_("Check the path. Files that are mails can be named one by one: breach track --explain FOLDER/*.eml.")},
};

const DiagnosticTable diagnostic_track = {rows, G_N_ELEMENTS(rows)};
