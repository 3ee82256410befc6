/* incident_files - for the tests of material and freeze: a whole incident in a folder of its own. */
#ifndef BREACH_TESTS_INCIDENT_FILES_H
#define BREACH_TESTS_INCIDENT_FILES_H

#include "load_expect.h"

static const char *const incident_playbook =
    "version: 1\n"
    "incident: {id: leak, status: exercise}\n"
    "organization: {name: {en: Example, zh-CN: 示例}, contact: {email: help@example.com}}\n"
    "facts: {what_happened: {en: Somebody copied data, zh-CN: 有人复制了数据}}\n"
    "impact: [Fake messages]\n"
    "measures: {taken: [Keys replaced]}\n"
    "advice: [Change your password]\n"
    "remedies: [We help]\n"
    "people: people.csv\n"
    "audiences: [{id: people, template: plain, ladder: [email]}]\n"
    "gateways: {email: relay}\n";

static const char *const incident_gateway =
    "version: 1\n"
    "name: relay\n"
    "kind: smtp\n"
    "host: 127.0.0.1\n"
    "port: 2525\n"
    "tls: none\n"
    "from: notice@example.com\n"
    "bounce: bounce@example.com\n";

/* One file of the incident, written anew. */
static inline void incident_put(const char *folder, const char *name, const char *text)
{
    g_free(expect_text(folder, name, text));
}

/* The same with `from` replaced by `to`, which must stand in it. */
static inline void incident_edit(const char *folder, const char *name, const char *text, const char *from,
                                 const char *to)
{
    g_autoptr(GString) edited = g_string_new(text);

    assert_true(g_string_replace(edited, from, to, 0) > 0);
    incident_put(folder, name, edited->str);
}

static inline void incident_template(const char *folder, const char *locale, const char *text)
{
    g_autofree char *subject = g_strdup_printf("templates/plain/%s/email.subject", locale);
    g_autofree char *plain = g_strdup_printf("templates/plain/%s/email.txt", locale);
    g_autofree char *html = g_strdup_printf("templates/plain/%s/email.html", locale);

    incident_put(folder, subject, "{{organization.name}}: notice");
    incident_put(folder, plain, text);
    incident_put(folder, html, "<body>{{facts.what_happened}}</body>");
}

/* A new folder with all of it, in two languages, and three people. */
static inline char *incident_folder(void)
{
    char *folder = expect_folder();

    incident_put(folder, "playbook.yaml", incident_playbook);
    incident_put(folder, "gateways/relay.yaml", incident_gateway);
    incident_put(folder, "people.csv",
                 "id,name,email,locale\n"
                 "p1,Ann,ann@x.example,en\n"
                 "p2,Bob,bob@x.example,zh-CN\n"
                 "p3,Cid,cid@x.example,\n");
    incident_template(folder, "en", "{{facts.what_happened}}\n");
    incident_template(folder, "zh-CN", "{{facts.what_happened}}\n");
    return folder;
}

#endif
