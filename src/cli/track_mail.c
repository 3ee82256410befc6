#include "cli/track_mail.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/output.h"
#include "dispatch/material.h"
#include "track/mail_file.h"
#include "track/mailbox.h"

typedef struct Taking {
    Returned *returned;
    GError *error; /* owned; what stopped it */
} Taking;

static bool take(const char *file, int number, const char *bytes, size_t size, void *data)
{
    Taking *taking = data;

    (void)file, (void)number;
    return returned_take(taking->returned, bytes, size, &taking->error);
}

/* The gateways of the channel email: NULL-terminated, the names are borrowed. */
static GPtrArray *mail_gateways(const Workspace *workspace)
{
    const GPtrArray *entries = material_playbook(workspace->material)->gateways;
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);

        if (strcmp(entry->channel, "email") == 0)
            g_ptr_array_add(names, (gpointer)entry->gateway);
    }
    g_ptr_array_add(names, NULL);
    return names;
}

static void add_counts(ReturnedCounts *counts, const ReturnedCounts *more)
{
    counts->mails += more->mails;
    counts->bounced += more->bounced;
    counts->delivered += more->delivered;
    counts->noted += more->noted;
    counts->repeated += more->repeated;
    counts->unmatched += more->unmatched;
}

/* Whether it is the mailbox that is to blame, and not this machine. */
static bool is_elsewhere(const GError *problem)
{
    return g_error_matches(problem, BREACH_ERROR, BREACH_ERROR_TEMPORARY) ||
           g_error_matches(problem, BREACH_ERROR, BREACH_ERROR_CONFIG);
}

static bool fetch(const Workspace *workspace, Returned *returned, const Gateway *gateway, GError **error)
{
    Taking taking = {.returned = returned};
    g_autoptr(GError) problem = NULL;
    bool is_read = mailbox_fetch(gateway, workspace->folder, take, &taking, &problem);

    if (taking.error) {
        g_propagate_error(error, taking.error);
        return false;
    }
    if (!is_read && !is_elsewhere(problem)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    if (!is_read)
        output_message("%s", problem->message);
    return true;
}

bool track_mailboxes(const Workspace *workspace, Ledger *ledger, ReturnedCounts *counts, bool *are_there,
                     GError **error)
{
    g_autoptr(GPtrArray) gateways = mail_gateways(workspace);
    g_autoptr(Returned) returned =
        returned_new(ledger, workspace->folder, (const char *const *)gateways->pdata, clock_system());
    const Gateway *gateway = material_gateway(workspace->material, "email");
    bool is_fetched;
    ReturnedCounts more;

    *are_there = gateway && gateway->mailbox;
    if (!*are_there)
        return true;
    is_fetched = fetch(workspace, returned, gateway, error);
    more = returned_counts(returned);
    add_counts(counts, &more);
    return is_fetched;
}

bool track_mail(const Workspace *workspace, Ledger *ledger, const char *path, ReturnedCounts *counts, GError **error)
{
    g_autoptr(GPtrArray) gateways = mail_gateways(workspace);
    g_autoptr(Returned) returned =
        returned_new(ledger, workspace->folder, (const char *const *)gateways->pdata, clock_system());
    Taking taking = {.returned = returned};
    bool is_read = mail_file_read(path, take, &taking, error);

    *counts = returned_counts(returned);
    log_event(LOG_AT_INFO, "mail",
              "mails=%" G_GINT64_FORMAT " bounced=%" G_GINT64_FORMAT " delivered=%" G_GINT64_FORMAT
              " noted=%" G_GINT64_FORMAT " repeated=%" G_GINT64_FORMAT " unmatched=%" G_GINT64_FORMAT,
              counts->mails, counts->bounced, counts->delivered, counts->noted, counts->repeated, counts->unmatched);
    if (taking.error) {
        g_propagate_error(error, taking.error);
        return false;
    }
    return is_read;
}

void track_mail_print(const ReturnedCounts *counts)
{
    g_autofree char *mails = text_grouped(counts->mails);
    g_autofree char *bounced = text_grouped(counts->bounced);
    g_autofree char *delivered = text_grouped(counts->delivered);
    g_autofree char *noted = text_grouped(counts->noted);
    g_autofree char *repeated = text_grouped(counts->repeated);
    g_autofree char *unmatched = text_grouped(counts->unmatched);

    printf(_("mails: %s; came back: %s; arrived: %s; delays, complaints and automatic answers: %s; taken before: %s; "
             "of no "
             "message here: %s\n"),
           mails, bounced, delivered, noted, repeated, unmatched);
}

json_t *track_mail_json(const ReturnedCounts *counts)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "mails", (json_int_t)counts->mails, "bounced",
                     (json_int_t)counts->bounced, "delivered", (json_int_t)counts->delivered, "noted",
                     (json_int_t)counts->noted, "repeated", (json_int_t)counts->repeated, "unmatched",
                     (json_int_t)counts->unmatched);
}
