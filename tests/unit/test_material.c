#include "incident_files.h"

#include <fcntl.h>

#include <jansson.h>

#include "dispatch/material.h"

#define NO_DATA "/nonexistent"

typedef struct Bench {
    char *folder;
    char *playbook;
    Findings *findings;
    Material *material;
} Bench;

static int setup(void **state)
{
    Bench *bench = g_new0(Bench, 1);

    bench->folder = incident_folder();
    bench->playbook = g_build_filename(bench->folder, "playbook.yaml", NULL);
    bench->findings = findings_new();
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    Bench *bench = *state;

    material_free(bench->material);
    findings_free(bench->findings);
    g_free(bench->playbook);
    expect_remove(bench->folder);
    g_free(bench);
    return 0;
}

static void load(Bench *bench, bool rehearse)
{
    material_free(bench->material);
    bench->material = material_load(bench->playbook, NO_DATA, rehearse, bench->findings);
    assert_non_null(bench->material);
}

static void must_load(Bench *bench)
{
    load(bench, false);
    if (findings_count(bench->findings) > 0) {
        expect_print(bench->findings);
        fail();
    }
}

static char *inputs(Bench *bench)
{
    g_autoptr(GError) error = NULL;
    char *text;

    must_load(bench);
    text = material_inputs(bench->material, &error);
    if (!text)
        fail_msg("%s", error->message);
    return text;
}

static void test_loads_everything(void **state)
{
    Bench *bench = *state;
    const char *const *locales;

    must_load(bench);
    assert_string_equal(material_playbook(bench->material)->incident.id, "leak");
    assert_int_equal(material_status(bench->material), INCIDENT_EXERCISE);
    assert_string_equal(material_gateway(bench->material, "email")->name, "relay");
    assert_null(material_gateway(bench->material, "sms"));
    locales = material_locales(bench->material, 0);
    assert_string_equal(locales[0], "en");
    assert_string_equal(locales[1], "zh-CN");
    assert_null(locales[2]);
    assert_int_equal(material_texts(bench->material)->len, 0);
}

static void test_rehearsal_of_an_actual_incident(void **state)
{
    Bench *bench = *state;

    incident_edit(bench->folder, "playbook.yaml", incident_playbook, "status: exercise", "status: actual");
    load(bench, false);
    assert_int_equal(material_status(bench->material), INCIDENT_ACTUAL);
    load(bench, true);
    assert_int_equal(material_status(bench->material), INCIDENT_EXERCISE);
    assert_int_equal(material_playbook(bench->material)->incident.status, INCIDENT_ACTUAL);
}

static void test_unreadable_playbook(void **state)
{
    Bench *bench = *state;

    incident_put(bench->folder, "playbook.yaml", "- a\n- b\n");
    assert_null(material_load(bench->playbook, NO_DATA, false, bench->findings));
    assert_true(findings_errors(bench->findings, FINDING_FACTS) > 0);
}

/* All at once: a gateway, a template and a language that are not there. */
static void test_all_mistakes_at_once(void **state)
{
    Bench *bench = *state;

    incident_edit(bench->folder, "playbook.yaml", incident_playbook, "ladder: [email]}]\ngateways: {email: relay}",
                  "ladder: [email]}, {id: admins, also: true, template: nonesuch, ladder: [email]}]\n"
                  "gateways: {email: other}\ndefault_locale: fr");
    load(bench, false);
    EXPECT(bench->findings, {10, 13, "template-default-locale", "default language fr"},
           {10, 61, "template-not-found", "nonesuch"}, {11, 19, "gateway-not-found", "other"});
    assert_null(material_gateway(bench->material, "email"));
    assert_null(material_locales(bench->material, 1)[0]);
}

/* Also where one of the channels is right. */
static void test_gateway_of_another_channel(void **state)
{
    Bench *bench = *state;

    incident_edit(bench->folder, "playbook.yaml", incident_playbook, "gateways: {email: relay}",
                  "gateways: {email: relay, sms: relay}");
    load(bench, false);
    EXPECT(bench->findings, {11, 31, "gateway-channel", "gateway relay sends email, not sms"});
}

static void test_text_is_made_once(void **state)
{
    Bench *bench = *state;
    MaterialText *text;

    must_load(bench);
    text = material_text(bench->material, 0, "email", "zh-CN", false, bench->findings);
    assert_non_null(text->body);
    assert_non_null(strstr(text->body, "有人复制了数据"));
    assert_ptr_equal(material_text(bench->material, 0, "email", "zh-CN", false, bench->findings), text);
    assert_ptr_not_equal(material_text(bench->material, 0, "email", "en", false, bench->findings), text);
    assert_int_equal(material_texts(bench->material)->len, 2);
    assert_int_equal(findings_count(bench->findings), 0);
}

static void test_mistakes_of_a_text_come_once(void **state)
{
    Bench *bench = *state;

    incident_template(bench->folder, "en", "{{nobody}}");
    load(bench, false);
    for (int i = 0; i < 3; i++)
        assert_null(material_text(bench->material, 0, "email", "en", false, bench->findings)->body);
    EXPECT(bench->findings, {1, 1, "template-name", "nobody"});
}

static void test_text_of_another_language(void **state)
{
    Bench *bench = *state;

    must_load(bench);
    assert_null(material_text(bench->material, 0, "email", "fr", false, bench->findings)->body);
    EXPECT(bench->findings, {10, 13, "template-locale", "no email text for fr"});
}

/* Inputs -------------------------------------------------------------------------------------------------------- */

static void test_inputs(void **state)
{
    Bench *bench = *state;
    g_autofree char *text = inputs(bench);
    g_autofree char *again = inputs(bench);
    json_auto_t *list = json_loads(text, 0, NULL);
    const char *before = "";
    size_t index;
    json_t *input;

    assert_string_equal(text, again);
    assert_int_equal(json_array_size(list), 8); /* playbook, people, and three files of each language */
    json_array_foreach(list, index, input) {
        const char *path = json_string_value(json_object_get(input, "path"));

        assert_true(g_path_is_absolute(path));
        assert_true(strcmp(before, path) < 0);
        assert_int_equal(strlen(json_string_value(json_object_get(input, "sha256"))), 64);
        assert_true(json_integer_value(json_object_get(input, "size")) > 0);
        before = path;
    }
    assert_null(strstr(text, "relay.yaml")); /* what is frozen of a gateway is not its file */
}

static void test_inputs_with_a_partial(void **state)
{
    Bench *bench = *state;
    g_autofree char *text = NULL;

    incident_put(bench->folder, "templates/plain/footer.mustache", "bye");
    incident_template(bench->folder, "en", "{{>footer}}");
    incident_template(bench->folder, "zh-CN", "{{>footer}}");
    text = inputs(bench);
    assert_non_null(strstr(text, "footer.mustache"));
    assert_null(strstr(strstr(text, "footer.mustache") + 1, "footer.mustache"));
}

static void test_input_is_gone(void **state)
{
    Bench *bench = *state;
    g_autofree char *people = g_build_filename(bench->folder, "people.csv", NULL);
    g_autoptr(GError) error = NULL;

    must_load(bench);
    assert_int_equal(remove(people), 0);
    assert_null(material_inputs(bench->material, &error));
    assert_non_null(strstr(error->message, "people.csv"));
}

/* The digest is of what was read: a file that is replaced between its reading and the digest is refused. */
static void test_input_changed_since_it_was_read(void **state)
{
    static const char *const names[] = {"playbook.yaml", "people.csv", "templates/plain/en/email.txt"};
    Bench *bench = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *people = g_build_filename(bench->folder, "people.csv", NULL);
        g_autofree char *path = g_build_filename(bench->folder, names[i], NULL);
        g_autofree char *aside = g_strconcat(path, ".new", NULL);
        g_autofree char *same = NULL;
        g_autoptr(GError) error = NULL;
        gsize size;

        g_free(inputs(bench));
        material_reading(bench->material, people);
        assert_true(g_file_get_contents(path, &same, &size, NULL));
        assert_true(g_file_set_contents(aside, same, (gssize)size, NULL));
        assert_int_equal(rename(aside, path), 0);
        if (material_inputs(bench->material, &error))
            fail_msg("%s was replaced", names[i]);
        assert_non_null(strstr(error->message, names[i]));
        assert_non_null(strstr(error->message, "changed while it was read"));
    }
}

static void touch(const Bench *bench, const char *name, time_t at)
{
    g_autofree char *path = g_build_filename(bench->folder, name, NULL);
    const struct timespec times[2] = {{.tv_sec = at}, {.tv_sec = at}};

    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void assert_changed(const char *text, const char *name)
{
    g_auto(GStrv) changed = material_changed(text);

    if (!name) {
        assert_null(changed[0]);
        return;
    }
    assert_non_null(changed[0]);
    assert_true(g_str_has_suffix(changed[0], name));
    assert_null(changed[1]);
}

static void test_changes(void **state)
{
    Bench *bench = *state;
    g_autofree char *text = NULL;

    touch(bench, "people.csv", 1795000000);
    touch(bench, "playbook.yaml", 1795000000);
    text = inputs(bench);
    assert_changed(text, NULL);
    incident_put(bench->folder, "people.csv", "id,email\np1,a@x.example\n"); /* another size */
    touch(bench, "people.csv", 1795000000);
    assert_changed(text, "people.csv");
}

static void test_same_content_at_another_time(void **state)
{
    Bench *bench = *state;
    g_autofree char *text = inputs(bench);

    touch(bench, "playbook.yaml", 1795000000);
    assert_changed(text, NULL);
}

static void test_other_content_of_the_same_size(void **state)
{
    Bench *bench = *state;
    g_autofree char *text = inputs(bench);

    incident_edit(bench->folder, "playbook.yaml", incident_playbook, "Fake messages", "Fake massages");
    touch(bench, "playbook.yaml", 1795000000);
    assert_changed(text, "playbook.yaml");
}

static void test_gone_is_changed(void **state)
{
    Bench *bench = *state;
    g_autofree char *text = inputs(bench);
    g_autofree char *path = g_build_filename(bench->folder, "templates/plain/en/email.html", NULL);

    assert_int_equal(remove(path), 0);
    assert_changed(text, "email.html");
}

/* Gateways ------------------------------------------------------------------------------------------------------ */

static char *gateways(Bench *bench)
{
    must_load(bench);
    return material_gateways(bench->material);
}

static void test_gateways(void **state)
{
    Bench *bench = *state;
    g_autofree char *text = gateways(bench);
    static const struct {
        const char *from, *to;
        bool is_frozen;
    } rows[] = {
        {"port: 2525", "port: 2526", false},
        {"bounce: bounce@", "bounce: returns@", true},
        {"from: notice@", "from: privacy@", true},
        {"tls: none\n", "tls: none\nin_doubt: hold\n", true},
        {"tls: none\n", "tls: none\nregion: cn\n", true},
        {"tls: none\n", "tls: none\nreply_to: help@example.com\n", true},
        {"tls: none\n", "tls: none\nfrom_name: Security\n", true},
        {"tls: none\n", "tls: none\nrate: 5/s\n", false},
    };

    assert_non_null(strstr(text, "\"channel\":\"email\""));
    assert_non_null(strstr(text, "\"in_doubt\":\"resend\""));
    assert_null(strstr(text, "2525"));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *other = NULL;

        incident_edit(bench->folder, "gateways/relay.yaml", incident_gateway, rows[i].from, rows[i].to);
        other = gateways(bench);
        if ((strcmp(text, other) != 0) != rows[i].is_frozen)
            fail_msg("%s gives %s", rows[i].to, other);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_loads_everything),
        TEST(test_rehearsal_of_an_actual_incident),
        TEST(test_unreadable_playbook),
        TEST(test_all_mistakes_at_once),
        TEST(test_gateway_of_another_channel),
        TEST(test_text_is_made_once),
        TEST(test_mistakes_of_a_text_come_once),
        TEST(test_text_of_another_language),
        TEST(test_inputs),
        TEST(test_inputs_with_a_partial),
        TEST(test_input_is_gone),
        TEST(test_input_changed_since_it_was_read),
        TEST(test_changes),
        TEST(test_same_content_at_another_time),
        TEST(test_other_content_of_the_same_size),
        TEST(test_gone_is_changed),
        TEST(test_gateways),
    };

    return cmocka_run_group_tests_name("material", tests, NULL, NULL);
}
