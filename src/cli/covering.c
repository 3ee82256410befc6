#include "cli/covering.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "dispatch/promise.h"
#include "model/case_decision.h"
#include "report/lawbook.h"

#define PLACES_SHOWN 4

/* What the incident is like ---------------------------------------------------------------------------------------- */

typedef struct Covering {
    const Workspace *workspace;
    Lawbook *lawbook;     /* owned */
    GPtrArray *decisions; /* of CaseDecision *, owned */
    GPtrArray *asked;     /* owned; what the policies ask: promise_asked() */
} Covering;

static const ObligationRegime *regime_of(const Covering *covering, const char *id)
{
    const GArray *regimes = covering->lawbook->statutes->regimes;

    for (guint i = 0; i < regimes->len; i++) {
        const ObligationRegime *row = &g_array_index(regimes, ObligationRegime, i);

        if (row->regime && strcmp(row->regime->id, id) == 0)
            return row;
    }
    return NULL;
}

/* Thresholds take the upper estimate. */
static const char *variable_of(const char *regime, const char *name, void *user)
{
    const Covering *covering = user;
    const ObligationRegime *row = regime_of(covering, regime);
    RegimeValue value = {0};

    return row && obligation_variable(&covering->lawbook->request, row, name, &value) ? value.upper : NULL;
}

static void ask_by_policies(size_t audience, GPtrArray *lists, void *user)
{
    const Covering *covering = user;

    promise_ask(covering->workspace->material, covering->asked, audience, lists);
}

static bool is_decided(const CoverageRequirement *requirement, CoverageSet unknown, void *user)
{
    const Covering *covering = user;

    (void)unknown; /* the decision is about the field as a whole */
    for (guint i = 0; i < covering->decisions->len; i++) {
        const CaseDecision *decision = g_ptr_array_index(covering->decisions, i);

        if (decision->scope.kind == CASE_SCOPE_FIELD && strcmp(decision->scope.name, requirement->field) == 0 &&
            strcmp(decision->regime, requirement->source) == 0 && case_decision_stands(decision))
            return true;
    }
    return false;
}

/* Findings ----------------------------------------------------------------------------------------------------------
 */

/* Which text it is. */
static void append_name(GString *text, const CoveragePlace *place)
{
    if (place->audience)
        g_string_append_printf(text, _("%s %s of %s"), place->channel, place->locale, place->audience);
    else
        g_string_append_printf(text, "%s %s", _(place->channel), place->locale);
    if (place->is_update)
        g_string_append(text, _(" (update)"));
}

static void append_place(GString *text, const CoveragePlace *place)
{
    append_name(text, place);
    if (place->kinds && *place->kinds)
        g_string_append_printf(text, _(" (where the data is %s)"), place->kinds);
    if (place->points)
        g_string_append(text, _(" (nor the full text that it points to)"));
}

/* The first places, and how many more there are. Newly allocated. */
static char *places_of(const GPtrArray *places)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < MIN(places->len, (guint)PLACES_SHOWN); i++) {
        if (i > 0)
            g_string_append(text, ", ");
        append_place(text, g_ptr_array_index(places, i));
    }
    if (places->len > PLACES_SHOWN)
        g_string_append_printf(text, _(" and %u more"), places->len - PLACES_SHOWN);
    return g_string_free(text, FALSE);
}

/* Texts that point to nothing lack everything for one reason, which is said once: say_pointers(). */
static bool is_said_once(const CoverageRow *row, const CoveragePlace *place)
{
    return place->points_nowhere && !row->is_soft;
}

/* Those of which the row is to be said. A new array, borrowed places. */
static GPtrArray *places_to_say(const CoverageRow *row)
{
    GPtrArray *places = g_ptr_array_new();

    for (guint i = 0; i < row->places->len; i++)
        if (!is_said_once(row, g_ptr_array_index(row->places, i)))
            g_ptr_array_add(places, g_ptr_array_index(row->places, i));
    return places;
}

/* "cn-pipl art 57 (cause)". Newly allocated. */
static char *asker_of(const CoverageRequirement *requirement)
{
    return g_strdup_printf("%s%s%s (%s%s)", requirement->source, requirement->reference ? " " : "",
                           requirement->reference ? requirement->reference : "", requirement->field,
                           requirement->is_unverified ? _(", unverified") : "");
}

/* "{{#covers.cause}}…{{/covers.cause}}" of each. Newly allocated. */
static char *marks_of(CoverageSet set)
{
    GString *text = g_string_new(NULL);
    size_t count = 0;
    const CoverageContent *contents = coverage_contents(&count);

    for (size_t i = 0; i < count; i++)
        if (set >> i & 1)
            g_string_append_printf(text, "%s{{#" COVERAGE_MARK "%s}}…{{/" COVERAGE_MARK "%s}}",
                                   text->len > 0 ? ", " : "", contents[i].id, contents[i].id);
    return g_string_free(text, FALSE);
}

typedef struct Saying { /* the words that every finding is made of */
    const CoverageRow *row;
    Findings *findings;
    Position playbook, template;
    const char *typed;                             /* the playbook, for the next command */
    char *asker, *places, *labels, *write, *marks; /* owned */
} Saying;

static void say_missing(const Saying *saying)
{
    findings_error(saying->findings, FINDING_SEND, "coverage-missing", saying->template,
                   N_("%s asks a notice to say: %s; the template does not, in %s: write it between %s"), saying->asker,
                   saying->labels, saying->places, saying->marks);
}

static void say_empty(const Saying *saying)
{
    findings_error(saying->findings, FINDING_SEND, "coverage-empty", saying->playbook,
                   N_("%s asks a notice to say: %s; it is empty in %s: %s"), saying->asker, saying->labels,
                   saying->places, saying->write);
}

static void say_unknown(const Saying *saying)
{
    const CoverageRequirement *requirement = saying->row->requirement;

    findings_error(
        saying->findings, FINDING_SEND, "coverage-unknown", saying->playbook,
        N_("%s asks a notice to say: %s; it says only that this is not known yet, in %s: find it out, or have "
           "it decided: breach record %s decision not-notify --regime %s --scope field:%s"),
        saying->asker, saying->labels, saying->places, saying->typed, requirement->source, requirement->field);
}

static void say_heading(const Saying *saying)
{
    const CoverageRow *row = saying->row;

    if (row->order)
        findings_error(saying->findings, FINDING_SEND, "coverage-heading", saying->template,
                       N_("%s: the heading \"%s\" stands before one that comes first by law, in %s: move it"),
                       row->requirement->source, row->order, saying->places);
    else
        findings_error(
            saying->findings, FINDING_SEND, "coverage-heading", saying->template,
            N_("%s asks for the words \"%s\" alone on a line; they are not there in %s: write them exactly so"),
            saying->asker, row->requirement->exact, saying->places);
}

static void say_perhaps(const Saying *saying)
{
    findings_warning(saying->findings, FINDING_SEND, "coverage-perhaps", saying->template,
                     N_("%s: \"%s\"; if it applies, the notice has to say: %s; it does not in %s"), saying->asker,
                     saying->row->requirement->text, saying->labels, saying->places);
}

static void say_row(const Covering *covering, const CoverageRow *row)
{
    static void (*const sayings[COVERAGE_VERDICTS])(const Saying *saying) = {
        [COVERAGE_UNKNOWN] = say_unknown,
        [COVERAGE_EMPTY] = say_empty,
        [COVERAGE_HEADING] = say_heading,
        [COVERAGE_MISSING] = say_missing,
    };
    g_autoptr(GPtrArray) places = places_to_say(row);
    const CoveragePlace *first = places->len > 0 ? g_ptr_array_index(places, 0) : NULL;

    if (!first)
        return;

    Saying saying = {.row = row,
                     .findings = covering->workspace->findings,
                     .typed = covering->workspace->typed,
                     .playbook = position_make(material_playbook(covering->workspace->material)->path, 0, 0),
                     .template = position_make(first->path, 0, 0),
                     .asker = asker_of(row->requirement),
                     .places = places_of(places),
                     .labels = coverage_labels(row->lacking),
                     .write = coverage_write(row->lacking),
                     .marks = marks_of(row->lacking)};

    if (row->is_soft)
        say_perhaps(&saying);
    else
        sayings[row->verdict](&saying);
    g_free(saying.asker);
    g_free(saying.places);
    g_free(saying.labels);
    g_free(saying.write);
    g_free(saying.marks);
}

/* One finding for each text that points to nothing, with how many things are asked of it. */
static void say_pointers(const Covering *covering, const CoverageResult *result)
{
    g_autoptr(GHashTable) asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) first = g_ptr_array_new(); /* place of each, in their order */

    for (guint i = 0; i < result->rows->len; i++) {
        const CoverageRow *row = g_ptr_array_index(result->rows, i);

        for (guint j = 0; j < row->places->len; j++) {
            CoveragePlace *place = g_ptr_array_index(row->places, j);
            GString *name = g_string_new(NULL);
            guint count;

            append_name(name, place);
            count = GPOINTER_TO_UINT(g_hash_table_lookup(asked, name->str));
            if (is_said_once(row, place) && count == 0)
                g_ptr_array_add(first, place);
            if (is_said_once(row, place))
                g_hash_table_insert(asked, g_strdup(name->str), GUINT_TO_POINTER(count + 1));
            g_string_free(name, TRUE);
        }
    }
    for (guint i = 0; i < first->len; i++) {
        const CoveragePlace *place = g_ptr_array_index(first, i);
        GString *name = g_string_new(NULL);

        append_name(name, place);
        findings_error(
            covering->workspace->findings, FINDING_SEND, "coverage-pointer", position_make(place->path, 0, 0),
            N_("%s only points to a full text, and there is none, so that %u things are missing that must be "
               "said: add email, a letter or an announcement"),
            name->str, GPOINTER_TO_UINT(g_hash_table_lookup(asked, name->str)));
        g_string_free(name, TRUE);
    }
}

static char *joined(const GPtrArray *texts)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < texts->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", (const char *)g_ptr_array_index(texts, i));
    return g_string_free(text, FALSE);
}

static Position audience_at(const Playbook *playbook, const char *id)
{
    for (guint i = 0; i < playbook->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(playbook->audiences, i);

        if (g_strcmp0(audience->id, id) == 0)
            return audience->at;
    }
    return position_make(playbook->path, 0, 0);
}

static void say_channel(const CoverageForm *form, Position at, const char *refused, Findings *findings)
{
    g_autofree char *accepted = g_strjoinv(", ", form->regime->notice_channels);

    if (form->has_other)
        findings_warning(findings, FINDING_SEND, "coverage-channel", at,
                         N_("%s counts a notice only by %s: whoever of audience %s is reached by %s alone has not been "
                            "told as it asks"),
                         form->regime->id, accepted, form->audience, refused);
    else
        findings_error(findings, FINDING_SEND, "coverage-channel", at,
                       N_("%s counts a notice only by %s, and audience %s has none of them on its ladder: add one"),
                       form->regime->id, accepted, form->audience);
}

static void say_language(const CoverageForm *form, Position at, const char *refused, Findings *findings)
{
    g_autofree char *accepted = g_strjoinv(", ", form->regime->notice_languages);

    if (form->has_other)
        findings_warning(findings, FINDING_SEND, "coverage-language", at,
                         N_("%s asks for a notice in %s: whoever of audience %s gets it in %s has not been told as it "
                            "asks"),
                         form->regime->id, accepted, form->audience, refused);
    else
        findings_error(findings, FINDING_SEND, "coverage-language", at,
                       N_("%s asks for a notice in %s, and audience %s has texts in %s only: add that language to its "
                          "template"),
                       form->regime->id, accepted, form->audience, refused);
}

static void say_left_out(const CoverageForm *form, Position at, Findings *findings)
{
    if (form->audience)
        findings_warning(
            findings, FINDING_SEND, "coverage-left-out", at,
            N_("%s protects people of audience %s, whose regimes leave it out, so nobody has looked whether "
               "they are told as it asks: add it there, or make them an audience of their own"),
            form->regime->id, form->audience);
    else
        findings_warning(findings, FINDING_SEND, "coverage-left-out", at,
                         N_("%s asks for a notice, and no audience has it in its regimes, so nobody has looked whether "
                            "people are told as it asks: add it to the audiences that it protects"),
                         form->regime->id);
}

static void say_form(const Covering *covering, const CoverageForm *form)
{
    Findings *findings = covering->workspace->findings;
    Position at = audience_at(material_playbook(covering->workspace->material), form->audience);
    g_autofree char *refused = joined(form->what);

    switch (form->kind) {
    case COVERAGE_FORM_LEFT_OUT:
        say_left_out(form, at, findings);
        break;
    case COVERAGE_FORM_CHANNEL:
        say_channel(form, at, refused, findings);
        break;
    case COVERAGE_FORM_LANGUAGE:
        say_language(form, at, refused, findings);
        break;
    case COVERAGE_FORM_SUBSTITUTE:
        findings_warning(findings, FINDING_SEND, "coverage-substitute", at,
                         N_("%s knows no announcement in the place of a notice: whoever of audience %s cannot be "
                            "reached stays untold there"),
                         form->regime->id, form->audience);
        break;
    }
}

static void say_minors(const Covering *covering, const CoveragePeople *people)
{
    const GArray *regimes = covering->lawbook->statutes->regimes;

    for (guint i = 0; people && i < regimes->len; i++) {
        const ObligationRegime *row = &g_array_index(regimes, ObligationRegime, i);
        int64_t count = row->regime ? coverage_people_minors(people, i, row->regime->minors_under) : 0;
        g_autofree char *number = text_grouped(count);

        if (row->regime && count > 0)
            findings_warning(covering->workspace->findings, FINDING_SEND, "coverage-minors", row->entry->at,
                             N_("%s is about people under %d, and %s of them are in no audience of capacity guardian: "
                                "tell their guardians, too"),
                             row->regime->id, row->regime->minors_under, number);
    }
}

/* The comparison -----------------------------------------------------------------------------------------------------
 */

static bool open_case(Covering *covering)
{
    g_autoptr(GError) error = NULL;
    int64_t now = clock_now(clock_system());

    covering->lawbook = lawbook_open(
        &(LawbookRequest){.material = covering->workspace->material, .folder = covering->workspace->folder, .now = now},
        &error);
    if (!covering->lawbook) {
        findings_error(covering->workspace->findings, FINDING_REPORT, "coverage-case",
                       position_make(covering->workspace->folder, 0, 0), "%s", error->message);
        return false;
    }
    covering->decisions = case_decisions(covering->lawbook->state, now);
    return true;
}

CoverageResult *covering_check(const Workspace *workspace, const CoveragePeople *people)
{
    const Playbook *playbook = material_playbook(workspace->material);
    Covering covering = {.workspace = workspace};
    CoverageResult *result;

    if (playbook->law->regimes->len + playbook->policies->len == 0 || !open_case(&covering))
        return NULL;
    covering.asked = promise_asked(workspace->material);
    result = coverage_check(&(CoverageRequest){.material = workspace->material,
                                               .statutes = material_statutes(workspace->material),
                                               .people = people,
                                               .further = ask_by_policies,
                                               .variable = variable_of,
                                               .is_decided = is_decided,
                                               .user = &covering});
    for (guint i = 0; i < result->rows->len; i++)
        say_row(&covering, g_ptr_array_index(result->rows, i));
    say_pointers(&covering, result);
    say_minors(&covering, people);
    for (guint i = 0; i < result->forms->len; i++)
        say_form(&covering, g_ptr_array_index(result->forms, i));
    g_ptr_array_unref(covering.asked);
    g_ptr_array_unref(covering.decisions);
    lawbook_close(covering.lawbook);
    return result;
}

/* What is shown ------------------------------------------------------------------------------------------------------
 */

static size_t errors_of(const CoverageResult *result)
{
    size_t count = 0;

    for (guint i = 0; i < result->rows->len; i++)
        count += !((const CoverageRow *)g_ptr_array_index(result->rows, i))->is_soft;
    return count;
}

void covering_print(const CoverageResult *result)
{
    size_t missing = errors_of(result);

    if (result->requirements == 0)
        printf("%s", _("what notices must say: no regime or policy of the playbook asks for anything\n"));
    else if (result->texts == 0)
        printf(_("what notices must say: no notice was compared (%zu asked)\n"), result->requirements);
    else if (missing > 0)
        printf(language_plural("what notices must say: %zu thing is missing (%zu asked, text versions: %zu)\n",
                               "what notices must say: %zu things are missing (%zu asked, text versions: %zu)\n",
                               (int64_t)missing),
               missing, result->requirements, result->texts);
    else
        printf(_("what notices must say: all of it is there (%zu asked, text versions: %zu)\n"), result->requirements,
               result->texts);
}

static json_t *contents_json(CoverageSet set)
{
    json_t *list = json_array();
    size_t count = 0;
    const CoverageContent *contents = coverage_contents(&count);

    for (size_t i = 0; i < count; i++)
        if (set >> i & 1)
            json_array_append_new(list, json_string(contents[i].id));
    return list;
}

static json_t *place_json(const CoveragePlace *place)
{
    return json_pack("{s:s?, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:I}", "audience", place->audience, "channel",
                     place->channel, "locale", place->locale, "part", place->part, "file", place->path, "kinds",
                     place->kinds, "update", place->is_update, "points", place->points || place->points_nowhere,
                     "combinations", (json_int_t)place->combinations);
}

static json_t *row_json(const CoverageRow *row)
{
    const CoverageRequirement *requirement = row->requirement;
    json_t *places = json_array();

    for (guint i = 0; i < row->places->len; i++)
        json_array_append_new(places, place_json(g_ptr_array_index(row->places, i)));
    return json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s, s:b, s:b, s:o, s:o}", "source", requirement->source, "field",
                     requirement->field, "text", requirement->text, "reference", requirement->reference, "exact",
                     row->order ? row->order : requirement->exact, "verdict", coverage_verdict_name(row->verdict),
                     "unverified", requirement->is_unverified, "required", !row->is_soft, "lacking",
                     contents_json(row->lacking), "places", places);
}

static json_t *form_json(const CoverageForm *form)
{
    static const char *const kinds[] = {"channel", "language", "substitute", "left_out"}; /* as CoverageFormKind */
    json_t *what = json_array();

    for (guint i = 0; i < form->what->len; i++)
        json_array_append_new(what, json_string(g_ptr_array_index(form->what, i)));
    return json_pack("{s:s, s:s, s:s?, s:o, s:b}", "kind", kinds[form->kind], "source", form->regime->id, "audience",
                     form->audience, "refused", what, "has_other", form->has_other);
}

json_t *covering_json(const CoverageResult *result)
{
    json_t *rows = json_array();
    json_t *forms = json_array();

    for (guint i = 0; i < result->rows->len; i++)
        json_array_append_new(rows, row_json(g_ptr_array_index(result->rows, i)));
    for (guint i = 0; i < result->forms->len; i++)
        json_array_append_new(forms, form_json(g_ptr_array_index(result->forms, i)));
    return json_pack("{s:I, s:I, s:I, s:o, s:o}", "texts", (json_int_t)result->texts, "asked",
                     (json_int_t)result->requirements, "not_met", (json_int_t)errors_of(result), "rows", rows, "forms",
                     forms);
}
