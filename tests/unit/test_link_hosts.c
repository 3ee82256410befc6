#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "cli/link_hosts.h"

/* The hosts in a text, sorted, with a blank between them. */
static char *found_in(json_t *value)
{
    g_autoptr(GHashTable) hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GList) names = NULL;
    GString *list = g_string_new(NULL);

    link_hosts_find(value, hosts);
    json_decref(value);
    names = g_list_sort(g_hash_table_get_keys(hosts), (GCompareFunc)strcmp);
    for (GList *at = names; at; at = at->next)
        g_string_append_printf(list, "%s%s", list->len ? " " : "", (const char *)at->data);
    return g_string_free(list, FALSE);
}

static void finds_hosts(void **state)
{
    static const struct {
        const char *text, *hosts;
    } cases[] = {
        {"see https://help.example.com/leak.", "help.example.com"},
        {"HTTP://HELP.Example.COM", "help.example.com"},
        {"see https://help.example.com.", "help.example.com"},
        {"(https://a.example), <https://b.example> and 'http://c.example:8080/x'", "a.example b.example c.example"},
        {"https://help.example.com@phish.test/", "phish.test"},
        {"https://phish.test\\@help.example.com/", "phish.test"},
        {"https://{{person.region}}.example/", "{{"},
        {"https://例子.example/路径", "例子.example"},
        {"请访问https://help.example.com。也可以看（https://a.example）、https://b.example，谢谢",
         "a.example b.example help.example.com"},
        {"“https://a.example”\u3000«https://b.example»", "a.example b.example"},
        {"ftp://files.example, mailto:a@b.example, ://x, https://", ""},
        {"https://a.example?next=https://b.example", "a.example b.example"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = found_in(json_string(cases[i].text));

        assert_string_equal(got, cases[i].hosts);
    }
}

static void looks_into_everything(void **state)
{
    g_autofree char *got = found_in(json_pack("{s:[s,{s:s}], s:i, s:n}", "a", "http://one.example", "b",
                                              "http://two.example", "c", 1, "d"));

    (void)state;
    assert_string_equal(got, "one.example two.example");
}

static void knows_our_own(void **state)
{
    g_autoptr(GPtrArray) domains = g_ptr_array_new();

    (void)state;
    assert_false(link_hosts_is_own("example.com", domains));
    g_ptr_array_add(domains, (gpointer) "example.com");
    assert_true(link_hosts_is_own("example.com", domains));
    assert_true(link_hosts_is_own("help.example.com", domains));
    assert_false(link_hosts_is_own("notexample.com", domains));
    assert_false(link_hosts_is_own("example.com.test", domains));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_hosts),
        cmocka_unit_test(looks_into_everything),
        cmocka_unit_test(knows_our_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
