/* Arbitrary bytes as a people file: refused with a reason, or read to the end, the same at every reading; a row without
 * a problem has an id, and nothing in it that could become a line of a header. */
#include "fuzz.h"

#include <string.h>

#include <glib.h>

#include "load/load_people.h"

static void check_person(const Person *person)
{
    const PersonColumns *columns = person->columns;

    fuzz_require(columns->id >= 0 && *person->values[columns->id]);
    for (size_t i = 0; i < columns->count; i++) {
        bool is_known = person_is_known_column(columns->names[i]);

        fuzz_require(g_utf8_validate(person->values[i], -1, NULL));
        for (const char *at = person->values[i]; *at; at++)
            fuzz_require((unsigned char)*at >= ' ' || (!is_known && (*at == '\n' || *at == '\t')));
    }
}

static long read_people(const char *path)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(PeopleReader) reader = people_open(path, NULL, findings);
    g_autoptr(GError) error = NULL;
    Person person;
    long good = 0;
    int got;

    if (!reader) {
        fuzz_require(findings_errors(findings, FINDING_SEND) > 0);
        return -1;
    }
    while ((got = people_next(reader, &person, &error)) > 0) {
        if (person.problem)
            continue;
        check_person(&person);
        good++;
    }
    fuzz_require((got < 0) == !!error);
    return got < 0 ? -2 : good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, size);
    long good = read_people(path);

    fuzz_require(read_people(path) == good);
    return 0;
}
