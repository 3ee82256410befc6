/* Publishing: what is recorded before and after each request, and what a later run makes of what an earlier one left.
 */
#include "incident_files.h"
#include "ledger_fixture.h"

#include <string.h>

#include "base/clock.h"
#include "channel/http.h"
#include "dispatch/publish.h"
#include "http_script.h"
#include "load/load_gateway.h"
#include "load/load_playbook.h"

static const char *const people[] = {"p1 all=a@x.example", NULL};

static const char site[] = "version: 1\n"
                           "name: site\n"
                           "kind: folder\n"
                           "folder: ../public\n"
                           "url: https://www.example.com/notices\n";

/* A board that gives its items ids of its own. */
static const char board[] = "version: 1\n"
                            "name: site\n"
                            "kind: http\n"
                            "sends: announcement\n"
                            "request:\n"
                            "  method: POST\n"
                            "  url: \"%s/items\"\n"
                            "  json: {slug: \"{{slug}}\", title: \"{{title}}\", body: \"{{text}}\"}\n"
                            "answer:\n"
                            "  rules:\n"
                            "    - {status: 201, at: /id, exists: true, means: accepted}\n"
                            "    - {status: 200, at: /id, exists: true, means: accepted}\n"
                            "    - {status: 422, means: policy}\n"
                            "  provider_id: /id\n"
                            "  words: [/message]\n"
                            "publication:\n"
                            "  content: text\n"
                            "  url_at: /link\n"
                            "  update:\n"
                            "    method: PATCH\n"
                            "    url: \"%s/items/{{provider_id}}\"\n"
                            "    json: {title: \"{{title}}\", body: \"{{text}}\"}\n"
                            "  find: {method: GET, url: \"%s/items\", query: {limit: \"100\"}}\n"
                            "  found:\n"
                            "    rules: [{status: 200, means: accepted}, {status: 100-599, means: unknown}]\n"
                            "    items: {list: \"\", key: /slug, equals: endpoint}\n"
                            "    item_rules: [{at: /id, exists: true, means: accepted}]\n"
                            "    provider_id: /id\n"
                            "  read: {method: GET, url: \"%s/items/{{provider_id}}\"}\n"
                            "  read_text: /body\n";

/* A server that takes PUT: the page is found under our own name. */
static const char web[] = "version: 1\n"
                          "name: site\n"
                          "kind: http\n"
                          "sends: announcement\n"
                          "request:\n"
                          "  method: PUT\n"
                          "  url: \"%s/{{slug}}.html\"\n"
                          "  text: \"{{html}}\"\n"
                          "  content_type: \"text/html; charset=utf-8\"\n"
                          "answer: {format: text, rules: [{status: 200-204, means: accepted}]}\n"
                          "idempotency: {field: path, valid: P365D}\n"
                          "publication:\n"
                          "  content: html\n"
                          "  exact: true\n"
                          "  url: \"%s/{{slug}}.html\"\n"
                          "  read: {method: GET, url: \"%s/{{slug}}.html\"}\n";

#define TEXT "Somebody copied data"

typedef struct World {
    Fixture *fixture;
    char *folder;
    Playbook *playbook;
    PublishPlan *plan;
    HttpScript *script;
    char *origin;
    const char *words; /* more keys of the announcement, or NULL */
} World;

static Fixture *clocked;

static int64_t now(void *self)
{
    (void)self;
    return clocked->now;
}

static const Clock *test_clock(void)
{
    static const Clock clock = {.now = now, .steady = now};

    return &clock;
}

static char *filled(const char *text, const char *origin)
{
    g_autoptr(GString) whole = g_string_new(text);

    g_string_replace(whole, "%s", origin, 0);
    return g_strdup(whole->str);
}

static World world_new(Fixture *fixture)
{
    World world = {.fixture = fixture, .folder = expect_folder(), .origin = g_strdup("http://127.0.0.1:9")};

    clocked = fixture;
    http_initialize();
    fixture_plan(fixture, people);
    incident_put(world.folder, "templates/announcement/en/announcement.subject", "{{organization.name}}: notice");
    incident_put(world.folder, "templates/announcement/en/announcement.txt", "{{facts.what_happened}}\n");
    incident_put(world.folder, "templates/announcement/en/announcement.html",
                 "<html><body><p>{{facts.what_happened}}</p></body></html>");
    incident_put(world.folder, "templates/update/en/announcement.subject", "{{organization.name}}: news");
    incident_put(world.folder, "templates/update/en/announcement.txt", "{{update.what_changed}}\n");
    incident_put(world.folder, "templates/update/en/announcement.html", "<p>{{update.what_changed}}</p>");
    return world;
}

static void world_forget(World *world)
{
    g_clear_pointer(&world->plan, publish_plan_free);
    g_clear_pointer(&world->playbook, playbook_free);
}

static void world_free(World *world)
{
    world_forget(world);
    g_clear_pointer(&world->script, http_script_free);
    g_free(world->origin);
    expect_remove(g_steal_pointer(&world->folder));
}

/* `answers` ends with NULL. */
static void serve(World *world, const char *const *answers)
{
    g_clear_pointer(&world->script, http_script_free);
    world->script = http_script_new(answers, NULL);
    g_free(world->origin);
    world->origin = g_strdup_printf("http://127.0.0.1:%d", http_script_port(world->script));
}

static void refuse_findings(Findings *findings)
{
    expect_findings(findings, NULL, 0);
}

/* Loads and renders: edition 1, or a later one with `update`. */
static void plan(World *world, const char *gateway, const char *update)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *file = filled(gateway, world->origin);
    g_autofree char *later = update ? g_strdup_printf("id: leak, status: actual, edition: %d", world->fixture->edition)
                                    : g_strdup("id: leak, status: actual");
    g_autoptr(GString) text = g_string_new(incident_playbook);
    g_autofree char *path = NULL;

    world_forget(world);
    g_string_replace(text, "id: leak, status: exercise", later, 1);
    g_string_append_printf(text, "announcement: {gateway: site, when: always%s}\n", world->words ? world->words : "");
    if (update)
        g_string_append_printf(text, "update: {%s, need_to_act: false}\n", update);
    incident_put(world->folder, "gateways/site.yaml", file);
    path = expect_text(world->folder, "p.yaml", text->str);
    world->playbook = load_playbook(path, findings);
    refuse_findings(findings);
    world->plan = publish_plan_new(world->playbook, INCIDENT_ACTUAL, BREACH_SOURCE_DIR, findings);
    assert_non_null(world->plan);
    publish_plan_render(world->plan, (Moment){0}, findings);
    refuse_findings(findings);
    assert_int_equal(world->plan->texts->len, 1);
}

static void raise_edition(World *world)
{
    world->fixture->edition++;
    fixture_plan(world->fixture, people);
}

/* One run; returns the row. */
static Publication *publish_with(World *world, bool is_not_there)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    g_autoptr(GError) error = NULL;

    if (!publish_run(&(PublishRequest){.ledger = world->fixture->ledger,
                                       .folder = world->fixture->folder,
                                       .plan = world->plan,
                                       .gateways = world->plan->gateways,
                                       .clock = test_clock(),
                                       .by = "me@here",
                                       .is_not_there = is_not_there},
                     rows, &error))
        fail_msg("%s", error->message);
    assert_int_equal(rows->len, 1);
    return g_ptr_array_index(rows, 0);
}

static void publish(World *world, PublicationState state)
{
    g_autoptr(Publication) row = publish_with(world, false);

    if (row->state != state)
        fail_msg("it is %s (%s), not %s", publication_state_name(row->state), row->words,
                 publication_state_name(state));
}

static char *events(World *world)
{
    g_autoptr(GPtrArray) list =
        fixture_column(world->fixture, "SELECT substr(json_extract(body, '$.event'), 14) FROM event WHERE body LIKE"
                                       " '%announcement_%' ORDER BY no");

    g_ptr_array_add(list, NULL);
    return g_strjoinv(" ", (char **)list->pdata);
}

static char *file_of(World *world, const char *name)
{
    g_autofree char *path = g_build_filename(world->folder, "public", name, NULL);
    char *text = NULL;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

/* Folder ---------------------------------------------------------------------------------------------------------- */

static void test_folder(void **state)
{
    World world = world_new(*state);
    g_autofree char *page = NULL;
    g_autofree char *feed = NULL;
    g_autofree char *list = NULL;
    g_autofree char *index = NULL;
    g_autofree char *happened = NULL;

    plan(&world, site, NULL);
    publish(&world, PUBLICATION_PUBLISHED);
    page = file_of(&world, "leak-en.html");
    feed = file_of(&world, "feed.atom");
    list = file_of(&world, "announcements.json");
    index = file_of(&world, "index.html");
    assert_non_null(strstr(page, "<p>" TEXT "</p>"));
    assert_non_null(strstr(feed, "https://www.example.com/notices/leak-en.html"));
    assert_non_null(strstr(feed, "&lt;p&gt;" TEXT));
    assert_non_null(strstr(list, "breach.announcements/1"));
    assert_non_null(strstr(index, "href=\"leak-en.html\""));
    publish(&world, PUBLICATION_PUBLISHED); /* once more: it is looked at, and nothing happens */
    happened = events(&world);
    assert_string_equal(happened, "publishing taken published");
    world_free(&world);
}

static void test_words_of_its_own(void **state)
{
    World world = world_new(*state);
    const PublishText *text;

    world.words = ", facts: {what_happened: {en: Records were copied}}";
    plan(&world, site, NULL);
    text = g_ptr_array_index(world.plan->texts, 0);
    assert_string_equal(text->html, "<p>Records were copied</p>");
    world_free(&world);
}

static void test_folder_that_somebody_changed(void **state)
{
    World world = world_new(*state);
    g_autofree char *page = NULL;
    g_autofree char *happened = NULL;

    plan(&world, site, NULL);
    publish(&world, PUBLICATION_PUBLISHED);
    incident_put(world.folder, "public/leak-en.html", "something else");
    publish(&world, PUBLICATION_PUBLISHED);
    page = file_of(&world, "leak-en.html");
    assert_non_null(strstr(page, TEXT));
    happened = events(&world);
    assert_string_equal(happened, "publishing taken published publishing taken published");
    world_free(&world);
}

/* The start page of a website is not ours to replace. */
static void test_folder_of_somebody_else(void **state)
{
    World world = world_new(*state);
    g_autofree char *page = NULL;
    g_autofree char *list = NULL;

    incident_put(world.folder, "public/index.html", "Welcome");
    plan(&world, site, NULL);
    publish(&world, PUBLICATION_REFUSED);
    page = file_of(&world, "index.html");
    assert_string_equal(page, "Welcome");
    incident_put(world.folder, "public/announcements.json", "[]");
    publish(&world, PUBLICATION_REFUSED);
    list = file_of(&world, "announcements.json");
    assert_string_equal(list, "[]");
    world_free(&world);
}

static void test_folder_that_cannot_be_made(void **state)
{
    World world = world_new(*state);

    incident_put(world.folder, "public", "a file in its place");
    plan(&world, site, NULL);
    publish(&world, PUBLICATION_REFUSED);
    world_free(&world);
}

static void test_later_editions_replace(void **state)
{
    World world = world_new(*state);
    g_autofree char *page = NULL;
    g_autofree char *gone = NULL;
    g_autofree char *list = NULL;
    g_autoptr(Publication) row = NULL;

    plan(&world, site, NULL);
    publish(&world, PUBLICATION_PUBLISHED);
    raise_edition(&world);
    plan(&world, site, "kind: update, what_changed: Now we know more");
    row = publish_with(&world, false);
    assert_int_equal(row->state, PUBLICATION_PUBLISHED);
    assert_int_equal(row->edition, 2);
    assert_string_equal(row->kind, "update");
    page = file_of(&world, "leak-en.html");
    assert_non_null(strstr(page, "Now we know more"));
    raise_edition(&world);
    plan(&world, site, "kind: withdrawal, what_changed: It was a false alarm");
    publish(&world, PUBLICATION_WITHDRAWN);
    gone = file_of(&world, "leak-en.html");
    assert_non_null(strstr(gone, "It was a false alarm"));
    list = file_of(&world, "announcements.json");
    assert_null(strstr(strstr(list, "\"slug\"") + 1, "\"slug\"")); /* one item, not three */
    world_free(&world);
}

/* Over HTTP ------------------------------------------------------------------------------------------------------- */

static char *answer(const char *status, const char *body)
{
    return g_strdup_printf("HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", status,
                           strlen(body), body);
}

#define CREATED "{\"id\":\"I1\",\"link\":\"https://status.example.com/I1\"}"
#define READ    "{\"id\":\"I1\",\"body\":\"" TEXT "\\n\"}"

static void test_board(void **state)
{
    World world = world_new(*state);
    g_autofree char *created = answer("201 Created", CREATED);
    g_autofree char *read = answer("200 OK", READ);
    g_autoptr(Publication) row = NULL;

    serve(&world, (const char *const[]){created, read, NULL});
    plan(&world, board, NULL);
    row = publish_with(&world, false);
    assert_int_equal(row->state, PUBLICATION_PUBLISHED);
    assert_string_equal(row->item, "I1");
    assert_string_equal(row->url, "https://status.example.com/I1");
    assert_int_equal(http_script_requests(world.script), 2);
    assert_non_null(strstr(http_script_request(world.script, 0), "POST /items "));
    assert_non_null(strstr(http_script_request(world.script, 0), "\"leak-en\""));
    assert_non_null(strstr(http_script_request(world.script, 1), "GET /items/I1 "));
    world_free(&world);
}

static void test_board_updates_the_same_item(void **state)
{
    World world = world_new(*state);
    g_autofree char *created = answer("201 Created", CREATED);
    g_autofree char *read = answer("200 OK", READ);
    g_autofree char *changed = answer("200 OK", CREATED);
    g_autofree char *news = answer("200 OK", "{\"id\":\"I1\",\"body\":\"News\"}");

    serve(&world, (const char *const[]){created, read, changed, news, NULL});
    plan(&world, board, NULL);
    publish(&world, PUBLICATION_PUBLISHED);
    raise_edition(&world);
    plan(&world, board, "kind: update, what_changed: News");
    publish(&world, PUBLICATION_PUBLISHED);
    assert_non_null(strstr(http_script_request(world.script, 2), "PATCH /items/I1 "));
    assert_int_equal(http_script_times(world.script, "POST "), 1);
    world_free(&world);
}

/* The answer to the creation is lost: it is looked for, and created again only when it is surely not there. */
static void test_board_in_doubt(void **state)
{
    World world = world_new(*state);
    g_autofree char *none = answer("200 OK", "[]");
    g_autofree char *created = answer("201 Created", CREATED);
    g_autofree char *read = answer("200 OK", READ);

    serve(&world, (const char *const[]){"!close", none, none, created, read, NULL});
    plan(&world, board, NULL);
    publish(&world, PUBLICATION_PUBLISHING);
    world.fixture->now += 3 * CLOCK_MINUTE;
    publish(&world, PUBLICATION_PUBLISHING); /* too early to say that it is not there */
    assert_int_equal(http_script_times(world.script, "POST "), 1);
    world.fixture->now += 3 * CLOCK_MINUTE; /* asking did not make the doubt younger */
    publish(&world, PUBLICATION_PUBLISHED);
    assert_int_equal(http_script_times(world.script, "POST "), 2);
    world_free(&world);
}

static void test_board_in_doubt_and_there(void **state)
{
    World world = world_new(*state);
    g_autofree char *list =
        answer("200 OK", "[{\"id\":\"I0\",\"slug\":\"other\"},{\"id\":\"I1\",\"slug\":\"leak-en\"}]");
    g_autofree char *read = answer("200 OK", READ);

    serve(&world, (const char *const[]){"!close", list, read, NULL});
    plan(&world, board, NULL);
    publish(&world, PUBLICATION_PUBLISHING);
    publish(&world, PUBLICATION_PUBLISHED);
    assert_int_equal(http_script_times(world.script, "POST "), 1); /* not a second one */
    world_free(&world);
}

static void test_a_person_says_that_it_is_not_there(void **state)
{
    World world = world_new(*state);
    g_autofree char *broken = answer("500 Broken", "");
    g_autofree char *created = answer("201 Created", CREATED);
    g_autofree char *read = answer("200 OK", READ);
    g_autoptr(Publication) row = NULL;

    serve(&world, (const char *const[]){"!close", broken, broken, created, read, NULL});
    plan(&world, board, NULL);
    publish(&world, PUBLICATION_PUBLISHING);
    publish(&world, PUBLICATION_PUBLISHING);
    row = publish_with(&world, true);
    assert_int_equal(row->state, PUBLICATION_PUBLISHED);
    world_free(&world);
}

static void test_board_refuses(void **state)
{
    World world = world_new(*state);
    g_autofree char *refused = answer("422 No", "{\"message\":\"title too long\"}");
    g_autofree char *created = answer("201 Created", CREATED);
    g_autofree char *read = answer("200 OK", READ);
    g_autoptr(Publication) row = NULL;

    serve(&world, (const char *const[]){refused, created, read, NULL});
    plan(&world, board, NULL);
    row = publish_with(&world, false);
    assert_int_equal(row->state, PUBLICATION_REFUSED);
    assert_string_equal(row->words, "title too long");
    publish(&world, PUBLICATION_PUBLISHED);
    world_free(&world);
}

/* Nothing reaches it: what stood there before still counts as what stands there. */
static void test_nobody_answers(void **state)
{
    World world = world_new(*state);
    g_autofree char *created = answer("201 Created", CREATED);
    g_autofree char *read = answer("200 OK", READ);
    g_autoptr(Publication) row = NULL;
    g_autoptr(GError) error = NULL;
    bool is_out;

    plan(&world, board, NULL);
    publish(&world, PUBLICATION_REFUSED);
    serve(&world, (const char *const[]){created, read, NULL});
    plan(&world, board, NULL);
    publish(&world, PUBLICATION_PUBLISHED);
    http_script_stop(world.script);
    raise_edition(&world);
    plan(&world, board, "kind: update, what_changed: News");
    row = publish_with(&world, false);
    assert_int_equal(row->state, PUBLICATION_PUBLISHED);
    assert_int_equal(row->edition, 1);
    assert_true(*row->words);
    assert_true(publication_readable(world.fixture->ledger, "en", &is_out, &error));
    assert_false(is_out); /* not this edition */
    world_free(&world);
}

static void test_something_else_stands_there(void **state)
{
    World world = world_new(*state);
    g_autofree char *created = answer("201 Created", CREATED);
    g_autofree char *other = answer("200 OK", "{\"id\":\"I1\",\"body\":\"cached\"}");
    g_autofree char *read = answer("200 OK", READ);

    serve(&world, (const char *const[]){created, other, read, NULL});
    plan(&world, board, NULL);
    publish(&world, PUBLICATION_TAKEN);
    publish(&world, PUBLICATION_PUBLISHED); /* by now it is read as it should be: nothing is put again */
    assert_int_equal(http_script_requests(world.script), 3);
    world_free(&world);
}

/* What is put under our own name is put again without asking. */
static void test_web_in_doubt(void **state)
{
    World world = world_new(*state);
    g_autofree char *missing = answer("404 Not Found", "");
    g_autofree char *stored = answer("204 No Content", "");
    g_autofree char *page = NULL;
    g_autoptr(Publication) row = NULL;

    serve(&world, (const char *const[]){"!close", missing, missing, stored, missing, NULL});
    plan(&world, web, NULL);
    publish(&world, PUBLICATION_PUBLISHING);
    row = publish_with(&world, false);
    assert_int_equal(row->state, PUBLICATION_TAKEN); /* and it cannot be read */
    assert_int_equal(http_script_times(world.script, "PUT /leak-en.html "), 2);
    page = g_strdup(http_script_request(world.script, 3));
    assert_non_null(strstr(page, "<!DOCTYPE html>"));
    assert_non_null(strstr(page, "<p>" TEXT "</p>"));
    world_free(&world);
}

/* The shipped descriptions, led to a server here as in a rehearsal. */
static void reroute(World *world, const char *gateway, const char *const *answers)
{
    serve(world, answers);
    plan(world, gateway, NULL);
    ((Gateway *)g_ptr_array_index(world->plan->gateways, 0))->reroute = g_strdup(world->origin);
}

static void test_statuspage(void **state)
{
    World world = world_new(*state);
    g_autofree char *created = answer("201 Created", "{\"id\":\"k1\",\"shortlink\":\"https://stspg.example/k1\"}");
    g_autofree char *read = answer("200 OK", "{\"id\":\"k1\",\"incident_updates\":[{\"body\":\"" TEXT "\\n\"}]}");
    g_autofree char *list = answer("200 OK", "[{\"id\":\"k0\",\"metadata\":{}},"
                                             "{\"id\":\"k1\",\"metadata\":{\"breach\":{\"slug\":\"leak-en\"}}}]");
    static const char gateway[] =
        "version: 1\nname: site\nkind: http\npreset: statuspage\nparams: {page: abcdefghijkl}\n";
    g_autoptr(Publication) row = NULL;

    reroute(&world, gateway, (const char *const[]){"!close", list, read, NULL});
    publish(&world, PUBLICATION_PUBLISHING);
    publish(&world, PUBLICATION_PUBLISHED); /* found by the slug in its metadata */
    assert_non_null(strstr(http_script_request(world.script, 0), "POST /v1/pages/abcdefghijkl/incidents "));
    assert_non_null(strstr(http_script_request(world.script, 0), "Authorization: OAuth "));
    assert_non_null(strstr(http_script_request(world.script, 2), "GET /v1/pages/abcdefghijkl/incidents/k1 "));
    world_free(&world);
    world = world_new(*state);
    fixture_raw(world.fixture, "DELETE FROM publication");
    reroute(&world, gateway, (const char *const[]){created, read, NULL});
    row = publish_with(&world, false);
    assert_int_equal(row->state, PUBLICATION_PUBLISHED);
    assert_string_equal(row->url, "https://stspg.example/k1");
    world_free(&world);
}

static void test_wordpress(void **state)
{
    World world = world_new(*state);
    g_autofree char *created = answer("201 Created", "{\"id\":17,\"link\":\"https://www.example.com/leak-en/\"}");
    g_autofree char *read = answer("200 OK", "{\"id\":17,\"content\":{\"raw\":\"<p>" TEXT "</p>\"}}");
    g_autofree char *none = answer("200 OK", "[]");
    static const char gateway[] = "version: 1\nname: site\nkind: http\npreset: wordpress\n"
                                  "params: {origin: \"https://www.example.com\", user: notices}\n";
    g_autoptr(Publication) row = NULL;

    reroute(&world, gateway, (const char *const[]){"!close", none, created, read, NULL});
    publish(&world, PUBLICATION_PUBLISHING);
    world.fixture->now += CLOCK_HOUR;
    row = publish_with(&world, false);
    assert_int_equal(row->state, PUBLICATION_PUBLISHED);
    assert_string_equal(row->item, "17");
    assert_string_equal(row->url, "https://www.example.com/leak-en/");
    assert_non_null(strstr(http_script_request(world.script, 1), "GET /wp-json/wp/v2/posts?slug=leak-en"));
    assert_non_null(strstr(http_script_request(world.script, 3), "GET /wp-json/wp/v2/posts/17?context=edit "));
    world_free(&world);
}

static void test_s3(void **state)
{
    World world = world_new(*state);
    g_autofree char *stored = answer("200 OK", "");
    g_autofree char *page = NULL;
    g_autofree char *read = NULL;
    static const char gateway[] = "version: 1\nname: site\nkind: http\npreset: s3\n"
                                  "params: {access_key_id: AKIAEXAMPLE, bucket: notices, region: eu-central-1, public: "
                                  "\"https://notices.example.com\"}\n";
    g_autoptr(Publication) row = NULL;

    plan(&world, site, NULL); /* the page that is to stand there; a folder's has no other links here */
    publish(&world, PUBLICATION_PUBLISHED);
    page = file_of(&world, "leak-en.html");
    fixture_raw(world.fixture, "DELETE FROM publication");
    read = answer("200 OK", page);
    reroute(&world, gateway, (const char *const[]){stored, read, NULL});
    row = publish_with(&world, false);
    assert_int_equal(row->state, PUBLICATION_PUBLISHED);
    assert_string_equal(row->url, "https://notices.example.com/leak-en.html");
    assert_non_null(strstr(http_script_request(world.script, 0), "PUT /leak-en.html "));
    assert_non_null(strstr(http_script_request(world.script, 0), "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/"));
    assert_non_null(strstr(http_script_request(world.script, 1), "AWS4-HMAC-SHA256 "));
    world_free(&world);
}

/* A password that is missing stops one endpoint, and is said where it is seen. */
static void test_a_gateway_that_cannot_be_opened(void **state)
{
    World world = world_new(*state);
    g_autofree char *locked = g_strconcat(board, "auth: {type: bearer, secret: \"env:BREACH_TEST_NO_SUCH\"}\n", NULL);
    g_autoptr(Publication) row = NULL;

    plan(&world, locked, NULL);
    row = publish_with(&world, false);
    assert_int_equal(row->state, PUBLICATION_REFUSED);
    assert_non_null(strstr(row->words, "BREACH_TEST_NO_SUCH"));
    world_free(&world);
}

/* Texts ----------------------------------------------------------------------------------------------------------- */

static void test_nobody_is_named(void **state)
{
    World world = world_new(*state);
    g_autoptr(Findings) findings = findings_new();

    plan(&world, site, NULL);
    incident_put(world.folder, "templates/announcement/en/announcement.txt", "Dear {{person.name}}\n");
    world.plan->need = (AnnouncementNeed){0};
    g_clear_pointer(&world.plan, publish_plan_free);
    world.plan = publish_plan_new(world.playbook, INCIDENT_ACTUAL, BREACH_SOURCE_DIR, findings);
    assert_false(publish_plan_render(world.plan, (Moment){0}, findings));
    EXPECT(findings, {0, 0, "announcement-person", "person.name"});
    world_free(&world);
}

static void test_digests(void **state)
{
    World world = world_new(*state);
    const PublishText *text;
    g_autofree char *before = NULL;
    g_autofree char *all = NULL;

    plan(&world, site, NULL);
    text = g_ptr_array_index(world.plan->texts, 0);
    before = g_strdup(text->digest);
    all = g_strdup(world.plan->digest);
    assert_int_equal(strlen(before), 64);
    assert_true(id_is_message(text->id));
    plan(&world, site, NULL);
    text = g_ptr_array_index(world.plan->texts, 0);
    assert_string_equal(text->digest, before);
    assert_string_equal(world.plan->digest, all);
    incident_put(world.folder, "templates/announcement/en/announcement.txt", "Another text\n");
    plan(&world, site, NULL);
    text = g_ptr_array_index(world.plan->texts, 0);
    assert_string_not_equal(text->digest, before);
    assert_string_not_equal(world.plan->digest, all);
    world_free(&world);
}

static void test_lock(void **state)
{
    World world = world_new(*state);
    g_autoptr(GError) error = NULL;
    int lock = publish_lock(world.folder, &error);

    assert_true(lock >= 0);
    assert_int_equal(publish_lock(world.folder, &error), -1);
    assert_non_null(strstr(error->message, "another breach announce"));
    close(lock);
    world_free(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_words_of_its_own),
        cmocka_unit_test(test_folder_that_somebody_changed),
        cmocka_unit_test(test_folder_of_somebody_else),
        cmocka_unit_test(test_folder_that_cannot_be_made),
        cmocka_unit_test(test_later_editions_replace),
        cmocka_unit_test(test_board),
        cmocka_unit_test(test_board_updates_the_same_item),
        cmocka_unit_test(test_board_in_doubt),
        cmocka_unit_test(test_board_in_doubt_and_there),
        cmocka_unit_test(test_a_person_says_that_it_is_not_there),
        cmocka_unit_test(test_board_refuses),
        cmocka_unit_test(test_nobody_answers),
        cmocka_unit_test(test_something_else_stands_there),
        cmocka_unit_test(test_web_in_doubt),
        cmocka_unit_test(test_statuspage),
        cmocka_unit_test(test_wordpress),
        cmocka_unit_test(test_s3),
        cmocka_unit_test(test_a_gateway_that_cannot_be_opened),
        cmocka_unit_test(test_nobody_is_named),
        cmocka_unit_test(test_digests),
        cmocka_unit_test(test_lock),
    };

    return FIXTURE_MAIN("publish", tests);
}
