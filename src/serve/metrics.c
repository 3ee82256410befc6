#include "serve/metrics.h"

#include <string.h>

#include "base/member.h"

/* Families -------------------------------------------------------------------------------------------------------- */

static void begin_family(GString *text, const char *name, const char *type, const char *help)
{
    g_string_append_printf(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A label's value: \, " and line feed are escaped (exposition format, "Comments, help text, and type information"). */
static void append_value(GString *text, const char *value)
{
    for (const char *c = value; *c; c++) {
        if (*c == '\n') {
            g_string_append(text, "\\n");
            continue;
        }
        if (*c == '\\' || *c == '"')
            g_string_append_c(text, '\\');
        g_string_append_c(text, *c);
    }
}

/* The number of one series; `labels` are names and values in turn, NULL-terminated. */
static void append_sample(GString *text, const char *name, const char *const *labels, double number)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append(text, name);
    for (size_t i = 0; labels[i]; i += 2) {
        g_string_append_printf(text, "%s%s=\"", i == 0 ? "{" : ",", labels[i]);
        append_value(text, labels[i + 1]);
        g_string_append_c(text, '"');
    }
    g_string_append_printf(text, "%s %s\n", labels[0] ? "}" : "",
                           g_ascii_formatd(digits, sizeof digits, "%.15g", number));
}

#define LABELS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_LABELS   ((const char *const[]){NULL})

/* Seconds since 1970 of a time in UTC; false: there is none. */
static bool seconds_of(const json_t *value, double *seconds)
{
    g_autoptr(GDateTime) time =
        json_is_string(value) ? g_date_time_new_from_iso8601(json_string_value(value), NULL) : NULL;

    if (!time)
        return false;
    *seconds = (double)g_date_time_to_unix(time) + g_date_time_get_microsecond(time) / 1e6;
    return true;
}

/* Numbers of the document that stand alone --------------------------------------------------------------------------
 */

typedef enum Reading { READ_NUMBER, READ_TRUTH, READ_LENGTH, READ_TIME } Reading;

typedef struct Single {
    const char *name, *type, *help;
    const char *member; /* "pace.eta" is a member of a member */
    Reading reading;
} Single;

static const Single singles[] = {
    {"breach_running", "gauge", "1 while a breach notify is at work on the ledger.", "running", READ_TRUTH},
    {"breach_complete", "gauge", "1 when everybody has a final state and nothing is due.", "complete", READ_TRUTH},
    {"breach_messages_done", "gauge", "Messages that need nothing more.", "pace.done", READ_NUMBER},
    {"breach_messages_left", "gauge", "Messages still to be sent or settled.", "pace.left", READ_NUMBER},
    {"breach_rate_messages_per_second", "gauge", "Messages that came to an end, mean of the last 10 seconds.",
     "pace.rate_10s", READ_NUMBER},
    {"breach_finish_timestamp_seconds", "gauge", "When sending will be done at this rate.", "pace.eta", READ_TIME},
    {"breach_messages_held_in_doubt", "gauge", "Messages in doubt that wait for a person's decision.", "held",
     READ_NUMBER},
    {"breach_attempts_after_doubt_total", "counter", "Attempts made on messages that had been in doubt.",
     "resent_in_doubt", READ_NUMBER},
    {"breach_messages_accepted_twice_total", "counter", "Messages known to have been accepted more than once.", "twice",
     READ_NUMBER},
    {"breach_calls_to_make", "gauge", "Telephone calls on a list of which nothing was recorded.", "calls", READ_NUMBER},
    {"breach_holds", "gauge", "Brakes that a person has set.", "holds", READ_LENGTH},
    {"breach_pauses", "gauge", "Gateways and domains that rest by themselves.", "pauses", READ_LENGTH},
    {"breach_clocks_running", "gauge", "Clocks of the law that run.", "clocks_running", READ_NUMBER},
    {"breach_clocks_overdue", "gauge", "Clocks of the law that are overdue.", "clocks_overdue", READ_NUMBER},
    {"breach_announcement_outstanding", "gauge", "Endpoints and languages without this edition's announcement.",
     "announcement.outstanding", READ_NUMBER},
};

static const json_t *member_of(const json_t *document, const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, ".", -1);

    for (char **name = names; *name; name++)
        document = json_object_get(document, *name);
    return document;
}

static bool read_single(const Single *single, const json_t *live, double *number)
{
    const json_t *value = member_of(live, single->member);

    switch (single->reading) {
    case READ_NUMBER:
        *number = json_number_value(value);
        return json_is_number(value);
    case READ_TRUTH:
        *number = json_is_true(value) ? 1 : 0;
        return json_is_boolean(value);
    case READ_LENGTH:
        *number = (double)json_array_size(value);
        return json_is_array(value);
    case READ_TIME:
        return seconds_of(value, number);
    }
    return false;
}

static void append_singles(GString *text, const json_t *live)
{
    for (size_t i = 0; i < G_N_ELEMENTS(singles); i++) {
        double number;

        if (!read_single(&singles[i], live, &number))
            continue;
        begin_family(text, singles[i].name, singles[i].type, singles[i].help);
        append_sample(text, singles[i].name, NO_LABELS, number);
    }
}

/* Numbers by state, channel, gateway and clock ----------------------------------------------------------------------
 */

static void append_incident(GString *text, const json_t *live)
{
    g_autofree char *edition =
        g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(live, "edition")));

    begin_family(text, "breach_incident_info", "gauge", "Which incident these numbers are about; exercise or actual.");
    append_sample(
        text, "breach_incident_info",
        LABELS("incident", member_text(live, "incident"), "status", member_text(live, "status"), "edition", edition),
        1);
}

static void append_people(GString *text, const json_t *live)
{
    const char *state;
    json_t *number;

    begin_family(text, "breach_people", "gauge", "People by state; everybody is in exactly one.");
    json_object_foreach(json_object_get(live, "people"), state, number) if (strcmp(state, "total") != 0)
        append_sample(text, "breach_people", LABELS("state", state), json_number_value(number));
}

static void append_channels(GString *text, const json_t *live)
{
    const char *channel, *state;
    json_t *states, *number;

    begin_family(text, "breach_messages", "gauge", "Messages by channel and state.");
    json_object_foreach(json_object_get(live, "channels"), channel, states) json_object_foreach(states, state, number)
        append_sample(text, "breach_messages", LABELS("channel", channel, "state", state), json_number_value(number));
}

static void append_ways(GString *text, const json_t *live, const char *name, const char *help, const char *member)
{
    json_t *ways = json_object_get(live, "ways");
    json_t *way;
    size_t i;

    begin_family(text, name, "gauge", help);
    json_array_foreach(ways, i, way) if (json_is_number(json_object_get(way, member))) append_sample(
        text, name, LABELS("channel", member_text(way, "channel"), "gateway", member_text(way, "gateway")),
        json_number_value(json_object_get(way, member)));
}

static void append_clocks(GString *text, const json_t *live)
{
    json_t *clock;
    size_t i;
    double due;

    begin_family(text, "breach_clock_due_timestamp_seconds", "gauge", "When the tightest clocks of the law are due.");
    json_array_foreach(json_object_get(live, "clocks"), i, clock) if (seconds_of(json_object_get(clock, "due"), &due))
        append_sample(text, "breach_clock_due_timestamp_seconds",
                      LABELS("clock", member_text(clock, "id"), "state", member_text(clock, "state")), due);
}

/* Numbers that stay as they are are not published again, but read again: whoever watches over us asks for that time. */
static void append_read(GString *text, int64_t read_at)
{
    if (read_at <= 0)
        return;
    begin_family(text, "breach_read_timestamp_seconds", "gauge", "When the ledger was read for these numbers.");
    append_sample(text, "breach_read_timestamp_seconds", NO_LABELS, (double)read_at / 1000);
}

/* What this process itself counts -----------------------------------------------------------------------------------
 */

static void append_own(GString *text, const MetricsSource *source)
{
    const struct {
        const char *result;
        int64_t count;
    } receipts[] = {
        {"recorded", source->receipts.recorded}, {"repeated", source->receipts.repeated},
        {"ignored", source->receipts.ignored},   {"unknown", source->receipts.unknown},
        {"forged", source->receipts.forged},     {"broken", source->receipts.broken},
    };

    begin_family(text, "breach_build_info", "gauge", "The version of breach that serves this.");
    append_sample(text, "breach_build_info", LABELS("version", source->version), 1);
    begin_family(text, "breach_receipts_total", "counter", "Delivery reports since this process began, by result.");
    for (size_t i = 0; i < G_N_ELEMENTS(receipts); i++)
        append_sample(text, "breach_receipts_total", LABELS("result", receipts[i].result), (double)receipts[i].count);
    begin_family(text, "breach_watchers", "gauge", "Browsers that watch the page.");
    append_sample(text, "breach_watchers", NO_LABELS, (double)source->stream.watchers);
    begin_family(text, "breach_watchers_refused_total", "counter", "Browsers refused since there were too many.");
    append_sample(text, "breach_watchers_refused_total", NO_LABELS, (double)source->stream.refused);
}

char *metrics_text(const MetricsSource *source)
{
    GString *text = g_string_new(NULL);

    append_own(text, source);
    if (source->live) {
        append_incident(text, source->live);
        append_read(text, source->stream.read_at);
        append_singles(text, source->live);
        append_people(text, source->live);
        append_channels(text, source->live);
        append_ways(text, source->live, "breach_way_messages_done",
                    "Messages of a channel and gateway that need nothing more.", "done");
        append_ways(text, source->live, "breach_way_messages_left",
                    "Messages of a channel and gateway still to be sent or settled.", "left");
        append_ways(text, source->live, "breach_way_rate_messages_per_second",
                    "Messages of a channel and gateway that came to an end, mean of the last 10 seconds.", "rate_10s");
        append_clocks(text, source->live);
    }
    return g_string_free(text, FALSE);
}
