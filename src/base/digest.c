#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>

#include <glib.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256; /* looked up once: the library's own look-up takes a lock each time */

static void look_up(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    g_assert(sha256);
}

void digest_sha256(const void *data, size_t size, uint8_t digest[DIGEST_SIZE])
{
    int done;

    pthread_once(&once, look_up);
    done = EVP_Digest(data, size, digest, NULL, sha256, NULL);
    g_assert(done == 1);
}

void digest_hmac(const void *key, size_t key_size, const void *data, size_t size, uint8_t digest[DIGEST_SIZE])
{
    unsigned int written = DIGEST_SIZE;
    const unsigned char *done = HMAC(EVP_sha256(), key, (int)key_size, data, size, digest, &written);

    g_assert(done && written == DIGEST_SIZE);
}

void digest_hex(const uint8_t digest[DIGEST_SIZE], char hex[DIGEST_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[2 * DIGEST_SIZE] = '\0';
}

bool digest_is_set(const uint8_t digest[DIGEST_SIZE])
{
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        if (digest[i] != 0)
            return true;
    return false;
}
