#include "report/filing_field.h"

#include <stdlib.h>
#include <string.h>

#include "model/report_source.h"
#include "report/filing_value.h"
#include "report/filing_word.h"

void filing_field_free(FilingField *field)
{
    g_free(field->id);
    g_ptr_array_unref(field->lines);
    json_decref(field->value);
    g_free(field->note);
    g_free(field->write);
    g_free(field->was);
    g_free(field);
}

char *filing_field_joined(const FilingField *field, const char *between)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < field->lines->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? between : "", (const char *)g_ptr_array_index(field->lines, i));
    return g_string_free(text, FALSE);
}

char *filing_field_text(const FilingField *field)
{
    return filing_field_joined(field, "\n");
}

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = strstr(text, word); at; at = strstr(at + length, word))
        if ((at == text || !g_ascii_isalpha(at[-1])) && !g_ascii_isalpha(at[length]))
            return true;
    return false;
}

bool filing_field_speaks_to_people(const FilingField *field, const char *locale)
{
    static const char *const english[] = {"you", "You", "your", "Your", NULL};
    static const char *const chinese[] = {"您", NULL};
    const char *source = field->form ? field->form->field->source : NULL;
    const char *const *words = g_str_has_prefix(locale, "zh") ? chinese : english;

    for (guint i = 0; source && strstr(source, "facts.") && i < field->lines->len; i++)
        for (const char *const *word = words; *word; word++)
            if (has_word(g_ptr_array_index(field->lines, i), *word))
                return true;
    return false;
}

/* What to write, and where ----------------------------------------------------------------------------------------- */

static const char *regime_id(const Filing *filing)
{
    return filing->request.obligation->regime->regime->id;
}

static char *write_answer(const Filing *filing, const FilingField *field)
{
    return g_strdup_printf("reports: {%s: {%s: …}}", regime_id(filing), field->id);
}

/* "facts: {cause: …}": where the first of the sources that say nothing is written. */
static char *write_source(const Filing *filing, const FilingField *field, const char *source)
{
    const ReportSource *row = report_source(source);
    g_auto(GStrv) halves = row && row->where ? g_strsplit(row->where, "NAME", 2) : NULL;

    if (!halves || (report_source_is_confidential(source) && !regime_step_is_report(filing->request.obligation->step)))
        return write_answer(filing, field);
    if (!halves[1])
        return g_strdup(row->where);
    return g_strconcat(halves[0], source + strlen(row->name), halves[1], NULL);
}

static void name_choices(const FilingField *field, GString *text)
{
    for (guint i = 0; i < field->form->choices->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               ((const ReportChoice *)g_ptr_array_index(field->form->choices, i))->id);
}

/* Typed values ----------------------------------------------------------------------------------------------------- */

/* Replaces what the source said by what the form says for it. */
static void choose(FilingField *field, const ReportChoice *choice, const char *locale)
{
    g_ptr_array_add(field->lines, g_strdup(regime_text(choice->text, locale)));
}

/* The choice or choices that a word names; false: it names none of them, and stays as it is. */
static bool make_choices(FilingField *field, const FilingValue *value, const char *locale)
{
    bool is_one = field->form->kind == REPORT_CHOICE;
    g_auto(GStrv) parts = g_strsplit_set(value->word ? value->word : "", is_one ? "" : ",;", -1);
    json_t *list = json_array();
    g_autoptr(GPtrArray) kept = field->lines;
    bool is_right = parts[0] != NULL;

    field->lines = g_ptr_array_new_with_free_func(g_free);
    for (char **part = parts; *part; part++) {
        const ReportChoice *choice = report_form_choice(field->form, g_strstrip(*part));

        is_right = is_right && choice;
        if (choice) {
            choose(field, choice, locale);
            json_array_append_new(list, json_string(choice->id));
        }
    }
    if (!is_right) { /* shown as it was written, so that somebody can choose */
        g_ptr_array_unref(field->lines);
        field->lines = g_steal_pointer(&kept);
        json_decref(list);
        return false;
    }
    field->value = is_one ? json_incref(json_array_get(list, 0)) : json_incref(list);
    json_decref(list);
    return true;
}

static bool make_time(FilingField *field, const FilingValue *value, const char *locale)
{
    Moment moment = value->time;
    g_autofree char *text = NULL;

    if (!moment.known && !(value->word && moment_parse(value->word, &moment, NULL)))
        return false;
    text = moment_format_rfc3339(moment);
    field->value = json_string(text);
    g_ptr_array_set_size(field->lines, 0);
    g_ptr_array_add(field->lines, moment_format(moment, locale));
    return true;
}

static bool make_count(FilingField *field, const FilingValue *value)
{
    int64_t count = value->count;
    char *end = NULL;

    if (count < 0 && value->word && g_ascii_isdigit(value->word[0]))
        count = g_ascii_strtoll(value->word, &end, 10);
    if (count < 0 || (end && *end))
        return false;
    field->value = json_integer(count);
    return true;
}

/* Gives the field its typed value; false: what there is is not of its kind. */
static bool make_value(FilingField *field, const FilingValue *value, const char *locale)
{
    ReportFieldKind kind = field->form ? field->form->kind : REPORT_TEXT;
    g_autofree char *text = NULL;

    if (field->lines->len == 0)
        return true;
    switch (kind) {
    case REPORT_CHOICE:
    case REPORT_CHOICES:
        return make_choices(field, value, locale);
    case REPORT_TIME:
        return make_time(field, value, locale);
    case REPORT_COUNT:
        return make_count(field, value);
    case REPORT_TEXT:
        break;
    }
    text = filing_field_text(field);
    field->value = json_string(text);
    return true;
}

/* Conditions ------------------------------------------------------------------------------------------------------- */

typedef struct Looking {
    const FilingRequest *request;
} Looking;

static const char *look_up(const char *name, void *user)
{
    const FilingRequest *request = ((const Looking *)user)->request;
    RegimeValue value = {NULL, NULL, NULL};

    return obligation_variable(request->law, request->obligation->regime, name, &value) ? value.upper : NULL;
}

static bool is_source(const RegimeField *field, const char *source)
{
    return g_strcmp0(field->source, source) == 0;
}

/* Whether the case is given in which a field with need: if is asked for. */
static ConditionValue condition_of(const Filing *filing, const RegimeField *field)
{
    Looking looking = {&filing->request};

    if (is_source(field, "lateness"))
        return filing->late > 0 || filing->request.reason ? CONDITION_TRUE : CONDITION_FALSE;
    if (field->cond)
        return condition_evaluate(field->cond, look_up, &looking, NULL);
    return field->need == REGIME_NEED_IF ? CONDITION_UNKNOWN : CONDITION_TRUE;
}

/* Whether another report may follow this one. */
static bool has_more_reports(const Filing *filing)
{
    return filing->request.stage != REPORT_FINAL && report_form_has_phases(filing->request.obligation->regime->regime);
}

/* Whether the field may be reported later: where the form says of some fields that they may, those alone; else all of
 * them, as far as the regime knows later reports. */
static bool may_follow(const Filing *filing, const RegimeField *field)
{
    const ReportForm *form = filing->request.form;

    if (filing->request.stage == REPORT_FINAL)
        return false;
    if (field->may_defer)
        return true;
    for (guint i = 0; i < form->fields->len; i++)
        if (((const ReportFormField *)g_ptr_array_index(form->fields, i))->field->may_defer)
            return false;
    return has_more_reports(filing);
}

/* Fields ----------------------------------------------------------------------------------------------------------- */

static FilingField *field_new(const char *id, const char *label, const ReportFormField *form)
{
    FilingField *field = g_new0(FilingField, 1);

    field->id = g_strdup(id);
    field->label = label;
    field->form = form;
    field->lines = g_ptr_array_new_with_free_func(g_free);
    return field;
}

/* Takes what the sources of a field say; the first that says nothing, though it has to, or NULL. */
static char *take_sources(const Filing *filing, const RegimeField *field, FilingValue *value)
{
    g_autoptr(GPtrArray) uses = report_source_parse(field->source, NULL);
    char *lacking = NULL;

    for (guint i = 0; uses && i < uses->len; i++) {
        const ReportSourceUse *use = g_ptr_array_index(uses, i);

        if (!filing_value_add(value, &filing->request, use->name) && !use->is_optional && !lacking)
            lacking = g_strdup(use->name);
    }
    return lacking;
}

/* What a person wrote for this very field, or NULL. */
static const LocaleText *answer_to(const Filing *filing, const char *field)
{
    return report_words_answer(filing->request.playbook->report_words, regime_id(filing), field);
}

/* Says what the field says; false: something that it has to say is not there. */
static bool fill(const Filing *filing, FilingField *field, const RegimeField *asked, FilingValue *value)
{
    const LocaleText *answer = answer_to(filing, field->id);
    const char *locale = filing->request.locale;
    g_autofree char *lacking = NULL;
    bool is_whole = true;

    if (asked && is_source(asked, "lateness")) {
        is_whole =
            filing_value_lateness(value, &filing->request, filing->late, answer ? regime_text(answer, locale) : NULL);
        if (!is_whole)
            field->write = g_strdup_printf("--reason TEXT, or reports: {%s: {%s: …}}", regime_id(filing), field->id);
    } else if (answer) {
        filing_value_text(value, &filing->request, answer);
    } else if (!asked->source) {
        is_whole = false;
        field->write = write_answer(filing, field);
    } else {
        lacking = take_sources(filing, asked, value);
        is_whole = !lacking;
        if (lacking)
            field->write = write_source(filing, field, lacking);
    }
    g_ptr_array_unref(field->lines);
    field->lines = g_ptr_array_ref(value->lines);
    if (make_value(field, value, locale))
        return is_whole;
    g_free(field->write);
    field->write = g_strdup_printf("reports: {%s: {%s: …}}", regime_id(filing), field->id);
    if (field->form && field->form->choices->len > 0) {
        GString *text = g_string_new(field->write);

        g_string_append(text, ": ");
        name_choices(field, text);
        g_free(field->write);
        field->write = g_string_free(text, FALSE);
    }
    return false;
}

static FilingState state_of(const Filing *filing, const RegimeField *asked, bool is_whole, bool has_words,
                            ConditionValue condition)
{
    bool follows = may_follow(filing, asked);
    RegimeNeed need = asked->need;

    if (is_whole)
        return FILING_GIVEN;
    if (condition == CONDITION_UNKNOWN)
        return has_words ? FILING_GIVEN : FILING_NOT_ASKED;
    if (need == REGIME_NEED_MUST || need == REGIME_NEED_IF)
        return follows && !is_source(asked, "lateness") ? FILING_TO_FOLLOW : FILING_MISSING;
    if (need == REGIME_NEED_IF_KNOWN)
        return has_words ? FILING_GIVEN : has_more_reports(filing) ? FILING_TO_FOLLOW : FILING_NOT_KNOWN;
    return has_words ? FILING_GIVEN : FILING_EMPTY;
}

static char *follow_note(const Filing *filing, const FilingValue *value)
{
    const char *locale = filing->request.locale;
    g_autofree char *next = value->is_unknown ? moment_format(value->next, locale) : g_strdup("");

    return *next ? filing_fill(FILING_TO_FOLLOW_BY, locale, next)
                 : g_strdup(filing_word(FILING_TO_FOLLOW_MARK, locale));
}

static void note_state(const Filing *filing, FilingField *field, const FilingValue *value)
{
    const char *locale = filing->request.locale;

    if (field->state == FILING_TO_FOLLOW)
        field->note = follow_note(filing, value);
    else if (field->state == FILING_MISSING)
        field->note = g_strdup(filing_word(FILING_MISSING_MARK, locale));
    else if (field->state == FILING_NOT_KNOWN && field->lines->len == 0)
        field->note = g_strdup(filing_word(FILING_UNKNOWN, locale));
    else
        g_clear_pointer(&field->write, g_free);
}

FilingField *filing_field_make(const Filing *filing, const ReportFormField *form)
{
    const RegimeField *asked = form->field;
    const char *locale = filing->request.locale;
    FilingField *field = field_new(asked->id, regime_text(asked->text, locale), form);
    ConditionValue condition = condition_of(filing, asked);
    FilingValue value;
    bool is_whole;

    filing_value_init(&value);
    if (condition == CONDITION_FALSE) {
        field->state = FILING_NOT_ASKED;
    } else {
        is_whole = fill(filing, field, asked, &value);
        field->is_untranslated = value.is_untranslated;
        field->state = state_of(filing, asked, is_whole, field->lines->len > 0 && !value.is_unknown, condition);
        note_state(filing, field, &value);
    }
    if (field->state == FILING_NOT_ASKED)
        field->only_if = regime_text(asked->if_text, locale);
    filing_value_clear(&value);
    return field;
}

bool filing_field_is_source(const FilingField *field, const char *source)
{
    return field->form && is_source(field->form->field, source);
}

FilingField *filing_field_lateness(const Filing *filing)
{
    static const RegimeField lateness = {
        .id = (char *)FILING_DELAY_FIELD, .need = REGIME_NEED_MUST, .source = (char *)"lateness"};
    FilingField *field;
    FilingValue value;

    for (guint i = 0; i < filing->request.form->fields->len; i++) {
        const ReportFormField *other = g_ptr_array_index(filing->request.form->fields, i);

        if (is_source(other->field, "lateness"))
            return NULL;
    }
    if (filing->late == 0 &&
        !filing->request.reason) /* a reason that somebody gives is told, whatever the clock says */
        return NULL;
    field = field_new(lateness.id, filing_word(FILING_DELAY_LABEL, filing->request.locale), NULL);
    filing_value_init(&value);
    field->state = fill(filing, field, &lateness, &value) ? FILING_GIVEN : FILING_MISSING;
    note_state(filing, field, &value);
    filing_value_clear(&value);
    return field;
}
