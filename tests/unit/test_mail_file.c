/* Mails one after another from a file, an mbox and a Maildir. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "track/bounce_mail.h"
#include "track/mail_file.h"

typedef struct Place {
    char *folder;
    GString *seen; /* "file:number:size:first line;" for each */
    int most;      /* stop behind so many; 0: never */
    int count;
} Place;

static int set_up(void **state)
{
    Place *place = g_new0(Place, 1);

    place->folder = g_dir_make_tmp("breach-mail-XXXXXX", NULL);
    place->seen = g_string_new(NULL);
    *state = place;
    return place->folder ? 0 : -1;
}

static void remove_all(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;

    while (folder && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *below = g_build_filename(path, name, NULL);

        remove_all(below);
    }
    g_remove(path);
}

static int tear_down(void **state)
{
    Place *place = *state;

    remove_all(place->folder);
    g_free(place->folder);
    g_string_free(place->seen, TRUE);
    g_free(place);
    return 0;
}

static char *put(const Place *place, const char *name, const char *bytes, gssize size)
{
    char *path = g_build_filename(place->folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    assert_int_equal(g_mkdir_with_parents(parent, 0700), 0);
    assert_true(g_file_set_contents(path, bytes, size, NULL));
    return path;
}

static bool note(const char *file, int number, const char *bytes, size_t size, void *data)
{
    Place *place = data;
    g_autofree char *name = g_path_get_basename(file);

    g_string_append_printf(place->seen, "%s:%d:%zu:%.*s;", name, number, size, (int)strcspn(bytes, "\r\n"), bytes);
    return ++place->count != place->most;
}

static void expect(Place *place, const char *path, const char *seen)
{
    g_autoptr(GError) error = NULL;

    g_string_truncate(place->seen, 0);
    if (!mail_file_read(path, note, place, &error))
        fail_msg("%s", error->message);
    assert_string_equal(place->seen->str, seen);
}

static void test_single(void **state)
{
    g_autofree char *mail = put(*state, "a.eml", "Subject: x\n\nFrom here to 12:30 nothing.\n", -1);
    g_autofree char *empty = put(*state, "empty", "", 0);

    expect(*state, mail, "a.eml:1:40:Subject: x;");
    expect(*state, empty, "");
}

static void test_mbox(void **state)
{
    g_autofree char *path =
        put(*state, "box",
            "From a@b.example Thu Nov 19 12:00:01 2026\nSubject: 1\n\nFrom me to you\n>From it 12:30\n\n"
            "From MAILER-DAEMON Thu Nov 19 12:00:02 2026\r\nSubject: 2\r\n\r\nx\r\n\r\n"
            "From - Thu Nov 19 12:00:03 2026\nSubject: 3\n\nno end",
            -1);

    expect(*state, path, "box:1:43:Subject: 1;box:2:19:Subject: 2;box:3:18:Subject: 3;");
}

/* A line "From " that no empty line precedes, or without a time, is text. */
static void test_mbox_text(void **state)
{
    g_autofree char *path = put(*state, "box",
                                "From a@b.example Thu Nov 19 12:00:01 2026\nSubject: 1\n\n"
                                "x\nFrom a@b.example Thu Nov 19 12:00:01 2026\n\nFrom now on\n",
                                -1);

    expect(*state, path, "box:1:69:Subject: 1;");
}

static void test_maildir(void **state)
{
    Place *place = *state;
    g_autofree char *folder = g_build_filename(place->folder, "m", NULL);

    g_free(put(place, "m/new/2", "Subject: n\n\n", -1));
    g_free(put(place, "m/cur/b", "Subject: b\n\n", -1));
    g_free(put(place, "m/cur/a", "Subject: a\n\n", -1));
    g_free(put(place, "m/cur/.x", "Subject: x\n\n", -1));

    expect(place, folder, "a:1:12:Subject: a;b:1:12:Subject: b;2:1:12:Subject: n;");
}

static void test_stop(void **state)
{
    Place *place = *state;
    g_autofree char *path =
        put(place, "box",
            "From a Thu Nov 19 12:00:01 2026\nSubject: 1\n\nFrom a\n\n"
            "From a Thu Nov 19 12:00:01 2026\nSubject: 2\n\n\nFrom a Thu Nov 19 12:00:01 2026\nSubject: 3\n",
            -1);

    place->most = 2;
    expect(place, path, "box:1:20:Subject: 1;box:2:13:Subject: 2;");
}

/* However large a mail is, only so much of it is kept, and the next one is found. */
static void test_large(void **state)
{
    Place *place = *state;
    GString *box = g_string_new("From a Thu Nov 19 12:00:01 2026\nSubject: 1\n\n");
    g_autofree char *path = NULL;
    g_autofree char *seen = g_strdup_printf("box:1:%d:Subject: 1;box:2:12:Subject: 2;", BOUNCE_MAIL_MOST + 1);

    for (int i = 0; i < 3 * BOUNCE_MAIL_MOST; i++)
        g_string_append_c(box, i % 5000 == 4999 ? '\n' : 'x');
    g_string_append(box, "\n\nFrom a Thu Nov 19 12:00:01 2026\nSubject: 2\n\n");
    path = put(place, "box", box->str, (gssize)box->len);
    expect(place, path, seen);
    g_string_free(box, TRUE);
}

static void test_errors(void **state)
{
    Place *place = *state;
    g_autofree char *missing = g_build_filename(place->folder, "missing", NULL);
    g_autoptr(GError) none = NULL, folder = NULL;

    assert_false(mail_file_read(missing, note, place, &none));
    assert_non_null(strstr(none->message, "BR-FILE-001"));
    assert_false(mail_file_read(place->folder, note, place, &folder));
    assert_non_null(strstr(folder->message, "BR-TRACK-001"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_single, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mbox, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mbox_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_maildir, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_large, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_errors, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
