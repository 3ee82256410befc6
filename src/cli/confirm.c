#include "cli/confirm.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "cli/send_summary.h"
#include "ledger/confirmation.h"

#define ANSWER_MAX 256

static bool refuse(const char *id, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Not to type what was asked for is no mistake. */
static bool is_mistake(const char *id)
{
    return strcmp(id, "confirm-no") != 0;
}

static bool refuse(const char *id, const char *format, ...)
{
    g_autoptr(GError) error = NULL;
    va_list arguments;

    va_start(arguments, format);
    error_set_va(&error, BREACH_ERROR_INPUT, id, NULL, format, arguments);
    va_end(arguments);
    log_event(LOG_AT_WARNING, "not-confirmed", "%s", error_english(error));
    output_message(is_mistake(id) ? "error: %s" : "%s", error->message);
    return false;
}

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

/* What is typed, without blanks around it; "" at the end of the input and at Ctrl-C. */
static char *read_answer(char answer[ANSWER_MAX])
{
    fflush(stderr);
    if (interrupted || !fgets(answer, ANSWER_MAX, stdin)) {
        answer[0] = '\0';
        fputc('\n', stderr);
    }
    return g_strstrip(answer);
}

/* The number of people is typed as it is, with or without commas. */
static bool ask_people(int64_t people)
{
    char answer[ANSWER_MAX];
    g_autofree char *grouped = text_grouped(people);
    g_autofree char *plain = g_strdup_printf("%" G_GINT64_FORMAT, people);

    fprintf(stderr, _("The number of people has grown by more than a fifth. Type it (%s) to go on: "), grouped);
    read_answer(answer);
    return strcmp(answer, grouped) == 0 || strcmp(answer, plain) == 0;
}

static bool ask_incident(const char *incident)
{
    char answer[ANSWER_MAX];

    fprintf(stderr, _("Type the incident id (%s) to send: "), incident);
    return strcmp(read_answer(answer), incident) == 0;
}

static bool ask_all(const Workspace *workspace, Ledger *ledger, const LedgerCounts *counts, const Confirmation *last,
                    GError **error)
{
    if (!send_summary_print(workspace, ledger, counts, last, error))
        return false;
    if ((send_summary_has_grown(counts->people, last) && !ask_people(counts->people)) ||
        !ask_incident(ledger_header(ledger)->incident))
        return refuse("confirm-no", N_("not confirmed: nothing was sent"));
    return true;
}

/* Ctrl-C is an answer: no. */
static bool ask(const Workspace *workspace, Ledger *ledger, const LedgerCounts *counts, const Confirmation *last,
                GError **error)
{
    struct sigaction action = {.sa_handler = interrupt}; /* without SA_RESTART: it ends the reading */
    struct sigaction before;
    bool is_confirmed;

    sigemptyset(&action.sa_mask);
    interrupted = 0;
    sigaction(SIGINT, &action, &before);
    is_confirmed = ask_all(workspace, ledger, counts, last, error);
    sigaction(SIGINT, &before, NULL);
    return is_confirmed;
}

/* breach status shows the beginning of a digest, which is easily taken for the whole. */
static bool is_cut_short(const char *expected, const char *digest)
{
    return expected && *expected && strlen(expected) < strlen(digest) && g_str_has_prefix(digest, expected);
}

/* What scripts give instead of answers. */
static bool check_expected(const Options *options, const LedgerHeader *header, const LedgerCounts *counts)
{
    guint64 people = 0;

    if (is_cut_short(options->expect_digest, header->digest))
        return refuse("confirm-digest-short",
                      N_("--expect-digest has only the first %zu characters of the plan's digest: all of them are "
                         "needed, %s; nothing was sent"),
                      strlen(options->expect_digest), header->digest);
    if (options->expect_digest && strcmp(options->expect_digest, header->digest) != 0)
        return refuse("confirm-digest", N_("the plan's digest is %s, not %s: somebody planned again; nothing was sent"),
                      header->digest, options->expect_digest);
    if (!options->expect_people)
        return true;
    if (g_ascii_string_to_unsigned(options->expect_people, 10, 0, G_MAXINT64, &people, NULL) &&
        (int64_t)people == counts->people)
        return true;
    return refuse("confirm-people",
                  counts->people == 1 ? N_("there is %" PRId64 " person, not %s; nothing was sent")
                                      : N_("there are %" PRId64 " people, not %s; nothing was sent"),
                  counts->people, options->expect_people);
}

static bool check_unasked(const Options *options, const LedgerHeader *header, const LedgerCounts *counts,
                          const Confirmation *last)
{
    if (!options->yes || !options->expect_digest)
        return refuse("confirm-question",
                      N_("an actual send without a question needs --yes --expect-digest %s; nothing was sent"),
                      header->digest);
    if (send_summary_has_grown(counts->people, last) && !options->expect_people)
        return refuse("confirm-people",
                      N_("there are %" PRId64 " people, and %" PRId64
                         " when a send was last confirmed: if that is right, add --expect-people %" PRId64
                         "; nothing was sent"),
                      counts->people, last->people, counts->people);
    return true;
}

static bool record(Ledger *ledger, const LedgerCounts *counts, GError **error)
{
    g_autofree char *by = posting_who();
    const LedgerHeader *header = ledger_header(ledger);
    const Confirmation confirmation = {clock_now(clock_system()), counts->people, counts->open, header->digest, by};

    log_event(LOG_AT_INFO, "confirmed", "people=%" G_GINT64_FORMAT " open=%" G_GINT64_FORMAT " digest=%s",
              counts->people, counts->open, header->digest);
    return confirmation_put(ledger, &confirmation, error);
}

bool confirm_send(const Workspace *workspace, Ledger *ledger, GError **error)
{
    const Options *options = workspace->options;
    const LedgerHeader *header = ledger_header(ledger);
    Confirmation last = {0};
    LedgerCounts counts;
    bool may_send;

    if (!ledger_counts(ledger, &counts, error) || !confirmation_last(ledger, &last, error))
        return false;
    if (counts.open == 0 && counts.climbing == 0 && counts.messages[MESSAGE_ATTEMPTING] == 0) {
        confirmation_clear(&last);
        return true; /* nothing is left to send */
    }
    may_send = check_expected(options, header, &counts);
    if (may_send && !options->yes && isatty(STDIN_FILENO))
        may_send = ask(workspace, ledger, &counts, &last, error);
    else if (may_send)
        may_send = check_unasked(options, header, &counts, &last);
    confirmation_clear(&last);
    return may_send && record(ledger, &counts, error);
}

/* Announcements --------------------------------------------------------------------------------------------------- */

static bool ask_to_publish(const char *incident)
{
    struct sigaction action = {.sa_handler = interrupt};
    struct sigaction before;
    char answer[ANSWER_MAX];

    sigemptyset(&action.sa_mask);
    interrupted = 0;
    sigaction(SIGINT, &action, &before);
    fprintf(stderr, _("Type the incident id (%s) to publish: "), incident);
    read_answer(answer);
    sigaction(SIGINT, &before, NULL);
    return strcmp(answer, incident) == 0 || refuse("confirm-no", N_("not confirmed: nothing was published"));
}

bool confirm_announcement(const Workspace *workspace, const char *digest)
{
    const Options *options = workspace->options;

    if (is_cut_short(options->expect_digest, digest))
        return refuse(
            "confirm-digest-short",
            N_("--expect-digest has only the first %zu characters of the announcement's digest: all of them are "
               "needed, %s; nothing was published"),
            strlen(options->expect_digest), digest);
    if (options->expect_digest && strcmp(options->expect_digest, digest) != 0)
        return refuse("confirm-digest",
                      N_("the announcement's digest is %s, not %s: it says something else now; nothing was published"),
                      digest, options->expect_digest);
    if (!options->yes && isatty(STDIN_FILENO))
        return ask_to_publish(material_playbook(workspace->material)->incident.id);
    if (options->yes && options->expect_digest)
        return true;
    return refuse("confirm-question",
                  N_("to publish without a question needs --yes --expect-digest %s; nothing was published"), digest);
}
