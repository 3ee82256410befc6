#include "report/found.h"

#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "model/address.h"
#include "model/phone.h"
#include "report/clock_json.h"
#include "report/reason.h"
#include "report/status.h"

#define MESSAGES_MOST 200 /* of one person that are shown */
#define PHONE_TAIL    4   /* digits by which a row is looked at more closely */

static const char *const names[] = {"email", "phone", "number"};

const char *found_by_name(FoundBy by)
{
    return names[by];
}

/* What was asked -------------------------------------------------------------------------------------------------- */

/* As id_number() writes it. */
static char *parse_number(const char *text, GError **error)
{
    GString *number = g_string_new(NULL);
    char prefix[ID_PREFIX_LENGTH + 1];
    int digits = 0;

    if (!id_of_number(text, prefix)) {
        error_set(error, BREACH_ERROR_INPUT, "find-number",
                  "%s is no notice number: 16 digits, of which the last checks the others; ask for it again", text);
        g_string_free(number, TRUE);
        return NULL;
    }
    for (; *text; text++)
        if (g_ascii_isdigit(*text)) {
            if (digits > 0 && digits % 4 == 0)
                g_string_append_c(number, ' ');
            g_string_append_c(number, *text);
            digits++;
        }
    return g_string_free(number, FALSE);
}

char *found_parse(FoundBy by, const char *text, const char *country, GError **error)
{
    g_autoptr(GError) problem = NULL;
    char *parsed;

    if (by == FOUND_BY_NUMBER)
        return parse_number(text, error);
    parsed = by == FOUND_BY_EMAIL ? address_parse_email(text, &problem) : phone_normalize(text, country, &problem);
    if (!parsed && by == FOUND_BY_EMAIL)
        error_set(error, BREACH_ERROR_INPUT, "find-email", "--email: %s", problem->message);
    else if (!parsed)
        error_set(error, BREACH_ERROR_INPUT, "find-phone", "--phone: %s", problem->message);
    return parsed;
}

/* Comparing ------------------------------------------------------------------------------------------------------- */

typedef struct Looking {
    FoundBy by;
    const char *asked;
    char *hint;          /* owned; what a row that fits surely holds; of a telephone number its last digits */
    const char *country; /* or NULL */
} Looking;

/* Whoever asks may spell the local part in another case than we have it. */
static bool is_asked(const Looking *looking, const char *cell)
{
    g_autofree char *normal =
        looking->by == FOUND_BY_EMAIL ? address_parse_email(cell, NULL) : phone_normalize(cell, looking->country, NULL);

    return normal && g_ascii_strcasecmp(normal, looking->asked) == 0;
}

static bool is_in_column(const Looking *looking, const char *value)
{
    g_auto(GStrv) cells = value ? g_strsplit(value, ";", -1) : NULL;

    for (char **cell = cells; cell && *cell; cell++)
        if (is_asked(looking, g_strstrip(*cell)))
            return true;
    return false;
}

/* Whether the digits follow each other, with anything between them that people part a number by: "12 34". */
static bool holds_digits(const char *text, const char *digits)
{
    for (const char *start = strchr(text, *digits); start; start = strchr(start + 1, *digits)) {
        const char *at = start, *digit = digits;

        while (*at && *digit && (*at == *digit || !g_ascii_isalnum(*at)))
            digit += *at++ == *digit ? 1 : 0;
        if (!*digit)
            return true;
    }
    return false;
}

static bool may_fit(const Looking *looking, const char *text)
{
    return looking->by == FOUND_BY_PHONE ? holds_digits(text, looking->hint) : strcasestr(text, looking->hint) != NULL;
}

static bool fits(const char *text, bool is_data, void *user)
{
    static const char *const columns[][2] = {{"email", "guardian_email"}, {"phone", "guardian_phone"}};
    const Looking *looking = user;
    json_auto_t *data = NULL;

    if (!is_data)
        return g_ascii_strcasecmp(text, looking->asked) == 0;
    if (!may_fit(looking, text))
        return false;
    data = json_loads(text, 0, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(columns[0]); i++)
        if (is_in_column(looking, json_string_value(json_object_get(data, columns[looking->by][i]))))
            return true;
    return false;
}

static char *hint_of(FoundBy by, const char *asked)
{
    size_t length = strlen(asked);

    if (by == FOUND_BY_EMAIL)
        return g_strndup(asked, strcspn(asked, "@"));
    return g_strdup(asked + (length > PHONE_TAIL ? length - PHONE_TAIL : 0));
}

/* People ---------------------------------------------------------------------------------------------------------- */

static void free_person(gpointer data)
{
    FoundPerson *one = data;

    ledger_found_free(one->person);
    g_clear_pointer(&one->messages, g_ptr_array_unref);
    g_clear_pointer(&one->kinds, g_ptr_array_unref);
    g_free(one->locale);
    g_free(one);
}

/* Those of the playbook, or the ones that the person's row narrows them to. */
static GPtrArray *kinds_of(const Playbook *playbook, const json_t *data)
{
    const char *named = json_string_value(json_object_get(data, "data_kinds"));
    g_auto(GStrv) only = g_strsplit(named ? named : "", ";", -1);
    GPtrArray *kinds = g_ptr_array_new();

    for (char **name = only; *name; name++)
        g_strstrip(*name);
    for (guint i = 0; i < playbook->data_kinds->len; i++) {
        DataKind *kind = g_ptr_array_index(playbook->data_kinds, i);

        if (!named || !*named || g_strv_contains((const char *const *)only, kind->name))
            g_ptr_array_add(kinds, kind);
    }
    return kinds;
}

static bool add_person(Found *found, Ledger *ledger, LedgerFound *person, GError **error)
{
    const LedgerFilter filter = {.states = UINT32_MAX, .person_no = person->no};
    FoundPerson *one = g_new0(FoundPerson, 1);
    json_auto_t *data = person->data ? json_loads(person->data, 0, NULL) : NULL;
    const char *locale = json_string_value(json_object_get(data, "locale"));

    one->person = person;
    one->kinds = kinds_of(found->playbook, data);
    one->locale = locale ? locale_normalize(locale) : NULL;
    g_ptr_array_add(found->people, one);
    one->messages = ledger_select(ledger, &filter, 0, MESSAGES_MOST, error);
    if (!one->messages || !ledger_select_details(ledger, one->messages, error))
        return false;
    one->is_reached = found->by == FOUND_BY_NUMBER;
    for (guint i = 0; i < one->messages->len; i++) {
        const LedgerMatch *match = g_ptr_array_index(one->messages, i);

        if (match->state != MESSAGE_ACCEPTED && match->state != MESSAGE_DELIVERED)
            continue;
        one->is_told = true;
        /* A call that is on the list counts as told; nobody has heard anything at this number before it is made. */
        if (match->state == MESSAGE_ACCEPTED && g_strcmp0(match->channel, "phone") == 0)
            continue;
        one->is_reached =
            one->is_reached || (match->endpoint && g_ascii_strcasecmp(match->endpoint, found->asked) == 0);
    }
    return true;
}

Found *found_look(Ledger *ledger, const Playbook *playbook, FoundBy by, const char *asked, int64_t now, GError **error)
{
    g_autoptr(Found) found = g_new0(Found, 1);
    Looking looking = {.by = by, .asked = asked, .hint = hint_of(by, asked), .country = playbook->people_country};
    g_autoptr(GPtrArray) people =
        by == FOUND_BY_NUMBER ? ledger_find_number(ledger, asked, error) : ledger_find(ledger, fits, &looking, error);

    g_free(looking.hint);
    found->people = g_ptr_array_new_with_free_func(free_person);
    if (!people)
        return NULL;
    found->playbook = playbook;
    found->by = by;
    found->asked = g_strdup(asked);
    found->hash =
        g_compute_hmac_for_string(G_CHECKSUM_SHA256, ledger_header(ledger)->secret, ID_SECRET_SIZE, asked, -1);
    found->now = now;
    while (people->len > 0)
        if (!add_person(found, ledger, g_ptr_array_steal_index(people, 0), error))
            return NULL;
    return g_steal_pointer(&found);
}

void found_free(Found *found)
{
    if (!found)
        return;
    g_clear_pointer(&found->people, g_ptr_array_unref);
    g_free(found->asked);
    g_free(found->hash);
    g_free(found);
}

bool found_is_reached(const Found *found)
{
    for (guint i = 0; i < found->people->len; i++)
        if (((const FoundPerson *)g_ptr_array_index(found->people, i))->is_reached)
            return true;
    return false;
}

const char *found_locale(const Found *found)
{
    const FoundPerson *first = found->people->len > 0 ? g_ptr_array_index(found->people, 0) : NULL;

    return first && first->locale && found_is_reached(found) ? first->locale : found->playbook->default_locale;
}

/* Text ------------------------------------------------------------------------------------------------------------ */

static void append_message(GString *text, const LedgerMatch *match, int64_t now)
{
    g_autofree char *when = match->changed_at >= 0 ? status_time(match->changed_at, now) : NULL;

    if (when)
        g_string_append_printf(text, _("    %s: %s since %s\n"), match->channel, _(message_state_name(match->state)),
                               when);
    else
        g_string_append_printf(text, _("    %s: %s\n"), match->channel, _(message_state_name(match->state)));
}

static char *kinds_words(const FoundPerson *one)
{
    GString *words = g_string_new(NULL);

    for (guint i = 0; i < one->kinds->len; i++)
        g_string_append_printf(words, "%s%s", i > 0 ? ", " : "",
                               ((const DataKind *)g_ptr_array_index(one->kinds, i))->name);
    return g_string_free(words, FALSE);
}

static void append_person(GString *text, const FoundPerson *one, guint number, int64_t now)
{
    g_autofree char *kinds = kinds_words(one);

    g_string_append_printf(text, _("%u. affected; data: %s\n"), number, *kinds ? kinds : "-");
    for (guint i = 0; i < one->person->notices->len; i++) {
        const LedgerFoundNotice *notice = g_ptr_array_index(one->person->notices, i);
        g_autofree char *why = notice->reason ? reason_text(notice->reason) : NULL;

        g_string_append_printf(text, _("  audience %s, edition %d%s%s\n"), *notice->audience ? notice->audience : "-",
                               notice->edition, why ? ": " : "", why ? why : "");
    }
    for (guint i = 0; i < one->messages->len; i++)
        append_message(text, g_ptr_array_index(one->messages, i), now);
}

char *found_text(const Found *found)
{
    GString *text = g_string_new(NULL);

    if (found->people->len == 0)
        g_string_append(text, _("not found: nobody in this incident has it\n"));
    if (found->people->len > 1)
        g_string_append_printf(text, _("%u people share it: tell the caller nothing about the others\n"),
                               found->people->len);
    for (guint i = 0; i < found->people->len; i++)
        append_person(text, g_ptr_array_index(found->people, i), i + 1, found->now);
    return g_string_free(text, FALSE);
}

/* JSON ------------------------------------------------------------------------------------------------------------ */

static json_t *person_json(const FoundPerson *one)
{
    json_t *kinds = json_array(), *notices = json_array(), *messages = json_array();

    for (guint i = 0; i < one->kinds->len; i++)
        json_array_append_new(kinds, json_string(((const DataKind *)g_ptr_array_index(one->kinds, i))->name));
    for (guint i = 0; i < one->person->notices->len; i++) {
        const LedgerFoundNotice *notice = g_ptr_array_index(one->person->notices, i);

        json_array_append_new(notices, json_pack("{s:s, s:i, s:s?}", "audience", notice->audience, "edition",
                                                 notice->edition, "reason", notice->reason));
    }
    for (guint i = 0; i < one->messages->len; i++) {
        const LedgerMatch *match = g_ptr_array_index(one->messages, i);

        json_array_append_new(messages, json_pack("{s:s, s:s, s:s, s:o}", "audience", match->audience, "channel",
                                                  match->channel, "state", message_state_name(match->state), "since",
                                                  clock_json_at(match->changed_at)));
    }
    return json_pack("{s:s?, s:I, s:s?, s:b, s:o, s:o, s:o}", "person", one->person->id, "row",
                     (json_int_t)one->person->row, "locale", one->locale, "told", one->is_told, "kinds", kinds,
                     "notices", notices, "messages", messages);
}

json_t *found_json(const Found *found)
{
    json_t *list = json_array();

    for (guint i = 0; i < found->people->len; i++)
        json_array_append_new(list, person_json(g_ptr_array_index(found->people, i)));
    return list;
}
