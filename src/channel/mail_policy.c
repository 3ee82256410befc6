#include "channel/mail_policy.h"

#include <string.h>

#include "channel/dns_text.h"
#include "model/address.h"

typedef struct Search {
    const Gateway *gateway; /* borrowed */
    const char *resolver;   /* borrowed, or NULL */
    Findings *findings;     /* borrowed */
    GPtrArray *policies;    /* borrowed */
} Search;

void mail_policy_free(MailPolicy *policy)
{
    g_free(policy->domain);
    g_free(policy->record);
    g_free(policy);
}

static MailPolicy *add_policy(const Search *search, const char *kind, const char *domain)
{
    MailPolicy *policy = g_new0(MailPolicy, 1);

    policy->kind = kind;
    policy->domain = g_strdup(domain);
    g_ptr_array_add(search->policies, policy);
    return policy;
}

/* Whether `record` begins with the version tag and a space, a semicolon or its end (RFC 7208 4.5, RFC 7489 6.3). */
static bool has_version(const char *record, const char *version)
{
    size_t length = strlen(version);

    return g_ascii_strncasecmp(record, version, length) == 0 && (!record[length] || strchr(" ;\t", record[length]));
}

/* How many records of that version `name` has; the first of them in *record. -1: not known. */
static int find_records(const Search *search, const char *name, const char *version, char **record)
{
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(g_free);
    int found = 0;

    if (dns_text_query(name, search->resolver, records) == DNS_TEXT_UNKNOWN)
        return -1;
    for (guint i = 0; i < records->len; i++) {
        const char *text = g_ptr_array_index(records, i);

        if (has_version(text, version) && found++ == 0)
            *record = g_strdup(text);
    }
    return found;
}

/* "+all", "all" and "?all" let everybody send: the record says nothing. */
static bool allows_everybody(const char *record)
{
    g_auto(GStrv) terms = g_strsplit(record, " ", -1);

    for (char **term = terms; *term; term++)
        if (g_ascii_strcasecmp(*term, "all") == 0 || g_ascii_strcasecmp(*term, "+all") == 0 ||
            g_ascii_strcasecmp(*term, "?all") == 0)
            return true;
    return false;
}

static void look_for_spf(const Search *search, const char *domain)
{
    MailPolicy *policy = add_policy(search, "spf", domain);
    const Gateway *gateway = search->gateway;
    int found = find_records(search, domain, "v=spf1", &policy->record);

    policy->is_known = found >= 0;
    policy->is_fine = found == 1 && !allows_everybody(policy->record);
    if (found == 0)
        findings_warning(
            search->findings, FINDING_SEND, "probe-spf-none", gateway->at,
            "%s has no SPF record, so that many receivers put our mail aside: publish one that names the relay",
            domain);
    else if (found > 1)
        findings_warning(search->findings, FINDING_SEND, "probe-spf-many", gateway->at,
                         "%s has %d SPF records, which counts as an error: join them into one", domain, found);
    else if (found == 1 && !policy->is_fine)
        findings_warning(search->findings, FINDING_SEND, "probe-spf-all", gateway->at,
                         "the SPF record of %s allows everybody (%s): end it with -all or ~all", domain,
                         policy->record);
}

/* The value of a tag of a DMARC record, or ""; newly allocated. */
static char *tag_of(const char *record, const char *tag)
{
    g_auto(GStrv) parts = g_strsplit(record, ";", -1);

    for (char **part = parts; *part; part++) {
        char *equals = strchr(g_strstrip(*part), '=');

        if (!equals)
            continue;
        *equals = '\0';
        if (g_ascii_strcasecmp(g_strchomp(*part), tag) == 0)
            return g_strdup(g_strchug(equals + 1));
    }
    return g_strdup("");
}

static bool is_within(const char *domain, const char *above)
{
    size_t length = strlen(domain);
    size_t tail = strlen(above);

    return length >= tail && g_ascii_strcasecmp(domain + length - tail, above) == 0 &&
           (length == tail || domain[length - tail - 1] == '.');
}

/* Receivers that go by DMARC want SPF or DKIM to pass for the domain of From. */
static void check_alignment(const Search *search, const MailPolicy *policy, const char *domain)
{
    const Gateway *gateway = search->gateway;
    const char *bounce = address_domain(gateway->bounce);
    g_autofree char *action = tag_of(policy->record, "p");
    g_autofree char *mode = tag_of(policy->record, "aspf");
    bool is_strict = g_ascii_strcasecmp(mode, "s") == 0;
    bool is_aligned = is_strict ? g_ascii_strcasecmp(bounce, domain) == 0
                                : is_within(bounce, policy->domain) || is_within(domain, bounce);

    if (is_aligned || g_ascii_strcasecmp(action, "none") == 0)
        return;
    findings_warning(
        search->findings, FINDING_SEND, "probe-dmarc-alignment", gateway->at,
        "DMARC of %s asks for p=%s, and bounce is at %s, so that SPF does not count: the relay must sign with "
        "DKIM for %s, or bounce must be there too",
        domain, action, bounce, domain);
}

static void look_for_dmarc(const Search *search, const char *domain)
{
    MailPolicy *policy = add_policy(search, "dmarc", domain);
    int found = 0;

    for (const char *at = domain; found == 0 && at && strchr(at, '.');) {
        g_autofree char *name = g_strconcat("_dmarc.", at, NULL);

        found = find_records(search, name, "v=DMARC1", &policy->record);
        if (found > 0) {
            g_free(policy->domain);
            policy->domain = g_strdup(at);
        }
        at = strchr(at, '.');
        at = at ? at + 1 : NULL;
    }
    policy->is_known = found >= 0;
    policy->is_fine = found == 1;
    if (found == 0)
        findings_warning(
            search->findings, FINDING_SEND, "probe-dmarc-none", search->gateway->at,
            "%s has no DMARC record, which the large mailbox providers ask of bulk senders: publish one at "
            "_dmarc.%s",
            domain, domain);
    else if (found > 1)
        findings_warning(search->findings, FINDING_SEND, "probe-dmarc-many", search->gateway->at,
                         "%s has %d DMARC records, so that none counts: leave one", policy->domain, found);
    else if (found == 1)
        check_alignment(search, policy, domain);
}

GPtrArray *mail_policy_look(const Gateway *gateway, const char *resolver, Findings *findings)
{
    GPtrArray *policies = g_ptr_array_new_with_free_func((GDestroyNotify)mail_policy_free);
    const Search search = {gateway, resolver, findings, policies};
    const char *from = address_domain(gateway->from);
    const char *bounce = address_domain(gateway->bounce);

    look_for_spf(&search, bounce);
    if (g_ascii_strcasecmp(from, bounce) != 0)
        look_for_spf(&search, from);
    look_for_dmarc(&search, from);
    return policies;
}
