#include "report/filing.h"

#include <string.h>

#include "base/text.h"
#include "report/filing_word.h"

static const char *const layouts[] = {"web", "email", "phone", "letter"}; /* as FilingLayout */

bool filing_layout_parse(const char *name, FilingLayout *layout)
{
    for (size_t i = 0; i < G_N_ELEMENTS(layouts); i++)
        if (strcmp(layouts[i], name) == 0) {
            *layout = (FilingLayout)i;
            return true;
        }
    return false;
}

typedef struct Writing {
    const Filing *filing;
    const char *locale;
    GString *text;
} Writing;

static const char *word(const Writing *writing, FilingWord which)
{
    return filing_word(which, writing->locale);
}

/* "To: …"; nothing without a value. */
static void line(const Writing *writing, FilingWord label, const char *value)
{
    if (value && *value)
        g_string_append_printf(writing->text, "%s%s%s\n", word(writing, label), filing_colon(writing->locale), value);
}

static const char *organization(const Writing *writing)
{
    const Playbook *playbook = writing->filing->request.playbook;
    const char *name = locale_text_get(playbook->organization.name, writing->locale);

    name = name ? name : regime_text(playbook->organization.name, playbook->default_locale);
    return text_is_to_fill(name, NULL) ? word(writing, FILING_MISSING_MARK) : name;
}

/* "Personal data breach notification: first report" */
static char *title(const Writing *writing)
{
    const FilingRequest *request = &writing->filing->request;
    const char *called = regime_text(request->obligation->regime->regime->name, writing->locale);
    g_autofree char *law = /* some names have title marks within */
        strstr(called, "《") ? g_strdup(called) : filing_fill(FILING_LAW_NAME, writing->locale, called);
    g_autofree char *name = request->form->name ? g_strdup(regime_text(request->form->name, writing->locale))
                                                : filing_fill(FILING_REPORT_UNDER, writing->locale, law);

    return g_strconcat(name, filing_colon(writing->locale),
                       word(writing, FILING_STAGE_INITIAL + (FilingWord)request->stage), NULL);
}

/* Lines of a field ------------------------------------------------------------------------------------------------- */

/* Whether the field stands in what is handed in. */
static bool is_shown(const FilingField *field)
{
    return field->state != FILING_NOT_ASKED && field->state != FILING_EMPTY;
}

static void append_values(const Writing *writing, const FilingField *field)
{
    guint count = field->lines->len;

    for (guint i = 0; i < count; i++)
        g_string_append_printf(writing->text, "%s%s", count > 1 ? "\n    - " : "",
                               (const char *)g_ptr_array_index(field->lines, i));
    if (field->note)
        g_string_append_printf(writing->text, "%s%s",
                               count > 1    ? "\n    "
                               : count == 1 ? filing_semicolon(writing->locale)
                                            : "",
                               field->note);
    g_string_append_c(writing->text, '\n');
}

static void append_was(const Writing *writing, const FilingField *field)
{
    g_autofree char *was = field->was ? g_strdelimit(g_strdup(field->was), "\n", ' ') : NULL;
    g_autofree char *said = was ? filing_fill(FILING_WAS, writing->locale, was) : NULL;

    if (said)
        g_string_append_printf(writing->text, "    %s\n", said);
}

static void append_field(const Writing *writing, const FilingField *field)
{
    g_autofree char *colon = g_strdup(filing_colon(writing->locale));

    g_string_append_printf(writing->text, "  %s%s", field->label, field->lines->len > 1 ? g_strchomp(colon) : colon);
    append_values(writing, field);
}

static void append_fields(const Writing *writing)
{
    const char *section = NULL;

    if (writing->filing->request.form->sections->len == 0)
        g_string_append_c(writing->text, '\n');
    for (guint i = 0; i < writing->filing->fields->len; i++) {
        const FilingField *field = g_ptr_array_index(writing->filing->fields, i);
        const char *its = field->form ? field->form->section : NULL;
        const ReportSection *found = its ? report_form_section(writing->filing->request.form, its) : NULL;

        if (!is_shown(field))
            continue;
        if (g_strcmp0(its, section) != 0) {
            g_string_append_printf(writing->text, "\n%s%s", found ? regime_text(found->title, writing->locale) : "",
                                   found ? "\n" : "");
            section = its;
        }
        append_field(writing, field);
    }
}

/* What changed since the report before, at the head of a later one. */
static void append_changes(const Writing *writing)
{
    const FilingRequest *request = &writing->filing->request;
    Moment moment = {.known = false};
    g_autofree char *time = NULL;
    g_autofree char *heading = NULL;

    if (!request->previous || !request->previous_at || !moment_parse(request->previous_at, &moment, NULL))
        return;
    time = moment_format(moment, writing->locale);
    heading = filing_fill(writing->filing->changed > 0 ? FILING_CHANGES : FILING_NO_CHANGES, writing->locale, time);
    g_string_append_printf(writing->text, "\n%s\n", heading);
    for (guint i = 0; i < writing->filing->fields->len; i++) {
        const FilingField *field = g_ptr_array_index(writing->filing->fields, i);

        if (!field->is_changed)
            continue;
        append_field(writing, field);
        append_was(writing, field);
    }
}

/* Heads ------------------------------------------------------------------------------------------------------------ */

static void append_banner(const Writing *writing)
{
    if (writing->filing->request.status == INCIDENT_EXERCISE)
        g_string_append_printf(writing->text, "%s\n\n", word(writing, FILING_EXERCISE));
}

static void append_form(const Writing *writing)
{
    const ReportForm *form = writing->filing->request.form;
    g_autofree char *draft = form->is_draft ? filing_fill(FILING_DRAFT_FORM, writing->locale, form->version) : NULL;

    if (draft)
        g_string_append_printf(writing->text, "(%s)\n", draft);
}

/* A sheet that goes alone says to whom and from whom it is; a letter and an email say that themselves. */
static void append_parties(const Writing *writing)
{
    line(writing, FILING_AUTHORITY, filing_addressee(&writing->filing->request));
    line(writing, FILING_CHANNEL, filing_channel(&writing->filing->request));
    line(writing, FILING_FROM, organization(writing));
}

static void append_head(const Writing *writing)
{
    const FilingRequest *request = &writing->filing->request;
    g_autofree char *prepared = moment_format(filing_moment(request, request->now), writing->locale);

    line(writing, FILING_PREPARED, prepared);
    line(writing, FILING_OUR_REFERENCE, request->playbook->incident.id);
    line(writing, FILING_THEIR_REFERENCE, filing_reference(request));
}

static void append_sender(const Writing *writing)
{
    const Organization *from = &writing->filing->request.playbook->organization;
    const char *address = from->address ? regime_text(from->address, writing->locale) : NULL;

    g_string_append_printf(writing->text, "%s\n", organization(writing));
    if (address && !text_is_to_fill(address, NULL))
        g_string_append_printf(writing->text, "%s\n", address);
    line(writing, FILING_PHONE, from->contact_phone);
    line(writing, FILING_EMAIL, from->contact_email);
}

/* Layouts ---------------------------------------------------------------------------------------------------------- */

static void write_web(const Writing *writing)
{
    g_autofree char *name = title(writing);

    append_banner(writing);
    g_string_append_printf(writing->text, "%s\n", name);
    append_form(writing);
    append_parties(writing);
    append_head(writing);
    append_changes(writing);
    append_fields(writing);
}

static void write_email(const Writing *writing)
{
    const FilingRequest *request = &writing->filing->request;
    g_autofree char *name = title(writing);
    g_autofree char *subject = g_strdup_printf("%s%s%s (%s)", organization(writing), filing_colon(writing->locale),
                                               name, request->playbook->incident.id);

    if (request->status == INCIDENT_EXERCISE)
        g_string_append_printf(writing->text, "%s%s%s %s\n\n", word(writing, FILING_SUBJECT),
                               filing_colon(writing->locale), word(writing, FILING_EXERCISE_MARK), subject);
    else {
        line(writing, FILING_SUBJECT, subject);
        g_string_append_c(writing->text, '\n');
    }
    append_banner(writing);
    g_string_append_printf(writing->text, "%s\n\n", word(writing, FILING_GREETING));
    append_head(writing);
    append_changes(writing);
    append_fields(writing);
    g_string_append_c(writing->text, '\n');
    append_sender(writing);
}

static void write_letter(const Writing *writing)
{
    const FilingRequest *request = &writing->filing->request;
    g_autofree char *name = title(writing);
    g_autofree char *date = moment_format_date(filing_moment(request, request->now), writing->locale);

    append_banner(writing);
    append_sender(writing);
    g_string_append_printf(writing->text, "\n%s\n\n%s\n\n%s\n\n", date, filing_addressee(request), name);
    append_form(writing);
    g_string_append_printf(writing->text, "%s\n\n", word(writing, FILING_GREETING));
    append_head(writing);
    append_changes(writing);
    append_fields(writing);
    g_string_append_printf(writing->text, "\n%s\n%s%s________________\n", organization(writing),
                           word(writing, FILING_SIGNATURE), filing_colon(writing->locale));
}

/* What is read out: one line for each thing that is known; the rest is only named. */
static void append_read_out(const Writing *writing)
{
    static const FilingWord callers[] = {FILING_BLANK_REPORTER, FILING_BLANK_CALLBACK};
    GString *later = g_string_new(NULL);

    g_string_append_printf(writing->text, "%s\n", word(writing, FILING_READ_OUT));
    for (size_t i = 0; i < G_N_ELEMENTS(callers); i++) /* the authority asks for both first */
        g_string_append_printf(writing->text, "  %s%s________________\n", word(writing, callers[i]),
                               filing_colon(writing->locale));
    for (guint i = 0; i < writing->filing->fields->len; i++) {
        const FilingField *field = g_ptr_array_index(writing->filing->fields, i);

        if (!is_shown(field))
            continue;
        if (field->lines->len > 0 || field->state == FILING_MISSING)
            append_field(writing, field);
        else
            g_string_append_printf(later, "%s%s", later->len > 0 ? filing_semicolon(writing->locale) : "",
                                   field->label); /* labels have commas */
    }
    if (later->len > 0)
        line(writing, FILING_FOLLOWS_LATER, later->str);
    g_string_free(later, TRUE);
}

static void append_blanks(const Writing *writing)
{
    static const FilingWord blanks[] = {FILING_BLANK_NUMBER, FILING_BLANK_NAME, FILING_BLANK_TIME};

    g_string_append_printf(writing->text, "\n%s\n", word(writing, FILING_WRITE_DOWN));
    for (size_t i = 0; i < G_N_ELEMENTS(blanks); i++)
        g_string_append_printf(writing->text, "  %s%s________________\n", word(writing, blanks[i]),
                               filing_colon(writing->locale));
}

static void write_phone(const Writing *writing)
{
    const FilingRequest *request = &writing->filing->request;
    const ReportForm *form = request->form;
    g_autofree char *name = title(writing);

    append_banner(writing);
    g_string_append_printf(writing->text, "%s%s%s\n", word(writing, FILING_SCRIPT), filing_colon(writing->locale),
                           name);
    line(writing, FILING_CALL,
         form->call && *filing_channel(request) ? regime_text(form->call, writing->locale) : filing_channel(request));
    line(writing, FILING_THEIR_REFERENCE, filing_reference(request));
    if (form->opening)
        g_string_append_printf(writing->text, "\n%s\n", regime_text(form->opening, writing->locale));
    append_changes(writing);
    g_string_append_c(writing->text, '\n');
    append_read_out(writing);
    if (form->closing)
        g_string_append_printf(writing->text, "\n%s\n", regime_text(form->closing, writing->locale));
    append_blanks(writing);
    if (request->command)
        g_string_append_printf(writing->text, "\n%s\n  %s\n", word(writing, FILING_AFTERWARDS), request->command);
}

char *filing_text(const Filing *filing, FilingLayout layout)
{
    static void (*const writers[])(const Writing *) = {write_web, write_email, write_phone, write_letter};
    Writing writing = {.filing = filing, .locale = filing->request.locale, .text = g_string_new(NULL)};

    writers[layout](&writing);
    return g_string_free(writing.text, FALSE);
}
