#include "cli/unasked.h"

#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "cli/obligations.h"
#include "load/load_regime.h"
#include "model/region.h"

#define INDIVIDUALS   "individuals"
#define REGIONS_SHOWN 12

typedef struct Look {
    const Workspace *workspace;
    const Playbook *playbook;
    const CoveragePeople *people;
    GPtrArray *known; /* owned; of Regime *: all that could be named; NULL: not loaded yet */
} Look;

static void free_regime(gpointer data)
{
    regime_free(data);
}

static const GPtrArray *known_regimes(Look *look)
{
    g_auto(GStrv) names = NULL;
    g_autoptr(Findings) unsaid = findings_new(); /* a file that nobody named may have mistakes */

    if (look->known)
        return look->known;
    look->known = g_ptr_array_new_with_free_func(free_regime);
    names = load_regime_names(look->playbook->folder, look->workspace->data);
    for (char **name = names; *name; name++) {
        Regime *regime =
            load_regime(*name, position_make(NULL, 0, 0), look->playbook->folder, look->workspace->data, unsaid);

        if (regime)
            g_ptr_array_add(look->known, regime);
    }
    return look->known;
}

static const Regime *named_regime(const Look *look, guint entry)
{
    return g_array_index(material_statutes(look->workspace->material)->regimes, ObligationRegime, entry).regime;
}

/* Which laws are whose ----------------------------------------------------------------------------------------------
 */

static bool tells_people(const Regime *regime)
{
    for (guint i = 0; i < regime->steps->len; i++)
        if (g_strcmp0(((const RegimeStep *)g_ptr_array_index(regime->steps, i))->to, INDIVIDUALS) == 0)
            return true;
    return false;
}

/* "EU/EEA": any of the parts. */
static bool is_law_of(const Regime *regime, const char *region)
{
    g_auto(GStrv) parts = g_strsplit(regime->jurisdiction ? regime->jurisdiction : "", "/", -1);

    for (char **part = parts; *part; part++) {
        g_autofree char *code = region_normalize(*part);

        if (code && region_of_pair(code, region))
            return true;
    }
    return false;
}

/* Whether the playbook names a law that tells these people. One that names them by a condition is theirs whatever its
 * jurisdiction is called, and of one that cannot be read nothing is known. */
static bool is_asked(const Look *look, const CoverageRegion *row)
{
    const GPtrArray *entries = look->playbook->law->regimes;

    for (guint i = 0; i < entries->len; i++) {
        const LawRegime *entry = g_ptr_array_index(entries, i);
        const Regime *regime = named_regime(look, i);

        if (i >= 64 || !(row->named >> i & 1))
            continue;
        if (!regime || (tells_people(regime) && (entry->people || is_law_of(regime, row->region))))
            return true;
    }
    return false;
}

/* A law for everybody there, and not of one trade or about minors alone. */
static bool is_general(const Regime *regime)
{
    return regime->is_enabled && regime->status == REGIME_IN_FORCE && !regime->sector && regime->minors_under == 0 &&
           regime->notice_fields->len > 0 && tells_people(regime);
}

/* Whether it is the law of a part of the region: of people in "us" it is not known in which state they are. */
static bool is_law_of_part(const Regime *regime, const char *region)
{
    g_autofree char *code = region_normalize(regime->jurisdiction ? regime->jurisdiction : "");

    return code && *region && g_str_has_prefix(code, region) && code[strlen(region)] == '-';
}

static char *laws_of(Look *look, const char *region)
{
    const GPtrArray *known = known_regimes(look);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < known->len; i++) {
        const Regime *regime = g_ptr_array_index(known, i);

        if (is_general(regime) && (is_law_of(regime, region) || is_law_of_part(regime, region)))
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", regime->id);
    }
    return g_string_free(text, FALSE);
}

/* Regions ------------------------------------------------------------------------------------------------------------
 */

typedef struct Unasked {
    GString *text; /* "JP 4: jp-appi; KR 1: kr-pipa" */
    int64_t people;
    guint regions;
} Unasked;

static void add_region(Unasked *unasked, const char *region, int64_t people, const char *laws)
{
    g_autofree char *name = g_ascii_strup(region, -1);
    g_autofree char *number = text_grouped(people);

    unasked->people += people;
    if (unasked->regions++ >= REGIONS_SHOWN)
        return;
    g_string_append_printf(unasked->text, "%s%s %s%s%s", unasked->text->len > 0 ? "; " : "",
                           *name ? name : _("(no code)"), number, *laws ? ": " : "", laws);
}

/* Ends the text, and says it: of laws that breach has, and of others. */
static void say_regions(const Look *look, Unasked *unasked, bool is_known)
{
    const Position at = position_make(look->playbook->path, 0, 0);
    g_autofree char *number = text_grouped(unasked->people);
    g_autofree char *text = g_string_free(unasked->text, FALSE);
    g_autofree char *more = unasked->regions > REGIONS_SHOWN
                                ? g_strdup_printf(_(" and %u more"), unasked->regions - REGIONS_SHOWN)
                                : g_strdup("");

    if (unasked->people > 0 && is_known)
        findings_warning(look->workspace->findings, FINDING_SEND, "coverage-unasked", at,
                         N_("nobody has asked the law of %s people, by their region: %s%s; add these to regimes, with "
                            "the people whom they protect"),
                         number, text, more);
    else if (unasked->people > 0)
        findings_warning(look->workspace->findings, FINDING_SEND, "coverage-unasked", at,
                         N_("the playbook names no law of %s people, by their region, and none that comes with breach "
                            "binds there: %s%s; ask a lawyer, and write it as a regime of your own"),
                         number, text, more);
}

static void check_regions(Look *look)
{
    g_autoptr(GPtrArray) rows = coverage_people_regions(look->people);
    Unasked shipped = {.text = g_string_new(NULL)}, unknown = {.text = g_string_new(NULL)};

    for (guint i = 0; i < rows->len;) {
        const char *region = ((const CoverageRegion *)g_ptr_array_index(rows, i))->region;
        g_autofree char *laws = NULL;
        int64_t people = 0;

        for (; i < rows->len && strcmp(((const CoverageRegion *)g_ptr_array_index(rows, i))->region, region) == 0;
             i++) {
            const CoverageRegion *row = g_ptr_array_index(rows, i);

            people += is_asked(look, row) ? 0 : row->people;
        }
        if (people == 0)
            continue;
        laws = laws_of(look, region);
        add_region(*laws ? &shipped : &unknown, region, people, laws);
    }
    say_regions(look, &shipped, true);
    say_regions(look, &unknown, false);
}

/* Minors -------------------------------------------------------------------------------------------------------------
 */

static bool is_named(const Look *look, const char *id)
{
    return law_regime(look->playbook->law, id) != NULL;
}

static void check_minors_of(const Look *look, const Regime *regime)
{
    g_autoptr(GPtrArray) rows = coverage_people_regions(look->people);
    g_autofree char *number = NULL;
    int64_t count = 0;

    for (guint i = 0; i < rows->len; i++) {
        const CoverageRegion *row = g_ptr_array_index(rows, i);

        for (int age = 0; is_law_of(regime, row->region) && age < MIN(regime->minors_under, REGIME_MINORS_MOST); age++)
            count += row->ages[age];
    }
    number = text_grouped(count);
    if (count > 0)
        findings_warning(look->workspace->findings, FINDING_SEND, "coverage-minors-law",
                         position_make(look->playbook->path, 0, 0),
                         N_("%s is about people under %d in %s, there are %s of them, and it is not among regimes: add "
                            "it"),
                         regime->id, regime->minors_under, regime->jurisdiction, number);
}

static bool has_ages(const Look *look)
{
    g_autoptr(GPtrArray) rows = coverage_people_regions(look->people);

    for (guint i = 0; i < rows->len; i++)
        for (int age = 0; age < REGIME_MINORS_MOST; age++)
            if (((const CoverageRegion *)g_ptr_array_index(rows, i))->ages[age] > 0)
                return true;
    return false;
}

static void check_minors(Look *look)
{
    const GPtrArray *known = has_ages(look) ? known_regimes(look) : NULL;

    for (guint i = 0; known && i < known->len; i++) {
        const Regime *regime = g_ptr_array_index(known, i);

        if (regime->is_enabled && regime->minors_under > 0 && !is_named(look, regime->id))
            check_minors_of(look, regime);
    }
}

/* What the regimes of the playbook say of people ---------------------------------------------------------------------
 */

static void check_nobody(const Look *look)
{
    const GPtrArray *entries = look->playbook->law->regimes;

    for (guint i = 0; i < entries->len; i++) {
        const LawRegime *entry = g_ptr_array_index(entries, i);

        if (entry->people && coverage_people_nobody(look->people, i))
            findings_warning(look->workspace->findings, FINDING_SEND, "coverage-nobody", entry->at,
                             N_("%s protects nobody of the people file: its condition %s holds for none of them; "
                                "correct the condition, or leave it where its clocks are wanted all the same"),
                             entry->id, entry->people_text);
    }
}

/* The counts that a regime has for those whom it protects, as far as somebody wrote one. */
static const char *const counts[] = {"affected", "affected_state"};

static void check_count(const Look *look, const Lawbook *lawbook, guint entry, const char *name)
{
    const ObligationRegime *row = &g_array_index(lawbook->statutes->regimes, ObligationRegime, entry);
    int64_t people = coverage_people_under(look->people, entry);
    bool is_own = strcmp(name, "affected") != 0 || obligation_has_own(&lawbook->request, row, name);
    g_autofree char *number = text_grouped(people);
    RegimeValue value;

    if (!is_own || !obligation_variable(&lawbook->request, row, name, &value) || !value.upper ||
        g_ascii_strtoll(value.upper, NULL, 10) >= people)
        return;
    findings_warning(
        look->workspace->findings, FINDING_SEND, "coverage-excess", row->entry->at,
        N_("%s of %s is at most %s, and it protects %s of the people file: correct the number, which decides "
           "what this law asks and stands in its reports"),
        name, row->entry->id, value.upper, number);
}

static void check_counts(const Look *look)
{
    g_autoptr(Lawbook) lawbook =
        obligations_are_asked(look->workspace) ? obligations_lawbook(look->workspace, false, NULL) : NULL;

    for (guint i = 0; lawbook && i < lawbook->statutes->regimes->len; i++)
        if (g_array_index(lawbook->statutes->regimes, ObligationRegime, i).regime &&
            g_array_index(lawbook->statutes->regimes, ObligationRegime, i).entry->people)
            for (size_t k = 0; k < G_N_ELEMENTS(counts); k++)
                check_count(look, lawbook, i, counts[k]);
}

void unasked_check(const Workspace *workspace, const CoveragePeople *people)
{
    Look look = {.workspace = workspace, .playbook = material_playbook(workspace->material), .people = people};

    check_nobody(&look);
    if (material_status(workspace->material) == INCIDENT_ACTUAL) { /* the people of an exercise may be invented */
        check_regions(&look);
        check_minors(&look);
        check_counts(&look);
    }
    g_clear_pointer(&look.known, g_ptr_array_unref);
}
