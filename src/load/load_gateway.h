/* load_gateway - gateways/NAME.yaml into a Gateway, with every mistake at once. */
#ifndef BREACH_LOAD_LOAD_GATEWAY_H
#define BREACH_LOAD_LOAD_GATEWAY_H

#include "base/finding.h"
#include "model/gateway.h"
#include "model/playbook.h"

/* load_gateway: looks the name up beside the playbook (`<folder>/gateways/NAME.yaml`), then in /etc/breach/gateways/,
 * then, for exercises only, among the samples in `<data>/contacts/gateways/`. `at` is where the playbook names it.
 * NULL when it is not found or cannot be read. tls: none is an error unless the host is loopback; a password that is
 * no reference is an error that does not repeat it. */
Gateway *load_gateway(const char *name, const char *playbook_folder, const char *data, IncidentStatus status,
                      Position at, Findings *findings);

/* load_gateway_file: one file. A preset that it names is looked up in `presets/` beside it, then in
 * `<data>/contacts/presets/`; `data` may be NULL. */
Gateway *load_gateway_file(const char *path, const char *data, Findings *findings);

#endif
