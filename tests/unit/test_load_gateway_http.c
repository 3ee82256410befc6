/* Gateways of kind http, letter, phone and folder: what is read, and every mistake with its place. */
#include "load_expect.h"

#include "base/clock.h"
#include "load/load_gateway.h"

static Gateway *load_text(const char *text, Findings *findings)
{
    g_autofree char *path = expect_text(expect_home, "t.yaml", text);

    return load_gateway_file(path, NULL, findings);
}

/* Lines 1 to 4, then a request in lines 5 and 6, and an answer in line 7. */
#define HEAD    "version: 1\nname: t\nkind: http\nsends: sms\n"
#define REQUEST "request:\n  {method: POST, url: \"https://a.example/x\", json: {to: \"{{endpoint}}\"}}\n"
#define ANSWER  "answer: {rules: [{status: 200-299, means: accepted}]}\n"
#define SHORT   HEAD REQUEST ANSWER

static void test_defaults(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Gateway) gateway = load_text(SHORT, findings);
    const GatewayHttp *http = gateway->http;
    g_auto(GStrv) names = gateway_http_names(http);
    g_autofree char *where = gateway_where(gateway);

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_string_equal(gateway->channel, "sms");
    assert_string_equal(where, "a.example:443");
    assert_int_equal(gateway->in_doubt, GATEWAY_DOUBT_HOLD);
    assert_int_equal(gateway->receipts, GATEWAY_RECEIPTS_NONE);
    assert_int_equal(gateway->on_silence, GATEWAY_SILENCE_NONE);
    assert_int_equal(gateway->suppression, GATEWAY_SUPPRESSION_UNSAID);
    assert_int_equal(http->auth.kind, GATEWAY_AUTH_NONE);
    assert_int_equal(http->limits.batch, 1);
    assert_int_equal(http->limits.timeout, 30 * CLOCK_SECOND);
    assert_int_equal(http->limits.answer_max, 262144);
    assert_int_equal(http->approved->len, 0);
    assert_false(http->idempotency.is_there || http->receipt.is_there || http->is_http2);
    assert_int_equal(g_strv_length(names), 1);
    assert_string_equal(names[0], "endpoint");
}

static void test_every_key(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Gateway) gateway = load_text(
        HEAD
        "request:\n  method: PUT\n  url: http://127.0.0.1:8080/v/{{id}}\n  headers: {X-Id: \"{{id}}\"}\n"
        "  query: {n: {$optional: \"{{number}}\"}, all: {$each: \"{{endpoint}}\", $join: \",\"}, p: {$json: [1, "
        "true]}}\n"
        "  json: {a: 1, b: \"1\", c: {$number: \"{{now_unix}}\"}, d: {$params: values}, e: {$each_map: {\"{{id}}\": "
        "x}}}\n"
        "auth: {type: api-key, query: key, secret: \"env:K\", prefix: \"a \"}\n"
        "answer:\n  format: xml\n  rules: [{status: 200, at: /a, starts: [\"0\", b], means: accepted}]\n"
        "  provider_id: /id\n  provider_id_header: X-Id\n  words: [/w, /v]\n"
        "idempotency: {header: x-id, valid: PT24H}\nin_doubt: query\nlookup_after: PT1M\n"
        "lookup:\n  request: {method: GET, url: \"https://a.example/l\", query: {id: \"{{id}}\", day: "
        "\"{{sent_day}}\"}}\n"
        "  answer:\n    rules: [{status: 200, means: accepted}]\n"
        "    items: {list: /l, key: /i, equals: uuid, missing: unknown}\n"
        "    item_rules: [{at: /s, is: 1, means: delivered}]\n  polls: true\n  interval: PT2M\n  action: Look\n"
        "receipt:\n  url: https://b.example/r\n  hmac: {over: [timestamp, body], header: X-S, timestamp_header: X-T, "
        "separator: \".\", hash: sha512, encoding: base64, skew: PT1M, prefix: \"v=\"}\n  secret: \"file:k\"\n"
        "  list: \"\"\n  provider_id: /id\n  rules: [{at: /s, exists: true, means: delivered}]\n"
        "  words: /w\n  reply: '{\"code\":0}'\n  reply_type: application/json\n"
        "limits: {batch: 1, text: 70, timeout: PT5S, connect: PT2S, answer: 4096, retry_after: PT10M}\n"
        "approved:\n  - {template: individual, audience: minors, locale: zh-cn, id: T1, sign: S, text: \"a\", "
        "params: [\"{{number}}\"], state: pending, checked_at: 2026-11-21T10:00+08:00}\n"
        "approved_only: true\nhttp2: true\nzone: \"+08:00\"\nconnections: 256\nrate: 5/s\nreceipts: both\n"
        "on_silence: next\nsuppression: reported\nregion: cn\nquota: 1000\nprice: {each: 0.045, currency: CNY}\n"
        "quiet_hours: {from: \"20:00\", to: \"08:00\", zone: \"+08:00\"}\nretry_after: PT1M\ngive_up: P1D\n",
        findings);
    const GatewayHttp *http = gateway->http;
    const GatewayNode *body = http->request->body_node;
    const GatewayApproved *approved = g_ptr_array_index(http->approved, 0);
    g_auto(GStrv) secrets = gateway_secrets(gateway);

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_string_equal(http->request->origin, "http://127.0.0.1:8080");
    assert_int_equal(gateway->port, 8080);
    assert_int_equal(((GatewayNode *)g_ptr_array_index(http->request->query, 0))->kind, GATEWAY_NODE_OPTIONAL);
    assert_int_equal(((GatewayNode *)g_ptr_array_index(http->request->query, 1))->kind, GATEWAY_NODE_JOIN);
    assert_int_equal(((GatewayNode *)g_ptr_array_index(http->request->query, 2))->kind, GATEWAY_NODE_ENCODED);
    assert_int_equal(((GatewayNode *)g_ptr_array_index(body->members, 0))->kind, GATEWAY_NODE_LITERAL);
    assert_int_equal(((GatewayNode *)g_ptr_array_index(body->members, 1))->kind, GATEWAY_NODE_TEXT);
    assert_int_equal(((GatewayNode *)g_ptr_array_index(body->members, 2))->kind, GATEWAY_NODE_NUMBER);
    assert_int_equal(((GatewayNode *)g_ptr_array_index(body->members, 3))->shape, GATEWAY_PARAMS_VALUES);
    assert_int_equal(((GatewayNode *)g_ptr_array_index(body->members, 4))->kind, GATEWAY_NODE_EACH_MAP);
    assert_true(http->auth.in_query);
    assert_string_equal(http->auth.prefix, "a ");
    assert_int_equal(http->answer.format, GATEWAY_FORMAT_XML);
    assert_int_equal(http->answer.words->len, 2);
    assert_true(http->idempotency.is_there && http->idempotency.is_header);
    assert_int_equal(gateway->in_doubt, GATEWAY_DOUBT_QUERY);
    assert_int_equal(gateway->lookup_after, CLOCK_MINUTE);
    assert_true(http->lookup.polls && !http->lookup.needs_provider_id);
    assert_int_equal(http->lookup.answer.missing, GATEWAY_MEANS_UNKNOWN);
    assert_int_equal(http->receipt.proof, GATEWAY_RECEIPT_HMAC);
    assert_int_equal(http->receipt.hmac.over_count, 2);
    assert_int_equal(http->receipt.hmac.skew, CLOCK_MINUTE);
    assert_string_equal(http->receipt.url, "https://b.example/r");
    assert_int_equal(http->limits.text_max, 70);
    assert_string_equal(approved->locale, "zh-CN");
    assert_int_equal(approved->state, GATEWAY_PENDING);
    assert_true(http->needs_approval && http->is_http2);
    assert_int_equal(gateway->receipts, GATEWAY_RECEIPTS_BOTH);
    assert_int_equal(gateway->on_silence, GATEWAY_SILENCE_NEXT);
    assert_int_equal(gateway->suppression, GATEWAY_SUPPRESSION_REPORTED);
    assert_int_equal(gateway->price, 45000);
    assert_string_equal(gateway->currency, "CNY");
    assert_int_equal(gateway->quota, 1000);
    assert_int_equal(gateway->quiet_hours->from, 20 * 60);
    assert_int_equal(g_strv_length(secrets), 2);
}

typedef struct Wrong {
    const char *text;
    Expected expected;
} Wrong;

static void expect_each(const Wrong *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autoptr(Findings) findings = findings_new();

        gateway_free(load_text(cases[i].text, findings));
        expect_findings(findings, &cases[i].expected, 1);
    }
}

static void test_wrong_requests(void **state)
{
    static const Wrong cases[] = {
        {HEAD "request: {method: POST, url: \"http://a.example/\"}\n" ANSWER,
         {5, 30, "provider-url", "http:// is allowed only for this machine"}},
        {HEAD "request: {method: POST, url: \"ftp://a.example/\"}\n" ANSWER,
         {5, 30, "provider-url", "must begin with https://"}},
        {HEAD "request: {method: POST, url: \"https://{{endpoint}}/\"}\n" ANSWER,
         {5, 30, "provider-url", "no {{…}} may decide where messages go"}},
        {HEAD "request: {method: POST, url: \"https://u:p@a.example/\"}\n" ANSWER,
         {5, 30, "provider-url", "without a user or password"}},
        {HEAD "request: {method: POST, url: \"https://a.example:0/\"}\n" ANSWER, {5, 30, "provider-url", "port"}},
        {HEAD "request: {method: POST, url: \"https://a.example/?a=b\"}\n" ANSWER,
         {5, 30, "provider-url", "write what follows the ? under query"}},
        {HEAD "request: {method: POST, url: \"https://a.example/ü\"}\n" ANSWER,
         {5, 30, "provider-url", "encode them as %XX"}},
        {HEAD "request: {method: GET, url: \"https://a.example/\", json: {}}\n" ANSWER,
         {5, 10, "gateway-value", "a GET has no body"}},
        {HEAD "request: {method: POST, url: \"https://a.example/\", json: {}, form: {}}\n" ANSWER,
         {5, 10, "gateway-value", "a request has one body"}},
        {HEAD "request: {method: TRACE, url: \"https://a.example/\"}\n" ANSWER, {5, 19, "gateway-value", "method"}},
        {HEAD "request: {method: POST, url: \"https://a.example/\", text: \"{{txet}}\"}\n" ANSWER,
         {5, 58, "provider-hole", "{{txet}}: did you mean {{text}}?"}},
        {HEAD "request: {method: POST, url: \"https://a.example/\", text: \"{{text\"}\n" ANSWER,
         {5, 58, "provider-hole", ""}},
        {HEAD "request: {method: POST, url: \"https://a.example/{{provider_id}}\"}\n" ANSWER,
         {5, 30, "provider-hole", "not known yet"}},
        {HEAD "request: {method: POST, url: \"https://a.example/\", text: \"{{person.a.b}}\"}\n" ANSWER,
         {5, 58, "provider-hole", "is no name that a request may use"}},
        {HEAD "request: {method: POST, url: \"https://a.example/\", headers: {Host: x}}\n" ANSWER,
         {5, 62, "gateway-value", "the header Host is set by breach"}},
        {HEAD "request: {method: POST, url: \"https://a.example/\", headers: {\"a b\": x}}\n" ANSWER,
         {5, 62, "gateway-value", "no name of a header"}},
        {HEAD "request: {method: POST, url: \"https://a.example/\", query: {a: {b: c}}}\n" ANSWER,
         {5, 63, "gateway-type", "for JSON within a text write {$json: …}"}},
        {HEAD "request: {method: POST, url: \"https://a.example/\", json: {a: {$eahc: b}}}\n" ANSWER,
         {5, 63, "gateway-unknown-key", "expected one of $each"}},
        {HEAD "request: {method: POST, url: \"https://a.example/\", json: {a: {$each: b, c: d}}}\n" ANSWER,
         {5, 62, "gateway-value", "$each must stand alone"}},
        {HEAD "request: {method: POST, url: \"https://a.example/\", form: {}, content_type: a/b}\n" ANSWER,
         {5, 76, "gateway-value", "content_type belongs to text"}},
        {HEAD "request: {method: POST, url: \"https://a.example/\", redirect: true}\n" ANSWER,
         {5, 52, "gateway-unknown-key", "unknown key \"redirect\""}},
    };

    (void)state;
    expect_each(cases, G_N_ELEMENTS(cases));
}

static void test_wrong_answers(void **state)
{
    static const Wrong cases[] = {
        {HEAD REQUEST "answer: {rules: [{status: 200, means: acepted}]}\n",
         {7, 39, "gateway-value", "means: did you mean \"accepted\"?"}},
        {HEAD REQUEST "answer: {rules: [{status: 200, means: delivered}, {status: 201, means: accepted}]}\n",
         {7, 39, "gateway-value", "means cannot be \"delivered\""}},
        {HEAD REQUEST "answer: {rules: [{status: 99, means: accepted}, {status: 200, means: accepted}]}\n",
         {7, 27, "gateway-value", "status cannot be \"99\""}},
        {HEAD REQUEST "answer: {rules: [{status: 429, means: throttled}]}\n",
         {7, 17, "provider-rule", "no rule means accepted"}},
        {HEAD REQUEST "answer: {rules: [{means: accepted}]}\n", {7, 18, "provider-rule", "must say of which answer"}},
        {HEAD REQUEST "answer: {rules: [{status: 200-500, means: accepted}]}\n",
         {7, 18, "provider-rule", "only a status from 200 to 299"}},
        {HEAD REQUEST
         "answer: {rules: [{status: 200-299, means: accepted}, {status: 204, at: /a, is: b, means: policy}]}\n",
         {7, 54, "provider-rule", "this rule can never count: rule 1"}},
        {HEAD REQUEST "answer: {rules: [{at: /a, in: [b, c], means: accepted}, {at: /a, is: c, means: policy}]}\n",
         {7, 57, "provider-rule", "this rule can never count"}},
        {HEAD REQUEST "answer: {rules: [{at: a, is: b, means: accepted}, {status: 200, means: accepted}]}\n",
         {7, 23, "gateway-value", "\"a\" is no JSON pointer"}},
        {HEAD REQUEST "answer: {rules: [{at: /a, means: policy}, {status: 200, means: accepted}]}\n",
         {7, 18, "gateway-value", "one of is, in, starts and exists"}},
        {HEAD REQUEST "answer: {rules: [{status: 200, means: accepted}], items: {list: /l}}\n",
         {7, 9, "gateway-missing-key", "items and item_rules belong together"}},
        {HEAD REQUEST "answer: {rules: [{status: 200, means: accepted}], items: {list: /l, key: /k}, item_rules: "
                      "[{at: /s, is: 1, means: accepted}]}\n",
         {7, 58, "gateway-missing-key", "items lacks the key equals"}},
        {HEAD REQUEST "answer: {rules: [{status: 200, means: accepted}], items: {list: /l}, item_rules: "
                      "[{status: 200, means: accepted}]}\n",
         {7, 92, "gateway-value", "there is no status to ask for here"}},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Findings) findings = findings_new();
        const Finding *first;

        gateway_free(load_text(cases[i].text, findings));
        assert_true(findings_count(findings) > 0);
        first = findings_get(findings, 0);
        if (first->at.line != cases[i].expected.line || first->at.column != cases[i].expected.column ||
            strcmp(first->id, cases[i].expected.id) != 0 || !strstr(first->text, cases[i].expected.words)) {
            print_error("case %zu:\n", i);
            expect_print(findings);
            fail();
        }
    }
}

static void test_wrong_policies(void **state)
{
    static const Wrong cases[] = {
        {SHORT "in_doubt: query\n", {8, 11, "provider-doubt", "needs a lookup"}},
        {SHORT "in_doubt: resend\n", {8, 11, "provider-doubt", "may reach the person twice"}},
        {SHORT "lookup: {request: {method: GET, url: \"https://a.example/{{provider_id}}\"}, answer: {rules: [{status: "
               "200, means: accepted}]}}\nin_doubt: query\n",
         {9, 11, "provider-doubt", "which a message in doubt does not have"}},
        {SHORT "receipts: both\n", {8, 11, "provider-receipts", "nothing here brings such receipts"}},
        {SHORT "on_silence: next\n", {8, 13, "provider-receipts", "needs receipts: both"}},
        {SHORT "lookup: {request: {method: GET, url: \"https://a.example/{{id}}\"}, answer: {rules: [{status: 200, at: "
               "/s, is: 1, means: delivered}]}, polls: true}\non_silence: next\n",
         {8, 9, "provider-receipts", "to which the provider has given an id"}},
        {SHORT "limits: {batch: 5}\n", {8, 9, "provider-batch", "{{endpoint}} differs from person to person"}},
        {HEAD "request: {method: POST, url: \"https://a.example/x\", json: {to: {$each: {n: \"{{endpoint}}\"}}}}\n"
              "answer: {rules: [{status: 200, means: accepted}], provider_id: /sid}\nlimits: {batch: 5}\n",
         {7, 9, "provider-batch", "would settle the wrong person"}},
        {SHORT "idempotency: {header: X-Id, valid: P1D}\n", {8, 14, "provider-idempotency", "has no X-Id"}},
        {SHORT "idempotency: {valid: P1D}\n", {8, 14, "gateway-missing-key", "one of header: NAME and field: NAME"}},
        {SHORT "auth: {type: bearer, secret: hunter2}\n", {8, 30, "gateway-value", "must not stand in this file"}},
        {SHORT "auth: {type: bearer}\n", {8, 7, "gateway-missing-key", "auth of type bearer lacks the key secret"}},
        {SHORT "auth: {type: bearer, secret: \"env:A\", scope: x}\n",
         {8, 39, "gateway-value", "scope has no effect with type bearer"}},
        {SHORT "auth: {type: api-key, secret: \"env:A\"}\n", {8, 7, "gateway-missing-key", "add header or query"}},
        {SHORT "auth: {type: hmac, secret: \"env:A\", hmac: {over: [timestamp, body], header: X}}\n",
         {8, 43, "gateway-missing-key", "timestamp_header and the part timestamp"}},
        {SHORT "auth: {type: oauth2-client, user: a, secret: \"env:A\", token_url: \"http://a.example/t\"}\n",
         {8, 66, "provider-url", "http:// is allowed only"}},
        {SHORT "receipt: {id: /id, rules: [{at: /s, is: 1, means: delivered}]}\n",
         {8, 10, "gateway-missing-key", "one proof that reports are the provider's"}},
        {SHORT "receipt: {token: {query: t, secret: \"env:T\"}, rules: [{at: /s, is: 1, means: delivered}]}\n",
         {8, 10, "gateway-missing-key", "add id or provider_id"}},
        {SHORT "receipt: {token: {secret: \"env:T\"}, id: /id, rules: [{at: /s, is: 1, means: delivered}]}\n",
         {8, 18, "gateway-missing-key", "one of header: NAME and query: NAME"}},
        {SHORT "publication: {content: html, read: {method: GET, url: \"https://a.example/\"}, url_at: /u}\n",
         {8, 14, "gateway-value", "publication has no effect with sends: sms"}},
        {"version: 1\nname: t\nkind: http\nsends: announcement\n"
         "request: {method: POST, url: \"https://a.example/x\", json: {t: \"{{title}}\"}}\n" ANSWER
         "publication: {content: html, read: {method: GET, url: \"https://a.example/\"}, url_at: /u}\n",
         {7, 14, "gateway-missing-key", "publication lacks the key update"}},
        {SHORT "zone: Mars\n", {8, 7, "gateway-value", "the zone \"Mars\" is not known here"}},
        {SHORT "host: a.example\n", {8, 1, "gateway-unknown-key", "unknown key \"host\""}},
        {SHORT "approved: [{template: a, locale: en, id: T, text: \"\", state: approved, checked_at: "
               "2026-11-21T10:00+08:00}]\n",
         {8, 51, "gateway-value", "the approved text is empty"}},
        {SHORT "approved: [{template: a, locale: en, id: T, text: x, state: approved, checked_at: 2026-11-21}]\n",
         {8, 83, "gateway-value", "checked_at"}},
        {HEAD "request: {method: POST, url: \"https://a.example/\", json: {a: {$params: list}}}\n" ANSWER,
         {5, 10, "provider-approved", "none is listed"}},
        {SHORT "preset: a\n", {8, 9, "provider-preset", "there is no preset \"a\""}},
    };

    (void)state;
    expect_each(cases, G_N_ELEMENTS(cases));
}

static void test_presets(void **state)
{
    static const char preset[] = "kind: http\nsends: sms\nparams:\n  account:\n  host: a.example\n"
                                 "request: {method: POST, url: \"https://{{params.host}}/{{params.account}}\"}\n"
                                 "auth: {type: basic, user: \"{{params.account}}\", secret: \"env:A\"}\n" ANSWER;
    g_autofree char *path = expect_text(expect_home, "presets/p.yaml", preset);
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Gateway) gateway = load_text(
        "version: 1\nname: t\nkind: http\npreset: p\nparams: {account: me}\nauth: {secret: \"env:B\"}\n", findings);
    g_autoptr(Findings) missing = findings_new();
    g_autoptr(Gateway) none = load_text("version: 1\nname: t\npreset: p\n", missing);
    g_autoptr(Findings) unknown = findings_new();
    g_autoptr(Gateway) typo = load_text("version: 1\nname: t\npreset: p\nparams: {account: a, hots: b}\n", unknown);
    g_autoptr(Findings) holes = findings_new();
    g_autoptr(Gateway) hole = load_text("version: 1\nname: t\npreset: p\nparams: {account: \"{{id}}\"}\n", holes);
    g_autoptr(Findings) paths = findings_new();
    g_autoptr(Gateway) escape = load_text("version: 1\nname: t\npreset: ../presets/p\n", paths);
    g_autoptr(Findings) values = findings_new();
    g_autoptr(Gateway) value =
        load_text("version: 1\nname: t\npreset: p\nparams:\n  account: a\n  host: \"a b\"\n", values);
    g_autoptr(Findings) modes = findings_new();
    g_autoptr(Gateway) writable = NULL;

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_string_equal(gateway->http->auth.user, "me");
    assert_string_equal(gateway->http->auth.secret, "env:B");
    assert_string_equal(gateway->http->preset, "p");
    assert_string_equal(gateway->host, "a.example");
    assert_null(none);
    EXPECT(missing, {3, 9, "provider-params", "params.account is needed: add it"});
    EXPECT(unknown, {4, 22, "provider-params", "knows no params.hots: did you mean host?"});
    assert_null(hole);
    EXPECT(holes, {4, 19, "provider-params", "must be one line of text without {{"});
    assert_null(escape);
    assert_non_null(value);
    EXPECT(values, {6, 9, "provider-url", "no host in this URL"});
    assert_int_equal(chmod(path, 0606), 0);
    writable = load_text("version: 1\nname: t\npreset: p\nparams: {account: a}\n", modes);
    assert_non_null(writable);
    EXPECT(modes, {0, 0, "gateway-writable", "type chmod o-w"});
    EXPECT(paths, {3, 9, "provider-preset", "there is no preset"});
    assert_non_null(typo);
}

static void test_print(void **state)
{
    static const Wrong cases[] = {
        {"version: 1\nname: t\nkind: letter\nfolder: out\n", {1, 1, "gateway-missing-key", "lacks the key sender"}},
        {"version: 1\nname: t\nkind: phone\n", {1, 1, "gateway-missing-key", "lacks the key folder"}},
        {"version: 1\nname: t\nkind: phone\nfolder: out\nwindow: cn\n", {5, 1, "gateway-unknown-key", "unknown key"}},
        {"version: 1\nname: t\nkind: phone\nfolder: out\nencrypt: {tool: age, recipient: me, name: A}\n",
         {5, 33, "gateway-value", "no age recipient"}},
        {"version: 1\nname: t\nkind: phone\nfolder: out\nencrypt: {tool: openpgp, recipient: no.asc, name: A}\n",
         {5, 37, "gateway-value", "cannot be read"}},
        {"version: 1\nname: t\nkind: folder\nfolder: out\nurl: http://a.example/\n", {5, 6, "provider-url", "http://"}},
        {"version: 1\nname: t\nkind: letter\nfolder: out\nsender: [a]\nwindow: din\n",
         {6, 9, "gateway-value", "din5008"}},
    };
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Gateway) gateway =
        load_text("version: 1\nname: t\nkind: letter\nfolder: out\nsender: [A, B]\nwindow: cn\npaper: letter\n"
                  "duplex: true\nbatch: 5\nencrypt: {tool: age, recipient: age1abc, name: Room}\n"
                  "price: {each: 12, currency: EUR}\nregion: eu\nquota: 500\n",
                  findings);
    g_autofree char *out = g_build_filename(expect_home, "out", NULL);
    g_autofree char *where = gateway_where(gateway);
    g_autoptr(Gateway) copy = gateway_copy(gateway);

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_string_equal(gateway->channel, "letter");
    assert_string_equal(copy->print->folder, out);
    assert_string_equal(where, out);
    assert_int_equal(copy->print->window, GATEWAY_WINDOW_CN);
    assert_int_equal(copy->print->sender->len, 2);
    assert_true(copy->print->duplex);
    assert_int_equal(copy->print->encrypt.tool, GATEWAY_ENCRYPT_AGE);
    assert_int_equal(gateway->price, 12000000);
    expect_each(cases, G_N_ELEMENTS(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),       cmocka_unit_test(test_every_key),
        cmocka_unit_test(test_wrong_requests), cmocka_unit_test(test_wrong_answers),
        cmocka_unit_test(test_wrong_policies), cmocka_unit_test(test_presets),
        cmocka_unit_test(test_print),
    };

    return cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
}
