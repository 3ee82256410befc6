/* What happened when. */
#include <string.h>

#include "base/language.h"
#include "base/member.h"
#include "report/chart.h"
#include "report/reason.h"
#include "report/report_outline_private.h"

static const struct {
    const char *kind, *words, *css;
} lanes[] = {{"incident", N_("incident"), "span-incident"},
             {"response", N_("response"), "span-response"},
             {"decision", N_("decision"), "span-decision"},
             {"plan", N_("plan"), "span-plan"},
             {"send", N_("sending"), "span-send"},
             {"hold", N_("hold"), "span-hold"},
             {"announcement", N_("announcement"), "span-announcement"},
             {"filing", N_("report filed"), "span-filing"},
             {"step", N_("other"), "span-plan"}};

static size_t lane_of(const char *kind)
{
    size_t lane = 0;

    while (lane + 1 < G_N_ELEMENTS(lanes) && strcmp(kind, lanes[lane].kind) != 0)
        lane++;
    return lane;
}

static char *what_of(const json_t *entry)
{
    static const OutlineWord words[] = {{"occurred_at", N_("it began")},
                                        {"detected_at", N_("it was found")},
                                        {"confirmed_at", N_("it was confirmed")},
                                        {"contained_at", N_("it was contained")},
                                        {"confirmed", N_("a person confirmed the send")},
                                        {"adopted", N_("a copied state folder was adopted")},
                                        {"climb_allowed", N_("a person allowed notices to go on to further channels")},
                                        {"quiet_hours_overridden", N_("a person let messages go in quiet hours")},
                                        {"test_sent", N_("a test message was sent")},
                                        {"everything", N_("everything")}};
    static const OutlineWord details[] = {{"publishing", N_("being published")},
                                          {"taken", N_("taken")},
                                          {"published", N_("published and read back")},
                                          {"refused", N_("refused")},
                                          {"withdrawn", N_("withdrawn")},
                                          {"started", N_("started")},
                                          {"done", N_("done")},
                                          {"killed", N_("ended early")},
                                          {"not-notify", N_("not to tell")},
                                          {"delay", N_("to wait")},
                                          {"revoked", N_("taken back")}};
    const char *kind = member_text(entry, "kind"), *name = member_text(entry, "name");
    g_autofree char *reason = reason_text(member_text(entry, "detail"));
    const char *detail = outline_words(details, G_N_ELEMENTS(details), reason);
    g_autofree char *what = strcmp(kind, "send") == 0       ? g_strdup_printf(_("run %s"), name)
                            : strcmp(kind, "plan") == 0     ? g_strdup_printf(_("plan of edition %s"), name)
                            : strcmp(kind, "hold") == 0     ? outline_held(name)
                            : strcmp(kind, "response") == 0 ? g_strdup(*name ? language_text(name) : "")
                                                            : g_strdup(outline_words(words, G_N_ELEMENTS(words), name));

    return *detail ? g_strdup_printf(_("%s: %s"), what, detail) : g_steal_pointer(&what);
}

static void draw_timeline(const Outline *outline, const json_t *timeline)
{
    size_t count = json_array_size(timeline);
    g_autofree ChartSpan *spans = g_new0(ChartSpan, count + 1);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *lane_names[G_N_ELEMENTS(lanes)];
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    const ChartFrame frame = {.id = "timeline-chart",
                              .title = _("What happened when"),
                              .description = _("The table below says the same in words."),
                              .zone = zone};
    g_autofree char *svg = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(lanes); i++)
        lane_names[i] = _(lanes[i].words);
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(timeline, i);
        size_t lane = lane_of(member_text(entry, "kind"));
        g_autofree char *at = outline_time(outline_at(entry, "at"));
        g_autofree char *what = what_of(entry);
        bool has_end;

        g_ptr_array_add(names, g_strdup_printf(_("%s %s: %s"), at, lane_names[lane], what));
        spans[i] = (ChartSpan){.name = g_ptr_array_index(names, i), .css = lanes[lane].css, .lane = lane};
        (void)outline_ms(outline_at(entry, "at"), &spans[i].from);
        has_end = outline_ms(outline_at(entry, "until"), &spans[i].to);
        if (!has_end)
            spans[i].to = spans[i].from;
        spans[i].is_open = !has_end && (strcmp(lanes[lane].kind, "hold") == 0 || strcmp(lanes[lane].kind, "send") == 0);
    }
    svg = chart_timeline(&frame, lane_names, G_N_ELEMENTS(lanes), spans, count);
    outline->writer->figure(outline->out, svg, NULL);
}

static void timeline_row(const Outline *outline, const json_t *entry, const char *const *headers)
{
    g_autofree char *at = outline_time(outline_at(entry, "at"));
    g_autofree char *what = what_of(entry);
    const json_t *until = outline_at(entry, "until");
    g_autofree char *end = json_is_string(until) ? outline_time(until) : g_strdup("");

    OUTLINE_ROW(outline, headers, at, _(lanes[lane_of(member_text(entry, "kind"))].words), what, end,
                member_text(entry, "by"));
}

void outline_timeline(const Outline *outline)
{
    const char *const headers[] = {_("@time"), _("kind"), _("what"), _("@ended"), _("by"), NULL};
    const json_t *timeline = outline_at(outline->document, "timeline");

    outline_section(outline, "timeline", _("What happened when"),
                    _("The incident, and what was done about it, in one order."));
    if (json_array_size(timeline) > 0)
        draw_timeline(outline, timeline);
    outline_list(outline, timeline, _("Events, oldest first"), headers, timeline_row,
                 _("No time is known: neither the playbook nor the record has one."));
    outline_section_end(outline);
}
