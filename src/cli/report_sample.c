#include "cli/report_person.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/file.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/workspace.h"
#include "report/evidence_sample.h"

#define SEED_MOST 200 /* octets */
#define DRAWN     N_("%u of %s people were drawn with the seed %s")

static bool check_use(const Options *options, size_t *size, GError **error)
{
    const char *text = options->sample;
    gint64 number = g_ascii_strtoll(text, NULL, 10);

    if (options->encrypt_to) {
        error_set(error, BREACH_ERROR_INPUT, "evidence-use",
                  "--encrypt-to is for --person: a sample holds no address");
        return false;
    }
    if (!*text || text[strspn(text, "0123456789")] || number < 1 || number > EVIDENCE_SAMPLE_MOST) {
        error_set(error, BREACH_ERROR_INPUT, "sample-size", "--sample takes a number of people from 1 to %d, not %s",
                  EVIDENCE_SAMPLE_MOST, text);
        return false;
    }
    if (!options->seed || !*options->seed || strlen(options->seed) > SEED_MOST ||
        text_has_controls(options->seed, strlen(options->seed)) || !g_utf8_validate(options->seed, -1, NULL)) {
        error_set(error, BREACH_ERROR_INPUT, "sample-seed",
                  "--sample needs --seed TEXT, which the auditor chooses: the same seed draws the same people");
        return false;
    }
    *size = (size_t)number;
    return true;
}

/* NULL: it goes to standard output. */
static const char *file_of(const Options *options)
{
    return options->out && strcmp(options->out, "-") != 0 ? options->out : NULL;
}

static char *verdict_of(const EvidenceSample *sample, bool english)
{
    g_autofree char *population = text_grouped(sample->population);

    return g_strdup_printf(english ? DRAWN : _(DRAWN), sample->people->len, population, sample->seed);
}

static void tell_json(const Workspace *workspace, const EvidenceSample *sample, const Ledger *ledger,
                      const char *digest, const char *verdict, const char *next)
{
    json_t *document = evidence_sample_json(sample, ledger_header(ledger));
    const char *out = file_of(workspace->options);

    json_object_set_new(document, "file", out ? json_string(out) : json_null());
    json_object_set_new(document, "sha256", out ? json_string(digest) : json_null());
    json_object_set_new(document, "verdict", json_string(verdict));
    json_object_set_new(document, "next", json_string(next));
    output_json(document);
}

/* Where the list itself goes to standard output, what is said of it goes beside it. */
static void tell(const Workspace *workspace, const EvidenceSample *sample, const Ledger *ledger, const char *csv)
{
    g_autofree char *english = verdict_of(sample, true);
    g_autofree char *shown = verdict_of(sample, false);
    g_autofree char *next =
        g_strdup_printf("breach report %s%s --person ID --out DIR", workspace->typed, workspace->mode);
    const char *mark = ledger_header(ledger)->status == INCIDENT_EXERCISE ? _("EXERCISE: ") : "";
    uint8_t digest[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];

    digest_sha256(csv, strlen(csv), digest);
    digest_hex(digest, hex);
    if (workspace->options->json) {
        tell_json(workspace, sample, ledger, hex, english, next);
    } else if (file_of(workspace->options)) {
        printf(_("%s%s, SHA-256 %s\n"), mark, file_of(workspace->options), hex);
        output_verdict(shown, next);
    } else {
        fputs(csv, stdout);
        output_message("%s%s", mark, shown);
    }
}

/* What was handed out stays as it is. */
static bool write_list(const char *path, const char *csv, GError **error)
{
    if (access(path, F_OK) == 0) {
        error_set(error, BREACH_ERROR_CREATE, "report-exists",
                  "%s is there already, and is left as it is: remove it, or give --out another name", path);
        return false;
    }
    return file_write(path, csv, strlen(csv), 0600, error);
}

static bool draw(const Workspace *workspace, size_t size, GError **error)
{
    const Options *options = workspace->options;
    g_autoptr(Ledger) ledger = workspace_ledger(workspace, error);
    g_autoptr(EvidenceSample) sample = ledger ? evidence_sample_draw(ledger, options->seed, size, error) : NULL;
    g_autofree char *csv = sample ? evidence_sample_csv(sample, ledger_header(ledger)) : NULL;

    if (!csv || (file_of(options) && !write_list(file_of(options), csv, error)))
        return false;
    tell(workspace, sample, ledger, csv);
    return true;
}

int report_sample(const Options *options)
{
    g_autoptr(Workspace) workspace = NULL;
    g_autoptr(GError) error = NULL;
    size_t size = 0;

    if (!check_use(options, &size, &error)) {
        output_refusal(g_steal_pointer(&error));
        return EXIT_CODE_USAGE;
    }
    workspace = workspace_open(options);
    if (!workspace->material || !workspace->folder)
        return workspace_fail(workspace, NULL);
    return draw(workspace, size, &error) ? EXIT_CODE_TOLD : workspace_fail(workspace, error);
}
