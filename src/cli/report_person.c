#include "cli/report_person.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/engines.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/pack_folder.h"
#include "cli/workspace.h"
#include "channel/hand_over.h"
#include "ledger/ledger_select.h"
#include "model/regime.h"
#include "report/evidence_page.h"

#define EVENTS   "events.jsonl"
#define DOCUMENT "evidence.json"
#define PERSON   "person.json"
#define INDEX    "index.html"
#define README   "README.txt"

typedef struct Packing {
    Workspace *workspace;
    Ledger *ledger;         /* owned */
    EvidencePack *pack;     /* owned */
    PackFolder *folder;     /* owned; NULL: only looked at */
    GatewayEncrypt encrypt; /* its strings are owned */
    json_t *document;       /* owned */
    int64_t now;
} Packing;

static void packing_clear(Packing *packing)
{
    pack_folder_free(packing->folder);
    evidence_pack_free(packing->pack);
    ledger_close(packing->ledger);
    json_decref(packing->document);
    g_free(packing->encrypt.recipient);
    g_free(packing->encrypt.name);
}

/* The person ------------------------------------------------------------------------------------------------------ */

static bool refuse_unknown(const Packing *packing, GError **error)
{
    const char *id = packing->workspace->options->person;
    g_auto(GStrv) near = ledger_people_near(packing->ledger, id, NULL);
    const char *nearest = near ? text_nearest(id, (const char *const *)near) : NULL;

    if (nearest)
        error_set(error, BREACH_ERROR_INPUT, "evidence-person",
                  "nobody in this incident has the id %s: did you mean %s? breach find looks people up by address", id,
                  nearest);
    else
        error_set(error, BREACH_ERROR_INPUT, "evidence-person",
                  "nobody in this incident has the id %s: breach find looks people up by address", id);
    return false;
}

static bool look(Packing *packing, GError **error)
{
    const Workspace *workspace = packing->workspace;
    int64_t person = 0;

    packing->ledger = workspace_ledger(workspace, error);
    if (!packing->ledger || !ledger_evidence_find(packing->ledger, workspace->options->person, &person, error))
        return false;
    if (person == 0)
        return refuse_unknown(packing, error);
    packing->pack = evidence_pack_collect(&(EvidenceSource){.ledger = packing->ledger,
                                                            .folder = workspace->folder,
                                                            .letter = material_gateway(workspace->material, "letter")},
                                          person, error);
    if (!packing->pack)
        return false;
    packing->document = evidence_pack_json(packing->pack, ledger_header(packing->ledger), packing->now);
    return true;
}

/* Writing --------------------------------------------------------------------------------------------------------- */

static bool write_text(PackFolder *folder, const char *name, const char *text, GError **error)
{
    return pack_folder_write(folder, name, text, strlen(text), error);
}

static bool write_attempt(PackFolder *folder, const EvidenceAttempt *attempt, GError **error)
{
    const EvidenceMade *made = &attempt->made_again;
    const EvidenceLetter *letter = attempt->letter;

    return (!attempt->file || pack_folder_write(folder, attempt->file, made->octets, made->size, error)) &&
           (!letter || !letter->file || pack_folder_write(folder, letter->file, letter->octets, letter->size, error));
}

static bool write_messages(const Packing *packing, GError **error)
{
    for (guint i = 0; i < packing->pack->items->len; i++) {
        const EvidenceItem *item = g_ptr_array_index(packing->pack->items, i);

        for (guint j = 0; j < item->attempts->len; j++) {
            const EvidenceAttempt *attempt = g_ptr_array_index(item->attempts, j);

            if (!write_attempt(packing->folder, attempt, error))
                return false;
        }
    }
    return true;
}

static bool write_papers(const Packing *packing, GError **error)
{
    for (guint i = 0; i < packing->pack->papers->len; i++) {
        const EvidencePaper *paper = g_ptr_array_index(packing->pack->papers, i);

        if (paper->file && !pack_folder_write(packing->folder, paper->file, paper->bytes, paper->size, error))
            return false;
    }
    return true;
}

static bool write_published(const Packing *packing, GError **error)
{
    const GPtrArray *all = packing->pack->published;

    for (guint i = 0; i < all->len; i++) {
        const EvidencePublished *published = g_ptr_array_index(all, i);

        if (published->file &&
            !pack_folder_write(packing->folder, published->file, published->octets, published->size, error))
            return false;
    }
    return true;
}

static bool write_pages(const Packing *packing, GError **error)
{
    const Playbook *playbook = material_playbook(packing->workspace->material);
    const char *spoken = locale_text_get(playbook->organization.name, language_name());
    const EvidencePageFrame frame = {
        .header = ledger_header(packing->ledger),
        .organization = spoken ? spoken : regime_text(playbook->organization.name, playbook->default_locale),
        .suffix = hand_over_suffix(&packing->encrypt),
        .now = packing->now};
    g_autofree char *page = evidence_page(packing->pack, &frame);
    g_autofree char *readme = evidence_readme(packing->pack, &frame);

    return write_text(packing->folder, INDEX, page, error) && write_text(packing->folder, README, readme, error);
}

static bool write_all(const Packing *packing, GError **error)
{
    g_autofree char *lines = evidence_pack_lines(packing->pack);
    g_autofree char *document = json_dumps(packing->document, JSON_SORT_KEYS | JSON_INDENT(2));
    const char *data = packing->pack->person->data;

    return write_text(packing->folder, EVENTS, lines, error) &&
           write_text(packing->folder, DOCUMENT, document, error) &&
           (!data || write_text(packing->folder, PERSON, data, error)) && write_messages(packing, error) &&
           write_papers(packing, error) && write_published(packing, error) && write_pages(packing, error);
}

static bool write_pack(Packing *packing, GError **error)
{
    const Options *options = packing->workspace->options;

    if (!options->out)
        return true;
    engines_initialize(); /* a tool that ends early must not end us */
    if (!pack_folder_encrypt(options->encrypt_to, &packing->encrypt, error))
        return false;
    packing->folder = pack_folder_begin(options->out, &packing->encrypt, error);
    return packing->folder && write_all(packing, error) && pack_folder_commit(packing->folder, error);
}

/* Telling --------------------------------------------------------------------------------------------------------- */

static void print_attempts(const EvidenceItem *item)
{
    const EvidenceMessage *message = item->message;
    char number[ID_NUMBER_LENGTH + 1];

    id_number(message->id, number);
    printf(_("%s, notice number %s: %s\n"), message->channel, number, _(message_state_name(message->state)));
    for (guint i = 0; i < item->attempts->len; i++) {
        const EvidenceAttempt *attempt = g_ptr_array_index(item->attempts, i);
        g_autofree char *at = attempt->at > 0 ? clock_format_utc(attempt->at) : g_strdup("-");

        printf(_("  attempt %d, %s, %s; check: %s\n"), attempt->attempt, at,
               attempt->outcome ? _(attempt->outcome) : _("on its way"), evidence_check_words(attempt));
    }
}

static char *next_of(const Packing *packing)
{
    const Workspace *workspace = packing->workspace;
    g_autofree char *folder = packing->folder ? text_shell_word(workspace->options->out) : NULL;

    g_autofree char *person = text_shell_word(workspace->options->person);

    if (!packing->folder)
        return g_strdup_printf("breach report %s%s --person %s --out DIR", workspace->typed, workspace->mode, person);
    if (packing->encrypt.tool != GATEWAY_ENCRYPT_NONE)
        return g_strdup_printf("breach status %s%s", workspace->typed, workspace->mode);
    return g_strdup_printf("cd %s && sha256sum -c " PACK_SUMS, folder);
}

static void tell_json(const Packing *packing, const char *verdict, const char *next)
{
    json_t *document = json_incref(packing->document);
    const PackFolder *folder = packing->folder;

    json_object_set_new(document, "folder", folder ? json_string(pack_folder_path(folder)) : json_null());
    json_object_set_new(document, "files", json_integer(folder ? (json_int_t)pack_folder_count(folder) : 0));
    json_object_set_new(document, "sums", folder ? json_string(pack_folder_sums(folder)) : json_null());
    json_object_set_new(document, "verdict", json_string(verdict));
    json_object_set_new(document, "next", json_string(next));
    output_json(document);
}

/* Words tell a rehearsal from the real thing wherever something is shown. */
static const char *mark_of(const Packing *packing)
{
    return ledger_header(packing->ledger)->status == INCIDENT_EXERCISE ? _("EXERCISE: ") : "";
}

static int tell(const Packing *packing)
{
    g_autofree char *english = evidence_verdict(packing->pack, true);
    g_autofree char *shown = evidence_verdict(packing->pack, false);
    g_autofree char *next = next_of(packing);

    if (packing->workspace->options->json) {
        tell_json(packing, english, next);
    } else {
        printf(_("%s%s: %s\n"), mark_of(packing), packing->pack->person->id,
               _(identity_told_name(packing->pack->person->told)));
        for (guint i = 0; i < packing->pack->items->len; i++)
            print_attempts(g_ptr_array_index(packing->pack->items, i));
        if (packing->folder)
            printf(_("%zu files in %s; SHA-256 of %s: %s\n"), pack_folder_count(packing->folder),
                   pack_folder_path(packing->folder), PACK_SUMS, pack_folder_sums(packing->folder));
        output_verdict(shown, next);
    }
    return evidence_pack_is_sound(packing->pack) ? EXIT_CODE_TOLD : EXIT_CODE_NOT_ALL;
}

static bool check_use(const Options *options)
{
    bool is_folder = options->out && strcmp(options->out, "-") != 0;

    if (is_folder || (!options->out && !options->encrypt_to))
        return true;
    output_refusal(error_make(BREACH_ERROR_INPUT, "evidence-use",
                              "evidence for one person is a folder: write --out DIR, which must not be there"));
    return false;
}

int report_person(const Options *options)
{
    g_autoptr(Workspace) workspace = NULL;
    g_autoptr(GError) error = NULL;
    Packing packing = {.now = clock_now(clock_system())};
    int code;

    if (!check_use(options))
        return EXIT_CODE_USAGE;
    workspace = workspace_open(options);
    packing.workspace = workspace;
    if (!workspace->material || !workspace->folder)
        return workspace_fail(workspace, NULL);
    code = look(&packing, &error) && write_pack(&packing, &error) ? tell(&packing) : workspace_fail(workspace, error);
    packing_clear(&packing);
    return code;
}
