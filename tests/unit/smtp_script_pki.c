#include "smtp_script_pki.h"

#include <fcntl.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define DAY (24L * 3600)

struct ScriptPki {
    EVP_PKEY *key;
    X509 *certificate;
    char *ca_file;
};

static void add_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

    if (!extension || !X509_add_ext(certificate, extension, -1))
        g_error("cannot make a certificate");
    X509_EXTENSION_free(extension);
}

/* `issuer` NULL: signed by itself. */
static X509 *make_certificate(EVP_PKEY *key, const char *name, long days, const ScriptPki *issuer)
{
    static long serial = 1;
    X509 *certificate = X509_new();
    X509_NAME *subject = X509_get_subject_name(certificate);

    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -10 * DAY);
    X509_gmtime_adj(X509_getm_notAfter(certificate), days * DAY);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer->certificate) : subject);
    X509_set_pubkey(certificate, key);
    return certificate;
}

static void write_pem(const char *path, EVP_PKEY *key, X509 *certificate)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (!file || !PEM_write_X509(file, certificate) ||
        (key && !PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL)) || fclose(file) != 0)
        g_error("cannot write %s", path);
}

ScriptPki *script_pki_new(void)
{
    ScriptPki *pki = g_new0(ScriptPki, 1);
    int fd = g_file_open_tmp("breach-test-ca-XXXXXX.pem", &pki->ca_file, NULL);

    if (fd < 0)
        g_error("no temporary file");
    close(fd);
    pki->key = EVP_EC_gen("P-256");
    pki->certificate = make_certificate(pki->key, "Test CA", 10, NULL);
    add_extension(pki->certificate, NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(pki->certificate, pki->key, EVP_sha256());
    write_pem(pki->ca_file, NULL, pki->certificate);
    return pki;
}

const char *script_pki_ca_file(const ScriptPki *pki)
{
    return pki->ca_file;
}

SSL_CTX *script_pki_server(const ScriptPki *pki, const char *names, int days)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = make_certificate(key, "relay", days, pki);

    add_extension(certificate, NID_subject_alt_name, names);
    X509_sign(certificate, pki->key, EVP_sha256());
    if (SSL_CTX_use_certificate(context, certificate) != 1 || SSL_CTX_use_PrivateKey(context, key) != 1)
        g_error("cannot use a certificate");
    X509_free(certificate);
    EVP_PKEY_free(key);
    return context;
}

void script_pki_write_client(const ScriptPki *pki, const char *path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = make_certificate(key, "client@example.com", 10, pki);

    X509_sign(certificate, pki->key, EVP_sha256());
    write_pem(path, key, certificate);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

void script_pki_free(ScriptPki *pki)
{
    if (!pki)
        return;
    g_unlink(pki->ca_file);
    g_free(pki->ca_file);
    X509_free(pki->certificate);
    EVP_PKEY_free(pki->key);
    g_free(pki);
}
