#include "load_expect.h"

#include "base/clock.h"
#include "load/load_gateway.h"

static Gateway *load_text(const char *name, const char *text, Findings *findings)
{
    g_autofree char *path = expect_text(expect_home, name, text);

    return load_gateway_file(path, NULL, findings);
}

#define SHORT                                                                                                          \
    "version: 1\nname: relay\nkind: smtp\nhost: smtp.example.com\nfrom: notice@example.com\n"                          \
    "bounce: bounce@example.com\n"

static void test_defaults(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Gateway) gateway = load_text("relay.yaml", SHORT, findings);

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_string_equal(gateway->name, "relay");
    assert_string_equal(gateway->kind, "smtp");
    assert_string_equal(gateway->folder, expect_home);
    assert_int_equal(gateway->port, 587);
    assert_int_equal(gateway->tls, GATEWAY_TLS_STARTTLS);
    assert_null(gateway->user);
    assert_null(gateway->from_name);
    assert_int_equal(gateway->in_doubt, GATEWAY_DOUBT_RESEND);
    assert_int_equal(gateway->timeouts.final_dot, 10 * CLOCK_MINUTE);
    assert_int_equal(gateway->give_up, 2 * CLOCK_DAY);
    assert_false(gateway->is_sample);
    assert_int_equal(gateway->at.line, 0);
}

static void test_mailbox(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Gateway) gateway = load_text(
        "relay.yaml", SHORT "mailbox: {host: imap.example.com, user: bounces, password: \"env:BOX\"}\n", findings);
    g_autoptr(Gateway) copy = gateway_copy(gateway);
    g_auto(GStrv) secrets = gateway_secrets(copy);

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_string_equal(copy->mailbox->host, "imap.example.com");
    assert_int_equal(copy->mailbox->port, 0);
    assert_int_equal(copy->mailbox->tls, MAILBOX_TLS_IMPLICIT);
    assert_null(copy->mailbox->folder);
    assert_true(g_strv_contains((const char *const *)secrets, "env:BOX"));
}

static void test_mailbox_mistakes(void **state)
{
    static const Expected expected[] = {
        {8, 3, "gateway-missing-key", "password"},
        {8, 3, "gateway-tls", "tls: none is allowed only for this machine"},
        {8, 3, "gateway-value", "ca_file /nonexistent/ca.pem cannot be read"},
        {12, 11, "gateway-value", "folder cannot be used"},
    };
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Gateway) gateway = load_text("relay.yaml",
                                           SHORT "mailbox:\n  host: imap.example.com\n  tls: none\n  user: bounces\n"
                                                 "  ca_file: /nonexistent/ca.pem\n  folder: \"a%b\"\n",
                                           findings);

    (void)state;
    assert_non_null(gateway);
    expect_findings(findings, expected, G_N_ELEMENTS(expected));
}

static void test_every_key(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *ca = expect_text(expect_home, "ca.pem", "pem");
    g_autoptr(Gateway) gateway =
        load_text("all.yaml",
                  "version: 1\nname: all\nkind: smtp\nhost: 127.0.0.1\nport: 2525\ntls: none\n"
                  "ca_file: ca.pem\nauth: {user: me, password: \"env:SMTP_PASSWORD\"}\n"
                  "helo: mail.example.com\nfrom: notice@示例.com\nfrom_name: 示例云\n"
                  "reply_to: help@example.com\nbounce: bounce@example.com\nconnections: 64\n"
                  "session: 1000\nrate: 300/s\nregion: cn\nin_doubt: hold\nreceipts: failures\n"
                  "timeouts: {greeting: PT1S, envelope: PT2S, data: PT3S, transfer: PT4S, "
                  "final_dot: PT1H}\nretry_after: PT1M\ngive_up: P5D\n",
                  findings);

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_int_equal(gateway->port, 2525);
    assert_int_equal(gateway->tls, GATEWAY_TLS_NONE);
    assert_string_equal(gateway->ca_file, ca);
    assert_string_equal(gateway->user, "me");
    assert_string_equal(gateway->password, "env:SMTP_PASSWORD");
    assert_string_equal(gateway->helo, "mail.example.com");
    assert_string_equal(gateway->from, "notice@xn--fsq092h.com");
    assert_string_equal(gateway->from_name, "示例云");
    assert_string_equal(gateway->reply_to, "help@example.com");
    assert_string_equal(gateway->bounce, "bounce@example.com");
    assert_int_equal(gateway->connections, 64);
    assert_int_equal(gateway->session, 1000);
    assert_true(gateway->rate > 299.9 && gateway->rate < 300.1);
    assert_string_equal(gateway->region, "cn");
    assert_int_equal(gateway->in_doubt, GATEWAY_DOUBT_HOLD);
    assert_int_equal(gateway->timeouts.greeting, CLOCK_SECOND);
    assert_int_equal(gateway->timeouts.envelope, 2 * CLOCK_SECOND);
    assert_int_equal(gateway->timeouts.data, 3 * CLOCK_SECOND);
    assert_int_equal(gateway->timeouts.transfer, 4 * CLOCK_SECOND);
    assert_int_equal(gateway->timeouts.final_dot, CLOCK_HOUR);
    assert_int_equal(gateway->retry_after, CLOCK_MINUTE);
    assert_int_equal(gateway->give_up, 5 * CLOCK_DAY);
}

typedef struct Wrong {
    const char *line; /* added to SHORT as its seventh */
    Expected expected;
} Wrong;

static void test_wrong_lines(void **state)
{
    static const Wrong cases[] = {
        {"tls: none",
         {7, 1 + 5, "gateway-tls", "allowed only for this machine (127.0.0.1, localhost): write tls: starttls"}},
        {"tls: implicit",
         {7, 6, "gateway-unsupported", "implicit is not supported by this version (it knows: none, starttls)"}},
        {"tls: no", {7, 6, "gateway-value", "tls cannot be \"no\": expected none, starttls"}},
        {"port: 0", {7, 7, "gateway-value", "port cannot be \"0\": expected a whole number from 1 to 65535"}},
        {"auth: {user: me, password: hunter2}",
         {7, 28, "gateway-value", "must not stand in this file: write env:NAME or file:PATH"}},
        {"auth: {user: me}", {7, 7, "gateway-missing-key", "auth lacks the key password: add password: \"env:NAME\""}},
        {"auth: {password: \"env:X\"}", {7, 7, "gateway-missing-key", "auth lacks the key user"}},
        {"auth: {user: \"a\\nb\", password: \"env:X\"}", {7, 14, "gateway-value", "user must be one line"}},
        {"ca_file: missing.pem", {7, 10, "gateway-value", "missing.pem cannot be read"}},
        {"helo: my host", {7, 7, "gateway-value", "helo cannot be \"my host\": expected a host name"}},
        {"reply_to: Help <help@example.com>", {7, 11, "gateway-value", "reply_to: "}},
        {"from_name: \"a\\nb\"", {7, 12, "gateway-value", "from_name must be one line"}},
        {"connections: 65", {7, 14, "gateway-value", "from 1 to 64"}},
        {"session: 1001", {7, 10, "gateway-value", "from 1 to 1000"}},
        {"rate: fast", {7, 7, "gateway-value", "such as 300/s"}},
        {"region: C N", {7, 9, "gateway-value", "region cannot be"}},
        {"in_doubt: query", {7, 11, "gateway-value", "in_doubt cannot be \"query\": expected resend, hold"}},
        {"in_doubt: maybe", {7, 11, "gateway-value", "expected resend, hold"}},
        {"receipts: both",
         {7, 11, "gateway-unsupported", "both is not supported by this version (it knows: none, failures)"}},
        {"receipts: some", {7, 11, "gateway-value", "receipts cannot be \"some\": expected none, failures"}},
        {"timeouts: {greeting: PT0.5S}", {7, 22, "gateway-value", "expected a duration from 1 s to 1 h"}},
        {"timeouts: {final_dot: PT2H}", {7, 23, "gateway-value", "expected a duration from 1 s to 1 h"}},
        {"timeouts: {dot: PT1M}",
         {7, 12, "gateway-unknown-key", "unknown key \"dot\" in timeouts: expected one of greeting"}},
        {"give_up: P31D", {7, 10, "gateway-value", "give_up cannot be"}},
        {"give_up: PT5M", {7, 10, "gateway-retry", "retry_after must be shorter than give_up"}},
        {"retry_after: soon", {7, 14, "gateway-value", "expected a duration such as"}},
        {"domain_rate: {qq com: 20/s}", {7, 15, "gateway-value", "\"qq com\" is no domain"}},
        {"domain_rate: {qq.com: 20}", {7, 23, "gateway-value", "300/s"}},
        {"domain_rate: {qq.com: }", {7, 15, "gateway-missing-key", "domain_rate: qq.com has no rate"}},
        {"domain_rate: {qq.com: 20/s, QQ.com: 5/s}", {7, 29, "gateway-value", "names qq.com twice"}},
        {"policy_pause: P1D", {7, 15, "gateway-value", "expected a duration from 1 s to 4 h"}},
        {"lookup_after: PT1M", {7, 1, "gateway-unknown-key", "unknown key \"lookup_after\" in the gateway"}},
        {"on_silence: next", {7, 1, "gateway-unknown-key", "unknown key \"on_silence\" in the gateway"}},
        {"quota: 0", {7, 8, "gateway-value", "quota cannot be \"0\""}},
        {"price: {each: 0.0000001, currency: CNY}", {7, 15, "gateway-value", "with at most six decimals"}},
        {"price: {each: 1, currency: yuan}", {7, 28, "gateway-value", "three letters such as CNY"}},
        {"price: {each: 1}", {7, 8, "gateway-missing-key", "price lacks the key currency"}},
        {"quiet_hours: {from: \"22:00\", to: \"22:00\", zone: \"+08:00\"}",
         {7, 14, "gateway-value", "begin and end at the same time"}},
        {"hots: x", {7, 1, "gateway-unknown-key", "unknown key \"hots\" in the gateway, did you mean \"host\"?"}},
        {"host: y", {7, 1, "yaml-duplicate-key", "stands here and at line 4, column 1"}},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autofree char *text = g_strconcat(SHORT, cases[i].line, "\n", NULL);
        g_autoptr(Gateway) gateway = load_text("relay.yaml", text, findings);

        expect_findings(findings, &cases[i].expected, 1);
        assert_null(strstr(findings_get(findings, 0)->text, "hunter2"));
        assert_int_equal(findings_get(findings, 0)->stage, FINDING_SEND);
        assert_non_null(gateway);
    }
}

static void test_missing_and_wrong_keys(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Gateway) gateway = load_text("other.yaml",
                                           "version: 2\nname: relay\nkind: htpp\nhost: \"[::1]\"\nfrom: Us <a@b.com>\n"
                                           "bounce:\n",
                                           findings);
    g_autoptr(Findings) none = findings_new();
    g_autoptr(Gateway) empty = load_text("none.yaml", "{}", none);

    (void)state;
    assert_true(gateway && empty);
    EXPECT(findings, {1, 10, "gateway-value", "version \"2\" is not known to this program"},
           {2, 7, "gateway-name", "rename the file to relay.yaml, or the gateway"},
           {3, 7, "gateway-value", "kind: did you mean \"http\"? (one of: smtp, http, letter, phone, folder)"},
           {4, 7, "gateway-value", "host cannot be \"[::1]\""}, {5, 7, "gateway-value", "from: "},
           {6, 1, "gateway-missing-key", "bounce has no value: write bounce: bounce@example.com"});
    EXPECT(none, {1, 1, "gateway-missing-key", "version"}, {1, 1, "gateway-missing-key", "name"},
           {1, 1, "gateway-missing-key", "kind"}, {1, 1, "gateway-missing-key", "host"},
           {1, 1, "gateway-missing-key", "from"}, {1, 1, "gateway-missing-key", "bounce"});
}

/* +TOKEN must fit into the 64 octets before the @. */
static void test_bounce_length(void **state)
{
    static const char start[] = "version: 1\nname: relay\nkind: smtp\nhost: smtp.example.com\nfrom: a@example.com\n";
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *fits = g_strnfill(64 - 27, 'b');
    g_autofree char *good = g_strconcat(start, "bounce: ", fits, "@example.com\n", NULL);
    g_autofree char *bad = g_strconcat(start, "bounce: b", fits, "@example.com\n", NULL);
    g_autoptr(Gateway) first = load_text("relay.yaml", good, findings);
    g_autoptr(Gateway) second = NULL;

    (void)state;
    expect_findings(findings, NULL, 0);
    second = load_text("relay.yaml", bad, findings);
    assert_true(first && second);
    EXPECT(findings, {6, 9, "gateway-value", "bounce is too long: each message adds +26 characters"});
}

static void test_unusable_files(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *missing = g_build_filename(expect_home, "gone.yaml", NULL);

    (void)state;
    assert_null(load_gateway_file(missing, NULL, findings));
    assert_null(load_text("list.yaml", "- a\n", findings));
    assert_null(load_text("tab.yaml", "auth:\n\tuser: x\n", findings));
    EXPECT(findings, {0, 0, "yaml-unreadable", "No such file"},
           {1, 1, "gateway-type", "the gateway must be a map (key: value), not a list"},
           {2, 1, "yaml-syntax", "a tab cannot indent: use spaces"});
}

static void test_writable_by_all(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *path = expect_text(expect_home, "relay.yaml", SHORT);
    g_autoptr(Gateway) gateway = NULL;

    (void)state;
    assert_int_equal(chmod(path, 0646), 0);
    gateway = load_gateway_file(path, NULL, findings);
    assert_non_null(gateway);
    EXPECT(findings, {0, 0, "gateway-writable", "type chmod o-w "});
}

static void test_look_up(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *data = g_build_filename(expect_home, "data", NULL);
    g_autofree char *beside = expect_text(expect_home, "gateways/relay.yaml", SHORT);
    g_autofree char *sample = expect_text(expect_home, "data/contacts/gateways/relay.yaml", SHORT);
    Position at = position_make("p.yaml", 7, 11);
    g_autoptr(Gateway) first = load_gateway("relay", expect_home, data, INCIDENT_ACTUAL, at, findings);
    g_autoptr(Gateway) second = NULL;

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_string_equal(first->at.file, beside);
    assert_false(first->is_sample);
    assert_int_equal(unlink(beside), 0);
    second = load_gateway("relay", expect_home, data, INCIDENT_EXERCISE, at, findings);
    expect_findings(findings, NULL, 0);
    assert_string_equal(second->at.file, sample);
    assert_true(second->is_sample);
    assert_null(load_gateway("relay", expect_home, data, INCIDENT_ACTUAL, at, findings));
    EXPECT(findings, {7, 11, "gateway-sample", "is a shipped sample and serves exercises only: copy "});
}

static void test_not_found(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    Position at = position_make("p.yaml", 7, 11);

    (void)state;
    assert_null(load_gateway("no-such-gateway-here", expect_home, expect_home, INCIDENT_EXERCISE, at, findings));
    assert_null(
        load_gateway("../relay", expect_home, expect_home, INCIDENT_EXERCISE, position_make("p.yaml", 8, 1), findings));
    EXPECT(findings, {7, 11, "gateway-not-found", "there is no gateway no-such-gateway-here: write "},
           {8, 1, "gateway-not-found", "a gateway's name has only a-z, 0-9 and hyphens"});
}

static void test_shipped_sample(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Gateway) gateway = load_gateway("smtp-sample", expect_home, BREACH_SOURCE_DIR, INCIDENT_EXERCISE,
                                              position_make("p.yaml", 1, 1), findings);

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_true(gateway->is_sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),         cmocka_unit_test(test_mailbox),
        cmocka_unit_test(test_mailbox_mistakes), cmocka_unit_test(test_every_key),
        cmocka_unit_test(test_wrong_lines),      cmocka_unit_test(test_missing_and_wrong_keys),
        cmocka_unit_test(test_bounce_length),    cmocka_unit_test(test_unusable_files),
        cmocka_unit_test(test_writable_by_all),  cmocka_unit_test(test_look_up),
        cmocka_unit_test(test_not_found),        cmocka_unit_test(test_shipped_sample),
    };

    return cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
}
