#include "cli/changes.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/output.h"
#include "ledger/ledger_select.h"
#include "load/load_people.h"

/* A people file over this is not read only to count what is different: planning does that. */
#define PEOPLE_READ_MAX (INT64_C(256) * 1024 * 1024)

/* What a plan changed ------------------------------------------------------------------------------------------- */

typedef struct Change {
    const char *member; /* of the JSON document */
    const char *text;   /* for people */
    size_t offset;      /* into LedgerPlanResult */
} Change;

static const Change all[] = {
    {"added_people", N_("people added"), offsetof(LedgerPlanResult, added_people)},
    {"gone_people", N_("people gone from the file"), offsetof(LedgerPlanResult, gone_people)},
    {"updates", N_("updates to be sent to people who were told before"), offsetof(LedgerPlanResult, updates)},
    {"first_notices", N_("first notices that were not tried yet, in the newest text"),
     offsetof(LedgerPlanResult, first_notices)},
    {"renewed_messages", N_("messages that were tried and go on with a newer text"),
     offsetof(LedgerPlanResult, renewed_messages)},
    {"cancelled_messages", N_("messages cancelled"), offsetof(LedgerPlanResult, cancelled_messages)},
    {"replaced_doubts", N_("cancelled messages that may have arrived, so that their people may get both"),
     offsetof(LedgerPlanResult, replaced_doubts)},
    {"new_texts", N_("texts that are new"), offsetof(LedgerPlanResult, new_texts)},
};

static int64_t value_of(const LedgerPlanResult *result, const Change *change)
{
    return *(const int64_t *)(const void *)((const char *)result + change->offset);
}

void changes_print(const LedgerHeader *header, const LedgerPlanResult *result)
{
    bool any = false;

    if (header->generation == 1)
        return;
    if (result->edition_before < header->edition)
        printf(_("edition %d, after edition %d; against the plan before:\n"), header->edition, result->edition_before);
    else
        printf(_("plan %d of edition %d; against the plan before:\n"), header->generation, header->edition);
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        int64_t value = value_of(result, &all[i]);
        g_autofree char *number = text_grouped(value);

        if (value == 0)
            continue;
        printf(_("  %s: %s\n"), _(all[i].text), number);
        any = true;
    }
    if (!any)
        puts(_("  nothing has changed"));
}

json_t *changes_json(const LedgerPlanResult *result)
{
    json_t *object;

    if (result->edition_before == 0)
        return json_null();
    object = json_pack("{s:i}", "edition_before", result->edition_before);
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        json_object_set_new(object, all[i].member, json_integer(value_of(result, &all[i])));
    return object;
}

/* What differs from the plan ------------------------------------------------------------------------------------ */

typedef struct PeopleChange {
    int64_t added, gone;
} PeopleChange;

/* By the ids alone: whose other columns have changed, only planning finds out. */
static bool count_people(const Workspace *workspace, Ledger *ledger, PeopleChange *change)
{
    const Playbook *playbook = material_playbook(workspace->material);
    g_autoptr(Findings) unseen = findings_new();
    g_autoptr(PeopleReader) reader = people_open(playbook->people_path, playbook->people_columns, unseen);
    int64_t before, known = 0;
    Person person;
    int read = -1;

    memset(change, 0, sizeof *change);
    while (reader && (read = people_next(reader, &person, NULL)) > 0) {
        bool is_known = false;
        int64_t row = 0;

        if (person.problem || !ledger_person(ledger, person_value(&person, "id"), &is_known, &row, NULL))
            continue;
        if (is_known && row > 0)
            known++;
        else
            change->added++;
    }
    if (read != 0 || !ledger_people_in_file(ledger, &before, NULL) || before < known)
        return false;
    change->gone = before - known;
    return true;
}

static void say_people(const Workspace *workspace, Ledger *ledger, const char *path)
{
    PeopleChange change;
    FileStamp stamp;

    if (!file_stamp(path, &stamp, NULL))
        output_message("  the people file %s cannot be read any more", path);
    else if (stamp.size > PEOPLE_READ_MAX || !count_people(workspace, ledger, &change))
        output_message("  the people file %s is another one", path);
    else if (change.added == 0 && change.gone == 0)
        output_message("  the people file %s has the same people, and something else about them", path);
    else {
        g_autofree char *added = text_grouped(change.added);
        g_autofree char *gone = text_grouped(change.gone);

        output_message("  the people file %s: %s added, %s gone", path, added, gone);
    }
}

/* Whether a text in use would be another one now; *has_mistakes when it cannot be made any more. */
static bool is_another(const Workspace *workspace, Ledger *ledger, const LedgerTextInfo *info, bool *has_mistakes)
{
    const GPtrArray *audiences = material_playbook(workspace->material)->audiences;
    g_autoptr(Findings) unseen = findings_new();
    g_autofree char *before = ledger_text(ledger, info->no, NULL);
    bool is_other = false;

    *has_mistakes = false;
    for (guint i = 0; i < audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(audiences, i);
        const MaterialText *now;

        if (strcmp(audience->id, info->audience) != 0)
            continue;
        now = material_text(workspace->material, i, info->channel, info->locale, info->is_update, unseen);
        is_other = is_other || g_strcmp0(now->body, before) != 0;
        *has_mistakes = *has_mistakes || !now->body;
    }
    return is_other;
}

static void say_text(const Workspace *workspace, Ledger *ledger, const LedgerTextInfo *info, void *user)
{
    bool has_mistakes;

    (void)user;
    if (is_another(workspace, ledger, info, &has_mistakes))
        output_message("  the text of %s, %s, %s: %s", info->audience, info->channel, info->locale,
                       has_mistakes ? _("it has mistakes now") : _("another one now"));
}

typedef void TextSeen(const Workspace *workspace, Ledger *ledger, const LedgerTextInfo *info, void *user);

/* Calls `see` for every text of the playbook's edition that the ledger has. */
static void for_texts(const Workspace *workspace, Ledger *ledger, TextSeen *see, void *user)
{
    const Playbook *playbook = material_playbook(workspace->material);
    g_autoptr(Findings) unseen = findings_new();
    g_autoptr(PeopleReader) reader = people_open(playbook->people_path, playbook->people_columns, unseen);
    g_autoptr(GPtrArray) texts = ledger_texts(ledger, NULL);

    if (!reader || !texts)
        return;
    material_columns(workspace->material, people_columns(reader));
    for (guint i = 0; i < texts->len; i++) {
        const LedgerTextInfo *info = g_ptr_array_index(texts, i);

        if (info->edition == playbook->incident.edition)
            see(workspace, ledger, info, user);
    }
    material_columns(workspace->material, NULL);
}

static void count_told(const Workspace *workspace, Ledger *ledger, const LedgerTextInfo *info, void *user)
{
    int64_t *told = user;
    bool has_mistakes;

    if (info->told > 0 && is_another(workspace, ledger, info, &has_mistakes) && !has_mistakes)
        *told += info->told;
}

void changes_warn_told(const Workspace *workspace, Ledger *ledger)
{
    const Playbook *playbook = material_playbook(workspace->material);
    g_autofree char *number = NULL;
    int64_t told = 0;

    for_texts(workspace, ledger, count_told, &told);
    if (told == 0)
        return;
    number = text_grouped(told);
    findings_warning(workspace->findings, FINDING_SEND, "plan-text-told", position_make(playbook->path, 0, 0),
                     "people who were told with a text that was another one then: %s; this plan does not tell them again. "
                     "If they need the correction, write edition: %d and an update with kind: correction, and plan again",
                     number, playbook->incident.edition + 1);
}

bool changes_refuse(const Workspace *workspace, Ledger *ledger, char **changed, GError **error)
{
    const Playbook *playbook = material_playbook(workspace->material);
    const LedgerHeader *header = ledger_header(ledger);
    g_autofree char *list = g_strjoinv(", ", changed);

    output_message("since the plan:");
    if (playbook->incident.edition != header->edition)
        output_message("  the playbook says edition %d; edition %d is planned", playbook->incident.edition,
                       header->edition);
    for (char **path = changed; *path; path++) {
        if (g_strcmp0(*path, playbook->people_path) == 0)
            say_people(workspace, ledger, *path);
        else
            output_message("  %s was changed", *path);
    }
    if (playbook->incident.edition == header->edition)
        for_texts(workspace, ledger, say_text, NULL);
    error_set(error, BREACH_ERROR_INPUT, "plan-changed",
              "changed since the plan: %s; type breach plan %s%s, or send what was planned with --as-planned", list,
              workspace->typed, workspace->mode);
    return false;
}
