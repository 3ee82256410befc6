#include "load/jsonl.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/error.h"
#include "base/language.h"
#include "load/encoding.h"
#include "load/jsonl_cut.h"
#include "load/jsonl_keys.h"
#include "load/place.h"
#include "load/row_file.h"

#define BUFFER_SIZE (JSONL_LINE_MAX + 256 * 1024)

struct JsonlReader {
    RowFile in;
    Position file;
    int line; /* of the next line */
    size_t field_max;
    JsonlKeys *keys;     /* owned */
    const char **values; /* owned array; one for each key */
    bool *is_given;      /* owned; one for each key: whether the line in work has had it */
    json_t *object;      /* owned; the row in work, which values point into */
    GPtrArray *texts;    /* owned; numbers and lists of the row in work as texts */
    GString *problem;
    Position failed_at;
};

/* One line of the file, without its end. */
typedef struct Line {
    const char *text;
    size_t size;
    Position at;
    int64_t offset;
    bool is_too_long; /* the rest of it has been skipped */
    char first;       /* its first byte, also of a line that is too long */
} Line;

/* Lines --------------------------------------------------------------------------------------------------------- */

/* Throws away the rest of a line that is too long. */
static bool skip_rest(JsonlReader *reader, GError **error)
{
    for (;;) {
        const char *text = reader->in.buffer + reader->in.start;
        const char *end = memchr(text, '\n', reader->in.end - reader->in.start);

        if (end) {
            reader->in.start += (size_t)(end - text) + 1;
            return true;
        }
        reader->in.start = reader->in.end;
        if (reader->in.is_drained)
            return true;
        if (!row_file_fill(&reader->in, false, error))
            return false;
    }
}

static void note_line(JsonlReader *reader, Line *line, size_t size)
{
    *line = (Line){.text = reader->in.buffer + reader->in.start,
                   .size = size,
                   .first = reader->in.buffer[reader->in.start],
                   .at = position_make(NULL, reader->line, 1),
                   .offset = reader->in.base + (int64_t)reader->in.start};
    line->at.file = reader->file.file;
    reader->line++;
}

/* 1 for a line, 0 at the end, -1 with an error. */
static int next_line(JsonlReader *reader, Line *line, GError **error)
{
    const char *text = reader->in.buffer + reader->in.start;
    const char *end = memchr(text, '\n', reader->in.end - reader->in.start);

    if (!end && !reader->in.is_drained) {
        if (!row_file_fill(&reader->in, false, error))
            return -1;
        text = reader->in.buffer + reader->in.start;
        end = memchr(text, '\n', reader->in.end - reader->in.start);
    }
    if (!end && reader->in.start == reader->in.end)
        return 0;
    note_line(reader, line, end ? (size_t)(end - text) : reader->in.end - reader->in.start);
    line->is_too_long = line->size > JSONL_LINE_MAX || (!end && !reader->in.is_drained);
    if (line->is_too_long) {
        line->size = 0;
        return skip_rest(reader, error) ? 1 : -1;
    }
    reader->in.start += line->size + (end ? 1 : 0);
    if (line->size > 0 && line->text[line->size - 1] == '\r')
        line->size--;
    return 1;
}

static bool is_empty(const Line *line)
{
    for (size_t i = 0; i < line->size; i++)
        if (!strchr(" \t\r", line->text[i]) || !line->text[i])
            return false;
    return !line->is_too_long;
}

/* Mistakes ------------------------------------------------------------------------------------------------------ */

/* What jansson finds, in words; its own quote the data. */
static const struct {
    enum json_error_code code;
    const char *text;
} mistakes[] = {
    {json_error_duplicate_key, N_("a key stands twice in this object: remove one")},
    {json_error_null_character, N_("a NUL character (\\u0000): remove it")},
    {json_error_null_byte_in_key, N_("a NUL character (\\u0000): remove it")},
    {json_error_premature_end_of_input, N_("the line ends within the object: was the file copied whole?")},
    {json_error_end_of_input_expected, N_("something stands behind the object: write one object a line")},
    {json_error_numeric_overflow, N_("a number is too large to be exact: put it in quotes")},
    {json_error_invalid_format, N_("this is no object: each line holds one, as in {\"id\": \"1\"}")},
};

static const char *mistake_text(enum json_error_code code)
{
    for (size_t i = 0; i < G_N_ELEMENTS(mistakes); i++)
        if (mistakes[i].code == code)
            return mistakes[i].text;
    return N_("this is no valid JSON: look for a missing quote, comma or bracket");
}

static void set_mistake(JsonlReader *reader, JsonlMistake *mistake, Position at, const char *reason)
{
    g_string_printf(reader->problem, _("line %d, column %d: %s"), at.line, at.column, _(reason));
    mistake->text = reader->problem->str;
    mistake->reason = reason;
}

/* Parses one line; NULL with the mistake. CSV_NOT_UTF8 is left to the row's flags. */
static json_t *parse_line(JsonlReader *reader, const Line *line, CsvRow *row, JsonlMistake *mistake)
{
    const char *bad = NULL;
    json_error_t problem;
    json_t *object;
    Position at = line->at;

    if (line->is_too_long) {
        set_mistake(reader, mistake, at, N_("a line of more than 1,048,576 bytes: are line ends missing?"));
        return NULL;
    }
    if (!g_utf8_validate_len(line->text, line->size, &bad)) {
        at = place_after(line->at, line->text, (size_t)(bad - line->text));
        if (*bad) {
            row->flags |= CSV_NOT_UTF8 | CSV_NOT_ASCII;
            row->bad = at;
        } else {
            set_mistake(reader, mistake, at, N_("a NUL character: remove it"));
        }
        return NULL;
    }
    object = json_loadb(line->text, line->size, JSON_REJECT_DUPLICATES, &problem);
    if (json_is_object(object))
        return object;
    at.column = object ? 1 : MAX(problem.column, 1);
    set_mistake(reader, mistake, at, mistake_text(object ? json_error_invalid_format : json_error_code(&problem)));
    json_decref(object);
    return NULL;
}

/* The keys ------------------------------------------------------------------------------------------------------ */

static bool refuse_shape(const JsonlReader *reader, const Line *line, GError **error)
{
    g_autofree char *from = g_shell_quote(reader->file.file);
    const char *text = line->text;
    size_t size = line->size;

    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t' || text[size - 1] == '\r'))
        size--;
    if (line->first == '[')
        error_set(error, BREACH_ERROR_INPUT, NULL,
                  "this file is one JSON list, expected one object a line: type jq -c '.[]' %s > people.jsonl and name "
                  "the new file in the playbook",
                  from);
    else if (size == 1 && line->first == '{')
        error_set(error, BREACH_ERROR_INPUT, NULL,
                  "an object stands over several lines, expected one object a line: type jq -c . %s > people.jsonl and "
                  "name the new file in the playbook",
                  from);
    else if (memchr(text, '\r', size))
        error_set(error, BREACH_ERROR_INPUT, NULL,
                  "a line ends in CR alone (old Macintosh): save the file with LF or CRLF");
    else
        return false;
    return true;
}

/* Looks at one line for keys that are new. False: there are too many. */
static bool learn(JsonlReader *reader, const Line *line)
{
    json_auto_t *object = NULL;
    const char *key;
    json_t *value;

    if (line->is_too_long || jsonl_keys_knows_all(reader->keys, line->text, line->size))
        return true;
    object = json_loadb(line->text, line->size, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(object))
        return true; /* the second reading says what is wrong; a broken line makes no column */
    json_object_foreach(object, key, value) if (!jsonl_keys_add(reader->keys, key, line->at)) return false;
    return true;
}

/* No line could be read: the first one says why. */
static void refuse_all(JsonlReader *reader, const Line *first, Position *failed_at, GError **error)
{
    JsonlMistake mistake = {NULL, NULL};
    CsvRow row = {.flags = 0};
    int64_t judged;

    json_decref(parse_line(reader, first, &row, &mistake)); /* for its mistake alone */
    *failed_at = row.flags & CSV_NOT_UTF8 ? row.bad : first->at;
    if (row.flags & CSV_NOT_UTF8 && encoding_is_gb18030(reader->in.fd, first->offset, 0, true, &judged)) {
        g_autofree char *advice = encoding_gb18030_advice(reader->file.file);

        error_set(error, BREACH_ERROR_INPUT, NULL, "%s", advice);
    } else if (mistake.text) {
        error_set(error, BREACH_ERROR_INPUT, NULL, "no line of this file can be read; %s", mistake.text);
    } else {
        error_set(error, BREACH_ERROR_INPUT, NULL, "no line of this file holds an object with a key in UTF-8");
    }
}

static bool learn_line(JsonlReader *reader, const Line *line, bool is_first, Position *failed_at, GError **error)
{
    *failed_at = line->at;
    if (is_first && refuse_shape(reader, line, error))
        return false;
    if (learn(reader, line))
        return true;
    error_set(error, BREACH_ERROR_INPUT, NULL, "this line has a new key, and more than %zu columns are not possible",
              jsonl_keys_count(reader->keys));
    return false;
}

static bool learn_keys(JsonlReader *reader, Position *failed_at, GError **error)
{
    size_t mark = reader->in.start;
    g_autofree char *first_text = NULL;
    Line first = {.text = NULL};
    Line line;
    int got;

    while ((got = next_line(reader, &line, error)) > 0) {
        if (is_empty(&line))
            continue;
        if (!learn_line(reader, &line, !first.text, failed_at, error))
            return false;
        if (first.text)
            continue;
        first = line;
        first_text = g_memdup2(line.text, line.size + 1); /* behind it stands its end, or room in the buffer */
        first_text[line.size] = '\0';
        first.text = first_text;
    }
    *failed_at = reader->file;
    if (got < 0)
        return false;
    if (!first.text)
        error_set(
            error, BREACH_ERROR_INPUT, NULL,
            "the file is empty: each line must hold one object, as in {\"id\": \"1\", \"email\": \"a@example.org\"}");
    else if (jsonl_keys_count(reader->keys) == 0)
        refuse_all(reader, &first, failed_at, error);
    if (jsonl_keys_count(reader->keys) == 0)
        return false;
    reader->in.start = reader->in.end = 0;
    reader->in.base = (int64_t)mark;
    reader->in.is_drained = false;
    reader->line = 1;
    return lseek(reader->in.fd, (off_t)mark, SEEK_SET) == (off_t)mark;
}

/* Opening ------------------------------------------------------------------------------------------------------- */

bool jsonl_is(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    char bytes[4096];
    ssize_t size = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
    ssize_t at = size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    if (fd >= 0)
        close(fd);
    while (at < size && bytes[at] && strchr(" \t\r\n", bytes[at]))
        at++;
    if (at < size && (bytes[at] == '{' || bytes[at] == '['))
        return true;
    return g_str_has_suffix(path, ".jsonl") || g_str_has_suffix(path, ".ndjson");
}

static bool open_file(JsonlReader *reader, GError **error)
{
    bool is_regular;

    if (!row_file_open(&reader->in, reader->file.file, &is_regular, error))
        return false;
    if (!is_regular)
        error_set(error, BREACH_ERROR_INPUT, NULL, "is no regular file: name a file of JSON Lines");
    return is_regular;
}

static bool skip_mark(JsonlReader *reader, GError **error)
{
    const char *text = reader->in.buffer;

    if (reader->in.end >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        reader->in.start = 3;
    } else if (reader->in.end >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0)) {
        g_autofree char *conversion = encoding_conversion(reader->file.file, "UTF-16");

        error_set(error, BREACH_ERROR_INPUT, NULL, "this file is UTF-16: save it in UTF-8, or %s", conversion);
        return false;
    }
    return true;
}

JsonlReader *jsonl_open(const char *path, size_t field_max, size_t columns_max, Position *failed_at, GError **error)
{
    g_autoptr(JsonlReader) reader = g_new0(JsonlReader, 1);

    row_file_init(&reader->in, BUFFER_SIZE);
    reader->file = position_make(path, 0, 0);
    reader->line = 1;
    reader->field_max = field_max;
    reader->keys = jsonl_keys_new(columns_max);
    reader->texts = g_ptr_array_new_with_free_func(g_free);
    reader->problem = g_string_new(NULL);
    *failed_at = reader->file;
    if (!open_file(reader, error) || !row_file_fill(&reader->in, false, error) || !skip_mark(reader, error) ||
        !learn_keys(reader, failed_at, error))
        return NULL;
    reader->values = g_new0(const char *, jsonl_keys_count(reader->keys));
    reader->is_given = g_new0(bool, jsonl_keys_count(reader->keys));
    return g_steal_pointer(&reader);
}

size_t jsonl_count(const JsonlReader *reader)
{
    return jsonl_keys_count(reader->keys);
}

const char *jsonl_column(const JsonlReader *reader, size_t index)
{
    return jsonl_keys_name(reader->keys, index);
}

Position jsonl_column_at(const JsonlReader *reader, size_t index)
{
    return jsonl_keys_at(reader->keys, index);
}

/* Rows ---------------------------------------------------------------------------------------------------------- */

static const char *keep(JsonlReader *reader, char *text)
{
    g_ptr_array_add(reader->texts, text);
    return text;
}

/* The shortest text that reads back as the same number. */
static const char *real_text(JsonlReader *reader, double number)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(text, sizeof text, "%.15g", number);
    if (g_ascii_strtod(text, NULL) < number || g_ascii_strtod(text, NULL) > number)
        g_ascii_dtostr(text, sizeof text, number);
    return keep(reader, g_strdup(text));
}

/* A list as one cell; NULL when an item is no text or would be taken for two. */
static const char *list_text(JsonlReader *reader, const json_t *list)
{
    GString *cell = g_string_new(NULL);
    size_t index;
    json_t *item;

    json_array_foreach(list, index, item)
    {
        const char *text = json_string_value(item);

        if (!text || strchr(text, ';')) {
            g_string_free(cell, TRUE);
            return NULL;
        }
        g_string_append_printf(cell, "%s%s", index > 0 ? ";" : "", text);
    }
    return keep(reader, g_string_free(cell, FALSE));
}

/* The value as a cell, or NULL with the mistake's text in *reason. */
static const char *cell_text(JsonlReader *reader, const json_t *value, const char **reason)
{
    const char *text = NULL;

    switch (json_typeof(value)) {
    case JSON_STRING:
        text = json_string_value(value);
        break;
    case JSON_INTEGER:
        return keep(reader, g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value)));
    case JSON_REAL:
        return real_text(reader, json_real_value(value));
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_NULL:
        return "";
    case JSON_ARRAY:
        text = list_text(reader, value);
        *reason = N_("a list must hold texts only, without a semicolon in them");
        break;
    case JSON_OBJECT:
        *reason =
            N_("an object within the object: only texts, numbers, true, false, null and lists of texts are possible");
        break;
    }
    if (text && strlen(text) > reader->field_max) {
        *reason = N_("a value is too large");
        return NULL;
    }
    return text;
}

/* Fills values from the object. False: a key is new, so the file is not the one that was read first. */
static bool take_values(JsonlReader *reader, JsonlMistake *mistake)
{
    size_t guess = 0;
    const char *key;
    json_t *value;

    json_object_foreach(reader->object, key, value)
    {
        const char *reason = NULL;
        int column = jsonl_keys_find(reader->keys, key, strlen(key), guess);
        const char *text;

        if (column < 0)
            return false;
        guess = (size_t)column + 1;
        text = cell_text(reader, value, &reason);
        if (!text) {
            g_string_printf(reader->problem, "%s: %s", key, _(reason));
            mistake->text = reader->problem->str;
            mistake->reason = reason;
            continue;
        }
        reader->values[column] = text;
    }
    return true;
}

static bool is_ascii(const Line *line)
{
    unsigned char all = 0;

    for (size_t i = 0; i < line->size; i++)
        all |= (unsigned char)line->text[i];
    return all < 0x80;
}

int jsonl_next(JsonlReader *reader, CsvRow *row, JsonlMistake *mistake, GError **error)
{
    size_t count = jsonl_keys_count(reader->keys);
    Line line;
    int got;

    do {
        got = next_line(reader, &line, error);
    } while (got > 0 && is_empty(&line));
    reader->failed_at = got < 0 ? reader->file : line.at;
    if (got <= 0)
        return got;
    g_clear_pointer(&reader->object, json_decref);
    g_ptr_array_set_size(reader->texts, 0);
    for (size_t i = 0; i < count; i++)
        reader->values[i] = "";
    *mistake = (JsonlMistake){NULL, NULL};
    *row = (CsvRow){.fields = reader->values, .count = count, .at = line.at, .offset = line.offset};
    row->flags |= is_ascii(&line) ? 0 : CSV_NOT_ASCII;
    if (!line.is_too_long && (!row->flags || g_utf8_validate_len(line.text, line.size, NULL)) &&
        jsonl_cut(reader->keys, reader->field_max, reader->in.buffer + (line.text - reader->in.buffer), line.size,
                  reader->values, reader->is_given))
        return 1;
    reader->object = parse_line(reader, &line, row, mistake);
    if (!reader->object)
        return 1;
    row->flags |= memchr(line.text, '\\', line.size) || memchr(line.text, 0x7f, line.size) ? CSV_CONTROLS : 0;
    if (take_values(reader, mistake))
        return 1;
    error_set(error, BREACH_ERROR_INPUT, NULL, "the file was changed while it was read: type the command again");
    return -1;
}

Position jsonl_failed_at(const JsonlReader *reader)
{
    return reader->failed_at;
}

int jsonl_file(const JsonlReader *reader)
{
    return reader->in.fd;
}

void jsonl_progress(const JsonlReader *reader, int64_t *done, int64_t *total)
{
    row_file_progress(&reader->in, done, total);
}

void jsonl_close(JsonlReader *reader)
{
    if (!reader)
        return;
    row_file_clear(&reader->in);
    json_decref(reader->object);
    jsonl_keys_free(reader->keys);
    g_ptr_array_unref(reader->texts);
    g_string_free(reader->problem, TRUE);
    g_free(reader->values);
    g_free(reader->is_given);
    g_free(reader);
}
