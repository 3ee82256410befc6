/* law-page DATA - prints docs/law.md: what law data comes with breach and how sure it is, made from the files
 * themselves so that the page cannot say anything else. DATA is the source tree. tests/cli/test_regimes.sh compares the
 * two. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/load_calendar.h"
#include "load/load_regime.h"
#include "load/load_severity.h"

#define LANGUAGE "en"

static const char opening[] =
    "# Law data\n"
    "\n"
    "This page is made from `playbooks/regimes`, `playbooks/calendars` and `playbooks/severity` by `law-page`; change "
    "the\n"
    "files, not the page.\n"
    "\n"
    "**This is not legal advice.** The data are facts that were collected from public sources in November 2026, each "
    "with a\n"
    "mark of how sure it is. *Confirmed* was seen in a primary text or in a quotation of one. *Secondary* was found "
    "with law\n"
    "firms and vendors only. *Memory* was not confirmed at all. What is not confirmed is shown as unverified wherever\n"
    "`breach` shows it. Have a lawyer read the regimes that your playbooks name before you rely on them.\n"
    "\n"
    "A file of the same name beside the playbook (`regimes/NAME.yaml`, `calendars/…`, `severity/…`) takes the place of "
    "the\n"
    "shipped one. breach-regime(5) says how to write one, also for a contract's clause.\n";

/* What lawyers have to settle; what is tied to one regime stands with it. */
static const char doubts[] =
    "\n"
    "## Open doubts\n"
    "\n"
    "- China, 1, 2 and 4 hours: from discovering or learning of the incident, or from knowing its level. Both are "
    "computed;\n"
    "  the earlier one governs.\n"
    "- China, levels 2 and 3: hours of critical infrastructure and the smaller figures were not found in a readable "
    "copy of\n"
    "  the annex. The figure of 72 hours that some products give for China has no basis that was found.\n"
    "- China, sector rules: the minutes and hours of MIIT, NFRA and PBoC are from memory, press and a draft. "
    "Securities,\n"
    "  health, vehicles and mapping are not here at all.\n"
    "- China, 30 days that end on a holiday: whether the Civil Code moves them is open; they are not moved.\n"
    "- EU, hours: 72 hours end 72 hours after awareness, also on a holiday. The rounded-up hour of Regulation 1182/71 "
    "is shown\n"
    "  as a remark. Whether its two working days extend a period in hours is contested; nothing is extended.\n"
    "- EU, changes to come: the Digital Omnibus (96 hours, one entry point) was not adopted in October 2026, and the "
    "common\n"
    "  template of the EDPB is a draft.\n"
    "- NIS2 is national law: it may be shorter, ask for more, and define awareness in another way.\n"
    "- USA: of the states only California and New York are here; CIRCIA, FTC, GLBA and FCC rules are not.\n"
    "- Japan: that the day of awareness is day 1, and the move from a closed day, are from memory.\n"
    "- Brazil: which holidays count, and whether small agents have twice the 20 days as well, is open.\n"
    "- Hong Kong, Singapore, Switzerland, Canada, Korea: lists of fields are partly from memory.\n"
    "- India: the day on which the DPDP rules begin (13 or 14 May 2027) is not certain.\n"
    "- Australia: 72 hours are no rule of the notifiable data breaches scheme.\n";

static Findings *findings; /* what is wrong with the files */

static const char *text_of(const LocaleText *text)
{
    return regime_text(text, LANGUAGE);
}

/* A cell of a table: on one line, with bars that do not end it. */
static void print_cell(const char *text)
{
    printf(" ");
    for (; *text; text++) {
        if (*text == '|')
            printf("\\|");
        else
            putchar(*text == '\n' ? ' ' : *text);
    }
    printf(" |");
}

static guint unverified_of(const Regime *regime)
{
    guint count = 0;

    for (guint i = 0; i < regime->steps->len; i++)
        count += regime_step_is_unverified(regime, g_ptr_array_index(regime->steps, i)) ? 1 : 0;
    return count;
}

/* Regimes -----------------------------------------------------------------------------------------------------------
 */

static GPtrArray *load_regimes(const char *data)
{
    g_auto(GStrv) names = load_regime_names(NULL, data);
    GPtrArray *regimes = g_ptr_array_new();

    for (char **name = names; *name; name++) {
        Regime *regime = load_regime(*name, position_make(NULL, 0, 0), NULL, data, findings);

        if (regime)
            g_ptr_array_add(regimes, regime);
    }
    return regimes;
}

static void print_table(const GPtrArray *regimes)
{
    printf("\n## Regimes\n\n| id | name | where | status | on | since | as a whole | steps, unverified of them |\n"
           "|---|---|---|---|---|---|---|---|\n");
    for (guint i = 0; i < regimes->len; i++) {
        const Regime *regime = g_ptr_array_index(regimes, i);
        g_autofree char *from = civil_day_format(regime->effective_from);

        printf("| `%s` |", regime->id);
        print_cell(text_of(regime->name));
        print_cell(regime->jurisdiction);
        print_cell(regime_status_name(regime->status));
        print_cell(regime->is_enabled ? "yes" : "no");
        print_cell(from);
        print_cell(regime_confidence_name(regime->confidence));
        printf(" %u, %u |\n", regime->steps->len, unverified_of(regime));
    }
}

static void print_step(const Regime *regime, const RegimeStep *step)
{
    g_autofree char *from = regime_from_text(&step->from);
    g_autofree char *standard = step->standard ? g_strdelimit(g_strdup(step->standard), "_", ' ') : NULL;
    g_autofree char *due = step->due_text && standard ? g_strdup_printf("%s, %s", step->due_text, standard)
                                                      : g_strdup(step->due_text ? step->due_text : standard);

    printf("| `%s` |", step->id);
    print_cell(text_of(step->name));
    print_cell(step->to);
    print_cell(due ? due : "");
    print_cell(from);
    print_cell(step->cond_text ? step->cond_text : text_of(step->when));
    print_cell(step->reference ? step->reference : "");
    print_cell(regime_confidence_name(step->confidence));
    printf("\n");
    (void)regime;
}

static void print_line(const char *what, const char *text)
{
    if (*text)
        printf("- %s: %s\n", what, text);
}

static void print_forwarding(const Regime *regime)
{
    if (regime->forwarding->len > 0)
        printf("\nWhat authorities owe each other, and no operator:\n\n");
    for (guint i = 0; i < regime->forwarding->len; i++) {
        const RegimeForwarding *row = g_ptr_array_index(regime->forwarding, i);

        printf("- %s to %s: %s after receipt, %s (%s)\n", text_of(row->by), text_of(row->to), row->due,
               row->cond_text ? row->cond_text : "always", regime_confidence_name(row->confidence));
    }
}

static void print_regime(const Regime *regime)
{
    printf("\n### `%s`: %s\n\n", regime->id, text_of(regime->name));
    print_line("citation", text_of(regime->citation));
    print_line("authority", text_of(regime->authority));
    print_line("how sure", text_of(regime->confidence_note));
    print_line("pending", text_of(regime->pending));
    print_line("notes", text_of(regime->notes));
    printf("\n| step | what | to | due | from | applies | reference | sure |\n|---|---|---|---|---|---|---|---|\n");
    for (guint i = 0; i < regime->steps->len; i++)
        print_step(regime, g_ptr_array_index(regime->steps, i));
    print_forwarding(regime);
}

/* Calendars and scales -----------------------------------------------------------------------------------------------
 */

static void print_calendars(const char *data)
{
    g_auto(GStrv) names = load_calendar_names(NULL, data);

    printf("\n## Calendars of working days\n\n| id | name | years | sure | note |\n|---|---|---|---|---|\n");
    for (char **name = names; *name; name++) {
        g_autoptr(Calendar) calendar = load_calendar(*name, position_make(NULL, 0, 0), NULL, data, findings);
        g_autoptr(GString) years = g_string_new(NULL);

        if (!calendar)
            continue;
        for (int year = 2020; year <= 2040; year++)
            if (calendar_has_year(calendar, year) && !calendar_has_year(calendar, year - 1))
                g_string_append_printf(years, "%s%d", years->len > 0 ? ", " : "", year);
            else if (!calendar_has_year(calendar, year) && calendar_has_year(calendar, year - 1))
                g_string_append_printf(years, " to %d", year - 1);
        printf("| `%s` |", calendar->id);
        print_cell(text_of(calendar->name));
        print_cell(years->str);
        print_cell(regime_confidence_name((RegimeConfidence)calendar->confidence));
        print_cell(text_of(calendar->note));
        printf("\n");
    }
}

static void print_criterion(const SeverityScale *scale, const SeverityCriterion *criterion)
{
    printf("|");
    print_cell(text_of(criterion->text));
    printf(" `%s` |", criterion->variable);
    for (guint i = 0; i < scale->levels->len; i++) {
        const SeverityLevel *level = g_ptr_array_index(scale->levels, i);
        g_autofree char *cell = g_strdup("");

        for (guint k = 0; k < criterion->thresholds->len; k++) {
            const SeverityThreshold *threshold = &g_array_index(criterion->thresholds, SeverityThreshold, k);
            g_autofree char *least = severity_number_text(criterion->unit, threshold->least);

            if (threshold->level != level->level)
                continue;
            g_free(cell);
            cell = g_strdup_printf("%s (%s)", least, regime_confidence_name(threshold->confidence));
        }
        print_cell(cell);
    }
    printf("\n");
}

static void print_scale(const SeverityScale *scale)
{
    printf("\n### `%s`: %s\n\n", scale->id, text_of(scale->name));
    print_line("citation", text_of(scale->citation));
    print_line("rule", text_of(scale->rule));
    print_line("how sure", text_of(scale->confidence_note));
    printf("\n| measured | variable |");
    for (guint i = 0; i < scale->levels->len; i++) {
        g_autofree char *name =
            severity_level_text(scale, ((const SeverityLevel *)g_ptr_array_index(scale->levels, i))->level);

        print_cell(name);
    }
    printf("\n|---|---|");
    for (guint i = 0; i < scale->levels->len; i++)
        printf("---|");
    printf("\n");
    for (guint i = 0; i < scale->criteria->len; i++)
        print_criterion(scale, g_ptr_array_index(scale->criteria, i));
    for (guint i = 0; i < scale->levels->len; i++) {
        const SeverityLevel *level = g_ptr_array_index(scale->levels, i);
        g_autofree char *name = severity_level_text(scale, level->level);

        if (i == 0)
            printf("\n");
        if (level->clause)
            print_line(name, text_of(level->clause));
    }
}

static void print_scales(const char *data)
{
    g_auto(GStrv) names = load_severity_names(NULL, data);

    printf("\n## Levels of severity\n\nNumbers include themselves. They propose a level; a person confirms it.\n");
    for (char **name = names; *name; name++) {
        g_autoptr(SeverityScale) scale = load_severity(*name, position_make(NULL, 0, 0), NULL, data, findings);

        if (scale)
            print_scale(scale);
    }
}

int main(int argc, char **argv)
{
    g_autoptr(GPtrArray) regimes = NULL;
    size_t count;

    if (argc != 2) {
        fprintf(stderr, "usage: law-page DATA\n");
        return EXIT_FAILURE;
    }
    findings = findings_new();
    regimes = load_regimes(argv[1]);
    g_ptr_array_set_free_func(regimes, (GDestroyNotify)regime_free);
    fputs(opening, stdout);
    print_table(regimes);
    fputs(doubts, stdout);
    print_calendars(argv[1]);
    print_scales(argv[1]);
    printf("\n## Every step\n\nPTnH and PTnM are elapsed time, PnD calendar days, PnBD working days, PnM months. A due "
           "that is "
           "only words is a\nduty without a number in the law.\n");
    for (guint i = 0; i < regimes->len; i++)
        print_regime(g_ptr_array_index(regimes, i));
    count = findings_count(findings);
    for (size_t i = 0; i < count; i++) {
        g_autofree char *text = finding_format(findings_get(findings, i));

        fprintf(stderr, "%s\n", text);
    }
    findings_free(findings);
    return count > 0 || regimes->len == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
