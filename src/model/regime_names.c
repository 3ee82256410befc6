#include "model/regime_names.h"

#include <string.h>

#include <glib.h>

#include "base/language.h"
#include "base/text.h"

static const RegimeAnchor anchors[] = {
    {"occurrence", N_("when the incident happened, or may have happened")},
    {"awareness", N_("when the organisation became aware of it")},
    {"discovery", N_("the first day on which the breach was known, or should reasonably have been known")},
    {"classification_major", N_("when it was classified as major, or as at or above the level that counts")},
    {"determination", N_("when it was determined that a reportable incident occurred")},
    {"materiality_determination", N_("when the incident was determined to be material")},
    {"assessment_notifiable", N_("when the breach was assessed as notifiable")},
    {"suspicion", N_("when there were reasonable grounds to suspect a notifiable breach")},
    {"belief", N_("when there were reasonable grounds to believe that a notifiable breach happened")},
    {"handling_end", N_("when the handling of the incident ended")},
    {"response_end", N_("when the emergency response ended")},
    {"measure_available", N_("when a corrective or mitigating measure became available")},
    {"payment", N_("when a ransom or extortion payment was made")},
    {"individuals_notified", N_("when the notices to people were sent")},
    {"regulator_notified", N_("when the authority was notified")},
    {"year_end", N_("31 December of the year of discovery; follows from discovery")},
    {"info_available", N_("when what the first report lacked was found out")},
    {"ascertained", N_("when the facts were ascertained")},
    {"statement_prepared", N_("when the statement to the authority was completed")},
    {"obstacle_end", N_("when the justified obstacle to a timely notice ended")},
};

/* How soon, where the law gives no number, and to whom: as the shipped regimes write it, with blanks for each "_". */
static const char *const phrases[] = {
    N_("after ascertaining"),
    N_("after becoming aware"),
    N_("always"),
    N_("as appropriate"),
    N_("as early as possible"),
    N_("as promptly as possible"),
    N_("as regulated"),
    N_("as soon as feasible"),
    N_("as soon as possible"),
    N_("as soon as practicable"),
    N_("before the missed deadline"),
    N_("contemporaneously with individuals"),
    N_("first moment"),
    N_("immediate"),
    N_("immediately after discovery"),
    N_("immediately on confirmation"),
    N_("in principle"),
    N_("most expedient time"),
    N_("no standard"),
    N_("on request"),
    N_("promptly"),
    N_("promptly by situation"),
    N_("reasonable and expeditious"),
    N_("reasonable time"),
    N_("without delay"),
    N_("without delaying individual notice"),
    N_("without undue delay"),
    N_("without undue delay where feasible"),
    N_("without undue further delay"),
    N_("without unreasonable delay"),
    N_("CAC emergency office"),
    N_("MIIT office + provincial communications administration"),
    N_("both"),
    N_("controller"),
    N_("individuals"),
    N_("internal"),
    N_("local industry regulator"),
    N_("media"),
    N_("other"),
    N_("own department's cyberspace office"),
    N_("police"),
    N_("protection department + police"),
    N_("provincial CAC of the place"),
    N_("region / department"),
    N_("regulator"),
    N_("same channel"),
    N_("sector regulator"),
    N_("telecom authority"),
};

static const char *const risks[] = {"none", "risk", "high", NULL};
static const char *const levels[] = {"0", "1", "2", "3", "4", NULL};
static const char *const roles[] = {"controller", "joint", "processor", NULL};

static const RegimeVariable variables[] = {
    {"affected", REGIME_VARIABLE_COUNT, NULL, N_("how many people are affected")},
    {"affected_state", REGIME_VARIABLE_COUNT, NULL, N_("how many residents of that one state are affected")},
    {"level", REGIME_VARIABLE_WORD, levels, N_("level of the incident: 0 not known, 1 general to 4 extremely major")},
    {"risk", REGIME_VARIABLE_WORD, risks, N_("risk to people: none, risk or high")},
    {"harm", REGIME_VARIABLE_BOOL, NULL, N_("significant harm to people is likely, as the law defines it")},
    {"role", REGIME_VARIABLE_WORD, roles, N_("what the organisation is for this data: controller, joint or processor")},
    {"entity_class", REGIME_VARIABLE_WORD, NULL, N_("what kind of entity the law takes the organisation for")},
    {"sector", REGIME_VARIABLE_WORD, NULL, N_("the sector that the organisation is supervised in")},
    {"cii", REGIME_VARIABLE_BOOL, NULL, N_("critical information infrastructure is involved")},
    {"central_org", REGIME_VARIABLE_BOOL, NULL, N_("the operator is a central organ, or directly affiliated with one")},
    {"sensitive", REGIME_VARIABLE_BOOL, NULL, N_("special categories of data, or sensitive data, are involved")},
    {"unique_id", REGIME_VARIABLE_BOOL, NULL, N_("identifiers that a government gave out are involved")},
    {"minors", REGIME_VARIABLE_BOOL, NULL, N_("data of minors is involved")},
    {"external_attack", REGIME_VARIABLE_BOOL, NULL, N_("somebody from outside got in unlawfully")},
    {"malicious", REGIME_VARIABLE_BOOL, NULL, N_("it may have been done with an improper purpose")},
    {"encrypted", REGIME_VARIABLE_BOOL, NULL, N_("the data cannot be read, and its key is safe")},
    {"ransom_paid", REGIME_VARIABLE_BOOL, NULL, N_("a ransom was paid")},
    {"crime_suspected", REGIME_VARIABLE_BOOL, NULL, N_("a crime is suspected")},
    {"product_risk", REGIME_VARIABLE_BOOL, NULL,
     N_("a flaw of an own product or service touches national security or the public interest")},
    {"contact_missing", REGIME_VARIABLE_COUNT, NULL, N_("how many people have no usable contact data")},
    {"system_records", REGIME_VARIABLE_COUNT, NULL, N_("how many people's records the affected system holds")},
    {"small_agent", REGIME_VARIABLE_BOOL, NULL, N_("the organisation is a small-size agent (Brazil)")},
    {"ongoing", REGIME_VARIABLE_BOOL, NULL, N_("the incident is still going on")},
    {"loss_cny", REGIME_VARIABLE_COUNT, NULL, N_("direct economic loss in CNY")},
    /* what only one step of a law asks: until somebody says, that step may apply */
    {"imminent_misuse", REGIME_VARIABLE_BOOL, NULL, N_("misuse of the data may be imminent")},
    {"financial_interests", REGIME_VARIABLE_BOOL, NULL, N_("the financial interests of clients are affected")},
    {"services_affected", REGIME_VARIABLE_BOOL, NULL, N_("the services that recipients get are likely to be affected")},
    {"core_function", REGIME_VARIABLE_BOOL, NULL, N_("a core function is, or is likely to be, disrupted")},
    {"people_unclear", REGIME_VARIABLE_BOOL, NULL, N_("a leak is suspected, and whose data it is cannot be told yet")},
    {"others_can_help", REGIME_VARIABLE_BOOL, NULL, N_("another organisation or authority can reduce the harm")},
    {"authority_asked", REGIME_VARIABLE_BOOL, NULL, N_("the authority asked for a further report")},
    {"sector_rule", REGIME_VARIABLE_BOOL, NULL, N_("the sector has a rule of its own on reports")},
    {"report_incomplete", REGIME_VARIABLE_BOOL, NULL, N_("what was reported first lacks something")},
    {"deadline_missed", REGIME_VARIABLE_BOOL, NULL, N_("a report will not be made in time")},
    {"reclassified", REGIME_VARIABLE_BOOL, NULL, N_("what was reported as major turned out not to be")},
    {"ongoing_at_final", REGIME_VARIABLE_BOOL, NULL, N_("it was still going on when the final report fell due")},
    {"exploited_flaw", REGIME_VARIABLE_BOOL, NULL, N_("a flaw of an own product is actively exploited")},
    {"severe_incident", REGIME_VARIABLE_BOOL, NULL, N_("the security of an own product is severely affected")},
    /* what scales of severity measure; times are written as PT6H */
    {"affected_sensitive", REGIME_VARIABLE_COUNT, NULL, N_("how many people's sensitive data is affected")},
    {"clause_level", REGIME_VARIABLE_WORD, levels, N_("level at which a person judged the clauses without a number")},
    {"population", REGIME_VARIABLE_COUNT, NULL, N_("how many people's supplies, work or daily life are disturbed")},
    {"province_share", REGIME_VARIABLE_COUNT, NULL, N_("percent of one province's people who are disturbed")},
    {"prefecture_share", REGIME_VARIABLE_COUNT, NULL, N_("percent of one prefecture's people who are disturbed")},
    {"cii_total_outage", REGIME_VARIABLE_WORD, NULL, N_("how long critical infrastructure was down as a whole")},
    {"cii_main_outage", REGIME_VARIABLE_WORD, NULL, N_("how long a main function of critical infrastructure was down")},
    {"telecom_outage", REGIME_VARIABLE_WORD, NULL, N_("how long telecommunication services were down")},
    {"portal_province_outage", REGIME_VARIABLE_WORD, NULL, N_("how long a portal of a province or above was down")},
    {"portal_prefecture_outage", REGIME_VARIABLE_WORD, NULL, N_("how long a portal of a prefecture was down")},
    {"home_page_defaced", REGIME_VARIABLE_WORD, NULL, N_("how long a home page showed unlawful content")},
    {"other_page_defaced", REGIME_VARIABLE_WORD, NULL, N_("how long another page showed unlawful content")},
    {"reposts", REGIME_VARIABLE_COUNT, NULL, N_("how often unlawful content was reposted")},
    {"views", REGIME_VARIABLE_COUNT, NULL, N_("how often unlawful content was viewed")},
};

const RegimeVariable *regime_variable_at(size_t index)
{
    return index < G_N_ELEMENTS(variables) ? &variables[index] : NULL;
}

const RegimeAnchor *regime_anchor_at(size_t index)
{
    return index < G_N_ELEMENTS(anchors) ? &anchors[index] : NULL;
}

const RegimeVariable *regime_variable_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(variables); i++)
        if (strcmp(variables[i].name, name) == 0)
            return &variables[i];
    return NULL;
}

const RegimeAnchor *regime_anchor_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(anchors); i++)
        if (strcmp(anchors[i].name, name) == 0)
            return &anchors[i];
    return NULL;
}

char *regime_words(const char *name)
{
    char *text = g_strdelimit(g_strdup(name), "_", ' ');

    for (size_t i = 0; i < G_N_ELEMENTS(phrases); i++)
        if (strcmp(phrases[i], text) == 0) {
            g_free(text);
            return g_strdup(_(phrases[i]));
        }
    return text;
}

bool regime_variable_fits(const RegimeVariable *variable, const char *text)
{
    static const char *const answers[] = {"true", "false", NULL};
    const char *const *words = variable->kind == REGIME_VARIABLE_BOOL ? answers : variable->words;

    if (!text || !*text)
        return true;
    if (variable->kind == REGIME_VARIABLE_COUNT || variable->kind == REGIME_VARIABLE_NUMBER)
        return g_ascii_string_to_unsigned(text, 10, 0, INT64_MAX, NULL, NULL);
    return !words || g_strv_contains(words, text);
}

const char *regime_variable_nearest(const char *name)
{
    const char *names[G_N_ELEMENTS(variables) + 1] = {NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(variables); i++)
        names[i] = variables[i].name;
    return text_nearest(name, names);
}

const char *regime_anchor_nearest(const char *name)
{
    const char *names[G_N_ELEMENTS(anchors) + 1] = {NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(anchors); i++)
        names[i] = anchors[i].name;
    return text_nearest(name, names);
}
