#include "channel/sign_jwt.h"

#include <string.h>

#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/error.h"
#include "channel/sign_canonical.h"

#define RSA_BITS_LEAST 2048 /* RFC 7518 3.3 */
#define P256_OCTETS    32   /* of each of the two numbers; RFC 7518 3.4 */

struct SignKey {
    EVP_PKEY *key; /* owned */
    bool is_ec;
};

/* A PEM with a passphrase must not make the program ask for it on the terminal. */
static int no_passphrase(char *buffer, int size, int is_writing, void *user)
{
    (void)buffer;
    (void)size;
    (void)is_writing;
    (void)user;
    return -1;
}

static bool is_fitting(const EVP_PKEY *key, bool is_ec)
{
    char group[32] = "";

    if (!is_ec)
        return EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) >= RSA_BITS_LEAST;
    return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 &&
           strcmp(group, "prime256v1") == 0;
}

SignKey *sign_jwt_key(const char *pem, const char *algorithm, GError **error)
{
    g_autoptr(SignKey) key = g_new0(SignKey, 1);
    BIO *input = BIO_new_mem_buf(pem, -1);

    key->is_ec = strcmp(algorithm, "ES256") == 0;
    key->key = input ? PEM_read_bio_PrivateKey(input, NULL, no_passphrase, NULL) : NULL;
    BIO_free(input);
    ERR_clear_error();
    if (!key->key) {
        error_set(error, BREACH_ERROR_CONFIG, "sign-key", "the private key is no PEM without a passphrase");
        return NULL;
    }
    if (!is_fitting(key->key, key->is_ec)) {
        error_set(error, BREACH_ERROR_CONFIG, "sign-key-kind", "the private key does not fit %s, which needs %s",
                  algorithm, key->is_ec ? "an EC key on P-256" : "an RSA key of 2048 bits or more");
        return NULL;
    }
    return g_steal_pointer(&key);
}

SignKey *sign_jwt_key_new(const char *algorithm, GError **error)
{
    g_autoptr(SignKey) key = g_new0(SignKey, 1);

    key->is_ec = strcmp(algorithm, "ES256") == 0;
    key->key = key->is_ec ? EVP_EC_gen("P-256") : EVP_RSA_gen(RSA_BITS_LEAST);
    if (key->key)
        return g_steal_pointer(&key);
    ERR_clear_error();
    error_set(error, BREACH_ERROR_CONFIG, "sign-key-use", "OpenSSL makes no %s key", algorithm);
    return NULL;
}

void sign_jwt_key_free(SignKey *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->key);
    g_free(key);
}

/* ECDSA in OpenSSL is DER of two numbers; a JWS has them side by side at full length (RFC 7518 3.4). */
static bool side_by_side(const unsigned char *der, size_t size, unsigned char output[2 * P256_OCTETS])
{
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)size);
    bool done = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), output, P256_OCTETS) == P256_OCTETS &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), output + P256_OCTETS, P256_OCTETS) == P256_OCTETS;

    ECDSA_SIG_free(pair);
    return done;
}

static char *signature_of(const SignKey *key, const char *text)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = (size_t)EVP_PKEY_get_size(key->key);
    g_autofree unsigned char *octets = g_malloc0(size);
    unsigned char pair[2 * P256_OCTETS];
    bool done = context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key->key) == 1 &&
                EVP_DigestSign(context, octets, &size, (const unsigned char *)text, strlen(text)) == 1;

    EVP_MD_CTX_free(context);
    ERR_clear_error();
    if (!done)
        return NULL;
    if (!key->is_ec)
        return sign_base64url(octets, size);
    return side_by_side(octets, size, pair) ? sign_base64url(pair, sizeof pair) : NULL;
}

char *sign_jwt(const SignKey *key, const char *header, const char *payload, GError **error)
{
    g_autofree char *head = sign_base64url(header, strlen(header));
    g_autofree char *body = sign_base64url(payload, strlen(payload));
    g_autofree char *text = g_strdup_printf("%s.%s", head, body);
    g_autofree char *signature = signature_of(key, text);

    if (signature)
        return g_strdup_printf("%s.%s", text, signature);
    error_set(error, BREACH_ERROR_CONFIG, "sign-key-use", "the private key cannot sign");
    return NULL;
}
