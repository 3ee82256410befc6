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

/* What no id matched is in memory alone until it is looked up: it must not be called taken before. */
static bool settle(void *data)
{
    Taking *taking = data;

    return !taking->error && returned_finish(taking->returned, &taking->error);
}

/* What is counted, in the order in which it is shown */
static const struct {
    const char *name;
    size_t offset;
} counted[] = {
    {"mails", offsetof(ReturnedCounts, mails)},
    {"bounced", offsetof(ReturnedCounts, bounced)},
    {"about_us", offsetof(ReturnedCounts, about_us)},
    {"delivered", offsetof(ReturnedCounts, delivered)},
    {"delays", offsetof(ReturnedCounts, delays)},
    {"complaints", offsetof(ReturnedCounts, complaints)},
    {"auto_replies", offsetof(ReturnedCounts, auto_replies)},
    {"others", offsetof(ReturnedCounts, others)},
    {"by_address", offsetof(ReturnedCounts, by_address)},
    {"repeated", offsetof(ReturnedCounts, repeated)},
    {"unmatched", offsetof(ReturnedCounts, unmatched)},
    {"address_only", offsetof(ReturnedCounts, address_only)},
};

static int64_t *count_at(ReturnedCounts *counts, size_t i)
{
    return (int64_t *)(void *)((char *)counts + counted[i].offset);
}

static void add_counts(ReturnedCounts *counts, const ReturnedCounts *more)
{
    ReturnedCounts copy = *more;

    for (size_t i = 0; i < G_N_ELEMENTS(counted); i++)
        *count_at(counts, i) += *count_at(&copy, i);
}

static void log_counts(const ReturnedCounts *counts)
{
    ReturnedCounts copy = *counts;
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(counted); i++)
        g_string_append_printf(text, "%s%s=%" G_GINT64_FORMAT, i > 0 ? " " : "", counted[i].name, *count_at(&copy, i));
    log_event(LOG_AT_INFO, "mail", "%s", text->str);
    g_string_free(text, TRUE);
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
    bool is_read = mailbox_fetch(gateway, workspace->folder, take, settle, &taking, &problem);

    if (!taking.error)
        returned_finish(returned, &taking.error);
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
    g_autoptr(Returned) returned = returned_new(ledger, workspace->folder, clock_system());
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
    g_autoptr(Returned) returned = returned_new(ledger, workspace->folder, clock_system());
    Taking taking = {.returned = returned};
    bool is_read = mail_file_read(path, take, &taking, error);

    if (!taking.error)
        returned_finish(returned, &taking.error);
    *counts = returned_counts(returned);
    log_counts(counts);
    if (taking.error) {
        g_clear_error(error);
        g_propagate_error(error, taking.error);
        return false;
    }
    return is_read;
}

static void append_count(GString *text, const char *name, int64_t n)
{
    g_autofree char *number = text_grouped(n);

    if (n > 0 || text->len == 0)
        g_string_append_printf(text, _("%s%s: %s"), text->len > 0 ? _("; ") : "", name, number);
}

/* What somebody may want to know more about: a line each */
static void print_remarks(const ReturnedCounts *counts)
{
    g_autofree char *about_us = text_grouped(counts->about_us);
    g_autofree char *by_address = text_grouped(counts->by_address);
    g_autofree char *address_only = text_grouped(counts->address_only);

    if (counts->about_us > 0)
        printf(_("%s of those that came back refused us (policy, block list, content): no dead address; they are tried "
                 "again later\n"),
               about_us);
    if (counts->by_address > 0)
        printf(_("%s named no message, and were matched by the address, and the sender and time of what they return\n"),
               by_address);
    if (counts->address_only > 0)
        printf(_("%s name an address of this incident and prove nothing (forged, or about another mail of yours): they "
                 "changed nothing; look at them\n"),
               address_only);
}

void track_mail_print(const ReturnedCounts *counts)
{
    g_autoptr(GString) text = g_string_new(NULL);

    append_count(text, _("mails"), counts->mails);
    append_count(text, _("came back"), counts->bounced);
    append_count(text, _("arrived"), counts->delivered);
    append_count(text, _("delayed"), counts->delays);
    append_count(text, _("complaints"), counts->complaints);
    append_count(text, _("automatic answers"), counts->auto_replies);
    append_count(text, _("others"), counts->others);
    append_count(text, _("taken before"), counts->repeated);
    append_count(text, _("of no message here"), counts->unmatched);
    puts(text->str);
    print_remarks(counts);
}

json_t *track_mail_json(const ReturnedCounts *counts)
{
    ReturnedCounts copy = *counts;
    json_t *document = json_object();

    for (size_t i = 0; i < G_N_ELEMENTS(counted); i++)
        json_object_set_new(document, counted[i].name, json_integer(*count_at(&copy, i)));
    json_object_set_new(document, "noted",
                        json_integer(counts->delays + counts->complaints + counts->auto_replies + counts->others));
    return document;
}
