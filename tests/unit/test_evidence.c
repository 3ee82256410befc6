/* Messages made again: the same, another one, without a digest, or not at all; and nothing of anybody else in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "dispatch/prepare.h"
#include "report/evidence_made.h"

#define ID  "abcdefghijklmnopqrstuvwxyz"
#define ANN "{\"email\":\"a@example.org\",\"id\":\"p1\",\"name\":\"Ann\"}"
#define BOB "{\"email\":\"a@example.org\",\"id\":\"p2\",\"name\":\"Bob\"}"

typedef struct Bench {
    RenderText *text;
    RenderScratch *scratch;
    json_t *gateway;
    EvidenceMaking making;
    EvidenceMade made;
    char digest[DIGEST_HEX_SIZE];
} Bench;

static RenderText *compile(const char *channel, const char *words)
{
    json_auto_t *body =
        json_pack("{s:s, s:[s,s,s], s:{s:{s:s}}, s:b, s:s, s:{s:{s:s, s:s}, s:{s:s, s:s}}, s:{}, s:s}", "channel",
                  channel, "columns", "email", "id", "name", "context", "organization", "name", "Example", "exercise",
                  0, "locale", "en", "parts", "subject", "path", "s", "source", "About {{organization.name}}", "text",
                  "path", "t", "source", words, "partials", "template", "individual");
    char *dumped = json_dumps(body, 0);
    RenderText *text = render_text_new(dumped, NULL);

    assert_non_null(text);
    free(dumped);
    return text;
}

static int setup(void **state)
{
    Bench *bench = g_new0(Bench, 1);

    bench->scratch = render_scratch_new();
    bench->gateway = json_pack("{s:s, s:s, s:s}", "from", "notice@example.com", "name", "relay", "kind", "smtp");
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    Bench *bench = *state;

    evidence_made_clear(&bench->made);
    render_text_free(bench->text);
    render_scratch_free(bench->scratch);
    json_decref(bench->gateway);
    g_free(bench);
    return 0;
}

/* What a sender would record of the message for these people. */
static void record(Bench *bench, const char *const *people, bool is_mail)
{
    Gateway *gateway = gateway_new();
    Handed handed = {0};
    Prepared prepared = {0};

    gateway->from = g_strdup("notice@example.com");
    gateway->bounce = g_strdup("bounce@example.com");
    gateway->print = is_mail ? NULL : gateway_print_new();
    assert_true(prepare_message(&(PrepareRequest){.gateway = gateway,
                                                  .text = bench->text,
                                                  .scratch = bench->scratch,
                                                  .id = ID,
                                                  .endpoint = "a@example.org",
                                                  .people = people,
                                                  .now = INT64_C(1795269000123),
                                                  .attempt = 1},
                                &prepared, NULL));
    prepare_digest(&prepared, &handed);
    assert_int_equal(digest_is_set(handed.octets), is_mail);
    assert_int_equal(digest_is_set(handed.content), !is_mail);
    digest_hex(is_mail ? handed.octets : handed.content, bench->digest);
    prepare_clear(&prepared);
    gateway_free(gateway);
}

static void make(Bench *bench, const char *const *people, bool is_mail)
{
    evidence_made_clear(&bench->made);
    evidence_make(&(EvidenceMaking){.text = bench->text,
                                    .scratch = bench->scratch,
                                    .gateway = bench->gateway,
                                    .id = ID,
                                    .endpoint = "a@example.org",
                                    .people = people,
                                    .own = ANN,
                                    .at = INT64_C(1795269000999), /* of a Date header only the seconds count */
                                    .sha256 = is_mail ? bench->digest : "",
                                    .content = is_mail ? "" : bench->digest,
                                    .is_mail = is_mail},
                  &bench->made);
}

static const char *const ann[] = {ANN, NULL};
static const char *const bob[] = {BOB, NULL};
static const char *const both[] = {ANN, BOB, NULL};

static void test_mail(void **state)
{
    static const char date[] = "Date: Sat, 21 Nov 2026 13:50:00 +0000\r\n";
    Bench *bench = *state;

    bench->text = compile("email", "Dear {{person.name}}.\n");
    record(bench, ann, true);
    make(bench, ann, true);
    assert_int_equal(bench->made.check, EVIDENCE_SAME);
    assert_string_equal(bench->made.text, "Dear Ann.\n");
    assert_string_equal(bench->made.title, "About Example");
    assert_false(bench->made.names_others);
    assert_non_null(memmem(bench->made.octets, bench->made.size, date, strlen(date)));
    bench->digest[0] = bench->digest[0] == 'a' ? 'b' : 'a';
    make(bench, ann, true);
    assert_int_equal(bench->made.check, EVIDENCE_OTHER);
    bench->digest[0] = '\0';
    make(bench, ann, true);
    assert_int_equal(bench->made.check, EVIDENCE_UNRECORDED);
    assert_non_null(bench->made.octets);
}

static void test_content(void **state)
{
    Bench *bench = *state;

    bench->text = compile("webhook", "Dear {{person.name}}.\n");
    record(bench, ann, false);
    make(bench, ann, false);
    assert_int_equal(bench->made.check, EVIDENCE_SAME);
    assert_string_equal(bench->made.octets,
                        "{\"channel\":\"webhook\",\"endpoint\":\"a@example.org\",\"locale\":\"en\",\"message\":\"" ID
                        "\",\"text\":\"Dear Ann.\\n\",\"title\":\"About Example\"}");
}

/* One text for two people: the octets of one never hold the other. */
static void test_shared(void **state)
{
    Bench *bench = *state;

    bench->text = compile("email", "Dear {{person.name}}.\n");
    record(bench, both, true);
    make(bench, both, true);
    assert_int_equal(bench->made.check, EVIDENCE_SAME);
    assert_true(bench->made.names_others);
    assert_null(strstr(bench->made.text, "Bob"));
    assert_non_null(strstr(bench->made.text, "Ann"));
    record(bench, ann, true); /* sent when Ann was alone at it; Bob came later */
    make(bench, both, true);
    assert_int_equal(bench->made.check, EVIDENCE_SAME);
    assert_false(bench->made.names_others);
    record(bench, bob, true);
    make(bench, both, true);
    assert_int_equal(bench->made.check, EVIDENCE_OTHER);
    assert_null(strstr(bench->made.text, "Bob"));
}

/* A text that says the same to everybody can be shown to everybody. */
static void test_shared_impersonal(void **state)
{
    Bench *bench = *state;

    bench->text = compile("email", "Dear reader.\n");
    record(bench, both, true);
    make(bench, both, true);
    assert_int_equal(bench->made.check, EVIDENCE_SAME);
    assert_false(bench->made.names_others);
}

static void test_unmade(void **state)
{
    Bench *bench = *state;
    static const char *const broken[] = {"{", NULL};

    bench->text = compile("email", "Dear {{person.name}}.\n");
    record(bench, ann, true);
    make(bench, broken, true);
    assert_int_equal(bench->made.check, EVIDENCE_UNMADE);
    assert_null(bench->made.octets);
    assert_non_null(bench->made.why);
    json_object_clear(bench->gateway);
    make(bench, ann, true);
    assert_int_equal(bench->made.check, EVIDENCE_UNMADE);
    assert_non_null(strstr(bench->made.why, "sender"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_mail, setup, teardown),
        cmocka_unit_test_setup_teardown(test_content, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shared, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shared_impersonal, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unmade, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
