#include "incident_files.h"

#include <jansson.h>

#include "dispatch/freeze.h"
#include "ledger/ledger.h"
#include "ledger/queue.h"
#include "ledger/sqlite.h"

#define NO_DATA "/nonexistent"
#define NOW     INT64_C(1795269000123)
#define BOOT    "11111111-2222-3333-4444-555555555555"

typedef struct Bench {
    char *folder; /* of the incident */
    char *state;  /* of the ledger */
    Findings *findings;
    FreezeSummary summary;
    FreezeWatch watch;
    int looks;
    int64_t done;
} Bench;

static void look(int64_t done, int64_t total, void *user)
{
    Bench *bench = user;

    assert_true(done >= bench->done && done <= total);
    bench->done = done;
    bench->looks++;
}

static int setup(void **state)
{
    Bench *bench = g_new0(Bench, 1);

    bench->folder = incident_folder();
    bench->state = expect_folder();
    bench->findings = findings_new();
    bench->watch = (FreezeWatch){.progress = look, .user = bench};
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    Bench *bench = *state;

    findings_free(bench->findings);
    expect_remove(bench->folder);
    expect_remove(bench->state);
    g_free(bench);
    return 0;
}

static Material *load(Bench *bench)
{
    g_autofree char *path = g_build_filename(bench->folder, "playbook.yaml", NULL);
    Material *material;

    findings_free(bench->findings);
    bench->findings = findings_new();
    bench->looks = 0;
    bench->done = 0;
    material = material_load(path, NO_DATA, false, bench->findings);
    assert_non_null(material);
    return material;
}

static void check(Bench *bench)
{
    g_autoptr(Material) material = load(bench);

    freeze_check(material, NOW, &bench->watch, &bench->summary, bench->findings);
}

static bool plan(Bench *bench)
{
    g_autoptr(Material) material = load(bench);
    g_autoptr(GError) error = NULL;
    bool frozen = freeze_plan(material, sqlite_backend(), bench->state, NOW, &bench->watch, &bench->summary,
                              bench->findings, &error);

    if (error)
        fail_msg("%s", error->message);
    return frozen;
}

static void must_plan(Bench *bench)
{
    if (!plan(bench)) {
        expect_print(bench->findings);
        fail();
    }
}

static Ledger *open_ledger(const Bench *bench)
{
    g_autoptr(GError) error = NULL;
    Ledger *ledger = ledger_open(sqlite_backend(), bench->state, &error);

    if (!ledger)
        fail_msg("%s", error->message);
    return ledger;
}

static void free_claim(gpointer claim)
{
    ledger_claim_free(claim);
}

/* Every message that could be sent, without sending it; sorted by endpoint. */
static int by_endpoint(gconstpointer left, gconstpointer right)
{
    return strcmp((*(LedgerClaim *const *)left)->endpoint, (*(LedgerClaim *const *)right)->endpoint);
}

static GPtrArray *messages(const Bench *bench)
{
    g_autoptr(Ledger) ledger = open_ledger(bench);
    GPtrArray *claims = g_ptr_array_new_with_free_func(free_claim);
    g_autoptr(GError) error = NULL;
    char run[ID_RUN_LENGTH + 1];
    bool done;
    int moved;

    id_random(run, ID_RUN_LENGTH);
    done = ledger_start_run(ledger, run, BOOT, NOW, &error) && ledger_begin(ledger, &error) &&
           queue_claim(ledger,
                       &(QueueClaim){.gateway = ledger_gateway(ledger, "relay", NULL), .now = NOW, .limit = 1000}, claims,
                       &moved, &error);

    if (!done)
        fail_msg("%s", error->message);
    ledger_rollback(ledger);
    assert_true(ledger_end_run(ledger, NOW, NULL));
    g_ptr_array_sort(claims, by_endpoint);
    return claims;
}

static const LedgerClaim *claim_at(const GPtrArray *claims, guint index)
{
    assert_true(index < claims->len);
    return g_ptr_array_index(claims, index);
}

/* The numbers of the summary, in the order of Told. */
static void assert_told(const Bench *bench, int64_t pending, int64_t quarantined, int64_t withheld, int64_t unreachable)
{
    const int64_t *told = bench->summary.told;

    assert_int_equal(told[TOLD_PENDING], pending);
    assert_int_equal(told[TOLD_QUARANTINED], quarantined);
    assert_int_equal(told[TOLD_WITHHELD], withheld);
    assert_int_equal(told[TOLD_UNREACHABLE], unreachable);
    assert_int_equal(bench->summary.people, pending + quarantined + withheld + unreachable);
}

/* Checking and planning must say the same, and the ledger too. */
static void assert_all_say(Bench *bench, int64_t pending, int64_t quarantined, int64_t withheld, int64_t unreachable)
{
    LedgerCounts counts;
    g_autoptr(Ledger) ledger = NULL;
    g_autoptr(GError) error = NULL;

    check(bench);
    assert_told(bench, pending, quarantined, withheld, unreachable);
    must_plan(bench);
    ledger = open_ledger(bench);
    assert_true(ledger_audit(ledger, &error));
    assert_true(ledger_counts(ledger, &counts, &error));
    assert_int_equal(counts.told[TOLD_PENDING], pending);
    assert_int_equal(counts.told[TOLD_QUARANTINED], quarantined);
    assert_int_equal(counts.told[TOLD_WITHHELD], withheld);
    assert_int_equal(counts.told[TOLD_UNREACHABLE], unreachable);
}

/* Numbers ------------------------------------------------------------------------------------------------------- */

static void test_numbers(void **state)
{
    Bench *bench = *state;

    assert_all_say(bench, 3, 0, 0, 0);
    assert_int_equal(bench->summary.messages, 3);
    assert_int_equal(bench->summary.remarks, 0);
    assert_int_equal(findings_count(bench->findings), 0);
}

static void test_everybody_is_somewhere(void **state)
{
    Bench *bench = *state;

    incident_edit(bench->folder, "playbook.yaml", incident_playbook, "{id: people,",
                  "{id: people, match: \"age >= 14\",");
    incident_put(bench->folder, "people.csv",
                 "id,name,email,age\n"
                 "p1,Ann,ann@x.example;ann@y.example,40\n"
                 "p2,Bob,nobody,40\n"
                 "p3,Cid,cid@x.example,\n"
                 "p4,Dan,dan@x.example,9\n"
                 "p5,Eve,eve@x.example\n"
                 "p6,,,40\n");
    assert_all_say(bench, 1, 2, 1, 2);
    assert_int_equal(bench->summary.messages, 2);
    assert_int_equal(findings_errors(bench->findings, FINDING_SEND), 0);
    EXPECT(bench->findings, {3, 1, "people-endpoint", "email of \"p2\""}, {6, 1, "people-row", "quarantined"});
}

static void test_needs_of_the_template(void **state)
{
    Bench *bench = *state;

    incident_template(bench->folder, "en", "Dear {{person.name}},");
    incident_put(bench->folder, "people.csv",
                 "id,name,email,locale\np1,,ann@x.example,en\np2,Bob,bob@x.example,en\np3,,c@x.example,zh-CN\n");
    assert_all_say(bench, 2, 1, 0, 0);
}

static void test_duplicate_ids(void **state)
{
    Bench *bench = *state;

    incident_put(bench->folder, "people.csv",
                 "id,email\np1,a@x.example\np2,b@x.example\np1,c@x.example\np3,d@x.example\np1,a@x.example\n");
    assert_all_say(bench, 2, 3, 0, 0);
    assert_int_equal(bench->summary.plan.duplicate_rows, 3);
    assert_int_equal(findings_warnings(bench->findings), 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(findings_get(bench->findings, i)->id, "people-duplicate-id");
        assert_non_null(strstr(findings_get(bench->findings, i)->text, "\"p1\""));
    }
}

static void test_shared_mailbox(void **state)
{
    Bench *bench = *state;
    g_autoptr(GPtrArray) claims = NULL;

    incident_put(bench->folder, "people.csv",
                 "id,name,email,holder\np1,Ann,home@x.example,ann\np2,Bob,home@X.example,ann\np3,Cid,cid@x.example,\n");
    assert_all_say(bench, 3, 0, 0, 0);
    assert_int_equal(bench->summary.plan.merged_messages, 1);
    claims = messages(bench);
    assert_int_equal(claims->len, 2);
    assert_int_equal(g_strv_length(claim_at(claims, 1)->people), 2);
}

/* Whoever is at one address learns of another only with the same organisation or the same proven holder. */
static void test_strangers_at_one_address(void **state)
{
    static const struct {
        const char *rows;
        guint messages;
    } cases[] = {
        {"p1,one@x.example,,\np2,one@x.example,,\n", 2},
        {"p1,one@x.example,Acme,\np2,one@x.example,Acme,\n", 1},
        {"p1,one@x.example,Acme,\np2,one@x.example,Bolt,\n", 2},
        {"p1,one@x.example,Acme,\np2,one@x.example,,\n", 2},
        {"p1,one@x.example,Acme,ann\np2,one@x.example,Bolt,ann\n", 1},
        {"p1,one@x.example,,ann\np2,one@x.example,,bob\n", 2},
        {"p1,one@x.example,,ann\np2,one@x.example,,\n", 2},
        {"p1,one@x.example,ann,\np2,one@x.example,,ann\n", 2}, /* an organisation is no holder */
        {"p1,one@x.example,p2,\np2,one@x.example,,\n", 2},     /* nor a person's id */
    };
    Bench *bench = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *people = g_strconcat("id,email,organization,holder\n", cases[i].rows, NULL);
        g_autofree char *folder = expect_folder();
        g_autoptr(GPtrArray) claims = NULL;

        expect_remove(bench->state);
        bench->state = g_steal_pointer(&folder);
        incident_put(bench->folder, "people.csv", people);
        must_plan(bench);
        claims = messages(bench);
        if (claims->len != cases[i].messages)
            fail_msg("case %zu: %u messages", i, claims->len);
    }
}

/* The id of a message says nothing of who else is in the file. */
static void test_ids_stay(void **state)
{
    Bench *bench = *state;
    g_autofree char *before = NULL;
    g_autoptr(GPtrArray) claims = NULL;

    incident_put(bench->folder, "people.csv", "id,email\np1,one@x.example\n");
    must_plan(bench);
    claims = messages(bench);
    before = g_strdup(claim_at(claims, 0)->id);
    g_clear_pointer(&claims, g_ptr_array_unref);
    incident_put(bench->folder, "people.csv", "id,email\np0,one@x.example\np1,one@x.example\n");
    must_plan(bench);
    claims = messages(bench);
    assert_true(claims->len == 1 || claims->len == 2);
    for (guint i = 0; i < claims->len; i++)
        if (strstr(claim_at(claims, i)->people[0], "\"p1\""))
            assert_string_equal(claim_at(claims, i)->id, before);
}

static void test_progress(void **state)
{
    Bench *bench = *state;
    g_autoptr(GString) people = g_string_new("id,email\n");

    for (int i = 0; i < 11000; i++)
        g_string_append_printf(people, "p%d,p%d@x.example\n", i, i);
    incident_put(bench->folder, "people.csv", people->str);
    check(bench);
    assert_int_equal(bench->summary.people, 11000);
    assert_true(bench->looks >= 2);
}

/* Remarks ------------------------------------------------------------------------------------------------------- */

static void test_remarks_are_limited(void **state)
{
    Bench *bench = *state;
    g_autoptr(GString) people = g_string_new("id,email\n");

    for (int i = 0; i < FREEZE_REMARKS_SHOWN + 70; i++)
        g_string_append_printf(people, "p%d,nobody\n", i);
    incident_put(bench->folder, "people.csv", people->str);
    check(bench);
    assert_int_equal(bench->summary.remarks, FREEZE_REMARKS_SHOWN + 70);
    assert_int_equal(findings_warnings(bench->findings), FREEZE_REMARKS_SHOWN + 2);
    assert_int_equal(findings_errors(bench->findings, FINDING_SEND), 0);
    assert_string_equal(findings_get(bench->findings, 0)->id, "people-more");
    assert_non_null(strstr(findings_get(bench->findings, 0)->text, "70 more"));
    assert_string_equal(findings_get(bench->findings, FREEZE_REMARKS_SHOWN + 1)->id, "audience-unreachable");
    must_plan(bench);
    assert_int_equal(findings_warnings(bench->findings), FREEZE_REMARKS_SHOWN + 1);
}

/* Mistakes ------------------------------------------------------------------------------------------------------ */

static void test_mistakes_of_all_texts_at_once(void **state)
{
    Bench *bench = *state;

    incident_template(bench->folder, "en", "{{nobody}}\n{{person.nmae}}");
    incident_template(bench->folder, "zh-CN", "{{nobody}}");
    check(bench);
    assert_int_equal(findings_errors(bench->findings, FINDING_SEND), 3);
    assert_int_equal(bench->summary.people, 3);
    assert_false(plan(bench));
    assert_int_equal(findings_errors(bench->findings, FINDING_SEND), 3);
    assert_false(ledger_exists(sqlite_backend(), bench->state));
}

/* A language that nobody in the file reads makes no mistakes. */
static void test_unused_texts(void **state)
{
    Bench *bench = *state;

    incident_template(bench->folder, "zh-CN", "{{nobody}}");
    incident_put(bench->folder, "people.csv", "id,email\np1,a@x.example\n");
    check(bench);
    assert_int_equal(findings_count(bench->findings), 0);
    must_plan(bench);
}

static void test_unknown_column_in_a_condition(void **state)
{
    Bench *bench = *state;

    incident_edit(bench->folder, "playbook.yaml", incident_playbook, "{id: people,",
                  "{id: people, match: \"local == 'en' || shoe_size > 3\",");
    check(bench);
    assert_int_equal(findings_errors(bench->findings, FINDING_SEND), 2);
    assert_non_null(strstr(findings_get(bench->findings, 0)->text, "did you mean locale?"));
    assert_null(strstr(findings_get(bench->findings, 1)->text, "did you mean"));
    assert_false(plan(bench));
}

static void test_nobody_in_the_file(void **state)
{
    Bench *bench = *state;

    incident_put(bench->folder, "people.csv", "id,email\n");
    check(bench);
    EXPECT(bench->findings, {0, 0, "people-none", "nobody"});
    assert_false(plan(bench));
}

/* What was planned before stays as it was when the new file must be refused. */
static void test_refused_file_changes_nothing(void **state)
{
    Bench *bench = *state;
    g_autofree char *digest = NULL;
    g_autoptr(Ledger) ledger = NULL;

    must_plan(bench);
    ledger = open_ledger(bench);
    digest = g_strdup(ledger_header(ledger)->digest);
    g_clear_pointer(&ledger, ledger_close);
    incident_put(bench->folder, "people.csv", "id,email\np1,a@x.example\np2,\"never closed\n");
    assert_false(plan(bench));
    assert_int_equal(findings_errors(bench->findings, FINDING_SEND), 1);
    assert_string_equal(findings_get(bench->findings, 0)->id, "people-refused");
    ledger = open_ledger(bench);
    assert_string_equal(ledger_header(ledger)->digest, digest);
    assert_int_equal(ledger_header(ledger)->people, 3);
}

/* The plan ------------------------------------------------------------------------------------------------------ */

static void test_ledger(void **state)
{
    Bench *bench = *state;
    g_autoptr(Ledger) ledger = NULL;
    g_autoptr(GPtrArray) claims = NULL;
    const LedgerHeader *header;
    g_autofree char *body = NULL;

    must_plan(bench);
    assert_int_equal(bench->summary.plan.people, 3);
    claims = messages(bench);
    assert_int_equal(claims->len, 3);
    assert_string_equal(claim_at(claims, 0)->endpoint, "ann@x.example");
    assert_string_equal(claim_at(claims, 0)->people[0],
                        "{\"email\":\"ann@x.example\",\"id\":\"p1\",\"locale\":\"en\",\"name\":\"Ann\"}");
    assert_string_equal(claim_at(claims, 2)->people[0], "{\"email\":\"cid@x.example\",\"id\":\"p3\",\"name\":\"Cid\"}");
    ledger = open_ledger(bench);
    header = ledger_header(ledger);
    assert_string_equal(header->incident, "leak");
    assert_int_equal(header->status, INCIDENT_EXERCISE);
    assert_int_equal(header->edition, 1);
    assert_int_equal(header->planned_at, NOW);
    assert_non_null(strstr(header->inputs, "people.csv"));
    assert_non_null(strstr(header->gateways, "bounce@example.com"));
    body = ledger_text(ledger, claim_at(claims, 1)->text, NULL);
    assert_non_null(strstr(body, "有人复制了数据"));
    assert_int_equal(claim_at(claims, 0)->text, claim_at(claims, 2)->text);
}

static char *id_of_ann(const Bench *bench)
{
    g_autoptr(GPtrArray) claims = messages(bench);

    assert_string_equal(claim_at(claims, 0)->endpoint, "ann@x.example");
    return g_strdup(claim_at(claims, 0)->id);
}

/* Planning again, in another order, with another name and another text: it is the same message. */
static void test_ids_are_stable(void **state)
{
    Bench *bench = *state;
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    must_plan(bench);
    before = id_of_ann(bench);
    incident_put(bench->folder, "people.csv",
                 "email,name,id,locale\nzoe@x.example,Zoe,p9,en\nann@X.example,Annie,p1,en-GB\n");
    incident_template(bench->folder, "en", "{{facts.what_happened}}!\n");
    must_plan(bench);
    after = id_of_ann(bench);
    assert_string_equal(before, after);
    assert_int_equal(bench->summary.plan.removed_people, 2);
}

static void test_ids_differ(void **state)
{
    Bench *bench = *state;
    static const struct {
        const char *what, *from, *to;
    } rows[] = {
        {"status", "status: exercise", "status: actual"},
        {"incident", "{id: leak, ", "{id: leak-2, "},
        {"audience", "{id: people, ", "{id: customers, "},
    };
    g_autofree char *before = NULL;

    must_plan(bench);
    before = id_of_ann(bench);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *after = NULL;

        incident_edit(bench->folder, "playbook.yaml", incident_playbook, rows[i].from, rows[i].to);
        must_plan(bench);
        after = id_of_ann(bench);
        if (strcmp(before, after) == 0)
            fail_msg("another %s gives the same id", rows[i].what);
    }
}

static void test_id_of_another_language(void **state)
{
    Bench *bench = *state;
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    must_plan(bench);
    before = id_of_ann(bench);
    incident_put(bench->folder, "people.csv", "id,name,email,locale\np1,Ann,ann@x.example,zh-CN\n");
    must_plan(bench);
    after = id_of_ann(bench);
    assert_string_not_equal(before, after);
}

/* The secret of a ledger is its own: the ids of two are never the same. */
static void test_ids_of_another_ledger(void **state)
{
    Bench *bench = *state;
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    must_plan(bench);
    before = id_of_ann(bench);
    expect_remove(bench->state);
    bench->state = expect_folder();
    must_plan(bench);
    after = id_of_ann(bench);
    assert_string_not_equal(before, after);
}

/* One person ---------------------------------------------------------------------------------------------------- */

typedef struct Seen {
    int times;
    char *endpoint, *data, *reason; /* owned */
    int64_t row;
} Seen;

static void see(const FreezeView *view, void *user)
{
    Seen *seen = user;
    const PlanNotice *notice = &view->decision->notices[0];

    seen->times++;
    seen->row = view->person->row;
    seen->endpoint = g_strdup(notice->count > 0 ? notice->endpoints[0] : "");
    seen->reason = g_strdup(notice->reason);
    seen->data = g_strdup(view->data);
    assert_false(view->is_update);
}

static int find(Bench *bench, const char *id, Seen *seen, char **nearest)
{
    g_autoptr(Material) material = load(bench);
    g_autoptr(GPtrArray) near = g_ptr_array_new_with_free_func(g_free);
    int rows;

    g_free(seen->endpoint);
    g_free(seen->data);
    g_free(seen->reason);
    *seen = (Seen){0};
    rows = freeze_one(material, id, false, see, seen, near, bench->findings);
    *nearest = near->len > 0 ? g_strdup(g_ptr_array_index(near, 0)) : NULL;
    return rows;
}

/* What is shown of a person is what a plan freezes of them. */
static void test_one_person(void **state)
{
    Bench *bench = *state;
    g_autofree char *nearest = NULL;
    g_autofree char *none = NULL;
    g_autofree char *again = NULL;
    g_autoptr(GPtrArray) claims = NULL;
    Seen seen = {0};

    incident_put(bench->folder, "people.csv",
                 "id,name,email\nann1,Ann,ann@x.example;a@y.example\nbob1,Bob,nobody\ncid1,Cid,c@x.example\ncid1,Cyd,d@"
                 "x.example\n");
    assert_int_equal(find(bench, "ann1", &seen, &none), 1);
    assert_int_equal(seen.times, 1);
    assert_int_equal(seen.row, 1);
    assert_string_equal(seen.endpoint, "ann@x.example");
    must_plan(bench);
    claims = messages(bench);
    assert_string_equal(claim_at(claims, 1)->people[0], seen.data);
    assert_int_equal(find(bench, "bob1", &seen, &again), 1);
    assert_string_equal(seen.endpoint, "");
    assert_string_equal(seen.reason, "no usable email address");
    g_clear_pointer(&again, g_free);
    assert_int_equal(find(bench, "cid1", &seen, &again), 2);
    assert_int_equal(seen.times, 1);
    assert_int_equal(find(bench, "ann2", &seen, &nearest), 0);
    assert_int_equal(seen.times, 0);
    assert_string_equal(nearest, "ann1");
    g_free(seen.endpoint);
    g_free(seen.data);
    g_free(seen.reason);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_numbers),
        TEST(test_everybody_is_somewhere),
        TEST(test_needs_of_the_template),
        TEST(test_duplicate_ids),
        TEST(test_shared_mailbox),
        TEST(test_strangers_at_one_address),
        TEST(test_ids_stay),
        TEST(test_progress),
        TEST(test_remarks_are_limited),
        TEST(test_mistakes_of_all_texts_at_once),
        TEST(test_unused_texts),
        TEST(test_unknown_column_in_a_condition),
        TEST(test_nobody_in_the_file),
        TEST(test_refused_file_changes_nothing),
        TEST(test_ledger),
        TEST(test_ids_are_stable),
        TEST(test_ids_differ),
        TEST(test_id_of_another_language),
        TEST(test_ids_of_another_ledger),
        TEST(test_one_person),
    };

    return cmocka_run_group_tests_name("freeze", tests, NULL, NULL);
}
