/* Addresses of other people in what came from outside: gateways' words and mails that came back. */
#include "report/evidence_private.h"

#include "base/member.h"
#include "track/bounce.h"

/* RFC 5322 3.2.3 (atext and the dot), RFC 6532 3.2. Whatever has the form of an address is taken for one. */
#define ADDRESS "[\\p{L}\\p{N}!#$%&'*+/=?^_`{|}~.-]+@([\\p{L}\\p{N}.-]*[\\p{L}\\p{N}])"

struct EvidenceOwn {
    GRegex *address;       /* owned */
    GHashTable *addresses; /* owned; those of the person, in lower case */
};

static void add_address(EvidenceOwn *own, const char *address)
{
    g_hash_table_add(own->addresses, g_utf8_strdown(address, -1));
}

static void add_all(EvidenceOwn *own, const char *text)
{
    g_autoptr(GMatchInfo) found = NULL;

    for (g_regex_match(own->address, text, 0, &found); g_match_info_matches(found); g_match_info_next(found, NULL)) {
        g_autofree char *address = g_match_info_fetch(found, 0);

        add_address(own, address);
    }
}

EvidenceOwn *evidence_own_new(const EvidencePerson *person)
{
    EvidenceOwn *own = g_new0(EvidenceOwn, 1);

    own->address = g_regex_new(ADDRESS, G_REGEX_OPTIMIZE, 0, NULL);
    own->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    add_all(own, person->data ? person->data : "");
    for (guint i = 0; i < person->messages->len; i++)
        add_address(own, ((const EvidenceMessage *)g_ptr_array_index(person->messages, i))->endpoint);
    return own;
}

void evidence_own_free(EvidenceOwn *own)
{
    g_regex_unref(own->address);
    g_hash_table_unref(own->addresses);
    g_free(own);
}

static bool is_own(const EvidenceOwn *own, const char *address)
{
    g_autofree char *lower = g_utf8_strdown(address, -1);

    return g_hash_table_contains(own->addresses, lower);
}

static gboolean hide(const GMatchInfo *found, GString *done, gpointer user)
{
    g_autofree char *address = g_match_info_fetch(found, 0);
    g_autofree char *domain = g_match_info_fetch(found, 1);

    if (is_own(user, address))
        g_string_append(done, address);
    else
        g_string_append_printf(done, "***@%s", domain);
    return FALSE;
}

void evidence_hide_others(EvidenceOwn *own, json_t *body)
{
    static const char *const keys[] = {"reply", "note"};

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        const char *words = member_text(body, keys[i]);
        g_autofree char *hidden = *words ? g_regex_replace_eval(own->address, words, -1, 0, 0, hide, own, NULL) : NULL;

        if (hidden)
            json_object_set_new(body, keys[i], json_string(hidden));
    }
}

/* One address alone is where the person's mail was sent on to. */
bool evidence_mail_names_others(const EvidenceOwn *own, const char *bytes, size_t size)
{
    g_autoptr(Bounce) bounce = bounce_read(bytes, size);
    g_autoptr(GHashTable) named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool is_foreign = false;

    for (guint i = 0; i < bounce->recipients->len; i++) {
        const BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, i);

        if (!*recipient->recipient)
            continue;
        g_hash_table_add(named, g_utf8_strdown(recipient->recipient, -1));
        is_foreign = is_foreign || !is_own(own, recipient->recipient);
    }
    return is_foreign && g_hash_table_size(named) > 1;
}
