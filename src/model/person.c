#include "model/person.h"

#include <string.h>

#include <glib.h>

static const char *const known[] = {
    "id",     "name",          "locale",         "email",          "phone", "push",         "address",    "region",
    "age",    "guardian_name", "guardian_email", "guardian_phone", "role",  "organization", "data_kinds", "compromised",
    "deceased", NULL,
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
