#include <string.h>

#include "base/seal.h"
#include "dispatch/freeze_private.h"
#include "dispatch/message_id.h"
#include "model/escalation.h"

/* The text that the person in work gets. */
MaterialText *freeze_text(const Freezer *freezer, size_t audience, const char *channel, const char *locale)
{
    return material_text(freezer->material, audience, channel, locale,
                         freezer->standing[audience] == EDITION_TOLD_BEFORE, freezer->findings);
}

char *freeze_person_data(Freezer *freezer, const Person *person)
{
    return seal(person_data_json(freezer->data, person, &freezer->decision));
}

static void make_id(const Freezer *freezer, const Person *person, const PlanNotice *notice, const char *channel,
                    const char *endpoint, LedgerPlannedMessage *message)
{
    const Playbook *playbook = material_playbook(freezer->material);
    const Audience *audience = g_ptr_array_index(playbook->audiences, notice->audience);
    MessageIdParts parts = message_id_of(person, audience, channel, notice->locale);

    parts.incident = playbook->incident.id;
    parts.status = material_status(freezer->material);
    parts.edition = playbook->incident.edition;
    parts.endpoint = endpoint;
    message_id_make(freezer->secret, &parts, message->id);
    message->alone = message_id_alone(&parts);
}

static int64_t gateway_number(const Freezer *freezer, const char *channel)
{
    const GPtrArray *gateways = material_playbook(freezer->material)->gateways;

    for (guint i = 0; i < gateways->len; i++)
        if (strcmp(((const ChannelGateway *)g_ptr_array_index(gateways, i))->channel, channel) == 0)
            return freezer->gateway_numbers[i];
    return 0;
}

/* The number of a text version in the plan; made with its first message. 0 with an error, or when it has mistakes. */
static int64_t text_number(Freezer *freezer, const PlanNotice *notice, const char *channel, GError **error)
{
    const Playbook *playbook = material_playbook(freezer->material);
    const Audience *audience = g_ptr_array_index(playbook->audiences, notice->audience);
    MaterialText *text = freeze_text(freezer, notice->audience, channel, notice->locale);

    if (text->frozen == 0 && text->body)
        text->frozen = ledger_plan_text(freezer->plan,
                                        &(LedgerPlannedText){.audience = audience->id,
                                                             .channel = channel,
                                                             .locale = notice->locale,
                                                             .is_update = text->is_update,
                                                             .body = text->body},
                                        error);
    return text->frozen;
}

/* With `every` a notice has a message on each channel. */
#define MESSAGES_MAX (PLAN_ENDPOINTS_MAX * (PLAN_RUNGS_MAX + 1))

/* One notice in work; what it points to lives until the person is planned. */
typedef struct Noticing {
    Freezer *freezer;
    const Person *person;
    const PlanNotice *notice;
    const Audience *audience; /* NULL: none fits */
    LedgerPlannedNotice *planned;
    GPtrArray *sealed; /* borrowed; keeps the endpoints */
    int64_t order;
} Noticing;

static bool add_messages(const Noticing *noticing, const char *channel, char *const *endpoints, size_t count,
                         GError **error)
{
    int64_t text = count > 0 ? text_number(noticing->freezer, noticing->notice, channel, error) : -1;

    for (size_t i = 0; i < count && text > 0; i++) {
        LedgerPlannedMessage *message = &noticing->planned->messages[noticing->planned->count++];
        char *endpoint = seal(endpoints[i]);

        g_ptr_array_add(noticing->sealed, endpoint);
        *message = (LedgerPlannedMessage){.endpoint = endpoint,
                                          .gateway = gateway_number(noticing->freezer, channel),
                                          .text = text,
                                          .order = noticing->order};
        make_id(noticing->freezer, noticing->person, noticing->notice, channel, endpoints[i], message);
    }
    return text != 0;
}

/* With `every` the other channels of the ladder are used at once. */
static bool add_every(const Noticing *noticing, GError **error)
{
    for (size_t i = 0; i < noticing->notice->rung_count; i++) {
        const PlanChannel *channel = plan_channel(noticing->notice->rungs[i]);
        PlanEndpoints endpoints;
        bool added;

        plan_endpoints(&noticing->freezer->rules, noticing->person, noticing->audience, channel, &endpoints, NULL,
                       NULL);
        added = add_messages(noticing, channel->name, endpoints.items, endpoints.count, error);
        plan_endpoints_clear(&endpoints);
        if (!added)
            return false;
    }
    return true;
}

/* The other channels wait until they are needed, but their texts are frozen now. */
static bool add_rungs(const Noticing *noticing, GError **error)
{
    const PlanNotice *notice = noticing->notice;
    g_autoptr(GString) text = NULL;

    if (notice->rung_count == 0)
        return true;
    text = g_string_new(NULL);
    for (size_t i = 0; i < notice->rung_count; i++) {
        if (text_number(noticing->freezer, notice, notice->rungs[i], error) == 0)
            return false;
        g_string_append_printf(text, "%s%s:%s%s", i > 0 ? " " : "", notice->rungs[i], notice->locale,
                               noticing->freezer->standing[notice->audience] == EDITION_TOLD_BEFORE ? ":update" : "");
    }
    noticing->planned->rungs = g_intern_string(text->str);
    return true;
}

static bool plan_notice(Noticing *noticing, GError **error)
{
    const PlanNotice *notice = noticing->notice;
    const SendOrder *order = noticing->audience ? noticing->audience->order : NULL;

    if (notice->count == 0 || !noticing->audience)
        return true;
    noticing->order =
        order ? send_order_rank(order, person_value(noticing->person, order->column), LEDGER_ORDER_MAX) : 0;
    if (!add_messages(noticing, notice->channel, notice->endpoints, notice->count, error))
        return false;
    noticing->planned->every = noticing->audience->every;
    return noticing->audience->every ? add_every(noticing, error) : add_rungs(noticing, error);
}

bool freeze_person(Freezer *freezer, const Person *person, GError **error)
{
    const PlanDecision *decision = &freezer->decision;
    const GPtrArray *audiences = material_playbook(freezer->material)->audiences;
    LedgerPlannedMessage messages[PLAN_AUDIENCES_MAX][MESSAGES_MAX];
    LedgerPlannedNotice notices[PLAN_AUDIENCES_MAX];
    g_autoptr(GPtrArray) sealed = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *data = person->problem ? NULL : freeze_person_data(freezer, person);

    for (size_t i = 0; i < decision->count; i++) {
        const PlanNotice *notice = &decision->notices[i];
        Noticing noticing = {
            .freezer = freezer,
            .person = person,
            .notice = notice,
            .audience = notice->audience < audiences->len ? g_ptr_array_index(audiences, notice->audience) : NULL,
            .planned = &notices[i],
            .sealed = sealed};

        notices[i] = (LedgerPlannedNotice){.audience = noticing.audience ? noticing.audience->id : "",
                                           .aside = notice->aside,
                                           .reason = notice->reason,
                                           .messages = messages[i]};
        if (!plan_notice(&noticing, error))
            return false;
    }
    return ledger_plan_person(freezer->plan,
                              &(LedgerPlannedPerson){.row = person->row,
                                                     .id = person->problem ? NULL : person_value(person, "id"),
                                                     .data = data,
                                                     .notices = notices,
                                                     .count = decision->count},
                              error);
}
