#include "drill/smtp_sink_tls.h"

#include <limits.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/error.h"

struct SmtpSinkTls {
    SSL_CTX *context; /* owned */
    char *pem;        /* owned */
};

static bool add_extension(X509 *certificate, int kind, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension = NULL;
    bool added;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    added = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static bool set_random_serial(X509 *certificate)
{
    unsigned char bytes[16];
    BIGNUM *number = NULL;
    bool set;

    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    bytes[0] &= 0x7f;
    number = BN_bin2bn(bytes, sizeof bytes, NULL);
    set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    return set;
}

static bool add_extensions(X509 *certificate)
{
    static const struct {
        int kind;
        const char *value;
    } extensions[] = {
        {NID_subject_key_identifier, "hash"},
        {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
        {NID_key_usage, "critical,digitalSignature,keyCertSign"},
        {NID_ext_key_usage, "serverAuth"},
        {NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(extensions); i++)
        if (!add_extension(certificate, extensions[i].kind, extensions[i].value))
            return false;
    return true;
}

/* Self-signed, so that trusting it is trusting nothing else; valid at any time, because a test may set the clock. */
static X509 *make_certificate(EVP_PKEY *key)
{
    static const unsigned char common_name[] = "localhost";
    X509 *certificate = X509_new();
    X509_NAME *name = certificate ? X509_get_subject_name(certificate) : NULL;

    if (name && X509_set_version(certificate, X509_VERSION_3) == 1 && set_random_serial(certificate) &&
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
        X509_set_issuer_name(certificate, name) == 1 &&
        ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20000101000000Z") == 1 &&
        ASN1_TIME_set_string(X509_getm_notAfter(certificate), "20991231235959Z") == 1 &&
        X509_set_pubkey(certificate, key) == 1 && add_extensions(certificate) &&
        X509_sign(certificate, key, EVP_sha256()) > 0)
        return certificate;
    X509_free(certificate);
    return NULL;
}

static char *certificate_to_pem(X509 *certificate)
{
    BIO *memory = BIO_new(BIO_s_mem());
    char *pem = NULL;
    char *bytes;

    if (memory && PEM_write_bio_X509(memory, certificate) == 1) {
        long size = BIO_get_mem_data(memory, &bytes);

        pem = g_strndup(bytes, (gsize)size);
    }
    BIO_free(memory);
    return pem;
}

static bool prepare(SmtpSinkTls *tls, EVP_PKEY *key, X509 *certificate)
{
    tls->context = SSL_CTX_new(TLS_server_method());
    tls->pem = certificate_to_pem(certificate);
    return tls->context && tls->pem && SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_use_certificate(tls->context, certificate) == 1 && SSL_CTX_use_PrivateKey(tls->context, key) == 1;
}

SmtpSinkTls *smtp_sink_tls_new(GError **error)
{
    SmtpSinkTls *tls = g_new0(SmtpSinkTls, 1);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = key ? make_certificate(key) : NULL;
    bool ready = certificate && prepare(tls, key, certificate);

    X509_free(certificate);
    EVP_PKEY_free(key);
    if (ready)
        return tls;
    error_set(error, BREACH_ERROR_INTERNAL, "sink-certificate", "cannot make a certificate: %s",
              ERR_reason_error_string(ERR_peek_last_error()));
    ERR_clear_error();
    smtp_sink_tls_free(tls);
    return NULL;
}

const char *smtp_sink_tls_certificate(const SmtpSinkTls *tls)
{
    return tls->pem;
}

void smtp_sink_tls_free(SmtpSinkTls *tls)
{
    if (!tls)
        return;
    SSL_CTX_free(tls->context);
    g_free(tls->pem);
    g_free(tls);
}

SmtpSinkTlsLink *smtp_sink_tls_accept(SmtpSinkTls *tls, int fd)
{
    SSL *link = SSL_new(tls->context);

    ERR_clear_error();
    if (link && SSL_set_fd(link, fd) == 1 && SSL_accept(link) == 1)
        return link;
    SSL_free(link);
    ERR_clear_error();
    return NULL;
}

ssize_t smtp_sink_tls_read(SmtpSinkTlsLink *link, char *bytes, size_t size)
{
    ERR_clear_error();
    return SSL_read(link, bytes, size > INT_MAX ? INT_MAX : (int)size);
}

bool smtp_sink_tls_write(SmtpSinkTlsLink *link, const char *bytes, size_t size)
{
    size_t written;

    ERR_clear_error();
    return SSL_write_ex(link, bytes, size, &written) == 1 && written == size;
}

void smtp_sink_tls_close(SmtpSinkTlsLink *link, bool polite)
{
    if (!link)
        return;
    ERR_clear_error();
    if (polite)
        SSL_shutdown(link);
    SSL_free(link);
    ERR_clear_error();
}
