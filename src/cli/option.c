#include "cli/option.h"

#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/text.h"

#define ROW(field, option, kind, value, help) {option, kind, offsetof(Options, field), value, help, NULL}
#define ROW_OF(command, field, option, kind, value, help)                                                              \
    {option, kind, offsetof(Options, field), value, help, command}
#define MANY "FILE…" /* what a command with Command.many takes any number of */

static const OptionSpec specs[] = {
    ROW(dry_run, "dry-run", OPTION_FLAG, NULL, "rehearse: nothing leaves this machine, whatever the playbook's status"),
    ROW(yes, "yes", OPTION_FLAG, NULL,
        "do not ask; without a terminal it needs --expect-digest or --expect-count, too"),
    ROW(expect_digest, "expect-digest", OPTION_TEXT, "DIGEST",
        "send only if the plan has this digest (see breach plan)"),
    ROW(patience, "patience", OPTION_TEXT, "TIME", "wait this long without progress before ending with 75 (PT15M)"),
    ROW(as_planned, "as-planned", OPTION_FLAG, NULL, "send what was planned although files have changed since"),
    ROW(limit, "limit", OPTION_TEXT, "N", N_("a first wave: try N messages, then stop and say how many were refused")),
    ROW(stop_over, "stop-over", OPTION_TEXT, "PERCENT", N_("with --limit: hold everything if more were refused (5)")),
    ROW(in_quiet_hours, "in-quiet-hours", OPTION_FLAG, NULL,
        N_("send although the playbook's quiet hours forbid it now")),
    ROW(climb, "climb", OPTION_TEXT, "N", N_("let N notices go on to the next channel of their ladder, whatever that costs")),
    ROW(adopt, "adopt", OPTION_FLAG, NULL, "go on from a copied or restored state folder"),
    ROW(from, "from", OPTION_TEXT, "DIR", "copy this standing folder, which was rehearsed"),
    ROW(actual, "actual", OPTION_FLAG, NULL, "the new incident is actual, no exercise"),
    ROW(gateway, "gateway", OPTION_TEXT, "NAME", "the gateway of this name"),
    ROW(channel, "channel", OPTION_TEXT, "CHANNEL", "the channel: email, sms, voice, phone, push, im, letter or webhook"),
    ROW(audience, "audience", OPTION_TEXT, "ID", "the audience of this id"),
    ROW(domain, "domain", OPTION_TEXT, "DOMAIN", "addresses at this domain"),
    ROW(person, "person", OPTION_TEXT, "ID", "the person of this id in the people file"),
    ROW(message, "message", OPTION_TEXT, "ID", "the message of this id"),
    ROW(row, "row", OPTION_TEXT, "N", "the person in this data row of the people file"),
    ROW(outcome, "outcome", OPTION_TEXT, "OUTCOME",
        "how they ended: failed, bounced, deferred, or all of failed and bounced"),
    ROW(code, "code", OPTION_TEXT, "CODE", "the relay's answer: 550, 5.1.1, or the beginning of one: 5.1"),
    ROW(all_doubts, "all-doubts", OPTION_FLAG, NULL, "every message in doubt that waits for a person"),
    ROW(sent, "sent", OPTION_FLAG, NULL, "it arrived: the relay's or the provider's log says so"),
    ROW(not_sent, "not-sent", OPTION_FLAG, NULL, "it was surely not taken: it is to be sent"),
    ROW(resend, "resend", OPTION_FLAG, NULL, "send it again, although it may be the second copy"),
    ROW(mended, "mended", OPTION_FLAG, NULL, "what was wrong is mended: try again what could not be rendered"),
    ROW(withhold, "withhold", OPTION_FLAG, NULL, "do not tell this person; every later plan keeps to it"),
    ROW(reason, "reason", OPTION_TEXT, "TEXT", "why; it stands in the log with your name"),
    ROW(expect_count, "expect-count", OPTION_TEXT, "N", "go on only if it concerns exactly so many"),
    ROW(edition_kind, "edition-kind", OPTION_TEXT, "KIND", "first or update: as to somebody who was told before"),
    ROW(send_to, "send-to", OPTION_TEXT, "ADDRESS", "send it, marked as a test, to this address and to nobody else"),
    ROW(text, "text", OPTION_FLAG, NULL, "print the plain text and nothing else"),
    ROW(html, "html", OPTION_FLAG, NULL, "print the HTML part and nothing else"),
    ROW(raw, "raw", OPTION_FLAG, NULL, "print the whole message as it goes on the wire (.eml)"),
    ROW(expect_people, "expect-people", OPTION_TEXT, "N",
        "send although the people grew much, if they are exactly so many"),
    ROW(promises, "promises", OPTION_FLAG, NULL,
        "show promise by promise whether what the policies promise is kept"),
    ROW(probe, "probe", OPTION_FLAG, NULL,
        "talk to the gateways, without sending: TLS, password, envelope, SPF, DMARC"),
    ROW(ready, "ready", OPTION_FLAG, NULL, "the monthly look: what is old, untried or missing in a standing playbook"),
    ROW(resolver, "resolver", OPTION_TEXT, "ADDRESS",
        "ask this DNS resolver (ADDRESS or ADDRESS:PORT) for SPF and DMARC"),
    ROW(trace, "trace", OPTION_TEXT, "FILE", "write every step with the relays to FILE (-: standard error), redacted"),
    ROW(list, "list", OPTION_TEXT, "STATE",
        "a line for everybody who is unreachable, withheld, quarantined, in_doubt or pending"),
    ROW(watch, "watch", OPTION_FLAG, NULL, N_("go on showing the numbers as they change; q or Ctrl-C ends it")),
    ROW(interval, "interval", OPTION_TEXT, "SECONDS", N_("--watch: look again after so many seconds (1)")),
    ROW(handover, "handover", OPTION_FLAG, NULL, N_("a page for whoever takes over: what was decided, what is open and whose it is")),
    ROW(since, "since", OPTION_TEXT, "TIME", N_("--handover: from this time on, or for so long: 2026-11-21T22:10+08:00, PT8H (PT12H)")),
    ROW(draft, "draft", OPTION_FLAG, NULL, N_("write the pages beside the playbook and publish nothing")),
    ROW(kit, "kit", OPTION_TEXT, "DIR",
        N_("write a holding statement, questions and answers, and a note to the staff into DIR")),
    ROW(update, "update", OPTION_FLAG, NULL, N_("go on only if this edition is an update")),
    ROW(correct, "correct", OPTION_FLAG, NULL, N_("go on only if this edition is a correction")),
    ROW(withdraw, "withdraw", OPTION_FLAG, NULL, N_("announce: go on only if this edition is a withdrawal; file: take back a wrong entry")),
    ROW(locale, "locale", OPTION_TEXT, "LOCALE", N_("only in this language: zh-CN, en")),
    ROW(listen, "listen", OPTION_TEXT, "ADDRESS", N_("listen here (127.0.0.1:8077)")),
    ROW(token_file, "token-file", OPTION_TEXT, "FILE", N_("show the page only to whoever has the token in this file (0600)")),
    ROW_OF("record", outcome, "outcome", OPTION_TEXT, "OUTCOME",
           N_("letter: delivered or returned; phone: reached, no-answer, wrong-number or refused; response: started or "
              "done; inquiry: received, verified, extended or answered")),
    ROW_OF("record", from, "from", OPTION_TEXT, "FILE", N_("record every line of this CSV file, such as a filled-in calls.csv")),
    ROW_OF("record", reason, "reason", OPTION_TEXT, "TEXT", N_("what the post or the person said, or why, in one line")),
    ROW(at, "at", OPTION_TEXT, "TIME", N_("when it happened, with its offset: 2026-11-21T22:10+08:00")),
    ROW(by, "by", OPTION_TEXT, "NAME", N_("who did it: telephoned, opened the post, entered, decided, closed")),
    ROW(lower, "lower", OPTION_TEXT, "N", N_("affected: at least so many people")),
    ROW(likely, "likely", OPTION_TEXT, "N", N_("affected: so many people, as far as is known; reports give this number")),
    ROW(upper, "upper", OPTION_TEXT, "N", N_("affected: at most so many people; thresholds of the law take this number")),
    ROW(regime, "regime", OPTION_TEXT, "REGIME", N_("decision: the body of law under which it is taken")),
    ROW(scope, "scope", OPTION_TEXT, "SCOPE",
        N_("decision: everybody, audience:ID, region:CODE, step:ID for a report to an authority, or field:ID for what a "
           "notice cannot say yet")),
    ROW(ground, "ground", OPTION_TEXT, "GROUND", N_("decision: why the law allows it; one that the regime knows")),
    ROW(facts, "facts", OPTION_TEXT, "TEXT", N_("decision: what it rests on, in one line")),
    ROW(role, "role", OPTION_TEXT, "TEXT", N_("decision: in what capacity they decided: CISO, data protection officer")),
    ROW(authority, "authority", OPTION_TEXT, "NAME", N_("decision delay: who asked to wait")),
    ROW(document, "document", OPTION_TEXT, "FILE", N_("decision: the paper behind it; a copy is kept with its digest")),
    ROW(until, "until", OPTION_TEXT, "TIME", N_("decision delay: when it ends by itself: 2026-12-21T12:00+08:00")),
    ROW(kind, "kind", OPTION_TEXT, "KIND", N_("inquiry received: question, or report when they tell us of a leak")),
    ROW(email, "email", OPTION_TEXT, "ADDRESS", N_("the email address of whoever asks")),
    ROW(phone, "phone", OPTION_TEXT, "NUMBER", N_("the telephone number of whoever asks, with its country code")),
    ROW(number, "number", OPTION_TEXT, "NUMBER", N_("the notice number that they read out")),
    ROW(reopen, "reopen", OPTION_FLAG, NULL, N_("open a closed case again")),
    ROW(anchors, "anchor", OPTION_LIST, "NAME=TIME",
        N_("when something happened: awareness=2026-11-21T22:10+08:00, or a day where days are counted; repeat it")),
    ROW(variables, "set", OPTION_LIST, "NAME=VALUE",
        N_("what is known: cii=true, level=2, affected=20000 or affected=500..2000; repeat it")),
    ROW(filings, "filed", OPTION_LIST, "STEP=TIME", N_("when a step was really filed; repeat it")),
    ROW(zone, "zone", OPTION_TEXT, "ZONE", N_("count days in this zone: Europe/Berlin, +08:00")),
    ROW(calendar, "calendar", OPTION_TEXT, "NAME", N_("the calendar of working days")),
    ROW(now, "now", OPTION_TEXT, "TIME", N_("as if it were this time")),
    ROW_OF("clock", every, "list", OPTION_FLAG, NULL, N_("a line for every regime that is known here")),
    ROW(scenario, "scenario", OPTION_TEXT, "NAME", N_("what is played: the name of a scenario, or the path of its file")),
    ROW(participants, "participants", OPTION_TEXT, "FILE", N_("who plays which role, and is asked on the terminal")),
    ROW(seed, "seed", OPTION_TEXT, "TEXT", N_("whose addresses are dead, and every other chance (1)")),
    ROW_OF("drill", scenarios, "list", OPTION_FLAG, NULL, N_("a line for every scenario that is known here")),
    ROW(history, "history", OPTION_FLAG, NULL, N_("the scores of earlier drills, and how they changed")),
    ROW_OF("drill", out, "out", OPTION_TEXT, "DIR", N_("keep the record in DIR instead of drills beside the playbook")),
    ROW(format, "format", OPTION_TEXT, "FORMAT", N_("html, markdown or json (html)")),
    ROW(people, "people", OPTION_FLAG, NULL, N_("add everybody by id, with masked addresses: then the report holds personal data")),
    ROW(sample, "sample", OPTION_TEXT, "N", N_("draw N people for an auditor, so that anybody can draw them again")),
    ROW_OF("report", seed, "seed", OPTION_TEXT, "TEXT", N_("--sample: what the drawing begins with; the auditor chooses it")),
    ROW(encrypt_to, "encrypt-to", OPTION_TEXT, "RECIPIENT", N_("--person: encrypt each file to this recipient of age, or the file of an OpenPGP key")),
    ROW_OF("report", out, "out", OPTION_TEXT, "FILE", N_("write it to FILE (-: standard output); with --person: into this new folder")),
    ROW_OF("report", person, "person", OPTION_TEXT, "ID", N_("the evidence for this person, as a folder")),
    ROW(why, "why", OPTION_TEXT, "ID", N_("one step in full: rule, citation, who set its clock, the arithmetic")),
    ROW(ics, "ics", OPTION_TEXT, "FILE", N_("write the clocks as a calendar with alarms to FILE (-: standard output)")),
    ROW(form, "form", OPTION_TEXT, "LAYOUT", N_("prepare: how it is handed in: web, email, phone or letter")),
    ROW(form_name, "template", OPTION_TEXT, "FORM",
        N_("prepare: fill in this form: one of those in forms, or generic for the order of the law")),
    ROW(stage, "stage", OPTION_TEXT, "STAGE", N_("prepare: initial, followup or final, if it is not the one of the step")),
    ROW(out, "out", OPTION_TEXT, "DIR", N_("prepare: write the report into DIR, as text and as JSON")),
    ROW(reference, "reference", OPTION_TEXT, "TEXT", N_("file: the number that the authority gave to the report")),
    ROW(evidence, "evidence", OPTION_TEXT, "FILE", N_("file: a proof that is kept: a receipt, a screenshot, a recording")),
    ROW_OF("obligations", locale, "locale", OPTION_TEXT, "LOCALE",
           N_("prepare: the language of the report, if it is not that of the authority")),
    ROW_OF("obligations", channel, "channel", OPTION_TEXT, "CHANNEL", N_("file: how: web, email, phone, letter or fax")),
    ROW_OF("obligations", reason, "reason", OPTION_TEXT, "TEXT",
           N_("why the playbook was changed, for the case record; file: why it is late")),
    ROW(state, "state", OPTION_TEXT, "DIR", "keep the state in DIR instead of beside the playbook"),
    ROW(json, "json", OPTION_FLAG, NULL, "print one JSON document instead of text"),
    ROW(explain, "explain", OPTION_FLAG, NULL,
        N_("say what these mails mean and which rule said so, a JSON line for each recipient: FILE is a mail, an mbox, a Maildir or -")),
    ROW(mail, "mail", OPTION_TEXT, "PATH", N_("first take what came back by mail: a mail, an mbox, a Maildir, or - for one on standard input")),
    ROW(all, "all", OPTION_FLAG, NULL, "print all codes, as a Markdown document"),
    ROW(lang, "lang", OPTION_TEXT, "LANGUAGE", "speak this language: en or zh-CN"),
    ROW(help, "help", OPTION_FLAG, NULL, "show this help"),
};

static const struct {
    const char *option;
    const char *choices;
    const char *command; /* as in OptionSpec */
} choices[] = {
    {"channel", "email", NULL},
    {"lang", "en zh-CN", NULL},
    {"outcome", "failed bounced deferred all", NULL},
    {"outcome", "delivered returned reached no-answer wrong-number refused started done received verified extended answered",
     "record"},
    {"kind", "question report", NULL},
    {"form", "web email phone letter", NULL},
    {"stage", "initial followup final", NULL},
    {"channel", "web email phone letter fax", "obligations"},
    {"edition-kind", "first update", NULL},
    {"format", "html markdown json", NULL},
    {"list", "unreachable withheld quarantined in_doubt pending", NULL},
};

/* Every command has it, so that it is not in their tables. */
static bool is_common(const char *name)
{
    return strcmp(name, "lang") == 0;
}

const char *option_argument(const Command *command)
{
    return command->argument ? command->argument : "PLAYBOOK";
}

/* The argument's name without the brackets of one that may be left out. */
static char *bare_argument(const Command *command)
{
    const char *name = option_argument(command);

    return *name == '[' ? g_strndup(name + 1, strcspn(name, "]") - 1) : g_strdup(name);
}

/* The row of an option for this command: its own, or the one for all. */
static const OptionSpec *find_spec(const Command *command, const char *name)
{
    const OptionSpec *found = NULL;

    if (!is_common(name) && !g_strv_contains(command->options, name))
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(specs); i++)
        if (strcmp(specs[i].name, name) == 0 &&
            (specs[i].command ? strcmp(specs[i].command, command->name) == 0 : found == NULL))
            found = &specs[i];
    return found;
}

static bool refuse(GError **error, const Command *command, const char *argument)
{
    g_autofree char *option = g_strndup(argument, strcspn(argument, "="));
    const char *nearest = text_nearest(option + strspn(option, "-"), command->options);

    if (nearest)
        error_set(error, BREACH_ERROR_INPUT, "usage-unknown-option", "breach %s has no option %s: did you mean --%s?",
                  command->name, option, nearest);
    else
        error_set(error, BREACH_ERROR_INPUT, "usage-unknown-option", "breach %s has no option %s", command->name, option);
    return false;
}

const OptionSpec *option_of(const Command *command, size_t index)
{
    for (size_t i = 0; i < G_N_ELEMENTS(specs); i++)
        if (find_spec(command, specs[i].name) == &specs[i] && index-- == 0)
            return &specs[i];
    return NULL;
}

const char *option_choices(const OptionSpec *option)
{
    for (size_t i = 0; i < G_N_ELEMENTS(choices); i++)
        if (strcmp(choices[i].option, option->name) == 0 && g_strcmp0(choices[i].command, option->command) == 0)
            return choices[i].choices;
    return NULL;
}

bool option_check_language(const char *value, GError **error)
{
    if (language_is_spoken(value))
        return true;
    error_set(error, BREACH_ERROR_INPUT, "usage-language", "--lang %s is not spoken here: en or zh-CN", value);
    return false;
}

static bool store(const OptionSpec *spec, void *field, const char *value, GError **error)
{
    OptionList *list = field;

    if (spec->kind == OPTION_TEXT) {
        *(const char **)field = value;
        return true;
    }
    if (list->count == OPTION_LIST_MAX) {
        error_set(error, BREACH_ERROR_INPUT, "usage-too-much", "--%s may be given %d times at most", spec->name,
                  OPTION_LIST_MAX);
        return false;
    }
    list->values[list->count++] = value;
    return true;
}

/* One option at arguments[*at]; moves *at over a separate value. */
static bool parse_option(const Command *command, int count, char **arguments, int *at, Options *options, GError **error)
{
    const char *argument = arguments[*at];
    const char *equals = strchr(argument, '=');
    g_autofree char *name = equals ? g_strndup(argument + 2, (gsize)(equals - argument - 2)) : g_strdup(argument + 2);
    const OptionSpec *spec = find_spec(command, name);
    char *field;

    if (!spec)
        return refuse(error, command, argument);
    field = (char *)options + spec->offset;
    if (spec->kind == OPTION_FLAG) {
        if (equals) {
            error_set(error, BREACH_ERROR_INPUT, "usage-no-value", "--%s takes no value", spec->name);
            return false;
        }
        *(bool *)(void *)field = true;
        return true;
    }
    if (!equals && *at + 1 >= count) {
        error_set(error, BREACH_ERROR_INPUT, "usage-needs-value", "--%s needs a value: --%s %s", spec->name, spec->name,
                  spec->value);
        return false;
    }
    if (!equals && g_str_has_prefix(arguments[*at + 1], "--")) {
        error_set(error, BREACH_ERROR_INPUT, "usage-needs-value",
                  "--%s needs a value, and %s looks like an option: type --%s %s, or --%s=%s if that is the value",
                  spec->name, arguments[*at + 1], spec->name, spec->value, spec->name, arguments[*at + 1]);
        return false;
    }
    if (!store(spec, field, equals ? equals + 1 : arguments[++*at], error))
        return false;
    return !options->lang || option_check_language(options->lang, error);
}

/* The flag that lets a command take files in place of its argument, where it is given; else NULL. */
static const OptionSpec *many_asked(const Command *command, const Options *options)
{
    const OptionSpec *flag = command->many ? find_spec(command, command->many) : NULL;

    return flag && *(const bool *)(const void *)((const char *)options + flag->offset) ? flag : NULL;
}

static bool has_argument(const Command *command, const Options *options, GError **error)
{
    const OptionSpec *many = many_asked(command, options);
    g_autofree char *typed =
        many ? g_strdup_printf("--%s %s", many->name, MANY) : g_strdup(option_argument(command));

    if (options->argument || options->help || *option_argument(command) == '[')
        return true;
    error_set(error, BREACH_ERROR_INPUT, "usage-missing", "%s is missing: type breach %s %s",
              many ? MANY : option_argument(command), command->name, typed);
    return false;
}

/* What follows the first argument; false: the command knows nothing of it. */
static bool add_word(const Command *command, Options *options, const char *word)
{
    size_t i = 0;

    while (i < OPTION_WORDS && options->words[i])
        i++;
    if (!command->words || i == OPTION_WORDS)
        return false;
    options->words[i] = word;
    return true;
}

/* Further arguments of a command that takes any number of them. They are kept together at the beginning of `arguments`,
 * whose words there have been read. false: it takes none. */
static bool add_argument(const Command *command, char **arguments, Options *options, char *word)
{
    if (!command->many)
        return false;
    options->arguments = arguments;
    arguments[options->argument_count++] = word;
    return true;
}

static bool refuse_more(const Command *command, const char *argument, GError **error)
{
    g_autofree char *name = bare_argument(command);

    error_set(error, BREACH_ERROR_INPUT, "usage-too-much", "one %s at a time: %s is too much", name, argument);
    return false;
}

/* A word that is no option: the argument, what follows it, or another one. */
static bool take_argument(const Command *command, char **arguments, Options *options, char *word, GError **error)
{
    if (options->argument && (add_word(command, options, word) || add_argument(command, arguments, options, word)))
        return true;
    if (options->argument)
        return refuse_more(command, word, error);
    options->argument = word;
    (void)add_argument(command, arguments, options, word);
    return true;
}

/* The flag that lets a command take more than one argument may stand behind them. */
static bool may_be_many(const Command *command, const Options *options, GError **error)
{
    return !command->many || options->argument_count < 2 || many_asked(command, options) ||
           refuse_more(command, options->arguments[1], error);
}

/* "-" alone is standard input where files are named. */
static bool is_option(const Command *command, const char *word)
{
    return word[0] == '-' && (word[1] || !command->many);
}

bool option_parse(const Command *command, int count, char **arguments, Options *options, GError **error)
{
    bool only_arguments = false;

    memset(options, 0, sizeof *options);
    for (int i = 0; i < count; i++) {
        char *argument = arguments[i];

        if (!only_arguments && strcmp(argument, "--") == 0) {
            only_arguments = true;
        } else if (only_arguments || !is_option(command, argument)) {
            if (!take_argument(command, arguments, options, argument, error))
                return false;
        } else if (strcmp(argument, "-h") == 0) {
            options->help = true;
        } else if (argument[1] != '-') {
            return refuse(error, command, argument);
        } else if (!parse_option(command, count, arguments, &i, options, error)) {
            return false;
        }
    }
    return has_argument(command, options, error) && may_be_many(command, options, error);
}

/* What stands behind the name of the command, but for "[OPTION…]". */
static char *usage_of(const Command *command)
{
    const char *argument = option_argument(command);

    if (command->many)
        return g_strdup_printf("%s [OPTION…]\n       breach %s --%s " MANY, argument, command->name, command->many);
    return command->words ? g_strconcat(argument, " ", command->words, NULL) : g_strdup(argument);
}

char *option_help(const Command *command)
{
    GString *text = g_string_new(NULL);
    g_autofree char *usage = usage_of(command);

    g_string_append_printf(text, _("breach %s - %s\n\nUsage: breach %s %s [OPTION…]\n\n%s\n\nOptions:\n"),
                           command->name, _(command->summary), command->name, usage, _(command->description));
    for (size_t i = 0; i < G_N_ELEMENTS(specs); i++) {
        g_autofree char *left = NULL;

        if (is_common(specs[i].name) || find_spec(command, specs[i].name) != &specs[i])
            continue;
        left = specs[i].value ? g_strdup_printf("--%s %s", specs[i].name, specs[i].value)
                              : g_strdup_printf("--%s", specs[i].name);
        g_string_append_printf(text, "  %-24s %s\n", left, _(specs[i].help));
    }
    g_string_append(text, _("Every command also takes --lang en or --lang zh-CN.\n"));
    g_string_append_printf(text, _("\nExit codes: %s\n"), _(command->exits));
    return g_string_free(text, FALSE);
}
