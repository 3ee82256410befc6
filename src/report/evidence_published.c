#include "report/evidence_published.h"

#include <string.h>

#include "base/file.h"
#include "base/language.h"
#include "base/member.h"
#include "dispatch/publish.h"

#define TEXT_MOST ((size_t)16 * 1024 * 1024)
#define SHORT     12 /* digits of the digest in the name of the file */

static void free_published(gpointer data)
{
    EvidencePublished *published = data;

    g_free(published->locale);
    g_free(published->octets);
    g_free(published->file);
    g_free(published);
}

GPtrArray *evidence_published_new(void)
{
    return g_ptr_array_new_with_free_func(free_published);
}

const char *evidence_published_name(EvidencePublishedState state)
{
    static const char *const names[EVIDENCE_PUBLISHED_STATES] = {[EVIDENCE_PUBLISHED_HERE] = "here",
                                                                 [EVIDENCE_PUBLISHED_UNKEPT] = "unkept",
                                                                 [EVIDENCE_PUBLISHED_CHANGED] = "changed"};

    return names[state];
}

const char *evidence_published_words(EvidencePublishedState state)
{
    static const char *const words[EVIDENCE_PUBLISHED_STATES] = {
        [EVIDENCE_PUBLISHED_HERE] = N_("as it was published and read back"),
        [EVIDENCE_PUBLISHED_UNKEPT] = N_("its text is no longer kept: only its digest is known"),
        [EVIDENCE_PUBLISHED_CHANGED] = N_("CHANGED: what is kept is not the text that was published"),
    };

    return _(words[state]);
}

static bool is_known(const GPtrArray *all, const char *locale, const char *digest)
{
    for (guint i = 0; i < all->len; i++) {
        const EvidencePublished *published = g_ptr_array_index(all, i);

        if (strcmp(published->digest, digest) == 0 && strcmp(published->locale, locale) == 0)
            return true;
    }
    return false;
}

/* The octets end with the NUL behind the HTML, so that each part is a string. */
static bool find_parts(EvidencePublished *published)
{
    const char *end = published->octets + published->size;

    published->title = published->octets;
    published->text = published->title + strlen(published->title) + 1;
    return published->text < end;
}

/* Names of languages are letters, digits and hyphens (BCP 47); in a ledger that somebody has been at they may be
 * anything. */
static char *name_of(const EvidencePublished *published)
{
    g_autofree char *locale = g_strcanon(g_strdup(published->locale), G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-", '_');

    return g_strdup_printf("announcement/%s.%.*s.txt", locale, SHORT, published->digest);
}

static void read_text(EvidencePublished *published, const char *folder)
{
    g_autofree char *name = g_strconcat(published->digest, ".txt", NULL);
    g_autofree char *path = g_build_filename(folder, PUBLISH_KEPT, name, NULL);
    uint8_t digest[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];

    published->state = EVIDENCE_PUBLISHED_UNKEPT;
    published->octets = file_read(path, TEXT_MOST, &published->size, NULL);
    if (!published->octets)
        return;
    digest_sha256(published->octets, published->size, digest);
    digest_hex(digest, hex);
    published->state = EVIDENCE_PUBLISHED_CHANGED;
    if (strcmp(hex, published->digest) == 0 && find_parts(published)) {
        published->state = EVIDENCE_PUBLISHED_HERE;
        published->file = name_of(published);
    }
}

void evidence_published_add(GPtrArray *all, const json_t *event, const char *folder)
{
    static const char *const events[] = {"announcement_published", "announcement_withdrawn", NULL};
    const char *digest = member_text(event, "sha256");
    const char *locale = member_text(event, "locale");
    EvidencePublished *published;

    if (!g_strv_contains(events, member_text(event, "event")) || strlen(digest) != DIGEST_HEX_SIZE - 1 ||
        strspn(digest, "0123456789abcdef") != DIGEST_HEX_SIZE - 1 || is_known(all, locale, digest))
        return;
    published = g_new0(EvidencePublished, 1);
    published->locale = g_strdup(locale);
    published->edition = (int)json_integer_value(json_object_get(event, "edition"));
    g_strlcpy(published->digest, digest, sizeof published->digest);
    read_text(published, folder);
    g_ptr_array_add(all, published);
}
