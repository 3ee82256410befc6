#include "report/report_outline.h"

#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/member.h"
#include "base/text.h"
#include "ledger/hold.h"
#include "model/identity.h"
#include "model/locale.h"
#include "model/moment.h"
#include "report/clocks.h"
#include "report/report_outline_private.h"
#include "report/status.h"

/* Values ---------------------------------------------------------------------------------------------------------- */

const json_t *outline_at(const json_t *object, const char *member)
{
    return json_object_get(object, member);
}

bool outline_is_planned(const Outline *outline)
{
    return json_is_object(outline_at(outline->document, "identity"));
}

char *outline_count(int64_t count)
{
    return count < 0 ? g_strdup(_("unknown")) : text_grouped(count);
}

char *outline_share(int64_t part, int64_t whole)
{
    int64_t tenths = whole > 0 ? (part * 2000 + whole) / (whole * 2) : 0; /* rounded, as share() of words.js does it */

    if (whole <= 0 || part < 0)
        return g_strdup("");
    if (part > 0 && part < whole) /* never 100 % before it is all, nor 0 % once there is one */
        tenths = CLAMP(tenths, 1, 999);
    return g_strdup_printf(_("%d.%d %%"), (int)(tenths / 10), (int)(tenths % 10));
}

bool outline_ms(const json_t *time, int64_t *at)
{
    Moment moment = {0};

    if (!json_is_string(time) || !moment_parse(json_string_value(time), &moment, NULL))
        return false;
    *at = moment.at;
    return true;
}

char *outline_time(const json_t *time)
{
    const char *text = json_string_value(time);
    Moment moment = {0};

    if (!text || !moment_parse(text, &moment, NULL))
        return g_strdup(_("unknown"));
    return g_str_has_suffix(text, "Z") ? status_time(moment.at, 0) : clocks_time(moment);
}

char *outline_instant(const json_t *time)
{
    int64_t at = 0;
    g_autoptr(GDateTime) utc = outline_ms(time, &at) ? g_date_time_new_from_unix_utc(at / 1000) : NULL;
    g_autoptr(GDateTime) local = utc ? g_date_time_to_local(utc) : NULL;
    g_autofree char *second = NULL, *zone = NULL;

    if (!local)
        return g_strdup(_("unknown"));
    second = g_date_time_format(local, "%Y-%m-%d %H:%M:%S");
    zone = g_date_time_format(local, "%:z");
    return g_strdup_printf("%s.%03d %s", second, (int)(at % CLOCK_SECOND), zone);
}

char *outline_span(const json_t *from, const json_t *to)
{
    int64_t start, end;

    return outline_ms(from, &start) && outline_ms(to, &end) && end >= start ? clock_format_span(end - start) : NULL;
}

const char *outline_local(const Outline *outline, const json_t *text)
{
    const json_t *incident = outline_at(outline->document, "incident");
    bool is_english = strcmp(language_name(), "en") == 0;
    const char *wanted[] = {language_name(), is_english ? "en" : "zh-TW", member_text(incident, "default_locale"), "en",
                            "zh-CN"};
    const char *locale;
    json_t *value;

    if (json_is_string(text))
        return json_string_value(text);
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        if (json_is_string(json_object_get(text, wanted[i])))
            return json_string_value(json_object_get(text, wanted[i]));
    json_object_foreach((json_t *)text, locale, value) if (json_is_string(value)) return json_string_value(value);
    return NULL;
}

int64_t outline_sum(const json_t *rows, const char *member, const char *values, const char *count)
{
    g_auto(GStrv) list = values ? g_strsplit(values, " ", -1) : NULL;
    int64_t sum = 0;
    size_t index;
    json_t *row;

    json_array_foreach((json_t *)rows, index,
                       row) if (!list || g_strv_contains((const char *const *)list, member_text(row, member))) sum +=
        MAX(member_count(row, count), 0);
    return sum;
}

/* Words ----------------------------------------------------------------------------------------------------------- */

const char *outline_told(const char *told)
{
    static const char *const words[TOLD_STATES] = {
        [TOLD_DELIVERED] = N_("delivered"),     [TOLD_ACCEPTED] = N_("accepted"),
        [TOLD_IN_DOUBT] = N_("in doubt"),       [TOLD_PENDING] = N_("pending"),
        [TOLD_QUARANTINED] = N_("quarantined"), [TOLD_WITHHELD] = N_("withheld"),
        [TOLD_UNREACHABLE] = N_("unreachable"),
    };

    for (int i = 0; i < TOLD_STATES; i++)
        if (strcmp(told, identity_told_name((Told)i)) == 0)
            return _(words[i]);
    return told;
}

const char *outline_told_css(int told)
{
    static const char *const classes[TOLD_STATES] = {
        [TOLD_DELIVERED] = "told-delivered",     [TOLD_ACCEPTED] = "told-accepted",
        [TOLD_IN_DOUBT] = "told-in-doubt",       [TOLD_PENDING] = "told-pending",
        [TOLD_QUARANTINED] = "told-quarantined", [TOLD_WITHHELD] = "told-withheld",
        [TOLD_UNREACHABLE] = "told-unreachable",
    };

    return classes[told];
}

const char *outline_words(const OutlineWord *words, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, words[i].name) == 0)
            return _(words[i].words);
    return name;
}

const char *outline_or_nothing(const char *text)
{
    return *text ? text : "–";
}

char *outline_held(const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, " ", 2);
    Hold hold = {.name = (char *)(parts[0] && parts[1] ? parts[1] : "")};

    return parts[0] && hold_scope_parse(parts[0], &hold.scope) ? g_strchomp(hold_words(&hold)) : g_strdup(name);
}

/* Parts ----------------------------------------------------------------------------------------------------------- */

void outline_section(const Outline *outline, const char *id, const char *title, const char *meaning)
{
    outline->writer->section(outline->out, id, title, meaning);
}

void outline_section_end(const Outline *outline)
{
    outline->writer->section_end(outline->out);
}

void outline_paragraph(const Outline *outline, const char *text)
{
    outline->writer->paragraph(outline->out, text);
}

void outline_list(const Outline *outline, const json_t *elements, const char *caption, const char *const *headers,
                  OutlineRow *row, const char *none)
{
    size_t index;
    json_t *element;

    if (json_array_size(elements) == 0) {
        if (none)
            outline_paragraph(outline, none);
        return;
    }
    outline->writer->table(outline->out, caption, headers);
    json_array_foreach((json_t *)elements, index, element) row(outline, element, headers);
    outline->writer->table_end(outline->out);
}

json_t *outline_chosen(const json_t *elements, const char *of, const char *member, const char *value)
{
    json_t *kept = json_array();
    size_t index;
    json_t *element;

    json_array_foreach((json_t *)elements, index, element)
    {
        const json_t *object = of ? outline_at(element, of) : element;

        if (strcmp(member_text(object, member), value) == 0)
            json_array_append(kept, element);
    }
    return kept;
}

/* The values of `key`, each once, in the order in which they first stand. */
static GPtrArray *keys_of(const json_t *rows, const char *key)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
    size_t index;
    json_t *row;

    json_array_foreach((json_t *)rows, index, row)
    {
        const json_t *value = json_object_get(row, key);
        g_autofree char *name = json_is_integer(value)
                                    ? g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value))
                                    : g_strdup(member_text(row, key));

        if (!g_ptr_array_find_with_equal_func(keys, name, g_str_equal, NULL))
            g_ptr_array_add(keys, g_steal_pointer(&name));
    }
    return keys;
}

static bool is_of(const json_t *row, const char *key, const char *name)
{
    const json_t *value = json_object_get(row, key);

    return json_is_integer(value) ? json_integer_value(value) == g_ascii_strtoll(name, NULL, 10)
                                  : strcmp(member_text(row, key), name) == 0;
}

static int64_t sum_of(const json_t *rows, const OutlineMatrix *matrix, const char *name, const char *states)
{
    g_auto(GStrv) list = g_strsplit(states ? states : "", " ", -1);
    int64_t sum = 0;
    size_t index;
    json_t *row;

    json_array_foreach((json_t *)rows, index, row)
    {
        if (is_of(row, matrix->key, name) &&
            (!states || g_strv_contains((const char *const *)list, member_text(row, matrix->state))))
            sum += MAX(member_count(row, matrix->count), 0);
    }
    return sum;
}

void outline_matrix(const Outline *outline, const json_t *rows, const OutlineMatrix *matrix,
                    const OutlineColumn *columns, size_t count)
{
    g_autoptr(GPtrArray) keys = keys_of(rows, matrix->key);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(names, g_strdup(matrix->first));
    for (size_t c = 0; c < count; c++)
        g_ptr_array_add(names, g_strdup_printf("#%s", _(columns[c].header)));
    g_ptr_array_add(names, g_strdup_printf("#%s", _("in all")));
    g_ptr_array_add(names, NULL);
    outline->writer->table(outline->out, matrix->caption, (const char *const *)names->pdata);
    for (guint k = 0; k < keys->len; k++) {
        const char *name = g_ptr_array_index(keys, k);
        g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

        g_ptr_array_add(cells, g_strdup(*name ? name : matrix->unnamed));
        for (size_t c = 0; c < count; c++)
            g_ptr_array_add(cells, outline_count(sum_of(rows, matrix, name, columns[c].states)));
        g_ptr_array_add(cells, outline_count(sum_of(rows, matrix, name, NULL)));
        g_ptr_array_add(cells, NULL);
        outline->writer->row(outline->out, (const char *const *)names->pdata, (const char *const *)cells->pdata);
    }
    outline->writer->table_end(outline->out);
}

/* The whole ------------------------------------------------------------------------------------------------------- */

static void add_content(GPtrArray *list, const char *id, const char *title)
{
    g_ptr_array_add(list, g_strdup_printf("%s\n%s", id, title));
}

static void contents(const Outline *outline)
{
    static const struct {
        const char *id, *title;
    } sections[] = {
        {"summary", N_("In ten lines")},
        {"timeline", N_("What happened when")},
        {"people", N_("Who was told")},
        {"parts", N_("By channel, audience, language and region")},
        {"returned", N_("What was refused or came back")},
        {"unreached", N_("Who could not be reached")},
        {"doubts", N_("Doubts, and how each was settled")},
        {"law", N_("What the law asked for")},
        {"decisions", N_("Decisions, approvals and holds")},
        {"editions", N_("Editions")},
        {"announcement", N_("The public announcement")},
        {"work", N_("Response and inquiries")},
        {"method", N_("Method and limits")},
        {"recompute", N_("Appendix: how to compute the numbers again")},
    };
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++)
        add_content(list, sections[i].id, _(sections[i].title));
    outline->writer->contents(outline->out, list);
}

static void head(const Outline *outline)
{
    const json_t *incident = outline_at(outline->document, "incident");
    const char *organization = outline_local(outline, outline_at(incident, "organization"));
    bool is_exercise = strcmp(member_text(outline->document, "status"), "exercise") == 0;
    g_autofree char *made = outline_time(outline_at(outline->document, "made_at"));
    g_autofree char *title = g_strdup_printf(_("Report on the incident %s"), member_text(incident, "id"));
    g_autofree char *subtitle =
        organization ? g_strdup_printf(_("%s · as of %s"), organization, made) : g_strdup_printf(_("as of %s"), made);

    outline->writer->head(outline->out, title, subtitle, is_exercise ? INCIDENT_EXERCISE : INCIDENT_ACTUAL);
}

char *report_outline(const json_t *document, const ReportWriter *writer)
{
    static void (*const sections[])(const Outline *outline) = {outline_timeline,
                                                               outline_people,
                                                               outline_parts,
                                                               outline_returned,
                                                               outline_returned_unreached,
                                                               outline_case_doubts,
                                                               outline_case_law,
                                                               outline_case_decisions,
                                                               outline_case_editions,
                                                               outline_case_announcement,
                                                               outline_case_work,
                                                               outline_method_everybody,
                                                               outline_method,
                                                               outline_method_recompute};
    const Outline outline = {.document = document, .writer = writer, .out = g_string_new(NULL)};
    g_autofree char *made = outline_time(outline_at(document, "made_at"));
    g_autofree char *foot = g_strdup_printf(_("Made by breach from the ledger and the case record, as of %s. This file "
                                              "needs no network and holds no script."),
                                            made);

    head(&outline);
    outline_board(&outline);
    contents(&outline);
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++)
        sections[i](&outline);
    writer->foot(outline.out, foot);
    return g_string_free(outline.out, FALSE);
}
