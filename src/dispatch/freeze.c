#include "dispatch/freeze.h"

#include <stdlib.h>
#include <string.h>

#include "base/seal.h"
#include "base/text.h"
#include "dispatch/context.h"
#include "dispatch/freeze_private.h"
#include "dispatch/ladder.h"
#include "load/load_people.h"
#include "model/locale.h"

#define PROGRESS_ROWS 5000

/* Rules --------------------------------------------------------------------------------------------------------- */

/* When checking, nobody knows who was told: the update must be right as well. */
static const char *const *needs_of(size_t audience, const char *channel, const char *locale, void *user)
{
    const Freezer *freezer = user;

    if (!freezer->plan && material_playbook(freezer->material)->update)
        material_text(freezer->material, audience, channel, locale, true, freezer->findings);
    return (const char *const *)freeze_text(freezer, audience, channel, locale)->needs;
}

static const char *region_of(const char *channel, void *user)
{
    const Freezer *freezer = user;

    return material_region(freezer->material, channel);
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
        if (audience->order && person_column(freezer->columns, audience->order->column) < 0)
            findings_error(freezer->findings, FINDING_SEND, "audience-unknown-name", audience->order->at,
                           "the people file has no column %s to order by: name one that it has",
                           audience->order->column);
    }
    if (playbook->update)
        check_condition(freezer, playbook->update->match, playbook->update->match_at);
}

/* What cannot be decided protects, so that nothing is left out of the law by this; but nobody meant it so. */
static void check_protection(const Freezer *freezer)
{
    const GPtrArray *regimes = material_playbook(freezer->material)->law->regimes;

    for (guint i = 0; i < regimes->len; i++) {
        const LawRegime *regime = g_ptr_array_index(regimes, i);
        const char *const *names = regime->people ? condition_names(regime->people) : NULL;

        for (; names && *names; names++)
            if (person_column(freezer->columns, *names) < 0)
                findings_warning(freezer->findings, FINDING_SEND, "coverage-column", regime->at,
                                 "the people file has no column %s, so %s is taken to protect everybody: mend its "
                                 "condition, or add the column",
                                 *names, regime->id);
    }
}

static void check_consent_columns(const Freezer *freezer)
{
    const GPtrArray *borders = material_playbook(freezer->material)->cross_border;

    for (guint i = 0; i < borders->len; i++) {
        const CrossBorder *border = g_ptr_array_index(borders, i);

        if (border->consent && person_column(freezer->columns, border->consent) < 0)
            findings_error(freezer->findings, FINDING_SEND, "region-consent-column", border->at,
                           "cross_border asks for consent in column %s, which the people file does not have",
                           border->consent);
    }
}

/* A name that is no column would be empty in every request. */
static void check_request_columns(const Freezer *freezer, const Gateway *gateway)
{
    g_auto(GStrv) names = gateway_http_names(gateway->http);

    for (char **name = names; *name; name++) {
        const char *column = g_str_has_prefix(*name, "person.") ? *name + strlen("person.") : NULL;

        if (column && !person_is_known_column(column) && person_column(freezer->columns, column) < 0)
            findings_error(freezer->findings, FINDING_SEND, "provider-hole", gateway->at,
                           "gateway %s asks for {{%s}}, and the people file has no column %s", gateway->name, *name,
                           column);
    }
}

/* What a guardian may not read goes to no provider on their account either. */
static void check_guardian_columns(const Freezer *freezer, const Audience *audience, const Gateway *gateway)
{
    g_auto(GStrv) names = gateway_http_names(gateway->http);

    for (char **name = names; *name; name++)
        if (g_str_has_prefix(*name, "person.") && context_is_private(audience->capacity, *name + strlen("person.")))
            findings_error(freezer->findings, FINDING_SEND, "audience-private", gateway->at,
                           "gateway %s asks for {{%s}}, which is the child's own: it cannot serve audience %s, whose "
                           "guardians are told; {{endpoint}} is where they are reached",
                           gateway->name, *name, audience->id);
}

static void check_gateways(const Freezer *freezer)
{
    const Playbook *playbook = material_playbook(freezer->material);

    for (guint i = 0; i < playbook->gateways->len; i++) {
        const char *channel = ((const ChannelGateway *)g_ptr_array_index(playbook->gateways, i))->channel;
        const Gateway *gateway = material_gateway(freezer->material, channel);

        if (!gateway || !gateway->http)
            continue;
        check_request_columns(freezer, gateway);
        for (guint j = 0; j < playbook->audiences->len; j++) {
            const Audience *audience = g_ptr_array_index(playbook->audiences, j);

            if (g_ptr_array_find_with_equal_func(audience->ladder, channel, g_str_equal, NULL))
                check_guardian_columns(freezer, audience, gateway);
        }
    }
}

static void prepare_rules(Freezer *freezer)
{
    const Playbook *playbook = material_playbook(freezer->material);

    freezer->rules = (PlanRules){.playbook = playbook, .needs = needs_of, .region = region_of, .user = freezer};
    for (guint i = 0; i < playbook->audiences->len; i++) {
        freezer->rules.locales[i] = material_locales(freezer->material, i);
        if (!locale_pick(NULL, freezer->rules.locales[i], playbook->default_locale))
            freezer->is_undecidable = true;
    }
    check_condition_names(freezer);
    check_protection(freezer);
    check_consent_columns(freezer);
    check_gateways(freezer);
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

/* Text messages; of people who share the first way's, one is sent. */
static void count_texts(Freezer *freezer, const Person *person, const PlanNotice *notice, MaterialText *text,
                        const char *data, size_t messages, bool is_first, int sign)
{
    bool is_now = is_first || notice->more > 0;
    bool is_counted = short_texts_count(freezer->shorts, text, data, (int64_t)messages, is_now, sign);

    if (is_counted && is_first && freezer->crowd)
        crowd_text(freezer->crowd, person, notice, text, short_texts_segments(freezer->shorts, text), sign);
}

/* Every way of a notice: the first and those behind it. */
static void count_ways(Freezer *freezer, const Person *person, const PlanNotice *notice, const char *data, int sign)
{
    for (size_t i = 0; i <= notice->rung_count; i++) {
        const char *channel = i == 0 ? notice->channel : notice->rungs[i - 1];
        MaterialText *text = freeze_text(freezer, notice->audience, channel, notice->locale);
        size_t messages = i == 0 ? notice->count : notice->rung_endpoints[i - 1];

        text->people += i == 0 ? sign : 0;
        tally_text(text, notice, channel, sign);
        if (data && strcmp(channel, "sms") == 0)
            count_texts(freezer, person, notice, text, data, messages, i == 0, sign);
    }
}

/* Adds the person to the numbers; with `sign` -1, takes them out again. */
static void count_person(Freezer *freezer, const Person *person, int sign)
{
    const char *data =
        freezer->shorts && !person->problem ? person_data_json(freezer->data, person, &freezer->decision) : NULL;
    uint32_t notices[TOLD_STATES] = {0};

    for (size_t i = 0; i < freezer->decision.count; i++) {
        const PlanNotice *notice = &freezer->decision.notices[i];

        notices[notice->count > 0 ? TOLD_PENDING : notice->aside]++;
        freezer->summary->messages += sign * (int64_t)(notice->count + notice->more);
        if (notice->count > 0)
            count_ways(freezer, person, notice, data, sign);
    }
    if (freezer->decision.count == 0) /* told before, and nothing new */
        notices[TOLD_ACCEPTED]++;
    tally_person(freezer->tally, person, &freezer->decision, sign);
    if (sign > 0 && freezer->watch && freezer->watch->coverage)
        coverage_people_note(freezer->watch->coverage, person, &freezer->decision);
    freezer->summary->told[identity_person(notices)] += sign;
    freezer->summary->people += sign;
}

static void report_progress(const Freezer *freezer, const PeopleReader *reader)
{
    int64_t done, total;

    if (!freezer->watch || !freezer->watch->progress || freezer->summary->people % PROGRESS_ROWS != 0)
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

        if (!decide(freezer, &person, freeze_remark, error))
            return false;
        if (person.problem)
            freeze_remark_row(freezer, person.at, "people-row", person.problem);
        count_person(freezer, &person, 1);
        if (freezer->duplicates && !person.problem)
            duplicate_note(freezer->duplicates, person_value(&person, "id"));
        if (freezer->crowd && !person.problem && !freezer->is_undecidable) {
            crowd_note(freezer->crowd, &person, &freezer->decision);
            twins_note(freezer->twins, &person, &freezer->decision);
        }
        if (freezer->plan && !is_wrong(freezer))
            planned = freeze_person(freezer, &person, error);
        plan_decision_clear(&freezer->decision);
        if (!planned)
            return false;
        report_progress(freezer, reader);
    }
    people_report_voids(reader, freezer->findings);
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
    count_person(freezer, person, -1);
    plan_decision_clear(&freezer->decision);
    freezer->summary->people++;
    freezer->summary->told[TOLD_QUARANTINED]++;
    freeze_remark_duplicate(freezer, person->at, id);
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

        freeze_remark_duplicate(freezer, twice->at, twice->id);
    }
    freezer->summary->remarks += freezer->twice_more;
    freezer->remarks_hidden += freezer->twice_more;
}

/* What concerns many is said once, with their number. Reach is for `check`: a plan lists every reason anyway. */
static void report_tally(const Freezer *freezer)
{
    tally_borders(freezer->tally, freezer->findings);
    tally_quotas(freezer->tally, freezer->findings);
    if (!freezer->plan)
        tally_reach(freezer->tally, freezer->findings);
    if (freezer->crowd) {
        crowd_settle(freezer->crowd);
        crowd_report(freezer->crowd, freezer->findings);
    }
    if (freezer->twins)
        twins_report(freezer->twins, freezer->findings);
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
    freezer->data = person_data_new(playbook, freezer->columns);
    prepare_rules(freezer);
    streamed = stream(freezer, reader, error);
    check_duplicates(freezer);
    report_tally(freezer);
    if (freezer->watch && freezer->watch->judge)
        freezer->watch->judge(freezer->watch->judge_user);
    plan_settled_clear(&freezer->settled);
    person_data_free(freezer->data);
    material_columns(freezer->material, NULL);
    return streamed;
}

void freeze_check(Material *material, int64_t now, const FreezeWatch *watch, FreezeSummary *summary, Findings *findings)
{
    Freezer freezer = {.material = material,
                       .findings = findings,
                       .watch = watch,
                       .summary = summary,
                       .duplicates = duplicate_new(),
                       .crowd = crowd_new(material_playbook(material)),
                       .twins = twins_new(material_playbook(material)),
                       .shorts = short_texts_new(material),
                       .tally = tally_new(material),
                       .kinds = g_hash_table_new(g_str_hash, g_str_equal)};

    memset(summary, 0, sizeof *summary);
    run(&freezer, NULL);
    freeze_sum_up(&freezer);
    short_texts_check(freezer.shorts, now, findings);
    short_texts_free(freezer.shorts);
    tally_free(freezer.tally);
    duplicate_free(freezer.duplicates);
    crowd_free(freezer.crowd);
    twins_free(freezer.twins);
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

static const Gateway *gateway_of(const char *channel, void *user)
{
    return material_gateway(user, channel);
}

static bool seal_plan(Freezer *freezer, int64_t now, GError **error)
{
    const Playbook *playbook = material_playbook(freezer->material);
    g_autofree char *gateways = material_gateways(freezer->material);
    g_autofree char *inputs = material_inputs(freezer->material, error);
    g_autofree char *escalation = ladder_freeze(playbook, gateway_of, freezer->material);
    json_auto_t *crossed = tally_crossed(freezer->tally);
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
                                                .escalation = escalation,
                                                .crossed = crossed,
                                                .now = now},
                            freeze_note_twice, freezer, &freezer->summary->plan, error);
}

bool freeze_plan(Material *material, const LedgerBackend *backend, const char *folder, int64_t now,
                 const FreezeWatch *watch, FreezeSummary *summary, Findings *findings, GError **error)
{
    Freezer freezer = {.material = material, .findings = findings, .watch = watch, .summary = summary};
    bool frozen;

    memset(summary, 0, sizeof *summary);
    if (is_wrong(&freezer))
        return false;
    freezer.tally = tally_new(material);
    freezer.kinds = g_hash_table_new(g_str_hash, g_str_equal);
    freezer.twice = g_array_new(FALSE, FALSE, sizeof(Twice));
    g_array_set_clear_func(freezer.twice, clear_twice);
    frozen = begin_plan(&freezer, backend, folder, error) && run(&freezer, error) && !is_wrong(&freezer) &&
             seal_plan(&freezer, now, error);
    ledger_plan_abandon(freezer.plan);
    tally_free(freezer.tally);
    remark_twice(&freezer);
    freeze_sum_up(&freezer);
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
    plan_settle(&freezer->rules, person, &freezer->settled, freeze_remark, freezer);
    plan_decide(&freezer->rules, person, &freezer->decision, freeze_remark, freezer);
    if (playbook->update)
        edition_apply(playbook, person, freezer->standing, &freezer->decision);
    sealed = person->problem ? NULL : freeze_person_data(freezer, person);
    data = seal_open(sealed);
    look(&(FreezeView){.person = person,
                       .decision = &freezer->decision,
                       .rules = &freezer->rules,
                       .data = data,
                       .is_update = told_before},
         user);
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
        freezer.data = person_data_new(playbook, freezer.columns);
        prepare_rules(&freezer);
        if (!freezer.is_undecidable)
            rows = find_person(&freezer, reader, id, told_before, look, user, near);
        person_data_free(freezer.data);
        plan_settled_clear(&freezer.settled);
        material_columns(material, NULL);
    }
    g_hash_table_unref(freezer.kinds);
    return rows;
}
