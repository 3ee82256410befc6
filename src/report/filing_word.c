#include "report/filing_word.h"

#include <string.h>

#include <glib.h>

#include "base/clock.h"
#include "model/locale.h"

static const char *const locales[] = {"en", "zh-CN", "zh-TW", NULL};

/* In the order of `locales`. */
static const char *const words[FILING_WORDS][3] = {
    [FILING_EXERCISE] = {"EXERCISE: this is no real report, do not file it", "【演练】本报告仅供演练，请勿报送",
                         "【演練】本報告僅供演練，請勿報送"},
    [FILING_EXERCISE_MARK] = {"[EXERCISE]", "【演练】", "【演練】"},
    [FILING_STAGE_INITIAL] = {"first report", "首次报告", "首次通報"},
    [FILING_STAGE_FOLLOWUP] = {"follow-up report", "续报", "續報"},
    [FILING_STAGE_FINAL] = {"final report", "处置总结报告", "結案報告"},
    [FILING_AUTHORITY] = {"To", "报送对象", "受理機關"},
    [FILING_TO_CONTROLLER] = {"the controller", "委托方（个人信息处理者）", "委託機關"},
    [FILING_TO_POLICE] = {"the police", "公安机关", "警察機關"},
    [FILING_TO_MEDIA] = {"the media", "新闻媒体", "媒體"},
    [FILING_CHANNEL] = {"Channel", "报送渠道", "通報管道"},
    [FILING_FROM] = {"From", "报告单位", "通報單位"},
    [FILING_PREPARED] = {"Prepared", "填报时间", "填報時間"},
    [FILING_OUR_REFERENCE] = {"Our reference", "我方编号", "我方編號"},
    [FILING_THEIR_REFERENCE] = {"Your reference", "受理编号", "受理編號"},
    [FILING_SUBJECT] = {"Subject", "主题", "主旨"},
    [FILING_MISSING_MARK] = {"[MISSING]", "【未填写】", "【未填寫】"},
    [FILING_TO_FOLLOW_MARK] = {"to follow", "待续报", "待續報"},
    [FILING_TO_FOLLOW_BY] = {"to follow by %s", "待续报（%s前）", "待續報（%s前）"},
    [FILING_UNKNOWN] = {"not known at present", "目前尚未掌握", "目前尚未掌握"},
    [FILING_UNKNOWN_AS_OF] = {"not known as of %s", "截至%s尚未查明", "截至%s尚未查明"},
    [FILING_WAS] = {"before: %s", "此前：%s", "先前：%s"},
    [FILING_CHANGES] = {"What changed since the report of %s", "与%s报告相比的变化", "與%s通報相比的變更"},
    [FILING_NO_CHANGES] = {"Nothing changed since the report of %s.", "与%s报告相比无变化。", "與%s通報相比無變更。"},
    [FILING_ABOUT] = {"about %s people", "约%s人", "約%s人"},
    [FILING_BETWEEN] = {"between %s and %s", "%s至%s人之间", "%s至%s人之間"},
    [FILING_AT_LEAST] = {"at least %s people", "至少%s人", "至少%s人"},
    [FILING_AT_MOST] = {"at most %s people", "至多%s人", "至多%s人"},
    [FILING_OF_THIS_LAW] = {"counted: the people whom this law protects", "仅计本法所保护的个人", "僅計本法所保護之個人"},
    [FILING_AS_OF] = {"as of %s", "截至%s", "截至%s"},
    [FILING_TOLD] = {"%s of %s people have been told", "已通知%s人，应通知%s人", "已通知%s人，應通知%s人"},
    [FILING_TOLD_SINCE] = {"since %s", "自%s起", "自%s起"},
    [FILING_TOLD_BY] = {"%s: %s messages", "%s：%s条", "%s：%s則"},
    [FILING_NOBODY_TOLD] = {"The people affected have not been told yet.", "尚未通知受影响的个人。",
                            "尚未通知當事人。"},
    [FILING_PUBLISHED] = {"An announcement was published: %s", "已发布公告：%s", "已發布公告：%s"},
    [FILING_NOT_PUBLISHED] = {"No announcement has been published yet.", "尚未发布公告。", "尚未發布公告。"},
    [FILING_ENDED] = {"The period ended on %s; this report is made %s later.", "报告时限已于%s届满，本报告迟延%s。",
                      "通報期限已於%s屆滿，本通報遲延%s。"},
    [FILING_LATE_FOUND] = {"The incident was found on %s.", "事件于%s发现。", "事件於%s發現。"},
    [FILING_LATE_CONFIRMED] = {"It was confirmed on %s.", "事件于%s确认。", "事件於%s確認。"},
    [FILING_LATE_PEOPLE] = {"On %s the number of people was corrected from %s to %s.", "%s，涉及人数由%s更正为%s。",
                            "%s，涉及人數由%s更正為%s。"},
    [FILING_LATE_LEVEL] = {"On %s the level was changed from %s to %s.", "%s，事件级别由%s级调整为%s级。",
                           "%s，事件等級由%s級調整為%s級。"},
    [FILING_REASONS] = {"Reasons: %s", "迟延原因：%s", "遲延原因：%s"},
    [FILING_DELAY_LABEL] = {"reasons for the delay", "迟延报告的原因", "遲延通報之原因"},
    [FILING_OCCURRED] = {"happened", "发生", "發生"},
    [FILING_FOUND] = {"found", "发现", "發現"},
    [FILING_CONFIRMED] = {"confirmed", "确认", "確認"},
    [FILING_NOT_AVAILABLE] = {"not determined or not available when this was reported: %s",
                              "报告时尚未确定或无法取得：%s", "通報時尚未確定或無法取得：%s"},
    [FILING_AWARE] = {"became aware", "知悉", "知悉"},
    [FILING_AWARE_BY] = {"recorded by %s: %s", "由%s记录：%s", "由%s記錄：%s"},
    [FILING_CONTAINED] = {"contained", "控制", "控制"},
    [FILING_EMAIL] = {"email", "电子邮箱", "電子郵件"},
    [FILING_PHONE] = {"telephone", "电话", "電話"},
    [FILING_NOT_TOLD_GROUND] = {"not told: %s; ground: %s", "不予通知：%s；依据：%s", "不予通知：%s；依據：%s"},
    [FILING_DELAYED_GROUND] = {"told later: %s; ground: %s", "暂缓通知：%s；依据：%s", "暫緩通知：%s；依據：%s"},
    [FILING_FILED_AT] = {"%s: reported on %s", "%s：已于%s报告", "%s：已於%s通報"},
    [FILING_RESPONSE_STARTED] = {"%s: begun on %s", "%s：%s开始", "%s：%s開始"},
    [FILING_RESPONSE_DONE] = {"%s: done on %s", "%s：%s完成", "%s：%s完成"},
    [FILING_NONE_SENSITIVE] = {"none", "无", "無"},
    [FILING_SCRIPT] = {"Script for the call", "电话报告稿", "電話通報稿"},
    [FILING_CALL] = {"Call", "拨打", "撥打"},
    [FILING_REPORT_UNDER] = {"incident report (%s)", "事件报告（依据%s）", "事件通報（依據%s）"},
    [FILING_LAW_NAME] = {"%s", "《%s》", "《%s》"},
    [FILING_READ_OUT] = {"Read out:", "逐项报告：", "逐項通報："},
    [FILING_FOLLOWS_LATER] = {"Say that this follows", "说明以下内容待续报", "說明下列內容待續報"},
    [FILING_WRITE_DOWN] = {"Write down:", "记录：", "記錄："},
    [FILING_BLANK_NUMBER] = {"number of the report", "受理编号", "受理編號"},
    [FILING_BLANK_REPORTER] = {"who reports", "报告人", "通報人"},
    [FILING_BLANK_CALLBACK] = {"telephone to call back", "联系电话", "聯絡電話"},
    [FILING_BLANK_NAME] = {"who took it", "接听人", "接聽人"},
    [FILING_BLANK_TIME] = {"time of the call", "通话时间", "通話時間"},
    [FILING_AFTERWARDS] = {"Afterwards type:", "报告后输入：", "通報後輸入："},
    [FILING_GREETING] = {"Dear Sir or Madam,", "您好：", "敬啟者："},
    [FILING_SIGNATURE] = {"Signature", "签字（盖章）", "簽章"},
    [FILING_DRAFT_FORM] = {"draft form, version %s", "表格草案，版本%s", "表格草案，版本%s"},
    [FILING_UNKNOWN_NUMBER] = {"not known", "未知", "未知"},
};

static size_t column_of(const char *locale)
{
    const char *picked = locale_pick(locale, locales, "en");

    for (size_t i = 0; locales[i]; i++)
        if (picked && strcmp(locales[i], picked) == 0)
            return i;
    return 0;
}

const char *filing_word(FilingWord word, const char *locale)
{
    return words[word][column_of(locale)];
}

char *filing_fill_all(FilingWord word, const char *locale, const char *const *texts)
{
    const char *rest = filing_word(word, locale);
    GString *text = g_string_new(NULL);
    const char *hole;

    for (const char *const *next = texts; *next && (hole = strstr(rest, "%s")) != NULL; next++) {
        g_string_append_len(text, rest, hole - rest);
        g_string_append(text, *next);
        rest = hole + 2;
    }
    g_string_append(text, rest);
    return g_string_free(text, FALSE);
}

char *filing_span(int64_t duration, const char *locale)
{
    static const char *const units[][3] = {{" d", "天", "天"}, {" h", "小时", "小時"}, {" min", "分钟", "分鐘"}};
    const int64_t sizes[] = {CLOCK_DAY, CLOCK_HOUR, CLOCK_MINUTE};
    size_t column = column_of(locale);
    GString *text = g_string_new(NULL);
    int64_t rest = duration < CLOCK_MINUTE ? CLOCK_MINUTE : duration;

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        int64_t count = rest / sizes[i];

        rest -= count * sizes[i];
        if (count > 0)
            g_string_append_printf(text, "%s%" G_GINT64_FORMAT "%s", text->len > 0 && column == 0 ? " " : "", count,
                                   units[i][column]);
    }
    return g_string_free(text, FALSE);
}

const char *filing_colon(const char *locale)
{
    return column_of(locale) == 0 ? ": " : "：";
}

const char *filing_semicolon(const char *locale)
{
    return column_of(locale) == 0 ? "; " : "；";
}

const char *filing_list(const char *locale)
{
    return column_of(locale) == 0 ? ", " : "、";
}
