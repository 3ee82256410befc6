#include "channel/smtp_esmtp_tls.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/error.h"
#include "channel/smtp_esmtp_socket.h"

#define NAMES_MAX      3 /* names of a wrong certificate that an error shows */
#define NAME_MAX_SHOWN 80
#define REPLY_LINE_MAX 512

struct SmtpEsmtpTls {
    const Gateway *gateway;         /* borrowed */
    const SmtpEsmtpTlsCalls *calls; /* borrowed */
    SSL_CTX *context;               /* owned */
    GError *problem;                /* owned; why the certificate was refused */
};

/* Names in a certificate are the other side's: they are not to move our cursor or fill our screen. */
static void append_name(GString *names, const ASN1_STRING *name)
{
    unsigned char *utf8 = NULL;
    int size = ASN1_STRING_to_UTF8(&utf8, name);

    if (size < 0)
        return;
    g_string_append(names, names->len ? ", " : "");
    for (int i = 0; i < size && i < NAME_MAX_SHOWN; i++)
        g_string_append_c(names, utf8[i] > ' ' && utf8[i] < 0x7f ? (char)utf8[i] : '?');
    OPENSSL_free(utf8);
}

static void append_address(GString *names, const ASN1_OCTET_STRING *address)
{
    char *text = ASN1_STRING_length(address) == 4 ? g_strdup_printf("%u.%u.%u.%u", address->data[0], address->data[1],
                                                                    address->data[2], address->data[3])
                                                  : g_strdup("an IPv6 address");

    g_string_append_printf(names, "%s%s", names->len ? ", " : "", text);
    g_free(text);
}

static void append_common_name(GString *names, X509 *certificate)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

    if (at >= 0)
        append_name(names, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

static char *names_of(X509 *certificate)
{
    GString *names = g_string_new(NULL);
    GENERAL_NAMES *alternatives = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);

    for (int i = 0; i < sk_GENERAL_NAME_num(alternatives) && i < NAMES_MAX; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(alternatives, i);

        if (name->type == GEN_DNS)
            append_name(names, name->d.dNSName);
        else if (name->type == GEN_IPADD)
            append_address(names, name->d.iPAddress);
    }
    GENERAL_NAMES_free(alternatives);
    if (!names->len)
        append_common_name(names, certificate);
    if (!names->len)
        g_string_append(names, "nobody");
    return g_string_free(names, FALSE);
}

static char *date_of(const ASN1_TIME *time)
{
    struct tm date = {0};

    if (!ASN1_TIME_to_tm(time, &date))
        return g_strdup("an unknown day");
    return g_strdup_printf("%04d-%02d-%02d", date.tm_year + 1900, date.tm_mon + 1, date.tm_mday);
}

static GError *explain_wrong_name(const char *host, X509_STORE_CTX *store)
{
    g_autofree char *names = names_of(X509_STORE_CTX_get0_cert(store));

    return error_make(BREACH_ERROR_CONFIG, "tls-wrong-name",
                      "the certificate of %s is for %s: mend host or ca_file in the gateway file", host, names);
}

static GError *explain_expired(const char *host, X509_STORE_CTX *store)
{
    g_autofree char *date = date_of(X509_get0_notAfter(X509_STORE_CTX_get_current_cert(store)));

    return error_make(BREACH_ERROR_CONFIG, "tls-expired",
                      "the certificate of %s expired on %s: whoever runs it must renew it", host, date);
}

static GError *explain_too_early(const char *host, X509_STORE_CTX *store)
{
    g_autofree char *date = date_of(X509_get0_notBefore(X509_STORE_CTX_get_current_cert(store)));

    return error_make(BREACH_ERROR_CONFIG, "tls-too-early",
                      "the certificate of %s is valid from %s only: check this machine's clock", host, date);
}

static GError *explain_untrusted(const char *host, X509_STORE_CTX *store)
{
    return error_make(BREACH_ERROR_CONFIG, "tls-untrusted",
                      "the certificate of %s is signed by nobody whom we trust (%s): name its CA as ca_file in the "
                      "gateway file",
                      host, X509_verify_cert_error_string(X509_STORE_CTX_get_error(store)));
}

static GError *explain_other(const char *host, X509_STORE_CTX *store)
{
    return error_make(BREACH_ERROR_CONFIG, "tls-refused",
                      "the certificate of %s is refused (%s): whoever runs it must mend it", host,
                      X509_verify_cert_error_string(X509_STORE_CTX_get_error(store)));
}

static const struct {
    int code;
    GError *(*explain)(const char *host, X509_STORE_CTX *store);
} explanations[] = {
    {X509_V_ERR_HOSTNAME_MISMATCH, explain_wrong_name},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, explain_wrong_name},
    {X509_V_ERR_CERT_HAS_EXPIRED, explain_expired},
    {X509_V_ERR_CERT_NOT_YET_VALID, explain_too_early},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, explain_untrusted},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, explain_untrusted},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, explain_untrusted},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, explain_untrusted}, /* another CA of the same name */
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, explain_untrusted},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, explain_untrusted},
};

static GError *explain_certificate(const char *host, X509_STORE_CTX *store)
{
    for (size_t i = 0; i < G_N_ELEMENTS(explanations); i++) {
        if (explanations[i].code == X509_STORE_CTX_get_error(store))
            return explanations[i].explain(host, store);
    }
    return explain_other(host, store);
}

static int on_certificate(int is_good, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    SmtpEsmtpTls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

    if (!is_good && !tls->problem)
        tls->problem = explain_certificate(tls->gateway->host, store);
    return is_good && tls->calls->may_trust(tls->calls->user);
}

/* libESMTP sends no SNI, and offers (and then frees once too often) a certificate that it finds under $HOME. */
static void on_progress(const SSL *ssl, int where, int result)
{
    SmtpEsmtpTls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    SSL *own = (SSL *)ssl;

    (void)result;
    if (!(where & SSL_CB_HANDSHAKE_START))
        return;
    tls->calls->started(tls->calls->user, SSL_get_fd(ssl));
    SSL_certs_clear(own);
    /* RFC 6066 3: literal addresses are not permitted in SNI */
    if (!g_hostname_is_ip_address(tls->gateway->host))
        (void)SSL_set_tlsext_host_name(own, tls->gateway->host);
}

/* Each record read is acknowledged at once: a relay whose socket has no TCP_NODELAY (as Postfix) holds its second reply to
 * several BDAT until the first is acknowledged, for which the kernel would take 40 ms. */
static void on_record(int is_written, int version, int kind, const void *bytes, size_t size, SSL *ssl, void *user)
{
    (void)version;
    (void)bytes;
    (void)size;
    (void)user;
    if (!is_written && kind == SSL3_RT_HEADER)
        smtp_esmtp_socket_acknowledge(SSL_get_fd(ssl));
}

static bool load_authorities(SmtpEsmtpTls *tls, GError **error)
{
    const Gateway *gateway = tls->gateway;
    g_autofree char *path = NULL;

    if (!gateway->ca_file) {
        SSL_CTX_set_default_verify_paths(tls->context);
        return true;
    }
    path = g_path_is_absolute(gateway->ca_file) || !gateway->folder
               ? g_strdup(gateway->ca_file)
               : g_build_filename(gateway->folder, gateway->ca_file, NULL);
    if (SSL_CTX_load_verify_file(tls->context, path) == 1)
        return true;
    error_set(error, BREACH_ERROR_CONFIG, "tls-ca-file",
              "ca_file %s cannot be read or has no certificate in PEM: mend it in the gateway file", path);
    ERR_clear_error();
    return false;
}

static bool expect_name(SmtpEsmtpTls *tls)
{
    X509_VERIFY_PARAM *expected = SSL_CTX_get0_param(tls->context);
    const char *host = tls->gateway->host;

    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return g_hostname_is_ip_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(expected, host) == 1
                                          : X509_VERIFY_PARAM_set1_host(expected, host, 0) == 1;
}

static void set_rules(SmtpEsmtpTls *tls)
{
    SSL_CTX_set_app_data(tls->context, tls);
    SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION);
    SSL_CTX_set_options(tls->context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_verify(tls->context, SSL_VERIFY_PEER, on_certificate);
    SSL_CTX_set_info_callback(tls->context, on_progress);
    SSL_CTX_set_msg_callback(tls->context, on_record);
}

SmtpEsmtpTls *smtp_esmtp_tls_new(const Gateway *gateway, const SmtpEsmtpTlsCalls *calls, GError **error)
{
    SmtpEsmtpTls *tls = g_new0(SmtpEsmtpTls, 1);

    tls->gateway = gateway;
    tls->calls = calls;
    tls->context = SSL_CTX_new(TLS_client_method());
    if (!tls->context || !expect_name(tls)) {
        smtp_esmtp_tls_free(tls);
        error_set(error, BREACH_ERROR_INTERNAL, "internal-library", "OpenSSL cannot be set up for %s", gateway->host);
        return NULL;
    }
    set_rules(tls);
    if (!load_authorities(tls, error)) {
        smtp_esmtp_tls_free(tls);
        return NULL;
    }
    return tls;
}

SSL_CTX *smtp_esmtp_tls_context(SmtpEsmtpTls *tls)
{
    return tls->context;
}

/* Whether it is worth trying again after OpenSSL's `result`. */
static bool wait_for(SSL *ssl, int result, int64_t timeout)
{
    int why = SSL_get_error(ssl, result);
    struct pollfd ready = {.fd = SSL_get_fd(ssl)};
    int got;

    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
        return false;
    ready.events = why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    do {
        got = poll(&ready, 1, (int)CLAMP(timeout, 0, G_MAXINT));
    } while (got < 0 && errno == EINTR);
    return got > 0;
}

static bool write_all(SSL *ssl, const char *bytes, int64_t timeout)
{
    int result;

    while ((result = SSL_write(ssl, bytes, (int)strlen(bytes))) <= 0) {
        if (!wait_for(ssl, result, timeout))
            return false;
    }
    return true;
}

static bool read_line(SSL *ssl, char line[REPLY_LINE_MAX], int64_t timeout)
{
    size_t length = 0;

    while (length < REPLY_LINE_MAX - 1) {
        int result = SSL_read(ssl, line + length, 1);

        if (result > 0 && line[length++] == '\n') {
            line[length] = '\0';
            return true;
        }
        if (result <= 0 && !wait_for(ssl, result, timeout))
            return false;
    }
    return false;
}

bool smtp_esmtp_tls_drain(SSL *ssl, int64_t timeout)
{
    char line[REPLY_LINE_MAX];

    if (!write_all(ssl, "NOOP\r\n", timeout))
        return false;
    do {
        if (!read_line(ssl, line, timeout) || strlen(line) < 4)
            return false;
    } while (line[3] == '-');
    return SSL_pending(ssl) == 0;
}

static bool is_mismatch(int reason)
{
    static const int mismatches[] = {SSL_R_UNSUPPORTED_PROTOCOL,
                                     SSL_R_TLSV1_ALERT_PROTOCOL_VERSION,
                                     SSL_R_NO_PROTOCOLS_AVAILABLE,
                                     SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE,
                                     SSL_R_DH_KEY_TOO_SMALL,
                                     SSL_R_NO_CIPHERS_AVAILABLE,
                                     SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY};

    for (size_t i = 0; i < G_N_ELEMENTS(mismatches); i++) {
        if (mismatches[i] == reason)
            return true;
    }
    return false;
}

void smtp_esmtp_tls_explain(const SmtpEsmtpTls *tls, GError **error)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    bool is_old = code && ERR_GET_LIB(code) == ERR_LIB_SSL && is_mismatch(ERR_GET_REASON(code));

    if (tls->problem) {
        g_propagate_error(error, g_error_copy(tls->problem));
        return;
    }
    if (is_old) {
        error_set(error, BREACH_ERROR_CONFIG, "tls-too-old",
                  "%s cannot speak TLS 1.2 or newer with us (%s): whoever runs it must mend it", tls->gateway->host,
                  reason ? reason : "no reason given");
        return;
    }
    error_set(error, BREACH_ERROR_TEMPORARY, "tls-handshake",
              "the TLS handshake with %s failed (%s): trying again may help", tls->gateway->host,
              reason ? reason : "the connection was lost");
}

void smtp_esmtp_tls_free(SmtpEsmtpTls *tls)
{
    if (!tls)
        return;
    SSL_CTX_free(tls->context);
    g_clear_error(&tls->problem);
    g_free(tls);
}
