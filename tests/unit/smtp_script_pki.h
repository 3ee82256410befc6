/* smtp_script_pki - certificates made on the fly for the scripted server. Threads: one. */
#ifndef BREACH_TESTS_SMTP_SCRIPT_PKI_H
#define BREACH_TESTS_SMTP_SCRIPT_PKI_H

#include <glib.h>
#include <openssl/types.h>

typedef struct ScriptPki ScriptPki;

/* script_pki_new: a new CA, whose certificate lies in script_pki_ca_file() until freed. */
ScriptPki *script_pki_new(void);
const char *script_pki_ca_file(const ScriptPki *pki);

/* script_pki_server: a server's context with a certificate for `names` ("DNS:localhost,IP:127.0.0.1"), valid until
 * `days` from now (negative: expired). To be freed by SSL_CTX_free(). */
SSL_CTX *script_pki_server(const ScriptPki *pki, const char *names, int days);

/* script_pki_write_client: key and certificate of a client in one PEM file. */
void script_pki_write_client(const ScriptPki *pki, const char *path);

void script_pki_free(ScriptPki *pki);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScriptPki, script_pki_free)

#endif
