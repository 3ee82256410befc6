#include "model/response.h"

#include <string.h>

#include "base/language.h"
#include "model/regime.h"

static const char *const names[RESPONSE_KINDS + 1] = {
    [RESPONSE_START] = "start",   [RESPONSE_CONTAIN] = "contain",
    [RESPONSE_ASSESS] = "assess", [RESPONSE_TELL] = "tell",
    [RESPONSE_REPORT] = "report", [RESPONSE_REPORT_HANDLING] = "report-handling",
    [RESPONSE_CLOSE] = "close",   [RESPONSE_DISCLOSE] = "exchange-disclosure",
};

static const char *const words[RESPONSE_KINDS] = {
    [RESPONSE_START] = N_("start the emergency plan"),
    [RESPONSE_CONTAIN] = N_("keep the incident from growing"),
    [RESPONSE_ASSESS] = N_("assess what it means for people"),
    [RESPONSE_TELL] = N_("tell the people concerned"),
    [RESPONSE_REPORT] = N_("report to the authorities"),
    [RESPONSE_REPORT_HANDLING] = N_("report to the authorities how it was handled"),
    [RESPONSE_DISCLOSE] = N_("disclose it to the stock exchange"),
    [RESPONSE_CLOSE] = N_("close the case"),
};

static void free_step(gpointer step)
{
    response_step_free(step);
}

Response *response_new(void)
{
    Response *response = g_new0(Response, 1);

    response->steps = g_ptr_array_new_with_free_func(free_step);
    return response;
}

void response_free(Response *response)
{
    if (!response)
        return;
    g_ptr_array_unref(response->steps);
    g_free(response->inquiries.calendar);
    g_free(response);
}

ResponseStep *response_step_new(void)
{
    return g_new0(ResponseStep, 1);
}

void response_step_free(ResponseStep *step)
{
    if (!step)
        return;
    locale_text_free(step->title);
    g_free(step->id);
    g_free(step->owner);
    g_free(step);
}

const ResponseStep *response_step(const Response *response, const char *id)
{
    for (guint i = 0; response && i < response->steps->len; i++) {
        const ResponseStep *step = g_ptr_array_index(response->steps, i);

        if (g_strcmp0(step->id, id) == 0)
            return step;
    }
    return NULL;
}

const char **response_step_ids(const Response *response)
{
    guint count = response ? response->steps->len : 0;
    const char **ids = g_new0(const char *, count + 1);

    for (guint i = 0; i < count; i++)
        ids[i] = ((const ResponseStep *)g_ptr_array_index(response->steps, i))->id;
    return ids;
}

const char *response_kind_name(ResponseKind kind)
{
    return names[kind];
}

const char *const *response_kind_names(void)
{
    return names;
}

const char *response_kind_words(ResponseKind kind)
{
    return words[kind];
}

const char *response_step_title(const ResponseStep *step, const char *locale)
{
    const char *title = step->title ? regime_text(step->title, locale) : NULL;

    return title ? title : words[step->kind];
}
