#include "report/handover.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "report/clocks.h"
#include "report/decided.h"
#include "report/discreet.h"
#include "report/reason.h"

/* Making one. */
typedef struct Making {
    Handover *handover;
    const char *playbook, *options; /* of the next command */
} Making;

static void free_item(gpointer data)
{
    HandoverItem *item = data;

    g_free(item->id);
    g_free(item->text);
    g_free(item->english);
    g_free(item->owner);
    g_free(item->command);
    g_free(item);
}

/* Texts are taken over. */
static HandoverItem *add(GPtrArray *items, const char *kind, const char *id, char *text, char *english)
{
    HandoverItem *item = g_new0(HandoverItem, 1);

    *item = (HandoverItem){.kind = kind, .id = g_strdup(id), .text = text, .english = english};
    g_ptr_array_add(items, item);
    return item;
}

/* "messages in doubt …: 12"; nothing of nothing. `command` is what follows breach, up to the playbook, and what follows
 * that. */
static void add_count(const Making *making, GPtrArray *items, int64_t count, const char *kind, const char *words,
                      const char *command, const char *rest)
{
    g_autofree char *number = text_grouped(count);
    HandoverItem *item;

    if (count <= 0)
        return;
    item =
        add(items, kind, "", g_strdup_printf(_("%s: %s"), _(words), number), g_strdup_printf("%s: %s", words, number));
    if (command)
        item->command = g_strdup_printf("breach %s %s%s%s", command, making->playbook, making->options, rest);
}

/* Whose it is ----------------------------------------------------------------------------------------------------- */

/* Who sees to the first step of that kind. */
static char *owner_of_kind(const Response *response, ResponseKind kind)
{
    for (guint i = 0; response && i < response->steps->len; i++) {
        const ResponseStep *step = g_ptr_array_index(response->steps, i);

        if (step->kind == kind)
            return g_strdup(step->owner);
    }
    return NULL;
}

/* A law names no person; the response steps of the playbook do, by what they are for. */
static char *owner_of(const Obligation *obligation, const Response *response)
{
    const char *to = obligation->step ? obligation->step->to : NULL;

    if (obligation->kind == OBLIGATION_PROMISE || g_strcmp0(to, "individuals") == 0)
        return owner_of_kind(response, RESPONSE_TELL);
    return to ? owner_of_kind(response, RESPONSE_REPORT) : NULL;
}

/* What is due ----------------------------------------------------------------------------------------------------- */

static bool is_near(const Obligation *obligation, int64_t now)
{
    const RegimeClockResult *clock = obligation->clock;
    bool is_running =
        clock->state == REGIME_DUE || clock->state == REGIME_OVERDUE || clock->state == REGIME_SCOPE_UNKNOWN;

    return is_running && (clock->state == REGIME_OVERDUE || (clock->has_due && clock->last - now <= HANDOVER_AHEAD));
}

/* Those that may apply stand among the questions. */
static bool is_later(const Obligation *obligation, int64_t now)
{
    return obligation->clock->state == REGIME_DUE && obligation->clock->has_due && !is_near(obligation, now);
}

static char *due_text(const Obligation *obligation, bool english)
{
    const char *name =
        obligation->step ? regime_text(obligation->step->name, english ? "en" : language_name()) : obligation->title;
    const char *perhaps = obligation->clock->state == REGIME_SCOPE_UNKNOWN ? N_(", if it applies") : "";

    return g_strdup_printf(english ? "%s: %s%s" : _("%s: %s%s"), obligation->id, name,
                           english || !*perhaps ? perhaps : _(perhaps));
}

static gint by_due(gconstpointer left, gconstpointer right)
{
    const HandoverItem *a = *(const HandoverItem *const *)left, *b = *(const HandoverItem *const *)right;

    return a->due != b->due ? (a->due > b->due ? 1 : -1) : strcmp(a->id, b->id);
}

/* What a law asks for at once or without undue delay has no time, and what a calendar lacks has none either. */
static void add_undated(const Making *making, const GPtrArray *obligations)
{
    int64_t count = 0;

    for (guint i = 0; i < obligations->len; i++) {
        const RegimeClockResult *clock = ((const Obligation *)g_ptr_array_index(obligations, i))->clock;

        count += clock->state == REGIME_DUE && !clock->has_due ? 1 : 0;
    }
    add_count(making, making->handover->due, count, "undated",
              N_("obligations that run without a date: at once, without undue delay, or not to be counted"),
              "obligations", "");
}

/* What is due in more than a day is counted, with the first of it: a shift may be the last one before it. */
static void add_later(const Making *making, const GPtrArray *obligations)
{
    Handover *handover = making->handover;
    int64_t count = 0, first = 0;

    for (guint i = 0; i < obligations->len; i++) {
        const Obligation *one = g_ptr_array_index(obligations, i);

        if (!is_later(one, handover->now))
            continue;
        count++;
        first = first == 0 ? one->clock->last : MIN(first, one->clock->last);
    }
    add_count(making, handover->due, count, "later", N_("obligations that are due later, the first of them then"),
              "obligations", "");
    if (count > 0)
        ((HandoverItem *)g_ptr_array_index(handover->due, handover->due->len - 1))->due = first;
}

static void add_due(const Making *making, const Casework *casework)
{
    const GPtrArray *obligations = casework->lawbook->obligations;
    Handover *handover = making->handover;

    for (guint i = 0; i < obligations->len; i++) {
        const Obligation *one = g_ptr_array_index(obligations, i);
        HandoverItem *item;

        if (!is_near(one, handover->now))
            continue;
        item = add(handover->due, "obligation", one->id, due_text(one, false), due_text(one, true));
        item->due = one->clock->has_due ? one->clock->last : handover->now;
        item->owner = owner_of(one, casework->lawbook->playbook->response);
        if (one->step)
            item->command =
                g_strdup_printf("breach obligations %s%s prepare %s", making->playbook, making->options, one->id);
    }
    g_ptr_array_sort(handover->due, by_due);
    add_undated(making, obligations);
    add_later(making, obligations);
}

/* What waits for a person ------------------------------------------------------------------------------------------ */

static const Obligation *obligation_of(const Casework *casework, const CaseworkItem *item)
{
    bool several;

    return strcmp(item->kind, "obligation") == 0 ? obligation_find(casework->lawbook->obligations, item->id, &several)
                                                 : NULL;
}

/* Obligations stand among what is due, unless somebody has to find out whether or since when they run. */
static bool is_question(const Casework *casework, const CaseworkItem *item)
{
    const Obligation *one = obligation_of(casework, item);

    if (!one)
        return true;
    return !is_near(one, casework->lawbook->now) &&
           (one->clock->state == REGIME_SCOPE_UNKNOWN || one->clock->state == REGIME_ANCHOR_MISSING);
}

static char *owner_of_item(const Casework *casework, const CaseworkItem *item)
{
    const Response *response = casework->lawbook->playbook->response;
    const ResponseStep *step = strcmp(item->kind, "response") == 0 ? response_step(response, item->id) : NULL;
    const CaseDecision *decision =
        strcmp(item->kind, "decision") == 0 ? case_decision_find(casework->decisions, item->id) : NULL;
    const Obligation *obligation = obligation_of(casework, item);

    if (step)
        return g_strdup(step->owner);
    if (decision)
        return g_strdup(case_event_author(decision->event));
    return obligation ? owner_of(obligation, response) : NULL;
}

static int64_t due_of_item(const Casework *casework, const CaseworkItem *item)
{
    const CaseInquiry *inquiry =
        strcmp(item->kind, "inquiry") == 0 ? case_inquiry_find(casework->inquiries, item->id) : NULL;

    return inquiry && inquiry->has_due ? inquiry->last : 0;
}

static void add_casework(const Making *making, const Casework *casework)
{
    g_autoptr(GPtrArray) items = casework_open(casework);

    for (guint i = 0; i < items->len; i++) {
        const CaseworkItem *one = g_ptr_array_index(items, i);
        HandoverItem *item;

        if (!is_question(casework, one))
            continue;
        item = add(making->handover->open, one->kind, one->id, g_strdup(one->text), g_strdup(one->english));
        item->owner = owner_of_item(casework, one);
        item->due = due_of_item(casework, one);
        item->command = casework_command(one, making->playbook, making->options);
    }
}

/* Whoever held it answers for it. */
static void add_holds(const Making *making, const Brakes *brakes)
{
    for (guint i = 0; i < brakes->holds->len; i++) {
        const Hold *hold = g_ptr_array_index(brakes->holds, i);
        g_autofree char *words = hold_words(hold);
        g_autofree char *why = reason_text(hold->reason);
        HandoverItem *item =
            add(making->handover->open, "hold", hold->name, g_strdup_printf(_("%s is held: %s"), words, why),
                g_strdup_printf("%s%s%s is held: %s", hold_scope_name(hold->scope), *hold->name ? " " : "", hold->name,
                                hold->reason));

        item->owner = g_strdup(hold->by);
        item->due = hold->until;
        item->command = brakes_lift(hold, making->playbook, making->options);
    }
}

/* Nobody may send from a copy before somebody knows that nobody sends from the other one. */
static void add_copy(const Making *making, const Status *status)
{
    static const char words[] = N_("this state folder is a copy: what was sent elsewhere since is not known here");

    if (status->is_copy)
        add(making->handover->open, "copy", "", g_strdup(_(words)), g_strdup(words))->command =
            g_strdup_printf("breach notify %s%s --adopt", making->playbook, making->options);
}

static void add_waiting(const Making *making, const Status *status)
{
    const LedgerCounts *counts = &status->counts;
    GPtrArray *open = making->handover->open;
    const LadderQuestion *question = &status->climbs->question;
    g_autofree char *climbs = g_strdup_printf(" --climb %" PRId64, question->due);
    bool is_stuck = !status->is_running && counts->open + counts->messages[MESSAGE_ATTEMPTING] > 0;

    add_count(making, open, counts->held, "doubts",
              N_("messages that may have been taken, and nobody said so: decide what became of them"), "resolve", "");
    add_count(making, open, counts->told[TOLD_QUARANTINED], "quarantined",
              N_("people whose row or notice has to be mended first"), "resolve", "");
    add_count(making, open, question->must_ask ? question->due : 0, "climbs",
              N_("notices that go on to another channel only when somebody says yes"), "notify", climbs);
    add_count(making, open, status->calls, "calls", N_("calls to make, counted as told until then"), "record",
              " phone --from FILE");
    add_count(making, open, is_stuck ? counts->open + counts->messages[MESSAGE_ATTEMPTING] : 0, "unsent",
              N_("messages that are still to be sent or settled, and nobody is sending"), "notify", "");
    if (announced_is_missing(status->announced)) {
        HandoverItem *item = add(open, "announcement", "", announced_verdict(status->announced),
                                 g_strdup("the announcement is due and not published everywhere"));

        item->command = g_strdup_printf("breach announce %s%s", making->playbook, making->options);
    }
    add_count(making, open, counts->told[TOLD_UNREACHABLE], "unreachable",
              N_("people who could not be reached: see to them another way"), "status", " --list unreachable");
}

/* What goes on by itself ------------------------------------------------------------------------------------------- */

static void add_pauses(const Making *making, const Brakes *brakes)
{
    static const char *const kinds[PAUSE_SCOPES] = {
        [PAUSE_GATEWAY] = N_("gateway %s rests: %s"),
        [PAUSE_RATE] = N_("gateway %s is slowed down: %s"),
        [PAUSE_DOMAIN] = N_("domain %s refuses us by policy and is tried later: %s"),
    };

    for (guint i = 0; i < brakes->pauses->len; i++) {
        const Pause *pause = g_ptr_array_index(brakes->pauses, i);
        g_autofree char *why = reason_text(pause->reason);
        const char *format = kinds[pause->scope];
        g_auto(GStrv) english = g_strsplit(format, "%s", -1);
        g_auto(GStrv) local = g_strsplit(_(format), "%s", -1);
        HandoverItem *item = add(making->handover->by_itself, "pause", pause->name,
                                 g_strconcat(local[0], pause->name, local[1], why, local[2], NULL),
                                 g_strconcat(english[0], pause->name, english[1], pause->reason, english[2], NULL));

        item->due = pause->until;
    }
}

static void add_by_itself(const Making *making, const Status *status)
{
    const LedgerCounts *counts = &status->counts;
    GPtrArray *items = making->handover->by_itself;
    const LadderQuestion *question = &status->climbs->question;

    if (status->is_running && !hold_find(status->brakes->holds, HOLD_EVERYTHING, "", making->handover->now))
        add_count(making, items, counts->open + counts->messages[MESSAGE_ATTEMPTING], "sending",
                  N_("messages that breach notify is sending or will try again"), NULL, "");
    if (status->is_running && items->len == 0)
        add(items, "sending", "", g_strdup(_("another breach is at work on this ledger")),
            g_strdup("another breach is at work on this ledger"));
    if (counts->climbing > 0 && !question->must_ask) {
        add_count(making, items, counts->climbing, "climbs",
                  N_("notices that wait for a receipt or a bounce before they go on to another channel"), "track", "");
        ((HandoverItem *)g_ptr_array_index(items, items->len - 1))->due =
            question->next_due == INT64_MAX ? 0 : question->next_due;
    }
    if (status->brakes->quiet_until > making->handover->now)
        add(items, "quiet", "", g_strdup(_("quiet hours: nothing is sent before they end")),
            g_strdup("quiet hours: nothing is sent before they end"))
            ->due = status->brakes->quiet_until;
    add_pauses(making, status->brakes);
}

/* All of it -------------------------------------------------------------------------------------------------------- */

static Handover *handover_new(const HandoverRequest *request)
{
    Handover *handover = g_new0(Handover, 1);

    handover->incident = g_strdup(request->incident);
    handover->mode = request->mode;
    handover->now = request->status->now;
    handover->since = request->since;
    handover->due = g_ptr_array_new_with_free_func(free_item);
    handover->open = g_ptr_array_new_with_free_func(free_item);
    handover->by_itself = g_ptr_array_new_with_free_func(free_item);
    return handover;
}

static void conclude(const Making *making, const Casework *casework)
{
    Handover *handover = making->handover;
    const char *verdict = handover->status ? handover->status->verdict : _("nothing is planned yet");

    handover->verdict = casework ? lawbook_verdict(casework->lawbook, verdict) : g_strdup(verdict);
    handover->next = handover->status ? g_strdup(handover->status->next)
                                      : g_strdup_printf("breach plan %s%s", making->playbook, making->options);
}

/* What follows from what was read. */
static void fill(Handover *handover, const HandoverRequest *request)
{
    const Making making = {
        .handover = handover, .playbook = request->status->playbook, .options = request->status->options};
    const Casework *casework = request->casework;

    if (handover->status) {
        add_copy(&making, handover->status);
        add_waiting(&making, handover->status);
        add_holds(&making, handover->status->brakes);
        add_by_itself(&making, handover->status);
    }
    if (casework) {
        add_due(&making, casework);
        add_casework(&making, casework);
    }
    conclude(&making, casework);
}

Handover *handover_collect(const HandoverRequest *request, GError **error)
{
    const CaseState *state = request->casework ? request->casework->lawbook->state : NULL;
    StatusRequest asked = *request->status;
    g_autoptr(Status) status = NULL;
    g_autoptr(GPtrArray) decided = NULL;
    Handover *handover;

    asked.for_room = true;
    status = asked.ledger ? status_collect(&asked, error) : NULL;
    decided = status || !asked.ledger ? decided_list(asked.ledger, state, request->since, error) : NULL;
    if (!decided)
        return NULL;
    handover = handover_new(request);
    handover->status = g_steal_pointer(&status);
    handover->decided = g_steal_pointer(&decided);
    fill(handover, request);
    return handover;
}

void handover_free(Handover *handover)
{
    if (!handover)
        return;
    g_free(handover->incident);
    g_free(handover->verdict);
    g_free(handover->next);
    status_free(handover->status);
    g_clear_pointer(&handover->decided, g_ptr_array_unref);
    g_ptr_array_unref(handover->due);
    g_ptr_array_unref(handover->open);
    g_ptr_array_unref(handover->by_itself);
    g_free(handover);
}
