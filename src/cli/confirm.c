#include "cli/confirm.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/output.h"
#include "dispatch/render.h"

#define ANSWER_MAX 256

static void print_texts(Ledger *ledger)
{
    g_autoptr(GPtrArray) texts = ledger_texts(ledger, NULL);

    for (guint i = 0; texts && i < texts->len; i++) {
        const LedgerTextInfo *info = g_ptr_array_index(texts, i);
        g_autofree char *body = ledger_text(ledger, info->no, NULL);
        g_autoptr(RenderText) text = body ? render_text_new(body, NULL) : NULL;
        g_autofree char *subject = text ? render_subject(text, NULL) : NULL;
        g_autofree char *number = text_grouped(info->messages);

        fprintf(stderr, "  %s %s to %s, %s: %s\n", number, info->channel, info->audience, info->locale,
                subject ? subject : "(subject depends on the person)");
    }
}

static void print_senders(const Workspace *workspace)
{
    const GPtrArray *entries = material_playbook(workspace->material)->gateways;

    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);
        const Gateway *gateway = material_gateway(workspace->material, entry->channel);

        fprintf(stderr, "  from %s by %s (%s:%d)\n", gateway->from, gateway->name, gateway->host, gateway->port);
    }
}

static void print_summary(const Workspace *workspace, Ledger *ledger, const LedgerCounts *counts)
{
    const LedgerHeader *header = ledger_header(ledger);
    g_autofree char *open = text_grouped(counts->open);
    g_autofree char *people = text_grouped(counts->people);

    fprintf(stderr, "ACTUAL: this tells real people about %s, edition %d.\n", header->incident, header->edition);
    fprintf(stderr, "  %s messages are to be sent; %s people in all\n", open, people);
    print_senders(workspace);
    print_texts(ledger);
    fprintf(stderr, "  plan digest %s\n", header->digest);
}

static bool ask(const LedgerHeader *header)
{
    char answer[ANSWER_MAX];

    fprintf(stderr, "Type the incident id (%s) to send: ", header->incident);
    fflush(stderr);
    if (fgets(answer, sizeof answer, stdin) && strcmp(g_strstrip(answer), header->incident) == 0)
        return true;
    output_message("not confirmed: nothing was sent");
    return false;
}

bool confirm_send(const Workspace *workspace, Ledger *ledger)
{
    const Options *options = workspace->options;
    const LedgerHeader *header = ledger_header(ledger);
    LedgerCounts counts;

    if (!ledger_counts(ledger, &counts, NULL))
        return false;
    if (counts.open == 0 && counts.messages[MESSAGE_ATTEMPTING] == 0)
        return true; /* nothing is left to send */
    if (options->expect_digest && strcmp(options->expect_digest, header->digest) != 0) {
        output_message("error: the plan's digest is %s, not %s: somebody planned again; nothing was sent", header->digest,
                       options->expect_digest);
        return false;
    }
    if (options->yes && options->expect_digest)
        return true;
    if (options->yes || !isatty(STDIN_FILENO)) {
        output_message("error: an actual send without a question needs --yes --expect-digest %s; nothing was sent",
                       header->digest);
        return false;
    }
    print_summary(workspace, ledger, &counts);
    return ask(header);
}
