/* smtp_probe - whether a gateway would take our mail, found out without sending any: connect, STARTTLS, AUTH, MAIL,
 * RCPT, RSET, QUIT.
 *
 * It has a dialogue of its own because libESMTP cannot stop before DATA: it asks for the message as soon as a recipient
 * was accepted, and tells nobody how AUTH went. DATA and BDAT are not in this file, so nothing can be sent by it. TLS is
 * checked by the same module as when sending. Blocks; threads: any, each with its own gateway. */
#ifndef BREACH_CHANNEL_SMTP_PROBE_H
#define BREACH_CHANNEL_SMTP_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"
#include "model/gateway.h"

typedef enum SmtpProbeStage {
    SMTP_PROBE_RESOLVE,
    SMTP_PROBE_CONNECT,
    SMTP_PROBE_GREETING,
    SMTP_PROBE_EHLO,
    SMTP_PROBE_STARTTLS,
    SMTP_PROBE_AUTH,
    SMTP_PROBE_MAIL,
    SMTP_PROBE_RCPT_FROM,   /* our own address */
    SMTP_PROBE_RCPT_BOUNCE, /* where bounces go to, as every message has it */
    SMTP_PROBE_RSET,
    SMTP_PROBE_QUIT,
    SMTP_PROBE_STAGES
} SmtpProbeStage;

typedef enum SmtpProbeState { SMTP_PROBE_SKIPPED, SMTP_PROBE_OK, SMTP_PROBE_FAILED } SmtpProbeState;

typedef struct SmtpProbeStep {
    SmtpProbeState state;
    char *text;    /* owned; what the other side said, or why it was skipped; NULL: nothing to say */
    GError *error; /* owned; with FAILED: what is wrong and what to do */
} SmtpProbeStep;

typedef struct SmtpProbe {
    SmtpProbeStep steps[SMTP_PROBE_STAGES];
    int64_t certificate_end; /* ms; 0: no certificate was seen */
    bool has_failed;
} SmtpProbe;

/* smtp_probe_run: never NULL. `patience` in ms for each step (names are looked up as long as the system's resolver
 * takes). The addresses of MAIL and of the second RCPT are the bounce address with a random token, as messages have. */
SmtpProbe *smtp_probe_run(const Gateway *gateway, const Clock *clock, int64_t patience);
void smtp_probe_free(SmtpProbe *probe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpProbe, smtp_probe_free)

/* smtp_probe_stage_name: "resolve", "rcpt-from". smtp_probe_state_name: "ok", "failed", "skipped". */
const char *smtp_probe_stage_name(SmtpProbeStage stage);
const char *smtp_probe_state_name(SmtpProbeState state);

#endif
