#include "report/reason.h"

#include <stddef.h>

#include "base/language.h"

/* As model/plan, dispatch and ledger write them. The longer of two that fit alike comes first. */
static const char *const known[] = {
    N_("deceased: next of kin are told by post, by a person"),
    N_("the incident made this %s address unsafe"),
    N_("no usable %s address"),
    N_("%s missing: the notice needs it"),
    N_("%s missing: it decides who gets what"),
    N_("no audience of the playbook fits"),
    N_("deceased is neither yes nor no: write one of the two"),
    N_("compromised names no column of endpoints: write email, phone or both"),
    N_("data_kinds has one that facts.data_kinds of the playbook lacks"),
    N_("the same id stands in more than one row"),
    N_("somebody who shares this address was told before: decide by hand"),
    N_("no longer in the people file"),
    N_("superseded by edition %s"),
    N_("withdrawn before they were told"),
    N_("it takes messages and does not say what became of them"),
    N_("slowed down to %s"),
    N_("bytes that are not UTF-8: write the character again"),
    N_("a quote inside a field: put the field in quotes and write the quote twice"),
    N_("row has no id: give it one that no other row has"),
    N_("a line break in %s: remove it"),
    NULL,
};

char *reason_text(const char *reason)
{
    return language_phrase(reason, known);
}
