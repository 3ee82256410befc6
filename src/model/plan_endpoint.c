#include "model/plan_endpoint.h"

#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "model/address.h"
#include "model/plan.h"
#include "model/region.h"

#define ADDRESS_LINES_MAX 8
#define ADDRESS_BYTES_MAX 512
#define TOKEN_BYTES_MIN   4
#define TOKEN_BYTES_MAX   1024
#define ACCOUNT_BYTES_MAX 256

/* Channels ------------------------------------------------------------------------------------------------------ */

static const PlanChannel channels[] = {
    {.name = "email", .column = "email", .guardian = "guardian_email", .parse = address_parse_email},
    {.name = "sms", .column = "phone", .guardian = "guardian_phone", .parse = address_parse_phone, .is_pointer = true},
    {.name = "voice", .column = "phone", .guardian = "guardian_phone", .parse = address_parse_phone},
    {.name = "phone", .column = "phone", .guardian = "guardian_phone", .parse = address_parse_phone},
    {.name = "push", .column = "push", .parse = plan_parse_token, .is_pointer = true},
    {.name = "im", .column = "im", .parse = plan_parse_token, .is_pointer = true},
    {.name = "letter", .column = "address", .guardian = "guardian_address", .parse = plan_parse_address},
    {.name = "webhook", .column = "webhook", .fallback = "id", .parse = plan_parse_account},
};

const PlanChannel *plan_channel(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(channels); i++)
        if (strcmp(channels[i].name, name) == 0)
            return &channels[i];
    return NULL;
}

const char *const *plan_channels(void)
{
    static const char *const names[] = {"email", "sms", "voice", "phone", "push", "im", "letter", "webhook", NULL};

    return names;
}

const char *plan_channel_column(const PlanChannel *channel, Capacity capacity)
{
    return capacity == CAPACITY_GUARDIAN ? channel->guardian : channel->column;
}

/* Parsers ------------------------------------------------------------------------------------------------------- */

char *plan_parse_address(const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit_set(text, "\n|", -1);
    g_autoptr(GString) joined = g_string_new(NULL);
    int count = 0;

    for (char **line = lines; *line; line++) {
        if (!*g_strstrip(*line))
            continue;
        g_string_append_printf(joined, "%s%s", count > 0 ? "\n" : "", *line);
        count++;
    }
    if (count > 0 && count <= ADDRESS_LINES_MAX && joined->len <= ADDRESS_BYTES_MAX)
        return g_strdup(joined->str);
    error_set(error, BREACH_ERROR_INPUT, NULL,
              "a postal address has 1 to %d lines and at most %d bytes; this one has %d lines and %d bytes",
              ADDRESS_LINES_MAX, ADDRESS_BYTES_MAX, count, (int)joined->len);
    return NULL;
}

char *plan_parse_token(const char *text, GError **error)
{
    size_t length = strlen(text);
    bool is_token = length >= TOKEN_BYTES_MIN && length <= TOKEN_BYTES_MAX;

    for (const char *p = text; is_token && *p; p++)
        is_token = g_ascii_isgraph(*p);
    if (is_token)
        return g_strdup(text);
    error_set(error, BREACH_ERROR_INPUT, NULL,
              "this is no push token or account id: expected %d to %d printable ASCII characters without blanks",
              TOKEN_BYTES_MIN, TOKEN_BYTES_MAX);
    return NULL;
}

char *plan_parse_account(const char *text, GError **error)
{
    size_t length = strlen(text);

    if (length > 0 && length <= ACCOUNT_BYTES_MAX && !text_has_controls(text, length))
        return g_strdup(text);
    error_set(error, BREACH_ERROR_INPUT, NULL,
              "this is no account id: expected 1 to %d bytes without control characters", ACCOUNT_BYTES_MAX);
    return NULL;
}

/* Endpoints of a person ----------------------------------------------------------------------------------------- */

typedef struct Reading {
    const Person *person;
    const PlanChannel *channel;
    const char *column;
    PlanEndpoints *endpoints;
    PlanRemark *remark;
    void *user;
} Reading;

static void say(const Reading *reading, const char *text)
{
    if (reading->remark)
        reading->remark(reading->person, reading->column, text, reading->user);
}

/* One person's mailbox is the same in any case, though RFC 5321 2.4 lets its host see it differently. */
static bool has_endpoint(const Reading *reading, const PlanEndpoints *endpoints, const char *endpoint)
{
    bool is_mail = strcmp(reading->channel->name, "email") == 0;

    for (size_t i = 0; i < endpoints->count; i++)
        if (is_mail ? g_ascii_strcasecmp(endpoints->items[i], endpoint) == 0
                    : strcmp(endpoints->items[i], endpoint) == 0)
            return true;
    return false;
}

static void add_endpoint(const Reading *reading, const char *text)
{
    PlanEndpoints *endpoints = reading->endpoints;
    g_autoptr(GError) error = NULL;
    char *endpoint;

    if (endpoints->count == PLAN_ENDPOINTS_MAX) {
        say(reading, _("has more than 8 addresses: the rest is left out"));
        return;
    }
    endpoint = reading->channel->parse(text, &error);
    if (!endpoint) {
        say(reading, error->message);
        return;
    }
    if (has_endpoint(reading, endpoints, endpoint))
        g_free(endpoint);
    else
        endpoints->items[endpoints->count++] = endpoint;
}

/* Every usable endpoint of the cell; several are separated by semicolons. */
static void read_cell(const Reading *reading, const char *cell)
{
    if (!strchr(cell, ';')) {
        add_endpoint(reading, cell);
        return;
    }
    g_auto(GStrv) parts = g_strsplit(cell, ";", -1);
    for (char **part = parts; *part; part++)
        if (*g_strstrip(*part))
            add_endpoint(reading, *part);
}

/* Whether the incident itself made the endpoints of this column unsafe. */
static bool is_compromised(const Person *person, const char *column)
{
    const char *cell = person_value(person, "compromised");
    g_auto(GStrv) items = cell && *cell ? g_strsplit(cell, ";", -1) : NULL;

    for (char **item = items; item && *item; item++)
        if (strcmp(g_strstrip(*item), column) == 0)
            return true;
    return false;
}

/* An address is unsafe wherever it stands: a child's mailbox is often its guardian's too. */
static void drop_unsafe(const Reading *reading)
{
    const PlanChannel *channel = reading->channel;
    const char *other = reading->column == channel->column ? channel->guardian : channel->column;
    const char *cell = other && is_compromised(reading->person, other) ? person_value(reading->person, other) : NULL;
    PlanEndpoints *endpoints = reading->endpoints;
    PlanEndpoints unsafe = {.count = 0};
    size_t kept = 0;

    if (!cell || !*cell)
        return;
    read_cell(&(Reading){.person = reading->person, .channel = channel, .column = other, .endpoints = &unsafe}, cell);
    for (size_t i = 0; i < endpoints->count; i++)
        if (has_endpoint(reading, &unsafe, endpoints->items[i]))
            g_free(endpoints->items[i]);
        else
            endpoints->items[kept++] = endpoints->items[i];
    if (kept == 0 && endpoints->count > 0)
        endpoints->usable = PLAN_UNSAFE;
    endpoints->count = kept;
    plan_endpoints_clear(&unsafe);
}

PlanUsable plan_crosses(const struct PlanRules *rules, const Person *person, const char *channel,
                        const CrossBorder **border)
{
    const char *there = rules->region ? rules->region(channel, rules->user) : NULL;
    const char *cell = there ? person_value(person, "region") : NULL;
    g_autofree char *here = cell && *cell ? region_normalize(cell) : NULL;
    const CrossBorder *found;
    const char *consent;

    if (border)
        *border = NULL;
    if (!here || region_same(here, there))
        return PLAN_USABLE;
    found = playbook_border(rules->playbook, here, there);
    if (!found)
        return PLAN_ABROAD;
    consent = found->consent ? person_value(person, found->consent) : "yes";
    if (!consent || person_answer(consent) != PERSON_YES)
        return PLAN_NO_CONSENT;
    if (border)
        *border = found;
    return PLAN_USABLE;
}

/* Before anything is read: why the column may not be used at all. */
static PlanUsable may_use(const struct PlanRules *rules, const Reading *reading)
{
    const CrossBorder *border = NULL;
    PlanUsable usable;

    if (is_compromised(reading->person, reading->column))
        return PLAN_UNSAFE;
    usable = plan_crosses(rules, reading->person, reading->channel->name, &border);
    reading->endpoints->crosses = border != NULL;
    return usable;
}

void plan_endpoints(const struct PlanRules *rules, const Person *person, const Audience *audience,
                    const PlanChannel *channel, PlanEndpoints *endpoints, PlanRemark *remark, void *user)
{
    Reading reading = {.person = person,
                       .channel = channel,
                       .column = plan_channel_column(channel, audience->capacity),
                       .endpoints = endpoints,
                       .remark = remark,
                       .user = user};
    const char *cell = reading.column ? person_value(person, reading.column) : NULL;
    bool stands_in = reading.column && channel->fallback && (!cell || !*cell);

    memset(endpoints, 0, sizeof *endpoints);
    endpoints->usable = PLAN_NONE;
    if (stands_in)
        cell = person_value(person, channel->fallback);
    if (!cell || !*cell)
        return;
    endpoints->usable = may_use(rules, &reading);
    if (endpoints->usable != PLAN_USABLE)
        return;
    if (stands_in)
        add_endpoint(&reading, cell); /* an id is one, whatever it holds */
    else
        read_cell(&reading, cell);
    if (endpoints->count == 0)
        endpoints->usable = PLAN_NONE;
    else
        drop_unsafe(&reading);
}

char *plan_endpoints_reason(const PlanChannel *channel, Capacity capacity, PlanUsable usable)
{
    static const struct {
        const char *before, *behind;
    } words[PLAN_USABLES] = {
        [PLAN_USABLE] = {"a usable ", " address"},
        [PLAN_NONE] = {"no usable ", " address"},
        [PLAN_UNSAFE] = {"the incident made this ", " address unsafe"},
        [PLAN_ABROAD] = {"the ", " gateway is in another region than the person"},
        [PLAN_NO_CONSENT] = {"the ", " gateway is in another region, and the person has not consented"},
    };

    return g_strconcat(words[usable].before, capacity == CAPACITY_GUARDIAN ? "guardian " : "", channel->name,
                       words[usable].behind, NULL);
}

void plan_endpoints_clear(PlanEndpoints *endpoints)
{
    while (endpoints->count > 0)
        g_free(endpoints->items[--endpoints->count]);
}
