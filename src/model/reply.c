#include "model/reply.h"

#include <string.h>

#include <glib.h>

#include "base/language.h"

#define ANY (-1)

typedef enum StageSet {
    AT_CONNECT = 1 << REPLY_AT_CONNECT,
    AT_MAIL = 1 << REPLY_AT_MAIL,
    AT_RCPT = 1 << REPLY_AT_RCPT,
    AT_CONTENT = 1 << REPLY_AT_DATA | 1 << REPLY_AT_END,
    ANYWHERE = AT_CONNECT | AT_MAIL | AT_RCPT | AT_CONTENT
} StageSet;

/* Reply codes that mean the same whatever enhanced code they carry. */
static const struct {
    int code;
    unsigned stages;
    ReplyClass reply_class;
} fixed[] = {
    {421, ANYWHERE, REPLY_SESSION},             /* closing the channel: RFC 5321 3.8 and 4.2.2 */
    {432, ANYWHERE, REPLY_SESSION},             /* password transition: RFC 4954 6 */
    {454, AT_CONNECT | AT_MAIL, REPLY_SESSION}, /* TLS or AUTH for now: RFC 3207 4, RFC 4954 6; at RCPT it is Postfix's
                                                   "relay access denied" for now */
    {521, ANYWHERE, REPLY_SESSION},             /* a host that takes no mail: RFC 7504 3 */
    {530, ANYWHERE, REPLY_SESSION},             /* AUTH or STARTTLS first: RFC 4954 6, RFC 3207 4 */
    {534, ANYWHERE, REPLY_SESSION},             /* mechanism too weak: RFC 4954 6 */
    {535, ANYWHERE, REPLY_SESSION},             /* credentials invalid: RFC 4954 6 */
    {538, ANYWHERE, REPLY_SESSION},             /* mechanism needs TLS: RFC 2554 6 */
};

/* What a 5xx means that has no enhanced code, or one that says nothing (5.0.0). */
static const struct {
    int code;
    unsigned stages;
    ReplyClass reply_class;
    const char *meaning;
} plain[] = {
    /* The server did not understand us: RFC 5321 4.2.4 and 4.3.2. */
    {500, ANYWHERE, REPLY_SESSION, N_("command not understood")},
    {501, ANYWHERE, REPLY_SESSION, N_("syntax error in a parameter")},
    {502, ANYWHERE, REPLY_SESSION, N_("command that the server does not have")},
    {503, ANYWHERE, REPLY_SESSION, N_("commands in the wrong order")},
    {504, ANYWHERE, REPLY_SESSION, N_("parameter that the server does not have")},
    {555, ANYWHERE, REPLY_SESSION, N_("parameter not recognised")}, /* RFC 5321 4.1.1.11: our MAIL or RCPT options */
    /* RFC 5321 4.2.3: "mailbox unavailable" at RCPT is the address. After it the address has been taken already, so
     * that a refusal judges what was sent (QQ Mail says "550 Mail content denied" there). */
    {550, AT_RCPT, REPLY_PERMANENT, N_("mailbox unavailable")},
    {550, AT_CONTENT, REPLY_POLICY, N_("message refused")},
    /* These name the mailbox wherever they come: RFC 5321 3.4 and 4.2.3. A full mailbox may be emptied one day, but the
     * server could have said 452 and chose to say "never": the ladder goes on instead of waiting for days. */
    {551, AT_CONNECT | AT_MAIL | AT_RCPT, REPLY_PERMANENT, N_("user not local")},
    /* Behind the recipient nobody is redirected any more: with this Postfix discards each BDAT after one that it could not
     * take, for which it gave its reason before ("452 4.3.1", "552 5.3.4"); libESMTP keeps the last reply only. */
    {551, AT_CONTENT, REPLY_TEMPORARY, N_("message refused in the middle")},
    {552, ANYWHERE, REPLY_PERMANENT, N_("mailbox full or message too large")},
    {553, ANYWHERE, REPLY_PERMANENT, N_("mailbox name not allowed")},
    /* "Transaction failed": RFC 5321 4.2.3. In practice the blocked and the filtered. */
    {554, ANYWHERE, REPLY_POLICY, N_("transaction failed")},
    {556, ANYWHERE, REPLY_PERMANENT, N_("the domain takes no mail")},
    /* For reply_meaning() only: 4xx is REPLY_TEMPORARY, and the rest is in `fixed`. */
    {421, ANYWHERE, REPLY_SESSION, N_("service not available for now")},
    {432, ANYWHERE, REPLY_SESSION, N_("password must be changed first")},
    {450, ANYWHERE, REPLY_TEMPORARY, N_("mailbox busy or refused for now")},
    {451, ANYWHERE, REPLY_TEMPORARY, N_("error at the server for now")},
    {452, ANYWHERE, REPLY_TEMPORARY, N_("too little storage for now")},
    {454, ANYWHERE, REPLY_TEMPORARY, N_("TLS, authentication or relaying not available for now")},
    {455, ANYWHERE, REPLY_TEMPORARY, N_("parameter not accepted for now")},
    {521, ANYWHERE, REPLY_SESSION, N_("the host takes no mail")},
    {530, ANYWHERE, REPLY_SESSION, N_("authentication or TLS required")},
    {534, ANYWHERE, REPLY_SESSION, N_("authentication mechanism too weak")},
    {535, ANYWHERE, REPLY_SESSION, N_("user name or password not accepted")},
    {538, ANYWHERE, REPLY_SESSION, N_("TLS required for this authentication")},
};

/* Enhanced status codes: RFC 3463 3, and the IANA registry "SMTP Enhanced Status Codes" for the later ones. The class
 * is that of a 5xx; `detail` ANY closes each subject. The words fit both 4.x and 5.x. */
static const struct {
    int subject, detail;
    ReplyClass permanent;
    const char *meaning;
} enhanced[] = {
    /* addressing */
    {1, 0, REPLY_PERMANENT, N_("address refused")},
    {1, 1, REPLY_PERMANENT, N_("no such mailbox")},
    {1, 2, REPLY_PERMANENT, N_("no such domain")},
    {1, 3, REPLY_PERMANENT, N_("syntax of the address not accepted")},
    {1, 4, REPLY_PERMANENT, N_("address is ambiguous")},
    {1, 5, REPLY_PERMANENT, N_("address is valid")},
    {1, 6, REPLY_PERMANENT, N_("mailbox has moved")},
    {1, 7, REPLY_POLICY, N_("syntax of the sender's address not accepted")}, /* the sender is ours */
    {1, 8, REPLY_POLICY, N_("sender's domain not accepted")},
    {1, 9, REPLY_PERMANENT, N_("relayed to a system that reports nothing back")},
    {1, 10, REPLY_PERMANENT, N_("the domain takes no mail (null MX)")}, /* RFC 7505 */
    {1, ANY, REPLY_PERMANENT, N_("address refused")},
    /* mailbox */
    {2, 0, REPLY_PERMANENT, N_("mailbox refused")},
    {2, 1, REPLY_PERMANENT, N_("mailbox disabled")},
    {2, 2, REPLY_PERMANENT, N_("mailbox full")}, /* see 552 above */
    {2, 3, REPLY_PERMANENT, N_("message too large for the mailbox")},
    {2, 4, REPLY_PERMANENT, N_("mailing list cannot be expanded")},
    {2, ANY, REPLY_PERMANENT, N_("mailbox refused")},
    /* mail system: its state, not the address, unless it can never take this message */
    {3, 0, REPLY_POLICY, N_("trouble at the mail system")},
    {3, 1, REPLY_POLICY, N_("mail system full")},
    {3, 2, REPLY_POLICY, N_("mail system takes no messages")},
    {3, 3, REPLY_PERMANENT, N_("mail system cannot do what the message needs")},
    {3, 4, REPLY_PERMANENT, N_("message too large for the mail system")},
    {3, 5, REPLY_POLICY, N_("mail system wrongly configured")},
    {3, 6, REPLY_POLICY, N_("priority was changed")}, /* RFC 6710 */
    {3, ANY, REPLY_POLICY, N_("trouble at the mail system")},
    /* network and routing: the relay has tried already; Exchange Online answers unknown recipients with 5.4.1 */
    {4, 0, REPLY_PERMANENT, N_("trouble in the network")},
    {4, 1, REPLY_PERMANENT, N_("no answer from the host")},
    {4, 2, REPLY_PERMANENT, N_("bad connection")},
    {4, 3, REPLY_PERMANENT, N_("directory server failed")},
    {4, 4, REPLY_PERMANENT, N_("no route to the domain")},
    {4, 5, REPLY_PERMANENT, N_("mail system congested")},
    {4, 6, REPLY_PERMANENT, N_("routing loop")},
    {4, 7, REPLY_PERMANENT, N_("delivery took too long")},
    {4, ANY, REPLY_PERMANENT, N_("trouble in the network")},
    /* protocol: we and the server do not understand each other. Outlook.com says "550 5.5.0 mailbox unavailable" */
    {5, 0, REPLY_PERMANENT, N_("request refused")},
    {5, 1, REPLY_SESSION, N_("command not valid here")},
    {5, 2, REPLY_SESSION, N_("syntax error")},
    {5, 3, REPLY_SESSION, N_("too many recipients")},
    {5, 4, REPLY_SESSION, N_("parameter not valid")},
    {5, 5, REPLY_SESSION, N_("wrong protocol version")},
    {5, 6, REPLY_SESSION, N_("authentication line too long")}, /* RFC 4954 */
    {5, ANY, REPLY_SESSION, N_("trouble with the protocol")},
    /* content: of our making */
    {6, 0, REPLY_POLICY, N_("content refused")},
    {6, 1, REPLY_POLICY, N_("kind of content not supported")},
    {6, 2, REPLY_POLICY, N_("conversion needed and prohibited")},
    {6, 3, REPLY_POLICY, N_("conversion needed and not supported")},
    {6, 4, REPLY_POLICY, N_("conversion with loss")},
    {6, 5, REPLY_POLICY, N_("conversion failed")},
    {6, 6, REPLY_POLICY, N_("content not available")},           /* RFC 4468 */
    {6, 7, REPLY_POLICY, N_("non-ASCII address not permitted")}, /* RFC 6531, as the next three */
    {6, 8, REPLY_POLICY, N_("reply in UTF-8 needed and not permitted")},
    {6, 9, REPLY_POLICY, N_("headers in UTF-8 cannot be passed on")},
    {6, 10, REPLY_POLICY, N_("reply in UTF-8 needed and not permitted")},
    {6, ANY, REPLY_POLICY, N_("content refused")},
    /* security or policy: about us, but for the credentials of the session and for mailboxes with a new owner */
    {7, 0, REPLY_POLICY, N_("refused by policy")},
    {7, 1, REPLY_POLICY, N_("delivery not authorised, refused by policy")},
    {7, 2, REPLY_POLICY, N_("mailing list not open to the sender")},
    {7, 3, REPLY_POLICY, N_("security conversion needed and not possible")},
    {7, 4, REPLY_POLICY, N_("security feature not supported")},
    {7, 5, REPLY_POLICY, N_("cryptographic failure")},
    {7, 6, REPLY_POLICY, N_("cryptographic algorithm not supported")},
    {7, 7, REPLY_POLICY, N_("message integrity check failed")},
    {7, 8, REPLY_SESSION, N_("user name or password not accepted")}, /* RFC 4954 and 5248, to 7.14 */
    {7, 9, REPLY_SESSION, N_("authentication mechanism too weak")},
    {7, 10, REPLY_SESSION, N_("encryption needed")},
    {7, 11, REPLY_SESSION, N_("encryption needed for this authentication")},
    {7, 12, REPLY_SESSION, N_("password must be changed first")},
    {7, 13, REPLY_SESSION, N_("our account at the relay is disabled")},
    {7, 14, REPLY_SESSION, N_("trust relationship required")},
    {7, 15, REPLY_POLICY, N_("priority too low")}, /* RFC 6710 */
    {7, 16, REPLY_POLICY, N_("message too large for its priority")},
    {7, 17, REPLY_PERMANENT, N_("mailbox has a new owner")}, /* RFC 7293 */
    {7, 18, REPLY_PERMANENT, N_("domain has a new owner")},
    {7, 19, REPLY_POLICY, N_("owner of the mailbox cannot be checked")},
    {7, 20, REPLY_POLICY, N_("no passing DKIM signature")}, /* RFC 7372, to 7.26 */
    {7, 21, REPLY_POLICY, N_("no acceptable DKIM signature")},
    {7, 22, REPLY_POLICY, N_("no DKIM signature of the author's domain")},
    {7, 23, REPLY_POLICY, N_("SPF check failed")},
    {7, 24, REPLY_POLICY, N_("SPF check could not be completed")},
    {7, 25, REPLY_POLICY, N_("reverse DNS check failed")},
    {7, 26, REPLY_POLICY, N_("several authentication checks failed")},
    {7, 27, REPLY_POLICY, N_("sender's domain takes no mail (null MX)")}, /* RFC 7505 */
    {7, 28, REPLY_POLICY, N_("too much mail at once")},
    {7, 29, REPLY_POLICY, N_("ARC check failed")},         /* RFC 8617 */
    {7, 30, REPLY_POLICY, N_("REQUIRETLS not supported")}, /* RFC 8689 */
    {7, ANY, REPLY_POLICY, N_("refused by policy")},
};

/* A decimal number of one to `longest` digits; NULL when there is none, else what follows it. */
static const char *read_digits(const char *at, int longest, int *number)
{
    int count = 0;

    *number = 0;
    for (; g_ascii_isdigit(*at) && count < longest; at++, count++)
        *number = *number * 10 + (*at - '0');
    return count > 0 && !g_ascii_isdigit(*at) ? at : NULL;
}

static bool is_end(char byte)
{
    return byte == '\0' || byte == '\r' || byte == '\n';
}

/* class "." subject "." detail (RFC 2034 4); NULL when `at` does not start so, else what follows it. */
static const char *read_enhanced(const char *at, ReplyStatus *status)
{
    int status_class, subject, detail;

    if (*at == '#')
        at++;
    at = read_digits(at, 1, &status_class);
    if (!at || (status_class != 2 && status_class != 4 && status_class != 5) || *at != '.')
        return NULL;
    at = read_digits(at + 1, 3, &subject);
    if (!at || *at != '.')
        return NULL;
    at = read_digits(at + 1, 3, &detail);
    if (at && *at == ':')
        at++;
    if (!at || (*at != ' ' && !is_end(*at)))
        return NULL;
    status->status_class = status_class;
    status->subject = subject;
    status->detail = detail;
    return at;
}

bool reply_parse(const char *line, ReplyStatus *status, const char **text)
{
    ReplyStatus parsed = {0};
    const char *at = read_digits(line, 3, &parsed.code);
    const char *behind;

    if (!at || at != line + 3 || parsed.code < 200 || parsed.code > 599)
        return false;
    if (*at == ' ' || *at == '-')
        at++;
    else if (!is_end(*at))
        return false;
    at += strspn(at, " ");
    behind = read_enhanced(at, &parsed);
    if (behind)
        at = behind + strspn(behind, " ");
    *status = parsed;
    if (text)
        *text = at;
    return true;
}

/* The row of `enhanced` for a status, or -1. */
static int find_enhanced(ReplyStatus status)
{
    if (!status.status_class)
        return -1;
    for (size_t i = 0; i < G_N_ELEMENTS(enhanced); i++)
        if (enhanced[i].subject == status.subject && (enhanced[i].detail == status.detail || enhanced[i].detail == ANY))
            return (int)i;
    return -1;
}

/* A 5xx at RCPT or later. A code that nobody registered says nothing about the address. */
static ReplyClass classify_refusal(ReplyStatus status, unsigned stage)
{
    int row = status.status_class == 5 ? find_enhanced(status) : -1;
    /* 500 to 504: the server did not understand us; that its "mail system" has trouble (5.3.0) says nothing more. */
    bool says_nothing = status.code <= 504 && status.subject == 3 && status.detail == 0;

    if (row >= 0 && !says_nothing)
        return enhanced[row].permanent;
    for (size_t i = 0; i < G_N_ELEMENTS(plain); i++)
        if (plain[i].code == status.code && (plain[i].stages & stage))
            return plain[i].reply_class;
    return REPLY_POLICY;
}

ReplyClass reply_classify(ReplyStatus status, ReplyStage stage)
{
    unsigned at = 1U << stage;

    if (status.code >= 200 && status.code < 300)
        return REPLY_ACCEPTED;
    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++)
        if (fixed[i].code == status.code && (fixed[i].stages & at))
            return fixed[i].reply_class;
    /* 3xx asks us to go on and is never an outcome: a stale 354 must not pass for one. */
    if (stage == REPLY_AT_CONNECT || status.code < 400 || status.code > 599)
        return REPLY_SESSION;
    if (status.code < 500 || status.status_class == 4)
        return REPLY_TEMPORARY;
    if (stage == REPLY_AT_MAIL)
        return status.subject == 7 && classify_refusal(status, at) == REPLY_POLICY ? REPLY_POLICY : REPLY_SESSION;
    return classify_refusal(status, at);
}

const char *reply_class_name(ReplyClass reply_class)
{
    static const char *const names[] = {
        [REPLY_ACCEPTED] = "accepted", [REPLY_TEMPORARY] = "temporary", [REPLY_PERMANENT] = "permanent",
        [REPLY_POLICY] = "policy",     [REPLY_SESSION] = "session",
    };

    return names[reply_class];
}

const char *reply_meaning(ReplyStatus status)
{
    static const char *const hundreds[] = {N_("no reply"), N_("no reply"), N_("accepted"), N_("asked to go on"),
                                           N_("refused for now"), N_("refused for good")};
    bool is_refusal = status.code >= 400 || (status.code == 0 && status.status_class >= 4);
    int row = is_refusal ? find_enhanced(status) : -1;
    int hundred = status.code ? status.code / 100 : status.status_class;

    if (row >= 0)
        return enhanced[row].meaning;
    for (size_t i = 0; i < G_N_ELEMENTS(plain); i++)
        if (plain[i].code == status.code)
            return plain[i].meaning;
    return hundreds[CLAMP(hundred, 0, (int)G_N_ELEMENTS(hundreds) - 1)];
}

/* RFC 3463 3.2: 5.1.1, 5.1.2, 5.1.3, 5.1.6, RFC 7505: 5.1.10. */
bool reply_is_no_address(ReplyStatus status)
{
    static const int details[] = {1, 2, 3, 6, 10};

    for (size_t i = 0; i < sizeof details / sizeof details[0]; i++)
        if (status.status_class == 5 && status.subject == 1 && status.detail == details[i])
            return true;
    return false;
}
