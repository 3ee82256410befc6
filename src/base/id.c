#include "base/id.h"

#include <pthread.h>
#include <string.h>

#include <glib.h>
#include <sys/random.h>

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

static pthread_mutex_t drawn_lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static char *drawn_seed;                                       /* NULL: the system's own randomness */
static uint64_t drawn_count;

void id_seed(const char *seed)
{
    pthread_mutex_lock(&drawn_lock);
    g_free(drawn_seed);
    drawn_seed = g_strdup(seed);
    drawn_count = 0;
    pthread_mutex_unlock(&drawn_lock);
}

/* SHA-256 over the seed and a count, as often as bytes are needed. */
static bool draw(uint8_t *bytes, size_t size)
{
    bool is_seeded;

    pthread_mutex_lock(&drawn_lock);
    is_seeded = drawn_seed != NULL;
    while (is_seeded && size > 0) {
        g_autofree char *text = g_strdup_printf("%s/%" G_GUINT64_FORMAT, drawn_seed, drawn_count++);
        g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
        uint8_t block[32];
        gsize length = sizeof block;

        g_checksum_update(checksum, (const guchar *)text, -1);
        g_checksum_get_digest(checksum, block, &length);
        length = MIN(length, size);
        memcpy(bytes, block, length);
        bytes += length;
        size -= length;
    }
    pthread_mutex_unlock(&drawn_lock);
    return is_seeded;
}

static void random_bytes(uint8_t *bytes, size_t size)
{
    size_t done = draw(bytes, size) ? size : 0;

    while (done < size) {
        ssize_t got = getrandom(bytes + done, size - done, 0);

        if (got > 0)
            done += (size_t)got;
    }
}

/* Takes `length` groups of five bits, first bit first. */
static void encode(const uint8_t *bytes, char *id, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        size_t bit = i * 5;
        unsigned window = (unsigned)(bytes[bit / 8] << 8);

        if (bit % 8 > 3)
            window |= bytes[bit / 8 + 1];
        id[i] = alphabet[window >> (11 - bit % 8) & 31];
    }
    id[length] = '\0';
}

void id_random(char *id, size_t length)
{
    uint8_t bytes[64];

    g_assert(length * 5 <= sizeof bytes * 8);
    random_bytes(bytes, sizeof bytes);
    encode(bytes, id, length);
}

void id_secret(uint8_t secret[ID_SECRET_SIZE])
{
    random_bytes(secret, ID_SECRET_SIZE);
}

void id_message(const uint8_t secret[ID_SECRET_SIZE], const char *const *parts, size_t count,
                char id[ID_MESSAGE_LENGTH + 1])
{
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, secret, ID_SECRET_SIZE);
    uint8_t digest[32];
    gsize size = sizeof digest;

    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(parts[i]);
        const uint8_t prefix[4] = {(uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8),
                                   (uint8_t)length};

        g_hmac_update(hmac, prefix, sizeof prefix);
        g_hmac_update(hmac, (const guchar *)parts[i], (gssize)length);
    }
    g_hmac_get_digest(hmac, digest, &size);
    g_hmac_unref(hmac);
    encode(digest, id, ID_MESSAGE_LENGTH);
}

bool id_is_message(const char *text)
{
    return strlen(text) == ID_MESSAGE_LENGTH && strspn(text, alphabet) == ID_MESSAGE_LENGTH;
}

static int luhn_digit(const char *digits, size_t length)
{
    int sum = 0;

    for (size_t i = 0; i < length; i++) {
        int digit = digits[length - 1 - i] - '0';

        if (i % 2 == 0)
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return (10 - sum % 10) % 10;
}

void id_number(const char id[ID_MESSAGE_LENGTH + 1], char number[ID_NUMBER_LENGTH + 1])
{
    uint64_t bits = 0;
    char digits[16];

    for (size_t i = 0; i < 12; i++)
        bits = bits << 5 | (uint64_t)(strchr(alphabet, id[i]) - alphabet);
    /* The first 49 bits, which fit 15 digits: a number read out on the phone leads back to a range of ids. */
    bits >>= 11;
    for (size_t i = 15; i > 0; i--, bits /= 10)
        digits[i - 1] = (char)('0' + bits % 10);
    digits[15] = (char)('0' + luhn_digit(digits, 15));
    for (size_t i = 0, at = 0; i < 16; i++) {
        if (i > 0 && i % 4 == 0)
            number[at++] = ' ';
        number[at++] = digits[i];
    }
    number[ID_NUMBER_LENGTH] = '\0';
}

/* The 16 digits alone; false when there is anything else, or another number of them. */
static bool read_digits(const char *number, char digits[16])
{
    size_t count = 0;

    for (; *number; number++) {
        if (*number == ' ' || *number == '-')
            continue;
        if (!g_ascii_isdigit(*number) || count == 16)
            return false;
        digits[count++] = *number;
    }
    return count == 16;
}

bool id_of_number(const char *number, char prefix[ID_PREFIX_LENGTH + 1])
{
    uint64_t bits = 0;
    char digits[16];

    if (!read_digits(number, digits) || luhn_digit(digits, 15) != digits[15] - '0')
        return false;
    for (size_t i = 0; i < 15; i++)
        bits = bits * 10 + (uint64_t)(digits[i] - '0');
    if (bits >> 49)
        return false;
    bits >>= 49 - 5 * ID_PREFIX_LENGTH;
    for (size_t i = ID_PREFIX_LENGTH; i > 0; i--, bits >>= 5)
        prefix[i - 1] = alphabet[bits & 31];
    prefix[ID_PREFIX_LENGTH] = '\0';
    return true;
}
