#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* What comes to us over HTTP. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    /* SERVE */
    {"BR-SERVE-001", "serve-listen", N_("breach serve cannot listen at this address"),
     N_("Another process listens there, or the address is none of this machine. No delivery report is taken."),
     N_("Look for the other process (ss -ltnp), or choose another port with --listen and tell it to the provider.")},
    {"BR-SERVE-002", "serve-address", N_("--listen needs an address and a port"),
     N_("What was typed is not an IP address with a port behind it. Nothing was begun."),
     N_("Type for example --listen 127.0.0.1:8077, or --listen '[::1]:8077'.")},
    {"BR-SERVE-003", "serve-nothing", N_("no gateway takes delivery reports"),
     N_("None of the gateway files that this playbook names has a receipt. The page is served; delivery reports are not "
        "taken."),
     N_("If a provider is to report, write receipt: into the file of its gateway (see breach-gateway(5)), then run the "
        "same command.")},
    {"BR-SERVE-004", "serve-token-missing", N_("other machines may see the page only with a token"),
     N_("--listen names an address that other machines reach, and no --token-file was given. Nothing was begun."),
     N_("Write a long random word into a file of mode 0600 (openssl rand -hex 24) and add --token-file FILE, or listen at "
        "127.0.0.1.")},
    {"BR-SERVE-005", "serve-token-short", N_("the token of the page can be guessed"),
     N_("The word in the token file is too short, or has a character that a request cannot carry. Nothing was begun."),
     N_("Write at least 20 letters and digits into it, for example with openssl rand -hex 24, and run the same command.")},
};

const DiagnosticTable diagnostic_serve = {rows, G_N_ELEMENTS(rows)};
