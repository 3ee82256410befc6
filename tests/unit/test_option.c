#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "cli/option.h"

static const char *const some[] = {"dry-run", "state", "patience", "json", "help", NULL};
static const char *const few[] = {"help", NULL};
static const Command command = {
    .name = "notify", .summary = "send", .description = "Sends.", .options = some, .exits = "0 sent"};
static const Command plain = {.name = "check", .options = few};

/* Words parted by spaces; kept until the next call, since options borrow them. */
static bool parse(const Command *which, const char *line, Options *options, GError **error)
{
    static GStrv words;
    bool parsed;

    g_strfreev(words);
    words = g_strsplit(line, " ", -1);
    parsed = option_parse(which, *line ? (int)g_strv_length(words) : 0, words, options, error);
    return parsed;
}

static Options must_parse(const char *line)
{
    g_autoptr(GError) error = NULL;
    Options options;

    if (!parse(&command, line, &options, &error))
        fail_msg("%s", error->message);
    assert_null(error);
    return options;
}

static void must_refuse(const Command *which, const char *line, const char *words)
{
    g_autoptr(GError) error = NULL;
    Options options;

    if (parse(which, line, &options, &error))
        fail_msg("\"%s\" was accepted", line);
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
    if (!strstr(error->message, words))
        fail_msg("\"%s\" does not say \"%s\"", error->message, words);
}

static void test_nothing_but_a_playbook(void **state)
{
    const Options options = must_parse("p.yaml");

    (void)state;
    assert_string_equal(options.argument, "p.yaml");
    assert_false(options.dry_run);
    assert_false(options.json);
    assert_null(options.state);
    assert_null(options.patience);
}

/* Words behind the first argument, and an option that means something else to this command. */
static void test_words(void **state)
{
    static const char *const names[] = {"outcome", "json", "help", NULL};
    const Command record = {.name = "record",
                            .words = "letter|phone [ID]",
                            .summary = "s",
                            .description = "d",
                            .options = names,
                            .exits = "0"};
    const Command retry = {.name = "retry", .summary = "s", .description = "d", .options = names, .exits = "0"};
    char *arguments[] = {(char *)"p.yaml", (char *)"letter", (char *)"--outcome", (char *)"returned",
                         (char *)"p1",     (char *)"p2",     (char *)"p3"};
    g_autoptr(GError) error = NULL;
    g_autofree char *help = option_help(&record);
    g_autofree char *other = option_help(&retry);
    Options options;

    (void)state;
    assert_true(option_parse(&record, 5, arguments, &options, &error));
    assert_string_equal(options.argument, "p.yaml");
    assert_string_equal(options.words[0], "letter");
    assert_string_equal(options.words[1], "p1");
    assert_string_equal(options.outcome, "returned");
    assert_false(option_parse(&record, 7, arguments, &options, &error));
    assert_non_null(strstr(error->message, "p3 is too much"));
    g_clear_error(&error);
    assert_false(option_parse(&retry, 2, arguments, &options, &error));
    assert_non_null(strstr(help, "Usage: breach record PLAYBOOK letter|phone [ID] ["));
    assert_non_null(strstr(help, "wrong-number"));
    assert_null(strstr(other, "wrong-number"));
    assert_string_equal(option_choices(option_of(&retry, 0)), "failed bounced deferred all");
    assert_non_null(strstr(option_choices(option_of(&record, 0)), "no-answer"));
}

static void test_flags_and_values(void **state)
{
    Options options = must_parse("--dry-run p.yaml --state DIR --patience=PT5M --json");

    (void)state;
    assert_string_equal(options.argument, "p.yaml");
    assert_true(options.dry_run);
    assert_true(options.json);
    assert_false(options.yes);
    assert_string_equal(options.state, "DIR");
    assert_string_equal(options.patience, "PT5M");
    options = must_parse("p.yaml --state=a=b");
    assert_string_equal(options.state, "a=b");
    options = must_parse("p.yaml --state=--json");
    assert_string_equal(options.state, "--json");
    assert_false(options.json);
    options = must_parse("p.yaml --patience=");
    assert_string_equal(options.patience, "");
}

static void test_end_of_options(void **state)
{
    const Options options = must_parse("--json -- --state");

    (void)state;
    assert_true(options.json);
    assert_string_equal(options.argument, "--state");
    assert_null(options.state);
}

static void test_help_needs_no_playbook(void **state)
{
    (void)state;
    assert_true(must_parse("--help").help);
    assert_true(must_parse("-h").help);
    assert_null(must_parse("-h").argument);
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *line, *words;
    } rows[] = {
        {"", "PLAYBOOK is missing: type breach notify PLAYBOOK"},
        {"--json", "PLAYBOOK is missing"},
        {"a.yaml b.yaml", "one PLAYBOOK at a time: b.yaml is too much"},
        {"p.yaml --patiense PT5M", "no option --patiense: did you mean --patience?"},
        {"p.yaml --patiense=PT5M", "no option --patiense: did you mean --patience?"},
        {"p.yaml --dryrun", "did you mean --dry-run?"},
        {"p.yaml --xyzzy", "breach notify has no option --xyzzy"},
        {"p.yaml -v", "breach notify has no option -v"},
        {"p.yaml -", "breach notify has no option -"},
        {"p.yaml --=x", "has no option --"},
        {"p.yaml --json=yes", "--json takes no value"},
        {"p.yaml --state", "--state needs a value: --state DIR"},
        {"p.yaml --state --json", "--state needs a value, and --json looks like an option: type --state DIR"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        must_refuse(&command, rows[i].line, rows[i].words);
}

/* A command takes its own options only. */
static void test_options_of_others(void **state)
{
    (void)state;
    must_refuse(&plain, "p.yaml --dry-run", "breach check has no option --dry-run");
    must_refuse(&command, "p.yaml --yes", "breach notify has no option --yes");
}

static void test_help(void **state)
{
    g_autofree char *text = option_help(&command);

    (void)state;
    assert_true(g_str_has_prefix(text, "breach notify - send\n\nUsage: breach notify PLAYBOOK [OPTION…]\n\nSends.\n"));
    assert_non_null(strstr(text, "\n  --dry-run "));
    assert_non_null(strstr(text, "\n  --state DIR "));
    assert_null(strstr(text, "--yes"));
    assert_true(g_str_has_suffix(text, "\nExit codes: 0 sent\n"));
    for (const char *at = text; *at; at += strcspn(at, "\n") + 1)
        assert_true(strcspn(at, "\n") <= 110);
}

static void test_repeated(void **state)
{
    static const char *const repeated[] = {"anchor", "list", "help", NULL};
    static const Command clock = {.name = "clock", .argument = "[REGIME]", .options = repeated};
    GString *line = g_string_new("eu-gdpr --list");
    Options options;

    (void)state;
    assert_true(parse(&clock, "eu-gdpr --anchor a=1 --anchor=b=2 --anchor c=3", &options, NULL));
    assert_int_equal(options.anchors.count, 3);
    assert_string_equal(options.anchors.values[0], "a=1");
    assert_string_equal(options.anchors.values[1], "b=2");
    assert_string_equal(options.anchors.values[2], "c=3");
    for (int i = 0; i < OPTION_LIST_MAX; i++)
        g_string_append(line, " --anchor x=1");
    assert_true(parse(&clock, line->str, &options, NULL));
    assert_true(options.every);
    g_string_append(line, " --anchor x=1");
    must_refuse(&clock, line->str, "times at most");
    must_refuse(&clock, "--anchor", "needs a value");
    g_string_free(line, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_but_a_playbook),
        cmocka_unit_test(test_flags_and_values),
        cmocka_unit_test(test_end_of_options),
        cmocka_unit_test(test_help_needs_no_playbook),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_options_of_others),
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_repeated),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
