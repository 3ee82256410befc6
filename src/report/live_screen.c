#include "report/live_screen.h"

#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/member.h"
#include "base/text.h"
#include "model/identity.h"
#include "model/moment.h"
#include "report/brakes.h"
#include "report/clocks.h"
#include "report/status.h"

#define PEOPLE_AROUND 13 /* what stands around name, number and bar: spaces, a share, brackets */
#define BAR_MOST      50
#define BAR_LEAST     8
#define VERDICT_LINES 3
#define WAY_COLUMNS   28 /* of channel and gateway */
#define ETA_COLUMNS   52 /* of rate, time left, time of the end, and a brake */

/* What is left out first has the greatest number. */
typedef enum Weight { HEAD, PEOPLE, NEEDS, TIGHT, NEXT, WAYS, ERRORS, AUDIENCES, ZEROS, SPACE } Weight;

typedef enum Look { LOOK_PLAIN, LOOK_STRONG, LOOK_GOOD, LOOK_WAITS, LOOK_BAD, LOOK_FAINT, LOOKS } Look;

typedef struct Line {
    char *text; /* owned */
    Weight weight;
    Look look;
} Line;

typedef struct Screen {
    const LiveScreen *size;
    const json_t *document;
    GArray *lines; /* owned; of Line */
    int64_t now;   /* ms; when the document was read */
} Screen;

static void clear_line(gpointer data)
{
    g_free(((Line *)data)->text);
}

/* Reading the document -------------------------------------------------------------------------------------------- */

static int64_t number_of(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

static bool is_null(const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);

    return !value || json_is_null(value);
}

/* ms; 0: there is none. */
static int64_t time_of(const json_t *object, const char *member)
{
    Moment moment = {0};

    return moment_parse(member_text(object, member), &moment, NULL) ? moment.at : 0;
}

/* "10:42:07 +08:00" */
static char *time_exact(int64_t at, const char *format)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_local(utc);

    return g_date_time_format(local, format);
}

/* Lines ----------------------------------------------------------------------------------------------------------- */

/* Takes the text over. */
static void add(Screen *screen, Weight weight, Look look, char *text)
{
    const Line line = {.text = text, .weight = weight, .look = look};

    g_array_append_val(screen->lines, line);
}

static void add_space(Screen *screen)
{
    add(screen, SPACE, LOOK_PLAIN, g_strdup(""));
}

/* Where a line of so many columns may be broken: behind a space, or anywhere where there is none. */
static size_t break_at(const char *text, int columns)
{
    size_t most = text_fitting(text, columns);
    size_t at = most;

    if (!text[most])
        return most;
    while (at > most / 2 && text[at] != ' ')
        at--;
    return at > most / 2 ? at : most;
}

static void add_wrapped(Screen *screen, Weight weight, Look look, const char *text, int lines)
{
    int columns = MAX(screen->size->columns - 1, 1);

    for (int i = 1; i < lines && (int)text_columns(text) > columns; i++) {
        size_t length = break_at(text, columns);

        if (length == 0)
            break;
        add(screen, weight, look, g_strndup(text, length));
        text += length;
        text += strspn(text, " ");
    }
    add(screen, weight, look, g_strdup(text));
}

/* `filled` of `all` as a bar of so many columns; what is there at all has a mark. */
static char *bar(int64_t filled, int64_t all, int columns)
{
    int marks = all > 0 ? (int)((double)filled / (double)all * columns + 0.5) : 0;
    GString *text = g_string_new("[");

    if (columns < BAR_LEAST) {
        g_string_truncate(text, 0);
        return g_string_free(text, FALSE);
    }
    marks = CLAMP(marks, filled > 0 ? 1 : 0, filled < all ? columns - 1 : columns);
    for (int i = 0; i < columns; i++)
        g_string_append_c(text, i < marks ? '#' : '.');
    g_string_append_c(text, ']');
    return g_string_free(text, FALSE);
}

/* "82 %"; less than one, but something, is "<1 %", and all but some never 100 %. */
static char *share(int64_t part, int64_t all)
{
    int percent = all > 0 ? (int)((double)part / (double)all * 100) : 0;

    if (part > 0 && percent == 0)
        return g_strdup(_("<1 %"));
    return g_strdup_printf(_("%d %%"), part < all ? MIN(percent, 99) : percent);
}

static char *right(const char *text, int columns)
{
    return g_strdup_printf("%*s%s", MAX(columns - text_columns(text), 0), "", text);
}

/* Head ------------------------------------------------------------------------------------------------------------ */

static void add_head(Screen *screen)
{
    const json_t *document = screen->document;
    bool is_actual = strcmp(member_text(document, "status"), "actual") == 0;
    g_autofree char *time = time_exact(screen->now, "%H:%M:%S %:z");
    bool is_running = json_is_true(json_object_get(document, "running"));
    const char *verdict = member_text(document, "verdict");

    add(screen, HEAD, LOOK_STRONG,
        g_strdup_printf(is_running ? _("%s %s, edition %d, %s, running")
                                   : _("%s %s, edition %d, %s, nobody is sending"),
                        is_actual ? _("ACTUAL") : _("EXERCISE"), member_text(document, "incident"),
                        (int)number_of(document, "edition"), time));
    add_wrapped(screen, HEAD, strstr(verdict, _("NEEDS YOU: ")) ? LOOK_BAD : LOOK_GOOD, verdict,
                screen->size->rows >= 20   ? VERDICT_LINES
                : screen->size->rows >= 10 ? 2
                                           : 1);
}

/* Who was told ---------------------------------------------------------------------------------------------------- */

/* How wide the columns of the identity are: as little as they need, for a terminal may be narrow. */
typedef struct PeopleColumns {
    int name, number;
} PeopleColumns;

static void add_count(Screen *screen, Told told, int64_t count, int64_t all, const PeopleColumns *columns)
{
    static const Look looks[TOLD_STATES] = {
        [TOLD_DELIVERED] = LOOK_GOOD,  [TOLD_ACCEPTED] = LOOK_GOOD,   [TOLD_IN_DOUBT] = LOOK_BAD,
        [TOLD_PENDING] = LOOK_WAITS,   [TOLD_QUARANTINED] = LOOK_BAD, [TOLD_WITHHELD] = LOOK_PLAIN,
        [TOLD_UNREACHABLE] = LOOK_BAD,
    };
    int room = screen->size->columns - columns->name - columns->number - PEOPLE_AROUND;
    g_autofree char *padded = text_padded(_(identity_told_name(told)), columns->name);
    g_autofree char *number = text_grouped(count);
    g_autofree char *percent = share(count, all);
    g_autofree char *placed = right(number, columns->number);
    g_autofree char *part = right(percent, 5);
    g_autofree char *drawn = bar(count, all, MIN(room, BAR_MOST));

    add(screen, count > 0 ? PEOPLE : ZEROS, count > 0 ? looks[told] : LOOK_FAINT,
        g_strdup_printf("  %s %s %s %s", padded, placed, part, drawn));
}

static void add_people(Screen *screen)
{
    const json_t *people = json_object_get(screen->document, "people");
    int64_t all = number_of(people, "total");
    int64_t told = number_of(people, "accepted") + number_of(people, "delivered");
    g_autofree char *number = text_grouped(all);
    g_autofree char *reached = text_grouped(told);
    g_autofree char *percent = share(told, all);
    PeopleColumns columns = {.number = text_columns(number)};

    add(screen, PEOPLE, LOOK_STRONG,
        g_strdup_printf(language_plural("%s person: %s told, %s", "%s people: %s told, %s", all), number, reached,
                        percent));
    for (int i = 0; i < TOLD_STATES; i++)
        columns.name = MAX(columns.name, text_columns(_(identity_told_name((Told)i))));
    for (int i = 0; i < TOLD_STATES; i++)
        add_count(screen, (Told)i, number_of(people, identity_told_name((Told)i)), all, &columns);
}

/* Brakes ---------------------------------------------------------------------------------------------------------- */

static void free_hold(gpointer hold)
{
    hold_free(hold);
}

static void free_pause(gpointer pause)
{
    pause_free(pause);
}

static Hold *hold_of(const json_t *entry)
{
    Hold *hold = g_new0(Hold, 1);

    (void)hold_scope_parse(member_text(entry, "scope"), &hold->scope);
    hold->name = g_strdup(member_text(entry, "name"));
    hold->reason = g_strdup(member_text(entry, "reason"));
    hold->by = g_strdup(member_text(entry, "by"));
    hold->at = time_of(entry, "at");
    hold->until = time_of(entry, "until");
    return hold;
}

static Pause *pause_of(const json_t *entry)
{
    Pause *pause = g_new0(Pause, 1);

    while (pause->scope + 1 < PAUSE_SCOPES && strcmp(pause_scope_name(pause->scope), member_text(entry, "scope")) != 0)
        pause->scope++;
    pause->name = g_strdup(member_text(entry, "name"));
    pause->reason = g_strdup(member_text(entry, "reason"));
    pause->at = time_of(entry, "at");
    pause->until = time_of(entry, "until");
    return pause;
}

/* As status says it. */
static char *brakes_words(const Screen *screen)
{
    Brakes *brakes = g_new0(Brakes, 1);
    size_t index;
    json_t *entry;
    char *text;

    brakes->holds = g_ptr_array_new_with_free_func(free_hold);
    brakes->pauses = g_ptr_array_new_with_free_func(free_pause);
    json_array_foreach(json_object_get(screen->document, "holds"), index, entry)
        g_ptr_array_add(brakes->holds, hold_of(entry));
    json_array_foreach(json_object_get(screen->document, "pauses"), index, entry)
        g_ptr_array_add(brakes->pauses, pause_of(entry));
    text = brakes_text(brakes, screen->now);
    brakes_free(brakes);
    return text;
}

/* Why what stands here is not of this moment. */
static void add_problem(Screen *screen)
{
    const char *problem = member_text(screen->document, "problem");
    g_autofree char *words = g_strdup_printf(_("NOT READ since then: %s"), problem);

    if (*problem)
        add_wrapped(screen, HEAD, LOOK_BAD, words, 2);
}

static void add_brakes(Screen *screen)
{
    g_autofree char *words = brakes_words(screen);
    g_auto(GStrv) lines = g_strsplit(words, "\n", -1);
    int64_t quiet = time_of(screen->document, "quiet_until");

    for (char **line = lines; *line; line++)
        if (**line)
            add_wrapped(screen, NEEDS, LOOK_BAD, *line, screen->size->rows >= 24 ? 2 : 1);
    if (quiet > screen->now) {
        g_autofree char *end = status_time(quiet, screen->now);
        g_autofree char *span = clock_format_span(quiet - screen->now);

        add(screen, NEEDS, LOOK_WAITS, g_strdup_printf(_("QUIET: quiet hours until %s (in %s)"), end, span));
    }
}

/* Clocks of the law ----------------------------------------------------------------------------------------------- */

/* "eu-gdpr/authority_72h" as clocks_name() has it. */
static char *clock_name(const json_t *clock)
{
    return g_strdelimit(g_strdup(member_text(clock, "id")), "/", ' ');
}

static void add_clock(Screen *screen, const json_t *clock)
{
    const char *state = member_text(clock, "state");
    bool is_over = strcmp(state, regime_state_name(REGIME_OVERDUE)) == 0;
    RegimeClockResult result = {
        .has_due = !is_null(clock, "remaining_ms"),
        .remaining = number_of(clock, "remaining_ms"),
        .elapsed = number_of(clock, "elapsed_ms"),
        .state = strcmp(state, regime_state_name(REGIME_SCOPE_UNKNOWN)) == 0 ? REGIME_SCOPE_UNKNOWN : REGIME_DUE,
    };
    g_autofree char *name = clock_name(clock);
    g_autofree char *when = clocks_span(&result);
    GString *text = g_string_new(NULL);
    Moment due = {0};

    g_string_printf(text, is_over ? _("OVERDUE: %s %s") : _("clock: %s %s"), name, when);
    if (moment_parse(member_text(clock, "due"), &due, NULL)) {
        g_autofree char *time = clocks_time(due);

        g_string_append_printf(text, _(" (%s)"), time);
    }
    if (result.state == REGIME_SCOPE_UNKNOWN)
        g_string_append(text, _(", if it applies"));
    g_string_append_printf(text, _(", %s"), member_text(clock, "title"));
    add(screen, TIGHT, is_over ? LOOK_BAD : LOOK_PLAIN, g_string_free(text, FALSE));
}

static void add_clocks(Screen *screen)
{
    size_t index;
    json_t *clock;

    json_array_foreach(json_object_get(screen->document, "clocks"), index, clock) add_clock(screen, clock);
}

/* Ways ------------------------------------------------------------------------------------------------------------ */

/* "302/s": whole numbers where they say enough. */
static char *rate_words(const json_t *pace)
{
    double rate = json_number_value(json_object_get(pace, is_null(pace, "rate_10s") ? "rate_60s" : "rate_10s"));
    g_autofree char *whole = text_grouped((int64_t)(rate + 0.5));

    if (is_null(pace, "rate_10s") && is_null(pace, "rate_60s"))
        return g_strdup(_("rate not known yet"));
    return rate >= 10 || rate == 0 ? g_strdup_printf(_("%s/s"), whole) : g_strdup_printf(_("%.1f/s"), rate);
}

/* ", 6 min left, done about 10:42 +08:00"; "": nothing is left, or nobody knows. */
static char *eta_words(const json_t *pace, int64_t now)
{
    int64_t eta = time_of(pace, "eta");
    g_autofree char *time = eta > 0 ? status_time(eta, now) : NULL;
    g_autofree char *span = clock_format_span(number_of(pace, "eta_ms"));

    return time ? g_strdup_printf(_(", %s left, done about %s"), span, time) : g_strdup("");
}

static const char *brake_words(const json_t *brake)
{
    static const char *const kinds[][2] = {
        {"held", N_("HELD")}, {"quiet", N_("QUIET")}, {"rests", N_("RESTS")}, {"slowed", N_("SLOWED")}};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(member_text(brake, "kind"), kinds[i][0]) == 0)
            return _(kinds[i][1]);
    return NULL;
}

/* How wide the columns of the ways are. */
typedef struct WayColumns {
    int name, counts;
} WayColumns;

static char *way_name(const json_t *way)
{
    return g_strdup_printf("%s %s", member_text(way, "channel"), member_text(way, "gateway"));
}

/* "5,000 of 10,000" */
static char *way_counts(const json_t *way)
{
    g_autofree char *done = text_grouped(number_of(way, "done"));
    g_autofree char *all = text_grouped(number_of(way, "done") + number_of(way, "left"));

    return g_strdup_printf(_("%s of %s"), done, all);
}

static void add_way(Screen *screen, const json_t *way, const WayColumns *columns)
{
    int64_t left = number_of(way, "left"), done = number_of(way, "done");
    int room = screen->size->columns - columns->name - columns->counts - ETA_COLUMNS;
    const char *brake = brake_words(json_object_get(way, "brake"));
    g_autofree char *name = way_name(way);
    g_autofree char *cut = text_cut(name, columns->name);
    g_autofree char *padded = text_padded(cut, columns->name);
    g_autofree char *counts = way_counts(way);
    g_autofree char *placed = right(counts, columns->counts);
    g_autofree char *rate = rate_words(way);
    g_autofree char *eta = eta_words(way, screen->now);
    g_autofree char *drawn = bar(done, done + left, MIN(room, BAR_MOST / 2));
    Look look = brake ? LOOK_BAD : left > 0 ? LOOK_WAITS : LOOK_GOOD;
    GString *text = g_string_new(NULL);

    g_string_printf(text, "%s %s %s%s", padded, placed, drawn, *drawn ? " " : "");
    if (brake && left > 0)
        g_string_append_printf(text, "%s%s", brake, _(", "));
    if (left > 0)
        g_string_append_printf(text, "%s%s", rate, eta);
    else
        g_string_append(text, _("done"));
    add(screen, WAYS, look, g_string_free(text, FALSE));
}

static void add_ways(Screen *screen)
{
    const json_t *ways = json_object_get(screen->document, "ways");
    WayColumns columns = {0};
    size_t index;
    json_t *way;

    json_array_foreach(ways, index, way)
    {
        g_autofree char *name = way_name(way);
        g_autofree char *counts = way_counts(way);

        columns.name = MAX(columns.name, MIN(text_columns(name), WAY_COLUMNS));
        columns.counts = MAX(columns.counts, text_columns(counts));
    }
    if (json_array_size(ways) > 0)
        add_space(screen);
    json_array_foreach(ways, index, way) add_way(screen, way, &columns);
}

/* Audiences ------------------------------------------------------------------------------------------------------- */

static void add_audience(Screen *screen, const char *id, const json_t *counts)
{
    static const Told apart[] = {TOLD_IN_DOUBT, TOLD_PENDING, TOLD_QUARANTINED, TOLD_UNREACHABLE};
    int64_t told = number_of(counts, "accepted") + number_of(counts, "delivered");
    int64_t all = 0;
    GString *text = g_string_new(NULL);

    for (int i = 0; i < TOLD_STATES; i++)
        all += number_of(counts, identity_told_name((Told)i));
    g_autofree char *reached = text_grouped(told);
    g_autofree char *whole = text_grouped(all);
    g_autofree char *percent = share(told, all);

    g_string_printf(text, _("audience %s: %s of %s told, %s"), *id ? id : _("(none)"), reached, whole, percent);
    for (size_t i = 0; i < G_N_ELEMENTS(apart); i++) {
        const char *name = identity_told_name(apart[i]);
        g_autofree char *number = text_grouped(number_of(counts, name));

        if (number_of(counts, name) > 0)
            g_string_append_printf(text, _(", %s %s"), number, _(name));
    }
    add(screen, AUDIENCES, LOOK_PLAIN, g_string_free(text, FALSE));
}

static void add_audiences(Screen *screen)
{
    json_t *audiences = json_object_get(screen->document, "audiences");
    const char *id;
    json_t *counts;

    if (json_object_size(audiences) > 0)
        add_space(screen);
    json_object_foreach(audiences, id, counts) add_audience(screen, id, counts);
}

/* Errors ---------------------------------------------------------------------------------------------------------- */

/* "312 x refused for now (451 4.7.1), email relay" */
static char *error_words(const json_t *error)
{
    const char *words = member_text(error, "words");
    int code = (int)number_of(error, "code");
    g_autofree char *count = text_grouped(number_of(error, "count"));
    g_autofree char *codes = code > 0 ? g_strdup_printf("%d %s", code, member_text(error, "enhanced")) : NULL;

    if (codes)
        return g_strdup_printf(_("%s x %s (%s), %s %s"), count, _(words), g_strchomp(codes),
                               member_text(error, "channel"), member_text(error, "gateway"));
    return g_strdup_printf(_("%s x %s, %s %s"), count, _(words), member_text(error, "channel"),
                           member_text(error, "gateway"));
}

static void add_errors(Screen *screen)
{
    const json_t *errors = json_object_get(screen->document, "errors");
    size_t index;
    json_t *error;

    if (json_array_size(errors) > 0)
        add_space(screen);
    json_array_foreach(errors, index, error)
    {
        g_autofree char *words = error_words(error);
        g_autofree char *last = time_exact(time_of(error, "last"), "%H:%M:%S");

        add(screen, ERRORS, LOOK_WAITS, g_strdup_printf(_("error: %s, last at %s"), words, last));
    }
}

/* Putting it together --------------------------------------------------------------------------------------------- */

/* Leaves out the least important line, of several the last. */
static bool leave_out(GArray *lines)
{
    guint worst = 0;

    for (guint i = 0; i < lines->len; i++)
        if (g_array_index(lines, Line, i).weight >= g_array_index(lines, Line, worst).weight)
            worst = i;
    bool is_text = *g_array_index(lines, Line, worst).text != '\0';

    g_array_remove_index(lines, worst);
    return is_text;
}

static void add_next(Screen *screen)
{
    const char *next = member_text(screen->document, "next");
    g_autofree char *line = g_strdup_printf(_("next: %s"), next);

    if (!*next)
        return;
    add_space(screen);
    add_wrapped(screen, NEXT, LOOK_PLAIN, line, 2);
}

static char *last_line(int left_out)
{
    if (left_out == 0)
        return g_strdup(_("q quits"));
    return g_strdup_printf(language_plural("q quits; %d line does not fit", "q quits; %d lines do not fit", left_out),
                           left_out);
}

static void append_line(GString *text, const Screen *screen, const char *line, Look look)
{
    static const char *const codes[LOOKS] = {
        [LOOK_STRONG] = "1", [LOOK_GOOD] = "32", [LOOK_WAITS] = "33", [LOOK_BAD] = "1;31", [LOOK_FAINT] = "2"};
    g_autofree char *cut = text_cut(line, MAX(screen->size->columns - 1, 1));
    bool is_coloured = screen->size->has_colours && codes[look];

    text_tame(cut); /* what was typed must not move the cursor */
    g_strchomp(cut);
    g_string_append_printf(text, "%s%s%s%s%s%s", text->len > 0 ? "\n" : "", is_coloured ? "\033[" : "",
                           is_coloured ? codes[look] : "", is_coloured ? "m" : "", cut, is_coloured ? "\033[0m" : "");
}

char *live_screen(const json_t *document, const LiveScreen *size)
{
    Screen screen = {.size = size, .document = document, .now = time_of(document, "at")};
    GString *text = g_string_new(NULL);
    int left_out = 0;

    screen.lines = g_array_new(FALSE, FALSE, sizeof(Line));
    g_array_set_clear_func(screen.lines, clear_line);
    add_head(&screen);
    add_problem(&screen);
    add_brakes(&screen);
    add_clocks(&screen);
    add_people(&screen);
    add_ways(&screen);
    add_errors(&screen);
    add_audiences(&screen);
    add_next(&screen);
    while ((int)screen.lines->len > MAX(size->rows - 1, 1))
        left_out += leave_out(screen.lines) ? 1 : 0;
    for (guint i = 0; i < screen.lines->len; i++)
        append_line(text, &screen, g_array_index(screen.lines, Line, i).text,
                    g_array_index(screen.lines, Line, i).look);
    if (size->rows > 1) {
        g_autofree char *last = last_line(left_out);

        append_line(text, &screen, last, LOOK_FAINT);
    }
    g_array_unref(screen.lines);
    return g_string_free(text, FALSE);
}

/* Lines where there is no terminal -------------------------------------------------------------------------------- */

char *live_line(const json_t *document)
{
    const json_t *pace = json_object_get(document, "pace");
    const json_t *error = json_array_get(json_object_get(document, "errors"), 0);
    int64_t now = time_of(document, "at");
    g_autofree char *time = time_exact(now, "%Y-%m-%d %H:%M:%S %:z");
    g_autofree char *rate = rate_words(pace);
    g_autofree char *eta = eta_words(pace, now);
    g_autofree char *words = error ? error_words(error) : NULL;
    GString *text = g_string_new(NULL);

    g_string_printf(text, "%s %s", time, member_text(document, "verdict"));
    if (number_of(pace, "left") > 0 && !is_null(pace, "rate_60s"))
        g_string_append_printf(text, _("; %s%s"), rate, eta);
    if (words)
        g_string_append_printf(text, _("; error: %s"), words);
    return g_string_free(text, FALSE);
}

char *live_key(const json_t *document)
{
    static const char *const members[] = {"people", "messages", "edition",      "complete",       "running", "holds",
                                          "calls",  "climbs",   "announcement", "clocks_overdue", NULL};
    static const char *const brake[] = {"scope", "name", NULL};
    json_auto_t *key = json_object();
    json_t *pauses = json_array();
    size_t index;
    json_t *entry;

    for (const char *const *member = members; *member; member++)
        json_object_set(key, *member, json_object_get(document, *member));
    json_array_foreach(json_object_get(document, "pauses"), index, entry) for (const char *const *member = brake;
                                                                               *member; member++)
        json_array_append(pauses, json_object_get(entry, *member));
    json_object_set_new(key, "pauses", pauses);
    return text_canonical_json(key);
}
