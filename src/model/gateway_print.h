/* gateway_print - what is handed over in a folder: letters, phone lists, announcement pages. kind: letter, phone,
 * folder.
 *
 * Owned strings; immutable after loading. Threads: reading is safe. */
#ifndef BREACH_MODEL_GATEWAY_PRINT_H
#define BREACH_MODEL_GATEWAY_PRINT_H

#include <stdbool.h>

#include <glib.h>

typedef enum GatewayEncryptTool {
    GATEWAY_ENCRYPT_NONE,
    GATEWAY_ENCRYPT_AGE,
    GATEWAY_ENCRYPT_OPENPGP
} GatewayEncryptTool;

typedef struct GatewayEncrypt {
    GatewayEncryptTool tool; /* default none */
    char *recipient;         /* owned; age: "age1…" or "ssh-ed25519 …"; openpgp: absolute path of the key's file */
    char *name;              /* owned; who may read it: "Print room, A. Example"; required with a tool */
} GatewayEncrypt;

typedef enum GatewayWindow {
    GATEWAY_WINDOW_DIN5008,
    GATEWAY_WINDOW_CN
} GatewayWindow; /* DIN 5008 form B; GB envelope */
typedef enum GatewayPaper { GATEWAY_PAPER_A4, GATEWAY_PAPER_LETTER } GatewayPaper;

typedef struct GatewayPrint {
    char *folder; /* owned; absolute */
    GatewayEncrypt encrypt;
    GatewayWindow window; /* letter; default din5008 */
    GatewayPaper paper;   /* letter, phone; default a4 */
    int batch;            /* letters or calls in one merged file, 1-200; default 200 */
    bool duplex;          /* letter: each begins on a front page; default false */
    GPtrArray *sender;    /* owned; of char *: the lines of our address, for the window and the head; letter: at least
                             one; otherwise empty */
    char *url;            /* owned, or NULL; folder: where the folder can be read by the public, without a slash at the
                             end */
} GatewayPrint;

/* gateway_encrypt_tool: which tool a recipient is one of, by its form: "age1…", "ssh-ed25519 …" and "ssh-rsa …" are age's,
 * anything else is the file of an OpenPGP key. */
GatewayEncryptTool gateway_encrypt_tool(const char *recipient);

GatewayPrint *gateway_print_new(void);
GatewayPrint *gateway_print_copy(const GatewayPrint *print); /* NULL gives NULL */
void gateway_print_free(GatewayPrint *print);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GatewayPrint, gateway_print_free)

#endif
