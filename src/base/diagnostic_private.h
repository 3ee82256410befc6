/* diagnostic_private - the rows of base/diagnostic, one file for each side from which trouble comes. */
#ifndef BREACH_BASE_DIAGNOSTIC_PRIVATE_H
#define BREACH_BASE_DIAGNOSTIC_PRIVATE_H

#include "base/diagnostic.h"

typedef struct DiagnosticTable {
    const Diagnostic *rows; /* areas together, numbers in order */
    size_t count;
} DiagnosticTable;

extern const DiagnosticTable diagnostic_input; /* files that people write */
extern const DiagnosticTable diagnostic_law; /* files of law data, and their arithmetic */
extern const DiagnosticTable diagnostic_announce; /* what the public is told */
extern const DiagnosticTable diagnostic_case; /* the case record, and what the law asks */
extern const DiagnosticTable diagnostic_cover; /* what a notice has to hold */
extern const DiagnosticTable diagnostic_decide; /* what a person chooses, decides and looks at */
extern const DiagnosticTable diagnostic_evidence; /* what is handed over about single people */
extern const DiagnosticTable diagnostic_drill;  /* scenarios and drills */
extern const DiagnosticTable diagnostic_ladder; /* going on from one channel to the next */
extern const DiagnosticTable diagnostic_send;  /* between us and a relay */
extern const DiagnosticTable diagnostic_http;  /* between us and a provider over HTTP */
extern const DiagnosticTable diagnostic_provider; /* descriptions of providers */
extern const DiagnosticTable diagnostic_regime; /* what a playbook says about the law */
extern const DiagnosticTable diagnostic_reach; /* people, borders, and the texts of providers */
extern const DiagnosticTable diagnostic_print; /* letters, call lists, and what people report about them */
extern const DiagnosticTable diagnostic_promise; /* what was promised, accepted and foreseen */
extern const DiagnosticTable diagnostic_report; /* reports about an incident */
extern const DiagnosticTable diagnostic_ready; /* before anything is sent: probe, machine, confirmation */
extern const DiagnosticTable diagnostic_serve; /* what comes to us over HTTP */
extern const DiagnosticTable diagnostic_sign;  /* proving to a provider that a request is ours */
extern const DiagnosticTable diagnostic_filing; /* reports to authorities */
extern const DiagnosticTable diagnostic_track; /* what comes back */
extern const DiagnosticTable diagnostic_watch; /* looking on, and handing over */
extern const DiagnosticTable diagnostic_words; /* how notices are worded */
extern const DiagnosticTable diagnostic_work; /* what people do and decide, apart from sending */
extern const DiagnosticTable diagnostic_state; /* this machine, the ledger, the command line */

#endif
