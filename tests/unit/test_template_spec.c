/* The official Mustache tests: all that are required, without lambdas, dynamic names and inheritance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glib.h>
#include <jansson.h>

#include "model/template.h"

#define TESTS_MIN 130

static const char *partial_of(const char *name, void *user)
{
    return json_string_value(json_object_get(user, name));
}

static void on_fault(Position at, const char *text, void *user)
{
    g_string_append_printf(user, "%d:%d: %s; ", at.line, at.column, text);
}

static char *folder(void)
{
    const char *given = g_getenv("BREACH_CONFORMANCE");

    return g_build_filename(given ? given : BREACH_SOURCE_DIR "/../shared/conformance", "mustache", NULL);
}

static bool passes(const char *file, const json_t *test)
{
    const char *source = json_string_value(json_object_get(test, "template"));
    const char *expected = json_string_value(json_object_get(test, "expected"));
    const json_t *data = json_object_get(test, "data");
    g_autoptr(GString) faults = g_string_new(NULL);
    g_autoptr(GString) output = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    TemplateOptions options = {.escape = TEMPLATE_ESCAPE_HTML};
    g_autoptr(Template) template =
        template_compile("spec", source, options, partial_of, json_object_get(test, "partials"), on_fault, faults);

    if (template && template_render(template, &data, 1, output, &error) && g_str_equal(output->str, expected))
        return true;
    print_error("%s, \"%s\": expected <%s>, got <%s> %s%s\n", file, json_string_value(json_object_get(test, "name")),
                expected, output->str, faults->str, error ? error->message : "");
    return false;
}

static void test_official(void **state)
{
    static const char *const files[] = {"comments", "delimiters", "interpolation", "inverted", "partials", "sections"};
    g_autofree char *path = folder();
    size_t count = 0;
    size_t passed = 0;

    (void)state;
    if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
        print_message("# skipped: no conformance files (%s)\n", path);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *name = g_strconcat(files[i], ".json", NULL);
        g_autofree char *file = g_build_filename(path, name, NULL);
        json_error_t json_error;
        json_t *suite = json_load_file(file, 0, &json_error);
        size_t index;
        json_t *test;

        if (!suite)
            fail_msg("%s: %s", file, json_error.text);
        assert_true(json_array_size(json_object_get(suite, "tests")) > 0);
        json_array_foreach(json_object_get(suite, "tests"), index, test)
        {
            count++;
            passed += passes(files[i], test) ? 1 : 0;
        }
        json_decref(suite);
    }
    print_message("# %zu of %zu official tests pass\n", passed, count);
    assert_true(count >= TESTS_MIN);
    assert_int_equal(passed, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_official)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
