#include "dispatch/ladder.h"

#include <string.h>

#include <jansson.h>

#include "base/fault.h"
#include "base/seal.h"
#include "base/text.h"
#include "dispatch/message_id.h"
#include "model/escalation.h"
#include "model/plan.h"

struct Ladder {
    Ledger *ledger;       /* borrowed */
    json_t *frozen;       /* owned; ladder_freeze() */
    GHashTable *gateways; /* owned; channel -> number in the ledger */
    int64_t cleared; /* so many may still climb by the latest answer: counting them all in each turn costs the square */
};

/* Frozen -------------------------------------------------------------------------------------------------------- */

char *ladder_freeze(const Playbook *playbook, LadderGateway *gateway, void *user)
{
    static const char *const ends[] = {[ESCALATION_ANNOUNCEMENT] = "announcement", [ESCALATION_NONE] = "none"};
    json_auto_t *after = json_object();
    json_auto_t *silence = json_object();
    json_auto_t *capacity = json_object();
    json_auto_t *all = NULL;

    for (const char *const *channel = plan_channels(); *channel; channel++) {
        int64_t wait = escalation_wait(&playbook->escalation, *channel);
        const Gateway *entry = gateway(*channel, user);

        json_object_set_new(after, *channel, json_integer(wait));
        if (entry && entry->receipts == GATEWAY_RECEIPTS_BOTH && entry->on_silence == GATEWAY_SILENCE_NEXT)
            json_object_set_new(silence, *channel, json_integer(wait));
    }
    for (guint i = 0; i < playbook->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(playbook->audiences, i);

        json_object_set_new(capacity, audience->id, json_integer((json_int_t)audience->capacity));
    }
    all =
        json_pack("{s:O, s:O, s:f, s:O, s:s}", "after", after, "capacity", capacity, "confirm_over",
                  playbook->escalation.confirm_over, "silence", silence, "unreachable", ends[playbook->escalation.end]);
    return text_canonical_json(all);
}

static json_t *read_frozen(const Ledger *ledger)
{
    json_t *frozen = json_loads(ledger_header(ledger)->escalation, 0, NULL);

    return frozen ? frozen : json_object();
}

static bool read_gateways(Ladder *ladder, GError **error)
{
    json_auto_t *list = json_loads(ledger_header(ladder->ledger)->gateways, 0, NULL);
    size_t index;
    json_t *entry;

    json_array_foreach(list, index, entry)
    {
        const char *channel = json_string_value(json_object_get(entry, "channel"));
        const char *name = json_string_value(json_object_get(entry, "name"));
        g_autoptr(GError) problem = NULL;
        int64_t no = channel && name ? ledger_gateway(ladder->ledger, name, &problem) : 0;

        if (problem) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return false;
        }
        if (no > 0)
            g_hash_table_insert(ladder->gateways, g_strdup(channel), g_memdup2(&no, sizeof no));
    }
    return true;
}

Ladder *ladder_new(Ledger *ledger, GError **error)
{
    Ladder *ladder = g_new0(Ladder, 1);

    ladder->ledger = ledger;
    ladder->frozen = read_frozen(ledger);
    ladder->gateways = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (read_gateways(ladder, error))
        return ladder;
    ladder_free(ladder);
    return NULL;
}

void ladder_free(Ladder *ladder)
{
    if (!ladder)
        return;
    json_decref(ladder->frozen);
    g_hash_table_unref(ladder->gateways);
    g_free(ladder);
}

/* The question -------------------------------------------------------------------------------------------------- */

bool ladder_question(Ledger *ledger, int64_t now, LadderQuestion *question, GError **error)
{
    json_auto_t *frozen = read_frozen(ledger);
    const json_t *share = json_object_get(frozen, "confirm_over");
    double percent = json_is_number(share) ? json_number_value(share) : ESCALATION_CONFIRM;
    int64_t confirmed = 0;
    int64_t first = 0;
    LedgerCounts counts;

    memset(question, 0, sizeof *question);
    if (!ledger_counts(ledger, &counts, error) || !ledger_climb_allowed(ledger, &confirmed, error) ||
        !ledger_climb_next_due(ledger, &question->next_due, error))
        return false;
    if (question->next_due <= now && !ledger_climb_count(ledger, now, &question->due, &first, error))
        return false;
    question->climbed = counts.climbed;
    question->allowed = confirmed + (int64_t)((double)counts.people * percent / 100);
    question->must_ask = first > 0 && question->climbed + first > question->allowed;
    return true;
}

/* People -------------------------------------------------------------------------------------------------------- */

/* A person as they were frozen. */
typedef struct Frozen {
    json_t *data; /* owned */
    PersonColumns columns;
    Person person;
} Frozen;

static void frozen_clear(Frozen *frozen)
{
    g_free(frozen->columns.names);
    g_free(frozen->person.values);
    json_decref(frozen->data);
}

static bool frozen_read(const char *stored, Frozen *frozen)
{
    g_autofree char *plain = seal_open(stored);
    size_t count = 0;
    const char *key;
    json_t *value;

    memset(frozen, 0, sizeof *frozen);
    frozen->data = plain ? json_loads(plain, 0, NULL) : NULL;
    if (!json_is_object(frozen->data))
        return false;
    frozen->columns.names = g_new0(char *, json_object_size(frozen->data) + 1);
    frozen->person.values = g_new0(const char *, json_object_size(frozen->data) + 1);
    json_object_foreach(frozen->data, key, value)
    {
        if (!json_is_string(value))
            continue;
        frozen->columns.names[count] = (char *)key;
        frozen->person.values[count++] = json_string_value(value);
    }
    frozen->columns.count = count;
    frozen->columns.id = person_column(&frozen->columns, "id");
    frozen->columns.locale = person_column(&frozen->columns, "locale");
    frozen->columns.email = person_column(&frozen->columns, "email");
    frozen->columns.phone = person_column(&frozen->columns, "phone");
    frozen->person.columns = &frozen->columns;
    return true;
}

/* Climbing ------------------------------------------------------------------------------------------------------ */

typedef struct Climbing {
    Ladder *ladder;
    const LedgerClimb *climb;
    const LedgerRung *rung;
    const Frozen *frozen;
    Capacity capacity;
    int64_t text, gateway;
    LedgerClimbMessage messages[PLAN_ENDPOINTS_MAX];
    char *sealed[PLAN_ENDPOINTS_MAX]; /* owned */
    size_t count;
} Climbing;

static void clear_messages(Climbing *climbing)
{
    while (climbing->count > 0)
        g_free(climbing->sealed[--climbing->count]);
}

static void make_id(const Climbing *climbing, const char *endpoint, bool alone, char id[ID_MESSAGE_LENGTH + 1])
{
    const LedgerHeader *header = ledger_header(climbing->ladder->ledger);
    const Person *person = &climbing->frozen->person;

    message_id_make(header->secret,
                    &(MessageIdParts){.incident = header->incident,
                                      .status = header->status,
                                      .edition = header->edition,
                                      .channel = climbing->rung->channel,
                                      .endpoint = endpoint,
                                      .audience = climbing->climb->audience,
                                      .locale = climbing->rung->locale,
                                      .capacity = climbing->capacity,
                                      .person = person_value(person, "id"),
                                      .holder = alone ? NULL : person_value(person, "holder"),
                                      .organization = alone ? NULL : person_value(person, "organization")},
                    id);
}

/* A message that others of the same holder have is joined while it waits. Once it was handed over it spoke of them
 * alone, so this person gets one of their own. */
static bool add_endpoint(Climbing *climbing, const char *endpoint, GError **error)
{
    Ledger *ledger = climbing->ladder->ledger;
    g_autofree char *sealed = seal(endpoint);
    LedgerClimbMessage *message = &climbing->messages[climbing->count];
    bool tried, is_known, is_open;

    if (!ledger_climb_tried(ledger, climbing->climb->notice, climbing->rung->channel, sealed, &tried, error))
        return false;
    if (tried)
        return true;
    make_id(climbing, endpoint, false, message->id);
    if (!ledger_climb_open(ledger, message->id, &is_known, &is_open, error))
        return false;
    if (is_known && !is_open) {
        make_id(climbing, endpoint, true, message->id);
        if (!ledger_climb_open(ledger, message->id, &is_known, &is_open, error))
            return false;
    }
    if (is_known && !is_open)
        return true;
    message->is_there = is_known;
    message->gateway = climbing->gateway;
    message->text = climbing->text;
    message->endpoint = climbing->sealed[climbing->count++] = g_steal_pointer(&sealed);
    return true;
}

static bool add_endpoints(Climbing *climbing, const PlanEndpoints *endpoints, GError **error)
{
    for (size_t i = 0; i < endpoints->count; i++)
        if (!add_endpoint(climbing, endpoints->items[i], error))
            return false;
    return true;
}

/* Why a rung cannot be used goes into `why`; nothing when it can. */
static bool try_rung(Climbing *climbing, GString *why, GError **error)
{
    static const PlanRules rules = {.playbook = NULL}; /* borders were looked at when it was planned */
    const Audience audience = {.capacity = climbing->capacity};
    const PlanChannel *channel = plan_channel(climbing->rung->channel);
    const int64_t *gateway = g_hash_table_lookup(climbing->ladder->gateways, climbing->rung->channel);
    const char *reason = NULL;
    PlanEndpoints endpoints;
    bool added;

    if (!ledger_climb_text(climbing->ladder->ledger, climbing->climb->audience, climbing->rung, &climbing->text, error))
        return false;
    if (!channel || !gateway)
        reason = "no gateway in the plan";
    else if (climbing->text == 0)
        reason = "no text in the latest plan";
    if (reason) {
        g_string_append_printf(why, "%s%s: %s", why->len > 0 ? "; " : "", climbing->rung->channel, reason);
        return true;
    }
    climbing->gateway = *gateway;
    plan_endpoints(&rules, &climbing->frozen->person, &audience, channel, &endpoints, NULL, NULL);
    added = add_endpoints(climbing, &endpoints, error);
    if (added && climbing->count == 0 && endpoints.count == 0)
        g_string_append_printf(why, "%s%s: no usable address", why->len > 0 ? "; " : "", channel->name);
    plan_endpoints_clear(&endpoints);
    return added;
}

static bool climb_on(Climbing *climbing, const LedgerRung *rungs, size_t count, int64_t now, LadderResult *result,
                     GError **error)
{
    Ledger *ledger = climbing->ladder->ledger;
    g_autoptr(GString) why = g_string_new(NULL);

    for (size_t i = 0; i < count; i++) {
        g_autofree char *left = ledger_rungs_text(rungs, count, i + 1);
        bool taken;

        climbing->rung = &rungs[i];
        if (!try_rung(climbing, why, error)) {
            clear_messages(climbing);
            return false;
        }
        if (climbing->count == 0)
            continue;
        taken = ledger_climb_take(ledger, climbing->climb, rungs[i].channel, climbing->messages, climbing->count, left,
                                  now, error);
        clear_messages(climbing);
        result->climbed++;
        return taken;
    }
    result->ended++;
    return ledger_climb_end(ledger, climbing->climb, why->str, now, error);
}

static bool climb_one(Ladder *ladder, const LedgerClimb *climb, int64_t now, LadderResult *result, GError **error)
{
    const json_t *capacity = json_object_get(json_object_get(ladder->frozen, "capacity"), climb->audience);
    LedgerRung rungs[LEDGER_RUNGS_MAX];
    size_t count = 0;
    Frozen frozen;
    bool done;

    if (!climb->is_needed) {
        result->dropped++;
        return ledger_climb_drop(ladder->ledger, climb, error);
    }
    if (!frozen_read(climb->data, &frozen) || !ledger_rungs_parse(climb->rungs, rungs, &count)) {
        frozen_clear(&frozen);
        result->ended++;
        return ledger_climb_end(ladder->ledger, climb, "what was planned for them cannot be read", now, error);
    }
    done = climb_on(
        &(Climbing){
            .ladder = ladder, .climb = climb, .frozen = &frozen, .capacity = (Capacity)json_integer_value(capacity)},
        rungs, count, now, result, error);
    frozen_clear(&frozen);
    return done;
}

static bool climb_all(Ladder *ladder, const GPtrArray *climbs, int64_t now, LadderResult *result, GError **error)
{
    for (guint i = 0; i < climbs->len; i++)
        if (!climb_one(ladder, g_ptr_array_index(climbs, i), now, result, error))
            return false;
    return true;
}

/* Whether a turn may be taken without a person's yes. */
static bool is_cleared(Ladder *ladder, int64_t now, bool *must_ask, GError **error)
{
    LadderQuestion question;

    if (ladder->cleared >= LADDER_TURN)
        return true;
    if (!ladder_question(ladder->ledger, now, &question, error))
        return false;
    *must_ask = question.must_ask;
    ladder->cleared = question.must_ask ? 0 : MIN(question.due, question.allowed - question.climbed);
    return true;
}

bool ladder_turn(Ladder *ladder, bool unasked, int64_t now, LadderResult *result, GError **error)
{
    g_autoptr(GPtrArray) climbs = NULL;

    memset(result, 0, sizeof *result);
    if (!ledger_climb_next_due(ladder->ledger, &result->next_due, error))
        return false;
    if (result->next_due > now)
        return true;
    if (!unasked && !is_cleared(ladder, now, &result->must_ask, error))
        return false;
    if (result->must_ask)
        return true;
    if (!ledger_begin(ladder->ledger, error))
        return false;
    climbs = ledger_climbs_due(ladder->ledger, now, LADDER_TURN, error);
    if (!climbs || !climb_all(ladder, climbs, now, result, error) || !ledger_commit(ladder->ledger, error)) {
        ledger_rollback(ladder->ledger);
        return false;
    }
    fault_point("ladder_turn");
    ladder->cleared -= climbs->len;
    result->is_more = climbs->len == LADDER_TURN;
    return ledger_climb_next_due(ladder->ledger, &result->next_due, error);
}
