#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "base/error.h"
#include "dispatch/render.h"

#define ID "abcdefghijklmnopqrstuvwxyz"

/* A text version, and what came out of it last. */
typedef struct Bench {
    const char *locale;
    bool exercise;
    const char *subject, *text, *html; /* sources; html may be NULL */
    const char *partial;               /* source of {{>footer}}, or NULL */
    RenderText *compiled;
    RenderScratch *scratch;
    RenderParts parts;
    GError *error;
} Bench;

static int setup(void **state)
{
    Bench *bench = g_new0(Bench, 1);

    bench->locale = "en";
    bench->subject = "To {{person.name}}";
    bench->text = "Dear {{person.name}}, {{organization.name}} is sorry.\n";
    bench->scratch = render_scratch_new();
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    Bench *bench = *state;

    render_text_free(bench->compiled);
    render_scratch_free(bench->scratch);
    g_clear_error(&bench->error);
    g_free(bench);
    return 0;
}

static json_t *part(const char *path, const char *source)
{
    return json_pack("{s:s, s:s}", "path", path, "source", source);
}

static char *body_of(const Bench *bench)
{
    json_auto_t *body =
        json_pack("{s:s, s:[s,s,s,s,s], s:{s:{s:s}, s:s, s:[s,s]}, s:b, s:s, s:{s:o, s:o}, s:{}, s:s}", "channel",
                  "email", "columns", "email", "id", "name", "phone", "plan", "context", "organization", "name",
                  "Example & Co", "empty", "", "advice", "one", "two", "exercise", bench->exercise, "locale",
                  bench->locale, "parts", "subject", part("email.subject", bench->subject), "text",
                  part("email.txt", bench->text), "partials", "template", "individual");
    char *dumped;
    char *text;

    assert_non_null(body);
    if (bench->html)
        json_object_set_new(json_object_get(body, "parts"), "html", part("email.html", bench->html));
    if (bench->partial)
        json_object_set_new(json_object_get(body, "partials"), "footer", part("footer.mustache", bench->partial));
    dumped = json_dumps(body, 0);
    text = g_strdup(dumped);
    free(dumped);
    return text;
}

static void compile(Bench *bench)
{
    g_autofree char *body = body_of(bench);

    render_text_free(bench->compiled);
    bench->compiled = render_text_new(body, &bench->error);
    if (bench->error)
        fail_msg("%s", bench->error->message);
}

static RenderRequest request(const char *const *people)
{
    return (RenderRequest){.id = ID,
                           .recipient = "ann@x.example",
                           .from = "notice@example.com",
                           .people = people,
                           .date = INT64_C(1795269000123)};
}

/* Renders for people whose data are given; false with bench->error. */
static bool render_for(Bench *bench, const char *const *people)
{
    RenderRequest asked = request(people);

    g_clear_error(&bench->error);
    compile(bench);
    return render_parts(bench->compiled, bench->scratch, &asked, &bench->parts, &bench->error);
}

static void must_render(Bench *bench, const char *data)
{
    const char *people[] = {data, NULL};

    if (!render_for(bench, people))
        fail_msg("%s", bench->error->message);
}

static void test_parts(void **state)
{
    Bench *bench = *state;

    bench->html = "<html><body><p>{{person.name}} {{organization.name}}</p></body></html>";
    must_render(bench, "{\"name\":\"Ann <b>\"}");
    assert_string_equal(bench->parts.subject, "To Ann <b>");
    assert_string_equal(bench->parts.text, "Dear Ann <b>, Example & Co is sorry.\n");
    assert_string_equal(bench->parts.html, "<html><body><p>Ann &lt;b&gt; Example &amp; Co</p></body></html>");
}

static void test_without_html(void **state)
{
    Bench *bench = *state;

    must_render(bench, "{\"name\":\"Ann\"}");
    assert_null(bench->parts.html);
}

static void test_partial(void **state)
{
    Bench *bench = *state;

    bench->text = "Hello{{>footer}}";
    bench->partial = ", {{person.plan}} reader";
    must_render(bench, "{\"plan\":\"free\"}");
    assert_string_equal(bench->parts.text, "Hello, free reader");
}

/* Columns that are empty are not in a person's frozen data, and yet they are no unknown names. */
static void test_empty_columns(void **state)
{
    Bench *bench = *state;

    bench->text = "[{{person.phone}}]"
                  "{{#person.name}}Dear {{person.name}}{{/person.name}}{{^person.name}}Hello{{/person.name}}";
    bench->subject = "s";
    must_render(bench, "{\"id\":\"p1\"}");
    assert_string_equal(bench->parts.text, "[]Hello");
}

static void test_strict(void **state)
{
    Bench *bench = *state;
    const char *people[] = {"{\"name\":\"Ann\"}", NULL};

    bench->text = "line\n{{person.shoe_size}}";
    assert_false(render_for(bench, people));
    assert_true(g_error_matches(bench->error, BREACH_ERROR, BREACH_ERROR_INPUT));
    assert_non_null(strstr(bench->error->message, "email.txt:2:1"));
    bench->text = "{{facts.cause}}";
    assert_false(render_for(bench, people));
    bench->text = "{{advice}}";
    assert_false(render_for(bench, people));
}

/* A line end in a header would let data become a command. */
static void test_header_injection(void **state)
{
    Bench *bench = *state;
    const char *people[] = {"{\"name\":\"Ann\\r\\nBcc: all@x.example\"}", NULL};

    assert_false(render_for(bench, people));
    assert_true(g_error_matches(bench->error, BREACH_ERROR, BREACH_ERROR_INPUT));
    assert_null(strstr(bench->error->message, "Bcc"));
}

static void test_broken_data(void **state)
{
    Bench *bench = *state;
    const char *people[] = {"{\"name\":\"Ann\"}", "{", NULL};

    assert_false(render_for(bench, people));
    assert_true(g_error_matches(bench->error, BREACH_ERROR, BREACH_ERROR_INPUT));
}

static void test_number(void **state)
{
    Bench *bench = *state;
    char number[ID_NUMBER_LENGTH + 1];

    id_number(ID, number);
    bench->subject = "s";
    bench->text = "{{number}}";
    must_render(bench, "{}");
    assert_string_equal(bench->parts.text, number);
}

/* Exercises ----------------------------------------------------------------------------------------------------- */

/* What only carries a number is rendered without anybody's data, and still not for a crowd. */
static void test_not_personal(void **state)
{
    Bench *bench = *state;
    const char *crowd[22] = {NULL};

    bench->subject = "For you";
    bench->text = "{{organization.name}}: see example.com/notice, number {{number}}\n";
    must_render(bench, "{\"name\":\"Ann\"}");
    assert_true(g_str_has_prefix(bench->parts.text, "Example & Co: see example.com/notice, number "));
    assert_false(render_is_personal(bench->compiled));
    for (size_t i = 0; i + 1 < G_N_ELEMENTS(crowd); i++)
        crowd[i] = "{\"name\":\"Ann\"}";
    assert_false(render_for(bench, crowd));
    assert_non_null(strstr(bench->error->message, "more than 20 people"));
    bench->text = "{{#person}}{{name}}{{/person}}\n";
    must_render(bench, "{\"name\":\"Ann\"}");
    assert_string_equal(bench->parts.text, "Ann\n");
}

static void test_marks(void **state)
{
    Bench *bench = *state;
    static const struct {
        const char *locale, *subject, *text;
    } rows[] = {
        {"en", "[EXERCISE] s", "[EXERCISE] This is an exercise"},
        {"en-GB", "[EXERCISE] s", "[EXERCISE] This is an exercise"},
        {"fr", "[EXERCISE] s", "[EXERCISE] This is an exercise"},
        {"zh", "【演练】s", "【演练】这是一次演练"},
        {"zh-CN", "【演练】s", "【演练】这是一次演练"},
        {"zh-Hans-SG", "【演练】s", "【演练】这是一次演练"},
        {"zh-TW", "【演練】s", "【演練】這是一次演練"},
        {"zh-HK", "【演練】s", "【演練】這是一次演練"},
        {"zh-MO", "【演練】s", "【演練】這是一次演練"},
        {"zh-Hant", "【演練】s", "【演練】這是一次演練"},
    };

    bench->exercise = true;
    bench->subject = "s";
    bench->text = "text";
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        bench->locale = rows[i].locale;
        must_render(bench, "{}");
        assert_string_equal(render_text_locale(bench->compiled), rows[i].locale);
        assert_string_equal(bench->parts.subject, rows[i].subject);
        assert_true(g_str_has_prefix(bench->parts.text, rows[i].text));
        assert_true(g_str_has_suffix(bench->parts.text, "\n\ntext"));
    }
}

/* A test says so before anything else, also in an exercise; only the message that is sent as one does. */
static void test_test_marks(void **state)
{
    const struct {
        const char *locale, *subject, *text;
    } rows[] = {
        {"en", "[TEST] s", "[TEST] This is a test."},
        {"zh-CN", "【测试】s", "【测试】这是测试邮件"},
        {"zh-TW", "【測試】s", "【測試】這是測試郵件"},
    };
    Bench *bench = *state;
    const char *const people[] = {"{}", NULL};

    bench->subject = "s";
    bench->text = "text";
    bench->html = "<body>x</body>";
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RenderRequest asked = request(people);

        asked.is_test = true;
        bench->locale = rows[i].locale;
        must_render(bench, "{}");
        assert_string_equal(bench->parts.text, "text");
        assert_true(render_parts(bench->compiled, bench->scratch, &asked, &bench->parts, &bench->error));
        assert_string_equal(bench->parts.subject, rows[i].subject);
        assert_true(g_str_has_prefix(bench->parts.text, rows[i].text));
        assert_true(g_str_has_suffix(bench->parts.text, "\n\ntext"));
        assert_non_null(strstr(bench->parts.html, rows[i].text));
    }
    bench->exercise = true;
    bench->locale = "en";
    must_render(bench, "{}");
    assert_string_equal(bench->parts.subject, "[EXERCISE] s");
}

static void test_no_mark_when_actual(void **state)
{
    Bench *bench = *state;

    bench->html = "<body>x</body>";
    must_render(bench, "{\"name\":\"Ann\"}");
    assert_null(strstr(bench->parts.subject, "EXERCISE"));
    assert_null(strstr(bench->parts.text, "EXERCISE"));
    assert_null(strstr(bench->parts.html, "EXERCISE"));
}

/* At the top of what is shown, wherever the page begins. */
static void test_mark_in_html(void **state)
{
    Bench *bench = *state;
    static const struct {
        const char *html, *before;
    } rows[] = {
        {"<html><head><title>t</title></head><body><p>x</p></body></html>",
         "<html><head><title>t</title></head><body>"},
        {"<body class=\"a\" lang='en'><p>x</p>", "<body class=\"a\" lang='en'>"},
        {"<body title=\"a > b\"><p>x</p>", "<body title=\"a > b\">"},
        {"<body title='>'\n  id=x><p>x</p>", "<body title='>'\n  id=x>"},
        {"<HTML><BODY><p>x</p>", "<HTML><BODY>"},
        {"<html><bodyguard></bodyguard><body><p>x</p>", "<html><bodyguard></bodyguard><body>"},
        {"<p>x</p>", ""},
        {"<body", ""},
    };

    bench->exercise = true;
    bench->subject = "s";
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *rest;

        bench->html = rows[i].html;
        must_render(bench, "{}");
        assert_true(g_str_has_prefix(bench->parts.html, rows[i].before));
        rest = bench->parts.html + strlen(rows[i].before);
        if (!g_str_has_prefix(rest, "<p style="))
            fail_msg("%s", bench->parts.html);
        assert_non_null(strstr(rest, "[EXERCISE] This is an exercise"));
        assert_true(g_str_has_suffix(rest, rows[i].html + strlen(rows[i].before)));
    }
}

/* People -------------------------------------------------------------------------------------------------------- */

/* One message holds what is true of each of them. */
static void test_shared_mailbox(void **state)
{
    Bench *bench = *state;
    const char *people[] = {"{\"id\":\"p1\",\"name\":\"Ann\",\"plan\":\"free\",\"email\":\"ann@x.example\"}",
                            "{\"id\":\"p2\",\"name\":\"Bob\",\"email\":\"ann@X.example\"}",
                            "{\"id\":\"p3\",\"name\":\"Ann\",\"plan\":\"paid\"}", "{\"id\":\"p4\"}", NULL};

    bench->text = "{{person.name}} {{person.id}} {{person.plan}} {{person.email}}";
    assert_true(render_for(bench, people));
    assert_string_equal(bench->parts.text, "Ann, Bob p1, p2, p3, p4 free, paid ann@x.example");
    bench->locale = "zh-TW";
    assert_true(render_for(bench, people));
    assert_string_equal(bench->parts.text, "Ann、Bob p1、p2、p3、p4 free、paid ann@x.example");
}

/* An address that very many share is a placeholder, and its reader must not get everybody's data. */
static void test_address_of_too_many(void **state)
{
    Bench *bench = *state;
    const char *people[22] = {NULL};

    for (int i = 0; i < 20; i++)
        people[i] = "{\"name\":\"Ann\"}";
    assert_true(render_for(bench, people));
    people[20] = people[0];
    assert_false(render_for(bench, people));
    assert_true(g_error_matches(bench->error, BREACH_ERROR, BREACH_ERROR_INPUT));
}

static void test_shared_mailbox_first_without_name(void **state)
{
    Bench *bench = *state;
    const char *people[] = {"{\"id\":\"p1\"}", "{\"id\":\"p2\",\"name\":\"Bob\"}", NULL};

    assert_true(render_for(bench, people));
    assert_string_equal(bench->parts.subject, "To Bob");
}

static void test_masked_email(void **state)
{
    Bench *bench = *state;
    static const struct {
        const char *data, *masked;
    } rows[] = {
        {"{\"email\":\"zhang.wei@example.com\"}", "zh***@example.com"},
        {"{\"email\":\"zhang.wei@EXAMPLE.com\"}", "zh***@example.com"},
        {"{\"email\":\" ; nobody; zhang.wei@example.com;b@x.example\"}", "zh***@example.com"},
        {"{\"email\":\"nobody\"}", ""},
        {"{}", ""},
    };

    bench->subject = "s";
    bench->text = "{{person.masked_email}}";
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        must_render(bench, rows[i].data);
        assert_string_equal(bench->parts.text, rows[i].masked);
    }
}

/* Whole messages ------------------------------------------------------------------------------------------------ */

static char *message(Bench *bench, RenderRequest asked)
{
    const char *data = NULL;
    size_t size = 0;

    if (!render_message(bench->compiled, bench->scratch, &asked, &data, &size, &bench->error))
        fail_msg("%s", bench->error->message);
    assert_int_equal(strlen(data), size);
    return g_strdup(data);
}

static void test_message(void **state)
{
    Bench *bench = *state;
    const char *people[] = {"{\"name\":\"Ann\"}", NULL};
    RenderRequest asked = request(people);
    g_autofree char *first = NULL;
    g_autofree char *again = NULL;
    g_autofree char *other = NULL;

    bench->html = "<body>x</body>";
    compile(bench);
    first = message(bench, asked);
    assert_non_null(strstr(first, "\r\nTo: ann@x.example\r\n"));
    assert_non_null(strstr(first, "From: \"Example & Co\" <notice@example.com>\r\n"));
    assert_non_null(strstr(first, "\r\nSubject: To Ann\r\n"));
    assert_non_null(strstr(first, ID));
    assert_null(strstr(first, "Reply-To"));
    again = message(bench, asked);
    assert_string_equal(first, again);
    asked.from_name = "Security";
    asked.reply_to = "help@example.com";
    other = message(bench, asked);
    assert_non_null(strstr(other, "From: \"Security\" <notice@example.com>\r\n"));
    assert_non_null(strstr(other, "Reply-To: help@example.com\r\n"));
}

/* One text for all threads: nothing of one person is left for the next. */
static void test_nothing_is_left(void **state)
{
    Bench *bench = *state;
    const char *people[] = {"{\"name\":\"Ann\",\"plan\":\"paid\",\"email\":\"ann@x.example\"}", NULL};
    const char *nobody[] = {"{\"name\":\"Bob\"}", NULL};
    RenderRequest asked = request(people);

    bench->text = "{{person.name}} [{{person.plan}}] [{{person.masked_email}}]";
    must_render(bench, people[0]);
    asked.people = nobody;
    assert_true(render_parts(bench->compiled, bench->scratch, &asked, &bench->parts, &bench->error));
    assert_string_equal(bench->parts.text, "Bob [] []");
}

static void test_subject_line_end(void **state)
{
    Bench *bench = *state;

    bench->subject = "To {{person.name}}\n";
    must_render(bench, "{\"name\":\"Ann\"}");
    assert_string_equal(bench->parts.subject, "To Ann");
}

static void test_subject_for_nobody(void **state)
{
    Bench *bench = *state;
    g_autofree char *subject = NULL;

    bench->subject = "{{organization.name}}: notice";
    bench->exercise = true;
    compile(bench);
    subject = render_subject(bench->compiled, &bench->error);
    assert_string_equal(subject, "[EXERCISE] Example & Co: notice");
}

static void test_try(void **state)
{
    Bench *bench = *state;
    g_autofree char *good = body_of(bench);
    g_autofree char *bad = NULL;
    g_autofree char *two_lines = NULL;

    assert_true(render_try(good, &bench->error));
    bench->subject = "First\u2028second";
    two_lines = body_of(bench);
    assert_false(render_try(two_lines, &bench->error));
    assert_non_null(strstr(bench->error->message, "email.subject: the subject has a line end"));
    g_clear_error(&bench->error);
    bench->subject = "s";
    bench->text = "{{#advice}}{{shoe_size}}{{/advice}}";
    bad = body_of(bench);
    assert_false(render_try(bad, &bench->error));
    assert_non_null(strstr(bench->error->message, "shoe_size"));
}

static void test_broken_bodies(void **state)
{
    static const char *const bodies[] = {
        "",
        "[]",
        "{}",
        "{\"context\":{}}",
        "{\"locale\":\"en\"}",
        "{\"context\":{},\"locale\":\"en\",\"columns\":[],\"parts\":{\"text\":{\"path\":\"t\",\"source\":\"{{#a}}\"}}}",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
        g_autoptr(GError) error = NULL;

        assert_null(render_text_new(bodies[i], &error));
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INTERNAL));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Channels and capacities ------------------------------------------------------------------------------------------ */

/* The text version of a channel with these members set in its body; a part whose source is NULL is not there. */
static void compile_as(Bench *bench, const char *channel, const char *capacity, bool has_subject)
{
    g_autofree char *plain = body_of(bench);
    json_auto_t *body = json_loads(plain, 0, NULL);
    char *dumped;

    json_object_set_new(body, "channel", json_string(channel));
    json_object_set_new(body, "capacity", json_string(capacity));
    json_array_append_new(json_object_get(body, "columns"), json_string("guardian_name"));
    if (!has_subject)
        json_object_del(json_object_get(body, "parts"), "subject");
    dumped = json_dumps(body, 0);
    render_text_free(bench->compiled);
    bench->compiled = render_text_new(dumped, &bench->error);
    free(dumped);
    assert_non_null(bench->compiled);
}

static void render_as(Bench *bench, const char *data)
{
    const char *const people[] = {data, NULL};
    const RenderRequest asked = request(people);

    assert_true(render_parts(bench->compiled, bench->scratch, &asked, &bench->parts, &bench->error));
}

static void test_short_marks(void **state)
{
    static const struct {
        const char *channel, *locale, *text;
        bool has_subject;
        const char *subject, *marked; /* NULL: no such part */
    } rows[] = {
        {"sms", "en", "Hello\n\n", false, NULL, "[DRILL] Hello"},
        {"sms", "zh-CN", "您好\n", false, NULL, "[演练] 您好"},
        {"sms", "zh-TW", "【示例】您好", false, NULL, "【示例】[演練] 您好"},
        {"im", "en", "Hello", false, NULL, "[DRILL] Hello"},
        {"push", "en", "Hello\n", true, "[DRILL] To Ann", "Hello"},
        {"voice", "en", "Hello\n", false, NULL,
         "[EXERCISE] This is an exercise, not a real incident. You need not do anything.\n\nHello\n"},
        {"letter", "en", "Hello\n", true, "[EXERCISE] To Ann",
         "[EXERCISE] This is an exercise, not a real incident. You need not do anything.\n\nHello\n"},
    };
    Bench *bench = *state;

    bench->exercise = true;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        bench->text = rows[i].text;
        bench->locale = rows[i].locale;
        compile_as(bench, rows[i].channel, "self", rows[i].has_subject);
        render_as(bench, "{\"name\": \"Ann\"}");
        if (g_strcmp0(bench->parts.subject, rows[i].subject) != 0 || strcmp(bench->parts.text, rows[i].marked) != 0)
            fail_msg("row %zu: \"%s\", \"%s\"", i, bench->parts.subject ? bench->parts.subject : "",
                     bench->parts.text);
    }
}

static void test_names_of_capacity(void **state)
{
    Bench *bench = *state;

    bench->text = "{{guardian.name}} for {{person.name}}";
    compile_as(bench, "email", "guardian", true);
    assert_int_equal(render_text_capacity(bench->compiled), CAPACITY_GUARDIAN);
    render_as(bench, "{\"name\": \"Ann\", \"guardian_name\": \"Mrs Fox\"}");
    assert_string_equal(bench->parts.text, "Mrs Fox for Ann");
    bench->text = "{{#organization_people.count}}{{organization_people.count}} of yours{{/organization_people.count}}"
                  "{{^organization_people.count}}nobody{{/organization_people.count}}";
    compile_as(bench, "email", "organization", true);
    render_as(bench, "{\"name\": \"Ann\", \"organization_people\": \"12\"}");
    assert_string_equal(bench->parts.text, "12 of yours");
    render_as(bench, "{\"name\": \"Ann\"}");
    assert_string_equal(bench->parts.text, "nobody");
}

/* A name that holds the separator is one name, and two organisations have as many people as both. */
static void test_shared_names_whole(void **state)
{
    Bench *bench = *state;
    const char *const people[] = {"{\"name\":\"Ann\",\"organization\":\"Acme, Inc.\",\"organization_people\":\"3\"}",
                            "{\"name\":\"Bob\",\"organization\":\"Acme, Inc.\",\"organization_people\":\"3\"}",
                            "{\"name\":\"Ann\",\"organization\":\"Beta\",\"organization_people\":\"3\"}",
                            "{\"name\":\"Ann\",\"organization\":\"Inc.\"}", NULL};
    const RenderRequest asked = request(people);

    bench->text = "{{person.name}} of {{person.organization}}: {{organization_people.count}}";
    compile_as(bench, "email", "organization", true);
    assert_true(render_parts(bench->compiled, bench->scratch, &asked, &bench->parts, &bench->error));
    assert_string_equal(bench->parts.text, "Ann, Bob of Acme, Inc., Beta, Inc.: 6");
}

/* A guardian reads nothing that the child kept to itself, however the template asks for it. */
static void test_guardian_reads_no_address(void **state)
{
    static const char *const sources[] = {"{{#person}}{{email}}{{/person}}", "{{#person}}{{#phone}}x{{/phone}}{{/person}}",
                                          "{{person.email}}"};
    Bench *bench = *state;
    const char *const people[] = {"{\"name\":\"Kim\",\"email\":\"kim@x.example\",\"phone\":\"+861381234\"}", NULL};
    const RenderRequest asked = request(people);

    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
        bench->text = sources[i];
        compile_as(bench, "email", "guardian", true);
        assert_false(render_parts(bench->compiled, bench->scratch, &asked, &bench->parts, &bench->error));
        assert_non_null(strstr(bench->error->message, "unknown name"));
        g_clear_error(&bench->error);
    }
    bench->text = "{{#person}}{{name}} {{masked_email}}{{/person}}";
    compile_as(bench, "email", "guardian", true);
    render_as(bench, people[0]);
    assert_string_equal(bench->parts.text, "Kim ki***@x.example");
}

static void test_sample(void **state)
{
    Bench *bench = *state;
    g_autofree char *sample = NULL;

    bench->exercise = true;
    bench->text = "Dear {{person.name}}, {{number}}";
    compile_as(bench, "sms", "self", false);
    assert_true(render_is_personal(bench->compiled));
    sample = render_sample(bench->compiled, NULL);
    assert_true(g_str_has_prefix(sample, "Dear ⟨name⟩, ")); /* without the mark of the exercise */
    bench->text = "Read our notice. {{number}}";
    compile_as(bench, "sms", "self", false);
    assert_false(render_is_personal(bench->compiled));
    bench->text = "{{#facts}}{{#data_kinds}}{{label}}{{/data_kinds}}{{/facts}}";
    compile_as(bench, "sms", "self", false);
    assert_true(render_is_personal(bench->compiled));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_parts),
        TEST(test_without_html),
        TEST(test_partial),
        TEST(test_empty_columns),
        TEST(test_strict),
        TEST(test_header_injection),
        TEST(test_broken_data),
        TEST(test_number),
        TEST(test_not_personal),
        TEST(test_marks),
        TEST(test_test_marks),
        TEST(test_no_mark_when_actual),
        TEST(test_mark_in_html),
        TEST(test_shared_mailbox),
        TEST(test_address_of_too_many),
        TEST(test_shared_mailbox_first_without_name),
        TEST(test_masked_email),
        TEST(test_message),
        TEST(test_nothing_is_left),
        TEST(test_subject_line_end),
        TEST(test_subject_for_nobody),
        TEST(test_try),
        cmocka_unit_test(test_broken_bodies),
        TEST(test_short_marks),
        TEST(test_names_of_capacity),
        TEST(test_shared_names_whole),
        TEST(test_guardian_reads_no_address),
        TEST(test_sample),
    };

    return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
