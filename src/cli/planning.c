#include "cli/planning.h"

#include "base/clock.h"
#include "base/text.h"
#include "cli/output.h"

bool planning_run(Workspace *workspace, FreezeSummary *summary, GError **error)
{
    const FreezeWatch watch = {.progress = output_reading};
    bool planned = freeze_plan(workspace->material, workspace_backend(), workspace->folder, clock_now(clock_system()),
                               &watch, summary, workspace->findings, error);

    output_progress_end();
    return planned;
}

char *planning_numbers(const FreezeSummary *summary)
{
    static const struct {
        Told told;
        const char *what;
    } parts[] = {
        {TOLD_PENDING, "to be told"},
        {TOLD_QUARANTINED, "quarantined"},
        {TOLD_WITHHELD, "withheld"},
        {TOLD_UNREACHABLE, "unreachable"},
    };
    g_autofree char *people = text_grouped(summary->people);
    GString *text = g_string_new(NULL);

    g_string_printf(text, "%s %s:", people, summary->people == 1 ? "person" : "people");
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *number = text_grouped(summary->told[parts[i].told]);

        if (summary->told[parts[i].told] > 0 || i == 0)
            g_string_append_printf(text, "%s %s %s", i == 0 ? "" : ",", number, parts[i].what);
    }
    return g_string_free(text, FALSE);
}

json_t *planning_people_json(const FreezeSummary *summary)
{
    json_t *people = json_pack("{s:I}", "total", (json_int_t)summary->people);

    for (int i = 0; i < TOLD_STATES; i++)
        json_object_set_new(people, identity_told_name((Told)i), json_integer(summary->told[i]));
    return people;
}
