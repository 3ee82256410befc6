#include "dispatch/coverage_check.h"

#include <string.h>

#include "dispatch/coverage_entry.h"
#include "model/announcement.h"

typedef struct Checking {
    const CoverageRequest *request;
    const Playbook *playbook;
    CoverageResult *result;
    GPtrArray *entries; /* of CoverageEntry *: every text of every audience, then the announcement's */
    GPtrArray *asked;   /* for each audience: GPtrArray * of lists, borrowed from the result or the request */
    GPtrArray *update;  /* the list for updates, borrowed from the result */
    RenderScratch *scratch;
} Checking;

static const CoverageReading *read_entry(const Checking *checking, CoverageEntry *entry, const char *kinds)
{
    return coverage_entry_read(entry, checking->playbook, checking->scratch, kinds);
}

/* What is asked -------------------------------------------------------------------------------------------------- */

static bool is_of_audience(const Checking *checking, guint entry, size_t index)
{
    const Audience *audience = g_ptr_array_index(checking->playbook->audiences, index);
    const LawRegime *regime = g_ptr_array_index(checking->playbook->law->regimes, entry);
    const CoveragePeople *people = checking->request->people;

    if (audience->regimes)
        return g_ptr_array_find_with_equal_func(audience->regimes, regime->id, g_str_equal, NULL);
    return audience->capacity != CAPACITY_ORGANIZATION && (!people || coverage_people_protects(people, index, entry));
}

static void ask_audiences(Checking *checking)
{
    const GArray *regimes = checking->request->statutes->regimes;

    for (guint i = 0; i < checking->playbook->audiences->len; i++)
        g_ptr_array_add(checking->asked, g_ptr_array_new());
    for (guint i = 0; i < regimes->len; i++) {
        const Regime *regime = g_array_index(regimes, ObligationRegime, i).regime;
        GPtrArray *list;

        if (!regime || !regime->is_enabled || regime->notice_fields->len == 0)
            continue;
        list = coverage_of_regime(regime);
        g_ptr_array_add(checking->result->lists, list);
        checking->result->requirements += list->len;
        for (guint j = 0; j < checking->asked->len; j++)
            if (is_of_audience(checking, i, j))
                g_ptr_array_add(g_ptr_array_index(checking->asked, j), list);
    }
}

static void ask_further(Checking *checking)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();

    for (guint i = 0; checking->request->further && i < checking->asked->len; i++) {
        GPtrArray *lists = g_ptr_array_index(checking->asked, i);
        guint before = lists->len;

        checking->request->further(i, lists, checking->request->user);
        for (guint j = before; j < lists->len; j++) {
            GPtrArray *list = g_ptr_array_index(lists, j);

            if (g_ptr_array_find(known, list, NULL))
                continue;
            g_ptr_array_add(known, list);
            g_ptr_array_add(checking->result->lists, g_ptr_array_ref(list));
            checking->result->requirements += list->len;
        }
    }
}

typedef struct Looking {
    const Checking *checking;
    const char *regime, *kinds;
} Looking;

static bool has_kind(const Looking *looking, const char *name)
{
    const GPtrArray *all = looking->checking->playbook->data_kinds;
    g_auto(GStrv) named = g_strsplit(looking->kinds, ";", -1);

    if (*looking->kinds)
        return g_strv_contains((const char *const *)named, name);
    for (guint i = 0; i < all->len; i++)
        if (strcmp(((const DataKind *)g_ptr_array_index(all, i))->name, name) == 0)
            return true;
    return false;
}

static const char *look_up(const char *name, void *user)
{
    const Looking *looking = user;
    const CoverageRequest *request = looking->checking->request;

    if (g_str_has_prefix(name, COVERAGE_KIND))
        return has_kind(looking, name + strlen(COVERAGE_KIND)) ? "1" : "0";
    return request->variable ? request->variable(looking->regime, name, request->user) : NULL;
}

/* Judging -------------------------------------------------------------------------------------------------------- */

static void free_place(gpointer data)
{
    CoveragePlace *place = data;

    g_free(place->kinds);
    g_free(place);
}

static CoverageRow *row_of(Checking *checking, const CoverageRow *wanted)
{
    CoverageRow *row;

    for (guint i = 0; i < checking->result->rows->len; i++) {
        row = g_ptr_array_index(checking->result->rows, i);
        if (row->requirement == wanted->requirement && row->verdict == wanted->verdict &&
            row->is_soft == wanted->is_soft && row->lacking == wanted->lacking && row->order == wanted->order)
            return row;
    }
    row = g_memdup2(wanted, sizeof *wanted);
    row->places = g_ptr_array_new_with_free_func(free_place);
    g_ptr_array_add(checking->result->rows, row);
    return row;
}

static const char *path_of(const CoverageEntry *entry, const char *part)
{
    const char *name = g_strcmp0(part, "html") == 0 ? "html" : "text";
    const json_t *parts = json_object_get(render_text_body(entry->text), "parts");

    return g_intern_string(json_string_value(json_object_get(json_object_get(parts, name), "path")));
}

/* `told`: the text that should have the words: the entry, or what it points to. */
static void add_place(Checking *checking, const CoverageRow *wanted, const CoverageEntry *entry,
                      const CoverageEntry *told, const char *kinds, const char *part, bool points_nowhere)
{
    CoverageRow *row = row_of(checking, wanted);
    CoveragePlace *place;

    for (guint i = 0; i < row->places->len; i++) {
        place = g_ptr_array_index(row->places, i);
        if (g_strcmp0(place->audience, entry->audience) == 0 && strcmp(place->channel, entry->channel) == 0 &&
            strcmp(place->locale, entry->locale) == 0 && place->is_update == entry->is_update) {
            place->combinations++;
            return;
        }
    }
    place = g_new0(CoveragePlace, 1);
    *place = (CoveragePlace){.audience = entry->audience,
                             .channel = entry->channel,
                             .locale = entry->locale,
                             .part = part ? part : "txt",
                             .path = path_of(told, part),
                             .is_update = entry->is_update,
                             .points = told != entry,
                             .points_nowhere = points_nowhere,
                             .kinds = g_strdup(kinds),
                             .combinations = 1};
    g_ptr_array_add(row->places, place);
}

/* Whether it is the page of a later edition, which holds the whole notice below what has changed: whoever hears of the
 * incident only now has nothing else. A withdrawal has nothing to hold. */
static bool is_whole_page(const Checking *checking, const CoverageEntry *entry)
{
    const PlaybookUpdate *update = checking->playbook->update;

    return !entry->audience && update && update->kind != UPDATE_WITHDRAWAL;
}

/* Whether a text that only points has what `target` has. */
static bool is_target(const Checking *checking, const CoverageEntry *entry, const CoverageEntry *target)
{
    const Audience *of, *other;

    if (target == entry || (target->is_update != entry->is_update && !is_whole_page(checking, target)))
        return false;
    if (!target->audience)
        return g_strcmp0(target->locale,
                         announcement_locale(material_need(checking->request->material), entry->locale)) == 0;
    if (strcmp(target->locale, entry->locale) != 0)
        return false;
    if (target->index == entry->index)
        return true;
    of = g_ptr_array_index(checking->playbook->audiences, entry->index);
    other = g_ptr_array_index(checking->playbook->audiences, target->index);
    return of->also && other->capacity == CAPACITY_GUARDIAN;
}

/* Whether the announcement is what people are left with whom nothing else reaches. */
static bool is_counted_on(const Checking *checking)
{
    return checking->playbook->escalation.end == ESCALATION_ANNOUNCEMENT;
}

/* What the page of an announcement has by itself, or what is for the person who reads it. */
static bool is_for_page(const CoverageRequirement *requirement)
{
    const CoverageSet of_page = coverage_bit("title") | coverage_bit("notice_date") | coverage_bit("verify");

    return (requirement->content & ~of_page) == 0;
}

/* Whether it is said of a text itself, when it was asked, that it does not meet a requirement. */
static bool is_said_of(const Checking *checking, const CoverageEntry *entry, const CoverageRequirement *asked,
                       CoverageVerdict verdict)
{
    const GPtrArray *lists = entry->audience ? g_ptr_array_index(checking->asked, entry->index) : NULL;

    if (!entry->audience)
        return is_counted_on(checking) && verdict != COVERAGE_HEADING && !is_for_page(asked);
    for (guint i = 0; i < lists->len; i++)
        if (g_ptr_array_find(g_ptr_array_index(lists, i), asked, NULL))
            return true;
    return false;
}

/* What a pointer's targets make of a requirement. */
typedef enum Elsewhere {
    ELSEWHERE_MET,
    ELSEWHERE_SAID,    /* the target lacks it, which is said of the target */
    ELSEWHERE_LACKING, /* the target lacks it, and nothing is said of that */
    ELSEWHERE_NOTHING, /* there is no target */
} Elsewhere;

/* *row and *target are filled for ELSEWHERE_LACKING. */
static Elsewhere judge_elsewhere(const Checking *checking, const CoverageEntry *entry, const char *kinds,
                                 CoverageRow *row, const CoverageEntry **target)
{
    Elsewhere found = ELSEWHERE_NOTHING;

    for (guint i = 0; i < checking->entries->len; i++) {
        CoverageEntry *other = g_ptr_array_index(checking->entries, i);
        const CoverageReading *reading;
        CoverageSet lacking = 0;
        CoverageVerdict verdict;

        if (!is_target(checking, entry, other))
            continue;
        if (!other->audience && is_for_page(row->requirement) && !row->requirement->exact)
            return ELSEWHERE_MET;
        reading = read_entry(checking, other, kinds);
        if (reading->is_pointer)
            continue;
        verdict = coverage_reading_judge(reading, row->requirement, &lacking, NULL);
        if (verdict == COVERAGE_MET)
            return ELSEWHERE_MET;
        if (is_said_of(checking, other, row->requirement, verdict)) {
            found = ELSEWHERE_SAID;
        } else if (found == ELSEWHERE_NOTHING) {
            found = ELSEWHERE_LACKING;
            row->verdict = verdict;
            row->lacking = lacking;
            *target = other;
        }
    }
    return found;
}

/* Whether a text has to hold what is asked: yes, no, or nobody knows. */
static ConditionValue applies(const Checking *checking, const CoverageEntry *entry, const CoverageRequirement *asked,
                              const char *kinds)
{
    Looking looking = {.checking = checking, .regime = asked->source, .kinds = kinds};

    if ((entry->is_update && !asked->of_updates && !is_whole_page(checking, entry)) ||
        (!entry->audience && is_for_page(asked)))
        return CONDITION_FALSE;
    return asked->cond ? condition_evaluate(asked->cond, look_up, &looking, NULL) : CONDITION_TRUE;
}

static void judge(Checking *checking, CoverageEntry *entry, const CoverageRequirement *asked, const char *kinds)
{
    const CoverageReading *reading = read_entry(checking, entry, kinds);
    ConditionValue holds = applies(checking, entry, asked, kinds);
    CoverageRequirement without = *asked;
    CoverageRow row = {.requirement = asked, .is_soft = asked->is_soft || holds == CONDITION_UNKNOWN};
    const CoverageEntry *told = entry;
    const char *part = NULL;
    Elsewhere elsewhere = ELSEWHERE_NOTHING;

    if (holds == CONDITION_FALSE || reading->count == 0)
        return;
    if (!entry->audience)
        without.exact = NULL; /* its page has headings of its own */
    row.verdict = coverage_reading_judge(reading, &without, &row.lacking, &part);
    if (row.verdict != COVERAGE_MET && reading->is_pointer)
        elsewhere = judge_elsewhere(checking, entry, kinds, &row, &told);
    if (row.verdict == COVERAGE_MET || elsewhere < ELSEWHERE_LACKING)
        return;
    if (row.verdict == COVERAGE_UNKNOWN && checking->request->is_decided &&
        checking->request->is_decided(asked, row.lacking, checking->request->user))
        return;
    add_place(checking, &row, entry, told, kinds, part, reading->is_pointer && elsewhere == ELSEWHERE_NOTHING);
}

/* A law that fixes headings fixes their order, too. */
static void judge_order(Checking *checking, CoverageEntry *entry, const GPtrArray *list)
{
    const CoverageReading *reading = read_entry(checking, entry, "");
    const CoverageRequirement *first = list->len > 0 ? g_ptr_array_index(list, 0) : NULL;

    for (size_t i = 0; first && i < reading->count; i++) {
        CoverageRow row = {.requirement = first, .verdict = COVERAGE_HEADING};

        if (!coverage_headings_in_order(list, first->source, (const char *const *)reading->parts[i].lines, &row.order))
            add_place(checking, &row, entry, entry, "", reading->parts[i].name, false);
    }
}

static void judge_list(Checking *checking, CoverageEntry *entry, const GPtrArray *list, const GPtrArray *combinations)
{
    for (guint i = 0; i < list->len; i++)
        for (guint j = 0; j < combinations->len; j++)
            judge(checking, entry, g_ptr_array_index(list, i), g_ptr_array_index(combinations, j));
    if (entry->audience && !entry->is_update && !read_entry(checking, entry, "")->is_pointer)
        judge_order(checking, entry, list);
}

/* All together, each alone, and those of the people. Borrowed texts. */
static GPtrArray *combinations_of(const Checking *checking, const CoverageEntry *entry)
{
    const GPtrArray *kinds = checking->playbook->data_kinds;
    const GPtrArray *seen = checking->request->people && entry->audience
                                ? coverage_people_kinds(checking->request->people, entry->index)
                                : NULL;
    GPtrArray *combinations = g_ptr_array_new();

    g_ptr_array_add(combinations, (gpointer) "");
    for (guint i = 0; entry->audience && i < kinds->len; i++)
        g_ptr_array_add(combinations, ((const DataKind *)g_ptr_array_index(kinds, i))->name);
    for (guint i = 0; seen && i < seen->len; i++)
        if (!g_ptr_array_find_with_equal_func(combinations, g_ptr_array_index(seen, i), g_str_equal, NULL))
            g_ptr_array_add(combinations, g_ptr_array_index(seen, i));
    return combinations;
}

static void judge_entry(Checking *checking, CoverageEntry *entry, const GPtrArray *lists)
{
    g_autoptr(GPtrArray) combinations = combinations_of(checking, entry);

    if (lists->len == 0)
        return;
    checking->result->texts++;
    if (entry->is_update)
        judge_list(checking, entry, checking->update, combinations);
    for (guint i = 0; i < lists->len; i++)
        judge_list(checking, entry, g_ptr_array_index(lists, i), combinations);
}

/* What the announcement has to hold: what any audience is owed. */
static GPtrArray *asked_of_public(const Checking *checking)
{
    GPtrArray *lists = g_ptr_array_new();

    for (guint i = 0; i < checking->asked->len; i++) {
        const GPtrArray *some = g_ptr_array_index(checking->asked, i);

        for (guint j = 0; j < some->len; j++)
            if (!g_ptr_array_find(lists, g_ptr_array_index(some, j), NULL))
                g_ptr_array_add(lists, g_ptr_array_index(some, j));
    }
    return lists;
}

static void judge_all(Checking *checking)
{
    g_autoptr(GPtrArray) public = asked_of_public(checking);

    for (guint i = 0; i < checking->entries->len; i++) {
        CoverageEntry *entry = g_ptr_array_index(checking->entries, i);

        if (entry->audience)
            judge_entry(checking, entry, g_ptr_array_index(checking->asked, entry->index));
        else if (is_counted_on(checking))
            judge_entry(checking, entry, public);
    }
}

/* Forms ---------------------------------------------------------------------------------------------------------- */

static void add_form(Checking *checking, CoverageFormKind kind, const Regime *regime, const Audience *audience,
                     GPtrArray *what, bool has_other)
{
    CoverageForm *form = g_new0(CoverageForm, 1);

    *form = (CoverageForm){.kind = kind,
                           .regime = regime,
                           .audience = audience ? audience->id : NULL,
                           .what = what,
                           .has_other = has_other};
    g_ptr_array_add(checking->result->forms, form);
}

static void check_channels(Checking *checking, const Regime *regime, size_t index)
{
    const Audience *audience = g_ptr_array_index(checking->playbook->audiences, index);
    g_autoptr(GPtrArray) refused = g_ptr_array_new();

    for (guint i = 0; regime->notice_channels && i < audience->ladder->len; i++)
        if (!g_strv_contains((const char *const *)regime->notice_channels, g_ptr_array_index(audience->ladder, i)))
            g_ptr_array_add(refused, g_ptr_array_index(audience->ladder, i));
    if (refused->len > 0)
        add_form(checking, COVERAGE_FORM_CHANNEL, regime, audience, g_ptr_array_ref(refused),
                 refused->len < audience->ladder->len);
}

/* zh-TW is one of zh, and zh is not one of zh-TW. */
static bool is_language(const Regime *regime, const char *locale)
{
    g_auto(GStrv) chain = locale_chain(locale);

    for (char **one = chain; *one; one++)
        if (g_strv_contains((const char *const *)regime->notice_languages, *one))
            return true;
    return false;
}

static void check_languages(Checking *checking, const Regime *regime, size_t index)
{
    g_autoptr(GPtrArray) refused = g_ptr_array_new();
    bool has_other = false;

    for (guint i = 0; regime->notice_languages && i < checking->entries->len; i++) {
        const CoverageEntry *entry = g_ptr_array_index(checking->entries, i);

        if (!entry->audience || entry->index != index)
            continue;
        if (is_language(regime, entry->locale))
            has_other = true;
        else if (!g_ptr_array_find_with_equal_func(refused, entry->locale, g_str_equal, NULL))
            g_ptr_array_add(refused, (gpointer)entry->locale);
    }
    if (refused->len > 0)
        add_form(checking, COVERAGE_FORM_LANGUAGE, regime, g_ptr_array_index(checking->playbook->audiences, index),
                 g_ptr_array_ref(refused), has_other);
}

static void check_substitute(Checking *checking, const Regime *regime, size_t index)
{
    if (regime->substitute_channels && is_counted_on(checking) && checking->playbook->announcement &&
        !g_strv_contains((const char *const *)regime->substitute_channels, ANNOUNCEMENT_CHANNEL))
        add_form(checking, COVERAGE_FORM_SUBSTITUTE, regime, g_ptr_array_index(checking->playbook->audiences, index),
                 g_ptr_array_new(), false);
}

/* Audiences of people, whose notices are not only a word beside another one. */
static bool is_of_people(const Audience *audience)
{
    return audience->capacity != CAPACITY_ORGANIZATION && !audience->also;
}

/* A regime that says whom it protects is left out of an audience that has such people and `regimes` without it. */
static bool is_left_out(const Checking *checking, guint entry, size_t index)
{
    const Audience *audience = g_ptr_array_index(checking->playbook->audiences, index);
    const LawRegime *regime = g_ptr_array_index(checking->playbook->law->regimes, entry);
    const CoveragePeople *people = checking->request->people;

    return is_of_people(audience) && audience->regimes && regime->people && people &&
           coverage_people_seen(people, index) && coverage_people_protects(people, index, entry) &&
           !is_of_audience(checking, entry, index);
}

/* Whether it protects somebody, and no audience has it. */
static bool is_left_out_by_all(const Checking *checking, guint entry)
{
    const GPtrArray *audiences = checking->playbook->audiences;
    const CoveragePeople *people = checking->request->people;
    bool protects = false;

    for (guint i = 0; i < audiences->len; i++) {
        if (is_of_audience(checking, entry, i))
            return false;
        protects = protects || (is_of_people(g_ptr_array_index(audiences, i)) &&
                                (!people || coverage_people_protects(people, i, entry)));
    }
    return protects;
}

/* Only one of the two is said of a regime. */
static void check_left_out(Checking *checking, const Regime *regime, guint entry)
{
    const GPtrArray *audiences = checking->playbook->audiences;

    if (regime->notice_fields->len == 0)
        return;
    if (is_left_out_by_all(checking, entry)) {
        add_form(checking, COVERAGE_FORM_LEFT_OUT, regime, NULL, g_ptr_array_new(), false);
        return;
    }
    for (guint i = 0; i < audiences->len; i++)
        if (is_left_out(checking, entry, i))
            add_form(checking, COVERAGE_FORM_LEFT_OUT, regime, g_ptr_array_index(audiences, i), g_ptr_array_new(),
                     true);
}

static void check_forms(Checking *checking)
{
    const GArray *regimes = checking->request->statutes->regimes;

    for (guint i = 0; i < regimes->len; i++) {
        const Regime *regime = g_array_index(regimes, ObligationRegime, i).regime;

        if (!regime || !regime->is_enabled)
            continue;
        check_left_out(checking, regime, i);
        for (guint j = 0; j < checking->asked->len; j++) {
            if (!is_of_audience(checking, i, j))
                continue;
            check_channels(checking, regime, j);
            check_languages(checking, regime, j);
            check_substitute(checking, regime, j);
        }
    }
}

/* Results -------------------------------------------------------------------------------------------------------- */

static void free_row(gpointer data)
{
    CoverageRow *row = data;

    g_ptr_array_unref(row->places);
    g_free(row);
}

static void free_form(gpointer data)
{
    CoverageForm *form = data;

    g_ptr_array_unref(form->what);
    g_free(form);
}

static void free_list(gpointer data)
{
    g_ptr_array_unref(data);
}

CoverageResult *coverage_check(const CoverageRequest *request)
{
    CoverageResult *result = g_new0(CoverageResult, 1);
    Checking checking = {.request = request,
                         .playbook = material_playbook(request->material),
                         .result = result,
                         .asked = g_ptr_array_new_with_free_func(free_list),
                         .scratch = render_scratch_new()};

    result->lists = g_ptr_array_new_with_free_func(free_list);
    result->rows = g_ptr_array_new_with_free_func(free_row);
    result->forms = g_ptr_array_new_with_free_func(free_form);
    ask_audiences(&checking);
    ask_further(&checking);
    checking.update = coverage_of_update();
    g_ptr_array_add(result->lists, checking.update);
    if (result->requirements > 0) {
        checking.entries = coverage_entries(request->material);
        judge_all(&checking);
        check_forms(&checking);
    }
    g_clear_pointer(&checking.entries, g_ptr_array_unref);
    g_ptr_array_unref(checking.asked);
    render_scratch_free(checking.scratch);
    return result;
}

void coverage_result_free(CoverageResult *result)
{
    if (!result)
        return;
    g_ptr_array_unref(result->rows);
    g_ptr_array_unref(result->forms);
    g_ptr_array_unref(result->lists);
    g_free(result);
}
