/* Bounces of many mail systems, with what others say that they mean: BREACH_CONFORMANCE/bounces, beside the source tree
 * unless that is set. Passed over where it is not there. The bars are those that the project promises; the numbers and
 * the groups of disagreement are printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "track/bounce.h"

#define MAIL_MOST        (8 * 1024 * 1024)
#define RECOGNISED_LEAST 95 /* per cent of the expected lines */
#define HARDNESS_LEAST   90
#define CLASS_LEAST      90

typedef enum Column { NAME, STATUS, REPLY, REASON, HARD, COLUMNS } Column;

typedef struct Count {
    int all, recognised, hardness, with_class, class_right;
    GHashTable *groups; /* "reason: kind hard -> …" -> how many; owned */
} Count;

static char *folder(void)
{
    const char *given = g_getenv("BREACH_CONFORMANCE");

    return g_build_filename(given ? given : BREACH_SOURCE_DIR "/../shared/conformance", "bounces", NULL);
}

static bool is_kind(BounceKind kind, const char *reason)
{
    if (strcmp(reason, "feedback") == 0)
        return kind == BOUNCE_KIND_COMPLAINT;
    if (strcmp(reason, "vacation") == 0)
        return kind == BOUNCE_KIND_AUTO_REPLY;
    if (strcmp(reason, "delivered") == 0)
        return kind == BOUNCE_KIND_DELIVERED;
    return kind == BOUNCE_KIND_BOUNCE || kind == BOUNCE_KIND_DELAY;
}

static void group(Count *count, const char *text)
{
    int known = GPOINTER_TO_INT(g_hash_table_lookup(count->groups, text));

    g_hash_table_insert(count->groups, g_strdup(text), GINT_TO_POINTER(known + 1));
}

/* One expected line against the recipient of the mail that stands at its place; NULL: the mail names fewer. */
static void compare(Count *count, char *const *columns, const BounceRecipient *recipient)
{
    bool is_hard = strcmp(columns[HARD], "1") == 0;
    bool is_recognised = recipient && is_kind(recipient->kind, columns[REASON]);
    g_autofree char *text = NULL;

    count->all++;
    count->recognised += is_recognised;
    count->hardness += recipient && recipient->hard == is_hard;
    if (*columns[STATUS]) {
        count->with_class++;
        count->class_right += recipient && recipient->status.status_class == *columns[STATUS] - '0';
    }
    if (is_recognised && recipient->hard == is_hard)
        return;
    text = g_strdup_printf("expected %s, %s; got %s %s", columns[REASON], is_hard ? "hard" : "soft",
                           recipient ? bounce_kind_name(recipient->kind) : "nothing",
                           recipient ? bounce_reason_name(recipient->reason) : "");
    group(count, text);
}

static Bounce *read_mail(const char *path, const char *name)
{
    g_autofree char *file = g_build_filename(path, name, NULL);
    g_autofree char *bytes = NULL;
    gsize size;

    assert_true(g_file_get_contents(file, &bytes, &size, NULL));
    assert_in_range(size, 1, MAIL_MOST);
    return bounce_read(bytes, size);
}

static void compare_all(Count *count, const char *path, char *const *lines)
{
    g_autofree char *last = g_strdup("");
    g_autoptr(Bounce) bounce = NULL;
    guint at = 0;

    for (; *lines; lines++) {
        g_auto(GStrv) columns = g_strsplit(*lines, "\t", COLUMNS);

        if (**lines == '#' || g_strv_length(columns) < COLUMNS)
            continue;
        if (!bounce || strcmp(columns[NAME], last) != 0) {
            g_clear_pointer(&bounce, bounce_free);
            bounce = read_mail(path, columns[NAME]);
            g_free(last);
            last = g_strdup(columns[NAME]);
            at = 0;
        }
        compare(count, columns, at < bounce->recipients->len ? g_ptr_array_index(bounce->recipients, at) : NULL);
        at++;
    }
}

static void print_group(gpointer text, gpointer times, gpointer unused)
{
    (void)unused;
    print_message("# %d: %s\n", GPOINTER_TO_INT(times), (const char *)text);
}

static void test_corpus(void **unused)
{
    g_autofree char *path = folder();
    g_autofree char *table = g_build_filename(path, "expected.tsv", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    Count count = {0};

    (void)unused;
    if (!g_file_get_contents(table, &text, NULL, NULL)) {
        print_message("# skipped: no bounces to compare with (%s)\n", path);
        skip();
    }
    count.groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    lines = g_strsplit(text, "\n", -1);
    compare_all(&count, path, lines);
    print_message("# of %d recipients %d recognised, %d agree on hard or soft; %d of %d on the class\n", count.all,
                  count.recognised, count.hardness, count.class_right, count.with_class);
    g_hash_table_foreach(count.groups, print_group, NULL);
    g_hash_table_unref(count.groups);
    assert_true(count.all > 100);
    assert_true(count.recognised * 100 >= count.all * RECOGNISED_LEAST);
    assert_true(count.hardness * 100 >= count.all * HARDNESS_LEAST);
    assert_true(count.class_right * 100 >= count.with_class * CLASS_LEAST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_corpus)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
