#include "model/sms_text.h"

#include <string.h>

#include "model/region.h"

#define GSM7_SINGLE 160
#define GSM7_PART   153
#define UCS2_SINGLE 70
#define UCS2_PART   67
#define OPEN        "【"
#define CLOSE       "】"

/* 3GPP TS 23.038 6.2.1, without ASCII, which is below. */
static const gunichar others[] = {
    0xa1, 0xa3, 0xa4, 0xa5,  0xa7,  0xbf,  0xc4,  0xc5,  0xc6,  0xc7,  0xc9,  0xd1,  0xd6,
    0xd8, 0xdc, 0xdf, 0xe0,  0xe4,  0xe5,  0xe6,  0xe8,  0xe9,  0xec,  0xf1,  0xf2,  0xf6,
    0xf8, 0xf9, 0xfc, 0x393, 0x394, 0x398, 0x39b, 0x39e, 0x3a0, 0x3a3, 0x3a6, 0x3a8, 0x3a9,
};

/* Septets of a character; 0: the alphabet does not have it. */
static int septets(gunichar character)
{
    static const char extension[] = "\f^{}\\[~]|";

    if (character == 0x20ac || (character < 0x80 && character != 0 && strchr(extension, (int)character)))
        return 2;
    if (character == '`')
        return 0;
    if (character == '\n' || character == '\r' || (character >= ' ' && character < 0x7f))
        return 1;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (others[i] == character)
            return 1;
    return 0;
}

static int units_16(gunichar character)
{
    return character > 0xffff ? 2 : 1;
}

static int one(gunichar character)
{
    (void)character;
    return 1;
}

/* Segments of `part` units, where no character is split. */
static int count_segments(const char *text, int (*width)(gunichar), int part)
{
    int segments = 1;
    int filled = 0;

    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        int units = width(g_utf8_get_char(p));

        if (filled + units > part) {
            segments++;
            filled = 0;
        }
        filled += units;
    }
    return segments;
}

SmsMeasure sms_text_measure(const char *text, SmsCounting counting)
{
    SmsMeasure measure = {.encoding = SMS_GSM7};
    int (*width)(gunichar) = septets;
    int single;

    for (const char *p = text; *p && measure.cause == 0; p = g_utf8_next_char(p))
        if (septets(g_utf8_get_char(p)) == 0)
            measure.cause = g_utf8_get_char(p);
    if (counting == SMS_BY_CHARACTER || measure.cause != 0) {
        measure.encoding = SMS_UCS2;
        width = counting == SMS_BY_CHARACTER ? one : units_16;
    }
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        measure.units += width(g_utf8_get_char(p));
    single = measure.encoding == SMS_GSM7 ? GSM7_SINGLE : UCS2_SINGLE;
    if (measure.units > single)
        measure.segments = count_segments(text, width, measure.encoding == SMS_GSM7 ? GSM7_PART : UCS2_PART);
    else if (measure.units > 0)
        measure.segments = 1;
    return measure;
}

SmsCounting sms_text_counting(const char *region)
{
    return region && region_same(region, "cn") ? SMS_BY_CHARACTER : SMS_BY_ALPHABET;
}

const char *sms_text_encoding_name(SmsEncoding encoding)
{
    return encoding == SMS_GSM7 ? "GSM-7" : "UCS-2";
}

char *sms_text_sign(const char *text)
{
    const char *end = g_str_has_prefix(text, OPEN) ? strstr(text, CLOSE) : NULL;

    return end ? g_strndup(text + strlen(OPEN), (gsize)(end - text) - strlen(OPEN)) : NULL;
}

int sms_text_signs(const char *text)
{
    int count = 0;

    for (const char *p = strstr(text, OPEN); p; p = strstr(p + strlen(OPEN), OPEN))
        if (strstr(p, CLOSE))
            count++;
    return count;
}

char *sms_text_signed(const char *text, const char *sign)
{
    g_autofree char *own = sms_text_sign(text);

    if (!sign || !*sign || (own && strcmp(own, sign) == 0))
        return g_strdup(text);
    return g_strconcat(OPEN, sign, CLOSE, text, NULL);
}
