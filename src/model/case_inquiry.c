#include "model/case_inquiry.h"

#include <string.h>

#include "base/language.h"
#include "model/civil_day.h"

const char *case_inquiry_state_name(CaseInquiryState state)
{
    static const char *const names[] = {N_("unverified"), N_("open"), N_("overdue"), N_("answered")};

    return names[state];
}

static void read_event(CaseInquiry *inquiry, const CaseEvent *event)
{
    const struct {
        const char *outcome;
        Moment *moment;
    } outcomes[] = {{"received", &inquiry->received},
                    {"verified", &inquiry->verified},
                    {"extended", &inquiry->extended},
                    {"answered", &inquiry->answered}};
    const char *outcome = case_event_text(event, "outcome");
    const char *at = case_event_text(event, "at");
    const char *kind = case_event_text(event, "kind");
    Moment moment;

    if (!outcome || !at || !moment_parse(at, &moment, NULL))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(outcomes); i++)
        if (strcmp(outcomes[i].outcome, outcome) == 0 && !outcomes[i].moment->known)
            *outcomes[i].moment = moment;
    if (kind)
        inquiry->kind = kind;
}

/* The days are those of whoever wrote the time down: its offset is their zone. */
static GTimeZone *zone_of(const Moment *moment)
{
    return g_time_zone_new_offset(moment->offset * 60);
}

static CivilDay last_day(CaseInquiry *inquiry, const InquiryRule *rule, const Calendar *calendar, CivilDay from,
                         int days)
{
    if (rule->count == INQUIRY_CALENDAR_DAYS)
        return from + days;
    inquiry->no_calendar = calendar == NULL;
    return calendar ? calendar_add_workdays(calendar, from, days, &inquiry->missing_year) : CIVIL_DAY_NONE;
}

static void set_due(CaseInquiry *inquiry, const InquiryRule *rule, const Calendar *calendar)
{
    const Moment *start = rule->from == INQUIRY_FROM_VERIFIED ? &inquiry->verified : &inquiry->received;
    int days = rule->days + (inquiry->extended.known ? rule->extension : 0);
    g_autoptr(GTimeZone) zone = NULL;
    CivilDay day;

    if (!start->known || rule->days == 0)
        return;
    zone = zone_of(start);
    day = last_day(inquiry, rule, calendar, civil_day_of(start->at, zone), days);
    if (day == CIVIL_DAY_NONE)
        return;
    inquiry->has_due = true;
    inquiry->due_day = day;
    inquiry->last = civil_day_end(day, zone) - 1;
    inquiry->due = (Moment){.at = inquiry->last - inquiry->last % 1000, .offset = start->offset, .known = true};
}

static void settle(CaseInquiry *inquiry, const InquiryRule *rule, int64_t now)
{
    bool waits = rule && rule->days > 0 && rule->from == INQUIRY_FROM_VERIFIED && !inquiry->verified.known;

    inquiry->state = waits ? CASE_INQUIRY_WAITS : CASE_INQUIRY_OPEN;
    if (inquiry->has_due && now > inquiry->last)
        inquiry->state = CASE_INQUIRY_OVERDUE;
    if (inquiry->answered.known) {
        inquiry->state = CASE_INQUIRY_ANSWERED;
        inquiry->is_late = inquiry->has_due && inquiry->answered.at > inquiry->last;
    }
}

GPtrArray *case_inquiries(const CaseState *state, const InquiryRule *rule, const Calendar *calendar, int64_t now)
{
    GPtrArray *inquiries = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < state->inquiries->len; i++) {
        const CaseSubject *subject = g_ptr_array_index(state->inquiries, i);
        CaseInquiry *inquiry = g_new0(CaseInquiry, 1);

        *inquiry = (CaseInquiry){.id = subject->id, .kind = "question", .subject = subject, .due_day = CIVIL_DAY_NONE};
        for (guint j = 0; j < subject->events->len; j++)
            read_event(inquiry, g_ptr_array_index(subject->events, j));
        if (rule)
            set_due(inquiry, rule, calendar);
        settle(inquiry, rule, now);
        g_ptr_array_add(inquiries, inquiry);
    }
    return inquiries;
}

const CaseInquiry *case_inquiry_find(const GPtrArray *inquiries, const char *id)
{
    for (guint i = 0; i < inquiries->len; i++) {
        const CaseInquiry *inquiry = g_ptr_array_index(inquiries, i);

        if (strcmp(inquiry->id, id) == 0)
            return inquiry;
    }
    return NULL;
}
