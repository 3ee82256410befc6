#include "load/load_response.h"

#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "model/playbook.h"

#define DAYS_MOST 365

static const char *const froms[] = {"received", "verified", NULL};  /* as InquiryFrom */
static const char *const counts[] = {"calendar", "business", NULL}; /* as InquiryCount */

static Response *response_of(Playbook *playbook)
{
    if (!playbook->response)
        playbook->response = response_new();
    return playbook->response;
}

/* Steps ----------------------------------------------------------------------------------------------------------- */

static void set_kind(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const SchemaField choice = {
        .key = field->key, .type = SCHEMA_CHOICE, .stage = field->stage, .words = response_kind_names()};
    int kind = RESPONSE_START;

    schema_value(check, &choice, value, &kind);
    *(ResponseKind *)target = (ResponseKind)kind;
}

static const SchemaField step_fields[] = {
    {"id", SCHEMA_NAME, FINDING_REPORT, .is_required = true, .offset = offsetof(ResponseStep, id),
     .hint = "id: contain"},
    {"kind", SCHEMA_CUSTOM, FINDING_REPORT, .is_required = true, .offset = offsetof(ResponseStep, kind),
     .set = set_kind,
     .hint = N_("kind: start, contain, assess, tell, report, report-handling, exchange-disclosure or close")},
    {"title", SCHEMA_LOCALE_TEXT, FINDING_REPORT, .is_one_line = true, .offset = offsetof(ResponseStep, title)},
    {"owner", SCHEMA_TEXT, FINDING_REPORT, .is_required = true, .offset = offsetof(ResponseStep, owner),
     .hint = N_("owner: who sees to it, such as \"on-call, +86 10 5550 0100\"")},
    {"gate", SCHEMA_BOOL, FINDING_REPORT, .offset = offsetof(ResponseStep, gate)},
    {.key = NULL},
};
static const SchemaTable step_table = {"response", FINDING_REPORT, step_fields, NULL};

static void add_step(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    Response *response = target;
    ResponseStep *step = response_step_new();

    step->at = value->at;
    schema_check(check, &step_table, value, step);
    if (step->id && response_step(response, step->id))
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "there are two response steps of the id %s: give each its own", step->id);
    else if (step->id) {
        g_ptr_array_add(response->steps, step);
        return;
    }
    response_step_free(step);
}

void load_response_set(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const SchemaField list = {
        .key = field->key, .type = SCHEMA_LIST, .stage = field->stage, .set = add_step, .hint = field->hint};

    schema_value(check, &list, value, response_of(target));
}

/* Inquiries ------------------------------------------------------------------------------------------------------- */

/* Whole days only: nobody promises an answer by the hour, and working days have no hours. */
static void set_days(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const char expected[] = "a number of days such as P15D";
    const char *text = schema_scalar(check, field->stage, value, expected);
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    int64_t length = 0;

    if (!text)
        return;
    if (clock_parse_duration(text, &length) && length > 0 && length % CLOCK_DAY == 0 && length / CLOCK_DAY <= DAYS_MOST)
        *(int *)target = (int)(length / CLOCK_DAY);
    else
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "\"%s\" is no number of days from P1D to P%dD: write P15D for 15 days", shown, DAYS_MOST);
}

static const SchemaField rule_fields[] = {
    {"deadline", SCHEMA_CUSTOM, FINDING_REPORT, .is_required = true, .offset = offsetof(InquiryRule, days),
     .set = set_days, .hint = "deadline: P15D"},
    {"extension", SCHEMA_CUSTOM, FINDING_REPORT, .offset = offsetof(InquiryRule, extension), .set = set_days,
     .hint = "extension: P30D"},
    {"from", SCHEMA_CHOICE, FINDING_REPORT, .offset = offsetof(InquiryRule, from), .words = froms},
    {"count", SCHEMA_CHOICE, FINDING_REPORT, .offset = offsetof(InquiryRule, count), .words = counts},
    {"calendar", SCHEMA_NAME, FINDING_REPORT, .offset = offsetof(InquiryRule, calendar)},
    {.key = NULL},
};
static const SchemaTable rule_table = {"inquiries", FINDING_REPORT, rule_fields, NULL};

void load_response_rule(const SchemaCheck *check, FindingStage stage, const YamlNode *value, InquiryRule *rule)
{
    rule->at = value->at;
    schema_check(check, &rule_table, value, rule);
    if (rule->count == INQUIRY_BUSINESS_DAYS && !rule->calendar) {
        schema_report(check, stage, SCHEMA_MISSING_KEY, value->at,
                      "inquiries counts working days and needs calendar: whose working days, such as calendar: cn");
        rule->days = 0;
    }
}

void load_response_inquiries(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    load_response_rule(check, field->stage, value, &response_of(target)->inquiries);
}
