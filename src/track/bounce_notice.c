#include "track/bounce_notice.h"

#include <string.h>

#include <jansson.h>

#include "base/member.h"
#include "track/bounce_fields.h"

static void free_noticed(gpointer data)
{
    BounceNoticed *noticed = data;

    g_free(noticed->recipient);
    g_free(noticed->status);
    g_free(noticed->said);
    g_free(noticed);
}

/* sendmail folds a line of more than 990 octets by "!", a line end and a space. */
static char *unfolded(const char *text)
{
    GString *whole = g_string_new(text);

    g_string_replace(whole, "!\n ", "", 0);
    return g_string_free(whole, FALSE);
}

static json_t *parse(const char *text)
{
    g_autofree char *whole = unfolded(text + strspn(text, " \t\n"));
    json_t *document = *whole == '{' ? json_loads(whole, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
    const char *inner = json_string_value(json_object_get(document, "Message")); /* SNS around it */
    json_t *message = inner ? json_loads(inner, 0, NULL) : NULL;

    if (!message)
        return document;
    json_decref(document);
    return message;
}

static void add(GPtrArray *found, BounceKind kind, const char *recipient, const char *status, const char *said)
{
    const char *semicolon = strncmp(said, "smtp;", 5) == 0 ? said + 5 : said;
    BounceNoticed *noticed;

    if (found->len >= BOUNCE_RECIPIENTS)
        return;
    noticed = g_new0(BounceNoticed, 1);
    noticed->kind = kind;
    noticed->recipient = g_strdup(recipient);
    noticed->status = g_strdup(status);
    noticed->said = g_strdup(semicolon + strspn(semicolon, " "));
    g_ptr_array_add(found, noticed);
}

static void add_bounced(GPtrArray *found, const json_t *bounce)
{
    /* "Transient" also names a final failure that another day might end otherwise; nothing is retried by SES */
    const json_t *recipients = json_object_get(bounce, "bouncedRecipients"), *recipient;
    size_t i;

    json_array_foreach(recipients, i, recipient)
        add(found, strcmp(member_text(recipient, "action"), "delayed") == 0 ? BOUNCE_KIND_DELAY : BOUNCE_KIND_BOUNCE,
            member_text(recipient, "emailAddress"), member_text(recipient, "status"),
            member_text(recipient, "diagnosticCode"));
}

static void add_complained(GPtrArray *found, const json_t *complaint)
{
    const json_t *recipients = json_object_get(complaint, "complainedRecipients"), *recipient;
    size_t i;

    json_array_foreach(recipients, i, recipient)
        add(found, BOUNCE_KIND_COMPLAINT, member_text(recipient, "emailAddress"), "",
            member_text(complaint, "complaintFeedbackType"));
}

static void add_delivered(GPtrArray *found, const json_t *delivery)
{
    const json_t *recipients = json_object_get(delivery, "recipients"), *recipient;
    size_t i;

    json_array_foreach(recipients, i, recipient)
        add(found, BOUNCE_KIND_DELIVERED, json_string_value(recipient) ? json_string_value(recipient) : "", "",
            member_text(delivery, "smtpResponse"));
}

static void add_delayed(GPtrArray *found, const json_t *delay)
{
    const json_t *recipients = json_object_get(delay, "delayedRecipients"), *recipient;
    size_t i;

    json_array_foreach(recipients, i, recipient)
        add(found, BOUNCE_KIND_DELAY, member_text(recipient, "emailAddress"), member_text(recipient, "status"),
            member_text(recipient, "diagnosticCode"));
}

/* Amazon SES developer guide, "notification contents" (notificationType) and "event publishing" (eventType) */
static const struct {
    const char *type, *member;
    void (*add)(GPtrArray *found, const json_t *value);
} types[] = {
    {"Bounce", "bounce", add_bounced},
    {"Complaint", "complaint", add_complained},
    {"Delivery", "delivery", add_delivered},
    {"DeliveryDelay", "deliveryDelay", add_delayed},
};

GPtrArray *bounce_notice_read(const char *text)
{
    json_t *document = parse(text);
    const char *type = member_text(document, "notificationType");
    GPtrArray *found = g_ptr_array_new_with_free_func(free_noticed);

    if (!*type)
        type = member_text(document, "eventType");
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(type, types[i].type) == 0)
            types[i].add(found, json_object_get(document, types[i].member));
    json_decref(document);
    if (found->len == 0)
        g_clear_pointer(&found, g_ptr_array_unref);
    return found;
}
