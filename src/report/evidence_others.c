/* Addresses and numbers of other people in what came from outside: gateways' words and mails that came back. */
#include "report/evidence_private.h"

#include "base/member.h"
#include "track/bounce.h"

/* RFC 5322 3.2.3 (atext and the dot), RFC 6532 3.2. Whatever has the form of an address is taken for one. */
#define ADDRESS "[\\p{L}\\p{N}!#$%&'*+/=?^_`{|}~.-]+@([\\p{L}\\p{N}.-]*[\\p{L}\\p{N}])"

/* E.164: 15 digits at most; fewer than 7 are a code, a count or a time. They may stand in groups, with a plus sign. A
 * provider that refuses a whole batch names numbers without one as well; the ids of mail servers have as many digits.
 */
#define NUMBER "[0-9](?:[ ().-]{0,2}[0-9]){6,14}(?![0-9])"
#define SIGNED "\\+" NUMBER
#define BARE   "(?<![A-Za-z0-9+])[0-9]{7,15}(?![A-Za-z0-9])"

struct EvidenceOwn {
    GRegex *address;       /* owned */
    GRegex *signed_number; /* owned */
    GRegex *any_number;    /* owned */
    GHashTable *addresses; /* owned; those of the person, in lower case */
    GPtrArray *numbers;    /* owned; those of the person, digits alone, of char *, owned */
};

static void add_address(EvidenceOwn *own, const char *address)
{
    g_hash_table_add(own->addresses, g_utf8_strdown(address, -1));
}

/* "0086 138…" and "138…" are the end of the same number: zeros in front are dialled, and no part of it. Newly
 * allocated.
 */
static char *digits_of(const char *number)
{
    GString *digits = g_string_new(NULL);

    for (; *number; number++)
        if (g_ascii_isdigit(*number) && (*number != '0' || digits->len > 0))
            g_string_append_c(digits, *number);
    return g_string_free(digits, FALSE);
}

static void add_number(EvidenceOwn *own, const char *number)
{
    g_ptr_array_add(own->numbers, digits_of(number));
}

static void add_all(EvidenceOwn *own, const GRegex *form, const char *text,
                    void (*add)(EvidenceOwn *own, const char *found))
{
    g_autoptr(GMatchInfo) found = NULL;

    for (g_regex_match(form, text, 0, &found); g_match_info_matches(found); g_match_info_next(found, NULL)) {
        g_autofree char *match = g_match_info_fetch(found, 0);

        add(own, match);
    }
}

EvidenceOwn *evidence_own_new(const EvidencePerson *person)
{
    EvidenceOwn *own = g_new0(EvidenceOwn, 1);
    g_autoptr(GRegex) number = g_regex_new(NUMBER, G_REGEX_DEFAULT, 0, NULL);
    const char *data = person->data ? person->data : "";

    own->address = g_regex_new(ADDRESS, G_REGEX_OPTIMIZE, 0, NULL);
    own->signed_number = g_regex_new(SIGNED, G_REGEX_OPTIMIZE, 0, NULL);
    own->any_number = g_regex_new(SIGNED "|" BARE, G_REGEX_OPTIMIZE, 0, NULL);
    own->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    own->numbers = g_ptr_array_new_with_free_func(g_free);
    add_all(own, own->address, data, add_address);
    add_all(own, number, data, add_number);
    for (guint i = 0; i < person->messages->len; i++) {
        const EvidenceMessage *message = g_ptr_array_index(person->messages, i);

        add_address(own, message->endpoint);
        add_all(own, number, message->endpoint, add_number);
    }
    return own;
}

void evidence_own_free(EvidenceOwn *own)
{
    g_regex_unref(own->address);
    g_regex_unref(own->signed_number);
    g_regex_unref(own->any_number);
    g_hash_table_unref(own->addresses);
    g_ptr_array_unref(own->numbers);
    g_free(own);
}

static bool is_own(const EvidenceOwn *own, const char *address)
{
    g_autofree char *lower = g_utf8_strdown(address, -1);

    return g_hash_table_contains(own->addresses, lower);
}

static bool is_own_number(const EvidenceOwn *own, const char *number)
{
    g_autofree char *digits = digits_of(number);

    for (guint i = 0; i < own->numbers->len; i++) {
        const char *theirs = g_ptr_array_index(own->numbers, i);

        if (g_str_has_suffix(theirs, digits) || g_str_has_suffix(digits, theirs))
            return true;
    }
    return false;
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

static gboolean hide_number(const GMatchInfo *found, GString *done, gpointer user)
{
    g_autofree char *number = g_match_info_fetch(found, 0);

    g_string_append(done, is_own_number(user, number) ? number : "***");
    return FALSE;
}

/* Newly allocated; NULL: it is empty, or no text. */
static char *hide_all(EvidenceOwn *own, const char *words, bool is_numbered)
{
    const GRegex *form = is_numbered ? own->any_number : own->signed_number;
    g_autofree char *hidden = *words ? g_regex_replace_eval(own->address, words, -1, 0, 0, hide, own, NULL) : NULL;

    return hidden ? g_regex_replace_eval(form, hidden, -1, 0, 0, hide_number, own, NULL) : NULL;
}

void evidence_hide_others(EvidenceOwn *own, json_t *body, bool is_numbered)
{
    static const char *const keys[] = {"reply", "note"};

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *hidden = hide_all(own, member_text(body, keys[i]), is_numbered);

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
