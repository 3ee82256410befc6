#include "model/prose_private.h"

#include <string.h>

#include "base/language.h"

#define SECTIONS        8
#define OPENING_ENGLISH 80  /* words */
#define OPENING_CHINESE 120 /* characters */
#define LINKS_MOST      2
#define OURS_LEAST      3 /* headings by which a template shows that it was made from ours */

/* The headings of a notice. A template that writes to somebody else than the person concerned words some of them for
 * its reader; one with none of its own has those of "individual". */
typedef struct Headings {
    const char *template_name;
    const char *of[3][SECTIONS]; /* by language; NULL: as those of "individual" */
} Headings;

static const Headings standard = {
    "individual",
    {{"What happened", "Which of your information", "What it may mean", "What we did and will do", "What you can do",
      "How we make it right", "Contact and complaints", "How to check this notice"},
     {"发生了什么", "涉及您的哪些信息", "可能的影响", "我们做了什么、将做什么", "请您做什么", "我们如何补救",
      "联系与投诉", "如何核实本通知"},
     {"發生了什麼事", "涉及您的哪些資料", "可能的影響", "我們做了什麼、將做什麼", "請您這樣做", "我們如何補救",
      "聯絡與申訴", "如何查證本通知"}}};

static const Headings variants[] = {
    {"guardian",
     {{[1] = "Which of your child's information"}, {[1] = "涉及孩子的哪些信息"}, {[1] = "涉及孩子的哪些資料"}}},
    {"controller",
     {{[1] = "Which of your users' information", [4] = "What you need to decide"},
      {[1] = "涉及贵方用户的哪些信息", [4] = "请贵方决定什么"},
      {[1] = "涉及貴方使用者的哪些資料", [4] = "請貴方決定的事"}}},
    {"announcement", {{[1] = "Which information"}, {[1] = "涉及哪些信息"}, {[1] = "涉及哪些資料"}}},
};

/* Templates with sections of their own: fewer, and none of the standard ones behind them. */
static const Headings others[] = {
    {"update",
     {{"What has changed", "What you can do", "Contact and complaints", "How to check this notice"},
      {"有什么变化", "请您做什么", "联系与投诉", "如何核实本通知"},
      {"有什麼變化", "請您這樣做", "聯絡與申訴", "如何查證本通知"}}},
    /* Cal. Civ. Code 1798.82(d)(1): the law's own, whatever the language of the text */
    {"us-ca",
     {{"What Happened", "What Information Was Involved", "What We Are Doing", "What You Can Do",
       "For More Information"},
      {"What Happened", "What Information Was Involved", "What We Are Doing", "What You Can Do",
       "For More Information"},
      {"What Happened", "What Information Was Involved", "What We Are Doing", "What You Can Do",
       "For More Information"}}},
};

static const char *heading_of(const ProseReading *reading, size_t section)
{
    const char *name = reading->text->template_name;

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (g_strcmp0(name, others[i].template_name) == 0)
            return others[i].of[reading->language][section];
    for (size_t i = 0; i < G_N_ELEMENTS(variants); i++)
        if (g_strcmp0(name, variants[i].template_name) == 0 && variants[i].of[reading->language][section])
            return variants[i].of[reading->language][section];
    return standard.of[reading->language][section];
}

/* Where a line of its own says exactly this, with or without the mark of a heading; NULL: nowhere. */
static const char *find_line(const char *text, const char *wanted)
{
    size_t length = strlen(wanted);

    for (const char *at = strstr(text, wanted); at; at = strstr(at + 1, wanted)) {
        bool begins = at == text || at[-1] == '\n' || (at - 2 >= text && at[-1] == ' ' && at[-2] == '#');

        if (begins && (at[length] == '\n' || !at[length]))
            return at;
    }
    return NULL;
}

/* A template of the user's with headings of its own, such as those of a law, is left alone; one made from ours is not.
 */
static bool has_headings_of_its_own(const ProseReading *reading, const char *visible)
{
    size_t found = 0;

    for (size_t i = 0; i < SECTIONS && heading_of(reading, i); i++)
        found += find_line(visible, heading_of(reading, i)) != NULL;
    return reading->text->is_own && found < OURS_LEAST;
}

void prose_check_headings(const ProseReading *reading, const char *visible)
{
    const char *at = visible;

    if (has_headings_of_its_own(reading, visible))
        return;

    for (size_t i = 0; i < SECTIONS && heading_of(reading, i); i++) {
        const char *heading = heading_of(reading, i);
        const char *found = find_line(at, heading);

        if (found)
            at = found;
        else if (find_line(visible, heading))
            prose_say(reading, PROSE_HEADINGS, "txt", 0, heading, N_("this heading is not in its place"));
        else
            prose_say(reading, PROSE_HEADINGS, "txt", 0, heading,
                      N_("this heading is missing, with what belongs below it"));
    }
}

static bool has_any(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strstr(text, *words))
            return true;
    return false;
}

/* The beginning of `text` that a reader takes in: so many words or characters. Newly allocated. */
static char *opening_of(ProseLanguage language, const char *text)
{
    size_t most = prose_is_chinese(language) ? OPENING_CHINESE : OPENING_ENGLISH;
    const char *end = text;
    size_t size = 0;

    while (*end && size < most) {
        const char *next = g_utf8_next_char(end);

        if (prose_is_chinese(language))
            size += !g_unichar_isspace(g_utf8_get_char(end));
        else
            size += *end != ' ' && *end != '\n' && (*next == ' ' || *next == '\n' || !*next);
        end = next;
    }
    return g_strndup(text, (gsize)(end - text));
}

void prose_check_opening(const ProseReading *reading, const char *visible)
{
    static const char *const readers[] = {"you", "You", "child", "您", "你", "贵方", "貴方", "孩子", NULL};
    static const char *const requests[] = {"Please", "please", "请", "請", "Change ", "Call ", "Check ", NULL};
    const char *heading = heading_of(reading, 0);
    const char *start = find_line(visible, heading);
    g_autofree char *opening = NULL;

    if (!start)
        return; /* said as a missing heading */
    opening = opening_of(reading->language, start + strlen(heading));
    if (!has_any(opening, readers))
        prose_say(
            reading, PROSE_OPENING, "txt", 0, heading,
            N_("say at the beginning whether it concerns the reader: in 80 English words or 120 Chinese characters"));
    if (!has_any(opening, requests))
        prose_say(reading, PROSE_OPENING, "txt", 0, heading,
                  N_("say at the beginning the one thing to do now: in 80 English words or 120 Chinese characters"));
}

/* Links --------------------------------------------------------------------------------------------------------- */

static bool is_own_host(const ProseText *text, const char *host)
{
    for (const char *const *domain = text->domains; domain && *domain; domain++) {
        size_t length = strlen(host), tail = strlen(*domain);

        if (g_ascii_strcasecmp(host, *domain) == 0)
            return true;
        if (length > tail && host[length - tail - 1] == '.' && g_ascii_strcasecmp(host + length - tail, *domain) == 0)
            return true;
    }
    return !text->domains;
}

static char *host_of(const char *target)
{
    const char *start = strstr(target, "://");
    size_t length;

    if (!start)
        return NULL;
    start += 3;
    length = strcspn(start, "/?#:");
    return g_strndup(start, length);
}

static bool is_sign_in(const char *target)
{
    static const char *const words[] = {"login", "signin", "sign-in", "token=", "session=", NULL};
    g_autofree char *lower = g_ascii_strdown(target, -1);

    return has_any(lower, words);
}

static void check_link(const ProseReading *reading, const char *target, const char *shown)
{
    g_autofree char *host = host_of(target);

    if (!host)
        return; /* mailto: and tel: */
    if (!is_own_host(reading->text, host))
        prose_say(reading, PROSE_LINK, "html", 0, target, N_("link to your own domain only"));
    if (!strstr(shown, host))
        prose_say(reading, PROSE_LINK, "html", 0, shown, N_("show the address that the link leads to"));
    if (is_sign_in(target))
        prose_say(reading, PROSE_LINK, "html", 0, target, N_("no link signs anybody in"));
}

void prose_check_links(const ProseReading *reading, const char *html)
{
    size_t links = 0;

    for (const char *at = strstr(html, "href=\""); at; at = strstr(at + 1, "href=\"")) {
        const char *start = at + strlen("href=\"");
        const char *end = strchr(start, '"');
        const char *shown = end ? strchr(end, '>') : NULL;
        const char *close = shown ? strstr(shown, "</a>") : NULL;
        g_autofree char *target = NULL;
        g_autofree char *words = NULL;

        if (!close)
            return;
        target = g_strndup(start, (gsize)(end - start));
        words = g_strndup(shown + 1, (gsize)(close - shown - 1));
        links += strstr(target, "://") != NULL;
        check_link(reading, target, words);
    }
    if (links > LINKS_MOST) {
        g_autofree char *count = g_strdup_printf("%zu", links);

        prose_say(reading, PROSE_LINK, "html", 0, count, N_("at most two links in a notice"));
    }
}
