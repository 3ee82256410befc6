#include <string.h>

#include "base/language.h"
#include "dispatch/freeze_private.h"

/* Many remarks of one kind do not keep one of another from being shown. `kind` is static or interned. */
static bool may_show(Freezer *freezer, const char *kind)
{
    int before = GPOINTER_TO_INT(g_hash_table_lookup(freezer->kinds, kind));

    freezer->summary->remarks++;
    g_hash_table_insert(freezer->kinds, (gpointer)kind, GINT_TO_POINTER(MIN(before, FREEZE_REMARKS_SHOWN) + 1));
    if (before < FREEZE_REMARKS_SHOWN)
        return true;
    freezer->remarks_hidden++;
    return false;
}

void freeze_remark(const Person *person, const char *column, const char *text, void *user)
{
    static const struct {
        const char *column, *id;
    } others[] = {{"age", "people-age"},
                  {"compromised", "people-circumstance"},
                  {"data_kinds", "people-circumstance"},
                  {"deceased", "people-circumstance"},
                  {"locale", "people-locale"}};
    Freezer *freezer = user;
    const char *id = "people-endpoint";

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (strcmp(others[i].column, column) == 0)
            id = others[i].id;
    if (may_show(freezer, g_intern_string(column)))
        findings_warning(freezer->findings, FINDING_SEND, id, person->at, "%s of \"%s\": %s", column,
                         person_value(person, "id"), text);
}

void freeze_remark_row(Freezer *freezer, Position at, const char *id, const char *text)
{
    if (may_show(freezer, id))
        findings_warning(freezer->findings, FINDING_SEND, id, at, "this row is quarantined: %s", _(text));
}

void freeze_note_twice(int64_t row, const char *id, void *user)
{
    Freezer *freezer = user;
    Twice twice = {
        .row = row, .id = g_strdup(id), .at = position_make(material_playbook(freezer->material)->people_path, 0, 0)};

    if (freezer->twice->len < FREEZE_REMARKS_SHOWN)
        g_array_append_val(freezer->twice, twice);
    else {
        g_free(twice.id);
        freezer->twice_more++;
    }
}

void freeze_remark_duplicate(Freezer *freezer, Position at, const char *id)
{
    g_autofree char *text =
        g_strdup_printf(_("the id \"%s\" stands in more than one row; give each person one row"), id);

    freeze_remark_row(freezer, at, "people-duplicate-id", text);
}

void freeze_sum_up(Freezer *freezer)
{
    const Playbook *playbook = material_playbook(freezer->material);

    if (freezer->remarks_hidden > 0)
        findings_warning(freezer->findings, FINDING_SEND, "people-more", position_make(playbook->people_path, 0, 0),
                         "and %d more rows like these", (int)freezer->remarks_hidden);
}
