#include "report/evidence_letter.h"

#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "channel/letter.h"
#include "dispatch/prepare.h"

#define MARK "SHA-256 " /* before the digest in what the engine says of a letter */

void evidence_letter_free(EvidenceLetter *letter)
{
    if (!letter)
        return;
    g_free(letter->octets);
    g_free(letter->why);
    g_free(letter->file);
    g_free(letter);
}

const char *evidence_letter_words(const EvidenceLetter *letter)
{
    static const char *const words[EVIDENCE_CHECKS] = {
        [EVIDENCE_SAME] = N_("the letter as PDF: the same file as in the print room's list, octet for octet"),
        [EVIDENCE_OTHER] =
            N_("the letter as PDF, made again of the words above: not the very file that was printed, since fonts, "
               "paper or the sender's address are others now"),
        [EVIDENCE_UNRECORDED] =
            N_("the letter as PDF, made again of the words above; no digest of the file was recorded"),
        [EVIDENCE_UNMADE] = N_("the letter cannot be made again as PDF"),
    };

    return _(words[letter->check]);
}

static void take_recorded(EvidenceLetter *letter, const char *reply)
{
    const char *mark = reply ? strstr(reply, MARK) : NULL;
    const char *digest = mark ? mark + strlen(MARK) : "";

    if (strspn(digest, "0123456789abcdef") == DIGEST_HEX_SIZE - 1)
        g_strlcpy(letter->recorded, digest, sizeof letter->recorded);
}

static char *draw(const EvidenceMaking *making, const Gateway *gateway, const char *const *people, size_t *size,
                  GError **error)
{
    g_auto(GStrv) names = prepare_names(gateway, &letter_engine);
    Prepared prepared = {0};
    char *octets = NULL;

    if (prepare_message(&(PrepareRequest){.gateway = gateway,
                                          .names = (const char *const *)names,
                                          .text = making->text,
                                          .scratch = making->scratch,
                                          .id = making->id,
                                          .endpoint = making->endpoint,
                                          .people = people,
                                          .now = making->at,
                                          .attempt = 1},
                        &prepared, error))
        octets = letter_draw(gateway, &prepared.message, size, error);
    prepare_clear(&prepared);
    return octets;
}

static EvidenceCheck compare(const EvidenceLetter *letter, const char *octets, size_t size)
{
    uint8_t digest[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];

    if (!*letter->recorded)
        return EVIDENCE_UNRECORDED;
    digest_sha256(octets, size, digest);
    digest_hex(digest, hex);
    return strcmp(hex, letter->recorded) == 0 ? EVIDENCE_SAME : EVIDENCE_OTHER;
}

EvidenceLetter *evidence_letter_new(const EvidenceMaking *making, const Gateway *gateway, const char *reply)
{
    const char *const only[] = {making->own, NULL};
    EvidenceLetter *letter = g_new0(EvidenceLetter, 1);
    g_autoptr(GError) error = NULL;
    g_autofree char *all = NULL;
    size_t size = 0;

    letter->check = EVIDENCE_UNMADE;
    take_recorded(letter, reply);
    all = draw(making, gateway, making->people, &size, &error);
    letter->octets = all ? draw(making, gateway, only, &letter->size, &error) : NULL;
    if (letter->octets)
        letter->check = compare(letter, all, size);
    else
        letter->why = g_strdup(error_english(error));
    return letter;
}
