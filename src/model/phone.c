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

/* ISO 3166-1 and ITU-T E.164: calling codes. Countries that share a code stand together in E.164, not here. */
static const char *const codes[][2] = {
    {"AD", "376"}, {"AE", "971"}, {"AF", "93"},  {"AG", "1"},   {"AI", "1"},   {"AL", "355"}, {"AM", "374"},
    {"AO", "244"}, {"AR", "54"},  {"AS", "1"},   {"AT", "43"},  {"AU", "61"},  {"AW", "297"}, {"AX", "358"},
    {"AZ", "994"}, {"BA", "387"}, {"BB", "1"},   {"BD", "880"}, {"BE", "32"},  {"BF", "226"}, {"BG", "359"},
    {"BH", "973"}, {"BI", "257"}, {"BJ", "229"}, {"BL", "590"}, {"BM", "1"},   {"BN", "673"}, {"BO", "591"},
    {"BQ", "599"}, {"BR", "55"},  {"BS", "1"},   {"BT", "975"}, {"BW", "267"}, {"BY", "375"}, {"BZ", "501"},
    {"CA", "1"},   {"CC", "61"},  {"CD", "243"}, {"CF", "236"}, {"CG", "242"}, {"CH", "41"},  {"CI", "225"},
    {"CK", "682"}, {"CL", "56"},  {"CM", "237"}, {"CN", "86"},  {"CO", "57"},  {"CR", "506"}, {"CU", "53"},
    {"CV", "238"}, {"CW", "599"}, {"CX", "61"},  {"CY", "357"}, {"CZ", "420"}, {"DE", "49"},  {"DJ", "253"},
    {"DK", "45"},  {"DM", "1"},   {"DO", "1"},   {"DZ", "213"}, {"EC", "593"}, {"EE", "372"}, {"EG", "20"},
    {"EH", "212"}, {"ER", "291"}, {"ES", "34"},  {"ET", "251"}, {"FI", "358"}, {"FJ", "679"}, {"FK", "500"},
    {"FM", "691"}, {"FO", "298"}, {"FR", "33"},  {"GA", "241"}, {"GB", "44"},  {"GD", "1"},   {"GE", "995"},
    {"GF", "594"}, {"GG", "44"},  {"GH", "233"}, {"GI", "350"}, {"GL", "299"}, {"GM", "220"}, {"GN", "224"},
    {"GP", "590"}, {"GQ", "240"}, {"GR", "30"},  {"GT", "502"}, {"GU", "1"},   {"GW", "245"}, {"GY", "592"},
    {"HK", "852"}, {"HN", "504"}, {"HR", "385"}, {"HT", "509"}, {"HU", "36"},  {"ID", "62"},  {"IE", "353"},
    {"IL", "972"}, {"IM", "44"},  {"IN", "91"},  {"IO", "246"}, {"IQ", "964"}, {"IR", "98"},  {"IS", "354"},
    {"IT", "39"},  {"JE", "44"},  {"JM", "1"},   {"JO", "962"}, {"JP", "81"},  {"KE", "254"}, {"KG", "996"},
    {"KH", "855"}, {"KI", "686"}, {"KM", "269"}, {"KN", "1"},   {"KP", "850"}, {"KR", "82"},  {"KW", "965"},
    {"KY", "1"},   {"KZ", "7"},   {"LA", "856"}, {"LB", "961"}, {"LC", "1"},   {"LI", "423"}, {"LK", "94"},
    {"LR", "231"}, {"LS", "266"}, {"LT", "370"}, {"LU", "352"}, {"LV", "371"}, {"LY", "218"}, {"MA", "212"},
    {"MC", "377"}, {"MD", "373"}, {"ME", "382"}, {"MF", "590"}, {"MG", "261"}, {"MH", "692"}, {"MK", "389"},
    {"ML", "223"}, {"MM", "95"},  {"MN", "976"}, {"MO", "853"}, {"MP", "1"},   {"MQ", "596"}, {"MR", "222"},
    {"MS", "1"},   {"MT", "356"}, {"MU", "230"}, {"MV", "960"}, {"MW", "265"}, {"MX", "52"},  {"MY", "60"},
    {"MZ", "258"}, {"NA", "264"}, {"NC", "687"}, {"NE", "227"}, {"NF", "672"}, {"NG", "234"}, {"NI", "505"},
    {"NL", "31"},  {"NO", "47"},  {"NP", "977"}, {"NR", "674"}, {"NU", "683"}, {"NZ", "64"},  {"OM", "968"},
    {"PA", "507"}, {"PE", "51"},  {"PF", "689"}, {"PG", "675"}, {"PH", "63"},  {"PK", "92"},  {"PL", "48"},
    {"PM", "508"}, {"PR", "1"},   {"PS", "970"}, {"PT", "351"}, {"PW", "680"}, {"PY", "595"}, {"QA", "974"},
    {"RE", "262"}, {"RO", "40"},  {"RS", "381"}, {"RU", "7"},   {"RW", "250"}, {"SA", "966"}, {"SB", "677"},
    {"SC", "248"}, {"SD", "249"}, {"SE", "46"},  {"SG", "65"},  {"SH", "290"}, {"SI", "386"}, {"SJ", "47"},
    {"SK", "421"}, {"SL", "232"}, {"SM", "378"}, {"SN", "221"}, {"SO", "252"}, {"SR", "597"}, {"SS", "211"},
    {"ST", "239"}, {"SV", "503"}, {"SX", "1"},   {"SY", "963"}, {"SZ", "268"}, {"TC", "1"},   {"TD", "235"},
    {"TG", "228"}, {"TH", "66"},  {"TJ", "992"}, {"TK", "690"}, {"TL", "670"}, {"TM", "993"}, {"TN", "216"},
    {"TO", "676"}, {"TR", "90"},  {"TT", "1"},   {"TV", "688"}, {"TW", "886"}, {"TZ", "255"}, {"UA", "380"},
    {"UG", "256"}, {"US", "1"},   {"UY", "598"}, {"UZ", "998"}, {"VA", "39"},  {"VC", "1"},   {"VE", "58"},
    {"VG", "1"},   {"VI", "1"},   {"VN", "84"},  {"VU", "678"}, {"WF", "681"}, {"WS", "685"}, {"XK", "383"},
    {"YE", "967"}, {"YT", "262"}, {"ZA", "27"},  {"ZM", "260"}, {"ZW", "263"},
};

static const char *calling_code(const char *country)
{
    size_t low = 0;
    size_t high = G_N_ELEMENTS(codes);

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(country, codes[middle][0]);

        if (order == 0)
            return codes[middle][1];
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
