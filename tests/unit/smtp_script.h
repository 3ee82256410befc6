/* smtp_script - an SMTP server for tests that follows a script, step by step, and keeps what it was sent.
 *
 * Each connection has a thread and a script of its own; the last script serves all further connections. A step that
 * does not find what it expects notes a failure and closes the connection; smtp_script_join() hands the first one out.
 * Nothing waits for longer than ten seconds. Threads: a test starts and joins a server on one thread. */
#ifndef BREACH_TESTS_SMTP_SCRIPT_H
#define BREACH_TESTS_SMTP_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>
#include <openssl/types.h>

typedef enum ScriptOp {
    SCRIPT_END,    /* close in good order */
    SCRIPT_SEND,   /* text, as it is */
    SCRIPT_EXPECT, /* a line that begins with text */
    SCRIPT_DATA,   /* a message up to its final dot, which is kept without dot-stuffing */
    SCRIPT_BDAT,   /* one BDAT command with its octets, which are kept */
    SCRIPT_CHUNKS, /* BDAT commands up to LAST */
    SCRIPT_REFUSE, /* answer text to whatever comes until RSET, which forgets the message */
    SCRIPT_PAUSE,  /* number milliseconds */
    SCRIPT_TLS,    /* a handshake */
    SCRIPT_SERVE,  /* behave as a relay with the extensions in text until QUIT or the end; EHLO has not come yet */
    SCRIPT_QUIET,  /* the client closes without another octet, but maybe QUIT */
    SCRIPT_DRAIN,  /* read whatever comes until the client closes */
    SCRIPT_RESET,  /* close with a TCP reset */
} ScriptOp;

typedef struct ScriptStep {
    ScriptOp op;
    int number;
    const char *text;
} ScriptStep;

/* Steps, and sequences of steps, as they stand in an array. */
/* clang-format off */
#define SEND(what) {SCRIPT_SEND, 0, what}
#define EXPECT(what) {SCRIPT_EXPECT, 0, what}
#define SERVE(extensions) {SCRIPT_SERVE, 0, extensions}
#define REFUSE(what) {SCRIPT_REFUSE, 0, what}
#define PAUSE(milliseconds) {SCRIPT_PAUSE, milliseconds, NULL}
#define DO(op) {op, 0, NULL}
#define STOP DO(SCRIPT_END)
/* clang-format on */
#define GREET(extensions) SEND("220 relay\r\n"), EXPECT("EHLO "), SEND(extensions)

typedef struct ScriptRecord {
    GString *commands; /* lines outside of messages, each with LF */
    GPtrArray *mails;  /* of GString: complete messages */
    GString *rest;     /* of a message that was not completed, and what SCRIPT_DRAIN read */
    char *failure;     /* or NULL */
    char *sni;         /* or NULL */
    int chunks;        /* BDAT commands */
} ScriptRecord;

typedef struct SmtpScript SmtpScript;

/* smtp_script_new: `scripts` is a NULL-terminated array of arrays that end with SCRIPT_END, borrowed until freed.
 * `tls`: the server's context, or NULL; borrowed. */
SmtpScript *smtp_script_new(const ScriptStep *const *scripts, SSL_CTX *tls);
int smtp_script_port(const SmtpScript *script);

/* smtp_script_join: no more connections; waits for those there are. Returns the first failure, or NULL; borrowed. */
const char *smtp_script_join(SmtpScript *script);

/* smtp_script_connections, smtp_script_record: after smtp_script_join(). */
size_t smtp_script_connections(const SmtpScript *script);
const ScriptRecord *smtp_script_record(const SmtpScript *script, size_t connection);

void smtp_script_free(SmtpScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpScript, smtp_script_free)

#endif
