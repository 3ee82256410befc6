#include "dispatch/approved.h"

#include <string.h>

#include <jansson.h>

#include "base/language.h"
#include "base/text.h"
#include "dispatch/tally.h"
#include "model/sms_text.h"
#include "model/template.h"

#define DAY     INT64_C(86400000)
#define EXCERPT 16 /* characters of each text around the place where they differ */

const GatewayApproved *approved_of(const ApprovedRequest *request)
{
    const Audience *audience = g_ptr_array_index(request->playbook->audiences, request->text->audience);

    return gateway_http_approved(request->gateway->http, request->template_name, audience->id, request->text->locale);
}

/* Comparing ----------------------------------------------------------------------------------------------------- */

/* The name within a mark that starts at `mark`, and what is behind it; NULL: no mark starts there. */
static char *read_mark(const char *mark, const char **behind)
{
    static const struct {
        const char *open, *close;
    } forms[] = {{"${", "}"}, {"{{", ".DATA}}"}, {"{{", "}}"}, {"{", "}"}};

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        const char *name = mark + strlen(forms[i].open);
        const char *end = g_str_has_prefix(mark, forms[i].open) ? strstr(name, forms[i].close) : NULL;
        size_t length = end ? (size_t)(end - name) : 0;

        if (length == 0 || strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != length)
            continue;
        *behind = end + strlen(forms[i].close);
        return g_strndup(name, length);
    }
    return NULL;
}

static char *fill_in(const char *theirs, const json_t *values)
{
    GString *filled = g_string_new(NULL);

    while (*theirs) {
        const char *behind = theirs + 1;
        g_autofree char *name = read_mark(theirs, &behind);
        const char *value = name ? json_string_value(json_object_get(values, name)) : NULL;

        if (value)
            g_string_append(filled, value);
        else
            g_string_append_len(filled, theirs, behind - theirs); /* a mark that nothing fills differs, as it should */
        theirs = behind;
    }
    return g_string_free(filled, FALSE);
}

int approved_differs(const char *ours, const char *theirs, const json_t *values, char **filled)
{
    const char *a = ours;
    const char *b;
    int place = 1;

    *filled = fill_in(theirs, values);
    for (b = *filled; *a && *b && g_utf8_get_char(a) == g_utf8_get_char(b); place++) {
        a = g_utf8_next_char(a);
        b = g_utf8_next_char(b);
    }
    return *a || *b ? place : 0;
}

/* What the names of a request hold for the sample person, so that values can be told apart. */
static json_t *sample_fields(const ApprovedRequest *request, const GatewayApproved *approved, const char *ours)
{
    const Audience *audience = g_ptr_array_index(request->playbook->audiences, request->text->audience);
    const json_t *organization = json_object_get(render_context(request->rendered), "organization");
    char number[ID_NUMBER_LENGTH + 1];
    json_t *fields = json_object();

    for (const char *const *name = gateway_request_names(); *name; name++) {
        g_autofree char *shown = g_strconcat("⟨", *name, "⟩", NULL);

        json_object_set_new(fields, *name, json_string(shown));
    }
    id_number(RENDER_SAMPLE_ID, number);
    json_object_set_new(fields, "number", json_string(number));
    json_object_set_new(fields, "text", json_string(ours));
    json_object_set_new(fields, "locale", json_string(request->text->locale));
    json_object_set_new(fields, "audience", json_string(audience->id));
    json_object_set_new(fields, "channel", json_string(request->text->channel));
    json_object_set_new(fields, "incident", json_string(request->playbook->incident.id));
    json_object_set(fields, "organization", json_object_get(organization, "name"));
    json_object_set_new(fields, "sign", json_string(approved->sign ? approved->sign : ""));
    json_object_set_new(fields, "person", render_sample_person(request->rendered));
    return fields;
}

static json_t *sample_values(const ApprovedRequest *request, const GatewayApproved *approved, const char *ours)
{
    json_auto_t *fields = sample_fields(request, approved, ours);
    g_autoptr(GString) value = g_string_new(NULL);
    json_t *values = json_object();

    for (guint i = 0; i < approved->params->len; i++) {
        const GatewayParam *param = g_ptr_array_index(approved->params, i);

        g_string_truncate(value, 0);
        if (template_render(param->template, (const json_t *const[]){fields}, 1, value, NULL))
            json_object_set_new(values, param->name, json_string(value->str));
    }
    return values;
}

/* Ours without the signature, which the provider puts before its text. */
static char *sample_text(const ApprovedRequest *request, const GatewayApproved *approved)
{
    g_autofree char *ours = render_sample(request->rendered, NULL);
    g_autofree char *sign = ours ? sms_text_sign(ours) : NULL;

    if (sign && approved->sign && strcmp(sign, approved->sign) == 0)
        return g_strdup(strstr(ours, "】") + strlen("】"));
    return g_steal_pointer(&ours);
}

/* Findings ------------------------------------------------------------------------------------------------------ */

/* A few characters from a little before `place` (from 1). */
static char *excerpt(const char *text, int place)
{
    glong length = g_utf8_strlen(text, -1);
    glong start = MAX(0, place - 1 - EXCERPT / 4);
    glong end = MIN(length, start + EXCERPT);
    g_autofree char *part = start < end ? g_utf8_substring(text, start, end) : g_strdup("");

    return g_strdelimit(g_steal_pointer(&part), "\n", ' ');
}

/* How many depend on a text, and how else they can be reached. */
static char *who_depends(const MaterialText *text)
{
    g_autofree char *others = tally_others(text);

    return g_strdup_printf(_("%d first, %d later; other ways: %s; no other way: %d"), (int)text->people,
                           (int)text->later, *others ? others : "-", (int)text->only);
}

static void compare(const ApprovedRequest *request, const GatewayApproved *approved, Findings *findings)
{
    g_autofree char *depends = who_depends(request->text);
    g_autofree char *ours = sample_text(request, approved);
    json_auto_t *values = ours ? sample_values(request, approved, ours) : NULL;
    g_autofree char *theirs = NULL;
    int place = ours ? approved_differs(ours, approved->text, values, &theirs) : 0;
    g_autofree char *our_part = place > 0 ? excerpt(ours, place) : NULL;
    g_autofree char *their_part = place > 0 ? excerpt(theirs, place) : NULL;

    if (place > 0)
        findings_error(
            findings, FINDING_SEND, "text-approved-differs", approved->at,
            "the approved text %s differs from template %s (%s, %s) at character %d: theirs has \"%s\", ours "
            "\"%s\"; people would get theirs: make both the same. Who depends on it: %s",
            approved->id, request->template_name, request->text->channel, request->text->locale, place, their_part,
            our_part, depends);
}

static void check_state(const ApprovedRequest *request, const GatewayApproved *approved, Findings *findings)
{
    g_autofree char *depends = who_depends(request->text);

    if (approved->state != GATEWAY_APPROVED)
        findings_warning(findings, FINDING_SEND, "text-approved-state", approved->at,
                         "the text %s for template %s (%s) is %s: gateway %s will refuse it. Who depends on it: %s",
                         approved->id, request->template_name, request->text->locale,
                         approved->state == GATEWAY_PENDING ? "pending" : "rejected", request->gateway->name, depends);
    else if (!approved->checked_at.known || approved->checked_at.at < request->now - APPROVED_CHECKED_DAYS * DAY)
        findings_warning(findings, FINDING_SEND, "text-approved-stale", approved->at,
                         "nobody has looked for %d days whether the text %s is still approved: look at the provider's "
                         "console and write checked_at. Who depends on it: %s",
                         APPROVED_CHECKED_DAYS, approved->id, depends);
}

void approved_check(const ApprovedRequest *request, Findings *findings)
{
    const GatewayApproved *approved = approved_of(request);
    g_autofree char *depends = who_depends(request->text);

    if (approved) {
        check_state(request, approved, findings);
        compare(request, approved, findings);
    } else if (request->gateway->http->needs_approval)
        findings_error(findings, FINDING_SEND, "text-approved-missing", request->gateway->at,
                       "gateway %s takes approved texts only and has none for template %s (%s): add it under approved. "
                       "Who depends on it: %s",
                       request->gateway->name, request->template_name, request->text->locale, depends);
}
