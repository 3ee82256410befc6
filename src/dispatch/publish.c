#include "dispatch/publish.h"

#include <string.h>

#include "base/error.h"
#include "base/fault.h"
#include "base/file.h"
#include "channel/announce.h"
#include "channel/announce_page.h"

/* One language at one endpoint. */
typedef struct Job {
    const PublishRequest *request;
    const Gateway *gateway;
    const AnnounceEngine *engine;
    void *endpoint; /* owned by the loop over gateways */
    const PublishText *text;
    const Publication *known; /* the row as it was, or NULL */
    Publication row;          /* as it becomes; owned */
    AnnounceItem item;
    AnnounceLink *links; /* owned */
    char *page;          /* owned */
    GError **error;
} Job;

int publish_lock(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "announce.lock", NULL);
    g_autoptr(GError) problem = NULL;
    int lock = file_lock(path, &problem);

    if (lock < 0 && g_error_matches(problem, BREACH_ERROR, BREACH_ERROR_TEMPORARY))
        error_set(error, BREACH_ERROR_TEMPORARY, "announce-busy",
                  "another breach announce is at work in %s: wait for its end", folder);
    else if (lock < 0)
        g_propagate_error(error, g_steal_pointer(&problem));
    return lock;
}

/* Jobs ----------------------------------------------------------------------------------------------------------- */

static AnnounceLink *make_links(const PublishPlan *plan)
{
    AnnounceLink *links = g_new0(AnnounceLink, plan->texts->len + 1);

    for (guint i = 0; i < plan->texts->len; i++) {
        const PublishText *text = g_ptr_array_index(plan->texts, i);

        links[i] = (AnnounceLink){text->slug, text->locale};
    }
    return links;
}

static void job_begin(Job *job)
{
    const PublishPlan *plan = job->request->plan;
    const PublishText *text = job->text;
    const char *item = job->known ? job->known->item : "";

    job->row = (Publication){.gateway = g_strdup(job->gateway->name),
                             .locale = g_strdup(text->locale),
                             .kind = g_strdup(plan->kind),
                             .edition = plan->playbook->incident.edition,
                             .state = PUBLICATION_PUBLISHING,
                             .item = g_strdup(item),
                             .url = g_strdup(job->known ? job->known->url : ""),
                             .digest = g_strdup(text->digest),
                             .words = g_strdup(""),
                             .by = g_strdup(job->request->by)};
    job->links = make_links(plan);
    job->item = (AnnounceItem){.id = text->id,
                               .slug = text->slug,
                               .incident = plan->playbook->incident.id,
                               .locale = text->locale,
                               .kind = plan->kind,
                               .edition = job->row.edition,
                               .is_exercise = plan->status == INCIDENT_EXERCISE,
                               .organization = text->organization,
                               .title = text->title,
                               .text = text->text,
                               .html = text->html,
                               .digest = text->digest,
                               .url = text->url,
                               .item = job->row.item,
                               .links = strcmp(job->gateway->kind, "folder") == 0 ? job->links : NULL};
    job->page = announce_page(&job->item);
    job->item.page = job->page;
}

static void job_clear(Job *job)
{
    publication_clear(&job->row);
    g_free(job->links);
    g_free(job->page);
}

static void replace(char **field, const char *value)
{
    char *copy = g_strdup(value ? value : "");

    g_free(*field);
    *field = copy;
}

static bool record_at(Job *job, PublicationState state, int64_t at, const char *words)
{
    job->row.state = state;
    job->row.at = at;
    replace(&job->row.words, words);
    return publication_put(job->request->ledger, &job->row, job->error);
}

static bool record(Job *job, PublicationState state, const char *words)
{
    return record_at(job, state, clock_now(job->request->clock), words);
}

static void take_item(Job *job, const AnnounceAnswer *answer)
{
    if (answer->item && *answer->item)
        replace(&job->row.item, answer->item);
    if (answer->url && *answer->url)
        replace(&job->row.url, answer->url);
    job->item.item = job->row.item;
}

static bool is_known_item(const Job *job)
{
    return *job->row.item || job->engine->by_name(job->endpoint);
}

/* Reading back ---------------------------------------------------------------------------------------------------- */

static PublicationState out_state(const Job *job)
{
    return strcmp(job->row.kind, "withdrawal") == 0 ? PUBLICATION_WITHDRAWN : PUBLICATION_PUBLISHED;
}

/* Reads the item; *same: whether it is what was to be published, which is recorded then. */
static bool read_back(Job *job, PublicationState otherwise, bool *same)
{
    AnnounceAnswer answer = {0};
    bool done;

    job->engine->read(job->endpoint, &job->item, &answer);
    *same = answer.result == ANNOUNCE_SAME;
    if (*same)
        done = record(job, out_state(job), answer.words);
    else if (answer.result == ANNOUNCE_DIFFERENT)
        done = record(job, otherwise, "read back: another text stands there");
    else
        done = record(job, otherwise, answer.words);
    fault_point("announce_read_back");
    announce_answer_clear(&answer);
    return done;
}

/* Putting ---------------------------------------------------------------------------------------------------------- */

static AnnounceAct act_of(const Job *job)
{
    if (!*job->row.item)
        return ANNOUNCE_CREATE;
    return strcmp(job->row.kind, "withdrawal") == 0 ? ANNOUNCE_WITHDRAW : ANNOUNCE_UPDATE;
}

/* Nothing has left: what was true before is true again. */
static bool take_back(Job *job, const char *words)
{
    g_autofree char *why = g_strdup(words);

    if (!job->known)
        return record(job, PUBLICATION_REFUSED, why);
    publication_clear(&job->row);
    {
        g_autoptr(Publication) before = publication_copy(job->known);

        job->row = *before;
        memset(before, 0, sizeof *before);
    }
    return record_at(job, job->known->state, job->known->at, why);
}

static bool settle_doubt(Job *job, const char *words)
{
    bool same;

    if (!record(job, PUBLICATION_PUBLISHING, words))
        return false;
    return !is_known_item(job) || read_back(job, PUBLICATION_PUBLISHING, &same);
}

static bool put(Job *job)
{
    AnnounceAnswer answer = {0};
    bool done = record(job, PUBLICATION_PUBLISHING, "");
    bool same;

    fault_point("announce_publishing");
    if (!done)
        return false;
    job->engine->put(job->endpoint, act_of(job), &job->item, &answer);
    fault_point("announce_put");
    switch (answer.result) {
    case ANNOUNCE_TAKEN:
        take_item(job, &answer);
        done = record(job, PUBLICATION_TAKEN, answer.words) && read_back(job, PUBLICATION_TAKEN, &same);
        break;
    case ANNOUNCE_REFUSED:
        done = record(job, PUBLICATION_REFUSED, answer.words);
        break;
    case ANNOUNCE_UNSENT:
        done = take_back(job, answer.words);
        break;
    default:
        done = settle_doubt(job, answer.words);
        break;
    }
    announce_answer_clear(&answer);
    return done;
}

/* Doubts ----------------------------------------------------------------------------------------------------------- */

/* What an item that may have been created is called; *go: whether it may be put now. The doubt keeps its age, however
 * often somebody asks: what the endpoint remembers and when "not there" can be believed go by it. */
static bool look_for(Job *job, bool *go)
{
    int64_t age = clock_now(job->request->clock) - job->known->at;
    bool is_repeatable = job->gateway->http && job->gateway->http->idempotency.is_there &&
                         age < job->gateway->http->idempotency.valid &&
                         strcmp(job->known->digest, job->text->digest) == 0;
    AnnounceAnswer answer = {0};
    bool done = true;

    job->engine->find(job->endpoint, &job->item, &answer);
    *go = is_repeatable || job->request->is_not_there;
    if (answer.result == ANNOUNCE_TAKEN) {
        take_item(job, &answer);
        *go = true;
    } else if (answer.result == ANNOUNCE_NOT_FOUND && age >= job->gateway->lookup_after) {
        *go = true;
    } else if (answer.result == ANNOUNCE_NOT_FOUND && !*go) {
        done = record_at(job, PUBLICATION_PUBLISHING, job->known->at,
                         "it is not there yet, and may still appear: ask again in a few minutes");
    } else if (!*go) {
        done = record_at(job, PUBLICATION_PUBLISHING, job->known->at,
                         answer.result == ANNOUNCE_UNKNOWN
                             ? "it may have been published: look there; if it is not there, add --not-sent"
                             : answer.words);
    }
    announce_answer_clear(&answer);
    return done;
}

/* The text stands there already, as far as the ledger knows: it is read, and put again only when it is gone. */
static bool confirm(Job *job, bool *go)
{
    AnnounceAnswer answer = {0};
    bool was_out = publication_is_out(job->known, job->row.edition);
    bool done = true;

    job->engine->read(job->endpoint, &job->item, &answer);
    *go = answer.result == ANNOUNCE_DIFFERENT || answer.result == ANNOUNCE_NOT_FOUND;
    if (answer.result == ANNOUNCE_SAME && !was_out) {
        done = record(job, out_state(job), answer.words);
    } else if (!*go) {
        job->row.state = job->known->state;
        job->row.at = job->known->at;
        replace(&job->row.words, answer.words);
    }
    announce_answer_clear(&answer);
    return done;
}

static bool is_same_text(const Job *job)
{
    return job->known->edition == job->row.edition && strcmp(job->known->digest, job->row.digest) == 0;
}

static bool job_run(Job *job)
{
    const Publication *known = job->known;
    bool go = true;

    if (known && known->state == PUBLICATION_PUBLISHING && !is_known_item(job) && !look_for(job, &go))
        return false;
    if (known && go && is_same_text(job) && known->state != PUBLICATION_REFUSED && is_known_item(job) &&
        !confirm(job, &go))
        return false;
    return !go || put(job);
}

/* The run ---------------------------------------------------------------------------------------------------------- */

static bool run_text(const PublishRequest *request, const Gateway *gateway, void *endpoint, const PublishText *text,
                     const GPtrArray *known, GPtrArray *rows, GError **error)
{
    Job job = {.request = request,
               .gateway = gateway,
               .engine = announce_engine(gateway),
               .endpoint = endpoint,
               .text = text,
               .known = publication_find(known, gateway->name, text->locale),
               .error = error};
    bool done;

    job_begin(&job);
    done = job_run(&job);
    if (done)
        g_ptr_array_add(rows, publication_copy(&job.row));
    job_clear(&job);
    return done;
}

/* It cannot be spoken to at all (a password, a certificate): nothing has left, and what stood there still does. */
static bool refuse_text(const PublishRequest *request, const Gateway *gateway, const PublishText *text,
                        const GPtrArray *known, const char *why, GPtrArray *rows, GError **error)
{
    Job job = {.request = request,
               .gateway = gateway,
               .text = text,
               .known = publication_find(known, gateway->name, text->locale),
               .error = error};
    bool done;

    job_begin(&job);
    done = take_back(&job, why);
    if (done)
        g_ptr_array_add(rows, publication_copy(&job.row));
    job_clear(&job);
    return done;
}

/* The default language comes last: a place that lists what it has puts the newest first, and takes its own title and
 * language from it. */
static const PublishText *text_in_turn(const PublishPlan *plan, guint turn)
{
    const char *locale = announcement_locale(&plan->need, plan->need.fallback);
    guint last = plan->texts->len - 1;

    for (guint i = 0; i < plan->texts->len; i++)
        if (g_strcmp0(((const PublishText *)g_ptr_array_index(plan->texts, i))->locale, locale) == 0)
            last = i;
    if (turn + 1 == plan->texts->len)
        turn = last;
    else if (turn >= last)
        turn++;
    return g_ptr_array_index(plan->texts, turn);
}

static bool run_gateway(const PublishRequest *request, const Gateway *gateway, const GPtrArray *known, GPtrArray *rows,
                        GError **error)
{
    const AnnounceEngine *engine = announce_engine(gateway);
    g_autoptr(GError) problem = NULL;
    void *endpoint = engine->open(gateway, request->clock, &problem);
    bool done = true;

    for (guint i = 0; i < request->plan->texts->len && done; i++) {
        const PublishText *text = text_in_turn(request->plan, i);

        if (request->locale && strcmp(request->locale, text->locale) != 0)
            continue;
        done = endpoint ? run_text(request, gateway, endpoint, text, known, rows, error)
                        : refuse_text(request, gateway, text, known, error_english(problem), rows, error);
    }
    engine->close(endpoint);
    return done;
}

static bool keep_text(const char *folder, const PublishText *text, GError **error)
{
    g_autofree char *name = g_strconcat(text->digest, ".txt", NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    size_t size;
    g_autofree char *octets = publish_text_octets(text, &size);

    return g_file_test(path, G_FILE_TEST_EXISTS) || file_write(path, octets, size, 0600, error);
}

/* Before anybody can read it. */
static bool keep_texts(const PublishRequest *request, GError **error)
{
    g_autofree char *folder = g_build_filename(request->folder, PUBLISH_KEPT, NULL);
    bool kept = file_make_folder(folder, 0700, error);

    for (guint i = 0; i < request->plan->texts->len && kept; i++)
        kept = keep_text(folder, g_ptr_array_index(request->plan->texts, i), error);
    return kept;
}

bool publish_run(const PublishRequest *request, GPtrArray *rows, GError **error)
{
    g_autoptr(GPtrArray) known = publication_list(request->ledger, error);
    bool done = known && keep_texts(request, error);

    for (guint i = 0; i < request->gateways->len && done; i++) {
        const Gateway *gateway = g_ptr_array_index(request->gateways, i);

        if (!request->gateway || strcmp(request->gateway, gateway->name) == 0)
            done = run_gateway(request, gateway, known, rows, error);
    }
    return done;
}

bool publish_outstanding(Ledger *ledger, const AnnouncementNeed *need, int edition, size_t *outstanding, size_t *all,
                         GError **error)
{
    g_autoptr(GPtrArray) rows = publication_list(ledger, error);
    const GPtrArray *places = need->announcement->places;

    *outstanding = *all = 0;
    for (guint i = 0; rows && i < places->len; i++)
        for (const char *const *locale = need->locales; *locale; locale++) {
            const AnnouncementPlace *place = g_ptr_array_index(places, i);
            const Publication *row = publication_find(rows, place->gateway, *locale);

            (*all)++;
            *outstanding += row && publication_is_out(row, edition) ? 0 : 1;
        }
    return rows != NULL;
}
