#include "drill/drill_record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/language.h"
#include "base/member.h"
#include "base/text.h"
#include "drill/scenario_words.h"
#include "drill/score.h"

#define FOLDER_MODE 0700
#define FILE_MODE   0400 /* nobody changes it again */
#define SIZE_MOST   (64 * 1024 * 1024)
#define SAME_MOST   100 /* drills of one minute */

static double number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static int64_t count_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* Writing --------------------------------------------------------------------------------------------------------- */

bool drill_record_folder(const char *folder, GError **error)
{
    if (!file_make_folder(folder, FOLDER_MODE, error))
        return false;
    if (access(folder, W_OK | X_OK) == 0)
        return true;
    error_set(error, BREACH_ERROR_CREATE, "file-create", "cannot create %s: %s", folder, g_strerror(errno));
    return false;
}

/* 2026-11-22T0930-relay-down; the first name of this form that is free. */
static char *make_folder(const char *folder, const json_t *record, GError **error)
{
    const char *at = member_text(record, "played_at"); /* 2026-11-22T09:30:12.000Z */
    const char *name = member_text(json_object_get(record, "scenario"), "name");

    for (int i = 1; i <= SAME_MOST; i++) {
        g_autofree char *number = i > 1 ? g_strdup_printf("-%d", i) : g_strdup("");
        g_autofree char *base = g_strdup_printf("%.13s%.2s-%s%s", at, at + MIN(strlen(at), (size_t)14), name, number);
        g_autofree char *path = g_build_filename(folder, base, NULL);

        if (mkdir(path, FOLDER_MODE) == 0)
            return g_steal_pointer(&path);
        if (errno != EEXIST) {
            error_set(error, BREACH_ERROR_CREATE, "file-create", "cannot create %s: %s", path, g_strerror(errno));
            return NULL;
        }
    }
    error_set(error, BREACH_ERROR_CREATE, "drill-many",
              "%s holds %d drills of this minute already: wait for the next one", folder, SAME_MOST);
    return NULL;
}

static bool write_file(const char *folder, const char *name, const char *text, size_t size, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    return file_write(path, text, size, FILE_MODE, error);
}

bool drill_record_write(const char *folder, const json_t *record, const char *scenario, char **path, GError **error)
{
    char *json = json_dumps(record, JSON_INDENT(2) | JSON_SORT_KEYS);
    g_autofree char *markdown = drill_record_markdown(record);
    g_autofree char *story = NULL;
    size_t size = 0;
    bool written = false;

    *path = drill_record_folder(folder, error) ? make_folder(folder, record, error) : NULL;
    story = *path ? file_read(scenario, SIZE_MOST, &size, error) : NULL;
    if (story)
        written = write_file(*path, "drill.json", json, strlen(json), error) &&
                  write_file(*path, "README.md", markdown, strlen(markdown), error) &&
                  write_file(*path, "scenario.yaml", story, size, error) && file_sync(*path, error);
    free(json);
    return written;
}

/* Markdown -------------------------------------------------------------------------------------------------------- */

/* What stands in a cell of a table breaks it no more. */
static void append_cell(GString *text, const char *cell)
{
    g_autofree char *escaped = text_markdown(cell);

    g_string_append_printf(text, "| %s ", escaped);
}

static void append_row(GString *text, const char *const *cells)
{
    for (; *cells; cells++)
        append_cell(text, *cells);
    g_string_append(text, "|\n");
}

static void append_head(GString *text, const char *const *cells)
{
    append_row(text, cells);
    for (; *cells; cells++)
        g_string_append(text, "|---");
    g_string_append(text, "|\n");
}

static void append_score(GString *text, const json_t *record)
{
    const char *head[] = {_("target"), _("wanted"), _("reached"), _("points"), _("verdict"), NULL};
    size_t i;
    json_t *line;

    g_string_append_printf(text, "## %s\n\n", _("Score"));
    append_head(text, head);
    json_array_foreach(json_object_get(record, "targets"), i, line)
    {
        g_autofree char *points = g_strdup_printf("%.1f / %.1f", number_of(line, "points"), number_of(line, "of"));
        g_autofree char *wanted = score_wanted(line), *got = score_got(line);
        const char *cells[] = {score_title(line),
                               wanted,
                               got,
                               points,
                               json_is_true(json_object_get(line, "met")) ? _("met") : _("missed"),
                               NULL};

        append_row(text, cells);
    }
    g_string_append_c(text, '\n');
}

/* What the scenario says in other languages; see scenario_words.h. */
static const json_t *words_of(const json_t *record)
{
    return json_object_get(json_object_get(record, "scenario"), "words");
}

/* "1 h 0 min", as it stands in the record; NULL: it is no such time. */
static char *span_words(const char *text)
{
    char *end = NULL;
    gint64 number = g_ascii_strtoll(text, &end, 10), minutes = number;

    if (end == text || number < 0)
        return NULL;
    if (g_str_has_prefix(end, " h ")) {
        text = end + strlen(" h ");
        minutes = number * 60 + g_ascii_strtoll(text, &end, 10);
    }
    return strcmp(end, " min") == 0 ? clock_format_span(minutes * CLOCK_MINUTE) : NULL;
}

/* A part of an event: how long, who, or what the scenario says. */
static char *part_words(const char *part, const void *words)
{
    char *span = span_words(part);

    return span ? span : g_strdup(scenario_word(words, part));
}

char *drill_record_words(const json_t *words, const char *text)
{
    static const char *const known[] = {N_("away, and nobody does it instead: %s"),
                                        N_("away: it is done %s later: %s"),
                                        N_("%s cannot be reached"),
                                        N_("%s: the gateway answers nobody"),
                                        N_("%s: the gateway is back"),
                                        N_("%s: the gateway takes only a few messages a second"),
                                        N_("%s: a part of the addresses is dead"),
                                        N_("%s more people are affected"),
                                        N_("the playbook is changed: %s"),
                                        N_("no report is due"),
                                        N_("breach track: mails that came back: %s"),
                                        NULL};

    const char *said = scenario_word(words, text);

    return said != text ? g_strdup(said) : language_phrase_each(text, known, part_words, words);
}

static void append_events(GString *text, const json_t *record)
{
    const char *head[] = {_("after"), _("who"), _("what"), _("exit"), NULL};
    const json_t *story = words_of(record);
    size_t i;
    json_t *event;

    g_string_append_printf(text, "## %s\n\n", _("What happened"));
    append_head(text, head);
    json_array_foreach(json_object_get(record, "events"), i, event)
    {
        g_autofree char *after = clock_format_span(count_of(event, "after_s") * CLOCK_SECOND);
        const json_t *code = json_object_get(event, "exit");
        g_autofree char *exit = json_is_integer(code) ? g_strdup_printf("%d", (int)json_integer_value(code)) : NULL;
        g_autofree char *words = drill_record_words(story, member_text(event, "text"));
        const char *cells[] = {after, scenario_word(story, member_text(event, "who")), words, exit ? exit : "", NULL};

        append_row(text, cells);
    }
    g_string_append_c(text, '\n');
}

static void append_clocks(GString *text, const json_t *record)
{
    const char *head[] = {_("legal clock"), _("due at"), _("state"), NULL};
    const json_t *clocks = json_object_get(record, "clocks");
    size_t i;
    json_t *clock;

    if (json_array_size(clocks) == 0)
        return;
    g_string_append_printf(text, "## %s\n\n", _("Clocks of the law"));
    append_head(text, head);
    json_array_foreach(clocks, i, clock)
    {
        const char *cells[] = {member_text(clock, "id"), member_text(clock, "due"), member_text(clock, "state"), NULL};

        append_row(text, cells);
    }
    g_string_append_c(text, '\n');
}

char *drill_record_verdict(const json_t *record)
{
    const json_t *targets = json_object_get(record, "targets");
    size_t missed = 0, i;
    json_t *line;

    json_array_foreach(targets, i, line) missed += json_is_true(json_object_get(line, "met")) ? 0 : 1;
    if (missed == 0)
        return g_strdup_printf(_("EXERCISE: %.1f of 100 points: passed, all %zu targets are met"),
                               number_of(record, "score"), json_array_size(targets));
    return g_strdup_printf(_("EXERCISE: %.1f of 100 points: failed, %zu of %zu targets are missed"),
                           number_of(record, "score"), missed, json_array_size(targets));
}

static void append_story(GString *text, const json_t *record)
{
    const json_t *scenario = json_object_get(record, "scenario");
    const json_t *simulated = json_object_get(record, "simulated");
    g_autofree char *elapsed = clock_format_span(count_of(record, "elapsed_ms"));
    g_autofree char *people = text_grouped(count_of(record, "people"));
    g_autofree char *verdict = drill_record_verdict(record);
    g_autofree char *title = text_markdown(scenario_word(words_of(record), member_text(scenario, "title")));
    g_autofree char *seed = text_markdown(member_text(record, "seed"));

    g_string_append_printf(text, "# %s%s\n\n", _("EXERCISE: "), title);
    g_string_append_printf(text, "**%s**\n\n", verdict);
    if (*member_text(scenario, "story"))
        g_string_append_printf(text, "%s\n\n", scenario_word(words_of(record), member_text(scenario, "story")));
    g_string_append_printf(
        text, _("- incident: %s\n- scenario: %s, SHA-256 %s\n- people: %s, %" PRId64 " of them invented\n"),
        member_text(record, "incident"), member_text(scenario, "name"), member_text(scenario, "sha256"), people,
        count_of(record, "invented"));
    g_string_append_printf(text, _("- the story: from %s to %s\n- played: %s, in %s, seed %s, breach %s\n\n"),
                           member_text(simulated, "from"), member_text(simulated, "to"),
                           member_text(record, "played_at"), elapsed, seed, member_text(record, "breach"));
}

char *drill_record_markdown(const json_t *record)
{
    GString *text = g_string_new(NULL);

    append_story(text, record);
    append_score(text, record);
    append_events(text, record);
    append_clocks(text, record);
    g_string_append_printf(
        text, "%s\n",
        _("The score is made of this scenario and these commands. It does not say how an incident with "
          "other faults would go."));
    return g_string_free(text, FALSE);
}

/* History --------------------------------------------------------------------------------------------------------- */

static void free_record(gpointer record)
{
    json_decref(record);
}

static int by_date(gconstpointer left, gconstpointer right)
{
    return strcmp(member_text(*(json_t *const *)left, "played_at"), member_text(*(json_t *const *)right, "played_at"));
}

static json_t *read_record(const char *path)
{
    g_autofree char *text = file_read(path, SIZE_MOST, NULL, NULL);
    json_t *record = text ? json_loads(text, 0, NULL) : NULL;

    if (record && strcmp(member_text(record, "schema"), DRILL_RECORD_SCHEMA) != 0)
        g_clear_pointer(&record, json_decref);
    return record;
}

GPtrArray *drill_record_read(const char *folder, int *passed)
{
    GPtrArray *records = g_ptr_array_new_with_free_func(free_record);
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *name;

    *passed = 0;
    while (entries && (name = g_dir_read_name(entries)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, "drill.json", NULL);
        json_t *record = read_record(path);

        if (record)
            g_ptr_array_add(records, record);
        else
            *passed += 1;
    }
    g_ptr_array_sort(records, by_date);
    return records;
}

/* The last one before `index` with the same scenario, or NULL. */
static const json_t *before(const GPtrArray *records, guint index)
{
    const json_t *scenario = json_object_get(g_ptr_array_index(records, index), "scenario");

    for (guint i = index; i > 0; i--) {
        const json_t *earlier = g_ptr_array_index(records, i - 1);

        if (strcmp(member_text(json_object_get(earlier, "scenario"), "name"), member_text(scenario, "name")) == 0)
            return earlier;
    }
    return NULL;
}

char *drill_record_history(const GPtrArray *records)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < records->len; i++) {
        const json_t *record = g_ptr_array_index(records, i);
        const json_t *scenario = json_object_get(record, "scenario");
        const json_t *earlier = before(records, i);
        g_autofree char *name = text_padded(member_text(scenario, "name"), 34);

        g_string_append_printf(text, "%.16sZ  %s  %5.1f  %s", member_text(record, "played_at"), name,
                               number_of(record, "score"),
                               json_is_true(json_object_get(record, "passed")) ? _("passed") : _("failed"));
        if (earlier)
            g_string_append_printf(text, "  %+.1f", number_of(record, "score") - number_of(earlier, "score"));
        if (earlier &&
            strcmp(member_text(json_object_get(earlier, "scenario"), "sha256"), member_text(scenario, "sha256")) != 0)
            g_string_append_printf(text, "  %s", _("another version of the scenario"));
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}
