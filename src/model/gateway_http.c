#include "model/gateway_http.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

static void free_approved(gpointer data)
{
    gateway_approved_free(data);
}

static void free_rule(gpointer data)
{
    gateway_rule_free(data);
}

static void free_pointer(gpointer data)
{
    answer_pointer_free(data);
}

GatewayHttp *gateway_http_new(void)
{
    GatewayHttp *http = g_new0(GatewayHttp, 1);

    http->references = 1;
    gateway_auth_init(&http->auth);
    gateway_answer_init(&http->answer);
    gateway_answer_init(&http->lookup.answer);
    gateway_answer_init(&http->publication.found);
    http->lookup.answer.missing = GATEWAY_MEANS_NOT_FOUND;
    http->publication.found.missing = GATEWAY_MEANS_NOT_FOUND;
    http->lookup.interval = 5 * CLOCK_MINUTE;
    gateway_hmac_init(&http->receipt.hmac);
    http->receipt.rules = g_ptr_array_new_with_free_func(free_rule);
    http->receipt.words = g_ptr_array_new_with_free_func(free_pointer);
    http->receipt.reply = g_strdup("");
    http->receipt.reply_type = g_strdup("text/plain; charset=utf-8");
    http->limits = (GatewayLimits){.batch = 1,
                                   .timeout = 30 * CLOCK_SECOND,
                                   .connect = 10 * CLOCK_SECOND,
                                   .answer_max = INT64_C(256) * 1024,
                                   .retry_after_max = CLOCK_HOUR};
    http->approved = g_ptr_array_new_with_free_func(free_approved);
    http->zone = g_strdup("Z");
    http->alphabet = (GatewayAlphabet){g_strdup("gsm7"), g_strdup("ucs2")};
    return http;
}

GatewayHttp *gateway_http_ref(GatewayHttp *http)
{
    g_atomic_int_inc(&http->references);
    return http;
}

static void clear_receipt(GatewayReceipt *receipt)
{
    g_free(receipt->url);
    g_free(receipt->name);
    g_free(receipt->user);
    g_free(receipt->secret);
    gateway_hmac_clear(&receipt->hmac);
    answer_pointer_free(receipt->list);
    answer_pointer_free(receipt->id);
    answer_pointer_free(receipt->provider_id);
    g_ptr_array_unref(receipt->rules);
    g_ptr_array_unref(receipt->words);
    g_free(receipt->reply);
    g_free(receipt->reply_type);
}

static void clear_publication(GatewayPublication *publication)
{
    gateway_request_free(publication->update);
    gateway_request_free(publication->withdraw);
    gateway_request_free(publication->find);
    gateway_request_free(publication->read);
    gateway_answer_clear(&publication->found);
    answer_pointer_free(publication->read_text);
    answer_pointer_free(publication->url);
    template_free(publication->url_template);
    g_free(publication->content);
}

void gateway_http_unref(GatewayHttp *http)
{
    if (!http || !g_atomic_int_dec_and_test(&http->references))
        return;
    g_free(http->preset);
    gateway_request_free(http->request);
    gateway_auth_clear(&http->auth);
    gateway_answer_clear(&http->answer);
    g_free(http->idempotency.name);
    gateway_request_free(http->lookup.request);
    gateway_answer_clear(&http->lookup.answer);
    g_free(http->lookup.action);
    clear_receipt(&http->receipt);
    g_ptr_array_unref(http->approved);
    clear_publication(&http->publication);
    g_free(http->zone);
    g_free(http->alphabet.gsm7);
    g_free(http->alphabet.ucs2);
    g_free(http);
}

void gateway_approved_free(GatewayApproved *approved)
{
    if (!approved)
        return;
    g_free(approved->template_name);
    g_free(approved->audience);
    g_free(approved->locale);
    g_free(approved->id);
    g_free(approved->sign);
    g_free(approved->text);
    g_ptr_array_unref(approved->params);
    g_free(approved);
}

static void add_param_names(const GatewayApproved *approved, GHashTable *names)
{
    for (guint i = 0; i < approved->params->len; i++) {
        const GatewayParam *param = g_ptr_array_index(approved->params, i);
        size_t count = 0;
        const TemplateName *uses = template_names(param->template, &count);

        for (size_t j = 0; j < count; j++)
            g_hash_table_add(names, g_strdup(uses[j].name));
    }
}

char **gateway_http_names(const GatewayHttp *http)
{
    const GatewayRequest *const requests[] = {http->request, http->lookup.request, http->publication.update,
                                              http->publication.withdraw, http->publication.find};
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool has_params = false;
    GHashTableIter walk;
    gpointer name;
    size_t count = 0;
    char **list;

    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        if (!requests[i])
            continue;
        gateway_request_add_names(requests[i], names);
        has_params = has_params || gateway_request_has_params(requests[i]);
    }
    for (guint i = 0; has_params && i < http->approved->len; i++)
        add_param_names(g_ptr_array_index(http->approved, i), names);
    list = g_new0(char *, g_hash_table_size(names) + 1);
    g_hash_table_iter_init(&walk, names);
    while (g_hash_table_iter_next(&walk, &name, NULL))
        list[count++] = g_strdup(name);
    qsort(list, count, sizeof *list, text_order);
    return list;
}

const GatewayApproved *gateway_http_approved(const GatewayHttp *http, const char *template_name, const char *audience,
                                             const char *locale)
{
    const GatewayApproved *any = NULL;

    for (guint i = 0; i < http->approved->len; i++) {
        const GatewayApproved *approved = g_ptr_array_index(http->approved, i);

        if (strcmp(approved->template_name, template_name) != 0 || strcmp(approved->locale, locale) != 0)
            continue;
        if (!approved->audience)
            any = any ? any : approved;
        else if (audience && strcmp(approved->audience, audience) == 0)
            return approved;
    }
    return any;
}
