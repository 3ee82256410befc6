#include "model/case_state.h"

#include <string.h>

#include "base/clock.h"
#include "base/member.h"

static const char *const kinds[CASE_KINDS] = {
    [CASE_ANCHOR] = "anchor",     [CASE_AFFECTED] = "affected", [CASE_LEVEL] = "level",
    [CASE_REGIMES] = "regimes",   [CASE_VARIABLE] = "variable", [CASE_FILING] = "filing",
    [CASE_DECISION] = "decision", [CASE_INQUIRY] = "inquiry",   [CASE_RESPONSE] = "response",
    [CASE_WARNING] = "warning",   [CASE_CLOSED] = "closed",     [CASE_LOOKUP] = "lookup",
};

/* Events --------------------------------------------------------------------------------------------------------- */

CaseEvent *case_event_new(int64_t no, int64_t at, const char *by, CaseKind kind, json_t *body)
{
    CaseEvent *event = g_new0(CaseEvent, 1);

    event->no = no;
    event->at = at;
    event->by = g_strdup(by);
    event->kind = kind;
    event->body = body;
    return event;
}

void case_event_free(CaseEvent *event)
{
    if (!event)
        return;
    g_free(event->by);
    json_decref(event->body);
    g_free(event);
}

static void event_free(gpointer data)
{
    case_event_free(data);
}

GPtrArray *case_events_new(void)
{
    return g_ptr_array_new_with_free_func(event_free);
}

const char *case_event_text(const CaseEvent *event, const char *member)
{
    return json_string_value(json_object_get(event->body, member));
}

const char *case_event_author(const CaseEvent *event)
{
    const char *by = case_event_text(event, "by");

    return by ? by : json_string_value(json_object_get(json_object_get(event->body, "new"), "by"));
}

const char *case_kind_name(CaseKind kind)
{
    return kinds[kind];
}

bool case_kind_parse(const char *name, CaseKind *kind)
{
    for (int i = 0; i < CASE_KINDS; i++)
        if (strcmp(kinds[i], name) == 0) {
            *kind = (CaseKind)i;
            return true;
        }
    return false;
}

/* Folding -------------------------------------------------------------------------------------------------------- */

static void value_free(gpointer data)
{
    CaseValue *value = data;

    g_free(value->name);
    g_ptr_array_unref(value->history);
    g_free(value);
}

static void subject_free(gpointer data)
{
    CaseSubject *subject = data;

    g_ptr_array_unref(subject->events);
    g_free(subject);
}

const CaseValue *case_state_value(const CaseState *state, CaseKind kind, const char *name)
{
    for (guint i = 0; i < state->values->len; i++) {
        const CaseValue *value = g_ptr_array_index(state->values, i);

        if (value->kind == kind && strcmp(value->name, name) == 0)
            return value;
    }
    return NULL;
}

static void fold_value(CaseState *state, const CaseEvent *event)
{
    const char *name = case_event_text(event, "name");
    const json_t *new = json_object_get(event->body, "new");
    CaseValue *value;

    if (!name || !new)
        return;
    value = (CaseValue *)case_state_value(state, event->kind, name);
    if (!value) {
        value = g_new0(CaseValue, 1);
        value->kind = event->kind;
        value->name = g_strdup(name);
        value->history = g_ptr_array_new();
        g_ptr_array_add(state->values, value);
    }
    value->now = new;
    if (g_strcmp0(case_event_text(event, "source"), "playbook") == 0)
        value->playbook = new;
    g_ptr_array_add(value->history, (gpointer)event);
}

/* A later event took the entry back: it stays in `events` alone. */
static void withdraw(CaseState *state, int64_t no)
{
    for (guint i = 0; i < state->filings->len; i++)
        if (((const CaseFiling *)g_ptr_array_index(state->filings, i))->event->no == no) {
            g_ptr_array_remove_index(state->filings, i);
            return;
        }
}

static void fold_filing(CaseState *state, const CaseEvent *event)
{
    const json_t *withdraws = json_object_get(event->body, "withdraws");
    const char *regime = case_event_text(event, "regime");
    const char *step = case_event_text(event, "step");
    const char *at = case_event_text(event, "at");
    RegimeTime time;
    CaseFiling *filing;

    if (withdraws)
        withdraw(state, json_integer_value(withdraws));
    if (withdraws || !regime || !step || !at || !law_time_parse(at, &time, NULL))
        return;
    filing = g_new0(CaseFiling, 1);
    *filing = (CaseFiling){.event = event, .regime = regime, .step = step, .time = time};
    g_ptr_array_add(state->filings, filing);
}

/* What is needed while folding: the subjects of each kind by their ids, for people ask by the thousand. */
typedef struct Folding {
    CaseState *state;
    GHashTable *known[CASE_KINDS]; /* owned; id -> CaseSubject *, borrowed; NULL: none yet */
} Folding;

static void fold_subject(Folding *folding, GPtrArray *subjects, const char *id, const CaseEvent *event)
{
    GHashTable **known = &folding->known[event->kind];
    CaseSubject *subject;

    if (!id)
        return;
    if (!*known)
        *known = g_hash_table_new(g_str_hash, g_str_equal);
    subject = g_hash_table_lookup(*known, id);
    if (!subject) {
        subject = g_new0(CaseSubject, 1);
        subject->id = id;
        subject->events = g_ptr_array_new();
        g_ptr_array_add(subjects, subject);
        g_hash_table_insert(*known, (gpointer)id, subject);
    }
    g_ptr_array_add(subject->events, (gpointer)event);
}

static void fold(Folding *folding, const CaseEvent *event)
{
    CaseState *state = folding->state;

    switch (event->kind) {
    case CASE_ANCHOR:
    case CASE_AFFECTED:
    case CASE_LEVEL:
    case CASE_REGIMES:
    case CASE_VARIABLE:
        fold_value(state, event);
        break;
    case CASE_FILING:
        fold_filing(state, event);
        break;
    case CASE_DECISION:
        fold_subject(folding, state->decisions, case_event_text(event, "id"), event);
        break;
    case CASE_INQUIRY:
        fold_subject(folding, state->inquiries, case_event_text(event, "id"), event);
        break;
    case CASE_RESPONSE:
        fold_subject(folding, state->responses, case_event_text(event, "step"), event);
        break;
    case CASE_CLOSED:
        state->closed = event;
        break;
    case CASE_WARNING:
    case CASE_LOOKUP:
    case CASE_KINDS:
        break;
    }
}

static int compare_values(gconstpointer a, gconstpointer b)
{
    const CaseValue *one = *(const CaseValue *const *)a, *other = *(const CaseValue *const *)b;

    return one->kind != other->kind ? (int)one->kind - (int)other->kind : strcmp(one->name, other->name);
}

/* By time, and those of the same time as they were recorded. */
static int compare_filings(gconstpointer a, gconstpointer b)
{
    const CaseFiling *one = *(const CaseFiling *const *)a, *other = *(const CaseFiling *const *)b;
    int64_t left = law_time_at(&one->time), right = law_time_at(&other->time);

    return left != right ? (left < right ? -1 : 1) : (one->event->no < other->event->no ? -1 : 1);
}

CaseState *case_state_fold(GPtrArray *events)
{
    CaseState *state = g_new0(CaseState, 1);
    Folding folding = {.state = state};

    g_ptr_array_set_free_func(events, event_free);
    state->events = events;
    state->values = g_ptr_array_new_with_free_func(value_free);
    state->filings = g_ptr_array_new_with_free_func(g_free);
    state->decisions = g_ptr_array_new_with_free_func(subject_free);
    state->inquiries = g_ptr_array_new_with_free_func(subject_free);
    state->responses = g_ptr_array_new_with_free_func(subject_free);
    for (guint i = 0; i < events->len; i++) {
        const CaseEvent *event = g_ptr_array_index(events, i);

        if (json_is_object(event->body))
            fold(&folding, event);
    }
    for (int kind = 0; kind < CASE_KINDS; kind++)
        g_clear_pointer(&folding.known[kind], g_hash_table_unref);
    g_ptr_array_sort(state->values, compare_values);
    g_ptr_array_sort(state->filings, compare_filings);
    return state;
}

void case_state_free(CaseState *state)
{
    if (!state)
        return;
    g_ptr_array_unref(state->values);
    g_ptr_array_unref(state->filings);
    g_ptr_array_unref(state->decisions);
    g_ptr_array_unref(state->inquiries);
    g_ptr_array_unref(state->responses);
    g_ptr_array_unref(state->events);
    g_free(state);
}

/* What holds ----------------------------------------------------------------------------------------------------- */

const CaseEvent *case_value_last(const CaseValue *value)
{
    return g_ptr_array_index(value->history, value->history->len - 1);
}

/* The value of a regime's own, where it says something, else the general one. */
static const CaseValue *value_under(const CaseState *state, CaseKind kind, const char *regime, const char *name)
{
    g_autofree char *own = regime ? g_strdup_printf("%s/%s", regime, name) : NULL;
    const CaseValue *value = own ? case_state_value(state, kind, own) : NULL;

    if (!value || json_is_null(value->now))
        value = case_state_value(state, kind, name);
    return value && !json_is_null(value->now) ? value : NULL;
}

bool case_state_anchor(const CaseState *state, const char *regime, const char *name, RegimeTime *time,
                       const CaseEvent **event)
{
    const CaseValue *value = value_under(state, CASE_ANCHOR, regime, name);
    const char *at = value ? json_string_value(json_object_get(value->now, "at")) : NULL;

    if (!at || !law_time_parse(at, time, NULL))
        return false;
    if (event)
        *event = case_value_last(value);
    return true;
}

int case_state_level(const CaseState *state)
{
    const CaseValue *value = case_state_value(state, CASE_LEVEL, "level");

    return value && json_is_integer(value->now) ? (int)json_integer_value(value->now) : 0;
}

bool case_state_affected(const CaseState *state, int64_t *lower, int64_t *likely, int64_t *upper)
{
    const CaseValue *value = case_state_value(state, CASE_AFFECTED, "affected");

    if (!value || !json_is_object(value->now))
        return false;
    *lower = member_count(value->now, "lower");
    *likely = member_count(value->now, "likely");
    *upper = member_count(value->now, "upper");
    return true;
}

bool case_state_variable(const CaseState *state, const char *regime, const char *name, RegimeValue *result)
{
    const CaseValue *value = value_under(state, CASE_VARIABLE, regime, name);

    if (!value)
        return false;
    *result = (RegimeValue){.lower = json_string_value(json_object_get(value->now, "lower")),
                            .likely = json_string_value(json_object_get(value->now, "likely")),
                            .upper = json_string_value(json_object_get(value->now, "upper"))};
    return result->lower || result->likely || result->upper;
}

const CaseFiling *case_state_filing(const CaseState *state, const char *regime, const char *id, size_t index)
{
    for (guint i = 0; i < state->filings->len; i++) {
        const CaseFiling *filing = g_ptr_array_index(state->filings, i);

        if (strcmp(filing->regime, regime) == 0 && strcmp(filing->step, id) == 0 && index-- == 0)
            return filing;
    }
    return NULL;
}

const CaseFiling *case_state_filing_at(const CaseState *state, const char *regime, int64_t at)
{
    for (guint i = 0; i < state->filings->len; i++) {
        const CaseFiling *filing = g_ptr_array_index(state->filings, i);

        if (strcmp(filing->regime, regime) == 0 && law_time_at(&filing->time) == at)
            return filing;
    }
    return NULL;
}

static bool is_news(const CaseEvent *event)
{
    const json_t *old = json_object_get(event->body, "old");

    if (event->kind == CASE_LEVEL)
        return true;
    return (event->kind == CASE_AFFECTED || event->kind == CASE_VARIABLE) && old && !json_is_null(old);
}

static bool stands(const CaseState *state, const CaseEvent *filing)
{
    for (guint i = 0; i < state->filings->len; i++)
        if (((const CaseFiling *)g_ptr_array_index(state->filings, i))->event == filing)
            return true;
    return false;
}

const CaseEvent *case_state_news(const CaseState *state, const char *regime)
{
    const CaseEvent *news = NULL;
    bool is_filed = false;

    for (guint i = 0; i < state->events->len; i++) {
        const CaseEvent *event = g_ptr_array_index(state->events, i);

        if (event->kind == CASE_FILING && g_strcmp0(case_event_text(event, "regime"), regime) == 0 &&
            stands(state, event)) {
            is_filed = true;
            news = NULL;
        } else if (is_filed && !news && is_news(event)) {
            news = event;
        }
    }
    return news;
}

const CaseSubject *case_state_subject(const GPtrArray *subjects, const char *id)
{
    for (guint i = 0; i < subjects->len; i++) {
        const CaseSubject *subject = g_ptr_array_index(subjects, i);

        if (strcmp(subject->id, id) == 0)
            return subject;
    }
    return NULL;
}
