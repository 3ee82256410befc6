#include "cli/send_summary.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/foresight.h"
#include "cli/link_hosts.h"
#include "cli/sample_left.h"
#include "dispatch/render.h"
#include "ledger/hold.h"
#include "ledger/ledger_select.h"
#include "report/reason.h"

#define GROWTH_PERCENT 20

typedef struct Summary {
    const Workspace *workspace;
    const Playbook *playbook; /* borrowed */
    Ledger *ledger;
    const LedgerCounts *counts;
    int64_t now;
} Summary;

/* ---- who and how many ---- */

static void print_edition(const Summary *summary)
{
    const LedgerHeader *header = ledger_header(summary->ledger);
    const PlaybookUpdate *update = summary->playbook->update;

    fprintf(stderr, _("ACTUAL: this tells real people about %s, edition %d.\n"), header->incident, header->edition);
    if (header->edition > 1 && update)
        fprintf(stderr, _("  this edition: %s for those who were told before, a first notice for all others\n"),
                _(playbook_update_name(update->kind)));
}

static void print_counts(const Summary *summary)
{
    static const struct {
        Told told;
        const char *what;
    } parts[] = {
        {TOLD_DELIVERED, N_("delivered")},     {TOLD_ACCEPTED, N_("told")},           {TOLD_PENDING, N_("to be told")},
        {TOLD_IN_DOUBT, N_("in doubt")},       {TOLD_UNREACHABLE, N_("unreachable")}, {TOLD_WITHHELD, N_("withheld")},
        {TOLD_QUARANTINED, N_("quarantined")},
    };
    g_autofree char *open = text_grouped(summary->counts->open);
    g_autofree char *people = text_grouped(summary->counts->people);
    g_autoptr(GString) list = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *number = text_grouped(summary->counts->told[parts[i].told]);

        if (summary->counts->told[parts[i].told] > 0)
            g_string_append_printf(list, "%s%s %s", list->len ? ", " : "", number, _(parts[i].what));
    }
    fprintf(stderr,
            language_plural("  %s message is to be sent; ", "  %s messages are to be sent; ", summary->counts->open),
            open);
    fprintf(stderr, language_plural("%s person in all\n", "%s people in all\n", summary->counts->people), people);
    fprintf(stderr, _("  people: %s\n"), list->str);
}

bool send_summary_has_grown(int64_t people, const Confirmation *last)
{
    return last->people > 0 && people - last->people > last->people * GROWTH_PERCENT / 100;
}

static void print_change(const Summary *summary, const Confirmation *last)
{
    g_autofree char *at = clock_format_utc(last->at);
    g_autofree char *before = text_grouped(last->people);
    int64_t more = summary->counts->people - last->people, by = ABS(more);
    g_autofree char *difference = text_grouped(by);

    if (last->at == 0) {
        fputs(_("  no send of this ledger was confirmed before\n"), stderr);
        return;
    }
    if (more == 0)
        fprintf(stderr, _("  as many people as when %s confirmed at %.16sZ\n"), last->by, at);
    else
        fprintf(stderr,
                more > 0 ? language_plural("  %s person more than the %s that %s confirmed at %.16sZ%s\n",
                                           "  %s people more than the %s that %s confirmed at %.16sZ%s\n", by)
                         : language_plural("  %s person fewer than the %s that %s confirmed at %.16sZ%s\n",
                                           "  %s people fewer than the %s that %s confirmed at %.16sZ%s\n", by),
                difference, before, last->by, at,
                send_summary_has_grown(summary->counts->people, last) ? _(": IS THAT RIGHT?") : "");
}

/* ---- from whom, and what ---- */

static void print_senders(const Summary *summary)
{
    const GPtrArray *entries = summary->playbook->gateways;

    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);
        const Gateway *gateway = material_gateway(summary->workspace->material, entry->channel);

        g_autofree char *where = gateway_where(gateway);

        if (gateway->from)
            fprintf(stderr, _("  from %s by %s (%s)\n"), gateway->from, gateway->name, where);
        else
            fprintf(stderr, _("  %s by %s (%s)\n"), entry->channel, gateway->name, where);
    }
}

static bool print_texts(const Summary *summary, GHashTable *hosts, GError **error)
{
    g_autoptr(GPtrArray) texts = ledger_texts(summary->ledger, error);

    for (guint i = 0; texts && i < texts->len; i++) {
        const LedgerTextInfo *info = g_ptr_array_index(texts, i);
        g_autofree char *body = ledger_text(summary->ledger, info->no, error);
        g_autoptr(RenderText) text = body ? render_text_new(body, NULL) : NULL;
        g_autofree char *subject = text ? render_subject(text, NULL) : NULL;
        g_autofree char *number = text_grouped(info->open);
        json_t *value;

        if (!body)
            return false;
        if (info->open == 0) /* of an earlier edition, or told already */
            continue;
        value = json_loads(body, 0, NULL);
        link_hosts_find(value, hosts);
        json_decref(value);
        fprintf(stderr, _("  %s %s to %s, %s: %s\n"), number, info->channel, info->audience, info->locale,
                subject ? subject : _("(subject depends on the person)"));
    }
    return texts != NULL;
}

static void print_links(const Summary *summary, GHashTable *hosts)
{
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(hosts), (GCompareFunc)strcmp);
    g_autoptr(GString) list = g_string_new(NULL);

    for (GList *at = names; at; at = at->next) {
        const char *host = at->data;
        bool is_own = link_hosts_is_own(host, summary->playbook->organization.domains);

        g_string_append_printf(list, "%s%s%s", list->len ? ", " : "",
                               strcmp(host, "{{") == 0 ? _("(one that depends on the person)") : host,
                               is_own ? "" : _(" (NOT OURS)"));
    }
    fprintf(stderr, _("  links lead to: %s\n"), list->len ? list->str : _("nowhere: there are none"));
}

/* ---- until when ---- */

static bool print_forecast(const Summary *summary, GError **error)
{
    const Options *options = summary->workspace->options;
    const QuietHours *quiet = options->in_quiet_hours ? NULL : summary->playbook->quiet_hours;
    g_autoptr(Outlook) outlook = foresight_of_ledger(summary->workspace, summary->ledger, quiet, error);

    if (!outlook)
        return false;
    foresight_print_done(stderr, outlook, "  ");
    foresight_print_deadlines(stderr, outlook, "  ");
    return true;
}

/* ---- what brakes ---- */

static void print_quiet_hours(const Summary *summary)
{
    const QuietHours *quiet = summary->playbook->quiet_hours;
    int64_t until = quiet ? quiet_hours_until(quiet, NULL, summary->now) : 0;
    g_autofree char *words = until ? quiet_hours_words(quiet, until) : NULL;

    if (!quiet)
        fputs(_("  quiet hours: none\n"), stderr);
    else if (summary->workspace->options->in_quiet_hours)
        fputs(_("  quiet hours: NOT KEPT (--in-quiet-hours)\n"), stderr);
    else if (until)
        fprintf(stderr, _("  quiet hours: now; it begins at %s\n"), words);
    else
        fprintf(stderr, _("  quiet hours: kept, from %02d:%02d to %02d:%02d %s\n"), quiet->from / 60, quiet->from % 60,
                quiet->to / 60, quiet->to % 60, quiet->zone_name);
}

static bool print_holds(const Summary *summary, GError **error)
{
    g_autoptr(GPtrArray) holds = hold_list(summary->ledger, error);

    for (guint i = 0; holds && i < holds->len; i++) {
        const Hold *hold = g_ptr_array_index(holds, i);
        g_autofree char *words = hold_words(hold);
        g_autofree char *why = reason_text(hold->reason);

        if (hold_is_over(hold, summary->now))
            continue;
        fprintf(stderr, _("  HELD: %s, by %s: %s\n"), words, hold->by, why);
    }
    return holds != NULL;
}

static void print_sample_left(const Summary *summary)
{
    g_autofree char *left = sample_left(summary->workspace);

    if (left)
        fprintf(stderr, _("  STILL THE SAMPLE'S: %s\n"), left);
}

static void print_wave(const Summary *summary)
{
    const Options *options = summary->workspace->options;

    if (options->limit)
        fprintf(stderr,
                strcmp(options->limit, "1") == 0 ? _("  first wave: %s message, then it stops\n")
                                                 : _("  first wave: %s messages at most, then it stops\n"),
                options->limit);
}

bool send_summary_print(const Workspace *workspace, Ledger *ledger, const LedgerCounts *counts,
                        const Confirmation *last, GError **error)
{
    const Summary summary = {workspace, material_playbook(workspace->material), ledger, counts,
                             clock_now(clock_system())};
    g_autoptr(GHashTable) hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    print_edition(&summary);
    print_counts(&summary);
    print_change(&summary, last);
    print_senders(&summary);
    if (!print_texts(&summary, hosts, error))
        return false;
    print_links(&summary, hosts);
    print_sample_left(&summary);
    if (!print_forecast(&summary, error))
        return false;
    print_quiet_hours(&summary);
    if (!print_holds(&summary, error))
        return false;
    print_wave(&summary);
    fprintf(stderr, _("  plan digest %s\n"), ledger_header(ledger)->digest);
    return true;
}
