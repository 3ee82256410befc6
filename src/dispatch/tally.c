#include "dispatch/tally.h"

#include <inttypes.h>
#include <string.h>

#include "base/language.h"
#include "model/locale.h"
#include "model/region.h"

typedef struct AudienceTally {
    int64_t without;                /* nothing in any of their columns */
    int64_t unsafe[PLAN_RUNGS_MAX]; /* by rung: the incident made the endpoint unsafe */
    int64_t lost[PLAN_RUNGS_MAX];   /* of these, who cannot be reached at all */
} AudienceTally;

typedef struct BorderTally { /* people in one region, a gateway in another */
    char *here;              /* owned; region of the people */
    const char *channel;     /* static */
    PlanUsable usable;
    int64_t people;
} BorderTally;

typedef struct LackTally { /* rows that are quarantined for an empty cell */
    size_t audience;
    const char *column; /* borrowed from the rules or the playbook */
    bool is_undecided;
    Position first; /* of these rows */
    int64_t people;
} LackTally;

typedef struct TongueTally {   /* people who get a notice in another language than they asked for */
    const char *template_name; /* borrowed from the playbook */
    char *asked;               /* owned; normalised */
    const char *given;         /* borrowed from the material */
    size_t audience;           /* the first with that template */
    int64_t people;
} TongueTally;

struct Tally {
    const Material *material; /* borrowed */
    AudienceTally audiences[PLAN_AUDIENCES_MAX];
    GArray *borders;                      /* of BorderTally; owned */
    GArray *lacks;                        /* of LackTally; owned */
    GArray *tongues;                      /* of TongueTally; owned */
    int64_t messages[PLAN_AUDIENCES_MAX]; /* that are sent without a ladder being climbed, by gateway of the playbook */
    int64_t left_out;                     /* people whom no audience fits */
    Position left_out_at;                 /* of the first of them */
    int64_t unknown;                      /* people without a region that can be read */
    const char *unknown_at;               /* the channel of the first gateway of theirs that says where it is; static */
};

static void border_clear(void *border)
{
    g_free(((BorderTally *)border)->here);
}

static void tongue_clear(void *tongue)
{
    g_free(((TongueTally *)tongue)->asked);
}

Tally *tally_new(const Material *material)
{
    Tally *tally = g_new0(Tally, 1);

    tally->material = material;
    tally->borders = g_array_new(FALSE, TRUE, sizeof(BorderTally));
    g_array_set_clear_func(tally->borders, border_clear);
    tally->lacks = g_array_new(FALSE, TRUE, sizeof(LackTally));
    tally->tongues = g_array_new(FALSE, TRUE, sizeof(TongueTally));
    g_array_set_clear_func(tally->tongues, tongue_clear);
    return tally;
}

void tally_free(Tally *tally)
{
    if (!tally)
        return;
    g_array_unref(tally->borders);
    g_array_unref(tally->lacks);
    g_array_unref(tally->tongues);
    g_free(tally);
}

/* Counting ------------------------------------------------------------------------------------------------------ */

static const Audience *audience_at(const Tally *tally, size_t index)
{
    const GPtrArray *audiences = material_playbook(tally->material)->audiences;

    return index < audiences->len ? g_ptr_array_index(audiences, index) : NULL;
}

static guint rungs_of(const Audience *audience)
{
    return MIN(audience->ladder->len, PLAN_RUNGS_MAX);
}

static void count_border(Tally *tally, const char *here, const char *channel, PlanUsable usable, int sign)
{
    BorderTally fresh = {.channel = plan_channel(channel)->name, .usable = usable, .people = sign};

    for (guint i = 0; i < tally->borders->len; i++) {
        BorderTally *border = &g_array_index(tally->borders, BorderTally, i);

        if (border->usable == usable && strcmp(border->channel, channel) == 0 && strcmp(border->here, here) == 0) {
            border->people += sign;
            return;
        }
    }
    fresh.here = g_strdup(here);
    g_array_append_val(tally->borders, fresh);
}

static void count_borders(Tally *tally, const Audience *audience, const PlanNotice *notice, const char *here, int sign)
{
    for (guint i = 0; i < rungs_of(audience); i++) {
        const char *channel = g_ptr_array_index(audience->ladder, i);

        if (notice->usable[i] == PLAN_ABROAD || notice->usable[i] == PLAN_NO_CONSENT)
            count_border(tally, here, channel, notice->usable[i], sign);
        else if (notice->crosses & 1u << i)
            count_border(tally, here, channel, PLAN_USABLE, sign);
    }
}

static void count_reach(Tally *tally, const Audience *audience, const PlanNotice *notice, int sign)
{
    AudienceTally *counts = &tally->audiences[notice->audience];
    bool is_lost = notice->count == 0 && notice->aside == TOLD_UNREACHABLE;
    bool has_nothing = is_lost;

    for (guint i = 0; i < rungs_of(audience); i++) {
        if (notice->usable[i] != PLAN_NONE)
            has_nothing = false;
        if (notice->usable[i] != PLAN_UNSAFE)
            continue;
        counts->unsafe[i] += sign;
        counts->lost[i] += is_lost ? sign : 0;
    }
    counts->without += has_nothing ? sign : 0;
}

static void count_lack(Tally *tally, const Person *person, const PlanNotice *notice, int sign)
{
    const LackTally fresh = {.audience = notice->audience,
                             .column = notice->lacks,
                             .is_undecided = notice->is_undecided,
                             .first = person->at,
                             .people = sign};

    if (person_column(person->columns, notice->lacks) < 0 &&
        (notice->is_undecided || !person_is_known_column(notice->lacks)))
        return; /* a name that nobody has is an error of the playbook or the template */
    for (guint i = 0; i < tally->lacks->len; i++) {
        LackTally *lack = &g_array_index(tally->lacks, LackTally, i);

        if (lack->audience == notice->audience && lack->is_undecided == notice->is_undecided &&
            strcmp(lack->column, notice->lacks) == 0) {
            lack->people += sign;
            return;
        }
    }
    g_array_append_val(tally->lacks, fresh);
}

static void count_aside(Tally *tally, const Person *person, const Audience *audience, const PlanNotice *notice,
                        int sign)
{
    if (audience && notice->lacks)
        count_lack(tally, person, notice, sign);
    if (audience || notice->aside != TOLD_WITHHELD)
        return;
    if (tally->left_out == 0)
        tally->left_out_at = person->at;
    tally->left_out += sign;
}

/* Whether a gateway that this notice may use says where it is; its channel, or NULL. */
static const char *placed_channel(const Tally *tally, const Audience *audience, const PlanNotice *notice)
{
    for (guint i = 0; i < rungs_of(audience); i++) {
        const char *channel = g_ptr_array_index(audience->ladder, i);

        if (notice->usable[i] == PLAN_USABLE && material_region(tally->material, channel))
            return plan_channel(channel)->name;
    }
    return NULL;
}

static void count_tongue(Tally *tally, const Person *person, const PlanNotice *notice, int sign)
{
    const char *value = person_value(person, "locale");
    g_autofree char *asked = value && *value ? locale_normalize(value) : NULL;
    TongueTally fresh = {.audience = notice->audience, .given = notice->locale, .people = sign};

    if (!asked || locale_pick(asked, material_locales(tally->material, notice->audience), NULL))
        return;
    fresh.template_name = audience_at(tally, notice->audience)->template_name;
    for (guint i = 0; i < tally->tongues->len; i++) {
        TongueTally *tongue = &g_array_index(tally->tongues, TongueTally, i);

        if (strcmp(tongue->template_name, fresh.template_name) == 0 && strcmp(tongue->asked, asked) == 0) {
            tongue->people += sign;
            return;
        }
    }
    fresh.asked = g_steal_pointer(&asked);
    g_array_append_val(tally->tongues, fresh);
}

static void count_channel(Tally *tally, const char *channel, int64_t messages)
{
    const GPtrArray *gateways = material_playbook(tally->material)->gateways;

    for (guint i = 0; i < gateways->len && i < PLAN_AUDIENCES_MAX; i++)
        if (strcmp(((const ChannelGateway *)g_ptr_array_index(gateways, i))->channel, channel) == 0)
            tally->messages[i] += messages;
}

/* The rungs behind the first are used at once only where the audience says `every`. */
static void count_messages(Tally *tally, const PlanNotice *notice, int sign)
{
    count_channel(tally, notice->channel, sign * (int64_t)notice->count);
    for (size_t i = 0; notice->more > 0 && i < notice->rung_count; i++)
        count_channel(tally, notice->rungs[i], sign * (int64_t)notice->rung_endpoints[i]);
}

void tally_person(Tally *tally, const Person *person, const PlanDecision *decision, int sign)
{
    int column = person->problem ? -1 : person_column(person->columns, "region");
    g_autofree char *here = column >= 0 ? region_normalize(person->values[column]) : NULL;
    const char *placed = NULL;

    for (size_t i = 0; i < decision->count; i++) {
        const PlanNotice *notice = &decision->notices[i];
        const Audience *audience = audience_at(tally, notice->audience);

        count_aside(tally, person, audience, notice, sign);
        if (!audience || (notice->count == 0 && notice->aside != TOLD_UNREACHABLE))
            continue;
        count_reach(tally, audience, notice, sign);
        if (notice->count > 0) {
            count_tongue(tally, person, notice, sign);
            count_messages(tally, notice, sign);
        }
        if (here)
            count_borders(tally, audience, notice, here, sign);
        else if (!placed && notice->count > 0)
            placed = placed_channel(tally, audience, notice);
    }
    if (!placed)
        return;
    tally->unknown += sign;
    if (!tally->unknown_at)
        tally->unknown_at = placed;
}

static size_t channel_index(const char *channel)
{
    const char *const *names = plan_channels();
    size_t i = 0;

    while (strcmp(names[i], channel) != 0)
        i++;
    return i;
}

void tally_text(MaterialText *text, const PlanNotice *notice, const char *channel, int sign)
{
    bool is_first = strcmp(notice->channel, channel) == 0;

    G_STATIC_ASSERT(G_N_ELEMENTS(text->others) >= PLAN_RUNGS_MAX);
    if (!is_first)
        text->later += sign;
    if (notice->rung_count == 0)
        text->only += sign;
    if (!is_first)
        text->others[channel_index(notice->channel)] += sign;
    for (size_t i = 0; i < notice->rung_count; i++)
        if (strcmp(notice->rungs[i], channel) != 0)
            text->others[channel_index(notice->rungs[i])] += sign;
}

char *tally_others(const MaterialText *text)
{
    const char *const *names = plan_channels();
    GString *list = g_string_new(NULL);

    for (size_t i = 0; names[i]; i++)
        if (text->others[i] > 0)
            g_string_append_printf(list, "%s%s %" PRId64, list->len > 0 ? ", " : "", names[i], text->others[i]);
    return g_string_free(list, FALSE);
}

/* Findings ------------------------------------------------------------------------------------------------------- */

static Position gateway_place(const Tally *tally, const char *channel)
{
    const Playbook *playbook = material_playbook(tally->material);

    for (guint i = 0; i < playbook->gateways->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(playbook->gateways, i);

        if (strcmp(entry->channel, channel) == 0)
            return entry->at;
    }
    return position_make(playbook->path, 0, 0);
}

/* "china", "usa" or "null": a border that is allowed by such a name would be none tomorrow. */
static bool is_code(const char *region)
{
    return strlen(region) == 2 || region[2] == '-' || strcmp(region, "eea") == 0;
}

static void report_border(const Tally *tally, const BorderTally *border, Findings *findings)
{
    const Gateway *gateway = material_gateway(tally->material, border->channel);
    const CrossBorder *rule = playbook_border(material_playbook(tally->material), border->here, gateway->region);
    Position at = gateway_place(tally, border->channel);

    if (border->usable == PLAN_ABROAD && !is_code(border->here))
        findings_error(findings, FINDING_SEND, "region-border", at,
                       "gateway %s is in %s, and the region of %d is \"%s\", which is no code: write cn, de, us or the "
                       "like under region in the people file",
                       gateway->name, gateway->region, (int)border->people, border->here);
    else if (border->usable == PLAN_ABROAD)
        findings_error(
            findings, FINDING_SEND, "region-border", at,
            "gateway %s is in %s and would get the data of people in %s (%d of them): use a gateway in their "
            "region, or allow it with cross_border: {pair: [%s, %s], basis: …}",
            gateway->name, gateway->region, border->here, (int)border->people, border->here, gateway->region);
    else if (border->usable == PLAN_NO_CONSENT)
        findings_warning(findings, FINDING_SEND, "region-consent", at,
                         "gateway %s is in %s: %d in %s have not consented to that (column %s) and are not told by %s",
                         gateway->name, gateway->region, (int)border->people, border->here, rule->consent,
                         border->channel);
}

void tally_borders(const Tally *tally, Findings *findings)
{
    for (guint i = 0; i < tally->borders->len; i++) {
        const BorderTally *border = &g_array_index(tally->borders, BorderTally, i);

        if (border->people > 0)
            report_border(tally, border, findings);
    }
}

static char *ladder_text(const Audience *audience)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < audience->ladder->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", (const char *)g_ptr_array_index(audience->ladder, i));
    return g_string_free(text, FALSE);
}

static void report_audience(const Audience *audience, const AudienceTally *counts, Findings *findings)
{
    g_autofree char *ladder = ladder_text(audience);

    if (counts->without > 0 && audience->capacity == CAPACITY_GUARDIAN)
        findings_warning(findings, FINDING_SEND, "audience-guardian", audience->at,
                         "audience %s: %d have no guardian who can be reached (%s): fill in guardian_email, "
                         "guardian_phone or guardian_address, or nobody is told of them",
                         audience->id, (int)counts->without, ladder);
    else if (counts->without > 0)
        findings_warning(findings, FINDING_SEND, "audience-unreachable", audience->at,
                         "audience %s: %d cannot be reached, for no address of theirs can be used (%s): complete their "
                         "rows, or they stay untold",
                         audience->id, (int)counts->without, ladder);
    for (guint i = 0; i < rungs_of(audience); i++)
        if (counts->unsafe[i] > 0)
            findings_warning(
                findings, FINDING_SEND, "audience-unsafe", audience->at,
                "audience %s: of %d the incident made the %s address unsafe, so it is not used: %d of them "
                "are told another way, %d cannot be reached",
                audience->id, (int)counts->unsafe[i], (const char *)g_ptr_array_index(audience->ladder, i),
                (int)(counts->unsafe[i] - counts->lost[i]), (int)counts->lost[i]);
}

static void report_lack(const Tally *tally, const LackTally *lack, Findings *findings)
{
    const Audience *audience = audience_at(tally, lack->audience);

    if (lack->is_undecided)
        findings_warning(findings, FINDING_SEND, "audience-incomplete", lack->first,
                         "audience %s: of %d nobody can say whether they belong to it, for %s is empty or cannot be "
                         "compared: they are quarantined and stay untold; the first of them stands here",
                         audience->id, (int)lack->people, lack->column);
    else
        findings_warning(findings, FINDING_SEND, "audience-incomplete", lack->first,
                         "audience %s: %d lack %s, which their notice needs: they are quarantined and stay untold; the "
                         "first of them stands here",
                         audience->id, (int)lack->people, lack->column);
}

/* The languages of the shipped templates are known; one that a template of the user's lacks was mostly forgotten. */
static void report_tongue(const Tally *tally, const TongueTally *tongue, Findings *findings)
{
    g_autofree char *own =
        g_build_filename(material_playbook(tally->material)->folder, "templates", tongue->template_name, NULL);

    if (!g_file_test(own, G_FILE_TEST_IS_DIR))
        return;
    findings_warning(findings, FINDING_SEND, "audience-language", audience_at(tally, tongue->audience)->at,
                     "%d who asked for %s get %s: template %s has no %s; add a folder %s to it", (int)tongue->people,
                     tongue->asked, tongue->given, tongue->template_name, tongue->asked, tongue->asked);
}

void tally_quotas(const Tally *tally, Findings *findings)
{
    const GPtrArray *entries = material_playbook(tally->material)->gateways;

    for (guint i = 0; i < entries->len && i < PLAN_AUDIENCES_MAX; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);
        const Gateway *gateway = material_gateway(tally->material, entry->channel);
        int64_t messages = tally->messages[i];

        if (!gateway || gateway->quota <= 0 || messages <= gateway->quota)
            continue;
        findings_warning(findings, FINDING_SEND, "gateway-quota", entry->at,
                         "gateway %s takes %d messages a day (quota), and %d are to go through it: that takes %d days",
                         gateway->name, (int)gateway->quota, (int)messages,
                         (int)((messages + gateway->quota - 1) / gateway->quota));
    }
}

void tally_reach(const Tally *tally, Findings *findings)
{
    const Audience *audience;

    for (guint i = 0; i < tally->tongues->len; i++)
        if (g_array_index(tally->tongues, TongueTally, i).people > 0)
            report_tongue(tally, &g_array_index(tally->tongues, TongueTally, i), findings);
    for (guint i = 0; i < tally->lacks->len; i++)
        if (g_array_index(tally->lacks, LackTally, i).people > 0)
            report_lack(tally, &g_array_index(tally->lacks, LackTally, i), findings);
    /* An audience with mistakes may take them. */
    if (tally->left_out > 0 && findings_errors(findings, FINDING_SEND) == 0)
        findings_warning(findings, FINDING_SEND, "audience-none", tally->left_out_at,
                         tally->left_out == 1
                             ? N_("no audience fits %d person, who is told nothing and stands here. An audience "
                                  "without match at the end of the list takes everybody")
                             : N_("no audience fits %d people, so they are told nothing; the first of them stands "
                                  "here. An audience without match at the end of the list takes them"),
                         (int)tally->left_out);

    for (size_t i = 0; i < PLAN_AUDIENCES_MAX && (audience = audience_at(tally, i)) != NULL; i++)
        report_audience(audience, &tally->audiences[i], findings);
    if (tally->unknown > 0) {
        const Gateway *gateway = material_gateway(tally->material, tally->unknown_at);

        findings_warning(findings, FINDING_SEND, "region-unknown", gateway_place(tally, tally->unknown_at),
                         "%d have no region that can be read, and gateway %s is in %s: their data may leave their "
                         "region; fill in the column region",
                         (int)tally->unknown, gateway->name, gateway->region);
    }
}

json_t *tally_crossed(const Tally *tally)
{
    json_t *list = json_array();

    for (guint i = 0; i < tally->borders->len; i++) {
        const BorderTally *border = &g_array_index(tally->borders, BorderTally, i);
        const Gateway *gateway = material_gateway(tally->material, border->channel);
        const CrossBorder *rule = playbook_border(material_playbook(tally->material), border->here, gateway->region);

        if (border->usable != PLAN_USABLE || border->people <= 0)
            continue;
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s}", "basis",
                                              rule->basis, "channel", border->channel, "from", border->here, "gateway",
                                              gateway->name, "people", (json_int_t)border->people, "purpose",
                                              rule->purpose, "recipient", rule->recipient, "risks", rule->risks,
                                              "safeguards", rule->safeguards, "to", gateway->region));
    }
    return list;
}
