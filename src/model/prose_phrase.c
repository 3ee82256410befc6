#include "model/prose_private.h"

#include <string.h>

#include "base/language.h"

/* Words that no notice needs, with what to write instead. English ones are found as whole words, whatever their case.
 */
typedef struct Phrase {
    const char *words;
    ProseRule rule;
    const char *instead;
} Phrase;

#define CONCERN   N_("begin with what happened; leave out how important security is to you")
#define WHEN      N_("say when, with day, time and zone")
#define HOW_MANY  N_("give the number as facts.affected, or leave it out")
#define STORED    N_("say how it was stored, such as: as a salted hash, which cannot be read back")
#define WHO       N_("say who did it: we, or an unknown person")
#define NUMBER    N_("call it notice number: readers are told never to share codes")
#define CODE_ZH   N_("write 通知编号 or 通知編號: readers are told never to share codes")
#define NO_CLICK  N_("tell readers to open the app or to type your address themselves")
#define SHORTENER N_("write out an address of your own domain")
#define BLAME     N_("say what to do now, not what the reader did wrong")
#define SPIN      N_("say what happened, without how clever it was")
#define PROMISE   N_("promise only what you can keep")
#define MARKETING N_("offer nothing for sale in a notice")
#define WAIVER    N_("leave rights and liability to the law")
#define RECIPE    N_("name no weakness that others could use")
#define GAP       N_("a value is empty here: put {{#name}} and {{/name}} around what belongs to it")
#define CALM      N_("say plainly what it is about")

static const Phrase english[] = {
    {"important to us", PROSE_OPENING, CONCERN},
    {"your privacy seriously", PROSE_OPENING, CONCERN},
    {"your security seriously", PROSE_OPENING, CONCERN},
    {"value your trust", PROSE_OPENING, CONCERN},
    {"committed to protecting", PROSE_OPENING, CONCERN},
    {"recently", PROSE_IDENTITY, WHEN},
    {"in recent days", PROSE_IDENTITY, WHEN},
    {"the other day", PROSE_IDENTITY, WHEN},
    {"a small number", PROSE_NUMBERS, HOW_MANY},
    {"a limited number", PROSE_NUMBERS, HOW_MANY},
    {"a few users", PROSE_NUMBERS, HOW_MANY},
    {"a few customers", PROSE_NUMBERS, HOW_MANY},
    {"a handful of", PROSE_NUMBERS, HOW_MANY},
    {"some customers", PROSE_NUMBERS, HOW_MANY},
    {"some users", PROSE_NUMBERS, HOW_MANY},
    {"some of our customers", PROSE_NUMBERS, HOW_MANY},
    {"a subset of", PROSE_NUMBERS, HOW_MANY},
    {"encrypted password", PROSE_KINDS, STORED},
    {"encrypted passwords", PROSE_KINDS, STORED},
    {"passwords were encrypted", PROSE_KINDS, STORED},
    {"password was encrypted", PROSE_KINDS, STORED},
    {"was accessed", PROSE_SENTENCE, WHO},
    {"were accessed", PROSE_SENTENCE, WHO},
    {"has been accessed", PROSE_SENTENCE, WHO},
    {"have been accessed", PROSE_SENTENCE, WHO},
    {"verification code", PROSE_CODE, NUMBER},
    {"validation code", PROSE_CODE, NUMBER},
    {"confirmation code", PROSE_CODE, NUMBER},
    {"click", PROSE_LINK, NO_CLICK},
    {"tap here", PROSE_LINK, NO_CLICK},
    {"bit.ly", PROSE_LINK, SHORTENER},
    {"tinyurl.com", PROSE_LINK, SHORTENER},
    {"goo.gl", PROSE_LINK, SHORTENER},
    {"t.co/", PROSE_LINK, SHORTENER},
    {"too simple", PROSE_TONE, BLAME},
    {"weak password", PROSE_TONE, BLAME},
    {"you should have", PROSE_TONE, BLAME},
    {"you failed", PROSE_TONE, BLAME},
    {"sophisticated", PROSE_TONE, SPIN},
    {"highly advanced", PROSE_TONE, SPIN},
    {"abundance of caution", PROSE_TONE, SPIN},
    {"unprecedented", PROSE_TONE, SPIN},
    {"100 %", PROSE_TONE, PROMISE},
    {"100%", PROSE_TONE, PROMISE},
    {"completely safe", PROSE_TONE, PROMISE},
    {"fully secure", PROSE_TONE, PROMISE},
    {"never happen again", PROSE_TONE, PROMISE},
    {"guarantee", PROSE_TONE, PROMISE},
    {"special offer", PROSE_TONE, MARKETING},
    {"discount", PROSE_TONE, MARKETING},
    {"premium plan", PROSE_TONE, MARKETING},
    {"our newsletter", PROSE_TONE, MARKETING},
    {"admission of liability", PROSE_TONE, WAIVER},
    {"not liable", PROSE_TONE, WAIVER},
    {"no liability", PROSE_TONE, WAIVER},
    {"you waive", PROSE_TONE, WAIVER},
    {"you agree to", PROSE_TONE, WAIVER},
    {"sql injection", PROSE_TONE, RECIPE},
    {"exploit", PROSE_TONE, RECIPE},
};

static const Phrase chinese[] = {
    {"高度重视", PROSE_OPENING, CONCERN},
    {"高度重視", PROSE_OPENING, CONCERN},
    {"一直致力于", PROSE_OPENING, CONCERN},
    {"一直致力於", PROSE_OPENING, CONCERN},
    {"对我们非常重要", PROSE_OPENING, CONCERN},
    {"對我們非常重要", PROSE_OPENING, CONCERN},
    {"近日", PROSE_IDENTITY, WHEN},
    {"近期", PROSE_IDENTITY, WHEN},
    {"日前", PROSE_IDENTITY, WHEN},
    {"近来", PROSE_IDENTITY, WHEN},
    {"近來", PROSE_IDENTITY, WHEN},
    {"不久前", PROSE_IDENTITY, WHEN},
    {"最近发生", PROSE_IDENTITY, WHEN},
    {"最近發生", PROSE_IDENTITY, WHEN},
    {"少量用户", PROSE_NUMBERS, HOW_MANY},
    {"个别用户", PROSE_NUMBERS, HOW_MANY},
    {"部分用户", PROSE_NUMBERS, HOW_MANY},
    {"少数用户", PROSE_NUMBERS, HOW_MANY},
    {"部分客户", PROSE_NUMBERS, HOW_MANY},
    {"少数客户", PROSE_NUMBERS, HOW_MANY},
    {"个别客户", PROSE_NUMBERS, HOW_MANY},
    {"极少数", PROSE_NUMBERS, HOW_MANY},
    {"少量使用者", PROSE_NUMBERS, HOW_MANY},
    {"部分使用者", PROSE_NUMBERS, HOW_MANY},
    {"少數使用者", PROSE_NUMBERS, HOW_MANY},
    {"部分客戶", PROSE_NUMBERS, HOW_MANY},
    {"少數客戶", PROSE_NUMBERS, HOW_MANY},
    {"個別使用者", PROSE_NUMBERS, HOW_MANY},
    {"極少數", PROSE_NUMBERS, HOW_MANY},
    {"加密密码", PROSE_KINDS, STORED},
    {"加密的密码", PROSE_KINDS, STORED},
    {"密码已加密", PROSE_KINDS, STORED},
    {"密码经过加密", PROSE_KINDS, STORED},
    {"加密密碼", PROSE_KINDS, STORED},
    {"加密的密碼", PROSE_KINDS, STORED},
    {"密碼已加密", PROSE_KINDS, STORED},
    {"密碼經過加密", PROSE_KINDS, STORED},
    {"被访问", PROSE_SENTENCE, WHO},
    {"遭到访问", PROSE_SENTENCE, WHO},
    {"被存取", PROSE_SENTENCE, WHO},
    {"遭到存取", PROSE_SENTENCE, WHO},
    {"验证码", PROSE_CODE, CODE_ZH},
    {"校验码", PROSE_CODE, CODE_ZH},
    {"驗證碼", PROSE_CODE, CODE_ZH},
    {"校驗碼", PROSE_CODE, CODE_ZH},
    {"点击", PROSE_LINK, NO_CLICK},
    {"戳这里", PROSE_LINK, NO_CLICK},
    {"點擊", PROSE_LINK, NO_CLICK},
    {"點此", PROSE_LINK, NO_CLICK},
    {"密码过于简单", PROSE_TONE, BLAME},
    {"密码太简单", PROSE_TONE, BLAME},
    {"密碼過於簡單", PROSE_TONE, BLAME},
    {"密碼太簡單", PROSE_TONE, BLAME},
    {"您本应", PROSE_TONE, BLAME},
    {"您本應", PROSE_TONE, BLAME},
    {"手法高超", PROSE_TONE, SPIN},
    {"高级黑客", PROSE_TONE, SPIN},
    {"高級駭客", PROSE_TONE, SPIN},
    {"谨慎起见", PROSE_TONE, SPIN},
    {"謹慎起見", PROSE_TONE, SPIN},
    {"史无前例", PROSE_TONE, SPIN},
    {"绝对安全", PROSE_TONE, PROMISE},
    {"絕對安全", PROSE_TONE, PROMISE},
    {"万无一失", PROSE_TONE, PROMISE},
    {"萬無一失", PROSE_TONE, PROMISE},
    {"百分之百", PROSE_TONE, PROMISE},
    {"100%", PROSE_TONE, PROMISE},
    {"保证不再", PROSE_TONE, PROMISE},
    {"保證不再", PROSE_TONE, PROMISE},
    {"优惠", PROSE_TONE, MARKETING},
    {"優惠", PROSE_TONE, MARKETING},
    {"折扣", PROSE_TONE, MARKETING},
    {"限时", PROSE_TONE, MARKETING},
    {"抽奖", PROSE_TONE, MARKETING},
    {"抽獎", PROSE_TONE, MARKETING},
    {"概不负责", PROSE_TONE, WAIVER},
    {"概不負責", PROSE_TONE, WAIVER},
    {"不承担任何责任", PROSE_TONE, WAIVER},
    {"不承擔任何責任", PROSE_TONE, WAIVER},
    {"免责", PROSE_TONE, WAIVER},
    {"免責", PROSE_TONE, WAIVER},
    {"视为放弃", PROSE_TONE, WAIVER},
    {"視為放棄", PROSE_TONE, WAIVER},
    {"SQL注入", PROSE_TONE, RECIPE},
    {"漏洞利用", PROSE_TONE, RECIPE},
    {"CVE-", PROSE_TONE, RECIPE},
};

/* What the mainland says and Taiwan does not; written in traditional characters it is a conversion. */
static const Phrase taiwan[] = {
    {"信息", PROSE_LANGUAGE, N_("in Taiwan: 資料, or 訊息 for a message")},
    {"短信", PROSE_LANGUAGE, N_("in Taiwan: 簡訊")},
    {"賬號", PROSE_LANGUAGE, N_("in Taiwan: 帳號")},
    {"賬戶", PROSE_LANGUAGE, N_("in Taiwan: 帳戶")},
    {"登錄", PROSE_LANGUAGE, N_("in Taiwan: 登入")},
    {"登陸", PROSE_LANGUAGE, N_("in Taiwan: 登入")},
    {"泄露", PROSE_LANGUAGE, N_("in Taiwan: 外洩")},
    {"洩露", PROSE_LANGUAGE, N_("in Taiwan: 外洩")},
    {"泄漏", PROSE_LANGUAGE, N_("in Taiwan: 外洩")},
    {"用戶", PROSE_LANGUAGE, N_("in Taiwan: 使用者")},
    {"監護人", PROSE_LANGUAGE, N_("in Taiwan: 法定代理人")},
    {"數據", PROSE_LANGUAGE, N_("in Taiwan: 資料")},
    {"服務器", PROSE_LANGUAGE, N_("in Taiwan: 伺服器")},
    {"網絡", PROSE_LANGUAGE, N_("in Taiwan: 網路")},
    {"軟件", PROSE_LANGUAGE, N_("in Taiwan: 軟體")},
    {"鏈接", PROSE_LANGUAGE, N_("in Taiwan: 連結")},
    {"郵箱", PROSE_LANGUAGE, N_("in Taiwan: 信箱, or 電子郵件")},
    {"默認", PROSE_LANGUAGE, N_("in Taiwan: 預設")},
    {"激活", PROSE_LANGUAGE, N_("in Taiwan: 啟用")},
    {"屏幕", PROSE_LANGUAGE, N_("in Taiwan: 螢幕")},
    {"視頻", PROSE_LANGUAGE, N_("in Taiwan: 影片")},
    {"二維碼", PROSE_LANGUAGE, N_("in Taiwan: QR Code")},
    {"黑客", PROSE_LANGUAGE, N_("in Taiwan: 駭客")},
    {"合同", PROSE_LANGUAGE, N_("in Taiwan: 契約")},
    {"身份證", PROSE_LANGUAGE, N_("in Taiwan: 身分證")},
    {"更換密碼", PROSE_LANGUAGE, N_("in Taiwan: 變更密碼")},
    {"“", PROSE_LANGUAGE, N_("in Taiwan: 「」")},
    {"”", PROSE_LANGUAGE, N_("in Taiwan: 「」")},
};

static const Phrase subject_english[] = {
    {"urgent", PROSE_SUBJECT, CALM},      {"important", PROSE_SUBJECT, CALM},
    {"immediately", PROSE_SUBJECT, CALM}, {"action required", PROSE_SUBJECT, CALM},
    {"re:", PROSE_SUBJECT, CALM},         {"fwd:", PROSE_SUBJECT, CALM},
    {"!", PROSE_SUBJECT, CALM},
};

static const Phrase subject_chinese[] = {
    {"紧急", PROSE_SUBJECT, CALM},   {"緊急", PROSE_SUBJECT, CALM},   {"立即", PROSE_SUBJECT, CALM},
    {"回复：", PROSE_SUBJECT, CALM}, {"回覆：", PROSE_SUBJECT, CALM}, {"转发：", PROSE_SUBJECT, CALM},
    {"Re:", PROSE_SUBJECT, CALM},    {"！", PROSE_SUBJECT, CALM},     {"!", PROSE_SUBJECT, CALM},
};

/* What is left around a value that is empty. */
static const Phrase gaps[] = {
    {" ,", PROSE_GAP, GAP},   {",,", PROSE_GAP, GAP},   {"()", PROSE_GAP, GAP},   {"（）", PROSE_GAP, GAP},
    {"「」", PROSE_GAP, GAP}, {"“”", PROSE_GAP, GAP},   {"，，", PROSE_GAP, GAP}, {"，。", PROSE_GAP, GAP},
    {"。，", PROSE_GAP, GAP}, {"。。", PROSE_GAP, GAP}, {"、。", PROSE_GAP, GAP}, {"、，", PROSE_GAP, GAP},
    {"：。", PROSE_GAP, GAP}, {"：，", PROSE_GAP, GAP}, {"：：", PROSE_GAP, GAP},
};

static bool is_word_byte(char byte)
{
    return g_ascii_isalnum(byte);
}

/* Whether the words stand at `at` as whole words, however their letters are written. */
static bool stands_at(const char *start, const char *at, const char *words)
{
    size_t length = strlen(words);

    if (g_ascii_strncasecmp(at, words, length) != 0)
        return false;
    if (at > start && is_word_byte(at[-1]) && is_word_byte(words[0]))
        return false;
    return !(is_word_byte(at[length]) && is_word_byte(words[length - 1]));
}

/* "was accessed by an unknown person" names who. */
static bool has_actor(const Phrase *phrase, const char *at)
{
    return phrase->rule == PROSE_SENTENCE && g_str_has_prefix(at + strlen(phrase->words), " by ");
}

static size_t line_of(const char *text, const char *at)
{
    size_t line = 1;

    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

static void find_phrase(const ProseReading *reading, const char *part, const char *visible, const Phrase *phrase)
{
    bool is_ascii = (unsigned char)phrase->words[0] < 0x80;

    for (const char *at = visible; *at; at++) {
        if (!is_ascii) {
            at = strstr(at, phrase->words);
            if (!at)
                return;
        } else if (!stands_at(visible, at, phrase->words) || has_actor(phrase, at)) {
            continue;
        }
        prose_say(reading, phrase->rule, part, line_of(visible, at), phrase->words, phrase->instead);
    }
}

static void find_all(const ProseReading *reading, const char *part, const char *visible, const Phrase *phrases,
                     size_t count)
{
    for (size_t i = 0; i < count; i++)
        find_phrase(reading, part, visible, &phrases[i]);
}

void prose_check_phrases(const ProseReading *reading, const char *part, const char *visible)
{
    bool is_subject = strcmp(part, "subject") == 0;

    if (reading->language == PROSE_ENGLISH)
        find_all(reading, part, visible, english, G_N_ELEMENTS(english));
    if (prose_is_chinese(reading->language))
        find_all(reading, part, visible, chinese, G_N_ELEMENTS(chinese));
    if (reading->language == PROSE_TAIWAN)
        find_all(reading, part, visible, taiwan, G_N_ELEMENTS(taiwan));
    if (is_subject && reading->language == PROSE_ENGLISH)
        find_all(reading, part, visible, subject_english, G_N_ELEMENTS(subject_english));
    if (is_subject && prose_is_chinese(reading->language))
        find_all(reading, part, visible, subject_chinese, G_N_ELEMENTS(subject_chinese));
}

void prose_check_gaps(const ProseReading *reading, const char *part, const char *visible)
{
    find_all(reading, part, visible, gaps, G_N_ELEMENTS(gaps));
}
