#include "track/bounce_code.h"

#include <string.h>

#include <glib.h>

/* RFC 5321 4.2.3, RFC 3207, RFC 4954, RFC 7504, and those that relays in use invent for trouble of their own (442, 471,
 * 510 to 515, 540 to 543, 557) */
#define REPLY    "(4(?:2[12]|3[12]|4[1-9]|5[0-5]|71)|5(?:0[0-4]|1[0-57]|2[135]|3[0-58]|4[0-3]|5[0-7]))"
#define ENHANCED "#?([245])\\.(\\d{1,3})\\.(\\d{1,3})(?!\\.?\\d|-\\d)"

/* Behind the reply code "-" joins the lines of one reply; some repeat the code itself ("554 554 5.7.1"). */
static const char together[] = "(?<![A-Za-z0-9_.:/#-])" REPLY "[ -]+(?:" REPLY "[ -]+)?\\(?" ENHANCED;
static const char enhanced_alone[] = "(?<![A-Za-z0-9_./-])" ENHANCED;
static const char reply_alone[] = "(?:^|[\\s:;<>\"'(\\]=：，。；（【])" REPLY "(?=[\\s:,;<\"')：，。；）】-]|$)";

typedef enum Expression { TOGETHER, ENHANCED_ALONE, REPLY_ALONE, EXPRESSIONS } Expression;

static GRegex *compiled(Expression which)
{
    static const char *const sources[EXPRESSIONS] = {together, enhanced_alone, reply_alone};
    static GRegex *expressions[EXPRESSIONS];
    static gsize once;

    if (g_once_init_enter(&once)) {
        for (int i = 0; i < EXPRESSIONS; i++)
            expressions[i] = g_regex_new(sources[i], G_REGEX_OPTIMIZE | G_REGEX_MULTILINE, 0, NULL);
        g_once_init_leave(&once, 1);
    }
    return expressions[which];
}

static int number(const GMatchInfo *match, int group)
{
    g_autofree char *digits = g_match_info_fetch(match, group);

    return digits ? (int)g_ascii_strtoull(digits, NULL, 10) : 0;
}

static void take_enhanced(const GMatchInfo *match, int group, ReplyStatus *status)
{
    status->status_class = number(match, group);
    status->subject = number(match, group + 1);
    status->detail = number(match, group + 2);
}

static bool search(Expression which, const char *text, GMatchInfo **match)
{
    return g_regex_match(compiled(which), text, 0, match);
}

bool bounce_code_find(const char *text, ReplyStatus *status)
{
    g_autoptr(GMatchInfo) both = NULL, enhanced = NULL, reply = NULL;

    *status = (ReplyStatus){0};
    if (search(TOGETHER, text, &both)) {
        status->code = number(both, 1);
        take_enhanced(both, 3, status);
        return true;
    }
    for (search(ENHANCED_ALONE, text, &enhanced);
         g_match_info_matches(enhanced) && status->status_class != 4 && status->status_class != 5;
         g_match_info_next(enhanced, NULL))
        take_enhanced(enhanced, 1, status);
    if (status->status_class == 2)
        *status = (ReplyStatus){0};
    if (search(REPLY_ALONE, text, &reply))
        status->code = number(reply, 1);
    /* Of two that stand apart and disagree, the reply code is the answer, and the other may be anything. */
    if (status->code && status->status_class && status->code / 100 != status->status_class)
        *status = (ReplyStatus){.code = status->code};
    return status->code || status->status_class;
}

bool bounce_code_status(const char *text, ReplyStatus *status)
{
    g_autoptr(GMatchInfo) match = NULL;

    *status = (ReplyStatus){0};
    if (!search(ENHANCED_ALONE, text, &match))
        return false;
    take_enhanced(match, 1, status);
    return true;
}

bool bounce_code_is_specific(const ReplyStatus *status)
{
    return status->status_class && (status->subject || status->detail);
}
