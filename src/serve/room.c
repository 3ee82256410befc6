#include "serve/room.h"

#include <string.h>

#include "ledger/ledger.h"
#include "model/identity.h"
#include "report/clock_json.h"

#define OTHER "other"

/* Reasons --------------------------------------------------------------------------------------------------------- */

typedef enum Where { AT_BEGINNING, ANYWHERE } Where;

/* Reasons as model/plan, dispatch and ledger word them, and what they are called here. The first that fits counts. */
static const struct {
    const char *words, *kind;
    Where where;
} kinds[] = {
    {"no usable address of a guardian", "no-guardian", AT_BEGINNING},
    {"no usable ", "no-address", AT_BEGINNING},
    {"the incident made this ", "unsafe-address", AT_BEGINNING},
    {"deceased: ", "deceased", AT_BEGINNING},
    {"deceased is neither", "row", AT_BEGINNING},
    {"gateway is in another region", "region", ANYWHERE},
    {" missing: ", "missing", ANYWHERE},
    {"no audience of the playbook fits", "no-audience", AT_BEGINNING},
    {"the same id stands in more than one row", "same-id", AT_BEGINNING},
    {"somebody who shares this address", "shared-address", AT_BEGINNING},
    {"no longer in the people file", "removed", AT_BEGINNING},
    {"superseded by edition ", "edition", AT_BEGINNING},
    {"withdrawn before they were told", "edition", AT_BEGINNING},
    {"no answer from the gateway that could be used", "no-answer", AT_BEGINNING},
    {"it came back", "came-back", AT_BEGINNING},
    {" asked to wait (", "decision", ANYWHERE},
    {" decided not to notify (", "decision", ANYWHERE},
    {"compromised names no column", "row", AT_BEGINNING},
    {"data_kinds has one that", "row", AT_BEGINNING},
    {"bytes that are not UTF-8", "row", AT_BEGINNING},
    {"a quote inside a field", "row", AT_BEGINNING},
    {"row has no id", "row", AT_BEGINNING},
    {"a line break in ", "row", AT_BEGINNING},
    {" came back", "ladder", ANYWHERE},
    {" not reported as delivered", "ladder", ANYWHERE},
    {" refused; ", "ladder", ANYWHERE},
    {": no usable address", "ladder", ANYWHERE},
};

static const char *kind_of(const char *reason)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const char *found = strstr(reason, kinds[i].words);

        if (found && (found == reason || kinds[i].where == ANYWHERE))
            return kinds[i].kind;
    }
    return OTHER;
}

/* The code at the end of "no such mailbox (550 5.1.1)", digits and dots alone: without the gateway's own words. Newly
 * allocated; NULL: there is none. */
static char *code_of(const char *reason)
{
    const char *open = strrchr(reason, '(');
    size_t size = open ? strspn(open + 1, "0123456789. ") : 0;

    if (size < 3 || size > 16 || open[size + 1] != ')' || open[size + 2] != '\0')
        return NULL;
    return g_strstrip(g_strndup(open + 1, size));
}

/* Those of the same state, kind and code together. */
static void add_reason(json_t *list, const LedgerReason *reason)
{
    g_autofree char *code = code_of(reason->reason);
    const char *kind = code ? "refused" : kind_of(reason->reason);
    const char *state = identity_told_name(reason->told);
    json_t *one;
    size_t i;

    json_array_foreach(list, i, one)
    {
        const char *same = json_string_value(json_object_get(one, "code"));

        if (strcmp(json_string_value(json_object_get(one, "state")), state) == 0 &&
            strcmp(json_string_value(json_object_get(one, "kind")), kind) == 0 && g_strcmp0(same, code) == 0) {
            json_int_t notices = json_integer_value(json_object_get(one, "notices"));

            json_object_set_new(one, "notices", json_integer(notices + (json_int_t)reason->people));
            return;
        }
    }
    json_array_append_new(list, json_pack("{s:s, s:s, s:s?, s:I}", "state", state, "kind", kind, "code", code,
                                          "notices", (json_int_t)reason->people));
}

static json_t *reasons_json(const GPtrArray *reasons)
{
    json_t *list = json_array();

    for (guint i = 0; reasons && i < reasons->len; i++)
        add_reason(list, g_ptr_array_index(reasons, i));
    return list;
}

/* Response steps and clocks --------------------------------------------------------------------------------------- */

static const char *const languages[] = {"en", "zh-CN", "zh-TW"};

static json_t *titles_json(const LocaleText *text)
{
    json_t *titles = json_object();

    for (size_t i = 0; text && i < G_N_ELEMENTS(languages); i++) {
        const char *title = locale_text_get(text, languages[i]);

        if (title)
            json_object_set_new(titles, languages[i], json_string(title));
    }
    return titles;
}

static json_t *response_json(const GPtrArray *responses)
{
    json_t *list = json_array();

    for (guint i = 0; i < responses->len; i++) {
        const CaseResponse *one = g_ptr_array_index(responses, i);
        int64_t started_at = one->state != CASE_RESPONSE_OPEN ? one->started_at.at : 0;
        int64_t done_at = one->state == CASE_RESPONSE_DONE ? one->done_at.at : 0;

        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:o, s:s, s:b, s:o, s:o}", "id", one->step->id, "kind",
                                        response_kind_name(one->step->kind), "titles", titles_json(one->step->title),
                                        "state", case_response_state_name(one->state), "gate", one->step->gate,
                                        "started_at", clock_json_at(started_at), "done_at", clock_json_at(done_at)));
    }
    return list;
}

/* What the clocks that the page shows are called, as far as the law has it in its languages. */
static json_t *clock_names_json(const GPtrArray *obligations, const json_t *clocks)
{
    json_t *names = json_object();
    json_t *clock;
    size_t i;

    json_array_foreach(clocks, i, clock)
    {
        const char *id = json_string_value(json_object_get(clock, "id"));

        for (guint o = 0; obligations && o < obligations->len; o++) {
            const Obligation *obligation = g_ptr_array_index(obligations, o);

            if (obligation->step && g_strcmp0(obligation->id, id) == 0)
                json_object_set_new(names, id, titles_json(obligation->step->name));
        }
    }
    return names;
}

json_t *room_json(const Casework *casework, const GPtrArray *reasons, const json_t *live)
{
    const Lawbook *lawbook = casework ? casework->lawbook : NULL;

    return json_pack("{s:s, s:b, s:o, s:o, s:o, s:b}", "schema", "breach.room/1", "law",
                     lawbook && lawbook->obligations->len > 0, "reasons", reasons_json(reasons),
                     "response", casework ? response_json(casework->responses) : json_array(), "clock_names",
                     clock_names_json(lawbook ? lawbook->obligations : NULL, json_object_get(live, "clocks")), "closed",
                     lawbook && casework_closed(lawbook->state));
}
