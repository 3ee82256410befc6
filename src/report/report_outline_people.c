/* Who was told, as a whole and over time. */
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/member.h"
#include "base/text.h"
#include "model/identity.h"
#include "report/chart.h"
#include "report/report_outline_private.h"

#define MOMENTS_SHOWN 12

static const char *meaning_of(Told told)
{
    static const char *const meanings[TOLD_STATES] = {
        [TOLD_DELIVERED] = N_("a receipt, a record of a call or of the post says that it arrived"),
        [TOLD_ACCEPTED] = N_("the next mail server, provider or printer took responsibility for it"),
        [TOLD_IN_DOUBT] = N_("it may have been taken, and nobody can say"),
        [TOLD_PENDING] = N_("still to be sent, or a further channel is left"),
        [TOLD_QUARANTINED] = N_("their data is faulty, so nothing was sent"),
        [TOLD_WITHHELD] = N_("somebody, or a rule of the playbook, decided not to send"),
        [TOLD_UNREACHABLE] = N_("no address is left that could be tried"),
    };

    return _(meanings[told]);
}

static GPtrArray *legend_of(const json_t *identity)
{
    GPtrArray *legend = g_ptr_array_new_with_free_func(g_free);

    for (int told = 0; told < TOLD_STATES; told++) {
        const char *name = identity_told_name((Told)told);
        g_autofree char *number = outline_count(member_count(identity, name));

        g_ptr_array_add(legend, g_strdup_printf("%s\n%s %s", outline_told_css(told), outline_told(name), number));
    }
    return legend;
}

/* What a drawing shows, in words: "accepted 90, unreachable 10". */
static char *in_words(const json_t *identity)
{
    GString *words = g_string_new(NULL);

    for (int told = 0; told < TOLD_STATES; told++) {
        int64_t n = member_count(identity, identity_told_name((Told)told));
        g_autofree char *number = text_grouped(n);

        if (n > 0)
            g_string_append_printf(words, "%s%s %s", words->len > 0 ? _(", ") : "",
                                   outline_told(identity_told_name((Told)told)), number);
    }
    return g_string_free(words, FALSE);
}

static void draw_bar(const Outline *outline, const json_t *identity)
{
    g_autoptr(GPtrArray) legend = legend_of(identity);
    g_autofree char *words = in_words(identity);
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    const ChartFrame frame = {.id = "identity", .title = _("Everybody by state"), .description = words, .zone = zone};
    ChartPart parts[TOLD_STATES];
    g_autofree char *svg = NULL;

    for (int told = 0; told < TOLD_STATES; told++)
        parts[told] = (ChartPart){.name = outline_told(identity_told_name((Told)told)),
                                  .css = outline_told_css(told),
                                  .value = MAX(member_count(identity, identity_told_name((Told)told)), 0)};
    svg = chart_bar(&frame, parts, TOLD_STATES);
    outline->writer->figure(outline->out, svg, legend);
}

static void draw_history(const Outline *outline, const json_t *history)
{
    size_t count = json_array_size(history);
    g_autofree int64_t *times = g_new0(int64_t, count);
    g_autofree int64_t *values = g_new0(int64_t, count * TOLD_STATES);
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    g_autofree char *words = in_words(json_array_get(history, count - 1));
    g_autofree char *description = g_strdup_printf(_("At the end: %s. The table below has the numbers."), words);
    const ChartFrame frame = {
        .id = "history", .title = _("People by state over time"), .description = description, .zone = zone};
    ChartSeries series[TOLD_STATES];
    g_autofree char *svg = NULL;

    for (size_t i = 0; i < count; i++) {
        const json_t *moment = json_array_get(history, i);

        (void)outline_ms(outline_at(moment, "at"), &times[i]);
        for (int told = 0; told < TOLD_STATES; told++)
            values[(size_t)told * count + i] = MAX(member_count(moment, identity_told_name((Told)told)), 0);
    }
    for (int told = 0; told < TOLD_STATES; told++)
        series[told] = (ChartSeries){.name = outline_told(identity_told_name((Told)told)),
                                     .css = outline_told_css(told),
                                     .values = values + (size_t)told * count};
    svg = chart_areas(&frame, times, count, series, TOLD_STATES);
    outline->writer->figure(outline->out, svg, NULL);
}

static void history_table(const Outline *outline, const json_t *history)
{
    g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
    size_t count = json_array_size(history), step = MAX(count / MOMENTS_SHOWN, 1);
    int64_t from = 0, to = 0;
    bool is_short = outline_ms(outline_at(json_array_get(history, 0), "at"), &from) &&
                    outline_ms(outline_at(json_array_get(history, count - 1), "at"), &to) &&
                    to - from < 2 * CLOCK_HOUR; /* minutes would be all alike */

    g_ptr_array_add(headers, g_strdup(_("@time")));
    for (int told = 0; told < TOLD_STATES; told++)
        g_ptr_array_add(headers, g_strdup_printf("#%s", outline_told(identity_told_name((Told)told))));
    g_ptr_array_add(headers, NULL);
    outline->writer->table(outline->out, _("The same in numbers"), (const char *const *)headers->pdata);
    for (size_t i = 0; i < count; i = i + 1 < count && i + step >= count ? count - 1 : i + step) {
        const json_t *moment = json_array_get(history, i);
        g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

        g_ptr_array_add(cells,
                        is_short ? outline_instant(outline_at(moment, "at")) : outline_time(outline_at(moment, "at")));
        for (int told = 0; told < TOLD_STATES; told++)
            g_ptr_array_add(cells, outline_count(member_count(moment, identity_told_name((Told)told))));
        g_ptr_array_add(cells, NULL);
        outline->writer->row(outline->out, (const char *const *)headers->pdata, (const char *const *)cells->pdata);
    }
    outline->writer->table_end(outline->out);
}

static void identity_table(const Outline *outline, const json_t *identity)
{
    const char *const headers[] = {_("state"), _("#people"), _("#share"), _("what it means"), NULL};
    int64_t people = member_count(identity, "people");
    g_autofree char *all = outline_count(people);
    g_autofree char *whole = outline_share(people, people);

    outline->writer->table(outline->out, _("Everybody is in exactly one of these lines"), headers);
    for (int told = 0; told < TOLD_STATES; told++) {
        int64_t n = member_count(identity, identity_told_name((Told)told));
        g_autofree char *number = outline_count(n);
        g_autofree char *share = outline_share(n, people);

        OUTLINE_ROW(outline, headers, outline_told(identity_told_name((Told)told)), number, share,
                    meaning_of((Told)told));
    }
    OUTLINE_ROW(outline, headers, _("people in all"), all, whole,
                _("the rows of the people file, and those removed from it since the first plan"));
    outline->writer->table_end(outline->out);
}

void outline_people(const Outline *outline)
{
    const json_t *identity = outline_at(outline->document, "identity");
    const json_t *history = outline_at(outline->document, "history");

    outline_section(outline, "people", _("Who was told"),
                    _("Everybody in the people file, counted once, by what is known of their notices."));
    if (!outline_is_planned(outline)) {
        outline_paragraph(outline, _("Nothing is planned yet: how many people have to be told is unknown."));
    } else {
        draw_bar(outline, identity);
        identity_table(outline, identity);
    }
    if (json_array_size(history) > 0) {
        outline->writer->subheading(outline->out, _("People by state over time"));
        draw_history(outline, history);
        history_table(outline, history);
    }
    outline_section_end(outline);
}
