#include "model/case_decision.h"

#include <string.h>

#include "base/language.h"

static const char *const kinds[] = {"not-notify", "delay", "revoked", NULL};
static const char *const states[] = {N_("in-force"), N_("to-be-decided-again"), N_("ended"), N_("revoked")};

const char *case_decision_kind_name(CaseDecisionKind kind)
{
    return kinds[kind];
}

const char *case_decision_state_name(CaseDecisionState state)
{
    return states[state];
}

bool case_scope_parse(const char *text, CaseScope *scope)
{
    static const struct {
        const char *prefix;
        CaseScopeKind kind;
    } forms[] = {{"audience:", CASE_SCOPE_AUDIENCE},
                 {"region:", CASE_SCOPE_REGION},
                 {"step:", CASE_SCOPE_STEP},
                 {"field:", CASE_SCOPE_FIELD}};

    if (strcmp(text, "everybody") == 0) {
        *scope = (CaseScope){.kind = CASE_SCOPE_EVERYBODY, .name = ""};
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
        if (g_str_has_prefix(text, forms[i].prefix)) {
            *scope = (CaseScope){.kind = forms[i].kind, .name = text + strlen(forms[i].prefix)};
            return *scope->name != '\0';
        }
    return false;
}

/* Taking again ---------------------------------------------------------------------------------------------------- */

/* "eu-gdpr/risk" is that regime's own; what stands for all concerns every decision. */
static const char *own_name(const char *name, const char *regime)
{
    const char *slash = strchr(name, '/');

    if (!slash)
        return name;
    return strncmp(name, regime, (size_t)(slash - name)) == 0 && regime[slash - name] == '\0' ? slash + 1 : NULL;
}

/* Whether another number of people is known; the same one counted later is nothing new. */
static bool changes_counts(const CaseEvent *event)
{
    static const char *const members[] = {"lower", "likely", "upper"};
    const json_t *old = json_object_get(event->body, "old"), *new = json_object_get(event->body, "new");

    if (json_is_object(old) != json_is_object(new))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        const json_t *before = json_object_get(old, members[i]), *after = json_object_get(new, members[i]);

        if ((before || after) && !json_equal(before, after))
            return true;
    }
    return false;
}

static bool changes_mind(const CaseEvent *event, const char *regime)
{
    /* how bad it is for people, and which data it is */
    static const char *const names[] = {"risk",       "high_risk", "harm",      "encrypted", "malicious",
                                        "data_kinds", "sensitive", "unique_id", "minors",    NULL};
    const char *name = case_event_text(event, "name");
    const char *own = name ? own_name(name, regime) : NULL;

    if (event->kind == CASE_AFFECTED)
        return changes_counts(event);
    return event->kind == CASE_VARIABLE && own && (g_strv_contains(names, own) || g_str_has_prefix(own, "affected"));
}

static const CaseEvent *change_after(const CaseState *state, const CaseEvent *decided, const char *regime)
{
    bool is_after = false;

    for (guint i = 0; i < state->events->len; i++) {
        const CaseEvent *event = g_ptr_array_index(state->events, i);

        if (event == decided)
            is_after = true;
        else if (is_after && changes_mind(event, regime))
            return event;
    }
    return NULL;
}

/* All of them ----------------------------------------------------------------------------------------------------- */

static bool parse_kind(const char *text, CaseDecisionKind *kind)
{
    for (int i = 0; text && kinds[i]; i++)
        if (strcmp(kinds[i], text) == 0) {
            *kind = (CaseDecisionKind)i;
            return true;
        }
    return false;
}

/* A revocation names the decision alone: what it was about stands in the event before it. */
static bool read_event(CaseDecision *decision, const CaseEvent *event)
{
    const char *regime = case_event_text(event, "regime");
    const char *scope = case_event_text(event, "scope");
    const char *until = case_event_text(event, "until");
    CaseDecisionKind kind;
    CaseScope parsed;
    Moment end = {.known = false};

    if (!parse_kind(case_event_text(event, "decision"), &kind) || (kind == CASE_DECISION_REVOKED && !decision->event))
        return false;
    if (kind == CASE_DECISION_DELAY && (!until || !moment_parse(until, &end, NULL)))
        return false;
    if (kind != CASE_DECISION_REVOKED) {
        if (!regime || !scope || !case_scope_parse(scope, &parsed))
            return false;
        decision->regime = regime;
        decision->scope_text = scope;
        decision->scope = parsed;
    }
    decision->kind = kind;
    decision->event = event;
    decision->until = end.at;
    return true;
}

static void settle(CaseDecision *decision, const CaseState *state, int64_t now)
{
    decision->changed = NULL;
    decision->state = CASE_DECISION_HOLDS;
    if (decision->kind == CASE_DECISION_REVOKED)
        decision->state = CASE_DECISION_TAKEN_BACK;
    else if (decision->kind == CASE_DECISION_DELAY && decision->until <= now)
        decision->state = CASE_DECISION_ENDED;
    else
        decision->changed = change_after(state, decision->event, decision->regime);
    if (decision->changed)
        decision->state = CASE_DECISION_AGAIN;
}

GPtrArray *case_decisions(const CaseState *state, int64_t now)
{
    GPtrArray *decisions = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < state->decisions->len; i++) {
        const CaseSubject *subject = g_ptr_array_index(state->decisions, i);
        CaseDecision decision = {.id = subject->id, .subject = subject};

        for (guint j = 0; j < subject->events->len; j++)
            read_event(&decision, g_ptr_array_index(subject->events, j));
        if (!decision.event)
            continue;
        settle(&decision, state, now);
        g_ptr_array_add(decisions, g_memdup2(&decision, sizeof decision));
    }
    return decisions;
}

const CaseDecision *case_decision_find(const GPtrArray *decisions, const char *id)
{
    for (guint i = 0; i < decisions->len; i++) {
        const CaseDecision *decision = g_ptr_array_index(decisions, i);

        if (strcmp(decision->id, id) == 0)
            return decision;
    }
    return NULL;
}

const CaseDecision *case_decision_about(const GPtrArray *decisions, const char *regime, const char *scope)
{
    for (guint i = 0; i < decisions->len; i++) {
        const CaseDecision *decision = g_ptr_array_index(decisions, i);

        if (strcmp(decision->regime, regime) == 0 && strcmp(decision->scope_text, scope) == 0)
            return decision;
    }
    return NULL;
}

bool case_decision_stands(const CaseDecision *decision)
{
    return decision->state == CASE_DECISION_HOLDS ||
           (decision->state == CASE_DECISION_AGAIN && decision->kind == CASE_DECISION_DELAY);
}
