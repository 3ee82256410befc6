#include "load_expect.h"

#include "load/load_facts.h"
#include "load/load_playbook.h"

static Playbook *load_text(const char *text, Findings *findings)
{
    g_autofree char *path = expect_text(expect_home, "p.yaml", text);

    return load_playbook(path, findings);
}

/* Line by line, so that a test can replace or add one: the key that a line starts with, and the line. */
static const char *const lines[] = {
    /*  1 */ "version: 1",
    /*  2 */ "incident: {id: leak, status: exercise}",
    /*  3 */ "organization: {name: Example, contact: {email: help@example.com}}",
    /*  4 */ "facts: {what_happened: Somebody copied data}",
    /*  5 */ "impact: [Fake messages]",
    /*  6 */ "measures: {taken: [Keys replaced]}",
    /*  7 */ "advice: [Change your password]",
    /*  8 */ "remedies: [We help]",
    /*  9 */ "people: people.csv",
    /* 10 */ "audiences: [{id: people, template: individual, ladder: [email]}]",
    /* 11 */ "gateways: {email: relay}",
};

/* The playbook with its line of the same key replaced, or with one more line as the twelfth. */
static char *with_line(const char *line)
{
    GString *text = g_string_new(NULL);
    size_t key = strcspn(line, ":") + 1;
    bool is_replaced = false;

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        bool is_same = strncmp(lines[i], line, key) == 0;

        g_string_append_printf(text, "%s\n", is_same ? line : lines[i]);
        is_replaced = is_replaced || is_same;
    }
    if (!is_replaced)
        g_string_append_printf(text, "%s\n", line);
    return g_string_free(text, FALSE);
}

static void test_smallest(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *text = with_line("version: 1");
    g_autoptr(Playbook) playbook = load_text(text, findings);
    g_autofree char *people = g_build_filename(expect_home, "people.csv", NULL);
    const Audience *audience;
    const Fact *fact;

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_string_equal(playbook->folder, expect_home);
    assert_string_equal(playbook->incident.id, "leak");
    assert_int_equal(playbook->incident.status, INCIDENT_EXERCISE);
    assert_int_equal(playbook->incident.edition, 1);
    assert_null(playbook->incident.severity);
    assert_false(playbook->incident.occurred_at.known);
    assert_string_equal(locale_text_get(playbook->organization.name, "fr"), "Example");
    assert_string_equal(playbook->organization.contact_email, "help@example.com");
    assert_null(playbook->organization.contact_phone);
    assert_string_equal(playbook->default_locale, "en");
    assert_string_equal(playbook->people_path, people);
    assert_int_equal(playbook->people_at.line, 9);
    assert_int_equal(playbook->people_at.column, 9);
    fact = g_ptr_array_index(playbook->facts, 0);
    assert_string_equal(fact->name, "what_happened");
    assert_false(playbook->affected.given);
    assert_int_equal(playbook->measures_planned->len, 0);
    audience = g_ptr_array_index(playbook->audiences, 0);
    assert_string_equal(audience->id, "people");
    assert_string_equal(audience->template_name, "individual");
    assert_null(audience->match);
    assert_false(audience->also);
    assert_int_equal(audience->at.line, 10);
    assert_int_equal(audience->at.column, 13);
    assert_string_equal(g_ptr_array_index(audience->ladder, 0), "email");
    assert_string_equal(playbook_gateway(playbook, "email"), "relay");
}

static void test_everything(void **state)
{
    static const char text[] =
        "version: 1\n"
        "default_locale: zh_cn\n"
        "incident:\n"
        "  id: 2026-11-leak\n"
        "  status: actual\n"
        "  edition: 1\n"
        "  severity: major\n"
        "  occurred_at: 2026-11-18T02:15+08:00\n"
        "  detected_at: 2026-11-20T09:40+08:00\n"
        "  confirmed_at: 2026-11-20T10:20+08:00\n"
        "  contained_at: 2026-11-20T11:05+08:00\n"
        "organization:\n"
        "  name: {en: Example, zh-CN: 示例}\n"
        "  role: controller\n"
        "  domains: [EXAMPLE.com, 示例.com]\n"
        "  contact: {email: help@example.com, phone: \"+86 10 0000\", hours: {en: daily, zh-CN: 每天}}\n"
        "facts:\n"
        "  which_data: {en: names, zh-CN: 姓名}\n"
        "  what_happened: {en: x, zh-CN: 某}\n"
        "  affected: {lower: 980, likely: 1000, upper: 1150, as_of: 2026-11-21T18:00+08:00}\n"
        "impact: [a, {en: b}]\n"
        "measures: {taken: [c], planned: [d, e]}\n"
        "advice: [f]\n"
        "remedies: [g]\n"
        "people: {file: ../people.csv}\n"
        "audiences:\n"
        "  - {id: minors, match: \"age < 14\", template: guardian, ladder: [email], also: true}\n"
        "  - {id: people, template: individual, ladder: [email]}\n"
        "gateways: {email: relay}\n";
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook = load_text(text, findings);
    g_autofree char *parent = g_path_get_dirname(expect_home);
    g_autofree char *people = g_build_filename(parent, "people.csv", NULL);
    const Audience *minors;

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_int_equal(playbook->incident.status, INCIDENT_ACTUAL);
    assert_string_equal(playbook->incident.severity, "major");
    assert_true(playbook->incident.contained_at.known);
    assert_int_equal(playbook->incident.occurred_at.offset, 480);
    assert_string_equal(playbook->default_locale, "zh-CN");
    assert_string_equal(playbook->organization.role, "controller");
    assert_string_equal(g_ptr_array_index(playbook->organization.domains, 0), "example.com");
    assert_string_equal(g_ptr_array_index(playbook->organization.domains, 1), "xn--fsq092h.com");
    assert_string_equal(playbook->organization.contact_phone, "+86 10 0000");
    assert_string_equal(locale_text_get(playbook->organization.contact_hours, "zh-CN"), "每天");
    assert_int_equal(playbook->facts->len, 2);
    assert_true(playbook->affected.given);
    assert_int_equal(playbook->affected.likely, 1000);
    assert_true(playbook->affected.as_of.known);
    assert_int_equal(playbook->impact->len, 2);
    assert_int_equal(playbook->measures_planned->len, 2);
    assert_string_equal(playbook->people_path, people);
    minors = g_ptr_array_index(playbook->audiences, 0);
    assert_non_null(minors->match);
    assert_string_equal(minors->match_text, "age < 14");
    assert_int_equal(minors->match_at.line, 27);
    assert_int_equal(minors->match_at.column, 25);
    assert_true(minors->also);
}

/* Ten different mistakes in one file: ten findings, each where it is. */
static void test_ten_mistakes(void **state)
{
    static const char text[] =
        /*  1 */ "version: 1\n"
                 /*  2 */ "incident:\n"
                 /*  3 */ "  id: 2026-11-leak\n"
                 /*  4 */ "  staus: exercise                # 1: a misspelled key\n"
                 /*  5 */ "  occurred_at: 2026-11-21T22:10  # 2: no offset\n"
                 /*  6 */ "  severity: huge                 # 3: no such word\n"
                 /*  7 */ "organization:\n"
                 /*  8 */ "  name: {en: Example, zh-CN: 示例}\n"
                 /*  9 */ "  contact: {hours: daily}        # 4: nobody to reach\n"
                 /* 10 */ "facts:\n"
                 /* 11 */ "  what_happened: {en: x, 中文: 某} # 5: no language\n"
                 /* 12 */ "impact: Fake messages            # 6: no list\n"
                 /* 13 */ "measures: {taken: [c]}\n"
                 /* 14 */ "advice: [f]\n"
                 /* 15 */ "advice: [g]                      # 7: a key twice\n"
                 /* 16 */ "                                 # 8: no remedies\n"
                 /* 17 */ "people: people.csv\n"
                 /* 18 */ "audiences:\n"
                 /* 19 */ "  - id: 未成年人                 # 9: no name\n"
                 /* 20 */ "    match: \"age <\"              # 10: half a condition\n"
                 /* 21 */ "    template: guardian\n"
                 /* 22 */ "    ladder: [email]\n"
                 /* 23 */ "gateways: {email: relay}\n";
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook = load_text(text, findings);

    (void)state;
    assert_non_null(playbook);
    EXPECT(findings, {1, 1, "playbook-missing-key", "the playbook lacks the key remedies"},
           {4, 3, "playbook-unknown-key", "unknown key \"staus\" in incident, did you mean \"status\"?"},
           {5, 16, "playbook-time-offset", "+08:00"},
           {6, 13, "playbook-value", "severity cannot be \"huge\": expected low, medium, major, critical"},
           {9, 12, "playbook-missing-key", "organization.contact needs an email or a phone that is answered"},
           {11, 26, "playbook-value", "\"中文\" is no language"}, {12, 9, "playbook-type", "impact must be a list"},
           {15, 1, "yaml-duplicate-key", "key \"advice\" stands here and at line 14, column 1"},
           {19, 9, "playbook-value", "id cannot be \"未成年人\": expected a name"},
           {20, 18, "playbook-value", "match: "});
    assert_int_equal(findings_errors(findings, FINDING_FACTS), 6);
    assert_int_equal(findings_errors(findings, FINDING_REPORT), 8);
    assert_int_equal(findings_errors(findings, FINDING_SEND), 10);
}

typedef struct Wrong {
    const char *line;
    Expected expected;
} Wrong;

static const Wrong wrong_facts[] = {
    {"version: 2", {1, 10, "playbook-value", "version \"2\" is not known to this program: write version: 1"}},
    {"version: [1]", {1, 10, "playbook-type", "the version 1 is expected here, not a list"}},
    {"default_locale: english", {12, 17, "playbook-value", "expected a language such as en"}},
    {"incident: x", {2, 11, "playbook-type", "incident must be a map"}},
    {"incident: {id: A b, status: actual}", {2, 16, "playbook-value", "expected a name"}},
    {"incident: {status: actual}",
     {2, 11, "playbook-missing-key", "incident lacks the key id: add id: a name such as"}},
    {"incident: {id: a}", {2, 11, "playbook-missing-key", "incident lacks the key status: add status: exercise"}},
    {"incident: {id: a, status: real}", {2, 27, "playbook-value", "expected exercise, actual"}},
    {"incident: {id: a, status: actual, edition: 2}",
     {2, 44, "playbook-missing-key",
      "edition 2 needs to say what those who were told before are told now: add update"}},
    {"incident: {id: a, status: actual, detected_at: 2026-11-20T10:00Z, occurred_at: 2026-11-20T10:01Z}",
     {2, 48, "playbook-time-order", "detected_at is earlier than occurred_at"}},
    {"incident: {id: a, status: actual, confirmed_at: 2026-11-20T10:00Z, detected_at: 2026-11-20T18:01+08:00}",
     {2, 49, "playbook-time-order", "confirmed_at is earlier than detected_at"}},
    {"incident: {id: a, status: actual, edition: 0}", {2, 44, "playbook-value", "edition"}},
    {"update: {kind: update, what_changed: x, need_to_act: true}",
     {12, 9, "playbook-value", "edition 1 is the first notice and has no update"}},
    {"organization: {contact: {phone: +1}}", {3, 15, "playbook-missing-key", "organization lacks the key name"}},
    {"organization: {name: x}",
     {3, 15, "playbook-missing-key", "organization lacks the key contact: add contact: {email: …"}},
    {"organization: {name: \"a\\nb\", contact: {phone: +1}}", {3, 22, "playbook-value", "this must be one line"}},
    {"organization: {name: x, contact: {email: y}}", {3, 42, "playbook-value", "email: "}},
    {"organization: {name: x, contact: y}", {3, 34, "playbook-type", "organization.contact must be a map"}},
    {"organization: {name: x, contact: {email: }}", {3, 34, "playbook-missing-key", "needs an email or a phone"}},
    {"organization: {name: x, contact: {phone: +1}, role: boss}",
     {3, 53, "playbook-value", "expected controller, joint, processor"}},
    {"organization: {name: x, contact: {phone: +1}, domains: [a b]}",
     {3, 57, "playbook-value", "\"a b\" is no domain"}},
    {"organization: {name: x, contact: {phone: +1}, domains: [a@b.com]}",
     {3, 57, "playbook-value", "\"a@b.com\" is no domain"}},
    {"organization: {name: x, contact: {phone: 010 5550 0100}}",
     {3, 42, "playbook-phone", "\"010 5550 0100\" has no country code"}},
    {"facts: {cause: x}", {4, 8, "playbook-missing-key", "facts lacks the key what_happened"}},
    {"facts: {what_happened: x, cause: {unknown: {as_of: 2026-11-21T10:00Z}}}",
     {4, 44, "playbook-missing-key", "unknown lacks the key next_update: add next_update: the time by which"}},
    {"facts: {what_happened: x, cause: {unknown: {as_of: 2026-11-21T10:00Z, next_update: 2026-11-21T09:00Z}}}",
     {4, 44, "playbook-value", "unknown: next_update must be later than as_of"}},
    {"facts: {what_happened: x, cause: {unknown: {as_of: 2026-11-21, next_update: 2026-11-22T09:00Z}}}",
     {4, 52, "playbook-value", "as_of: "}},
    {"facts: {what_happened: x, cause: {unknown: true}}", {4, 44, "playbook-type", "unknown must be a map"}},
    {"facts: {what_happened: x, cause: {en: y, unknown: {as_of: 2026-11-21T10:00Z, next_update: 2026-11-22T09:00Z}}}",
     {4, 35, "playbook-unknown-key", "unknown key \"en\" in a fact that is unknown"}},
    {"facts: {what_happened: x, data_kinds: name}", {4, 39, "playbook-type", "data_kinds must be a list"}},
    {"facts: {what_happened: x, data_kinds: [name, [email]]}",
     {4, 46, "playbook-type", "a kind of data such as email or password_hash is expected here"}},
    {"facts: {what_happened: x, data_kinds: [name, email, name]}",
     {4, 53, "playbook-value", "data_kinds has name twice: remove one"}},
    {"facts: {what_happened: x, Cause: y}",
     {4, 27, "playbook-value", "\"Cause\" cannot name a fact: use a-z, 0-9 and _"}},
    {"facts: {what_happened: x, cause: }", {4, 27, "playbook-missing-key", "fact cause has no text"}},
    {"facts: {what_happened: x, cause: [y]}",
     {4, 34, "playbook-type", "a text, or a map from language to text, is expected"}},
    {"facts: {what_happened: x, affected: 12}", {4, 37, "playbook-type", "facts.affected must be a map"}},
    {"facts: {what_happened: x, affected: {likely: many}}", {4, 46, "playbook-value", "likely cannot be \"many\""}},
    {"facts: {what_happened: x, affected: {lower: 1,000}}", {4, 47, "playbook-unknown-key", "1000 and not 1,000"}},
    {"facts: {what_happened: x, affected: {lower: 5, upper: 4}}", {4, 37, "playbook-value", "must not decrease"}},
    {"facts: {what_happened: x, affected: {lower: 5, likely: 4}}", {4, 37, "playbook-value", "must not decrease"}},
    {"facts: {what_happened: x, affected: {as_of: 2026-11-20}}", {4, 45, "playbook-value", "as_of: "}},
    {"zzz: 1", {12, 1, "playbook-unknown-key", "unknown key \"zzz\" in the playbook: expected one of version"}},
};

static const Wrong wrong_report[] = {
    {"impact: []", {5, 9, "playbook-missing-key", "impact is empty: at least one item is needed"}},
    {"impact:", {5, 1, "playbook-missing-key", "impact has no value"}},
    {"measures: {}", {6, 11, "playbook-missing-key", "measures needs at least one that was taken or is planned"}},
    {"measures: {taken: [], planned: }", {6, 11, "playbook-missing-key", "measures needs at least one"}},
    {"measures: [x]", {6, 11, "playbook-type", "measures must be a map"}},
    {"advice: []", {7, 9, "playbook-missing-key", "advice is empty"}},
    {"remedies: [ '' ]", {8, 13, "playbook-value", "this is an empty text"}},
};

static const Wrong wrong_send[] = {
    {"people: [x]", {9, 9, "playbook-type", "the path of a file is expected here, not a list"}},
    {"people: {}", {9, 9, "playbook-missing-key", "people lacks the key file"}},
    {"people: {file: x, columns: [a]}", {9, 28, "playbook-type", "people.columns must be a map"}},
    {"people: {file: x, columns: {手机: }}", {9, 29, "playbook-missing-key", "column \"手机\" has no name here"}},
    {"people: {file: x, columns: {phone: 手机}}",
     {9, 36, "playbook-value",
      "\"手机\" cannot name a column: use letters a-z, digits and _, a letter first; the file's"}},
    {"people: {file: x, columns: {a: phone, b: phone}}",
     {9, 42, "playbook-value", "two columns cannot both be phone (also at line 9): remove one"}},
    {"people: {file: x, columns: {a: [b]}}", {9, 32, "playbook-type", "a column's name is expected here, not a list"}},
    {"people: {file: x, default_country: cn}", {9, 36, "playbook-value", "cannot be \"cn\": did you mean CN?"}},
    {"people: {file: x, default_country: China}",
     {9, 36, "playbook-value", "expected the two letters of a country (ISO 3166), such as CN"}},
    {"people: {file: x, default_country: UK}", {9, 36, "playbook-value", "expected the two letters of a country"}},
    {"audiences: []", {10, 12, "playbook-missing-key", "audiences is empty"}},
    {"audiences: {a: b}", {10, 12, "playbook-type", "audiences must be a list"}},
    {"audiences: [x]", {10, 13, "playbook-type", "audience must be a map"}},
    {"audiences: [{template: a, ladder: [email]}]", {10, 13, "playbook-missing-key", "audience lacks the key id"}},
    {"audiences: [{id: a, ladder: [email]}]", {10, 13, "playbook-missing-key", "audience lacks the key template"}},
    {"audiences: [{id: a, template: b}]",
     {10, 13, "playbook-missing-key", "audience lacks the key ladder: add ladder: [email]"}},
    {"audiences: [{id: a, template: ../b, ladder: [email]}]",
     {10, 31, "playbook-value", "template cannot be \"../b\": expected a name"}},
    {"audiences: [{id: a, template: b, ladder: []}]", {10, 42, "playbook-missing-key", "ladder is empty"}},
    {"audiences: [{id: a, template: b, ladder: email}]", {10, 42, "playbook-type", "ladder must be a list"}},
    {"audiences: [{id: a, template: b, ladder: [email, sms]}]",
     {10, 50, "playbook-no-gateway", "channel sms has no gateway: add sms: NAME to gateways"}},
    {"audiences: [{id: a, template: b, ladder: [email, telex]}]",
     {10, 50, "playbook-value", "channel cannot be \"telex\": expected email, sms, voice, phone, push"}},
    {"audiences: [{id: a, template: b, ladder: [emial]}]",
     {10, 43, "playbook-value", "channel: did you mean \"email\"?"}},
    {"audiences: [{id: a, template: b, ladder: [email, email]}]",
     {10, 50, "playbook-value", "channel email stands in this ladder twice"}},
    {"audiences: [{id: a, template: b, ladder: [email], also: yes}]",
     {10, 57, "playbook-value", "expected true or false"}},
    {"audiences: [{id: a, template: b, ladder: [email], capacity: parent}]",
     {10, 61, "playbook-value", "capacity cannot be \"parent\": expected self, guardian, organization"}},
    {"audiences: [{id: a, template: b, ladder: [email], every: all}]",
     {10, 58, "playbook-value", "every cannot be \"all\": expected true or false"}},
    {"audiences: [{id: a, template: b, ladder: [email], order: 1}]",
     {10, 58, "playbook-value", "order cannot be \"1\": expected risk, deadline, recent-activity"}},
    {"audiences: [{id: a, match: [x], template: b, ladder: [email]}]",
     {10, 28, "playbook-type", "a condition such as"}},
    {"audiences: [{id: a, match: age <, template: b, ladder: [email]}]", {10, 33, "playbook-value", "match: "}},
    {"audiences: [{id: a, match: x == 1, template: b, ladder: [email]}, {id: a, template: b, ladder: [email]}]",
     {10, 72, "playbook-value", "audience a is there twice (also at line 10)"}},
    {"quiet_hours: {from: \"22:00\", to: \"7:00\", zone: Z}",
     {12, 34, "playbook-value", "\"7:00\" is no time of day: write it as"}},
    {"quiet_hours: {from: \"22:00\", to: \"07:00\", zone: Nowhere/Town}",
     {12, 49, "playbook-value", "the package tzdata must be installed"}},
    {"quiet_hours: {from: \"07:00\", to: \"07:00\", zone: Z}",
     {12, 14, "playbook-value", "nothing could ever be sent"}},
    {"quiet_hours: {from: \"22:00\", to: \"07:00\"}",
     {12, 14, "playbook-missing-key", "quiet_hours lacks the key zone"}},
    {"quiet_hours: {from: \"22:00\", to: \"07:00\", zone: Z, channels: [fax]}",
     {12, 63, "playbook-value", "\"fax\" is no channel: expected one of email, sms"}},
    {"gateways: {}", {10, 57, "playbook-no-gateway", "channel email has no gateway: add email: NAME to gateways"}},
    {"gateways: {email: }", {10, 57, "playbook-no-gateway", "channel email has no gateway"}},
    {"gateways: {email: A B}", {11, 19, "playbook-value", "gateway cannot be \"A B\": expected a name"}},
    {"gateways: {email: relay, telex: aliyun}", {11, 26, "playbook-unknown-key", "unknown key \"telex\" in gateways"}},
    {"gateways: {email: relay, fax: x}",
     {11, 26, "playbook-unknown-key", "unknown key \"fax\" in gateways: expected one of email"}},
    {"gateways: relay", {11, 11, "playbook-type", "gateways must be a map"}},
};

static void check_wrong(const Wrong *cases, size_t count, FindingStage stage)
{
    for (size_t i = 0; i < count; i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autofree char *text = with_line(cases[i].line);
        g_autoptr(Playbook) playbook = load_text(text, findings);

        expect_findings(findings, &cases[i].expected, 1);
        assert_int_equal(findings_get(findings, 0)->stage, stage);
        assert_non_null(playbook);
    }
}

static void test_wrong_lines(void **state)
{
    (void)state;
    check_wrong(wrong_facts, G_N_ELEMENTS(wrong_facts), FINDING_FACTS);
    check_wrong(wrong_report, G_N_ELEMENTS(wrong_report), FINDING_REPORT);
    check_wrong(wrong_send, G_N_ELEMENTS(wrong_send), FINDING_SEND);
}

static void test_unsupported_keys(void **state)
{
    static const char *const keys[] = {"approval", "retention"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autofree char *line = g_strconcat(keys[i], ": {a: b}", NULL);
        g_autofree char *words = g_strconcat(keys[i], " is not supported by this version", NULL);
        g_autofree char *text = with_line(line);
        g_autoptr(Playbook) playbook = load_text(text, findings);

        assert_non_null(playbook);
        EXPECT(findings, {12, 1, "playbook-unsupported", words});
    }
}

static const LawAnchor *anchor_of(const GPtrArray *anchors, guint index)
{
    assert_true(index < anchors->len);
    return g_ptr_array_index(anchors, index);
}

static void test_law(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *text = with_line(
        "regimes: [cn-pipl, {id: eu-gdpr, people: \"region == 'DE'\", zone: Europe/Berlin, calendar: de, role: processor,"
        " anchors: {awareness: 2026-11-21T10:00+01:00}, variables: {risk: high}}]\n"
        "anchors: {handling_end: 2026-12-01, response_end: {at: 2026-12-02T08:00+08:00, by: Li, reason: calm}}\n"
        "variables: {cii: false, affected_state: {lower: 1, likely: 2, upper: 30}, empty: }\n");
    g_autoptr(Playbook) playbook = load_text(text, findings);
    const Law *law = playbook->law;
    const LawRegime *regime = law_regime(law, "eu-gdpr");
    const LawVariable *variable = g_ptr_array_index(law->variables, 1);
    RegimeTime time;

    const Expected unasked = {10, 13, "role-processor-writes", "audience people gets the notice of eu-gdpr"};

    (void)state;
    expect_findings(findings, &unasked, 1); /* whoever keeps the data for somebody under one law alone */
    assert_int_equal(law->regimes->len, 2);
    assert_string_equal(regime->people_text, "region == 'DE'");
    assert_non_null(regime->people);
    assert_non_null(regime->zone);
    assert_string_equal(regime->calendar, "de");
    assert_string_equal(regime->role, "processor");
    assert_true(law_anchor(playbook, regime, "awareness", &time, NULL));
    assert_false(law_anchor(playbook, NULL, "awareness", &time, NULL)); /* the incident has no detected_at */
    assert_true(anchor_of(law->anchors, 0)->time.is_day);
    assert_string_equal(anchor_of(law->anchors, 1)->by, "Li");
    assert_int_equal(law->variables->len, 2); /* one that is left empty is not known */
    assert_string_equal(variable->upper, "30");
}

static void test_wrong_law(void **state)
{
    static const struct {
        const char *line;
        Expected expected;
    } rows[] = {
        {"regimes: {a: b}", {12, 10, "playbook-type", "regimes"}},
        {"regimes: [eu-gdpr, eu-gdpr]", {12, 20, "playbook-value", "twice"}},
        {"regimes: [{zone: Europe/Berlin}]", {12, 11, "playbook-missing-key", "id"}},
        {"regimes: [{id: eu-gdpr, zonne: Europe/Berlin}]", {12, 25, "playbook-unknown-key", "did you mean \"zone\""}},
        {"regimes: [{id: eu-gdpr, zone: Europe/Berlyn}]", {12, 31, "playbook-value", "Europe/Berlyn"}},
        {"regimes: [{id: eu-gdpr, people: \"region =\"}]", {12, 41, "playbook-value", "people: "}},
        {"regimes: [{id: eu-gdpr, role: boss}]", {12, 31, "playbook-value", "boss"}},
        {"anchors: {awareness: 2026-11-21T22:10}", {12, 22, "playbook-time-offset", "+08:00"}},
        {"anchors: {awareness: 2026-02-30}", {12, 22, "playbook-value", "2026-02-30"}},
        {"anchors: {Awareness: 2026-02-20}", {12, 11, "playbook-value", "no name"}},
        {"anchors: {awareness: {by: Li}}", {12, 22, "playbook-missing-key", "at"}},
        {"variables: {cii: [true]}", {12, 18, "playbook-type", "true, high"}},
        {"variables: {affected_state: {lower: 9, upper: 3}}", {12, 29, "playbook-value", "must not decrease"}},
        {"variables: {affected_state: {least: 9}}", {12, 30, "playbook-unknown-key", "least"}},
        {"incident: {id: leak, status: exercise, level: 0}", {2, 47, "playbook-value", "level"}},
        {"organization: {name: Example, contact: {email: help@example.com}, data_region: \"???\"}",
         {3, 80, "playbook-value", "no region"}},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autofree char *text = with_line(rows[i].line);
        g_autoptr(Playbook) playbook = load_text(text, findings);

        assert_non_null(playbook);
        expect_findings(findings, &rows[i].expected, 1);
        assert_int_equal(findings_get(findings, 0)->stage, FINDING_REPORT); /* none of it stops the facts */
    }
}

static void test_nothing_given(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook = load_text("{}", findings);

    (void)state;
    assert_non_null(playbook);
    EXPECT(findings, {1, 1, "playbook-missing-key", "version: add version: 1"},
           {1, 1, "playbook-missing-key", "incident"}, {1, 1, "playbook-missing-key", "organization"},
           {1, 1, "playbook-missing-key", "facts"}, {1, 1, "playbook-missing-key", "impact"},
           {1, 1, "playbook-missing-key", "measures"}, {1, 1, "playbook-missing-key", "advice"},
           {1, 1, "playbook-missing-key", "remedies"}, {1, 1, "playbook-missing-key", "people"},
           {1, 1, "playbook-missing-key", "audiences"}, {1, 1, "playbook-missing-key", "gateways"});
    assert_int_equal(findings_errors(findings, FINDING_FACTS), 4);
    assert_int_equal(findings_errors(findings, FINDING_REPORT), 8);
}

/* A regulator's first report needs no people: the facts are usable all the same. */
static void test_stages(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *text = with_line("people:");
    g_autoptr(Playbook) playbook = load_text(text, findings);

    (void)state;
    EXPECT(findings, {9, 1, "playbook-missing-key", "people has no value: write people: people.csv"});
    assert_int_equal(findings_errors(findings, FINDING_REPORT), 0);
    assert_null(playbook->people_path);
}

static void test_warnings(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *order = with_line("audiences: [{id: all, template: a, ladder: [email]},"
                                       " {id: late, match: x == 1, template: a, ladder: [email]},"
                                       " {id: fine, match: x == 1, template: a, ladder: [email], also: true}]");
    g_autofree char *fact = with_line("facts: {what_happened: x, affectd: y}");
    g_autoptr(Playbook) first = load_text(order, findings);
    g_autoptr(Findings) more = findings_new();
    g_autoptr(Playbook) second = load_text(fact, more);
    g_autoptr(Findings) unknown = findings_new();
    g_autofree char *what = with_line(
        "facts: {what_happened: {unknown: {as_of: 2026-11-21T10:00Z, next_update: 2099-11-22T10:00Z}}, which_data: x}");
    g_autoptr(Playbook) third = load_text(what, unknown);

    (void)state;
    assert_true(first && second);
    EXPECT(findings, {10, 54, "playbook-audience-order", "nobody falls into audience late, for everybody matches all"});
    EXPECT(unknown, {4, 24, "playbook-unknown-what", "what_happened is still unknown"});
    assert_null(playbook_fact(third, "what_happened")->text);
    EXPECT(more, {4, 27, "playbook-fact-name", "fact \"affectd\": did you mean \"affected\"?"});
    assert_int_equal(findings_errors(findings, FINDING_SEND) + findings_errors(more, FINDING_SEND), 0);
}

static void test_unusable_files(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *missing = g_build_filename(expect_home, "gone.yaml", NULL);

    (void)state;
    assert_null(load_playbook(missing, findings));
    assert_null(load_text("- a\n", findings));
    assert_null(load_text("a: 'b\n", findings));
    EXPECT(findings, {0, 0, "yaml-unreadable", "No such file"},
           {1, 1, "playbook-type", "the playbook must be a map (key: value), not a list"},
           {1, 4, "yaml-syntax", "never closed"});
    assert_int_equal(findings_errors(findings, FINDING_FACTS), 3);
}

static void test_people_and_kinds(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *people =
        with_line("people: {file: p.jsonl, default_country: TW, columns: {手机: phone, a b: plan}}");
    g_autofree char *facts =
        with_line("facts: {what_happened: x, data_kinds: [name, mine], "
                  "cause: {unknown: {as_of: 2026-11-21T22:10+08:00, next_update: 2099-11-28T18:00+08:00}}}");
    g_autoptr(Playbook) first = load_text(people, findings);
    g_autoptr(Playbook) second = load_text(facts, findings);
    const PeopleRename *rename = g_ptr_array_index(first->people_columns, 0);
    const Fact *cause = playbook_fact(second, "cause");

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_string_equal(first->people_country, "TW");
    assert_int_equal(first->people_columns->len, 2);
    assert_string_equal(rename->theirs, "手机");
    assert_string_equal(rename->ours, "phone");
    assert_int_equal(rename->at.column, 56);
    assert_int_equal(second->data_kinds->len, 2);
    assert_non_null(playbook_data_kind(second, "mine"));
    assert_null(playbook_data_kind(second, "email"));
    assert_null(cause->text);
    assert_true(cause->as_of.known && cause->next_update.known);
}

/* The clock is an argument. */
static void test_overdue(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *facts =
        with_line("facts: {what_happened: x, "
                  "cause: {unknown: {as_of: 2026-11-21T22:10+08:00, next_update: 2026-11-28T18:00+08:00}}}");
    g_autoptr(Playbook) playbook = load_text(facts, findings);
    int64_t promised = playbook_fact(playbook, "cause")->next_update.at;

    (void)state;
    load_facts_overdue(playbook, promised, findings);
    expect_findings(findings, NULL, 0);
    load_facts_overdue(playbook, promised + 1, findings);
    EXPECT(findings, {4, 34, "playbook-unknown-overdue", "promised more by 2026-11-28T18:00:00+08:00, which is over"});
}

static void test_future(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *incident = with_line("incident: {id: a, status: actual, detected_at: 2026-11-20T10:00Z, "
                                          "confirmed_at: 2026-11-20T11:00Z}");
    g_autoptr(Playbook) playbook = load_text(incident, findings);
    int64_t confirmed = playbook->incident.confirmed_at.at;

    (void)state;
    load_playbook_future(playbook, confirmed, findings);
    expect_findings(findings, NULL, 0);
    load_playbook_future(playbook, confirmed - 1, findings);
    EXPECT(findings, {2, 81, "playbook-time-future", "confirmed_at lies in the future"});
}

/* A folder is no playbook, but may hold one. */
static void test_folder(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *inside = g_build_filename(expect_home, "case", "playbook.yaml", NULL);
    g_autofree char *at = g_path_get_dirname(inside);

    (void)state;
    assert_int_equal(g_mkdir_with_parents(at, 0700), 0);
    assert_null(load_playbook(at, findings));
    assert_true(g_file_set_contents(inside, "version: 1\n", -1, NULL));
    assert_null(load_playbook(at, findings));
    assert_int_equal(findings_count(findings), 2);
    assert_non_null(strstr(findings_get(findings, 0)->text, "without a playbook.yaml"));
    assert_non_null(strstr(findings_get(findings, 1)->text, inside));
    assert_int_equal(unlink(inside), 0);
    assert_int_equal(rmdir(at), 0);
}

static void test_channels(void **state)
{
    (void)state;
    assert_string_equal(load_playbook_channels()[0], "email");
    assert_true(g_strv_contains(load_playbook_channels(), "letter"));
    assert_false(g_strv_contains(load_playbook_channels(), "announcement")); /* nobody is told by it alone */
}

/* The smallest playbook as edition 2 with this line under it. */
static Playbook *load_update(const char *update, Findings *findings)
{
    g_autofree char *base = with_line("incident: {id: leak, status: actual, edition: 2}");
    g_autofree char *text = g_strconcat(base, update, "\n", NULL);

    return load_text(text, findings);
}

static void test_update(void **state)
{
    static const struct {
        const char *line;
        UpdateKind kind;
    } rows[] = {
        {"update: {kind: update, what_changed: {en: news}, need_to_act: true}", UPDATE_NEWS},
        {"update: {kind: correction, wrong: a, right: b, need_to_act: false, template: mend}", UPDATE_CORRECTION},
        {"update: {kind: withdrawal, what_changed: why, need_to_act: false, match: \"age > 3\"}", UPDATE_WITHDRAWAL},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Playbook) playbook = load_update(rows[i].line, findings);

        expect_findings(findings, NULL, 0);
        assert_int_equal(playbook->incident.edition, 2);
        assert_int_equal(playbook->update->kind, rows[i].kind);
        assert_int_equal(playbook->update->need_to_act, i == 0);
        assert_string_equal(playbook->update->template_name, i == 1 ? "mend" : "update");
        assert_int_equal(playbook->update->match != NULL, i == 2);
        assert_false(playbook->update->first_notice_at.known);
    }
}

static void test_wrong_update(void **state)
{
    static const Wrong rows[] = {
        {"update: {kind: update, need_to_act: true}",
         {12, 9, "playbook-missing-key", "kind update needs what_changed"}},
        {"update: {kind: correction, wrong: a, need_to_act: true}",
         {12, 9, "playbook-missing-key", "kind correction needs right: say what is true instead"}},
        {"update: {kind: withdrawal, need_to_act: true}",
         {12, 9, "playbook-missing-key", "kind withdrawal needs what_changed: say why the notice is withdrawn"}},
        {"update: {kind: update, what_changed: x}", {12, 9, "playbook-missing-key", "lacks the key need_to_act"}},
        {"update: {kind: news, what_changed: x, need_to_act: true}",
         {12, 16, "playbook-value", "expected update, correction, withdrawal"}},
        {"update: {what_changed: x, need_to_act: true}", {12, 9, "playbook-missing-key", "lacks the key kind"}},
        {"update: {kind: update, what_changed: x, need_to_act: true, match: \"age <\"}",
         {12, 73, "playbook-value", "match: "}},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Playbook) playbook = load_update(rows[i].line, findings);

        assert_non_null(playbook);
        expect_findings(findings, &rows[i].expected, 1);
    }
}

static void test_shipped_playbooks(void **state)
{
    static const char *const shipped[] = {
        BREACH_SOURCE_DIR "/playbooks/credential-leak.yaml",
        BREACH_SOURCE_DIR "/playbooks/credential-leak-email.yaml",
        BREACH_SOURCE_DIR "/playbooks/misdirected-export.yaml",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(shipped); i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Playbook) playbook = load_playbook(shipped[i], findings);

        expect_findings(findings, NULL, 0);
        assert_int_equal(playbook->incident.status, INCIDENT_EXERCISE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_smallest),
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_ten_mistakes),
        cmocka_unit_test(test_wrong_lines),
        cmocka_unit_test(test_unsupported_keys),
        cmocka_unit_test(test_law),
        cmocka_unit_test(test_wrong_law),
        cmocka_unit_test(test_nothing_given),
        cmocka_unit_test(test_stages),
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_unusable_files),
        cmocka_unit_test(test_future),
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_channels),
        cmocka_unit_test(test_shipped_playbooks),
        cmocka_unit_test(test_people_and_kinds),
        cmocka_unit_test(test_overdue),
        cmocka_unit_test(test_update),
        cmocka_unit_test(test_wrong_update),
    };

    return cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
}
