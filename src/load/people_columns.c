#include "load/people_columns.h"

#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "load/schema.h"
#include "model/playbook.h"

#define STAGE      FINDING_SEND
#define NAME_START "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define NAME_REST  NAME_START "0123456789"

/* The known column that `name` probably means, or NULL: other letter case, other separators, a typing mistake. */
static const char *meant_column(const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);

    g_strdelimit(lower, "- ", '_');
    return text_nearest(lower, person_known_columns());
}

/* The column that other systems call by that name, or NULL: it is suggested, never guessed. */
static const char *likely_column(const char *name)
{
    static const struct {
        const char *ours;
        const char *theirs[26];
    } columns[] = {
        {"id", {"userid", "uid", "accountid", "account", "accountno", "customerid", "clientid", "memberid",
                "personid", "编号", "序号", "用户编号", "用户id", "用户号", "会员编号", "会员号", "客户编号",
                "客户号", "账号", "用戶編號", "編號", "會員編號", "客戶編號", "帳號"}},
        {"name", {"fullname", "personname", "username", "customername", "姓名", "名字", "名称", "用户姓名", "客户姓名",
                  "收件人", "联系人", "用户名", "名稱", "用戶姓名", "客戶姓名"}},
        {"email", {"emailaddress", "mail", "mailaddress", "emails", "邮箱", "电子邮箱", "邮箱地址", "电子邮件", "邮件",
                   "邮件地址", "电邮", "郵箱", "電子郵件", "電郵", "信箱", "电子信箱", "電子信箱"}},
        {"phone", {"phonenumber", "mobile", "mobilephone", "mobileno", "mobilenumber", "cell", "cellphone", "tel",
                   "telephone", "手机", "手机号", "手机号码", "电话", "电话号码", "联系电话", "移动电话", "手機",
                   "手機號碼", "電話", "電話號碼"}},
        {"locale", {"language", "lang", "preferredlanguage", "languagecode", "语言", "語言"}},
    };
    g_autofree char *lower = g_ascii_strdown(name, -1);
    g_auto(GStrv) parts = g_strsplit_set(lower, "_- .", -1);
    g_autofree char *joined = g_strjoinv("", parts);

    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++)
        if (strcmp(joined, columns[i].ours) == 0 || g_strv_contains(columns[i].theirs, joined))
            return columns[i].ours;
    return NULL;
}

static bool is_like_id(const char *name)
{
    return g_strcmp0(likely_column(name), "id") == 0;
}

bool people_is_column_name(const char *name)
{
    return *name && strchr(NAME_START, *name) && strspn(name, NAME_REST) == strlen(name);
}

static void report_bad_name(const char *name, Position at, Findings *findings)
{
    g_autofree char *shown = schema_shown(name);
    const char *meant = meant_column(name);
    const char *likely = likely_column(name);

    if (!*name)
        findings_error(findings, STAGE, "people-column-name", at,
                       "this column has no name: name it or delete the column");
    else if (strpbrk(name, ";\t|"))
        findings_error(findings, STAGE, "people-column-name", at,
                       "\"%s\": columns are separated by commas: save the file with commas", shown);
    else if (meant)
        findings_error(findings, STAGE, "people-column-name", at,
                       "column name \"%s\" has a character that is not allowed, did you mean \"%s\"?", shown, meant);
    else
        findings_error(
            findings, STAGE, "people-column-name", at,
            "column name \"%s\" is not made of letters a-z, digits and _ (not first): rename it, or name it in the "
            "playbook: people: {file: …, columns: {\"%s\": %s}}",
            shown, shown, likely ? likely : _("NAME"));
}

static void check_column(const PersonColumns *columns, size_t index, Position at, Findings *findings)
{
    const char *name = columns->names[index];
    const char *meant;

    if (!people_is_column_name(name)) {
        report_bad_name(name, at, findings);
        return;
    }
    if (person_column(columns, name) < (int)index) {
        findings_error(findings, STAGE, "people-column-twice", at,
                       "column \"%s\" is there twice (also column number %d): rename or delete one", name,
                       person_column(columns, name) + 1);
        return;
    }
    meant = person_is_known_column(name) ? NULL : meant_column(name);
    if (!meant && !person_is_known_column(name) && !is_like_id(name))
        meant = likely_column(name);
    if (meant && person_column(columns, meant) < 0)
        findings_warning(
            findings, STAGE, "people-column-meaning", at,
            "column \"%s\" is an attribute without a meaning and will not be used as %s, did you mean \"%s\"?", name,
            meant, meant);
}

/* Renames one column; whether the file has it. */
static bool rename_column(PersonColumns *columns, const PeopleRename *rename, bool *is_renamed)
{
    bool is_found = false;

    for (size_t i = 0; i < columns->count; i++) {
        if (is_renamed[i] || strcmp(columns->names[i], rename->theirs) != 0)
            continue;
        g_free(columns->names[i]);
        columns->names[i] = g_strdup(rename->ours);
        is_renamed[i] = true;
        is_found = true;
    }
    return is_found;
}

static void rename_columns(PersonColumns *columns, const GPtrArray *renames, Findings *findings)
{
    g_autofree bool *is_renamed = g_new0(bool, columns->count + 1);

    for (guint i = 0; renames && i < renames->len; i++) {
        const PeopleRename *rename = g_ptr_array_index(renames, i);
        g_autofree char *shown = schema_shown(rename->theirs);
        const char *meant;

        if (rename_column(columns, rename, is_renamed))
            continue;
        meant = text_nearest(rename->theirs, (const char *const *)columns->names);
        if (meant)
            findings_error(findings, STAGE, "people-rename", rename->at,
                           "the people file has no column \"%s\": did you mean \"%s\"?", shown, meant);
        else
            findings_error(findings, STAGE, "people-rename", rename->at,
                           "the people file has no column \"%s\": write the name as it stands in the file", shown);
    }
}

static void report_no_id(const PersonColumns *columns, const Position *places, Position start, Findings *findings)
{
    for (size_t i = 0; i < columns->count; i++) {
        g_autofree char *shown = schema_shown(columns->names[i]);

        if (!is_like_id(columns->names[i]))
            continue;
        findings_error(findings, STAGE, "people-no-id", places[i],
                       "there is no column \"id\": if it is \"%s\", write in the playbook: people: {file: …, columns: "
                       "{\"%s\": id}}",
                       shown, shown);
        return;
    }
    findings_error(findings, STAGE, "people-no-id", start,
                   "there is no column \"id\": add one with a different value in every row");
}

void people_columns_check(PersonColumns *columns, const Position *places, const GPtrArray *renames, Findings *findings)
{
    Position start = {.file = places[0].file, .line = places[0].line, .column = 1};

    rename_columns(columns, renames, findings);
    for (size_t i = 0; i < columns->count; i++)
        check_column(columns, i, places[i], findings);
    columns->id = person_column(columns, "id");
    columns->locale = person_column(columns, "locale");
    columns->email = person_column(columns, "email");
    columns->phone = person_column(columns, "phone");
    if (columns->id < 0)
        report_no_id(columns, places, start, findings);
}
