/* Whatever is accepted as an address fits an envelope, and reads the same the second time. */
#include "fuzz.h"

#include <string.h>

#include <glib.h>

#include "model/address.h"
#include "model/phone.h"

static void check_email(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *address = address_parse_email(text, &error);
    g_autofree char *again = NULL;
    g_autofree char *verp = NULL;
    g_autofree char *mask = NULL;

    fuzz_require(!address == !!error);
    if (!address)
        return;
    fuzz_require(strlen(address) <= ADDRESS_MAX && strchr(address, '@') == strrchr(address, '@'));
    fuzz_require(strchr(address, '@') - address <= ADDRESS_LOCAL_MAX && strchr(address_domain(address), '.'));
    for (const char *at = address; *at; at++)
        fuzz_require(*at > ' ' && *at < 0x7f && !strchr("<>()[]:;,\"\\", *at));
    for (const char *at = address_domain(address); *at; at++)
        fuzz_require(!g_ascii_isupper(*at));
    again = address_parse_email(address, NULL);
    fuzz_require(g_strcmp0(address, again) == 0);
    verp = address_verp(address, "abcdefghijklmnopqrstuvwxyz");
    fuzz_require(!verp || (strlen(verp) <= ADDRESS_MAX && strcmp(address_domain(verp), address_domain(address)) == 0));
    mask = address_mask_email(address);
    /* at most two octets of the local part, and never all of it; the domain stays */
    fuzz_require(strlen(mask) <= 2 + strlen("***@") + strlen(address_domain(address)));
    fuzz_require(strchr(mask, '*') - mask < strchr(address, '@') - address || address[0] == '*');
    fuzz_require(strcmp(strrchr(mask, '@'), strrchr(address, '@')) == 0);
}

static void check_e164(const char *number)
{
    fuzz_require(number[0] == '+' && number[1] >= '1' && number[1] <= '9');
    fuzz_require(strlen(number) >= 8 && strlen(number) <= 16 && number[1 + strspn(number + 1, "0123456789")] == '\0');
}

static void check_phone(const char *text)
{
    static const char *const countries[] = {NULL, "CN", "DE", "US", "IT", "HK"};

    for (size_t i = 0; i < G_N_ELEMENTS(countries); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *number = phone_normalize(text, countries[i], &error);
        g_autofree char *again = NULL;

        fuzz_require(!number == !!error);
        if (!number)
            continue;
        check_e164(number);
        again = phone_normalize(number, NULL, NULL);
        fuzz_require(g_strcmp0(number, again) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);

    check_email(text);
    check_phone(text);
    (void)address_is_rounded(text);
    return 0;
}
