#include "ledger/ledger_evidence.h"

#include "base/seal.h"
#include "ledger/backend.h"
#include "ledger/ledger_private.h"

void evidence_person_free(EvidencePerson *person)
{
    if (!person)
        return;
    g_ptr_array_unref(person->notices);
    g_ptr_array_unref(person->messages);
    g_free(person->id);
    g_free(person->data);
    g_free(person);
}

bool ledger_evidence_find(Ledger *ledger, const char *id, int64_t *no, GError **error)
{
    return ledger->backend->person_no(ledger->store, id, no, error);
}

bool ledger_evidence_numbers(Ledger *ledger, EvidenceNumber *receive, void *user, GError **error)
{
    return ledger->backend->evidence_numbers(ledger->store, receive, user, error);
}

static void take_states(LedgerServed *served, const EvidencePerson *person)
{
    for (guint i = 0; i < person->messages->len; i++) {
        const EvidenceMessage *message = g_ptr_array_index(person->messages, i);

        if (message->notice != served->notice)
            continue;
        served->states[message->state]++;
        if (message->state != MESSAGE_CANCELLED || !served->has_aside)
            served->has_messages = true;
    }
}

/* As the counters were made: the notices by their messages, then the person by the notices. */
static void judge(EvidencePerson *person)
{
    uint32_t counts[TOLD_STATES] = {0};

    for (guint i = 0; i < person->notices->len; i++) {
        EvidenceNotice *notice = g_ptr_array_index(person->notices, i);
        LedgerServed served = {.notice = notice->no,
                               .aside = notice->aside,
                               .has_aside = notice->has_aside,
                               .has_rungs = notice->has_rungs,
                               .every = notice->every};

        take_states(&served, person);
        notice->told = ledger_told_of(&served);
        counts[notice->told]++;
    }
    person->told = identity_person(counts);
}

static void free_notice(gpointer data)
{
    EvidenceNotice *notice = data;

    g_free(notice->audience);
    g_free(notice->reason);
    g_free(notice->ladder);
    g_free(notice->ended);
    g_free(notice);
}

static void free_message(gpointer data)
{
    EvidenceMessage *message = data;

    g_free(message->endpoint);
    g_free(message->audience);
    g_free(message->channel);
    g_free(message->locale);
    g_free(message->gateway);
    g_free(message);
}

GPtrArray *ledger_evidence_people(Ledger *ledger, const GArray *numbers, GError **error)
{
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func((GDestroyNotify)evidence_person_free);

    for (guint i = 0; i < numbers->len; i++) {
        EvidencePerson *person = g_new0(EvidencePerson, 1);

        person->no = g_array_index(numbers, int64_t, i);
        person->notices = g_ptr_array_new_with_free_func(free_notice);
        person->messages = g_ptr_array_new_with_free_func(free_message);
        g_ptr_array_add(people, person);
    }
    if (!ledger->backend->evidence_people(ledger->store, people, error))
        return NULL;
    for (guint i = 0; i < people->len; i++)
        judge(g_ptr_array_index(people, i));
    return g_steal_pointer(&people);
}

typedef struct Serving {
    EvidenceServed *served;
    GPtrArray *people; /* owned; of char *, owned */
    int64_t person;
} Serving;

static void take_served(int64_t person, const char *sealed, void *user)
{
    Serving *serving = user;
    EvidenceServed *served = serving->served;

    served->count++;
    if (!sealed)
        return;
    g_ptr_array_add(serving->people, seal_open(sealed));
    if (person == serving->person && !served->own)
        served->own = seal_open(sealed);
}

bool ledger_evidence_served(Ledger *ledger, int64_t message, int64_t person, int64_t at, EvidenceServed *served,
                            GError **error)
{
    Serving serving = {.served = served, .people = g_ptr_array_new_with_free_func(g_free), .person = person};
    bool done;

    *served = (EvidenceServed){0};
    done = ledger->backend->evidence_served(ledger->store, message, at, take_served, &serving, error);
    g_ptr_array_add(serving.people, NULL);
    served->people = (char **)g_ptr_array_free(serving.people, FALSE);
    return done;
}

void evidence_served_clear(EvidenceServed *served)
{
    g_strfreev(served->people);
    g_free(served->own);
    *served = (EvidenceServed){0};
}

bool ledger_evidence_events(Ledger *ledger, const GArray *messages, bool notes, EvidenceEvent *receive, void *user,
                            GError **error)
{
    g_autoptr(GString) list = g_string_new("[");

    for (guint i = 0; i < messages->len; i++)
        g_string_append_printf(list, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", g_array_index(messages, int64_t, i));
    g_string_append_c(list, ']');
    return ledger->backend->evidence_events(ledger->store, list->str, notes, receive, user, error);
}

bool ledger_evidence_papers(Ledger *ledger, EvidenceEvent *receive, void *user, GError **error)
{
    return ledger->backend->evidence_papers(ledger->store, receive, user, error);
}
