#include "cli/drill_people.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/error.h"
#include "base/file.h"
#include "load/csv.h"
#include "load/load_people.h"
#include "model/playbook.h"

#define PATTERNS_MOST 5000               /* rows that invented people are like */
#define SIZE_MOST     (INT64_C(1) << 30) /* bytes of a people file in a drill */
#define COLUMNS_MOST  256

/* What a column means; "" for one of the file's own. Borrowed. */
static const char *meaning(const GPtrArray *renames, const char *name)
{
    for (guint i = 0; renames && i < renames->len; i++) {
        const PeopleRename *rename = g_ptr_array_index(renames, i);

        if (strcmp(rename->theirs, name) == 0)
            return rename->ours;
    }
    return name;
}

/* The last digits of the first number of a cell become those of `number`: its form and its country stay. */
static char *invent_phone(const char *like, int64_t number)
{
    char *phone = g_strndup(like, strcspn(like, ";"));
    size_t at = strlen(phone);

    for (int digits = 0; at > 0 && digits < 7; at--)
        if (g_ascii_isdigit(phone[at - 1])) {
            phone[at - 1] = (char)('0' + number % 10);
            number /= 10;
            digits++;
        }
    return phone;
}

/* At the same domain, so that what is done for each domain is drilled, too. */
static char *invent_email(const char *like, int64_t number)
{
    g_autofree char *first = g_strndup(like, strcspn(like, ";"));
    const char *at = strrchr(first, '@');

    return g_strdup_printf("drill%07" G_GINT64_FORMAT "%s", number, at ? g_strchomp((char *)at) : "@drill.example");
}

/* What an invented person has in this column; NULL: what the one has whom they are like. Newly allocated. */
static char *invent(const char *column, const char *like, int64_t number)
{
    if (strcmp(column, "id") == 0)
        return g_strdup_printf("drill-%07" G_GINT64_FORMAT, number);
    if (!*like)
        return NULL;
    if (strcmp(column, "email") == 0 || strcmp(column, "guardian_email") == 0)
        return invent_email(like, number);
    if (strcmp(column, "phone") == 0 || strcmp(column, "guardian_phone") == 0)
        return invent_phone(like, number);
    if (strcmp(column, "push") == 0)
        return g_strdup_printf("drill-push-%07" G_GINT64_FORMAT, number);
    return NULL;
}

/* CSV ------------------------------------------------------------------------------------------------------------- */

/* RFC 4180 2.5 to 2.7 */
static void append_field(GString *text, const char *field, bool is_first)
{
    if (!is_first)
        g_string_append_c(text, ',');
    if (!strpbrk(field, ",\"\r\n")) {
        g_string_append(text, field);
        return;
    }
    g_string_append_c(text, '"');
    for (; *field; field++)
        g_string_append_printf(text, *field == '"' ? "\"\"" : "%c", *field);
    g_string_append_c(text, '"');
}

static void append_like(GString *text, char *const *columns, char *const *like, int64_t number)
{
    for (size_t i = 0; columns[i] && like[i]; i++) {
        g_autofree char *invented = invent(columns[i], like[i], number);

        append_field(text, invented ? invented : like[i], i == 0);
    }
    g_string_append_c(text, '\n');
}

static char **copy_row(const CsvRow *row)
{
    size_t count = MIN(row->count, COLUMNS_MOST);
    char **copy = g_new0(char *, count + 1);

    for (size_t i = 0; i < count; i++)
        copy[i] = g_strdup(row->fields[i]);
    return copy;
}

static void free_row(gpointer row)
{
    g_strfreev(row);
}

/* The header and the first rows of a CSV file; *rows: all of them. NULL with an error. */
static GPtrArray *read_csv(const char *path, int64_t *rows, GError **error)
{
    g_autoptr(CsvReader) reader = csv_open(path, PEOPLE_FIELD_MAX, COLUMNS_MOST, error);
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(free_row);
    CsvRow row;
    int got = -1;

    *rows = -1; /* the header */
    while (reader && (got = csv_next(reader, &row, error)) > 0) {
        *rows += 1;
        if (kept->len <= PATTERNS_MOST)
            g_ptr_array_add(kept, copy_row(&row));
    }
    if (got < 0)
        return NULL;
    return g_steal_pointer(&kept);
}

static bool add_csv(GString *text, const char *path, const GPtrArray *renames, int64_t first, int64_t more,
                    int64_t *rows, GError **error)
{
    g_autoptr(GPtrArray) kept = read_csv(path, rows, error);
    char **columns;

    if (!kept)
        return false;
    if (more == 0)
        return true;
    if (kept->len < 2) {
        error_set(error, BREACH_ERROR_INPUT, "drill-people",
                  "%s has no row that invented people could be like: give it one person at least", path);
        return false;
    }
    columns = g_ptr_array_index(kept, 0);
    for (size_t i = 0; columns[i]; i++) {
        char *ours = g_strdup(meaning(renames, columns[i]));

        g_free(columns[i]);
        columns[i] = ours;
    }
    for (int64_t i = 0; i < more; i++)
        append_like(text, columns, g_ptr_array_index(kept, 1 + (guint)(i % (kept->len - 1))), first + i);
    return true;
}

/* JSON Lines ------------------------------------------------------------------------------------------------------ */

static void append_object(GString *text, const json_t *like, const GPtrArray *renames, int64_t number)
{
    json_t *person = json_copy((json_t *)like);
    const char *key;
    json_t *value;
    char *line;

    json_object_foreach((json_t *)like, key, value)
    {
        g_autofree char *invented =
            json_is_string(value) ? invent(meaning(renames, key), json_string_value(value), number) : NULL;

        if (invented)
            json_object_set_new(person, key, json_string(invented));
    }
    line = json_dumps(person, JSON_COMPACT);
    g_string_append_printf(text, "%s\n", line);
    free(line);
    json_decref(person);
}

static void free_object(gpointer object)
{
    json_decref(object);
}

static bool add_lines(GString *text, const char *path, const GPtrArray *renames, int64_t first, int64_t more,
                      int64_t *rows, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text->str, "\n", -1);
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(free_object);

    *rows = 0;
    for (char **line = lines; *line; line++) {
        json_t *object = **line ? json_loads(*line, 0, NULL) : NULL;

        *rows += **line ? 1 : 0;
        if (object && json_is_object(object) && kept->len < PATTERNS_MOST)
            g_ptr_array_add(kept, object);
        else
            json_decref(object);
    }
    if (more > 0 && kept->len == 0) {
        error_set(error, BREACH_ERROR_INPUT, "drill-people",
                  "%s has no row that invented people could be like: give it one person at least", path);
        return false;
    }
    for (int64_t i = 0; i < more; i++)
        append_object(text, g_ptr_array_index(kept, (guint)(i % kept->len)), renames, first + i);
    return true;
}

/* Both ------------------------------------------------------------------------------------------------------------ */

bool drill_people_copy(const char *from, const char *to, const GPtrArray *renames, int64_t first, int64_t more,
                       int64_t *rows, GError **error)
{
    size_t size = 0;
    g_autofree char *whole = file_read(from, SIZE_MOST, &size, error);
    g_autoptr(GString) text = NULL;
    bool is_lines, added;

    if (!whole)
        return false;
    text = g_string_new_len(whole, (gssize)size);
    if (text->len > 0 && text->str[text->len - 1] != '\n')
        g_string_append_c(text, '\n');
    is_lines = text->str[strspn(text->str, "\xef\xbb\xbf \t\r\n")] == '{';
    added = is_lines ? add_lines(text, from, renames, first, more, rows, error)
                     : add_csv(text, from, renames, first, more, rows, error);
    if (!added) {
        error_prefix(error, "%s: ", from);
        return false;
    }
    return file_write(to, text->str, text->len, 0600, error);
}
