#include "cli/headcount.h"

#include "base/language.h"
#include "base/text.h"
#include "cli/obligations.h"

#define FEWER                                                                                                          \
    N_("at least %s people are affected, and the people file has %s: look whether people are missing from it, or "     \
       "correct affected")
#define MORE                                                                                                           \
    N_("at most %s people are affected, and the people file has %s: correct affected, which decides what the laws "    \
       "ask, or take out whom it does not concern")

/* Headcount: the people file beside the number of those affected, where they do not agree. */
typedef struct Headcount {
    bool is_fewer;
    bool is_more;
    char *affected; /* owned; both with separators, for people to read */
    char *people;   /* owned */
} Headcount;

static void headcount_clear(Headcount *headcount)
{
    g_free(headcount->affected);
    g_free(headcount->people);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Headcount, headcount_clear)

/* How many are affected as far as is known; 0 and INT64_MAX: nobody knows. What was recorded since comes before the
 * playbook. */
static void affected(const Workspace *workspace, int64_t *least, int64_t *most)
{
    const Affected *written = &material_playbook(workspace->material)->affected;
    g_autoptr(Lawbook) lawbook = obligations_are_asked(workspace) ? obligations_lawbook(workspace, false, NULL) : NULL;
    int64_t lower = written->given ? written->lower : -1;
    int64_t likely = written->given ? written->likely : -1;
    int64_t upper = written->given ? written->upper : -1;

    if (lawbook)
        case_state_affected(lawbook->state, &lower, &likely, &upper);
    *least = lower > 0 ? lower : MAX(likely, 0);
    *most = upper >= 0 ? upper : likely >= 0 ? likely : INT64_MAX;
}

static Headcount compared(const Workspace *workspace, int64_t people)
{
    Headcount headcount = {.is_fewer = false};
    int64_t least, most;

    if (material_status(workspace->material) != INCIDENT_ACTUAL || !material_playbook(workspace->material)->people_path)
        return headcount;
    affected(workspace, &least, &most);
    headcount.is_fewer = people < least;
    headcount.is_more = people > most;
    if (!headcount.is_fewer && !headcount.is_more)
        return headcount;
    headcount.affected = text_grouped(headcount.is_fewer ? least : most);
    headcount.people = text_grouped(people);
    return headcount;
}

void headcount_check(Workspace *workspace, int64_t people)
{
    g_auto(Headcount) headcount = compared(workspace, people);
    const Position at = position_make(material_playbook(workspace->material)->path, 0, 0);

    if (headcount.is_fewer)
        findings_warning(workspace->findings, FINDING_SEND, "coverage-people", at, FEWER, headcount.affected,
                         headcount.people);
    if (headcount.is_more)
        findings_warning(workspace->findings, FINDING_SEND, "coverage-excess", at, MORE, headcount.affected,
                         headcount.people);
}

char *headcount_text(const Workspace *workspace, int64_t people)
{
    g_auto(Headcount) headcount = compared(workspace, people);

    if (headcount.is_fewer)
        return g_strdup_printf(_(FEWER), headcount.affected, headcount.people);
    return headcount.is_more ? g_strdup_printf(_(MORE), headcount.affected, headcount.people) : NULL;
}
