#include "model/report_source.h"

#include <string.h>

#include "base/language.h"
#include "base/text.h"

/* A name that ends in a full stop is a family: what stands behind it is a name of the playbook's own. */
static const ReportSource rows[] = {
    {"organization.name", "organization: {name: …}", N_("name of the organisation")},
    {"organization.address", "organization: {address: …}", N_("its postal address")},
    {"organization.contact", "organization: {contact: {email: …, phone: …}}", N_("how to reach it")},
    {"organization.dpo", "organization: {dpo: {name: …, email: …, phone: …}}", N_("data protection officer")},
    {"organization.registration", "organization: {registration: …}", N_("registration number")},
    {"organization.role", "organization: {role: controller}", N_("controller, joint controller or processor")},
    {"organization.on_behalf_of", "organization: {on_behalf_of: …}", N_("for whom it handles the data")},
    {"incident.id", "incident: {id: …}", N_("our reference of the incident")},
    {"incident.occurred_at", "incident: {occurred_at: …}", N_("when it happened")},
    {"incident.detected_at", "incident: {detected_at: …}", N_("when it was found")},
    {"incident.awareness", "anchors: {awareness: …}", N_("when the organisation became aware, who says so and why")},
    {"incident.confirmed_at", "incident: {confirmed_at: …}", N_("when it was confirmed")},
    {"incident.contained_at", "incident: {contained_at: …}", N_("when it was contained")},
    {"incident.duration", "incident: {occurred_at: …, contained_at: …}", N_("how long it lasted")},
    {"incident.kind", "incident: {kind: …}", N_("kind of incident")},
    {"incident.level", "incident: {level: …}", N_("level of the incident")},
    {"incident.timeline", NULL, N_("all times that are known, in order")},
    {"anchors.", "anchors: {NAME: …}", N_("a time from which a period is counted")},
    {"variables.", "variables: {NAME: …}", N_("a value on which duties depend")},
    {"facts.data_kinds", "facts: {data_kinds: [ … ]}", N_("kinds of data")},
    {"facts.sensitive_kinds", NULL, N_("the sensitive ones among the kinds of data")},
    {"facts.", "facts: {NAME: …}", N_("a fact")},
    {"affected", "facts: {affected: {lower: …, likely: …, upper: …, as_of: …}}", N_("how many people, with the range")},
    {"affected.lower", "facts: {affected: {lower: …}}", N_("how many people at least")},
    {"affected.likely", "facts: {affected: {likely: …}}", N_("how many people probably")},
    {"affected.upper", "facts: {affected: {upper: …}}", N_("how many people at most")},
    {"affected.as_of", "facts: {affected: {as_of: …}}", N_("as of when they were counted")},
    {"impact", "impact: [ … ]", N_("what it may mean for people")},
    {"measures.taken", "measures: {taken: [ … ]}", N_("what was done")},
    {"measures.planned", "measures: {planned: [ … ]}", N_("what will be done")},
    {"advice", "advice: [ … ]", N_("what people can do")},
    {"remedies", "remedies: [ … ]", N_("what is done for those who are harmed")},
    {"notices", NULL, N_("how many people were told, since when and by which channels")},
    {"announcement", "announcement: {gateway: …, url: …}", N_("what was announced to the public")},
    {"decisions", NULL, N_("decisions not to tell or to wait, with their grounds")},
    {"response", NULL, N_("steps of the response, with their times")},
    {"lateness", NULL, N_("reasons for the delay, when the report is late")},
    {"filing.stage", NULL, N_("first report, follow-up or final report")},
    {"filing.reference", NULL, N_("reference that the authority gave to an earlier report")},
    {"filing.previous", NULL, N_("when earlier reports were filed")},
    {"filing.to_follow", NULL, N_("what this report leaves for a later one, when it does")},
    {"filing.changes", NULL, N_("what changed since the report before")},
    {"filing.authorities", NULL, N_("other authorities that were told")},
    {"confidential.system", "confidential: {system: …}", N_("the system or platform concerned")},
    {"confidential.place", "confidential: {place: …}", N_("where the systems stand")},
    {"confidential.discovery", "confidential: {discovery: …}", N_("how it was found")},
    {"confidential.trend", "confidential: {trend: …}", N_("how it may develop")},
    {"confidential.cause", "confidential: {cause: …}", N_("technical cause")},
    {"confidential.traces", "confidential: {traces: …}", N_("clues: attackers, ways in, vulnerabilities")},
    {"confidential.indicators", "confidential: {indicators: …}", N_("indicators of compromise")},
    {"confidential.protection", "confidential: {protection: …}", N_("protection that was in place before")},
    {"confidential.scene", "confidential: {scene: …}", N_("how the evidence is preserved")},
    {"confidential.support", "confidential: {support: …}", N_("help that is asked of the authority")},
    {"confidential.ransom.amount", "confidential: {ransom: {amount: …}}", N_("ransom demanded")},
    {"confidential.ransom.method", "confidential: {ransom: {method: …}}", N_("how it is to be paid")},
    {"confidential.ransom.date", "confidential: {ransom: {date: …}}", N_("by when it is to be paid")},
    {"confidential.loss", "confidential: {loss: …}", N_("costs and losses")},
    {"confidential.accountability", "confidential: {accountability: …}", N_("who was held to account")},
    {"confidential.improvement", "confidential: {improvement: …}", N_("what was put right for good")},
    {"confidential.lessons", "confidential: {lessons: …}", N_("lessons learned")},
    {"confidential.other", "confidential: {other: …}", N_("anything else for the authority")},
};

const ReportSource *report_sources(size_t *count)
{
    *count = G_N_ELEMENTS(rows);
    return rows;
}

/* Whether `row` is a family and `name` a member of it: one word of a-z, 0-9 and _. */
static bool is_member(const ReportSource *row, const char *name)
{
    size_t length = strlen(row->name);
    const char *rest = name + length;

    if (row->name[length - 1] != '.' || strncmp(name, row->name, length) != 0)
        return false;
    return *rest && strspn(rest, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(rest);
}

const ReportSource *report_source(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (is_member(&rows[i], name) || (strcmp(rows[i].name, name) == 0 && !g_str_has_suffix(name, ".")))
            return &rows[i];
    return NULL;
}

bool report_source_is_confidential(const char *name)
{
    return g_str_has_prefix(name, REPORT_CONFIDENTIAL);
}

const char *report_source_nearest(const char *name)
{
    const char *names[G_N_ELEMENTS(rows) + 1];

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        names[i] = rows[i].name;
    names[G_N_ELEMENTS(rows)] = NULL;
    return text_nearest(name, names);
}

static void use_free(gpointer data)
{
    ReportSourceUse *use = data;

    g_free(use->name);
    g_free(use);
}

GPtrArray *report_source_parse(const char *text, char **unknown)
{
    g_auto(GStrv) parts = g_strsplit(text ? text : "", ",", -1);
    GPtrArray *uses = g_ptr_array_new_with_free_func(use_free);

    for (char **part = parts; *part; part++) {
        ReportSourceUse *use = g_new0(ReportSourceUse, 1);

        g_ptr_array_add(uses, use);
        use->name = g_strdup(g_strstrip(*part));
        use->is_optional = g_str_has_suffix(use->name, "?");
        if (use->is_optional)
            use->name[strlen(use->name) - 1] = '\0';
        if (report_source(use->name))
            continue;
        if (unknown)
            *unknown = g_strdup(use->name);
        g_ptr_array_unref(uses);
        return NULL;
    }
    return uses;
}
