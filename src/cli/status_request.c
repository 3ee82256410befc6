#include "cli/status_request.h"

#include "base/clock.h"

StatusRequest status_request(const Workspace *workspace, Ledger *ledger)
{
    bool is_actual = material_status(workspace->material) == INCIDENT_ACTUAL;

    return (StatusRequest){
        .ledger = ledger,
        .playbook = workspace->typed,
        .options = workspace->mode,
        .is_running = workspace_is_busy(workspace),
        .now = clock_now(clock_system()),
        .announcement = material_need(workspace->material),
        .quiet_hours = is_actual ? material_playbook(workspace->material)->quiet_hours : NULL,
    };
}
