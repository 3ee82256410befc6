/* address - email addresses and phone numbers, validated and never repaired.
 *
 * Pure; threads: safe. Messages say what is wrong and what was expected, lower case, without the file position, which
 * the caller knows. They never contain more than 60 characters of the address. */
#ifndef BREACH_MODEL_ADDRESS_H
#define BREACH_MODEL_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#define ADDRESS_LOCAL_MAX 64   /* octets, RFC 5321 4.5.3.1.1 */
#define ADDRESS_DOMAIN_MAX 255 /* octets, RFC 5321 4.5.3.1.2 */
#define ADDRESS_MAX 254        /* octets: a path of 256 with its angle brackets, RFC 5321 4.5.3.1.3 */

/* address_parse_email: the addr-spec `text` (dot-string local part, RFC 5321 4.1.2; no quoted local part, no address
 * literal, no display name) as it goes on the wire: the domain in lower-case ASCII (IDNA 2008, UTS 46 non-transitional;
 * what libidn2 would silently drop is refused), the local part as it is. The domain has at least one dot and its last
 * label is not all digits (RFC 3696 2), so that a bare IP address or "localhost" is refused. A non-ASCII local part
 * needs SMTPUTF8, which is not supported: an error. Newly allocated. Error: BREACH_ERROR_INPUT. */
char *address_parse_email(const char *text, GError **error);

/* address_parse_domain: the domain of an address, as address_parse_email() has it; NULL when `text` is none. Newly
 * allocated. address_domain_of: of any endpoint, lower case, newly allocated; NULL when it has no @. */
char *address_parse_domain(const char *text);
char *address_domain_of(const char *endpoint);

/* address_domain: the part after the last @ of a parsed address; borrowed. */
const char *address_domain(const char *address);

/* address_verp: `return_path` with +token before the @: bounce@example.com, token -> bounce+token@example.com. NULL
 * when the local part would be over ADDRESS_LOCAL_MAX or the whole over ADDRESS_MAX, or there is no @. Newly
 * allocated. */
char *address_verp(const char *return_path, const char *token);

/* address_parse_phone: E.164 (`+`, a first digit 1-9, 7 to 15 digits); spaces, dots, hyphens and parentheses between
 * digits are allowed and dropped, nothing else is, and no "(0)", which is dialled only inside a country. "1.38E+10" is
 * recognised as a spreadsheet's rounding and the message says so, since the digits are lost. Newly allocated. Error:
 * BREACH_ERROR_INPUT. */
char *address_parse_phone(const char *text, GError **error);

/* address_is_rounded: whether `text` is such a number that a spreadsheet rounded ("1.38E+10"). */
bool address_is_rounded(const char *text);

/* address_mask_email: "zhang.wei@example.com" -> "zh***@example.com": two characters at the most, never the whole local
 * part. Newly allocated. */
char *address_mask_email(const char *address);

/* address_mask: any endpoint as it may be shown: an email address as above, "+86***", the first characters of what else
 * there is; newly allocated. */
char *address_mask(const char *endpoint);

#endif
