#include "dispatch/freeze.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/seal.h"
#include "base/text.h"
#include "dispatch/duplicate.h"
#include "dispatch/edition.h"
#include "load/load_people.h"
#include "model/locale.h"
#include "model/plan.h"

#define PROGRESS_ROWS 5000

typedef struct Twice { /* a row whose id another has as well */
    int64_t row;
    char *id; /* owned */
    Position at;
} Twice;

typedef struct Freezer {
    Material *material;
    Findings *findings;
    const FreezeWatch *watch;
    FreezeSummary *summary;
    PlanRules rules;
    PlanDecision decision;
    PlanSettled settled;                          /* the phone numbers of the person in work; owned */
    EditionStanding standing[PLAN_AUDIENCES_MAX]; /* of the person in work, by audience */
    bool is_undecidable; /* an audience has no text in the default language: only the rows are looked at */
    const PersonColumns *columns;
    int *order;       /* columns by name, for canonical JSON */
    GString *data;    /* scratch: one person's data */
    LedgerPlan *plan; /* NULL when checking */
    const uint8_t *secret;
    int64_t gateway_numbers[PLAN_AUDIENCES_MAX]; /* by position in the playbook's gateways */
    Duplicates *duplicates;                      /* when checking; owned */
    GArray *twice;                               /* when planning: of Twice, by row; owned */
    int64_t twice_more;                          /* and so many more, which are only counted */
    GHashTable *kinds;                           /* of remark: how many so far; owned */
    int64_t remarks_hidden;
} Freezer;

/* Remarks ------------------------------------------------------------------------------------------------------- */

/* Many remarks of one kind do not keep one of another from being shown. `kind` is static or interned. */
static bool may_show(Freezer *freezer, const char *kind)
{
    int before = GPOINTER_TO_INT(g_hash_table_lookup(freezer->kinds, kind));

    freezer->summary->remarks++;
    g_hash_table_insert(freezer->kinds, (gpointer)kind, GINT_TO_POINTER(MIN(before, FREEZE_REMARKS_SHOWN) + 1));
    if (before < FREEZE_REMARKS_SHOWN)
        return true;
    freezer->remarks_hidden++;
    return false;
}

static void remark(const Person *person, const char *column, const char *text, void *user)
{
    static const struct {
        const char *column, *id;
    } others[] = {{"compromised", "people-circumstance"},
                  {"data_kinds", "people-circumstance"},
                  {"deceased", "people-circumstance"},
                  {"locale", "people-locale"}};
    Freezer *freezer = user;
    const char *id = "people-endpoint";

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (strcmp(others[i].column, column) == 0)
            id = others[i].id;
    if (may_show(freezer, g_intern_string(column)))
        findings_warning(freezer->findings, FINDING_SEND, id, person->at, "%s of \"%s\": %s", column,
                         person_value(person, "id"), text);
}

static void remark_row(Freezer *freezer, Position at, const char *id, const char *text)
{
    if (may_show(freezer, id))
        findings_warning(freezer->findings, FINDING_SEND, id, at, "this row is quarantined: %s", _(text));
}

static void note_twice(int64_t row, const char *id, void *user)
{
    Freezer *freezer = user;
    Twice twice = {.row = row,
                   .id = g_strdup(id),
                   .at = position_make(material_playbook(freezer->material)->people_path, 0, 0)};

    if (freezer->twice->len < FREEZE_REMARKS_SHOWN)
        g_array_append_val(freezer->twice, twice);
    else {
        g_free(twice.id);
        freezer->twice_more++;
    }
}

static void remark_duplicate(Freezer *freezer, Position at, const char *id)
{
    g_autofree char *text = g_strdup_printf(_("the id \"%s\" stands in more than one row; give each person one row"), id);

    remark_row(freezer, at, "people-duplicate-id", text);
}

static void sum_up_remarks(Freezer *freezer)
{
    const Playbook *playbook = material_playbook(freezer->material);

    if (freezer->remarks_hidden > 0)
        findings_warning(freezer->findings, FINDING_SEND, "people-more", position_make(playbook->people_path, 0, 0),
                         "and %d more rows like these", (int)freezer->remarks_hidden);
}

/* Rules --------------------------------------------------------------------------------------------------------- */

/* The text that the person in work gets. */
static MaterialText *text_of(const Freezer *freezer, size_t audience, const char *channel, const char *locale)
{
    return material_text(freezer->material, audience, channel, locale,
                         freezer->standing[audience] == EDITION_TOLD_BEFORE, freezer->findings);
}

/* When checking, nobody knows who was told: the update must be right as well. */
static const char *const *needs_of(size_t audience, const char *channel, const char *locale, void *user)
{
    const Freezer *freezer = user;

    if (!freezer->plan && material_playbook(freezer->material)->update)
        material_text(freezer->material, audience, channel, locale, true, freezer->findings);
    return (const char *const *)text_of(freezer, audience, channel, locale)->needs;
}

/* Every name of a rule must be a column of the people file. */
static void check_condition(const Freezer *freezer, const Condition *match, Position at)
{
    const char *const *names = match ? condition_names(match) : NULL;

    for (; names && *names; names++)
        if (person_column(freezer->columns, *names) < 0) {
            const char *nearest = text_nearest(*names, (const char *const *)freezer->columns->names);

            if (nearest)
                findings_error(freezer->findings, FINDING_SEND, "audience-unknown-name", at,
                               "the people file has no column %s: did you mean %s?", *names, nearest);
            else
                findings_error(freezer->findings, FINDING_SEND, "audience-unknown-name", at,
                               "the people file has no column %s", *names);
        }
}

static void check_condition_names(Freezer *freezer)
{
    const Playbook *playbook = material_playbook(freezer->material);

    for (guint i = 0; i < playbook->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(playbook->audiences, i);

        check_condition(freezer, audience->match, audience->match_at);
    }
    if (playbook->update)
        check_condition(freezer, playbook->update->match, playbook->update->match_at);
}

static int compare_columns(const void *left, const void *right, void *columns)
{
    const PersonColumns *all = columns;

    return strcmp(all->names[*(const int *)left], all->names[*(const int *)right]);
}

static void prepare_rules(Freezer *freezer)
{
    const Playbook *playbook = material_playbook(freezer->material);

    freezer->rules = (PlanRules){.playbook = playbook, .needs = needs_of, .user = freezer};
    for (guint i = 0; i < playbook->audiences->len; i++) {
        freezer->rules.locales[i] = material_locales(freezer->material, i);
        if (!locale_pick(NULL, freezer->rules.locales[i], playbook->default_locale))
            freezer->is_undecidable = true;
    }
    freezer->order = g_new(int, freezer->columns->count);
    for (size_t i = 0; i < freezer->columns->count; i++)
        freezer->order[i] = (int)i;
    qsort_r(freezer->order, freezer->columns->count, sizeof *freezer->order, compare_columns, (void *)freezer->columns);
    check_condition_names(freezer);
}

/* People -------------------------------------------------------------------------------------------------------- */

/* How the person stands, from the ledger that is there; which texts they get, and what those need, depends on it. */
static bool look_up_told(Freezer *freezer, const Person *person, GError **error)
{
    const Playbook *playbook = material_playbook(freezer->material);
    const LedgerPlanTold *told = NULL;
    int count = 0;

    memset(freezer->standing, 0, sizeof freezer->standing);
    if (freezer->plan && playbook->incident.edition > 1 && !person->problem)
        count = ledger_plan_told(freezer->plan, person_value(person, "id"), &told, error);
    if (count > 0) {
        plan_decide(&freezer->rules, person, &freezer->decision, NULL, freezer);
        edition_sort(playbook, &freezer->decision, told, (size_t)count, freezer->standing);
        plan_decision_clear(&freezer->decision);
    }
    return count >= 0;
}

static bool decide(Freezer *freezer, Person *person, PlanRemark *say, GError **error)
{
    plan_settle(&freezer->rules, person, &freezer->settled, say, freezer);
    if (!freezer->is_undecidable) {
        if (!look_up_told(freezer, person, error))
            return false;
        plan_decide(&freezer->rules, person, &freezer->decision, say, freezer);
        if (freezer->plan)
            edition_apply(material_playbook(freezer->material), person, freezer->standing, &freezer->decision);
        return true;
    }
    freezer->decision.count = 1;
    freezer->decision.notices[0] =
        (PlanNotice){.audience = PLAN_AUDIENCES_MAX, .aside = person->problem ? TOLD_QUARANTINED : TOLD_PENDING};
    return true;
}

/* Canonical JSON of the columns that have a value, in the order of their names. */
static char *person_data(Freezer *freezer, const Person *person)
{
    GString *data = freezer->data;

    g_string_assign(data, "{");
    for (size_t i = 0; i < freezer->columns->count; i++) {
        int column = freezer->order[i];

        if (!*person->values[column])
            continue;
        if (data->len > 1)
            g_string_append_c(data, ',');
        text_append_json(data, freezer->columns->names[column]);
        g_string_append_c(data, ':');
        text_append_json(data, person->values[column]);
    }
    g_string_append_c(data, '}');
    return seal(data->str);
}

static void make_id(const Freezer *freezer, const PlanNotice *notice, const char *endpoint, char *id)
{
    const Playbook *playbook = material_playbook(freezer->material);
    const Audience *audience = g_ptr_array_index(playbook->audiences, notice->audience);
    char edition[16];
    const char *parts[] = {playbook->incident.id,
                           playbook_status_name(material_status(freezer->material)),
                           edition,
                           notice->channel,
                           endpoint,
                           audience->id,
                           notice->locale};

    g_snprintf(edition, sizeof edition, "%d", playbook->incident.edition);
    id_message(freezer->secret, parts, G_N_ELEMENTS(parts), id);
}

static int64_t gateway_number(const Freezer *freezer, const char *channel)
{
    const GPtrArray *gateways = material_playbook(freezer->material)->gateways;

    for (guint i = 0; i < gateways->len; i++)
        if (strcmp(((const ChannelGateway *)g_ptr_array_index(gateways, i))->channel, channel) == 0)
            return freezer->gateway_numbers[i];
    return 0;
}

/* The number of a text version in the plan; made with its first message. 0 with an error, or when it has mistakes. */
static int64_t text_number(Freezer *freezer, const PlanNotice *notice, GError **error)
{
    const Playbook *playbook = material_playbook(freezer->material);
    const Audience *audience = g_ptr_array_index(playbook->audiences, notice->audience);
    MaterialText *text = text_of(freezer, notice->audience, notice->channel, notice->locale);

    if (text->frozen == 0 && text->body)
        text->frozen = ledger_plan_text(freezer->plan,
                                        &(LedgerPlannedText){.audience = audience->id,
                                                             .channel = notice->channel,
                                                             .locale = notice->locale,
                                                             .is_update = text->is_update,
                                                             .body = text->body},
                                        error);
    return text->frozen;
}

static bool plan_person(Freezer *freezer, const Person *person, GError **error)
{
    const PlanDecision *decision = &freezer->decision;
    const GPtrArray *audiences = material_playbook(freezer->material)->audiences;
    LedgerPlannedMessage messages[PLAN_AUDIENCES_MAX][PLAN_ENDPOINTS_MAX];
    LedgerPlannedNotice notices[PLAN_AUDIENCES_MAX];
    g_autoptr(GPtrArray) sealed = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *data = person->problem ? NULL : person_data(freezer, person);

    for (size_t i = 0; i < decision->count; i++) {
        const PlanNotice *notice = &decision->notices[i];

        notices[i] = (LedgerPlannedNotice){
            .audience = notice->audience < audiences->len
                            ? ((const Audience *)g_ptr_array_index(audiences, notice->audience))->id
                            : "",
            .aside = notice->aside,
            .reason = notice->reason,
            .messages = messages[i],
            .count = notice->count};
        for (size_t j = 0; j < notice->count; j++) {
            char *endpoint = seal(notice->endpoints[j]);

            g_ptr_array_add(sealed, endpoint);
            messages[i][j] = (LedgerPlannedMessage){.endpoint = endpoint,
                                                    .gateway = gateway_number(freezer, notice->channel),
                                                    .text = text_number(freezer, notice, error)};
            if (messages[i][j].text == 0)
                return false;
            make_id(freezer, notice, notice->endpoints[j], messages[i][j].id);
        }
    }
    return ledger_plan_person(freezer->plan,
                              &(LedgerPlannedPerson){.row = person->row,
                                                     .id = person->problem ? NULL : person_value(person, "id"),
                                                     .data = data,
                                                     .notices = notices,
                                                     .count = decision->count},
                              error);
}

/* Adds the person to the numbers; with `sign` -1, takes them out again. */
static void count_person(Freezer *freezer, int sign)
{
    uint32_t notices[TOLD_STATES] = {0};

    for (size_t i = 0; i < freezer->decision.count; i++) {
        const PlanNotice *notice = &freezer->decision.notices[i];

        notices[notice->count > 0 ? TOLD_PENDING : notice->aside]++;
        freezer->summary->messages += sign * (int64_t)notice->count;
        if (notice->count > 0)
            text_of(freezer, notice->audience, notice->channel, notice->locale)->people += sign;
    }
    if (freezer->decision.count == 0) /* told before, and nothing new */
        notices[TOLD_ACCEPTED]++;
    freezer->summary->told[identity_person(notices)] += sign;
    freezer->summary->people += sign;
}

static void report_progress(const Freezer *freezer, const PeopleReader *reader)
{
    int64_t done, total;

    if (!freezer->watch || freezer->summary->people % PROGRESS_ROWS != 0)
        return;
    people_progress(reader, &done, &total);
    freezer->watch->progress(done, total, freezer->watch->user);
}

static bool is_wrong(const Freezer *freezer)
{
    return findings_errors(freezer->findings, FINDING_SEND) > 0;
}

/* One row after the other. Goes on after mistakes in texts, so that all of them are found, but plans no further. */
static bool stream(Freezer *freezer, PeopleReader *reader, GError **error)
{
    g_autoptr(GError) problem = NULL;
    Person person;
    int read;

    while ((read = people_next(reader, &person, &problem)) > 0) {
        bool planned = true;

        if (!decide(freezer, &person, remark, error))
            return false;
        if (person.problem)
            remark_row(freezer, person.at, "people-row", person.problem);
        count_person(freezer, 1);
        if (freezer->duplicates && !person.problem)
            duplicate_note(freezer->duplicates, person_value(&person, "id"));
        if (freezer->plan && !is_wrong(freezer))
            planned = plan_person(freezer, &person, error);
        plan_decision_clear(&freezer->decision);
        if (!planned)
            return false;
        report_progress(freezer, reader);
    }
    if (read < 0)
        findings_error(freezer->findings, FINDING_SEND, people_failed_as(reader), people_failed_at(reader), "%s",
                       problem->message);
    else if (freezer->summary->people == 0)
        findings_error(freezer->findings, FINDING_SEND, "people-none",
                       position_make(material_playbook(freezer->material)->people_path, 0, 0),
                       "there is nobody in this file: it has a header and no rows");
    return true;
}

/* Duplicates ---------------------------------------------------------------------------------------------------- */

typedef void VisitRow(Freezer *freezer, Person *person, GHashTable *rows);

static void visit_suspects(Freezer *freezer, VisitRow *visit, GHashTable *rows)
{
    const Playbook *playbook = material_playbook(freezer->material);
    g_autoptr(Findings) known = findings_new();
    g_autoptr(PeopleReader) reader = people_open(playbook->people_path, playbook->people_columns, known);
    Person person;

    while (reader && people_next(reader, &person, NULL) > 0)
        if (!person.problem && duplicate_suspects(freezer->duplicates, person_value(&person, "id")))
            visit(freezer, &person, rows);
}

static void count_row(Freezer *freezer, Person *person, GHashTable *rows)
{
    const char *id = person_value(person, "id");

    (void)freezer;
    g_hash_table_insert(rows, g_strdup(id), GINT_TO_POINTER(GPOINTER_TO_INT(g_hash_table_lookup(rows, id)) + 1));
}

static void quarantine_row(Freezer *freezer, Person *person, GHashTable *rows)
{
    const char *id = person_value(person, "id");

    if (GPOINTER_TO_INT(g_hash_table_lookup(rows, id)) < 2)
        return;
    decide(freezer, person, NULL, NULL);
    count_person(freezer, -1);
    plan_decision_clear(&freezer->decision);
    freezer->summary->people++;
    freezer->summary->told[TOLD_QUARANTINED]++;
    remark_duplicate(freezer, person->at, id);
}

/* What the plan's UNIQUE index finds, found without one: most files are read once, one with duplicates three times. */
static void check_duplicates(Freezer *freezer)
{
    g_autoptr(GHashTable) rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    if (!freezer->duplicates || !duplicate_sift(freezer->duplicates))
        return;
    visit_suspects(freezer, count_row, rows);
    visit_suspects(freezer, quarantine_row, rows);
}

static void clear_twice(void *twice)
{
    g_free(((Twice *)twice)->id);
}

/* A plan knows only the number of a row: the file is read once more to say where that is. */
static void place_twice(Freezer *freezer)
{
    const Playbook *playbook = material_playbook(freezer->material);
    g_autoptr(Findings) known = findings_new();
    g_autoptr(PeopleReader) reader = people_open(playbook->people_path, playbook->people_columns, known);
    guint placed = 0;
    Person person;

    while (reader && placed < freezer->twice->len && people_next(reader, &person, NULL) > 0)
        for (guint i = 0; i < freezer->twice->len; i++) {
            Twice *twice = &g_array_index(freezer->twice, Twice, i);

            if (twice->row != person.row)
                continue;
            twice->at = person.at;
            placed++;
        }
}

static void remark_twice(Freezer *freezer)
{
    if (freezer->twice->len > 0)
        place_twice(freezer);
    for (guint i = 0; i < freezer->twice->len; i++) {
        const Twice *twice = &g_array_index(freezer->twice, Twice, i);

        remark_duplicate(freezer, twice->at, twice->id);
    }
    freezer->summary->remarks += freezer->twice_more;
    freezer->remarks_hidden += freezer->twice_more;
}

static bool run(Freezer *freezer, GError **error)
{
    const Playbook *playbook = material_playbook(freezer->material);
    g_autoptr(PeopleReader) reader = NULL;
    bool streamed;

    if (!playbook->people_path || playbook->audiences->len > PLAN_AUDIENCES_MAX)
        return true;
    material_reading(freezer->material, playbook->people_path);
    reader = people_open(playbook->people_path, playbook->people_columns, freezer->findings);
    if (!reader)
        return true;
    freezer->columns = people_columns(reader);
    material_columns(freezer->material, freezer->columns);
    freezer->data = g_string_sized_new(1024);
    prepare_rules(freezer);
    streamed = stream(freezer, reader, error);
    check_duplicates(freezer);
    g_string_free(freezer->data, TRUE);
    plan_settled_clear(&freezer->settled);
    g_free(freezer->order);
    material_columns(freezer->material, NULL);
    return streamed;
}

void freeze_check(Material *material, const FreezeWatch *watch, FreezeSummary *summary, Findings *findings)
{
    Freezer freezer = {.material = material,
                       .findings = findings,
                       .watch = watch,
                       .summary = summary,
                       .duplicates = duplicate_new(),
                       .kinds = g_hash_table_new(g_str_hash, g_str_equal)};

    memset(summary, 0, sizeof *summary);
    run(&freezer, NULL);
    sum_up_remarks(&freezer);
    duplicate_free(freezer.duplicates);
    g_hash_table_unref(freezer.kinds);
}

static bool begin_plan(Freezer *freezer, const LedgerBackend *backend, const char *folder, GError **error)
{
    const GPtrArray *gateways = material_playbook(freezer->material)->gateways;

    freezer->plan = ledger_plan_begin(backend, folder, material_playbook(freezer->material)->incident.edition, error);
    if (!freezer->plan)
        return false;
    freezer->secret = ledger_plan_secret(freezer->plan);
    for (guint i = 0; i < gateways->len && i < PLAN_AUDIENCES_MAX; i++) {
        const ChannelGateway *entry = g_ptr_array_index(gateways, i);

        freezer->gateway_numbers[i] = ledger_plan_gateway(freezer->plan, entry->gateway, error);
        if (freezer->gateway_numbers[i] == 0)
            return false;
    }
    return true;
}

static bool seal_plan(Freezer *freezer, int64_t now, GError **error)
{
    const Playbook *playbook = material_playbook(freezer->material);
    g_autofree char *gateways = material_gateways(freezer->material);
    g_autofree char *inputs = material_inputs(freezer->material, error);
    LedgerPlan *plan = g_steal_pointer(&freezer->plan);

    if (!inputs) {
        ledger_plan_abandon(plan);
        return false;
    }
    return ledger_plan_seal(plan,
                            &(LedgerPlanHeader){.incident = playbook->incident.id,
                                                .status = material_status(freezer->material),
                                                .edition = playbook->incident.edition,
                                                .inputs = inputs,
                                                .gateways = gateways,
                                                .now = now},
                            note_twice, freezer, &freezer->summary->plan, error);
}

bool freeze_plan(Material *material, const LedgerBackend *backend, const char *folder, int64_t now,
                 const FreezeWatch *watch, FreezeSummary *summary, Findings *findings, GError **error)
{
    Freezer freezer = {.material = material, .findings = findings, .watch = watch, .summary = summary};
    bool frozen;

    memset(summary, 0, sizeof *summary);
    if (is_wrong(&freezer))
        return false;
    freezer.kinds = g_hash_table_new(g_str_hash, g_str_equal);
    freezer.twice = g_array_new(FALSE, FALSE, sizeof(Twice));
    g_array_set_clear_func(freezer.twice, clear_twice);
    frozen = begin_plan(&freezer, backend, folder, error) && run(&freezer, error) && !is_wrong(&freezer) &&
             seal_plan(&freezer, now, error);
    ledger_plan_abandon(freezer.plan);
    remark_twice(&freezer);
    sum_up_remarks(&freezer);
    g_array_unref(freezer.twice);
    g_hash_table_unref(freezer.kinds);
    return frozen;
}

/* One person ---------------------------------------------------------------------------------------------------- */

#define NEAR_MOST 50

static void show_person(Freezer *freezer, Person *person, bool told_before, FreezeLook *look, void *user)
{
    const Playbook *playbook = material_playbook(freezer->material);
    g_autofree char *sealed = NULL;
    g_autofree char *data = NULL;

    for (size_t i = 0; i < PLAN_AUDIENCES_MAX; i++)
        freezer->standing[i] = told_before ? EDITION_TOLD_BEFORE : EDITION_NOT_TOLD;
    plan_settle(&freezer->rules, person, &freezer->settled, remark, freezer);
    plan_decide(&freezer->rules, person, &freezer->decision, remark, freezer);
    if (playbook->update)
        edition_apply(playbook, person, freezer->standing, &freezer->decision);
    sealed = person->problem ? NULL : person_data(freezer, person);
    data = seal_open(sealed);
    look(&(FreezeView){.person = person, .decision = &freezer->decision, .data = data, .is_update = told_before}, user);
    plan_decision_clear(&freezer->decision);
}

static void note_near(const char *id, const char *other, GPtrArray *near)
{
    const char *const candidates[] = {other, NULL};

    if (near->len < NEAR_MOST && text_nearest(id, candidates))
        g_ptr_array_add(near, g_strdup(other));
}

static int find_person(Freezer *freezer, PeopleReader *reader, const char *id, bool told_before, FreezeLook *look,
                       void *user, GPtrArray *near)
{
    g_autoptr(GError) problem = NULL;
    Person person;
    int rows = 0;
    int read;

    while ((read = people_next(reader, &person, &problem)) > 0) {
        const char *value = person_value(&person, "id");

        if (!value || strcmp(value, id) != 0) {
            if (value && rows == 0)
                note_near(id, value, near);
            continue;
        }
        if (rows++ == 0)
            show_person(freezer, &person, told_before, look, user);
    }
    if (read < 0)
        findings_error(freezer->findings, FINDING_SEND, people_failed_as(reader), people_failed_at(reader), "%s",
                       problem->message);
    return rows;
}

int freeze_one(Material *material, const char *id, bool told_before, FreezeLook *look, void *user, GPtrArray *near,
               Findings *findings)
{
    const Playbook *playbook = material_playbook(material);
    FreezeSummary summary = {0};
    Freezer freezer = {.material = material,
                       .findings = findings,
                       .summary = &summary,
                       .kinds = g_hash_table_new(g_str_hash, g_str_equal)};
    g_autoptr(PeopleReader) reader = NULL;
    int rows = 0;

    if (playbook->people_path && playbook->audiences->len <= PLAN_AUDIENCES_MAX)
        reader = people_open(playbook->people_path, playbook->people_columns, findings);
    if (reader) {
        freezer.columns = people_columns(reader);
        material_columns(material, freezer.columns);
        freezer.data = g_string_sized_new(1024);
        prepare_rules(&freezer);
        if (!freezer.is_undecidable)
            rows = find_person(&freezer, reader, id, told_before, look, user, near);
        g_string_free(freezer.data, TRUE);
        plan_settled_clear(&freezer.settled);
        g_free(freezer.order);
        material_columns(material, NULL);
    }
    g_hash_table_unref(freezer.kinds);
    return rows;
}
