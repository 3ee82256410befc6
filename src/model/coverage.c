#include "model/coverage.h"

#include <string.h>

#include "base/language.h"
#include "base/text.h"

static const CoverageContent contents[] = {
    {"title", N_("the title that the law fixes"), NULL,
     N_("write it as the subject and the first line of the template")},
    {"organization", N_("who writes"), "organization.name", N_("set organization.name, and name it in the template")},
    {"what_happened", N_("what happened"), "facts.what_happened", N_("write facts.what_happened")},
    {"when", N_("when it happened"), "incident.occurred_at", N_("set incident.occurred_at")},
    {"discovered", N_("when it was discovered"), "incident.detected_at", N_("set incident.detected_at")},
    {"cause", N_("the cause"), "facts.cause",
     N_("write facts.cause, or say that it is unknown and when you will write again")},
    {"data_kinds", N_("which data it concerns"), "facts.data_kinds", N_("list facts.data_kinds")},
    {"harm", N_("what it may mean for the reader"), "impact", N_("write impact")},
    {"measures", N_("what was done or will be done"), "measures", N_("write measures.taken or measures.planned")},
    {"measures_taken", N_("what has been done"), "measures.taken", N_("write measures.taken")},
    {"measures_planned", N_("what will be done"), "measures.planned", N_("write measures.planned")},
    {"protection", N_("how the data was protected"), "facts.protection", N_("write facts.protection")},
    {"advice", N_("what the reader can do"), "advice", N_("write advice")},
    {"remedies", N_("how harm is made good"), "remedies", N_("write remedies")},
    {"identity_protection", N_("the free offer against identity theft"), "facts.identity_protection",
     N_("write facts.identity_protection")},
    {"credit_agencies", N_("the credit reporting agencies"), "facts.credit_agencies",
     N_("write facts.credit_agencies: free numbers and addresses")},
    {"agencies", N_("the public agencies that help"), "facts.agencies",
     N_("write facts.agencies: their telephone numbers and web sites")},
    {"contact", N_("how to reach us"), "contact", N_("set organization.contact")},
    {"hotline", N_("a number to call"), "contact.phone", N_("set organization.contact.phone")},
    {"dpo", N_("the contact for data protection"), "contact", N_("set organization.contact, or organization.dpo")},
    {"officer", N_("the data protection officer by name"), "organization.dpo.name", N_("set organization.dpo")},
    {"complaint", N_("where to complain"), NULL, N_("name the authorities in the template")},
    {"rights", N_("the reader's legal rights"), "facts.rights", N_("write facts.rights")},
    {"notice_date", N_("the date of the notice"), NULL, N_("put {{notice_date}} into the template")},
    {"law_enforcement", N_("whether the police asked to wait"), "facts.law_enforcement",
     N_("write facts.law_enforcement")},
    {"delay_reason", N_("why the notice comes late"), "facts.delay_reason", N_("write facts.delay_reason")},
    {"follow_up", N_("that another notice follows"), "facts.follow_up", N_("write facts.follow_up")},
    {"change", N_("what has changed"), "update.what_changed", N_("write update.what_changed")},
    {"verify", N_("how to check that the notice is genuine"), NULL, N_("put {{number}} into the template")},
    {"full_text", N_("where the full text is"), NULL, N_("say in the template where the full text can be read")},
};

G_STATIC_ASSERT(G_N_ELEMENTS(contents) <= 64);

const CoverageContent *coverage_contents(size_t *count)
{
    *count = G_N_ELEMENTS(contents);
    return contents;
}

const CoverageContent *coverage_content(const char *id)
{
    for (size_t i = 0; i < G_N_ELEMENTS(contents); i++)
        if (strcmp(contents[i].id, id) == 0)
            return &contents[i];
    return NULL;
}

CoverageSet coverage_bit(const char *id)
{
    const CoverageContent *content = coverage_content(id);

    return content ? (CoverageSet)1 << (content - contents) : 0;
}

const char *coverage_nearest(const char *id)
{
    const char *ids[G_N_ELEMENTS(contents) + 1] = {NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(contents); i++)
        ids[i] = contents[i].id;
    return text_nearest(id, ids);
}

/* Requirements --------------------------------------------------------------------------------------------------- */

static void requirement_free(gpointer data)
{
    CoverageRequirement *requirement = data;

    g_free(requirement->source);
    g_free(requirement->field);
    g_free(requirement->text);
    g_free(requirement->reference);
    g_free(requirement->exact);
    g_free(requirement);
}

GPtrArray *coverage_list_new(void)
{
    return g_ptr_array_new_with_free_func(requirement_free);
}

CoverageRequirement *coverage_require(GPtrArray *list, const char *source, const char *field, const char *text,
                                      const char *reference, const char *const *ids)
{
    CoverageRequirement *requirement = g_new0(CoverageRequirement, 1);

    requirement->source = g_strdup(source);
    requirement->field = g_strdup(field);
    requirement->text = g_strdup(text);
    requirement->reference = g_strdup(reference);
    for (const char *const *id = ids; id && *id; id++)
        requirement->content |= coverage_bit(*id);
    g_ptr_array_add(list, requirement);
    return requirement;
}

static char *joined(CoverageSet set, bool is_write)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(contents); i++)
        if (set >> i & 1)
            g_string_append_printf(text, "%s%s", text->len > 0 ? is_write ? "; " : ", " : "",
                                   _(is_write ? contents[i].write : contents[i].label));
    return g_string_free(text, FALSE);
}

char *coverage_labels(CoverageSet set)
{
    return joined(set, false);
}

char *coverage_write(CoverageSet set)
{
    return joined(set, true);
}

const char *coverage_verdict_name(CoverageVerdict verdict)
{
    static const char *const names[COVERAGE_VERDICTS] = {"met", "unknown", "empty", "heading", "missing"};

    return names[verdict];
}

/* Judging -------------------------------------------------------------------------------------------------------- */

/* A line counts as a heading when it is the words and nothing else: "# " is how a letter marks one, and a title may
 * stand behind the name of who writes. */
static bool is_heading(const char *line, const char *exact)
{
    line += strspn(line, "# \t");
    return g_str_has_prefix(line, exact) && line[strlen(exact)] == '\0';
}

/* The line on which they stand, or NULL. */
static const char *const *find_heading(const char *const *lines, const char *exact)
{
    for (const char *const *line = lines; *line; line++)
        if (is_heading(*line, exact))
            return line;
    return NULL;
}

bool coverage_headings_in_order(const GPtrArray *list, const char *source, const char *const *lines, const char **late)
{
    const char *const *before = lines;

    for (guint i = 0; i < list->len; i++) {
        const CoverageRequirement *requirement = g_ptr_array_index(list, i);
        const char *const *line = requirement->exact && strcmp(requirement->source, source) == 0
                                      ? find_heading(lines, requirement->exact)
                                      : NULL;

        if (line && line < before) {
            *late = requirement->exact;
            return false;
        }
        before = line ? line : before;
    }
    return true;
}

CoverageVerdict coverage_judge(const CoverageRequirement *requirement, const CoverageText *text,
                               const char *const *lines, CoverageSet *lacking)
{
    CoverageSet wanted = requirement->content;
    CoverageSet missing = wanted & ~text->covered & (requirement->may_be_empty ? text->known : ~(CoverageSet)0);
    CoverageSet unknown = requirement->allows_unknown ? 0 : wanted & text->unknown;

    if (lacking)
        *lacking = missing ? missing : unknown;
    if (missing & ~text->marked)
        return COVERAGE_MISSING;
    if (missing)
        return COVERAGE_EMPTY;
    if (unknown)
        return COVERAGE_UNKNOWN;
    if (lines && requirement->exact && !find_heading(lines, requirement->exact))
        return COVERAGE_HEADING;
    return COVERAGE_MET;
}

bool coverage_has_words(const char *text, size_t length, bool is_html)
{
    bool is_tag = false;

    for (const char *at = text; at < text + length;) {
        size_t left = (size_t)(text + length - at);

        if (is_html && (*at == '<' || *at == '>')) {
            is_tag = *at == '<';
            at++;
        } else if (is_html && !is_tag && *at == '&') { /* an entity: its name is no word */
            const char *end = memchr(at, ';', left);

            at = end ? end + 1 : at + 1;
        } else if (is_tag || !g_unichar_isalnum(g_utf8_get_char(at))) {
            at = g_utf8_next_char(at);
        } else {
            return true;
        }
    }
    return false;
}
