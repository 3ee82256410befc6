#include "dispatch/render.h"

#include <string.h>

#include <jansson.h>

#include "base/error.h"
#include "base/text.h"
#include "channel/mime.h"
#include "dispatch/context.h"
#include "model/address.h"
#include "model/coverage.h"
#include "model/sms_text.h"
#include "model/template.h"

struct RenderText {
    json_t *body;          /* owned */
    const json_t *context; /* borrowed from body */
    json_t *blank;         /* owned; a person with every column empty */
    const char *locale;    /* borrowed from body */
    const char *channel;   /* likewise */
    Capacity capacity;
    bool exercise;
    bool is_personal; /* reads differently for different people, beyond the notice number */
    bool is_dated; /* says when it is sent */
    int offset;    /* minutes east of UTC, of that day */
    Template *subject, *text, *html; /* owned; NULL where the channel has no such part */
};

struct RenderScratch {
    GString *subject, *text, *html, *message;
};

/* Marks --------------------------------------------------------------------------------------------------------- */

typedef struct Mark {
    const char *language; /* prefix of the locale */
    const char *subject;
    const char *line;
    const char
        *brief; /* before the text of a short message; no 【】, which providers take for the sender's signature */
} Mark;

static const Mark exercise_marks[] = {
    {"zh-TW", "【演練】", "【演練】這是一次演練，不是真實事件。您不需要做任何事。", "[演練] "},
    {"zh-HK", "【演練】", "【演練】這是一次演練，不是真實事件。您不需要做任何事。", "[演練] "},
    {"zh-MO", "【演練】", "【演練】這是一次演練，不是真實事件。您不需要做任何事。", "[演練] "},
    {"zh-Hant", "【演練】", "【演練】這是一次演練，不是真實事件。您不需要做任何事。", "[演練] "},
    {"zh", "【演练】", "【演练】这是一次演练，不是真实事件。您不需要做任何事。", "[演练] "},
    {"", "[EXERCISE] ", "[EXERCISE] This is an exercise, not a real incident. You need not do anything.", "[DRILL] "},
};

static const Mark test_marks[] = {
    {"zh-TW", "【測試】", "【測試】這是測試郵件，沒有發給當事人。您不需要做任何事。", "[測試] "},
    {"zh-HK", "【測試】", "【測試】這是測試郵件，沒有發給當事人。您不需要做任何事。", "[測試] "},
    {"zh-MO", "【測試】", "【測試】這是測試郵件，沒有發給當事人。您不需要做任何事。", "[測試] "},
    {"zh-Hant", "【測試】", "【測試】這是測試郵件，沒有發給當事人。您不需要做任何事。", "[測試] "},
    {"zh", "【测试】", "【测试】这是测试邮件，没有发给当事人。您不需要做任何事。", "[测试] "},
    {"", "[TEST] ", "[TEST] This is a test. The person whom it names has not been sent it. You need not do anything.",
     "[TEST] "},
};

/* Channels whose mark is brief, for it is counted and paid for. */
static const struct {
    const char *channel;
    bool on_subject; /* the mark stands there and not in the text */
} short_channels[] = {{"sms", false}, {"im", false}, {"push", true}};

static const Mark *mark_of(const Mark *marks, const char *locale)
{
    size_t i = 0;

    while (!g_str_has_prefix(locale, marks[i].language))
        i++;
    return &marks[i];
}

/* The mark stands at the top of the page: behind <body …>, or before everything when there is no such tag. */
static void mark_html(GString *html, const char *line)
{
    g_autofree char *banner =
        g_strdup_printf("<p style=\"margin:0;padding:12px;background:#fff3bf;color:#222;border:2px solid "
                        "#222;font-weight:bold\">%s</p>",
                        line);
    const char *body = text_find_tag(html->str, "body");
    const char *behind = body ? text_behind_tag(body) : NULL;

    g_string_insert(html, behind ? behind - html->str : 0, banner);
}

static bool is_short(const RenderText *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(short_channels); i++)
        if (strcmp(short_channels[i].channel, text->channel) == 0)
            return true;
    return false;
}

/* A signature stays at the very front: providers refuse it elsewhere. */
static void mark_short(GString *text, const char *brief)
{
    g_autofree char *sign = sms_text_sign(text->str);

    g_string_insert(text, sign ? (gssize)(strstr(text->str, "】") - text->str) + (gssize)strlen("】") : 0, brief);
}

static void mark_message(const RenderText *text, RenderScratch *scratch, const Mark *marks)
{
    const Mark *mark = mark_of(marks, text->locale);

    for (size_t i = 0; i < G_N_ELEMENTS(short_channels); i++)
        if (strcmp(short_channels[i].channel, text->channel) == 0) {
            mark_short(short_channels[i].on_subject ? scratch->subject : scratch->text, mark->brief);
            return;
        }
    if (text->subject)
        g_string_prepend(scratch->subject, mark->subject);
    g_string_prepend(scratch->text, "\n\n");
    g_string_prepend(scratch->text, mark->line);
    if (text->html)
        mark_html(scratch->html, mark->line);
}

/* Compiling ----------------------------------------------------------------------------------------------------- */

static const char *partial_source(const char *name, void *user)
{
    return json_string_value(json_object_get(json_object_get(user, name), "source"));
}

static void keep_first_fault(Position at, const char *text, void *user)
{
    char **first = user;
    g_autofree char *where = position_format(at);

    if (!*first)
        *first = g_strdup_printf("%s: %s", where, text);
}

static bool uses_name(const Template *template, const char *name)
{
    size_t count = 0;
    const TemplateName *names = template_names(template, &count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i].name, name) == 0)
            return true;
    return false;
}

static bool compile_part(RenderText *text, const char *name, TemplateEscape escape, Template **template,
                         GError **error)
{
    json_t *part = json_object_get(json_object_get(text->body, "parts"), name);
    g_autofree char *fault = NULL;

    if (!part)
        return true;
    *template = template_compile(json_string_value(json_object_get(part, "path")),
                                 json_string_value(json_object_get(part, "source")),
                                 (TemplateOptions){.escape = escape, .strict = true, .mark = COVERAGE_MARK},
                                 partial_source, json_object_get(text->body, "partials"), keep_first_fault, &fault);
    if (!*template) {
        error_set(error, BREACH_ERROR_INTERNAL, "ledger-text-damaged", "a frozen template does not compile: %s", fault);
        return false;
    }
    text->is_dated = text->is_dated || uses_name(*template, "notice_date");
    return true;
}

static json_t *blank_person(const json_t *columns, const char *value)
{
    json_t *person = json_object();
    size_t index;
    json_t *column;

    json_array_foreach(columns, index, column)
        json_object_set_new(person, json_string_value(column), json_string(value));
    json_object_set_new(person, "masked_email", json_string(value));
    return person;
}

static Capacity capacity_of(const char *name)
{
    Capacity capacity = CAPACITY_ORGANIZATION;

    while (capacity != CAPACITY_SELF && g_strcmp0(audience_capacity_name(capacity), name) != 0)
        capacity--;
    return capacity;
}

RenderText *render_text_new(const char *body, GError **error)
{
    RenderText *text = g_new0(RenderText, 1);

    text->body = json_loads(body, 0, NULL);
    text->context = json_object_get(text->body, "context");
    text->locale = json_string_value(json_object_get(text->body, "locale"));
    text->channel = json_string_value(json_object_get(text->body, "channel"));
    text->capacity = capacity_of(json_string_value(json_object_get(text->body, "capacity")));
    text->offset = (int)json_integer_value(json_object_get(text->body, "offset"));
    text->exercise = json_is_true(json_object_get(text->body, "exercise"));
    text->blank = blank_person(json_object_get(text->body, "columns"), "");
    if (!text->context || !text->locale || !text->channel) {
        error_set(error, BREACH_ERROR_INTERNAL, "ledger-text-damaged", "a frozen text version cannot be read");
        render_text_free(text);
        return NULL;
    }
    if (!compile_part(text, "subject", TEMPLATE_ESCAPE_HEADER, &text->subject, error) ||
        !compile_part(text, "text", TEMPLATE_ESCAPE_NONE, &text->text, error) ||
        !compile_part(text, "html", TEMPLATE_ESCAPE_HTML, &text->html, error)) {
        render_text_free(text);
        return NULL;
    }
    text->is_personal = render_is_personal(text);
    return text;
}

void render_text_free(RenderText *text)
{
    if (!text)
        return;
    template_free(text->subject);
    template_free(text->text);
    template_free(text->html);
    json_decref(text->blank);
    json_decref(text->body);
    g_free(text);
}

const char *render_text_locale(const RenderText *text)
{
    return text->locale;
}

int render_text_offset(const RenderText *text)
{
    return text->offset;
}

const char *render_text_channel(const RenderText *text)
{
    return text->channel;
}

const json_t *render_text_body(const RenderText *text)
{
    return text->body;
}

Capacity render_text_capacity(const RenderText *text)
{
    return text->capacity;
}

RenderScratch *render_scratch_new(void)
{
    RenderScratch *scratch = g_new0(RenderScratch, 1);

    scratch->subject = g_string_sized_new(256);
    scratch->text = g_string_sized_new(8192);
    scratch->html = g_string_sized_new(16384);
    scratch->message = g_string_sized_new(32768);
    return scratch;
}

void render_scratch_free(RenderScratch *scratch)
{
    if (!scratch)
        return;
    g_string_free(scratch->subject, TRUE);
    g_string_free(scratch->text, TRUE);
    g_string_free(scratch->html, TRUE);
    g_string_free(scratch->message, TRUE);
    g_free(scratch);
}

/* People -------------------------------------------------------------------------------------------------------- */

static void set_masked_email(json_t *person)
{
    const char *email = json_string_value(json_object_get(person, "email"));
    g_auto(GStrv) addresses = NULL;
    g_autofree char *address = NULL;
    g_autofree char *masked = NULL;

    if (!email || !*email)
        return;
    addresses = g_strsplit(email, ";", -1);
    for (char **each = addresses; *each && !address; each++)
        address = address_parse_email(g_strstrip(*each), NULL);
    if (!address)
        return;
    masked = address_mask_email(address);
    json_object_set_new(person, "masked_email", json_string(masked));
}

/* Whether one of the people before row `count` has the same text in this column. */
static bool is_said(const json_t *rows, size_t count, const char *column, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (g_strcmp0(json_string_value(json_object_get(json_array_get(rows, i), column)), text) == 0)
            return true;
    return false;
}

/* A mailbox that several people share gets one message that holds what is true of each of them. Compared whole: a name
 * may hold the separator ("Acme, Inc."). */
static void add_to_column(json_t *person, const json_t *rows, size_t row, const char *column, const char *separator)
{
    const char *have = json_string_value(json_object_get(person, column));
    const char *more = json_string_value(json_object_get(json_array_get(rows, row), column));
    g_autofree char *joined = NULL;

    if (!more || !*more || is_said(rows, row, column, more))
        return;
    joined = have && *have ? g_strconcat(have, separator, more, NULL) : g_strdup(more);
    json_object_set_new(person, column, json_string(joined));
}

/* Whoever is the contact of several organisations is told the number of all their people. */
static void add_count(json_t *person, const json_t *rows, size_t row)
{
    const json_t *columns = json_array_get(rows, row);
    const char *have = json_string_value(json_object_get(person, CONTEXT_COUNT_COLUMN));
    const char *more = json_string_value(json_object_get(columns, CONTEXT_COUNT_COLUMN));
    const char *organization = json_string_value(json_object_get(columns, "organization"));
    g_autofree char *sum = NULL;

    if (!more || !*more || !organization || is_said(rows, row, "organization", organization))
        return;
    sum = g_strdup_printf("%" G_GINT64_FORMAT,
                          g_ascii_strtoll(have ? have : "", NULL, 10) + g_ascii_strtoll(more, NULL, 10));
    json_object_set_new(person, CONTEXT_COUNT_COLUMN, json_string(sum));
}

/* Whether a cell names any kind: one of blanks and separators says as little as an empty one. */
static bool names_kinds(const char *cell)
{
    return cell && cell[strspn(cell, "; \t\r\n\v\f")];
}

/* Several people of one message: the kinds of all of them; where one names none, all kinds of the incident. */
static void join_kinds(json_t *person, const json_t *other)
{
    const char *have = json_string_value(json_object_get(person, "data_kinds"));
    const char *more = json_string_value(json_object_get(other, "data_kinds"));
    g_autofree char *joined =
        names_kinds(have) && names_kinds(more) ? g_strconcat(have, ";", more, NULL) : g_strdup("");

    json_object_set_new(person, "data_kinds", json_string(joined));
}

/* The facts as they are for this person: with the kinds of data that concern them, where their row names some. NULL: as
 * they are for everybody. */
static json_t *facts_of(const RenderText *text, const json_t *person)
{
    const char *named = json_string_value(json_object_get(person, "data_kinds"));
    json_t *all = json_object_get(json_object_get(text->context, "facts"), "data_kinds");
    g_auto(GStrv) names = NULL;
    json_t *kinds;
    json_t *facts;
    size_t index;
    json_t *kind;

    if (!names_kinds(named) || !json_is_array(all))
        return NULL;
    names = g_strsplit(named, ";", -1);
    for (char **name = names; *name; name++)
        g_strstrip(*name);
    kinds = json_array();
    json_array_foreach(all, index, kind) if (g_strv_contains((const char *const *)names,
                                                             json_string_value(json_object_get(kind, "name"))))
        json_array_append(kinds, kind);
    facts = json_copy(json_object_get(text->context, "facts"));
    json_object_set_new(facts, "data_kinds", kinds);
    return facts;
}

/* Adds to `person`, the first, what the others have. Takes `person`; NULL: the data of one cannot be read. */
static json_t *join_people(json_t *person, const char *const *people, const char *separator)
{
    json_auto_t *rows = json_array();
    const char *column;
    json_t *value;

    for (size_t row = 0; person && people[row]; row++) {
        if (json_array_append_new(rows, json_loads(people[row], 0, NULL)) != 0) {
            json_decref(person);
            return NULL;
        }
        if (row == 0)
            continue;
        json_object_foreach(json_array_get(rows, row), column, value) /* set_masked_email() takes the first address */
            if (strcmp(column, "email") != 0 && strcmp(column, "data_kinds") != 0 &&
                strcmp(column, CONTEXT_COUNT_COLUMN) != 0)
                add_to_column(person, rows, row, column, separator);
        add_count(person, rows, row);
        join_kinds(person, json_array_get(rows, row));
    }
    return person;
}

json_t *render_people(const RenderText *text, const char *const *people, GError **error)
{
    json_t *person;

    if (g_strv_length((char **)people) > RENDER_SHARED_MOST) {
        error_set(error, BREACH_ERROR_INPUT, "message-shared",
                  "more than %d people share this address: is it a placeholder?", RENDER_SHARED_MOST);
        return NULL;
    }
    person = json_loads(*people, 0, NULL);
    json_object_update_missing(person, text->blank);
    if (people[1])
        person = join_people(person, people, g_str_has_prefix(text->locale, "zh") ? "、" : ", ");
    if (person)
        set_masked_email(person);
    else
        error_set(error, BREACH_ERROR_INPUT, "ledger-person-damaged", "the frozen data of a person cannot be read");
    return person;
}

/* What says the same to everybody, as short texts that only carry a number do, needs nobody's data. */
static json_t *person_of(const RenderText *text, const char *const *people, GError **error)
{
    return text->is_personal || people[1] ? render_people(text, people, error) : json_incref(text->blank);
}

/* Rendering ----------------------------------------------------------------------------------------------------- */

static bool render_into(const Template *template, const json_t *const *contexts, GString *output, GArray *spans,
                        GError **error)
{
    g_string_truncate(output, 0);
    return !template || template_render_spans(template, contexts, 2, output, spans, error);
}

/* Names that the text has by the capacity in which the person is told (context.h). */
static void add_capacity(const RenderText *text, const json_t *person, json_t *root)
{
    json_t *guardian = json_object_get(person, "guardian_name");
    json_t *count = json_object_get(person, CONTEXT_COUNT_COLUMN);

    if (text->capacity == CAPACITY_GUARDIAN)
        json_object_set_new(root, "guardian", json_pack("{s:O*}", "name", guardian));
    if (text->capacity == CAPACITY_ORGANIZATION)
        json_object_set_new(root, "organization_people",
                            json_pack("{s:o}", "count", count ? json_incref(count) : json_string("")));
}

/* The day on which it is sent, in the time of the organisation. */
static json_t *notice_date(const RenderText *text, int64_t date)
{
    g_autofree char *day =
        moment_format_date((Moment){.known = true, .at = date, .offset = text->offset}, text->locale);

    return json_string(day);
}

/* The person without what this capacity may not see: no way of writing a template reaches it. */
static json_t *shown_person(const RenderText *text, json_t *person)
{
    const char *column;
    json_t *value;
    json_t *shown;

    if (text->capacity != CAPACITY_GUARDIAN)
        return json_incref(person);
    shown = json_object();
    json_object_foreach(person, column, value)
        if (!context_is_private(text->capacity, column))
            json_object_set(shown, column, value);
    return shown;
}

/* What differs from message to message: searched before the context of the text. */
static json_t *root_of(const RenderText *text, json_t *person, const char *id, int64_t date)
{
    char number[ID_NUMBER_LENGTH + 1];
    json_t *facts;
    json_t *root;

    id_number(id, number);
    facts = facts_of(text, person);
    root = json_object();
    json_object_set_new_nocheck(root, "person", shown_person(text, person));
    json_object_set_new_nocheck(root, "number", json_string_nocheck(number));
    if (facts)
        json_object_set_new_nocheck(root, "facts", facts);
    if (text->is_dated)
        json_object_set_new(root, "notice_date", notice_date(text, date));
    add_capacity(text, person, root);
    return root;
}

/* Renders the three parts; `spans`: of subject, text and HTML, or NULL. */
static bool render_root(const RenderText *text, RenderScratch *scratch, const json_t *root, GArray *const *spans,
                        GError **error)
{
    const json_t *contexts[2] = {text->context, root};

    if (!render_into(text->subject, contexts, scratch->subject, spans ? spans[0] : NULL, error) ||
        !render_into(text->text, contexts, scratch->text, spans ? spans[1] : NULL, error) ||
        !render_into(text->html, contexts, scratch->html, spans ? spans[2] : NULL, error))
        return false;
    if (g_str_has_suffix(scratch->subject->str, "\n"))
        g_string_truncate(scratch->subject, scratch->subject->len - 1);
    while (is_short(text) && g_str_has_suffix(scratch->text->str, "\n")) /* it would be counted and paid for */
        g_string_truncate(scratch->text, scratch->text->len - 1);
    return true;
}

/* Renders the three parts for the person object `person`. */
static bool render_person(const RenderText *text, RenderScratch *scratch, json_t *person, const char *id, int64_t date,
                          GError **error)
{
    json_auto_t *root = root_of(text, person, id, date);

    return render_root(text, scratch, root, NULL, error);
}

static void blank_facts(const RenderText *text, json_t *root, const char *const *without)
{
    const json_t *facts = json_object_get(root, "facts");
    json_t *copy = json_copy((json_t *)(facts ? facts : json_object_get(text->context, "facts")));

    for (; *without; without++)
        if (json_object_get(copy, *without))
            json_object_set_new(copy, *without, json_string(""));
    json_object_set_new(root, "facts", copy);
}

bool render_spans(const RenderText *text, RenderScratch *scratch, const char *kinds, const char *const *without,
                  GArray *const *spans, RenderParts *parts, GError **error)
{
    json_auto_t *person = blank_person(json_object_get(text->body, "columns"), "x");
    json_auto_t *root = NULL;

    json_object_set_new(person, "data_kinds", json_string(kinds));
    root = root_of(text, person, RENDER_SAMPLE_ID, 0);
    if (without)
        blank_facts(text, root, without);
    if (!render_root(text, scratch, root, spans, error))
        return false;
    *parts = (RenderParts){.subject = text->subject ? scratch->subject->str : NULL,
                           .text = scratch->text->str,
                           .html = text->html ? scratch->html->str : NULL};
    return true;
}

bool render_parts(const RenderText *text, RenderScratch *scratch, const RenderRequest *request, RenderParts *parts,
                  GError **error)
{
    json_auto_t *person = person_of(text, request->people, error);

    if (!person || !render_person(text, scratch, person, request->id, request->date, error))
        return false;
    if (text->exercise)
        mark_message(text, scratch, exercise_marks);
    if (request->is_test)
        mark_message(text, scratch, test_marks);
    *parts = (RenderParts){.subject = text->subject ? scratch->subject->str : NULL,
                           .text = scratch->text->str,
                           .html = text->html ? scratch->html->str : NULL};
    return true;
}

bool render_message(const RenderText *text, RenderScratch *scratch, const RenderRequest *request, const char **data,
                    size_t *size, GError **error)
{
    const char *organization =
        json_string_value(json_object_get(json_object_get(text->context, "organization"), "name"));
    MimeNotice notice = {.message_id = request->id,
                         .from_name = request->from_name ? request->from_name : organization,
                         .from = request->from,
                         .to = request->recipient,
                         .reply_to = request->reply_to,
                         .locale = text->locale,
                         .date = request->date};
    RenderParts parts;

    if (!render_parts(text, scratch, request, &parts, error))
        return false;
    notice.subject = parts.subject;
    notice.text = parts.text;
    notice.html = parts.html;
    g_string_truncate(scratch->message, 0);
    if (!mime_write(&notice, scratch->message, error))
        return false;
    *data = scratch->message->str;
    *size = scratch->message->len;
    return true;
}

char *render_subject(const RenderText *text, GError **error)
{
    g_autoptr(RenderScratch) scratch = render_scratch_new();

    if (!render_person(text, scratch, text->blank, RENDER_SAMPLE_ID, 0, error))
        return NULL;
    if (text->exercise)
        mark_message(text, scratch, exercise_marks);
    return g_strdup(scratch->subject->str);
}

/* A subject of two lines would keep every email of this text from going out. */
static bool check_subject(const RenderText *text, const RenderScratch *scratch, GError **error)
{
    const json_t *part = json_object_get(json_object_get(text->body, "parts"), "subject");

    if (strcmp(text->channel, "email") != 0 || text_is_one_line(scratch->subject->str))
        return true;
    error_set(error, BREACH_ERROR_INPUT, NULL,
              "%s has a line end or another control character: a header is one line", "the subject");
    error_prefix(error, "%s: ", json_string_value(json_object_get(part, "path")));
    return false;
}

bool render_try(const char *body, GError **error)
{
    g_autoptr(RenderText) text = render_text_new(body, error);
    g_autoptr(RenderScratch) scratch = render_scratch_new();
    json_auto_t *person = NULL;

    if (!text)
        return false;
    person = blank_person(json_object_get(text->body, "columns"), "x");
    json_object_set_new(person, "data_kinds", json_string("")); /* every kind is tried */
    return render_person(text, scratch, person, RENDER_SAMPLE_ID, 0, error) && check_subject(text, scratch, error);
}

const json_t *render_context(const RenderText *text)
{
    return text->context;
}

const TemplateMark *render_marks(const RenderText *text, int part, size_t *count)
{
    const Template *const parts[] = {text->subject, text->text, text->html};

    *count = 0;
    return parts[part] ? template_marks(parts[part], count) : NULL;
}

bool render_is_personal(const RenderText *text)
{
    static const char *const personal[] = {"person", "guardian", CONTEXT_COUNT_COLUMN, "facts.data_kinds"};
    const Template *const parts[] = {text->subject, text->text, text->html};

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        size_t count = 0;
        const TemplateName *names = parts[i] ? template_names(parts[i], &count) : NULL;

        for (size_t j = 0; j < count; j++)
            for (size_t k = 0; k < G_N_ELEMENTS(personal); k++)
                if (g_str_has_prefix(names[j].name, personal[k]) || strcmp(names[j].name, "facts") == 0)
                    return true;
    }
    return false;
}

json_t *render_sample_person(const RenderText *text)
{
    json_t *person = json_object();
    const char *column;
    json_t *value;

    json_object_foreach(text->blank, column, value)
    {
        g_autofree char *shown = g_strconcat("⟨", column, "⟩", NULL);

        json_object_set_new(person, column, json_string(shown));
    }
    json_object_set_new(person, "data_kinds", json_string("")); /* all of them */
    return person;
}

char *render_sample(const RenderText *text, GError **error)
{
    g_autoptr(RenderScratch) scratch = render_scratch_new();
    json_auto_t *person = render_sample_person(text);

    return render_person(text, scratch, person, RENDER_SAMPLE_ID, 0, error) ? g_strdup(scratch->text->str) : NULL;
}
