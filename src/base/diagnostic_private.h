/* diagnostic_private - the rows of base/diagnostic, one file for each side from which trouble comes. */
#ifndef BREACH_BASE_DIAGNOSTIC_PRIVATE_H
#define BREACH_BASE_DIAGNOSTIC_PRIVATE_H

#include "base/diagnostic.h"

typedef struct DiagnosticTable {
    const Diagnostic *rows; /* areas together, numbers in order */
    size_t count;
} DiagnosticTable;

extern const DiagnosticTable diagnostic_input; /* files that people write */
extern const DiagnosticTable diagnostic_decide; /* what a person chooses, decides and looks at */
extern const DiagnosticTable diagnostic_send;  /* between us and a relay */
extern const DiagnosticTable diagnostic_ready; /* before anything is sent: probe, machine, confirmation */
extern const DiagnosticTable diagnostic_state; /* this machine, the ledger, the command line */

#endif
