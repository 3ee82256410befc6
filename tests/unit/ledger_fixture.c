#include "ledger_fixture.h"

#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "base/id.h"
#include "expect_folder.h"
#include "ledger/ledger_climb.h"
#include "ledger/sqlite.h"

FixtureBackend *const fixture_backends[] = {sqlite_backend, NULL};

static const LedgerBackend *current_backend;

/* Folders ------------------------------------------------------------------------------------------------------- */

static void free_claim(gpointer claim)
{
    ledger_claim_free(claim);
}

Fixture *fixture_new(const LedgerBackend *backend)
{
    Fixture *fixture = g_new0(Fixture, 1);

    fixture->backend = backend;
    fixture->folder = expect_folder();
    fixture->now = INT64_C(1795269000123);
    fixture->edition = 1;
    fixture->body = "{\"subject\":\"one\"}";
    fixture->gateway = "relay";
    fixture->channel = "email";
    fixture->sha256 = "00";
    fixture->claims = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_claim);
    return fixture;
}

void fixture_free(Fixture *fixture)
{
    fixture_close(fixture);
    g_hash_table_unref(fixture->claims);
    expect_remove(fixture->folder);
    g_free(fixture);
}

void fixture_open(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;

    fixture_close(fixture);
    fixture->ledger = ledger_open(fixture->backend, fixture->folder, &error);
    if (error)
        fail_msg("%s", error->message);
    assert_non_null(fixture->ledger);
}

void fixture_close(Fixture *fixture)
{
    ledger_close(fixture->ledger);
    fixture->ledger = NULL;
}

static void must(bool done, GError *const *error)
{
    if (!done)
        fail_msg("%s", *error ? (*error)->message : "it failed without saying why");
    assert_null(*error);
}

/* Planning ------------------------------------------------------------------------------------------------------ */

typedef struct Building {
    Fixture *fixture;
    LedgerPlan *plan;
    GHashTable *texts; /* "audience channel is_update" -> number */
    int64_t email, sms;
} Building;

static int64_t text_of(Building *building, const char *audience, const char *channel, bool is_update)
{
    g_autofree char *key = g_strdup_printf("%s %s %d", audience, channel, is_update);
    g_autoptr(GError) error = NULL;
    int64_t no = GPOINTER_TO_INT(g_hash_table_lookup(building->texts, key));

    if (no > 0)
        return no;
    no = ledger_plan_text(building->plan,
                          &(LedgerPlannedText){.audience = audience,
                                               .channel = channel,
                                               .locale = "en",
                                               .is_update = is_update,
                                               .body = building->fixture->body},
                          &error);
    must(no > 0, &error);
    g_hash_table_insert(building->texts, g_steal_pointer(&key), GINT_TO_POINTER((int)no));
    return no;
}

static void set_message(Building *building, const char *audience, const char *endpoint, bool is_update,
                        LedgerPlannedMessage *message)
{
    bool is_sms = endpoint[0] == '+';
    g_autofree char *edition = g_strdup_printf("%d", building->fixture->edition);
    const char *parts[] = {is_sms ? "sms" : building->fixture->channel, endpoint, audience, edition};

    id_message(ledger_plan_secret(building->plan), parts, G_N_ELEMENTS(parts), message->id);
    message->endpoint = endpoint;
    message->gateway = is_sms ? building->sms : building->email;
    message->text = text_of(building, audience, parts[0], is_update);
}

static Told told_named(const char *name)
{
    for (int told = 0; told < TOLD_STATES; told++)
        if (strcmp(identity_told_name((Told)told), name) == 0)
            return (Told)told;
    fail_msg("%s is no state", name);
    return TOLD_STATES;
}

/* Whether the person was told under that audience in an earlier edition, as dispatch/freeze asks. */
static bool was_told(Building *building, const char *person, const char *audience)
{
    g_autoptr(GError) error = NULL;
    const LedgerPlanTold *told = NULL;
    int count = person ? ledger_plan_told(building->plan, person, &told, &error) : 0;

    must(count >= 0, &error);
    for (int i = 0; i < count; i++)
        if (strcmp(told[i].audience, audience) == 0 && told[i].edition < building->fixture->edition)
            return true;
    return false;
}

/* One notice; what it points to lives as long as `words` and `keep`. */
static void set_notice(Building *building, const char *person, char *word, LedgerPlannedNotice *notice, GPtrArray *keep)
{
    char *equals = strchr(word, '=');
    char *mark = strchr(word, '!');
    char **endpoints;

    memset(notice, 0, sizeof *notice);
    notice->audience = word;
    if (!equals) {
        char *colon = strchr(mark, ':');

        *mark = *colon = '\0';
        notice->aside = told_named(mark + 1);
        notice->reason = colon + 1;
        return;
    }
    *equals = '\0';
    if (strchr(equals + 1, '&')) {
        *strchr(equals + 1, '&') = '\0';
        notice->every = true;
    }
    if (strchr(equals + 1, '>')) {
        bool is_update = was_told(building, person, word);

        *strchr(equals + 1, '>') = '\0';
        text_of(building, word, "sms", is_update);
        notice->rungs = is_update ? "sms:en:update" : "sms:en";
    }
    endpoints = g_strsplit(equals + 1, ",", -1);
    g_ptr_array_add(keep, endpoints);
    notice->count = g_strv_length(endpoints);
    notice->messages = g_new0(LedgerPlannedMessage, notice->count);
    for (size_t i = 0; i < notice->count; i++)
        set_message(building, word, endpoints[i], was_told(building, person, word), &notice->messages[i]);
}

static void free_words(gpointer words)
{
    g_strfreev(words);
}

static void add_person(Building *building, const char *line, int64_t row)
{
    g_autoptr(GPtrArray) keep = g_ptr_array_new_with_free_func(free_words);
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    size_t count = g_strv_length(words) - 1;
    g_autofree LedgerPlannedNotice *notices = g_new0(LedgerPlannedNotice, count);
    g_autofree char *data = g_strdup_printf("{\"id\":\"%s\"}", words[0]);
    LedgerPlannedPerson person = {.row = row, .data = data, .notices = notices, .count = count};
    g_autoptr(GError) error = NULL;

    person.id = strcmp(words[0], "-") == 0 ? NULL : words[0];
    for (size_t i = 0; i < count; i++)
        set_notice(building, person.id, words[i + 1], &notices[i], keep);
    must(ledger_plan_person(building->plan, &person, &error), &error);
    for (size_t i = 0; i < count; i++)
        g_free(notices[i].messages);
}

LedgerPlan *fixture_build(Fixture *fixture, const char *const *people)
{
    g_autoptr(GHashTable) texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GError) error = NULL;
    Building building = {.fixture = fixture, .texts = texts};

    fixture_close(fixture);
    building.plan = ledger_plan_begin(fixture->backend, fixture->folder, fixture->edition, &error);
    must(building.plan != NULL, &error);
    building.email = ledger_plan_gateway(building.plan, fixture->gateway, &error);
    must(building.email > 0, &error);
    building.sms = ledger_plan_gateway(building.plan, "sms", &error);
    must(building.sms > 0, &error);
    for (int64_t row = 0; people[row]; row++)
        add_person(&building, people[row], row + 1);
    return building.plan;
}

bool fixture_seal(Fixture *fixture, LedgerPlan *plan, LedgerPlanResult *result, GError **error)
{
    g_autofree char *inputs = g_strdup_printf("[{\"path\":\"people.csv\",\"size\":1,\"modified\":2,\"sha256\":\"%s\"}]",
                                              fixture->sha256);
    const LedgerPlanHeader header = {.incident = "acme-2026",
                                     .status = INCIDENT_ACTUAL,
                                     .edition = fixture->edition,
                                     .inputs = inputs,
                                     .gateways = "[]",
                                     .escalation = fixture->escalation,
                                     .now = fixture->now};

    return ledger_plan_seal(plan, &header, NULL, NULL, result, error);
}

LedgerPlanResult fixture_plan(Fixture *fixture, const char *const *people)
{
    LedgerPlan *plan = fixture_build(fixture, people);
    g_autoptr(GError) error = NULL;
    LedgerPlanResult result;

    must(fixture_seal(fixture, plan, &result, &error), &error);
    fixture_open(fixture);
    return result;
}

/* Dispatching --------------------------------------------------------------------------------------------------- */

const char *fixture_run(Fixture *fixture)
{
    static char run[ID_RUN_LENGTH + 1];

    g_snprintf(run, sizeof run, "%.*s%06d", ID_RUN_LENGTH - 6, RUN, fixture->runs);
    return run;
}

LedgerRecovery fixture_start(Fixture *fixture, const char *boot)
{
    g_autoptr(GError) error = NULL;
    LedgerRecovery recovery;

    must(ledger_recover(fixture->ledger, boot, fixture->now, fixture->now, &recovery, &error), &error);
    fixture->runs++;
    must(ledger_start_run(fixture->ledger, fixture_run(fixture), boot, fixture->now, &error), &error);
    return recovery;
}

static LedgerClaim *copy_claim(const LedgerClaim *claim)
{
    LedgerClaim *copy = g_memdup2(claim, sizeof *claim);

    copy->endpoint = g_strdup(claim->endpoint);
    copy->people = g_strdupv(claim->people);
    return copy;
}

bool fixture_claim_main(Ledger *ledger, int64_t gateway, int64_t now, int limit, GPtrArray *claims, GError **error)
{
    int moved;

    return queue_claim(ledger, &(QueueClaim){.gateway = gateway, .queue = QUEUE_MAIN, .now = now, .limit = limit}, claims,
                       &moved, error);
}

GPtrArray *fixture_claim(Fixture *fixture, const char *name, int limit)
{
    GPtrArray *claims = g_ptr_array_new_with_free_func(free_claim);
    g_autoptr(GError) error = NULL;
    int64_t gateway = ledger_gateway(fixture->ledger, name, &error);

    must(gateway > 0, &error);
    must(ledger_begin(fixture->ledger, &error), &error);
    must(fixture_claim_main(fixture->ledger, gateway, fixture->now, limit, claims, &error), &error);
    must(ledger_commit(fixture->ledger, &error), &error);
    for (guint i = 0; i < claims->len; i++) {
        LedgerClaim *copy = copy_claim(g_ptr_array_index(claims, i));

        g_hash_table_replace(fixture->claims, copy->endpoint, copy);
    }
    return claims;
}

guint fixture_claim_all(Fixture *fixture)
{
    g_autoptr(GPtrArray) emails = fixture_claim(fixture, fixture->gateway, 1000);
    g_autoptr(GPtrArray) texts = fixture_claim(fixture, "sms", 1000);

    return emails->len + texts->len;
}

const LedgerClaim *fixture_claimed(Fixture *fixture, const char *endpoint)
{
    const LedgerClaim *claim = g_hash_table_lookup(fixture->claims, endpoint);

    if (!claim)
        fail_msg("nothing was claimed for %s", endpoint);
    return claim;
}

void fixture_end_attempt(Fixture *fixture, const char *endpoint, int attempt, MessageEvent event)
{
    g_autoptr(GError) error = NULL;
    const LedgerOutcome outcome = {.message = fixture_claimed(fixture, endpoint)->no,
                                   .attempt = attempt,
                                   .event = event,
                                   .code = event == EVENT_ACCEPTED ? 250 : event == EVENT_FAILED ? 550 : 0,
                                   .enhanced = event == EVENT_FAILED ? "5.1.1" : NULL,
                                   .reply = "said the gateway",
                                   .at = fixture->now,
                                   .due = fixture->now + 3600000};

    must(ledger_begin(fixture->ledger, &error), &error);
    must(ledger_record(fixture->ledger, &outcome, &error), &error);
    must(ledger_commit(fixture->ledger, &error), &error);
}

void fixture_end(Fixture *fixture, const char *endpoint, MessageEvent event)
{
    fixture_end_attempt(fixture, endpoint, fixture_claimed(fixture, endpoint)->attempt, event);
}

LedgerHistory fixture_history(Fixture *fixture, const char *endpoint)
{
    g_autoptr(GError) error = NULL;
    LedgerHistory history;

    must(ledger_history(fixture->ledger, fixture_claimed(fixture, endpoint)->no, &history, &error), &error);
    return history;
}

MessageState fixture_state(Fixture *fixture, const char *endpoint)
{
    return fixture_history(fixture, endpoint).state;
}

LedgerCounts fixture_counts(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    LedgerCounts counts;

    must(ledger_audit(fixture->ledger, &error), &error);
    must(ledger_counts(fixture->ledger, &counts, &error), &error);
    return counts;
}

void fixture_told(Fixture *fixture, const int64_t told[TOLD_STATES])
{
    LedgerCounts counts = fixture_counts(fixture);

    for (int i = 0; i < TOLD_STATES; i++)
        if (counts.told[i] != told[i])
            fail_msg("%d people are %s, expected %d", (int)counts.told[i], identity_told_name((Told)i), (int)told[i]);
}

int fixture_apply(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    int applied = 0;

    must(ledger_begin(fixture->ledger, &error), &error);
    must(inbox_apply(fixture->ledger, 100, fixture->now, &applied, &error), &error);
    must(ledger_commit(fixture->ledger, &error), &error);
    return applied;
}

void fixture_inbox(Fixture *fixture, const char *endpoint, int attempt, MessageEvent event)
{
    fixture_inbox_entry(fixture, endpoint, (InboxEntry){.event = event, .attempt = attempt, .reply = "said the receipt"});
}

void fixture_inbox_entry(Fixture *fixture, const char *endpoint, InboxEntry entry)
{
    g_autoptr(GError) error = NULL;
    Ledger *other = ledger_open(fixture->backend, fixture->folder, &error);

    must(other != NULL, &error);
    entry.message = fixture_claimed(fixture, endpoint)->id;
    must(inbox_append(other, &entry, fixture->now, &error), &error);
    ledger_close(other);
    assert_int_equal(fixture_apply(fixture), 1);
}

/* The ladder ---------------------------------------------------------------------------------------------------- */

static bool climb_on(Fixture *fixture, const LedgerClimb *climb, const char *endpoint, GError **error)
{
    g_autofree char *edition = g_strdup_printf("%d", ledger_header(fixture->ledger)->edition);
    const char *parts[] = {"sms", endpoint, climb->audience, edition};
    LedgerClimbMessage message = {.endpoint = endpoint, .gateway = ledger_gateway(fixture->ledger, "sms", error)};
    LedgerRung rungs[LEDGER_RUNGS_MAX];
    size_t count = 0;
    bool is_open = false;
    bool tried = false;

    assert_true(ledger_rungs_parse(climb->rungs, rungs, &count));
    assert_int_equal(count, 1);
    id_message(ledger_header(fixture->ledger)->secret, parts, G_N_ELEMENTS(parts), message.id);
    must(ledger_climb_text(fixture->ledger, climb->audience, &rungs[0], &message.text, error) &&
             ledger_climb_tried(fixture->ledger, climb->notice, "sms", endpoint, &tried, error) &&
             ledger_climb_open(fixture->ledger, message.id, &message.is_there, &is_open, error),
         error);
    if (tried || message.text == 0 || (message.is_there && !is_open))
        return false;
    must(ledger_climb_take(fixture->ledger, climb, "sms", &message, 1, NULL, fixture->now, error), error);
    return true;
}

int fixture_climb(Fixture *fixture, FixtureEndpoint *endpoint_of)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) climbs = NULL;
    int climbed = 0;

    must(ledger_begin(fixture->ledger, &error), &error);
    climbs = ledger_climbs_due(fixture->ledger, fixture->now, 1000, &error);
    must(climbs != NULL, &error);
    for (guint i = 0; climbs && i < climbs->len; i++) {
        const LedgerClimb *climb = g_ptr_array_index(climbs, i);
        g_autofree char *endpoint = g_strdup_printf("+%s", endpoint_of ? endpoint_of(climb->person_id) : climb->person_id);

        if (!climb->is_needed)
            must(ledger_climb_drop(fixture->ledger, climb, &error), &error);
        else if (climb_on(fixture, climb, endpoint, &error))
            climbed++;
        else
            must(ledger_climb_end(fixture->ledger, climb, "sms: no usable address", fixture->now, &error), &error);
    }
    must(ledger_commit(fixture->ledger, &error), &error);
    return climbed;
}

/* Beside the ledger --------------------------------------------------------------------------------------------- */

static sqlite3 *open_raw(Fixture *fixture)
{
    g_autofree char *path = g_build_filename(fixture->folder, "ledger.db", NULL);
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    return db;
}

int fixture_raw(Fixture *fixture, const char *sql)
{
    sqlite3 *db = open_raw(fixture);
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);

    sqlite3_close(db);
    return code;
}

GPtrArray *fixture_column(Fixture *fixture, const char *sql)
{
    GPtrArray *values = g_ptr_array_new_with_free_func(g_free);
    sqlite3 *db = open_raw(fixture);
    sqlite3_stmt *statement = NULL;

    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        g_ptr_array_add(values, g_strdup((const char *)sqlite3_column_text(statement, 0)));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return values;
}

/* Running ------------------------------------------------------------------------------------------------------- */

int fixture_setup(void **state)
{
    *state = fixture_new(current_backend);
    return 0;
}

int fixture_teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

int fixture_main(const char *name, const struct CMUnitTest *tests, size_t count)
{
    g_autofree struct CMUnitTest *all = g_memdup2(tests, count * sizeof *tests);
    int failed = 0;

    for (size_t i = 0; i < count; i++) {
        all[i].setup_func = fixture_setup;
        all[i].teardown_func = fixture_teardown;
    }
    for (size_t i = 0; fixture_backends[i]; i++) {
        current_backend = fixture_backends[i]();
        failed += _cmocka_run_group_tests(name, all, count, NULL, NULL);
    }
    return failed;
}
