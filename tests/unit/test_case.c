/* The case record on the disk: whole events or none, its own incident, two writers. */
#include "load_expect.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "ledger/case.h"

#define NOW INT64_C(1795270800000)

static Case *open_case(const char *folder, const char *incident, IncidentStatus status, bool create)
{
    g_autoptr(GError) error = NULL;
    Case *record = case_open(folder, incident, status, create, &error);

    if (!record)
        fail_msg("%s", error->message);
    return record;
}

static void append(Case *record, const char *name)
{
    g_autoptr(GError) error = NULL;
    json_auto_t *body = json_pack("{s:s, s:n}", "name", name, "new");

    if (!case_append(record, CASE_VARIABLE, NOW, "me@here", body, &error))
        fail_msg("%s", error->message);
}

static guint count(Case *record)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) events = case_events(record, &error);

    assert_non_null(events);
    return events->len;
}

static void test_first_use(void **state)
{
    char *parent = expect_folder();
    g_autofree char *folder = g_build_filename(parent, "leak.breach", NULL);
    g_autoptr(Case) reader = open_case(folder, "leak", INCIDENT_ACTUAL, false);
    g_autoptr(Case) writer = open_case(folder, "leak", INCIDENT_ACTUAL, true);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    struct stat about;
    json_auto_t *body = json_object();

    (void)state;
    assert_int_equal(count(reader), 0);
    assert_true(case_append_all(writer, none, &error)); /* nothing to append makes nothing */
    assert_false(case_exists(folder));
    assert_false(case_append(reader, CASE_CLOSED, NOW, "me@here", body, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
    append(writer, "first");
    assert_true(case_exists(folder));
    assert_int_equal(stat(folder, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    assert_int_equal(count(reader), 1); /* one that was opened before it was there sees it */
    append(reader, "second");
    assert_int_equal(count(writer), 2);
    expect_remove(parent);
}

static void refused(const char *folder, const char *incident, IncidentStatus status, const char *words)
{
    g_autoptr(GError) error = NULL;
    Case *record = case_open(folder, incident, status, true, &error);

    assert_null(record);
    assert_non_null(strstr(error->message, words));
}

static void test_other_files(void **state)
{
    char *folder = expect_folder();
    char *copy = expect_folder();
    g_autofree char *path = g_build_filename(folder, "case.db", NULL);
    g_autofree char *there = g_build_filename(copy, "case.db", NULL);
    g_autoptr(Case) record = open_case(folder, "leak", INCIDENT_ACTUAL, true);
    g_autoptr(Case) copied = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    json_auto_t *body = json_object();
    size_t size;

    (void)state;
    append(record, "first");
    refused(folder, "other", INCIDENT_ACTUAL, "leak (actual)");
    refused(folder, "leak", INCIDENT_EXERCISE, "(exercise)");
    g_clear_pointer(&record, case_close); /* the last one closes the log as well */
    bytes = file_read(path, 1 << 20, &size, &error);
    assert_non_null(bytes);
    assert_true(file_write(there, bytes, size, 0600, &error));
    copied = open_case(copy, "leak", INCIDENT_ACTUAL, true);
    assert_true(case_is_copy(copied));
    assert_int_equal(count(copied), 1);
    assert_false(case_append(copied, CASE_CLOSED, NOW, "me@here", body, &error));
    assert_non_null(strstr(error->message, "--adopt"));
    g_clear_error(&error);
    assert_true(case_adopt(copied, &error));
    append(copied, "second");
    assert_int_equal(count(copied), 2);
    g_clear_pointer(&copied, case_close);
    assert_true(file_write(there, "no database at all, and longer than nothing", 43, 0600, &error));
    refused(copy, "leak", INCIDENT_ACTUAL, "case.db");
    expect_remove(folder);
    expect_remove(copy);
}

static void test_stale(void **state)
{
    char *folder = expect_folder();
    g_autoptr(Case) record = open_case(folder, "leak", INCIDENT_ACTUAL, true);
    CaseEvent event = {.at = NOW, .by = (char *)"me@here", .kind = CASE_CLOSED, .body = json_object()};
    g_autoptr(GPtrArray) events = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    bool stale = true;

    (void)state;
    g_ptr_array_add(events, &event);
    assert_true(case_append_if(record, 0, events, &stale, &error));
    assert_false(stale);
    assert_true(case_append_if(record, 0, events, &stale, &error));
    assert_true(stale);
    assert_int_equal(count(record), 1);
    assert_true(case_append(record, CASE_LOOKUP, NOW, "me@here", event.body, &error));
    assert_int_equal(count(record), 1); /* a look-up changes nothing that anybody has read */
    assert_true(case_append_if(record, 1, events, &stale, &error));
    assert_false(stale);
    assert_int_equal(count(record), 2);
    json_decref(event.body);
    expect_remove(folder);
}

#define WRITERS 4
#define EACH    25

static int write_many(const char *folder)
{
    g_autoptr(Case) record = open_case(folder, "leak", INCIDENT_ACTUAL, true);

    for (int i = 0; i < EACH; i++)
        append(record, "many");
    return 0;
}

static void test_writers(void **state)
{
    char *parent = expect_folder();
    g_autofree char *folder = g_build_filename(parent, "leak.breach", NULL);
    g_autoptr(Case) record = NULL;
    g_autoptr(GPtrArray) events = NULL;
    pid_t children[WRITERS];

    (void)state;
    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(write_many(folder));
    }
    for (int i = 0; i < WRITERS; i++) {
        int status = 0;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    record = open_case(folder, "leak", INCIDENT_ACTUAL, false);
    events = case_events(record, NULL);
    assert_int_equal(events->len, WRITERS * EACH);
    for (guint i = 0; i < events->len; i++)
        assert_int_equal(((const CaseEvent *)g_ptr_array_index(events, i))->no, i + 1);
    expect_remove(parent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_use),
        cmocka_unit_test(test_other_files),
        cmocka_unit_test(test_stale),
        cmocka_unit_test(test_writers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
