#include "model/person.h"

#include <string.h>

#include <glib.h>

static const char *const known[] = {
    "id",
    "name",
    "locale",
    "email",
    "phone",
    "push",
    "im",
    "webhook",
    "address",
    "region",
    "age",
    "guardian_name",
    "guardian_email",
    "guardian_phone",
    "guardian_address",
    "role",
    "organization",
    "holder",
    "data_kinds",
    "compromised",
    "deceased",
    NULL,
};

int person_column(const PersonColumns *columns, const char *name)
{
    for (size_t i = 0; i < columns->count; i++)
        if (strcmp(columns->names[i], name) == 0)
            return (int)i;
    return -1;
}

const char *person_value(const Person *person, const char *name)
{
    int column = person_column(person->columns, name);

    return column < 0 ? NULL : person->values[column];
}

bool person_is_known_column(const char *name)
{
    return g_strv_contains(known, name);
}

const char *const *person_known_columns(void)
{
    return known;
}

PersonAnswer person_answer(const char *text)
{
    static const struct {
        const char *word;
        PersonAnswer answer;
    } words[] = {
        {"", PERSON_NO},   {"yes", PERSON_YES}, {"y", PERSON_YES}, {"true", PERSON_YES}, {"t", PERSON_YES},
        {"1", PERSON_YES}, {"是", PERSON_YES},  {"no", PERSON_NO}, {"n", PERSON_NO},     {"false", PERSON_NO},
        {"f", PERSON_NO},  {"0", PERSON_NO},    {"否", PERSON_NO},
    };
    g_autofree char *word = NULL;

    if (!*text)
        return PERSON_NO;
    word = g_strstrip(g_strdup(text));
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(word, words[i].word) == 0)
            return words[i].answer;
    return PERSON_UNREADABLE;
}

const char *const *person_endpoint_columns(void)
{
    static const char *const columns[] = {
        "email", "phone", "push", "im", "webhook", "address", "guardian_email", "guardian_phone", "guardian_address",
        NULL};

    return columns;
}

bool person_has_lines(const char *column)
{
    return strcmp(column, "address") == 0 || strcmp(column, "guardian_address") == 0;
}
