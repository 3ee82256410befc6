#include "track/bounce_clues.h"

#include <string.h>

#include "track/bounce_fields.h"
#include "track/bounce_text.h"

static void add(GPtrArray *tokens, const char *token, size_t length)
{
    g_autofree char *text = g_ascii_strdown(token, (gssize)length);

    if (!*text || tokens->len >= BOUNCE_CLUES)
        return;
    for (guint i = 0; i < tokens->len; i++)
        if (strcmp(g_ptr_array_index(tokens, i), text) == 0)
            return;
    g_ptr_array_add(tokens, g_steal_pointer(&text));
}

/* The token of VERP: bounce+TOKEN@example.com (model/address.h); the address itself may have a plus. */
static void add_verp(GPtrArray *tokens, const char *value)
{
    g_autoptr(GPtrArray) addresses = bounce_text_addresses(value);

    for (guint i = 0; i < addresses->len; i++) {
        const char *address = g_ptr_array_index(addresses, i);
        const char *at = strrchr(address, '@');
        const char *plus = at ? g_strrstr_len(address, at - address, "+") : NULL;

        if (plus)
            add(tokens, plus + 1, (size_t)(at - plus - 1));
    }
}

/* What is in front of the @ of each "<…@…>" */
static void add_ids(GPtrArray *tokens, const char *value)
{
    g_autoptr(GPtrArray) addresses = bounce_text_addresses(value);

    for (guint i = 0; i < addresses->len; i++) {
        const char *id = g_ptr_array_index(addresses, i);

        add(tokens, id, strcspn(id, "@"));
    }
}

static void add_fields(GPtrArray *tokens, const char *text, const char *name,
                       void (*add_value)(GPtrArray *tokens, const char *value))
{
    g_autoptr(GPtrArray) values = bounce_fields_all(text, name);

    for (guint i = 0; i < values->len; i++)
        add_value(tokens, g_ptr_array_index(values, i));
}

static void add_whole(GPtrArray *tokens, const char *value)
{
    add(tokens, value, strlen(value));
}

GPtrArray *bounce_clues(const BounceMail *mail, const char *original)
{
    /* where the envelope's recipient of the bounce is kept, the surest first: Postfix, qmail, Exim and Dovecot; To is
     * what the bouncing system wrote */
    static const char *const came_to[] = {"X-Original-To", "Delivered-To",   "Envelope-To",
                                          "X-Envelope-To", "X-Delivered-To", "To"};
    static const char *const answered[] = {"X-Original-Message-ID", "In-Reply-To", "References"};
    GPtrArray *tokens = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < G_N_ELEMENTS(came_to); i++)
        add_verp(tokens, bounce_mail_header(mail, came_to[i]));
    add_fields(tokens, mail->report->str, "Original-Envelope-Id", add_whole);
    add_fields(tokens, mail->feedback->str, "Original-Envelope-Id", add_whole);
    add_fields(tokens, mail->feedback->str, "Original-Mail-From", add_verp);
    add_fields(tokens, mail->returned->str, "Message-ID", add_ids);
    add_fields(tokens, original, "Message-ID", add_ids);
    add_fields(tokens, mail->disposition->str, "Original-Message-ID", add_ids);
    add_fields(tokens, mail->report->str, "X-Original-Message-ID", add_ids);
    add_fields(tokens, mail->returned->str, "Return-Path", add_verp);
    add_fields(tokens, original, "Return-Path", add_verp);
    for (size_t i = 0; i < G_N_ELEMENTS(answered); i++)
        add_ids(tokens, bounce_mail_header(mail, answered[i]));
    return tokens;
}
