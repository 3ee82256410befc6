#include "drill/smtp_sink_session.h"

#include <stdio.h>
#include <string.h>

#include "drill/smtp_sink_grammar.h"
#include "drill/smtp_sink_stream.h"

#define RECIPIENTS_MOST 1000
#define MISTAKES_MOST   50

/* Command lines with CRLF: RFC 5321 4.5.3.1.4, and what the extensions add. */
#define LINE_MOST      512
#define MAIL_LINE_MOST (LINE_MOST + 26 + 17 + 500 + 9 + 107) /* SIZE, BODY, AUTH, RET, ENVID */
#define RCPT_LINE_MOST (LINE_MOST + 29 + 507)                /* NOTIFY, ORCPT */
#define AUTH_LINE_MOST 12288                                 /* RFC 4954 4 */

/* In place of a reply: take it, then close without an answer. */
static const char without_answer[] = "";

typedef enum Ending { GOES_ON, ENDS_POLITELY, ENDS_ABRUPTLY } Ending;

typedef struct Session {
    SmtpSinkShared *shared;
    SmtpSinkStream *stream;
    Ending ending;
    bool turned_away;       /* by the greeting (RFC 5321 3.1) */
    bool greeted, extended; /* by HELO or EHLO; by EHLO */
    bool secure, authenticated;
    bool must_wait;        /* the last command ends a group (RFC 2920 3.1) */
    int mistakes;          /* in a row */
    const char *objection; /* why the command may not be obeyed; only BDAT is called with one. Static */
    const char *refusal;   /* what a rule answered last; NULL: no reply. Borrowed from the rule */
    bool in_mail, in_bdat;
    char envid[SMTP_SINK_ENVID_MOST + 1];
    bool eight_bit;
    GPtrArray *recipients;     /* owned, of char * */
    const char *chunk_refusal; /* an earlier BDAT of this message failed. Borrowed from the rule, or static */
    SmtpSinkContent content;
} Session;

static void hang_up(Session *session)
{
    smtp_sink_stream_flush(session->stream);
    session->ending = ENDS_ABRUPTLY;
}

/* A reply of one or more lines, parted by LF or CRLF. */
static void reply(Session *session, const char *text)
{
    bool closes = strncmp(text, "421", 3) == 0;

    while (text) {
        const char *end = strchr(text, '\n');
        size_t size = end ? (size_t)(end - text) : strlen(text);

        if (size > 0 && text[size - 1] == '\r')
            size--;
        smtp_sink_stream_write(session->stream, text, size);
        smtp_sink_stream_write(session->stream, "\r\n", 2);
        text = end ? end + 1 : NULL;
    }
    if (closes)
        session->ending = ENDS_POLITELY;
}

static void answer(Session *session, const char *text)
{
    session->mistakes = 0;
    if (text == without_answer)
        hang_up(session);
    else
        reply(session, text);
}

/* The client broke a rule of the protocol. Many in a row are no client, but a message that nobody asked for. */
static void complain(Session *session, const char *text)
{
    reply(session, ++session->mistakes > MISTAKES_MOST ? "421 4.7.0 too many mistakes" : text);
}

/* Lets the rules speak. Returns the reply to give when the command is obeyed, `usual` or another; NULL: it is not, and
 * all was said. */
static const char *consult(Session *session, SmtpSinkAt at, const char *const *addresses, size_t count,
                           const char *usual)
{
    static const char garbage[] = "\x81\xfe this is no SMTP reply \xff\r\n";
    const SmtpSinkRule *rule = smtp_sink_rule_book_strike(session->shared->rules, at, addresses, count);

    session->refusal = NULL;
    if (!rule)
        return usual;
    switch (rule->action) {
    case SMTP_SINK_REPLY:
        if (rule->reply[0] < '4')
            return rule->reply;
        session->refusal = rule->reply;
        answer(session, rule->reply);
        return NULL;
    case SMTP_SINK_DELAY:
        smtp_sink_stream_flush(session->stream);
        if (smtp_sink_halt_wait(&session->shared->halt, rule->delay_ms))
            return usual;
        session->ending = ENDS_ABRUPTLY;
        return NULL;
    case SMTP_SINK_ACCEPT_AND_DIE:
        return without_answer;
    case SMTP_SINK_GARBAGE:
        smtp_sink_stream_write(session->stream, garbage, sizeof garbage - 1);
        return NULL;
    case SMTP_SINK_HANG_UP:
        break;
    }
    hang_up(session);
    return NULL;
}

static const char *consult_recipients(Session *session, SmtpSinkAt at, const char *usual)
{
    return consult(session, at, (const char *const *)session->recipients->pdata, session->recipients->len, usual);
}

static void obey_without_effect(Session *session, SmtpSinkAt at, const char *usual)
{
    const char *text = consult(session, at, NULL, 0, usual);

    if (text)
        answer(session, text);
}

static void end_mail(Session *session)
{
    session->in_mail = session->in_bdat = false;
    session->chunk_refusal = NULL;
    g_ptr_array_set_size(session->recipients, 0);
}

static void do_helo(Session *session, char *argument)
{
    if (!smtp_sink_grammar_is_host(argument)) {
        complain(session, "501 5.5.4 expected a host name");
        return;
    }
    end_mail(session);
    session->greeted = true;
    session->extended = false;
    answer(session, "250 localhost");
}

static void do_ehlo(Session *session, char *argument)
{
    const SmtpSinkShared *shared = session->shared;
    bool offers_tls = shared->tls && !session->secure;
    char offers[256];
    const char *text;

    if (!smtp_sink_grammar_is_host(argument)) {
        complain(session, "501 5.5.4 expected a host name");
        return;
    }
    snprintf(offers, sizeof offers,
             "250-localhost\n%s%s%s%s250-8BITMIME\n250-ENHANCEDSTATUSCODES\n250-DSN\n250 SIZE %d",
             shared->pipelining ? "250-PIPELINING\n" : "", shared->chunking ? "250-CHUNKING\n" : "",
             offers_tls ? "250-STARTTLS\n" : "", shared->user && !offers_tls ? "250-AUTH PLAIN LOGIN\n" : "",
             SMTP_SINK_CONTENT_MOST);
    text = consult(session, SMTP_SINK_AT_EHLO, NULL, 0, offers);
    if (!text)
        return;
    end_mail(session);
    session->greeted = session->extended = true;
    answer(session, text);
}

static void do_starttls(Session *session, char *argument)
{
    const char *text;

    (void)argument;
    if (!session->shared->tls || !session->extended) {
        complain(session, "502 5.5.1 STARTTLS is not offered");
        return;
    }
    if (session->secure) {
        complain(session, "503 5.5.1 TLS is in use already");
        return;
    }
    text = consult(session, SMTP_SINK_AT_STARTTLS, NULL, 0, "220 2.0.0 ready to start TLS");
    if (!text)
        return;
    answer(session, text);
    if (!smtp_sink_stream_start_tls(session->stream, session->shared->tls)) {
        session->ending = ENDS_ABRUPTLY;
        return;
    }
    end_mail(session);
    session->secure = true;
    session->greeted = session->extended = session->authenticated = false;
}

static void do_mail(Session *session, char *argument)
{
    SmtpSinkEnvelope envelope;
    const char *address = envelope.address;
    const char *refusal;
    const char *text;

    if (session->in_mail) {
        complain(session, "503 5.5.1 a message is under way already");
        return;
    }
    refusal = smtp_sink_grammar_mail(argument, session->extended, &envelope);
    if (refusal) {
        complain(session, refusal);
        return;
    }
    text = consult(session, SMTP_SINK_AT_MAIL, &address, 1, "250 2.1.0 sender accepted");
    if (!text)
        return;
    session->in_mail = true;
    session->eight_bit = envelope.eight_bit;
    g_strlcpy(session->envid, envelope.envid, sizeof session->envid);
    answer(session, text);
}

static void do_rcpt(Session *session, char *argument)
{
    SmtpSinkEnvelope envelope;
    const char *address = envelope.address;
    const char *refusal;
    const char *text;

    if (!session->in_mail || session->in_bdat) {
        complain(session, session->in_bdat ? "503 5.5.1 the message has begun already" : "503 5.5.1 send MAIL first");
        return;
    }
    refusal = smtp_sink_grammar_rcpt(argument, session->extended, &envelope);
    if (refusal) {
        complain(session, refusal);
        return;
    }
    if (session->recipients->len >= RECIPIENTS_MOST) {
        answer(session, "452 4.5.3 too many recipients");
        return;
    }
    text = consult(session, SMTP_SINK_AT_RCPT, &address, 1, "250 2.1.5 recipient accepted");
    if (!text)
        return;
    g_ptr_array_add(session->recipients, g_strdup(address));
    answer(session, text);
}

/* All of the message has come: takes it or not. */
static void finish_message(Session *session)
{
    const char *fault = smtp_sink_content_end(&session->content);
    const char *text;

    if (fault) {
        answer(session, fault);
    } else {
        text = consult_recipients(session, SMTP_SINK_AT_DOT, "250 2.0.0 message accepted");
        if (text &&
            !smtp_sink_store_accept(session->shared->store, session->envid, session->recipients, &session->content))
            text = "451 4.3.0 the message cannot be written";
        if (text)
            answer(session, text);
    }
    end_mail(session);
}

static void begin_content(Session *session)
{
    smtp_sink_content_begin(&session->content, session->eight_bit, sink_store_wants(session->shared->store));
}

/* Up to CRLF.CRLF and nothing like it: a dot between bare LFs ends nothing. False: the connection is over. */
static bool receive_data(Session *session)
{
    SmtpSinkContent *content = &session->content;

    for (;;) {
        size_t size;
        const char *line = smtp_sink_stream_line(session->stream, &size);

        if (!line)
            return false;
        if (content->line_start && line[0] == '.') {
            if (size == 3 && line[1] == '\r')
                return true;
            /* RFC 5321 4.5.2: a client that stuffs dots never sends a single one. */
            if (size > 1 && line[1] != '.')
                smtp_sink_content_blame(content, "554 5.6.0 line begins with a single dot");
            line++;
            size--;
        }
        smtp_sink_content_add(content, line, size);
    }
}

static void do_data(Session *session, char *argument)
{
    const char *text;

    (void)argument;
    if (!session->in_mail || session->in_bdat) {
        complain(session, session->in_bdat ? "503 5.5.1 the message has begun already" : "503 5.5.1 send MAIL first");
        return;
    }
    if (session->recipients->len == 0) {
        answer(session, "554 5.5.1 no valid recipients");
        return;
    }
    if (smtp_sink_stream_unread(session->stream)) {
        complain(session, "503 5.5.0 more was sent before the answer to DATA");
        return;
    }
    text = consult_recipients(session, SMTP_SINK_AT_DATA, "354 end with <CRLF>.<CRLF>");
    if (!text)
        return;
    answer(session, text);
    begin_content(session);
    if (receive_data(session))
        finish_message(session);
    else
        session->ending = ENDS_ABRUPTLY;
}

/* Reads `size` octets behind a BDAT, even if only to throw them away (RFC 3030 2). */
static bool receive_chunk(Session *session, int64_t size, bool wanted)
{
    while (size > 0) {
        size_t got;
        const char *octets = smtp_sink_stream_octets(session->stream, (size_t)MIN(size, INT64_C(1) << 30), &got);

        if (!octets)
            return false;
        if (wanted)
            smtp_sink_content_add(&session->content, octets, got);
        size -= (int64_t)got;
    }
    return true;
}

static const char *chunk_refusal(const Session *session)
{
    if (session->objection)
        return session->objection;
    if (!session->shared->chunking || !session->extended)
        return "502 5.5.1 BDAT is not offered";
    if (!session->in_mail)
        return "503 5.5.1 send MAIL first";
    if (session->recipients->len == 0)
        return "554 5.5.1 no valid recipients";
    return session->chunk_refusal;
}

/* The first chunk stands for DATA, the last for the final dot. After a failure every chunk gets the same answer, until
 * the last one, RSET or EHLO. */
static void do_bdat(Session *session, char *argument)
{
    const char *text = "250 2.0.0 chunk accepted";
    const char *refusal;
    bool first = !session->in_bdat;
    bool last;
    int64_t size;

    if (!smtp_sink_grammar_bdat(argument, &size, &last)) {
        complain(session, "501 5.5.4 expected BDAT SIZE or BDAT SIZE LAST");
        return;
    }
    refusal = chunk_refusal(session);
    if (!refusal && first) {
        session->in_bdat = true;
        begin_content(session);
    }
    if (!receive_chunk(session, size, !refusal)) {
        session->ending = ENDS_ABRUPTLY;
        return;
    }
    if (refusal) {
        complain(session, refusal);
        if (last)
            end_mail(session);
        return;
    }
    if (first) {
        text = consult_recipients(session, SMTP_SINK_AT_DATA, text);
        session->chunk_refusal = text ? NULL : (session->refusal ? session->refusal : "503 5.5.1 send RSET first");
    }
    if (text && last)
        finish_message(session);
    else if (text)
        answer(session, text);
    else if (last)
        end_mail(session);
}

static void do_noop(Session *session, char *argument)
{
    (void)argument;
    obey_without_effect(session, SMTP_SINK_AT_NOOP, "250 2.0.0 ok");
}

static void do_rset(Session *session, char *argument)
{
    const char *text = consult(session, SMTP_SINK_AT_RSET, NULL, 0, "250 2.0.0 forgotten");

    (void)argument;
    if (!text)
        return;
    end_mail(session);
    answer(session, text);
}

static void do_quit(Session *session, char *argument)
{
    const char *text = consult(session, SMTP_SINK_AT_QUIT, NULL, 0, "221 2.0.0 good-bye");

    (void)argument;
    if (!text)
        return;
    session->ending = ENDS_POLITELY;
    answer(session, text);
}

static void do_vrfy(Session *session, char *argument)
{
    (void)argument;
    answer(session, "252 2.1.5 send it and see");
}

static void do_help(Session *session, char *argument)
{
    (void)argument;
    answer(session, "214 2.0.0 RFC 5321");
}

static void do_refuse(Session *session, char *argument)
{
    (void)argument;
    answer(session, "502 5.5.1 this relay has no such command");
}

/* The next line without CRLF and trailing blanks, NUL-terminated; NULL: the connection is over. *fault: why it is no
 * proper line, NULL when it is one. */
static char *read_line(Session *session, size_t *size, const char **fault)
{
    char *line = smtp_sink_stream_line(session->stream, size);
    bool whole = line && line[*size - 1] == '\n';

    *fault = NULL;
    if (line && !whole) {
        while (line && line[*size - 1] != '\n')
            line = smtp_sink_stream_line(session->stream, size);
        *fault = "500 5.5.2 line too long";
    } else if (line && (*size < 2 || line[*size - 2] != '\r')) {
        *fault = "500 5.5.2 line does not end with CRLF";
    }
    if (!line || *fault)
        return line;
    for (size_t i = 0; i < *size - 2; i++)
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            *fault = "500 5.5.2 control character in the line";
    line[*size - 2] = '\0';
    g_strchomp(line);
    return line;
}

/* Answers a challenge of AUTH, decoded; NULL: refused, and the client was told. `text` is base64. */
static char *decode(Session *session, const char *text, gsize *size)
{
    if (strcmp(text, "*") == 0)
        complain(session, "501 5.7.0 cancelled");
    else if (!smtp_sink_grammar_base64(text))
        complain(session, "501 5.5.2 that is no base64");
    else
        return *text ? (char *)g_base64_decode(text, size) : g_strdup("");
    return NULL;
}

/* Sends a challenge and reads the response, decoded; NULL: refused, or the connection is over. */
static char *challenge(Session *session, const char *text, gsize *size)
{
    const char *fault;
    size_t length;
    char *line;

    answer(session, text);
    line = read_line(session, &length, &fault);
    *size = 0;
    if (!line) {
        session->ending = ENDS_ABRUPTLY;
        return NULL;
    }
    if (fault || length > AUTH_LINE_MOST) {
        complain(session, fault ? fault : "500 5.5.6 line too long");
        return NULL;
    }
    return decode(session, line, size);
}

static bool is_text(const char *bytes, size_t size, const char *expected)
{
    return size == strlen(expected) && memcmp(bytes, expected, size) == 0;
}

/* RFC 4616 2: authorisation identity NUL user NUL password; acting for another user is not possible here. */
static bool check_plain(const SmtpSinkShared *shared, const char *bytes, size_t size)
{
    const char *user = memchr(bytes, '\0', size);
    const char *password = user ? memchr(user + 1, '\0', size - (size_t)(user + 1 - bytes)) : NULL;

    if (!password)
        return false;
    user++;
    password++;
    return (*bytes == '\0' || strcmp(bytes, shared->user) == 0) && strcmp(user, shared->user) == 0 &&
           is_text(password, size - (size_t)(password - bytes), shared->password);
}

/* An initial response: none is NULL, an empty one is "=" (RFC 4954 4). */
static char *first_response(Session *session, const char *initial, const char *question, gsize *size)
{
    *size = 0;
    if (!initial)
        return challenge(session, question, size);
    return decode(session, strcmp(initial, "=") == 0 ? "" : initial, size);
}

typedef enum Proof { PROOF_MISSING, PROOF_WRONG, PROOF_RIGHT } Proof;

static Proof prove_plain(Session *session, const char *initial)
{
    gsize size;
    g_autofree char *response = first_response(session, initial, "334 ", &size);

    if (!response)
        return PROOF_MISSING;
    return check_plain(session->shared, response, size) ? PROOF_RIGHT : PROOF_WRONG;
}

static Proof prove_login(Session *session, const char *initial)
{
    gsize user_size;
    gsize password_size;
    g_autofree char *user = first_response(session, initial, "334 VXNlcm5hbWU6", &user_size);
    g_autofree char *password = user ? challenge(session, "334 UGFzc3dvcmQ6", &password_size) : NULL;

    if (!password)
        return PROOF_MISSING;
    return is_text(user, user_size, session->shared->user) &&
                   is_text(password, password_size, session->shared->password)
               ? PROOF_RIGHT
               : PROOF_WRONG;
}

static void do_auth(Session *session, char *argument)
{
    g_auto(GStrv) words = g_strsplit(argument, " ", 2);
    const char *text;
    Proof proof;

    if (!session->shared->user || !session->extended) {
        complain(session, "502 5.5.1 AUTH is not offered");
        return;
    }
    if (session->shared->tls && !session->secure) {
        complain(session, "538 5.7.11 send STARTTLS first");
        return;
    }
    if (session->authenticated || session->in_mail) {
        complain(session, "503 5.5.1 not now");
        return;
    }
    if (g_ascii_strcasecmp(words[0], "PLAIN") == 0) {
        proof = prove_plain(session, words[1]);
    } else if (g_ascii_strcasecmp(words[0], "LOGIN") == 0) {
        proof = prove_login(session, words[1]);
    } else {
        complain(session, "504 5.5.4 expected AUTH PLAIN or AUTH LOGIN");
        return;
    }
    if (proof == PROOF_MISSING)
        return;
    text = consult(session, SMTP_SINK_AT_AUTH, NULL, 0, "235 2.7.0 welcome");
    if (!text)
        return;
    session->authenticated = proof == PROOF_RIGHT;
    if (session->authenticated)
        answer(session, text);
    else
        complain(session, "535 5.7.8 wrong user or password");
}

typedef enum Argument { WITHOUT, WITH, EITHER } Argument;

typedef struct Command {
    const char *verb;
    void (*obey)(Session *session, char *argument); /* `argument` may be written to */
    size_t line_most;
    Argument argument;
    bool ends_group;  /* nothing may follow it before its answer (RFC 2920 3.1) */
    bool needs_hello; /* EHLO or HELO first (RFC 5321 4.1.4) */
    bool needs_auth;  /* where AUTH is offered (RFC 4954 4) */
} Command;

static const Command commands[] = {
    {"MAIL", do_mail, MAIL_LINE_MOST, WITH, false, true, true},
    {"RCPT", do_rcpt, RCPT_LINE_MOST, WITH, false, true, true},
    {"DATA", do_data, LINE_MOST, WITHOUT, true, true, true},
    {"BDAT", do_bdat, LINE_MOST, WITH, false, true, true},
    {"RSET", do_rset, LINE_MOST, WITHOUT, false, false, false},
    {"NOOP", do_noop, LINE_MOST, EITHER, true, false, false},
    {"EHLO", do_ehlo, LINE_MOST, WITH, true, false, false},
    {"HELO", do_helo, LINE_MOST, WITH, true, false, false},
    {"QUIT", do_quit, LINE_MOST, WITHOUT, true, false, false},
    {"STARTTLS", do_starttls, LINE_MOST, WITHOUT, true, true, false},
    {"AUTH", do_auth, AUTH_LINE_MOST, WITH, true, true, false},
    {"VRFY", do_vrfy, LINE_MOST, WITH, true, false, true},
    {"HELP", do_help, LINE_MOST, EITHER, true, false, false},
    {"EXPN", do_refuse, LINE_MOST, EITHER, true, false, false},
};

static const Command *find_command(const char *line)
{
    size_t size = strcspn(line, " ");

    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strlen(commands[i].verb) == size && g_ascii_strncasecmp(commands[i].verb, line, size) == 0)
            return &commands[i];
    return NULL;
}

/* What speaks against the line itself; NULL: nothing. `ahead`: it was sent before the answer to the last one. */
static const char *object_to_line(const Session *session, const Command *command, const char *argument, size_t size,
                                  bool ahead)
{
    if (size > command->line_most)
        return "500 5.5.2 line too long";
    if (ahead && (!session->shared->pipelining || !session->extended || session->must_wait))
        return "503 5.5.0 sent before the answer to the last command";
    if (command->argument == WITHOUT && argument)
        return "501 5.5.4 no argument expected";
    if (command->argument == WITH && !argument)
        return "501 5.5.4 argument expected";
    return NULL;
}

/* What speaks against the command at this moment; the rest each command knows best. */
static const char *object_to_moment(const Session *session, const Command *command)
{
    if (session->turned_away && command->obey != do_quit)
        return "503 5.5.1 no service here";
    if (command->needs_hello && !session->greeted)
        return "503 5.5.1 send EHLO first";
    if (command->needs_auth && session->shared->user && !session->authenticated)
        return "530 5.7.0 authentication required";
    return NULL;
}

static void serve_command(Session *session)
{
    const Command *command = NULL;
    const char *fault;
    char empty[] = "";
    size_t size;
    char *line = read_line(session, &size, &fault);
    char *argument = NULL;
    bool ahead;

    if (!line) {
        session->ending = ENDS_ABRUPTLY;
        return;
    }
    ahead = smtp_sink_stream_unsent(session->stream);
    if (!fault)
        command = find_command(line);
    if (!command) {
        complain(session, fault ? fault : "500 5.5.2 command unknown");
        session->must_wait = false;
        return;
    }
    if (line[strlen(command->verb)])
        argument = line + strlen(command->verb) + 1;
    session->objection = object_to_line(session, command, argument, size, ahead);
    if (!session->objection)
        session->objection = object_to_moment(session, command);
    session->must_wait = command->ends_group;
    if (session->objection && (command->obey != do_bdat || !argument))
        complain(session, session->objection);
    else
        command->obey(session, argument ? argument : empty);
}

static void greet(Session *session)
{
    const char *text = consult(session, SMTP_SINK_AT_CONNECT, NULL, 0, "220 localhost ESMTP breach relay for drills");

    session->turned_away = !text;
    if (text)
        answer(session, text);
}

void smtp_sink_session_run(int fd, SmtpSinkShared *shared)
{
    Session *session = g_new0(Session, 1);

    session->shared = shared;
    session->stream = smtp_sink_stream_new(fd);
    session->recipients = g_ptr_array_new_with_free_func(g_free);
    smtp_sink_content_init(&session->content);
    greet(session);
    while (session->ending == GOES_ON)
        serve_command(session);
    if (session->ending == ENDS_POLITELY)
        smtp_sink_stream_finish(session->stream);
    smtp_sink_stream_free(session->stream);
    smtp_sink_content_clear(&session->content);
    g_ptr_array_unref(session->recipients);
    g_free(session);
}
