#include "model/phone.h"

#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "model/address.h"

#define DIGITS_MAX      15
#define SHOWN_MAX       60
#define SEPARATORS      " .-()"
#define TRUNK_NEEDED    99 /* no number without the trunk prefix is long enough */
#define GENERIC_MINIMUM 5  /* digits of a national number where the plan is not in the table */

/* How numbers are written inside a country (its national numbering plan as of ITU-T E.164 and the plans themselves). */
typedef struct NationalPlan {
    const char *country;
    const char *trunk;       /* dialled before the number inside the country; "": none */
    size_t minimum, maximum; /* digits of the national number, without the trunk prefix */
    size_t bare_minimum;     /* at least so many where the trunk prefix is left out: fewer may be a local number */
    const char *bare_first;  /* then the first digit is one of these; NULL: any but 0 */
} NationalPlan;

static const NationalPlan plans[] = {
    {"AU", "0", 9, 9, 9, NULL},
    {"CA", "1", 10, 10, 10, "23456789"},
    {"CN", "0", 10, 11, 11, "1"}, /* mobiles are written without the 0, landlines with it */
    {"DE", "0", 6, 13, TRUNK_NEEDED, NULL},
    {"FR", "0", 9, 9, 9, NULL},
    {"GB", "0", 9, 10, 10, NULL},
    {"HK", "", 8, 8, 8, "23456789"},
    {"IN", "0", 10, 10, 10, NULL},
    {"JP", "0", 9, 10, 9, NULL},
    {"KR", "0", 8, 10, 9, NULL},
    {"MO", "", 8, 8, 8, "2345689"},
    {"SG", "", 8, 8, 8, "3689"},
    {"TW", "0", 8, 9, 9, NULL},
    {"US", "1", 10, 10, 10, "23456789"},
};

/* ISO 3166-1 code and ITU-T E.164 calling code, in order of the first. */
static const char *const codes[] = {
    "AD376", "AE971", "AF93",  "AG1",   "AI1",   "AL355", "AM374", "AO244", "AR54",  "AS1",   "AT43",  "AU61",  "AW297",
    "AX358", "AZ994", "BA387", "BB1",   "BD880", "BE32",  "BF226", "BG359", "BH973", "BI257", "BJ229", "BL590", "BM1",
    "BN673", "BO591", "BQ599", "BR55",  "BS1",   "BT975", "BW267", "BY375", "BZ501", "CA1",   "CC61",  "CD243", "CF236",
    "CG242", "CH41",  "CI225", "CK682", "CL56",  "CM237", "CN86",  "CO57",  "CR506", "CU53",  "CV238", "CW599", "CX61",
    "CY357", "CZ420", "DE49",  "DJ253", "DK45",  "DM1",   "DO1",   "DZ213", "EC593", "EE372", "EG20",  "EH212", "ER291",
    "ES34",  "ET251", "FI358", "FJ679", "FK500", "FM691", "FO298", "FR33",  "GA241", "GB44",  "GD1",   "GE995", "GF594",
    "GG44",  "GH233", "GI350", "GL299", "GM220", "GN224", "GP590", "GQ240", "GR30",  "GT502", "GU1",   "GW245", "GY592",
    "HK852", "HN504", "HR385", "HT509", "HU36",  "ID62",  "IE353", "IL972", "IM44",  "IN91",  "IO246", "IQ964", "IR98",
    "IS354", "IT39",  "JE44",  "JM1",   "JO962", "JP81",  "KE254", "KG996", "KH855", "KI686", "KM269", "KN1",   "KP850",
    "KR82",  "KW965", "KY1",   "KZ7",   "LA856", "LB961", "LC1",   "LI423", "LK94",  "LR231", "LS266", "LT370", "LU352",
    "LV371", "LY218", "MA212", "MC377", "MD373", "ME382", "MF590", "MG261", "MH692", "MK389", "ML223", "MM95",  "MN976",
    "MO853", "MP1",   "MQ596", "MR222", "MS1",   "MT356", "MU230", "MV960", "MW265", "MX52",  "MY60",  "MZ258", "NA264",
    "NC687", "NE227", "NF672", "NG234", "NI505", "NL31",  "NO47",  "NP977", "NR674", "NU683", "NZ64",  "OM968", "PA507",
    "PE51",  "PF689", "PG675", "PH63",  "PK92",  "PL48",  "PM508", "PR1",   "PS970", "PT351", "PW680", "PY595", "QA974",
    "RE262", "RO40",  "RS381", "RU7",   "RW250", "SA966", "SB677", "SC248", "SD249", "SE46",  "SG65",  "SH290", "SI386",
    "SJ47",  "SK421", "SL232", "SM378", "SN221", "SO252", "SR597", "SS211", "ST239", "SV503", "SX1",   "SY963", "SZ268",
    "TC1",   "TD235", "TG228", "TH66",  "TJ992", "TK690", "TL670", "TM993", "TN216", "TO676", "TR90",  "TT1",   "TV688",
    "TW886", "TZ255", "UA380", "UG256", "US1",   "UY598", "UZ998", "VA39",  "VC1",   "VE58",  "VG1",   "VI1",   "VN84",
    "VU678", "WF681", "WS685", "XK383", "YE967", "YT262", "ZA27",  "ZM260", "ZW263",
};

static const char *calling_code(const char *country)
{
    size_t low = 0;
    size_t high = strlen(country) == 2 ? G_N_ELEMENTS(codes) : 0;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strncmp(country, codes[middle], 2);

        if (order == 0)
            return codes[middle] + 2;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static const NationalPlan *plan_of(const char *country)
{
    for (size_t i = 0; i < G_N_ELEMENTS(plans); i++)
        if (strcmp(plans[i].country, country) == 0)
            return &plans[i];
    return NULL;
}

/* The plan that numbers with this calling code follow; only where one country has the code to itself or shares the
 * plan. */
static const NationalPlan *plan_of_number(const char *digits, size_t *code_length)
{
    for (size_t i = 0; i < G_N_ELEMENTS(plans); i++) {
        const char *code = calling_code(plans[i].country);

        if (!g_str_has_prefix(digits, code))
            continue;
        *code_length = strlen(code);
        return &plans[i];
    }
    return NULL;
}

bool phone_is_country(const char *country)
{
    return calling_code(country) != NULL;
}

static void refuse(GError **error, const char *text, const char *problem)
{
    const char *end = text;

    for (int i = 0; *end && i < SHOWN_MAX; i++)
        end = g_utf8_next_char(end);
    error_set(error, BREACH_ERROR_INPUT, NULL, "phone \"%.*s%s\" %s", (int)(end - text), text, *end ? "…" : "",
              problem);
}

/* Whether nothing but digits and what may stand between them is in `text`: a number as it is dialled at home. */
static bool is_national(const char *text)
{
    return (g_ascii_isdigit(*text) || *text == '(') && !text[strspn(text, "0123456789" SEPARATORS)] &&
           !strstr(text, "(0)");
}

static size_t take_digits(const char *text, char *digits)
{
    size_t count = 0;

    for (; *text; text++)
        if (g_ascii_isdigit(*text) && count < DIGITS_MAX + 1)
            digits[count++] = *text;
    digits[count] = '\0';
    return count;
}

/* Whether `digits` (with the trunk prefix, or bare) are a whole number of the plan; *national: without the prefix. */
static bool fits(const NationalPlan *plan, const char *digits, const char **national)
{
    size_t trunk = strlen(plan->trunk);
    size_t length = strlen(digits);

    if (trunk > 0 && strncmp(digits, plan->trunk, trunk) == 0 && length >= plan->minimum + trunk &&
        length <= plan->maximum + trunk) {
        *national = digits + trunk;
        return **national != '0';
    }
    *national = digits;
    return length >= plan->bare_minimum && length <= plan->maximum && *digits != '0' &&
           (!plan->bare_first || strchr(plan->bare_first, *digits));
}

static char *normalize_national(const char *text, const char *country, GError **error)
{
    const char *code = calling_code(country);
    const NationalPlan *plan = plan_of(country);
    g_autofree char *problem = NULL;
    char digits[DIGITS_MAX + 2];
    size_t count = take_digits(text, digits);
    const char *national = digits;

    if (plan && fits(plan, digits, &national))
        return g_strconcat("+", code, national, NULL);
    /* Where the plan is not known, a 0 in front may be dialled or not (Italy), and a short number may be a local one.
     */
    if (!plan && *digits != '0' && count >= GENERIC_MINIMUM && count + strlen(code) <= DIGITS_MAX)
        return g_strconcat("+", code, digits, NULL);
    if (plan)
        problem =
            g_strdup_printf(_("is no complete number of %s and not E.164 (expected +<country><number>)"), country);
    else
        problem = g_strdup_printf(_("cannot be read as a number of %s: write it as +%s<number>"), country, code);
    refuse(error, text, problem);
    return NULL;
}

/* A number in E.164 whose country has a known plan must be as long as that country's numbers. */
static bool check_length(const char *text, const char *phone, GError **error)
{
    size_t code_length = 0;
    const NationalPlan *plan = plan_of_number(phone + 1, &code_length);
    size_t length = strlen(phone + 1) - code_length;
    bool has_trunk = plan && *plan->trunk == '0' && phone[1 + code_length] == '0';
    g_autofree char *problem = NULL;

    if (!plan || (length >= plan->minimum && length <= plan->maximum && !has_trunk))
        return true;
    if (has_trunk)
        problem = g_strdup_printf(_("has a 0 after +%.*s, which is dialled only inside the country: leave it out"),
                                  (int)code_length, phone + 1);
    else if (plan->minimum == plan->maximum)
        problem = g_strdup_printf(_("has %zu digits after +%.*s, expected %zu"), length, (int)code_length, phone + 1,
                                  plan->minimum);
    else
        problem = g_strdup_printf(_("has %zu digits after +%.*s, expected %zu to %zu"), length, (int)code_length,
                                  phone + 1, plan->minimum, plan->maximum);
    refuse(error, text, problem);
    return false;
}

char *phone_normalize(const char *text, const char *country, GError **error)
{
    g_autofree char *phone = NULL;
    char digits[DIGITS_MAX + 2];

    if (g_str_has_suffix(text, ".0")) { /* its zero would make it somebody else's number */
        refuse(error, text, _("was written as a decimal number by the program that exported it: export the column as text"));
        return NULL;
    }
    if (is_national(text) && strncmp(text, "00", 2) != 0) {
        if (country)
            return normalize_national(text, country, error);
        if (take_digits(text, digits) >= 7) {
            refuse(error, text,
                   _("is not E.164 (expected +<country><number>, or default_country under people in the playbook)"));
            return NULL;
        }
    }
    phone = address_parse_phone(text, error);
    return phone && check_length(text, phone, error) ? g_steal_pointer(&phone) : NULL;
}
