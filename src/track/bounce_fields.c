#include "track/bounce_fields.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define VALUE_MOST 8192 /* octets of one field that are looked at */

static void free_group(gpointer data)
{
    BounceGroup *group = data;

    g_free(group->original);
    g_free(group->final);
    g_free(group->action);
    g_free(group->status);
    g_free(group->diagnostic);
    g_free(group);
}

/* The value of a field at `line` if it is called `name`; NULL otherwise. */
static const char *value_of(const char *line, const char *name)
{
    size_t length = strlen(name);

    if (g_ascii_strncasecmp(line, name, length) != 0)
        return NULL;
    line += length;
    line += strspn(line, " \t");
    return *line == ':' ? line + 1 : NULL;
}

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');

    return end ? end + 1 : line + strlen(line);
}

/* The value with its folded lines joined; *after is the line behind it. Newly allocated. */
static char *unfold(const char *value, const char **after)
{
    GString *text = g_string_new(NULL);
    const char *line = value;

    do {
        size_t length = strcspn(line, "\n");

        if (text->len < VALUE_MOST) {
            if (text->len)
                g_string_append_c(text, ' ');
            line += strspn(line, " \t");
            length = strcspn(line, "\n");
            g_string_append_len(text, line, (gssize)MIN(length, VALUE_MOST - text->len));
        }
        line = next_line(line);
    } while ((*line == ' ' || *line == '\t') && line[strspn(line, " \t")] != '\n');
    *after = line;
    if (!g_utf8_validate(text->str, -1, NULL)) { /* cut inside of a character */
        g_autofree char *valid = g_utf8_make_valid(text->str, -1);

        g_string_assign(text, valid);
    }
    g_strstrip(text->str);
    return g_string_free(text, FALSE);
}

/* "rfc822; a@b" -> "a@b". A type is a short atom (RFC 3464 2.1.2); what has none is left alone. */
static const char *without_type(const char *value)
{
    const char *semicolon = strchr(value, ';');

    if (!semicolon || strcspn(value, " \t<@") < (size_t)(semicolon - value))
        return value;
    return semicolon + 1 + strspn(semicolon + 1, " \t");
}

/* xtext (RFC 3461 4): "+2B" stands for "+". A + that no two hexadecimal digits follow stands for itself. */
static char *from_xtext(const char *text)
{
    GString *plain = g_string_new(NULL);

    for (; *text; text++) {
        int high = *text == '+' ? g_ascii_xdigit_value(text[1]) : -1;
        int low = high >= 0 ? g_ascii_xdigit_value(text[2]) : -1;

        if (low >= 0 && !g_ascii_islower(text[1]) && !g_ascii_islower(text[2]) && high * 16 + low > ' ' &&
            high * 16 + low < 0x7f) {
            g_string_append_c(plain, (char)(high * 16 + low));
            text += 2;
        } else {
            g_string_append_c(plain, *text);
        }
    }
    return g_string_free(plain, FALSE);
}

static char *make_plain(const char *value)
{
    return g_strdup(without_type(value));
}

static char *make_original(const char *value)
{
    return from_xtext(without_type(value));
}

static char *make_action(const char *value)
{
    g_autofree char *lower = g_ascii_strdown(value, -1);

    return g_strndup(lower, strspn(lower, "abcdefghijklmnopqrstuvwxyz-"));
}

static const struct {
    const char *name;
    size_t offset;
    char *(*make)(const char *value);
} fields[] = {
    {"Original-Recipient", offsetof(BounceGroup, original), make_original},
    {"Final-Recipient", offsetof(BounceGroup, final), make_plain},
    {"Action", offsetof(BounceGroup, action), make_action},
    {"Status", offsetof(BounceGroup, status), g_strdup},
    {"Diagnostic-Code", offsetof(BounceGroup, diagnostic), make_plain},
};

typedef struct Reading {
    GPtrArray *groups;
    char *values[G_N_ELEMENTS(fields)]; /* of the group that is being read */
} Reading;

/* A group is one of a recipient: it names one, or says what became of it. */
static void end_group(Reading *reading)
{
    bool is_one = reading->values[0] || reading->values[1] || (reading->values[2] && reading->values[3]);
    BounceGroup *group;

    if (is_one && reading->groups->len < BOUNCE_RECIPIENTS) {
        group = g_new0(BounceGroup, 1);
        for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
            *(char **)(void *)((char *)group + fields[i].offset) =
                reading->values[i] ? fields[i].make(reading->values[i]) : g_strdup("");
        g_ptr_array_add(reading->groups, group);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        g_clear_pointer(&reading->values[i], g_free);
}

/* true: the line began a field, and *line is behind it */
static bool read_field(Reading *reading, const char **line)
{
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        const char *value = value_of(*line, fields[i].name);

        if (!value)
            continue;
        if (reading->values[i])
            end_group(reading);
        reading->values[i] = unfold(value, line);
        return true;
    }
    return false;
}

GPtrArray *bounce_fields_groups(const char *text)
{
    Reading reading = {.groups = g_ptr_array_new_with_free_func(free_group)};
    const char *line = text;

    while (*line) {
        if (line[strspn(line, " \t")] == '\n')
            end_group(&reading);
        if (!read_field(&reading, &line))
            line = next_line(line);
    }
    end_group(&reading);
    return reading.groups;
}

GPtrArray *bounce_fields_all(const char *text, const char *name)
{
    GPtrArray *values = g_ptr_array_new_with_free_func(g_free);
    const char *line = text;

    while (*line && values->len < BOUNCE_RECIPIENTS) {
        const char *value = value_of(line, name);

        if (value)
            g_ptr_array_add(values, unfold(value, &line));
        else
            line = next_line(line);
    }
    return values;
}
