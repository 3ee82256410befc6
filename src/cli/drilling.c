#include "cli/drilling.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/id.h"
#include "base/language.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/drilling_private.h"
#include "cli/exit_code.h"
#include "drill/drill_record.h"
#include "model/regime.h"

#define STUCK_MOST 5            /* waits without an answer before they become longer */
#define POLL       200          /* ms; conductor.c looks at least so often */
#define LONG_WAIT  CLOCK_MINUTE /* at most, while nothing moves */
#define PATIENCE   "P90D"       /* the story ends sooner */

int64_t drilling_now(const Drill *drill)
{
    return clock_now(sim_clock_clock(drill->clock));
}

/* Telling --------------------------------------------------------------------------------------------------------- */

static void show_event(const Drill *drill, int64_t after, const char *who, int code, const char *text)
{
    g_autofree char *span = clock_format_span(after);
    g_autofree char *padded = text_padded(span, 15);
    g_autofree char *words = drill_record_words(drill->words, text);

    printf("%s %s%s%s", padded, who ? scenario_word(drill->words, who) : "", who ? _(": ") : "", words);
    if (code >= 0)
        printf(_(" (exit %d)"), code);
    putchar('\n');
    fflush(stdout);
}

void drilling_say(Drill *drill, int64_t at, const char *kind, const char *who, int code, const char *text)
{
    g_autofree char *time = clock_format_utc(at);

    json_array_append_new(drill->events,
                          json_pack("{s:I, s:s, s:s, s:s?, s:s, s:o}", "after_s",
                                    (json_int_t)((at - drill->start) / CLOCK_SECOND), "at", time, "kind", kind, "who",
                                    who, "text", text, "exit", code >= 0 ? json_integer(code) : json_null()));
    if (drill->is_shown)
        show_event(drill, at - drill->start, who, code, text);
}

/* Time ------------------------------------------------------------------------------------------------------------ */

static int by_time(gconstpointer left, gconstpointer right)
{
    const DrillEntry *a = left;
    const DrillEntry *b = right;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return position_compare(a->step->place, b->step->place);
}

void drilling_add(Drill *drill, const ScenarioStep *step, int64_t at, bool by_deputy)
{
    const DrillEntry entry = {at, step, by_deputy};

    g_array_append_val(drill->queue, entry);
    g_array_sort(drill->queue, by_time);
}

/* When breach notify has to be interrupted: faults need no hand. */
static int64_t next_hand(const Drill *drill)
{
    int64_t next = MIN(returning_next(drill->returning), drill->end);

    for (guint i = 0; i < drill->queue->len; i++) {
        const DrillEntry *entry = &g_array_index(drill->queue, DrillEntry, i);

        if (!scenario_is_fault(entry->step->what))
            return MIN(next, entry->at);
    }
    return next;
}

/* What waits for a person or for an announcement is looked at again and again, after POLL at the latest: where nothing
 * moves, time passes faster. Every other wait is as long as it says. */
static int64_t longer(Drill *drill, int64_t wait)
{
    if (drill->answered != drill->moved_at)
        drill->stuck = 0;
    drill->moved_at = drill->answered;
    if (wait == 0 || wait > POLL)
        return wait;
    drill->stuck++;
    return drill->stuck <= STUCK_MOST ? wait : MIN(CLOCK_SECOND << MIN(drill->stuck - STUCK_MOST, 10), LONG_WAIT);
}

static bool idle(int64_t wait, void *user)
{
    Drill *drill = user;
    int64_t now = drilling_now(drill);
    int64_t until;
    int64_t next;

    if (!returning_look(drill->returning, now, NULL)) /* the loop says why */
        return false;
    until = now + longer(drill, wait);
    next = next_hand(drill);
    sim_clock_to(drill->clock, MIN(until, next));
    return until < next;
}

static void progress(const ConductorProgress *seen, void *user)
{
    Drill *drill = user;

    drill->answered = seen->answered;
    drilling_count(drill, &seen->counts, drilling_now(drill));
}

bool drilling_stopped(GError **error)
{
    error_set(error, BREACH_ERROR_TEMPORARY, "drill-stopped", "the drill was stopped, and nothing is kept of it");
    return false;
}

/* Sending --------------------------------------------------------------------------------------------------------- */

/* One run of breach notify, until something needs a hand, or it has nothing to do. */
static bool notify(Drill *drill, GError **error)
{
    static const char *const words[] = {"notify", "--patience", PATIENCE, NULL};
    int64_t before = drill->counts.told[TOLD_ACCEPTED];
    int64_t at = drilling_now(drill);
    int code;

    drill->answered = drill->moved_at = 0;
    drill->stuck = 0;
    code = drill_command_type(&drill->desk, words);
    if (drill->stage->is_stopped)
        return drilling_stopped(error);
    if (!returning_look(drill->returning, drilling_now(drill), error) || !drilling_look(drill, error))
        return false;
    if (code != drill->last_code && (code != EXIT_CODE_OPEN || before == drill->counts.told[TOLD_ACCEPTED]))
        drilling_say(drill, at, "command", NULL, code, "breach notify");
    drill->last_code = code;
    return true;
}

static bool take_mail(Drill *drill, GError **error)
{
    const char *words[] = {"track", "--mail", drill->folder->mail, NULL};
    int64_t now = drilling_now(drill);
    int64_t mails = 0;
    g_autofree char *text = NULL;
    int code;

    if (!returning_write(drill->returning, now, &mails, error))
        return false;
    if (mails == 0)
        return true;
    code = drill_command_type(&drill->desk, words);
    text = g_strdup_printf("breach track: mails that came back: %" G_GINT64_FORMAT, mails);
    drilling_say(drill, now, "command", NULL, code, text);
    return drilling_look(drill, error);
}

/* The story ------------------------------------------------------------------------------------------------------- */

static bool play_due(Drill *drill, GError **error)
{
    while (drill->queue->len > 0 && g_array_index(drill->queue, DrillEntry, 0).at <= drilling_now(drill)) {
        const DrillEntry entry = g_array_index(drill->queue, DrillEntry, 0);

        g_array_remove_index(drill->queue, 0);
        if (!drilling_step(drill, &entry, error)) {
            g_autofree char *place = position_format(entry.step->place);

            if (!drill->stage->is_stopped)
                error_prefix(error, "%s: ", place);
            return false;
        }
    }
    return take_mail(drill, error);
}

static bool play(Drill *drill, GError **error)
{
    while (true) {
        if (drill->is_sending && !notify(drill, error))
            return false;
        sim_clock_to(drill->clock, next_hand(drill));
        if (!play_due(drill, error))
            return false;
        if (drilling_now(drill) >= drill->end)
            return true;
    }
}

/* The record ------------------------------------------------------------------------------------------------------ */

static json_t *scenario_json(const Drill *drill, GError **error)
{
    const Scenario *scenario = drill->request->scenario;
    g_autofree char *digest = file_sha256(scenario->path, error);

    return digest ? json_pack("{s:s, s:s, s:s?, s:s, s:O}", "name", scenario->name, "title",
                              drilling_said(scenario->title, ""), "story", drilling_said(scenario->story, NULL),
                              "sha256", digest, "words", drill->words)
                  : NULL;
}

static json_t *participants_json(const GPtrArray *participants)
{
    return participants ? json_integer(participants->len) : json_integer(0);
}

/* All that is known before the first step. */
static json_t *begin_record(const Drill *drill, GError **error)
{
    const DrillRequest *request = drill->request;
    const Playbook *playbook = material_playbook(request->workspace->material);
    g_autofree char *from = clock_format_utc(drill->start), *to = clock_format_utc(drill->end);
    g_autofree char *file = g_path_get_basename(request->workspace->options->argument);
    json_t *scenario = scenario_json(drill, error);

    if (!scenario)
        return NULL;
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:{s:s, s:s}, s:o}", "schema", DRILL_RECORD_SCHEMA, "breach",
                     BREACH_VERSION, "status", "exercise", "incident", playbook->incident.id, "playbook", file,
                     "scenario", scenario, "seed", request->seed, "simulated", "from", from, "to", to, "participants",
                     participants_json(request->participants));
}

static bool end_record(Drill *drill, json_t *record, GError **error)
{
    Score score;

    if (!drilling_finish(drill, record, error))
        return false;
    drill->seen.lasted = drill->end - drill->start;
    score = score_of(drill->request->scenario, &drill->seen);
    json_object_set_new(record, "people", json_integer((json_int_t)drill->folder->count));
    json_object_set_new(record, "invented", json_integer((json_int_t)drill->folder->invented));
    json_object_set_new(record, "targets", score_json(drill->request->scenario, &score));
    json_object_set_new(record, "score", json_real(score.points));
    json_object_set_new(record, "passed", json_boolean(score.is_passed));
    json_object_set(record, "events", drill->events);
    json_object_set(record, "decisions", drill->decisions);
    json_object_set(record, "told", drill->told);
    return true;
}

/* Beginning and end ----------------------------------------------------------------------------------------------- */

static void clear(Drill *drill)
{
    log_close(); /* it borrows the clock */
    clock_simulate(NULL);
    id_seed(NULL);
    if (drill->desk.transcript >= 0)
        close(drill->desk.transcript);
    returning_free(drill->returning);
    stage_free(drill->stage);
    drill_folder_free(drill->folder);
    sim_clock_free(drill->clock);
    g_clear_pointer(&drill->queue, g_array_unref);
    g_clear_pointer(&drill->absences, g_array_unref);
    json_decref(drill->events);
    json_decref(drill->decisions);
    json_decref(drill->told);
    json_decref(drill->words);
}

/* So that another seed gives other dead addresses. */
static uint64_t salt_of(const char *seed)
{
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, seed, -1);

    digest[16] = '\0';
    return g_ascii_strtoull(digest, NULL, 16);
}

static bool open_transcript(Drill *drill, GError **error)
{
    drill->desk.transcript = open(drill->folder->transcript, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (drill->desk.transcript >= 0)
        return true;
    error_set(error, BREACH_ERROR_CREATE, "file-create", "cannot create %s: %s", drill->folder->transcript,
              g_strerror(errno));
    return false;
}

static bool set_up(Drill *drill, GError **error)
{
    const DrillRequest *request = drill->request;
    const Scenario *scenario = request->scenario;
    const DrillFolderRequest place = {.playbook = material_playbook(request->workspace->material),
                                      .path = request->workspace->options->argument,
                                      .state = request->workspace->options->state,
                                      .scenario = scenario,
                                      .now = clock_now(clock_system())};

    drill->folder = drill_folder_make(&place, error);
    if (!drill->folder || !open_transcript(drill, error))
        return false;
    drill->start = drill->folder->starts.at;
    drill->end = drill->start + scenario->lasts;
    drill->clock = sim_clock_new(drill->start);
    drill->stage = stage_new(sim_clock_clock(drill->clock), salt_of(request->seed), drill->folder->log);
    drill->stage->idle = idle;
    drill->stage->progress = progress;
    drill->stage->user = drill;
    drill->returning = returning_new(drill->stage, drill->folder->mail, drill->start, scenario->track);
    drill->desk.playbook = drill->folder->playbook;
    drill->desk.state = drill->folder->state;
    drill->desk.stage = drill->stage;
    for (guint i = 0; i < scenario->steps->len; i++) {
        const ScenarioStep *step = g_ptr_array_index(scenario->steps, i);

        if (step->what <= SCENARIO_DEAD)
            stage_add(drill->stage, step, drill->start + step->at);
        drilling_add(drill, step, drill->start + step->at, false);
    }
    clock_simulate(sim_clock_clock(drill->clock));
    id_seed(request->seed);
    return true;
}

json_t *drilling_play(const DrillRequest *request, char **transcript, GError **error)
{
    Drill drill = {.request = request,
                   .desk.transcript = -1,
                   .queue = g_array_new(FALSE, FALSE, sizeof(DrillEntry)),
                   .absences = g_array_new(FALSE, FALSE, sizeof(DrillAbsence)),
                   .is_asked = request->participants && isatty(STDIN_FILENO),
                   .is_shown = !request->workspace->options->json,
                   .last_code = -1,
                   .events = json_array(),
                   .decisions = json_array(),
                   .told = json_array(),
                   .words = scenario_words(request->scenario),
                   .told_last = -1,
                   .mistaken = -1,
                   .seen = {.first_notice = -1, .told_at = -1}};
    g_autofree char *played = clock_format_utc(clock_now(clock_system()));
    int64_t began = clock_steady(clock_system());
    json_t *record = set_up(&drill, error) ? begin_record(&drill, error) : NULL;

    if (record && !(play(&drill, error) && end_record(&drill, record, error)))
        g_clear_pointer(&record, json_decref);
    *transcript = drill.folder ? g_strdup(drill.folder->transcript) : NULL;
    clear(&drill);
    if (record) {
        json_object_set_new(record, "played_at", json_string(played));
        json_object_set_new(record, "elapsed_ms", json_integer((json_int_t)(clock_steady(clock_system()) - began)));
    }
    return record;
}
