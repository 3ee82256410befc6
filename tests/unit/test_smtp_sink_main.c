/* The program smtp-sink-breach, as tests of breach use it. */
#include "smtp_talk.h"

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#define PROGRAM BREACH_BUILD_DIR "/tests/tools/smtp-sink-breach"

extern char **environ;

typedef struct Run {
    pid_t process;
    FILE *output; /* its stdout and stderr */
} Run;

static Run run(const char *const *arguments)
{
    posix_spawn_file_actions_t actions;
    Run started = {0};
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    assert_int_equal(posix_spawn(&started.process, PROGRAM, &actions, NULL, (char *const *)arguments, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    started.output = fdopen(ends[0], "r");
    assert_non_null(started.output);
    return started;
}

/* Waits for the end and returns the exit code; *output is all that was printed. */
static int finish(Run run, char **output)
{
    char bytes[4096];
    size_t size = fread(bytes, 1, sizeof bytes, run.output);
    int status;

    fclose(run.output);
    assert_int_equal(waitpid(run.process, &status, 0), run.process);
    assert_true(WIFEXITED(status));
    *output = g_strndup(bytes, size);
    return WEXITSTATUS(status);
}

static char *await_file(const char *path)
{
    char *text = NULL;

    for (int tries = 0; tries < 1000 && !g_file_get_contents(path, &text, NULL, NULL); tries++)
        g_usleep(10000);
    assert_non_null(text);
    return text;
}

static void test_serves_until_it_is_told_to_end(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("breach-smtp-sink-XXXXXX", NULL);
    g_autofree char *port_file = g_build_filename(folder, "port", NULL);
    g_autofree char *log = g_build_filename(folder, "log", NULL);
    g_autofree char *certificate = g_build_filename(folder, "certificate.pem", NULL);
    const char *const arguments[] = {"smtp-sink-breach", "--port-file",   port_file, "--log",       log,
                                     "--rule",           "quit hang-up",  "--rule",  "noop hang-up", "--starttls",
                                     "--certificate-file", certificate, "--port", "0", NULL};
    static const int ends[] = {SIGTERM, SIGINT};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        Run started = run(arguments);
        g_autofree char *port = await_file(port_file);
        g_autofree char *pem = await_file(certificate);
        g_autofree char *lines = NULL;
        g_autofree char *output = NULL;
        Talk *talk = NULL;

        assert_true(g_str_has_suffix(port, "\n"));
        assert_true(g_str_has_prefix(pem, "-----BEGIN CERTIFICATE-----\n"));
        talk = talk_greet((int)g_ascii_strtoull(port, NULL, 10));
        talk_mail(talk, "a@b.example", "250 ");
        lines = await_file(log);
        assert_string_equal(lines, "accepted - a@b.example 24\n");
        talk_say(talk, "QUIT\r\n");
        talk_expect_closed(talk);
        talk_free(talk);
        kill(started.process, ends[i]);
        assert_int_equal(finish(started, &output), 0);
        assert_string_equal(output, "accepted 1\n");
        unlink(port_file);
        unlink(certificate);
        unlink(log);
    }
    rmdir(folder);
}

static void test_mistakes_are_told(void **state)
{
    static const char *const cases[][5] = {
        {"smtp-sink-breach", "--rule", "rcp hang-up", NULL, "did you mean \"rcpt\"?"},
        {"smtp-sink-breach", "--port", "65536", NULL, "a port up to 65535"},
        {"smtp-sink-breach", "--user", "anna", NULL, "--user with --password"},
        {"smtp-sink-breach", "extra", "words", NULL, "expected options only"},
        {"smtp-sink-breach", "--log", "/dev/null/log", NULL, "cannot open log"},
        {"smtp-sink-breach", "--port-file", "/dev/null/port", NULL, "cannot create"},
        {"smtp-sink-breach", "--certificate-file", "/dev/null/pem", NULL, "only with --starttls"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *output = NULL;

        assert_int_equal(finish(run(cases[i]), &output), EXIT_FAILURE);
        if (!strstr(output, cases[i][4]))
            fail_msg("expected %s, got %s", cases[i][4], output);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_serves_until_it_is_told_to_end),
        cmocka_unit_test(test_mistakes_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
