/* What the scales of severity propose, for the head of breach obligations. */
#include <stdio.h>

#include "base/language.h"
#include "cli/obligations.h"

/* Each scale once, whichever regimes name it. */
static bool is_first_of_scale(const Lawbook *lawbook, guint index)
{
    const GArray *regimes = lawbook->statutes->regimes;
    const SeverityScale *scale = g_array_index(regimes, ObligationRegime, index).scale;

    for (guint i = 0; i < index; i++)
        if (g_array_index(regimes, ObligationRegime, i).scale == scale)
            return false;
    return scale != NULL;
}

static void print_proposal(const SeverityProposal *proposal, int confirmed)
{
    g_autofree char *proposed = severity_level_text(proposal->scale, proposal->level);
    g_autofree char *held = confirmed > 0 ? severity_level_text(proposal->scale, confirmed) : NULL;

    if (held)
        printf(_("level: %s, as confirmed (%s)\n"), held, proposal->scale->id);
    if (proposal->level == 0)
        printf(_("level: nothing is known that %s measures\n"), proposal->scale->id);
    else if (!held && proposal->may_reach)
        printf(_("level: nobody has confirmed one; %s proposes: may reach %s: report now?\n"), proposal->scale->id,
               proposed);
    else if (!held)
        printf(_("level: nobody has confirmed one; %s proposes %s\n"), proposal->scale->id, proposed);
    else if (proposal->level > confirmed)
        printf(_("WARNING: the numbers say more than was confirmed: %s%s\n"),
               proposal->may_reach ? _("may reach ") : "", proposed);
    for (guint i = 0; i < proposal->reasons->len; i++)
        printf("  %s\n", ((const SeverityReason *)g_ptr_array_index(proposal->reasons, i))->text);
    if (proposal->question && !held)
        printf("  %s\n", proposal->question);
}

static void free_proposal(gpointer proposal)
{
    severity_proposal_free(proposal);
}

/* What each scale proposes, of SeverityProposal *, owned by the new array. */
static GPtrArray *proposals(const Lawbook *lawbook)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(free_proposal);

    for (guint i = 0; i < lawbook->statutes->regimes->len; i++)
        if (is_first_of_scale(lawbook, i))
            g_ptr_array_add(all, obligation_propose(&lawbook->request,
                                                    &g_array_index(lawbook->statutes->regimes, ObligationRegime, i)));
    return all;
}

/* Where variables say another level than the one that stands above, for all regimes or for one alone. */
static void print_others(const Lawbook *lawbook)
{
    const GArray *regimes = lawbook->statutes->regimes;
    int confirmed = case_state_level(lawbook->state);

    for (guint i = 0; confirmed > 0 && i < regimes->len; i++) {
        const ObligationRegime *row = &g_array_index(regimes, ObligationRegime, i);
        g_autofree char *level = NULL;
        RegimeValue value;
        int other;

        if (!row->scale || !obligation_variable(&lawbook->request, row, "level", &value) || !value.likely)
            continue;
        other = (int)g_ascii_strtoll(value.likely, NULL, 10);
        level = severity_level_text(row->scale, other);
        if (other != confirmed)
            printf(_("WARNING: %s goes by %s, as variables say, not by the level that was confirmed\n"), row->entry->id,
                   level);
    }
}

void obligations_print_levels(const Lawbook *lawbook)
{
    g_autoptr(GPtrArray) all = proposals(lawbook);

    for (guint i = 0; i < all->len; i++)
        print_proposal(g_ptr_array_index(all, i), case_state_level(lawbook->state));
    print_others(lawbook);
}

static json_t *reasons_json(const GPtrArray *reasons)
{
    json_t *list = json_array();

    for (guint i = 0; i < reasons->len; i++)
        json_array_append_new(list, json_string(((const SeverityReason *)g_ptr_array_index(reasons, i))->text));
    return list;
}

json_t *obligations_levels_json(const Lawbook *lawbook)
{
    g_autoptr(GPtrArray) all = proposals(lawbook);
    json_t *list = json_array();

    for (guint i = 0; i < all->len; i++) {
        const SeverityProposal *proposal = g_ptr_array_index(all, i);

        json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:b, s:b, s:b, s:o}", "scale", proposal->scale->id,
                                              "confirmed", case_state_level(lawbook->state), "proposed",
                                              proposal->level, "may_reach", proposal->may_reach, "needs_judgement",
                                              proposal->needs_judgement, "unverified", proposal->is_unverified,
                                              "reasons", reasons_json(proposal->reasons)));
    }
    return list;
}
