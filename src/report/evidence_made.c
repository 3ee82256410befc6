#include "report/evidence_made.h"

#include <string.h>

#include "base/digest.h"
#include "base/error.h"
#include "model/handed.h"

static const char *const names[EVIDENCE_CHECKS] = {[EVIDENCE_SAME] = "same",
                                                   [EVIDENCE_OTHER] = "other",
                                                   [EVIDENCE_UNRECORDED] = "unrecorded",
                                                   [EVIDENCE_UNMADE] = "unmade"};

const char *evidence_check_name(EvidenceCheck check)
{
    return names[check];
}

void evidence_made_clear(EvidenceMade *made)
{
    g_free(made->octets);
    g_free(made->title);
    g_free(made->text);
    g_free(made->why);
    *made = (EvidenceMade){.octets = NULL};
}

/* The octets, newly allocated, and how the message reads. */
typedef struct Rendered {
    char *octets, *title, *text; /* owned */
    size_t size;
} Rendered;

static void rendered_clear(Rendered *rendered)
{
    g_free(rendered->octets);
    g_free(rendered->title);
    g_free(rendered->text);
}

static const char *frozen(const EvidenceMaking *making, const char *key)
{
    return json_string_value(json_object_get(making->gateway, key));
}

static bool put_mail(const EvidenceMaking *making, const RenderRequest *request, Rendered *rendered, GError **error)
{
    const char *data = NULL;

    if (!render_message(making->text, making->scratch, request, &data, &rendered->size, error))
        return false;
    rendered->octets = g_memdup2(data, rendered->size);
    return true;
}

static bool put_content(const EvidenceMaking *making, const RenderParts *parts, Rendered *rendered, GError **error)
{
    rendered->octets = handed_content(&(HandedContent){.message = making->id,
                                                       .channel = render_text_channel(making->text),
                                                       .locale = render_text_locale(making->text),
                                                       .endpoint = making->endpoint,
                                                       .title = parts->subject,
                                                       .text = parts->text,
                                                       .html = parts->html});
    rendered->size = rendered->octets ? strlen(rendered->octets) : 0;
    if (!rendered->octets)
        error_set(error, BREACH_ERROR_INPUT, "message-encoding", "%s is not valid UTF-8", "the text");
    return rendered->octets != NULL;
}

static bool render(const EvidenceMaking *making, const char *const *people, Rendered *rendered, GError **error)
{
    const RenderRequest request = {.id = making->id,
                                   .recipient = making->endpoint,
                                   .from = frozen(making, "from"),
                                   .from_name = frozen(making, "from_name"),
                                   .reply_to = frozen(making, "reply_to"),
                                   .people = people,
                                   .date = making->at};
    RenderParts parts;

    if (making->is_mail && !request.from) {
        error_set(error, BREACH_ERROR_INPUT, "evidence-gateway", "the sender of that time is not in the ledger");
        return false;
    }
    if (!render_parts(making->text, making->scratch, &request, &parts, error))
        return false;
    rendered->title = g_strdup(parts.subject);
    rendered->text = g_strdup(parts.text);
    return making->is_mail ? put_mail(making, &request, rendered, error) : put_content(making, &parts, rendered, error);
}

static EvidenceCheck compare(const EvidenceMaking *making, const Rendered *rendered)
{
    const char *recorded = making->is_mail ? making->sha256 : making->content;
    uint8_t digest[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];

    if (!*recorded)
        return EVIDENCE_UNRECORDED;
    digest_sha256(rendered->octets, rendered->size, digest);
    digest_hex(digest, hex);
    return strcmp(hex, recorded) == 0 ? EVIDENCE_SAME : EVIDENCE_OTHER;
}

static void take(EvidenceMade *made, Rendered *rendered)
{
    made->octets = g_steal_pointer(&rendered->octets);
    made->size = rendered->size;
    made->title = g_steal_pointer(&rendered->title);
    made->text = g_steal_pointer(&rendered->text);
}

/* Whether everything that is said in the one stands in the other as well. */
static bool is_equal(const Rendered *left, const Rendered *right)
{
    return left->size == right->size && memcmp(left->octets, right->octets, left->size) == 0;
}

/* Several people share it. Made of this one alone it holds nothing of the others; if that is what was handed over, the
 * others came to it later. */
static void judge_shared(const EvidenceMaking *making, const Rendered *all, Rendered *alone, EvidenceMade *made)
{
    EvidenceCheck check = compare(making, alone);

    made->check = compare(making, all);
    made->names_others = !is_equal(all, alone);
    if (made->check == EVIDENCE_OTHER && check == EVIDENCE_SAME) {
        made->check = EVIDENCE_SAME;
        made->names_others = false;
    }
    take(made, alone);
}

void evidence_make(const EvidenceMaking *making, EvidenceMade *made)
{
    const char *const only[] = {making->own, NULL};
    bool is_shared = making->people[0] && making->people[1];
    g_autoptr(GError) error = NULL;
    Rendered all = {.octets = NULL}, alone = {.octets = NULL};

    *made = (EvidenceMade){.check = EVIDENCE_UNMADE};
    if (!render(making, making->people, &all, &error) || (is_shared && !render(making, only, &alone, &error))) {
        made->why = g_strdup(error_english(error));
    } else if (is_shared) {
        judge_shared(making, &all, &alone, made);
    } else {
        made->check = compare(making, &all);
        take(made, &all);
    }
    rendered_clear(&all);
    rendered_clear(&alone);
}
