#include "model/bounce_reason.h"

#include <stddef.h>
#include <string.h>

#include <glib.h>

#define ANY (-1)

typedef enum Verdict { LIVES, DEAD, OURS } Verdict;

static const struct {
    const char *name;
    Verdict verdict;
    int subject, detail; /* RFC 3463 3 and the IANA registry of enhanced status codes */
} reasons[BOUNCE_REASONS] = {
    [BOUNCE_NO_REASON] = {"unknown", LIVES, 0, 0},
    [BOUNCE_NO_USER] = {"no-such-user", DEAD, 1, 1},
    [BOUNCE_NO_HOST] = {"no-such-host", DEAD, 1, 2},
    [BOUNCE_MOVED] = {"moved", DEAD, 1, 6},
    [BOUNCE_TAKES_NO_MAIL] = {"takes-no-mail", DEAD, 1, 10},
    [BOUNCE_FULL] = {"mailbox-full", LIVES, 2, 2},
    [BOUNCE_DISABLED] = {"disabled", LIVES, 2, 1},
    [BOUNCE_FILTERED] = {"filtered", LIVES, 2, 0},
    [BOUNCE_TOO_BIG] = {"too-big", LIVES, 3, 4},
    [BOUNCE_EXPIRED] = {"expired", LIVES, 4, 7},
    [BOUNCE_NETWORK] = {"network", LIVES, 4, 0},
    [BOUNCE_SYSTEM] = {"system", LIVES, 3, 0},
    [BOUNCE_GREYLISTED] = {"greylisted", LIVES, 7, 1},
    [BOUNCE_RELAYED] = {"relayed", LIVES, 1, 9},
    [BOUNCE_SENDER] = {"sender-refused", OURS, 1, 8},
    [BOUNCE_POLICY] = {"policy", OURS, 7, 0},
    [BOUNCE_BLOCKED] = {"blocked", OURS, 7, 1},
    [BOUNCE_REPUTATION] = {"reputation", OURS, 7, 0},
    [BOUNCE_AUTHENTICATION] = {"authentication", OURS, 7, 26},
    [BOUNCE_REVERSE_DNS] = {"reverse-dns", OURS, 7, 25},
    [BOUNCE_SPAM] = {"spam", OURS, 7, 1},
    [BOUNCE_VIRUS] = {"virus", OURS, 7, 0},
    [BOUNCE_CONTENT] = {"content", OURS, 6, 0},
    [BOUNCE_RATE] = {"rate", OURS, 7, 28},
    [BOUNCE_RELAYING] = {"relaying", OURS, 7, 1},
    [BOUNCE_PROTOCOL] = {"protocol", OURS, 5, 0},
};

/* The first row that fits. RFC 3463 3, unless said otherwise. 5.1.0, 5.1.3 and 5.1.5 blame an address and do not say
 * which; 5.2.1 is a mailbox that may be switched on again; 5.4.1 and 5.5.0 mean anything (see reply.c). */
static const struct {
    int subject, detail;
    BounceReason reason;
} codes[] = {
    {0, ANY, BOUNCE_NO_REASON},     {1, 1, BOUNCE_NO_USER},         {1, 2, BOUNCE_NO_HOST},
    {1, 4, BOUNCE_NO_USER},         {1, 6, BOUNCE_MOVED},           {1, 7, BOUNCE_SENDER},
    {1, 8, BOUNCE_SENDER},          {1, 10, BOUNCE_TAKES_NO_MAIL}, /* RFC 7505 */
    {1, 351, BOUNCE_NO_USER}, /* Exchange Online: "remote server returned unknown recipient" */
    {1, ANY, BOUNCE_NO_REASON},     {2, 1, BOUNCE_DISABLED},        {2, 2, BOUNCE_FULL},
    {2, 3, BOUNCE_TOO_BIG},         {2, ANY, BOUNCE_FILTERED},      {3, 1, BOUNCE_SYSTEM},
    {3, 4, BOUNCE_TOO_BIG},         {3, ANY, BOUNCE_SYSTEM},        {4, 1, BOUNCE_NO_REASON},
    {4, 4, BOUNCE_NO_HOST},         {4, 7, BOUNCE_EXPIRED},         {4, ANY, BOUNCE_NETWORK},
    {5, 0, BOUNCE_NO_REASON},       {5, ANY, BOUNCE_PROTOCOL},      {6, ANY, BOUNCE_CONTENT},
    {7, 8, BOUNCE_PROTOCOL},                                        /* the session's credentials: RFC 4954, to 7.14 */
    {7, 17, BOUNCE_MOVED},                                          /* RFC 7293: the owner has changed */
    {7, 18, BOUNCE_MOVED},          {7, 20, BOUNCE_AUTHENTICATION}, /* RFC 7372, to 7.26 */
    {7, 21, BOUNCE_AUTHENTICATION}, {7, 22, BOUNCE_AUTHENTICATION}, {7, 23, BOUNCE_AUTHENTICATION},
    {7, 24, BOUNCE_AUTHENTICATION}, {7, 25, BOUNCE_REVERSE_DNS},    {7, 26, BOUNCE_AUTHENTICATION},
    {7, 27, BOUNCE_SENDER}, /* RFC 7505 */
    {7, 28, BOUNCE_RATE},           {7, 29, BOUNCE_AUTHENTICATION}, {7, ANY, BOUNCE_POLICY},
};

const char *bounce_reason_name(BounceReason reason)
{
    return reasons[reason].name;
}

bool bounce_reason_parse(const char *name, BounceReason *reason)
{
    for (int i = 0; i < BOUNCE_REASONS; i++)
        if (strcmp(reasons[i].name, name) == 0) {
            *reason = (BounceReason)i;
            return true;
        }
    return false;
}

bool bounce_reason_is_hard(BounceReason reason)
{
    return reasons[reason].verdict == DEAD;
}

bool bounce_reason_is_ours(BounceReason reason)
{
    return reasons[reason].verdict == OURS;
}

void bounce_reason_codes(BounceReason reason, int *subject, int *detail)
{
    *subject = reasons[reason].subject;
    *detail = reasons[reason].detail;
}

BounceReason bounce_reason_of_codes(int status_class, int subject, int detail)
{
    if (status_class != 4 && status_class != 5)
        return BOUNCE_NO_REASON;
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
        if (codes[i].subject == subject && (codes[i].detail == detail || codes[i].detail == ANY))
            /* RFC 3463 3.5: "4.4.4 unable to route" may be the name server for now */
            return status_class == 4 && codes[i].reason == BOUNCE_NO_HOST ? BOUNCE_NETWORK : codes[i].reason;
    return BOUNCE_NO_REASON;
}
