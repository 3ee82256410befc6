#include "cli/posting.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/process.h"

#define ANSWER_MAX 64

char *posting_who(void)
{
    return g_strdup_printf("%s@%s", g_get_user_name(), g_get_host_name());
}

bool posting_is_reason(const char *reason)
{
    return reason && *reason && g_utf8_validate(reason, -1, NULL) && text_is_tame(reason);
}

/* The question ---------------------------------------------------------------------------------------------------- */

/* "1,204" is what was shown, so it may be typed as well. */
static bool is_number(const char *text, int64_t number)
{
    g_autofree char *plain = g_strdup_printf("%" G_GINT64_FORMAT, number);
    g_autofree char *grouped = text_grouped(number);

    return strcmp(text, plain) == 0 || strcmp(text, grouped) == 0;
}

static bool ask(int64_t count)
{
    g_autofree char *number = text_grouped(count);
    char answer[ANSWER_MAX];

    fprintf(stderr, _("Type the number of messages (%s) to go on: "), number);
    fflush(stderr);
    return fgets(answer, sizeof answer, stdin) && is_number(g_strstrip(answer), count);
}

bool posting_confirm(const Options *options, int64_t count, int *code)
{
    *code = EXIT_CODE_REFUSED;
    if (options->expect_count && !is_number(options->expect_count, count)) {
        output_refusal(error_make(BREACH_ERROR_INPUT, "decide-count",
                                  count == 1 ? N_("it concerns %" PRId64 " message, not %s: nothing was changed")
                                             : N_("it concerns %" PRId64 " messages, not %s: nothing was changed"),
                                  count, options->expect_count));
        return false;
    }
    if (options->yes && (options->expect_count || isatty(STDIN_FILENO)))
        return true;
    if (options->yes || !isatty(STDIN_FILENO)) {
        output_refusal(error_make(BREACH_ERROR_INPUT, "decide-terminal",
                                  "without a terminal this needs --yes --expect-count %" PRId64 "; nothing was changed",
                                  count));
        return false;
    }
    if (ask(count))
        return true;
    output_refusal(error_make(BREACH_ERROR_INPUT, "decide-unconfirmed", "not confirmed: nothing was changed"));
    return false;
}

/* Entries --------------------------------------------------------------------------------------------------------- */

void posting_begin(Posting *posting, Ledger *ledger, const char *by, const char *reason)
{
    *posting = (Posting){.ledger = ledger,
                         .at = clock_now(clock_system()),
                         .by = by,
                         .reason = reason,
                         .entries = g_array_new(FALSE, TRUE, sizeof(InboxEntry)),
                         .strings = g_ptr_array_new_with_free_func(g_free)};
}

static bool flush(Posting *posting, GError **error)
{
    bool done = posting->entries->len == 0 ||
                inbox_append_all(posting->ledger, (const InboxEntry *)(void *)posting->entries->data,
                                 posting->entries->len, posting->at, error);

    g_array_set_size(posting->entries, 0);
    g_ptr_array_set_size(posting->strings, 0);
    return done;
}

static bool add(Posting *posting, InboxEntry entry, const char *name, bool is_person, GError **error)
{
    char *copy = g_strdup(name);

    g_ptr_array_add(posting->strings, copy);
    if (is_person)
        entry.person = copy;
    else
        entry.message = copy;
    g_array_append_val(posting->entries, entry);
    return posting->entries->len < INBOX_TOGETHER || flush(posting, error);
}

bool posting_add(Posting *posting, MessageEvent event, const char *message, int attempt, GError **error)
{
    return add(posting, (InboxEntry){.event = event, .attempt = attempt, .reply = posting->reason, .by = posting->by},
               message, false, error);
}

bool posting_add_person(Posting *posting, MessageEvent event, const char *person, GError **error)
{
    return add(posting, (InboxEntry){.event = event, .reply = posting->reason, .by = posting->by}, person, true, error);
}

bool posting_end(Posting *posting, bool success, GError **error)
{
    bool done = success && flush(posting, error);

    g_array_unref(posting->entries);
    g_ptr_array_unref(posting->strings);
    return done;
}

/* Applying -------------------------------------------------------------------------------------------------------- */

static bool apply_some(Ledger *ledger, int *applied, GError **error)
{
    if (!ledger_begin(ledger, error))
        return false;
    if (inbox_apply(ledger, INBOX_TOGETHER, clock_now(clock_system()), applied, error) && ledger_commit(ledger, error))
        return true;
    ledger_rollback(ledger);
    return false;
}

static bool apply_all(Ledger *ledger, GError **error)
{
    int count = INBOX_TOGETHER;

    while (count == INBOX_TOGETHER)
        if (!apply_some(ledger, &count, error))
            return false;
    return true;
}

bool posting_apply(Workspace *workspace, Ledger *ledger, bool *applied, GError **error)
{
    bool is_ours = workspace->lock >= 0;
    g_autoptr(GError) problem = NULL;

    *applied = is_ours || workspace_prepare(workspace, &problem);
    if (!*applied) {
        if (g_error_matches(problem, BREACH_ERROR, BREACH_ERROR_TEMPORARY))
            return true;
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    *applied = apply_all(ledger, error);
    if (!is_ours) { /* nobody is kept from sending while a person thinks */
        close(workspace->lock);
        workspace->lock = -1;
    }
    return *applied;
}
