#include "report/filing_value_private.h"

#include <string.h>

#include "base/text.h"
#include "model/report_source.h"
#include "report/filing_word.h"

typedef FilingValue Value;
typedef FilingRequest Request;

void filing_value_init(FilingValue *value)
{
    *value = (FilingValue){.lines = g_ptr_array_new_with_free_func(g_free), .count = -1};
}

void filing_value_clear(FilingValue *value)
{
    g_ptr_array_unref(value->lines);
    g_free(value->word);
}

/* Small parts ------------------------------------------------------------------------------------------------------ */

bool filing_value_line(FilingValue *value, char *line)
{
    if (line && *line) {
        g_ptr_array_add(value->lines, line);
        return true;
    }
    g_free(line);
    return false;
}

bool filing_value_word(FilingValue *value, const char *word)
{
    if (!word || !*word)
        return false;
    g_free(value->word);
    value->word = g_strdup(word);
    return filing_value_line(value, g_strdup(word));
}

static bool say_time(Value *value, const Request *request, Moment time)
{
    if (!time.known)
        return false;
    value->time = time;
    return filing_value_line(value, moment_format(time, request->locale));
}

static bool say_count(Value *value, int64_t count)
{
    if (count < 0)
        return false;
    value->count = count;
    return filing_value_line(value, text_grouped(count));
}

/* "email: a@example.com"; nothing without a value. */
bool filing_value_labelled(FilingValue *value, const FilingRequest *request, FilingWord label, const char *text)
{
    return text && *text &&
           filing_value_line(
               value, g_strconcat(filing_word(label, request->locale), filing_colon(request->locale), text, NULL));
}

/* The text for the authority; where the playbook has none in its language, the one in the playbook's own. */
static const char *text_for(Value *value, const Request *request, const LocaleText *text)
{
    const char *found = locale_text_get(text, request->locale);
    g_autofree const char **locales = locale_text_locales(text);

    if (found)
        return found;
    value->is_untranslated = true;
    found = locale_text_get(text, request->playbook->default_locale);
    return found || !locales[0] ? found : locale_text_get(text, locales[0]);
}

void filing_value_text(FilingValue *value, const FilingRequest *request, const LocaleText *text)
{
    const char *found = text ? text_for(value, request, text) : NULL;

    if (!found || text_is_to_fill(found, NULL))
        return;
    filing_value_line(value, g_strdup(found));
    g_free(value->word);
    value->word = g_strdup(found);
}

static bool say_texts(Value *value, const Request *request, const GPtrArray *texts)
{
    guint before = value->lines->len;

    for (guint i = 0; i < texts->len; i++)
        filing_value_text(value, request, g_ptr_array_index(texts, i));
    return value->lines->len > before;
}

static bool say_text(Value *value, const Request *request, const LocaleText *text)
{
    guint before = value->lines->len;

    filing_value_text(value, request, text);
    return value->lines->len > before;
}

/* The organisation ------------------------------------------------------------------------------------------------- */

static bool say_name(Value *value, const Request *request, const char *rest)
{
    (void)rest;
    return say_text(value, request, request->playbook->organization.name);
}

static bool say_address(Value *value, const Request *request, const char *rest)
{
    (void)rest;
    return say_text(value, request, request->playbook->organization.address);
}

static bool say_contact(Value *value, const Request *request, const char *rest)
{
    const Organization *organization = &request->playbook->organization;
    bool has_email = filing_value_labelled(value, request, FILING_EMAIL, organization->contact_email);
    bool has_phone = filing_value_labelled(value, request, FILING_PHONE, organization->contact_phone);

    (void)rest;
    return has_email || has_phone;
}

static bool say_dpo(Value *value, const Request *request, const char *rest)
{
    const Organization *organization = &request->playbook->organization;
    bool has_name = filing_value_line(value, g_strdup(organization->dpo_name));
    bool has_email = filing_value_labelled(value, request, FILING_EMAIL, organization->dpo_email);
    bool has_phone = filing_value_labelled(value, request, FILING_PHONE, organization->dpo_phone);

    (void)rest;
    return has_name || has_email || has_phone;
}

static bool say_registration(Value *value, const Request *request, const char *rest)
{
    (void)rest;
    return filing_value_word(value, request->playbook->organization.registration);
}

static bool say_role(Value *value, const Request *request, const char *rest)
{
    const LawRegime *entry = request->obligation->regime->entry;

    (void)rest;
    return filing_value_word(value, entry && entry->role ? entry->role : request->playbook->organization.role);
}

static bool say_on_behalf_of(Value *value, const Request *request, const char *rest)
{
    (void)rest;
    return filing_value_word(value, request->playbook->organization.on_behalf_of);
}

/* The incident ----------------------------------------------------------------------------------------------------- */

static bool say_id(Value *value, const Request *request, const char *rest)
{
    (void)rest;
    return filing_value_word(value, request->playbook->incident.id);
}

static bool say_incident_kind(Value *value, const Request *request, const char *rest)
{
    (void)rest;
    return filing_value_word(value, request->playbook->incident.kind);
}

typedef struct IncidentTime {
    const char *name;
    FilingWord word;
    size_t offset;
} IncidentTime;

static const IncidentTime times[] = {
    {"occurred_at", FILING_OCCURRED, offsetof(Incident, occurred_at)},
    {"detected_at", FILING_FOUND, offsetof(Incident, detected_at)},
    {"confirmed_at", FILING_CONFIRMED, offsetof(Incident, confirmed_at)},
    {"contained_at", FILING_CONTAINED, offsetof(Incident, contained_at)},
};

static Moment time_of(const Request *request, const IncidentTime *time)
{
    return *(const Moment *)(const void *)((const char *)&request->playbook->incident + time->offset);
}

static bool say_incident_time(Value *value, const Request *request, const char *rest)
{
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        Moment time = time_of(request, &times[i]);
        g_autofree char *text = moment_format(time, request->locale);

        if (strcmp(times[i].name, rest) != 0)
            continue;
        value->time = time;
        return filing_value_labelled(value, request, times[i].word, text);
    }
    return false;
}

static bool say_timeline(Value *value, const Request *request, const char *rest)
{
    bool any = false;

    (void)rest;
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autofree char *text = moment_format(time_of(request, &times[i]), request->locale);

        any = filing_value_labelled(value, request, times[i].word, text) || any;
    }
    return any;
}

static bool say_duration(Value *value, const Request *request, const char *rest)
{
    const Incident *incident = &request->playbook->incident;

    (void)rest;
    return incident->occurred_at.known && incident->contained_at.known &&
           filing_value_line(value, filing_span(incident->contained_at.at - incident->occurred_at.at, request->locale));
}

/* A level that only a machine proposed is shown, and still has to be confirmed. A level is one of a scale: a law that
 * has none is not told the number of another law's. */
static bool say_level(Value *value, const Request *request, const char *rest)
{
    RegimeValue level = {NULL, NULL, NULL};
    const SeverityScale *scale = request->obligation->regime->scale;
    const SeverityLevel *named;
    bool is_known = scale && obligation_variable(request->law, request->obligation->regime, "level", &level);

    (void)rest;
    if (!is_known || !level.likely)
        return false;
    named = severity_level(scale, (int)g_ascii_strtoll(level.likely, NULL, 10));
    g_free(value->word);
    value->word = g_strdup(level.likely);
    filing_value_line(value, g_strdup(named ? regime_text(named->name, request->locale) : level.likely));
    return case_state_level(request->law->state) > 0;
}

static bool say_anchor(Value *value, const Request *request, const char *rest)
{
    RegimeTime time;

    if (!case_state_anchor(request->law->state, request->obligation->regime->regime->id, rest, &time, NULL))
        return false;
    return time.is_day ? filing_value_line(value, civil_day_format(time.day)) : say_time(value, request, time.moment);
}

/* From when the period runs, which may be later than when it was found: with who said so and why, if somebody did. */
static bool say_awareness(Value *value, const Request *request, const char *rest)
{
    const CaseEvent *event = NULL;
    const json_t *now;
    const char *by, *reason;
    g_autofree char *text = NULL;
    RegimeTime time;

    (void)rest;
    if (!case_state_anchor(request->law->state, request->obligation->regime->regime->id, "awareness", &time, &event))
        return false;
    value->time = time.is_day ? value->time : time.moment;
    text = time.is_day ? civil_day_format(time.day) : moment_format(time.moment, request->locale);
    filing_value_labelled(value, request, FILING_AWARE, text);
    now = event ? json_object_get(event->body, "new") : NULL;
    by = json_string_value(json_object_get(now, "by"));
    reason = json_string_value(json_object_get(now, "reason"));
    if (by && reason)
        filing_value_line(value, filing_fill(FILING_AWARE_BY, request->locale, by, reason));
    return true;
}

static bool say_variable(Value *value, const Request *request, const char *rest)
{
    RegimeValue found = {NULL, NULL, NULL};

    return obligation_variable(request->law, request->obligation->regime, rest, &found) &&
           filing_value_word(value, found.likely);
}

/* Facts ------------------------------------------------------------------------------------------------------------ */

/* What the public reads, where it is told anything; else what those concerned read. */
static const Fact *fact_of(const Playbook *playbook, const char *name)
{
    const Announcement *announcement = playbook->announcement;
    const Fact *public = announcement && announcement->own ? playbook_fact(announcement->own, name) : NULL;

    return public && public->text ? public : playbook_fact(playbook, name);
}

const LocaleText *filing_fact(const Playbook *playbook, const char *name)
{
    const LocaleText *ours = report_words_answer(playbook->report_words, REPORT_WORDS_FACTS, name);
    const Fact *fact = ours ? NULL : fact_of(playbook, name);

    return fact ? fact->text : ours;
}

static bool say_fact(Value *value, const Request *request, const char *rest)
{
    const LocaleText *text = filing_fact(request->playbook, rest);
    const Fact *fact = text ? NULL : fact_of(request->playbook, rest);
    g_autofree char *as_of = NULL;

    if (text)
        return say_text(value, request, text);
    if (!fact)
        return false;
    as_of = moment_format(fact->as_of, request->locale);
    filing_value_line(value, filing_fill(FILING_UNKNOWN_AS_OF, request->locale, as_of));
    value->is_unknown = true;
    value->next = fact->next_update;
    return false;
}

/* On one line, as people say it: "name, email address". */
static bool say_kinds(Value *value, const Request *request, bool only_sensitive)
{
    GString *line = g_string_new(NULL);

    for (guint i = 0; i < request->playbook->data_kinds->len; i++) {
        const DataKind *kind = g_ptr_array_index(request->playbook->data_kinds, i);
        const char *label = kind->label ? text_for(value, request, kind->label) : NULL;

        if (!only_sensitive || kind->sensitive)
            g_string_append_printf(line, "%s%s", line->len > 0 ? filing_list(request->locale) : "",
                                   label ? label : kind->name);
    }
    return filing_value_line(value, g_string_free(line, FALSE));
}

static bool say_data_kinds(Value *value, const Request *request, const char *rest)
{
    (void)rest;
    return say_kinds(value, request, false);
}

static bool say_sensitive_kinds(Value *value, const Request *request, const char *rest)
{
    (void)rest;
    if (request->playbook->data_kinds->len == 0)
        return false;
    return say_kinds(value, request, true) ||
           filing_value_line(value, g_strdup(filing_word(FILING_NONE_SENSITIVE, request->locale)));
}

/* Numbers of people ------------------------------------------------------------------------------------------------ */

typedef struct People {
    int64_t lower, likely, upper;
} People;

static int64_t number_of(const char *text)
{
    return text && *text ? g_ascii_strtoll(text, NULL, 10) : -1;
}

/* What was said of the people whom this law protects alone, or NULL. */
static const CaseValue *own_count(const Request *request)
{
    g_autofree char *name = g_strdup_printf("%s/affected", request->obligation->regime->regime->id);
    const CaseValue *own = case_state_value(request->law->state, CASE_VARIABLE, name);

    return own && !json_is_null(own->now) ? own : NULL;
}

static bool people_of(const Request *request, People *people)
{
    RegimeValue own = {NULL, NULL, NULL};

    if (own_count(request) &&
        case_state_variable(request->law->state, request->obligation->regime->regime->id, "affected", &own)) {
        *people = (People){number_of(own.lower), number_of(own.likely), number_of(own.upper)};
        return true;
    }
    return case_state_affected(request->law->state, &people->lower, &people->likely, &people->upper);
}

/* Since when the number is known: that of the record, for the playbook's may be of an older one. Of a law's own count
 * nobody says it. */
static Moment counted_at(const Request *request)
{
    const CaseValue *counts =
        own_count(request) ? NULL : case_state_value(request->law->state, CASE_AFFECTED, "affected");
    const char *text = counts ? json_string_value(json_object_get(counts->now, "as_of")) : NULL;
    Moment moment = {.known = false};

    if (text && !moment_parse(text, &moment, NULL))
        moment.known = false;
    return moment;
}

/* The likely number; without one, the only one there is. */
static int64_t likely_of(const People *people)
{
    return people->likely >= 0 ? people->likely : MAX(people->upper, people->lower);
}

static bool say_number(Value *value, const Request *request, const char *rest)
{
    People people;

    if (!people_of(request, &people))
        return false;
    if (strcmp(rest, "likely") == 0)
        return say_count(value, likely_of(&people));
    return say_count(value, strcmp(rest, "lower") == 0 ? people.lower : people.upper);
}

static bool say_as_of(Value *value, const Request *request, const char *rest)
{
    (void)rest;
    return say_time(value, request, counted_at(request));
}

static void append_clause(GString *line, const char *locale, char *clause)
{
    g_string_append_printf(line, "%s%s",
                           line->len == 0                            ? ""
                           : strcmp(filing_colon(locale), ": ") == 0 ? ", "
                                                                     : "，",
                           clause);
    g_free(clause);
}

/* "about 12,034 people, between 11,000 and 20,000, as of …" */
static bool say_affected(Value *value, const Request *request, const char *rest)
{
    GString *line = g_string_new(NULL);
    const char *locale = request->locale;
    g_autofree char *lower = NULL, *likely = NULL, *upper = NULL, *as_of = NULL;
    People people = {-1, -1, -1};

    (void)rest;
    people_of(request, &people);
    lower = text_grouped(people.lower);
    likely = text_grouped(people.likely);
    upper = text_grouped(people.upper);
    as_of = moment_format(counted_at(request), locale);
    if (people.likely >= 0)
        append_clause(line, locale, filing_fill(FILING_ABOUT, locale, likely));
    if (people.lower >= 0 && people.upper >= 0 && people.lower < people.upper)
        append_clause(line, locale, filing_fill(FILING_BETWEEN, locale, lower, upper));
    else if (people.likely < 0 && people.lower >= 0)
        append_clause(line, locale, filing_fill(FILING_AT_LEAST, locale, lower));
    else if (people.likely < 0 && people.upper >= 0)
        append_clause(line, locale, filing_fill(FILING_AT_MOST, locale, upper));
    if (line->len > 0 && own_count(request))
        append_clause(line, locale, g_strdup(filing_word(FILING_OF_THIS_LAW, locale)));
    if (line->len > 0 && *as_of)
        append_clause(line, locale, filing_fill(FILING_AS_OF, locale, as_of));
    value->count = likely_of(&people);
    return filing_value_line(value, g_string_free(line, FALSE));
}

/* Lists of the playbook -------------------------------------------------------------------------------------------- */

static bool say_list(Value *value, const Request *request, const char *rest)
{
    const Playbook *playbook = request->playbook;
    const struct {
        const char *name;
        const GPtrArray *texts;
    } lists[] = {{"impact", playbook->impact},
                 {"measures.taken", playbook->measures_taken},
                 {"measures.planned", playbook->measures_planned},
                 {"advice", playbook->advice},
                 {"remedies", playbook->remedies}};

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        if (strcmp(lists[i].name, rest) == 0)
            return say_texts(value, request, lists[i].texts);
    return false;
}

/* For authorities alone: a customer, another organisation or the press gets what is written under reports for it. */
static bool say_confidential(Value *value, const Request *request, const char *rest)
{
    g_autofree char *name = g_strconcat(REPORT_CONFIDENTIAL, rest, NULL);

    return regime_step_is_report(request->obligation->step) &&
           say_text(value, request, report_words_get(request->playbook->report_words, name));
}

/* The table -------------------------------------------------------------------------------------------------------- */

static const FilingSaying sayings[] = {
    {"organization.name", say_name, ""},
    {"organization.address", say_address, ""},
    {"organization.contact", say_contact, ""},
    {"organization.dpo", say_dpo, ""},
    {"organization.registration", say_registration, ""},
    {"organization.role", say_role, ""},
    {"organization.on_behalf_of", say_on_behalf_of, ""},
    {"incident.id", say_id, ""},
    {"incident.kind", say_incident_kind, ""},
    {"incident.level", say_level, ""},
    {"incident.timeline", say_timeline, ""},
    {"incident.awareness", say_awareness, ""},
    {"incident.duration", say_duration, ""},
    {"incident.", say_incident_time, NULL},
    {"anchors.", say_anchor, NULL},
    {"variables.", say_variable, NULL},
    {"facts.data_kinds", say_data_kinds, ""},
    {"facts.sensitive_kinds", say_sensitive_kinds, ""},
    {"facts.", say_fact, NULL},
    {"affected.as_of", say_as_of, ""},
    {"affected.", say_number, NULL},
    {"affected", say_affected, ""},
    {"impact", say_list, "impact"},
    {"measures.taken", say_list, "measures.taken"},
    {"measures.planned", say_list, "measures.planned"},
    {"advice", say_list, "advice"},
    {"remedies", say_list, "remedies"},
    {REPORT_CONFIDENTIAL, say_confidential, NULL},
    {.name = NULL},
};

static const FilingSaying *find(const FilingSaying *saying, const char *source)
{
    for (; saying->name; saying++)
        if (g_str_has_suffix(saying->name, ".") ? g_str_has_prefix(source, saying->name)
                                                : strcmp(source, saying->name) == 0)
            return saying;
    return NULL;
}

bool filing_value_add(FilingValue *value, const FilingRequest *request, const char *source)
{
    const FilingSaying *found = find(sayings, source);

    if (!found)
        found = find(filing_value_done, source);
    if (!found)
        return false; /* lateness and changes are made by filing.c */
    return found->say(value, request, found->rest ? found->rest : source + strlen(found->name));
}
