/* Which events are about a person, without names of the staff; and what each plan froze of the gateways. */
#include "base/member.h"
#include "report/evidence_private.h"

#include <string.h>

#include "base/text.h"
#include "ledger/hold.h"
#include "report/discreet.h"

/* Plans ----------------------------------------------------------------------------------------------------------- */

static void free_plan(gpointer data)
{
    EvidencePlan *plan = data;

    json_decref(plan->gateways);
    g_free(plan);
}

GPtrArray *evidence_plans_new(void)
{
    return g_ptr_array_new_with_free_func(free_plan);
}

static void add_plan(GPtrArray *plans, int64_t at, const char *gateways)
{
    EvidencePlan *plan = g_new0(EvidencePlan, 1);

    plan->at = at;
    plan->gateways = json_loads(gateways ? gateways : "[]", 0, NULL);
    g_ptr_array_add(plans, plan);
}

void evidence_plans_latest(GPtrArray *plans, const LedgerHeader *header)
{
    if (plans->len == 0)
        add_plan(plans, INT64_MIN, header->gateways);
}

const json_t *evidence_plan_gateway(const GPtrArray *plans, int64_t at, const char *name, const char *channel)
{
    const EvidencePlan *plan = plans->len > 0 ? g_ptr_array_index(plans, 0) : NULL;
    const json_t *gateway;
    size_t i;

    for (guint later = 1; later < plans->len; later++)
        if (((const EvidencePlan *)g_ptr_array_index(plans, later))->at <= at)
            plan = g_ptr_array_index(plans, later);
    if (!plan)
        return NULL;
    json_array_foreach(plan->gateways, i,
                       gateway) if (g_strcmp0(json_string_value(json_object_get(gateway, "name")), name) == 0 &&
                                    g_strcmp0(json_string_value(json_object_get(gateway, "channel")), channel) ==
                                        0) return gateway;
    return NULL;
}

bool evidence_plan_is_mail(const json_t *gateway, const char *channel)
{
    const char *kind = json_string_value(json_object_get(gateway, "kind"));

    return kind ? strcmp(kind, "smtp") == 0 : strcmp(channel, "email") == 0;
}

bool evidence_plans_digest(const GPtrArray *plans, int64_t at)
{
    return plans->len > 0 && ((const EvidencePlan *)g_ptr_array_index(plans, 0))->at <= at;
}

/* Staff ----------------------------------------------------------------------------------------------------------- */

typedef struct Reading {
    EvidencePack *pack;
    GPtrArray *plans;
    GHashTable *staff;      /* owned; login@host -> its number, by GPOINTER_TO_INT */
    GString *own;           /* owned; how the person's id stands in an event */
    EvidenceOwn *addresses; /* owned */
    GRegex *caller;         /* owned; "…, 2026-11-21T14:10:00.000Z by NAME" in what a person recorded */
} Reading;

static char *number_of(Reading *reading, const char *who)
{
    int number = GPOINTER_TO_INT(g_hash_table_lookup(reading->staff, who));

    if (number == 0) {
        number = (int)g_hash_table_size(reading->staff) + 1;
        g_hash_table_insert(reading->staff, g_strdup(who), GINT_TO_POINTER(number));
    }
    return g_strdup_printf("staff %d", number);
}

/* Who decided is in the ledger; whoever reads this need not know who works there. */
static void hide_staff(Reading *reading, json_t *body)
{
    const char *by = json_string_value(json_object_get(body, "by"));
    const char *reply = json_string_value(json_object_get(body, "reply"));
    g_autofree char *number = by ? number_of(reading, by) : NULL;
    g_autofree char *words =
        by && reply ? g_regex_replace(reading->caller, reply, -1, 0, "\\1 by staff", 0, NULL) : NULL;

    if (number)
        json_object_set_new(body, "by", json_string(number));
    if (words)
        json_object_set_new(body, "reply", json_string(words));
}

/* Whether an event is about a message to a telephone: by the number of the message, or by the id that it names. */
static bool is_numbered(const EvidencePack *pack, int64_t no, const json_t *body)
{
    const char *id = member_text(body, "message");

    for (guint i = 0; i < pack->person->messages->len; i++) {
        const EvidenceMessage *message = g_ptr_array_index(pack->person->messages, i);

        if (message->no == no || (no == 0 && strcmp(message->id, id) == 0))
            return message->endpoint[0] == '+'; /* E.164 */
    }
    return false;
}

/* What was refused stands in its event as it came, as a text. */
static void hide_within(Reading *reading, json_t *body)
{
    json_auto_t *entry = json_loads(member_text(body, "entry"), 0, NULL);
    g_autofree char *text = NULL;

    if (!entry)
        return;
    if (!json_object_get(entry, "by"))
        evidence_hide_others(reading->addresses, entry, is_numbered(reading->pack, 0, entry));
    hide_staff(reading, entry);
    text = text_canonical_json(entry);
    json_object_set_new(body, "entry", json_string(text));
}

/* Which events ---------------------------------------------------------------------------------------------------- */

static bool is_own_message(const EvidencePack *pack, const char *id)
{
    for (guint i = 0; i < pack->person->messages->len; i++)
        if (strcmp(((const EvidenceMessage *)g_ptr_array_index(pack->person->messages, i))->id, id) == 0)
            return true;
    return false;
}

static bool is_own_id(const EvidencePack *pack, const char *id)
{
    return pack->person->id && strcmp(pack->person->id, id) == 0;
}

/* Whether a hold of that scope and name holds one of the person's messages. */
static bool holds_message(const EvidenceMessage *message, HoldScope scope, const char *name)
{
    const char *at = strrchr(message->endpoint, '@');

    switch (scope) {
    case HOLD_GATEWAY:
        return strcmp(message->gateway, name) == 0;
    case HOLD_CHANNEL:
        return strcmp(message->channel, name) == 0;
    case HOLD_AUDIENCE:
        return strcmp(message->audience, name) == 0;
    case HOLD_DOMAIN:
        return at && g_ascii_strcasecmp(at + 1, name) == 0;
    default:
        return false;
    }
}

static bool is_own_hold(const EvidencePack *pack, const json_t *body)
{
    const char *name = member_text(body, "name");
    HoldScope scope;

    if (!hold_scope_parse(member_text(body, "scope"), &scope))
        return false;
    if (scope == HOLD_EVERYTHING || (scope == HOLD_PERSON && is_own_id(pack, name)))
        return true;
    if (scope == HOLD_REGION) {
        json_auto_t *data = pack->person->data ? json_loads(pack->person->data, 0, NULL) : NULL;

        return g_ascii_strcasecmp(member_text(data, "region"), name) == 0;
    }
    for (guint i = 0; i < pack->person->messages->len; i++)
        if (holds_message(g_ptr_array_index(pack->person->messages, i), scope, name))
            return true;
    return false;
}

static bool is_own_entry(const EvidencePack *pack, const json_t *body)
{
    json_auto_t *entry = json_loads(member_text(body, "entry"), 0, NULL);

    return is_own_message(pack, member_text(entry, "message")) || is_own_id(pack, member_text(entry, "person"));
}

static bool is_own_person(const EvidencePack *pack, const json_t *body)
{
    return is_own_id(pack, member_text(body, "person"));
}

static bool names_own_message(const EvidencePack *pack, const json_t *body)
{
    return is_own_message(pack, member_text(body, "message"));
}

static bool is_for_all(const EvidencePack *pack, const json_t *body)
{
    (void)pack, (void)body;
    return true;
}

/* Of the events that are about no message. Those of plans, publications and confirmations are about everybody. */
static const struct {
    const char *event;
    bool (*is_own)(const EvidencePack *pack, const json_t *body);
} kinds[] = {
    {"adopted", is_for_all},
    {"announcement_published", is_for_all},
    {"announcement_withdrawn", is_for_all},
    {"climbed", is_own_person},
    {"confirmed", is_for_all},
    {"decided", is_own_person},
    {"held", is_own_hold},
    {"inbox_refused", is_own_entry},
    {"ladder_ended", is_own_person},
    {"lifted", is_own_hold},
    {"mail", names_own_message},
    {"planned", is_for_all},
};

static bool is_own_note(const EvidencePack *pack, const json_t *body)
{
    const char *event = member_text(body, "event");

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].event, event) == 0)
            return kinds[i].is_own(pack, body);
    return false;
}

/* There may be a million of these, and most are about somebody else: they are told by their text, and not parsed. A
 * quote inside of a string has a backslash before it, so that no text can pass for a member. */
static bool may_be_own(const Reading *reading, const char *body)
{
    if (!strstr(body, "\"event\":\"climbed\"") && !strstr(body, "\"event\":\"ladder_ended\""))
        return true;
    return strstr(body, reading->own->str) != NULL;
}

/* What is of no use to the reader, or not theirs to read: paths on our machine, and what a plan says about all. */
static void leave_out(json_t *body)
{
    static const char *const keys[] = {"inputs", "gateways", "crossed"};

    if (strcmp(member_text(body, "event"), "planned") == 0)
        for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
            json_object_del(body, keys[i]);
    if (strcmp(member_text(body, "event"), "adopted") == 0) {
        json_object_del(body, "from");
        json_object_del(body, "to");
    }
}

/* What a member of the staff typed about more than this person may name others. */
static void leave_out_typed(const EvidencePack *pack, json_t *body)
{
    bool is_own =
        strcmp(member_text(body, "scope"), "person") == 0 || is_own_person(pack, body) || names_own_message(pack, body);

    if (!is_own && *member_text(body, "by") && *member_text(body, "reason"))
        json_object_set_new(body, "reason", json_string(DISCREET_HIDDEN));
}

static void take_event(int64_t no, int64_t at, int64_t message, const char *text, void *user)
{
    Reading *reading = user;
    json_t *body = message || may_be_own(reading, text) ? json_loads(text, 0, NULL) : NULL;
    uint8_t digest[DIGEST_SIZE];
    EvidenceLine *line;

    if (!message && body && strcmp(member_text(body, "event"), "planned") == 0 && json_object_get(body, "gateways"))
        add_plan(reading->plans, at, member_text(body, "gateways"));
    if (!body && (message || may_be_own(reading, text)))
        reading->pack->records_lost++;
    if (!body || (!message && !is_own_note(reading->pack, body))) {
        json_decref(body);
        return;
    }
    leave_out(body);
    if (!message)
        leave_out_typed(reading->pack, body);
    if (!json_object_get(body, "by"))
        evidence_hide_others(reading->addresses, body, is_numbered(reading->pack, message, body));
    hide_staff(reading, body);
    hide_within(reading, body);
    line = g_new0(EvidenceLine, 1);
    *line = (EvidenceLine){.no = no, .at = at, .message = message, .body = body};
    digest_sha256(text, strlen(text), digest);
    digest_hex(digest, line->sha256);
    g_ptr_array_add(reading->pack->lines, line);
}

bool evidence_lines_read(EvidencePack *pack, Ledger *ledger, GPtrArray *plans, GError **error)
{
    g_autoptr(GArray) messages = g_array_new(FALSE, FALSE, sizeof(int64_t));
    Reading reading = {
        .pack = pack,
        .plans = plans,
        .own = g_string_new("\"person\":"),
        .addresses = evidence_own_new(pack->person),
        .staff = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .caller = g_regex_new("^(.*?[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z) by [^:]*", G_REGEX_DEFAULT, 0, NULL)};
    bool done;

    text_append_json(reading.own, pack->person->id ? pack->person->id : "");
    for (guint i = 0; i < pack->person->messages->len; i++)
        g_array_append_val(messages, ((EvidenceMessage *)g_ptr_array_index(pack->person->messages, i))->no);
    done = ledger_evidence_events(ledger, messages, true, take_event, &reading, error);
    g_string_free(reading.own, TRUE);
    evidence_own_free(reading.addresses);
    g_hash_table_unref(reading.staff);
    g_regex_unref(reading.caller);
    return done;
}

/* As lines -------------------------------------------------------------------------------------------------------- */

char *evidence_pack_lines(const EvidencePack *pack)
{
    GString *lines = g_string_new(NULL);

    for (guint i = 0; i < pack->lines->len; i++) {
        const EvidenceLine *line = g_ptr_array_index(pack->lines, i);
        json_auto_t *object =
            json_pack("{s:I, s:s, s:O}", "no", (json_int_t)line->no, "sha256", line->sha256, "event", line->body);
        g_autofree char *text = text_canonical_json(object);

        g_string_append_printf(lines, "%s\n", text);
    }
    return g_string_free(lines, FALSE);
}
