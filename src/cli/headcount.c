#include "cli/headcount.h"

#include "base/language.h"
#include "base/text.h"
#include "cli/obligations.h"

#define WORDS                                                                                                          \
    N_("at least %s people are affected, and the people file has %s: look whether people are missing from it, or "     \
       "correct affected")

/* How many are affected as far as is known; 0: nobody knows. What was recorded since comes before the playbook. */
static int64_t affected(const Workspace *workspace)
{
    const Affected *written = &material_playbook(workspace->material)->affected;
    g_autoptr(Lawbook) lawbook = obligations_are_asked(workspace) ? obligations_lawbook(workspace, false, NULL) : NULL;
    int64_t lower = written->given ? written->lower : -1;
    int64_t likely = written->given ? written->likely : -1;
    int64_t upper;

    if (lawbook)
        case_state_affected(lawbook->state, &lower, &likely, &upper);
    return lower > 0 ? lower : MAX(likely, 0);
}

static bool are_fewer(const Workspace *workspace, int64_t people, char **least, char **rows)
{
    bool is_asked = material_status(workspace->material) == INCIDENT_ACTUAL &&
                    material_playbook(workspace->material)->people_path != NULL;
    int64_t count = is_asked ? affected(workspace) : 0;

    if (people >= count)
        return false;
    *least = text_grouped(count);
    *rows = text_grouped(people);
    return true;
}

void headcount_check(Workspace *workspace, int64_t people)
{
    g_autofree char *least = NULL, *rows = NULL;

    if (are_fewer(workspace, people, &least, &rows))
        findings_warning(workspace->findings, FINDING_SEND, "coverage-people",
                         position_make(material_playbook(workspace->material)->path, 0, 0), WORDS, least, rows);
}

char *headcount_text(const Workspace *workspace, int64_t people)
{
    g_autofree char *least = NULL, *rows = NULL;

    return are_fewer(workspace, people, &least, &rows) ? g_strdup_printf(_(WORDS), least, rows) : NULL;
}
