#include "load_expect.h"

#include "base/error.h"
#include "load/load_people.h"
#include "model/playbook.h"

static char *path;

static int remove_folder(void **state)
{
    g_free(path);
    return expect_remove_home(state);
}

static PeopleReader *open_bytes(const char *bytes, size_t size, Findings *findings)
{
    g_free(path);
    path = expect_file(expect_home, "people.csv", bytes, size);
    return people_open(path, NULL, findings);
}

static PeopleReader *open_good(const char *text)
{
    g_autoptr(Findings) findings = findings_new();
    PeopleReader *reader = open_bytes(text, strlen(text), findings);

    expect_findings(findings, NULL, 0);
    assert_non_null(reader);
    return reader;
}

#define HEADER_FAILS(text, ...)                                                                                        \
    do {                                                                                                               \
        g_autoptr(Findings) findings_ = findings_new();                                                                \
        assert_null(open_bytes(text, sizeof(text) - 1, findings_));                                                    \
        EXPECT(findings_, __VA_ARGS__);                                                                                \
        assert_int_equal(findings_errors(findings_, FINDING_REPORT), 0);                                               \
    } while (0)

static void test_columns(void **state)
{
    g_autoptr(PeopleReader) reader = open_good("\xef\xbb\xbf"
                                               " plan , email,id,_x9,locale\n");
    const PersonColumns *columns = people_columns(reader);
    Person person;

    (void)state;
    assert_int_equal(columns->count, 5);
    assert_string_equal(columns->names[0], "plan");
    assert_string_equal(columns->names[1], "email");
    assert_int_equal(columns->id, 2);
    assert_int_equal(columns->locale, 4);
    assert_int_equal(columns->email, 1);
    assert_int_equal(columns->phone, -1);
    assert_int_equal(people_next(reader, &person, NULL), 0);
}

static void test_rows(void **state)
{
    g_autoptr(PeopleReader) reader =
        open_good("id,name,note\r\n1,张伟,\"a\nb\t\"\r\n\r\n2,\"O'Brien, \"\"Bob\"\"\",\n");
    Person person;

    (void)state;
    assert_int_equal(people_next(reader, &person, NULL), 1);
    assert_null(person.problem);
    assert_int_equal(person.row, 1);
    assert_int_equal(person.at.line, 2);
    assert_int_equal(person.at.column, 1);
    assert_string_equal(person.at.file, path);
    assert_string_equal(person_value(&person, "name"), "张伟");
    assert_string_equal(person_value(&person, "note"), "a\nb");
    assert_int_equal(people_next(reader, &person, NULL), 1);
    assert_null(person.problem);
    assert_int_equal(person.row, 2);
    assert_int_equal(person.at.line, 5);
    assert_string_equal(person_value(&person, "name"), "O'Brien, \"Bob\"");
    assert_string_equal(person_value(&person, "note"), "");
    assert_int_equal(people_next(reader, &person, NULL), 0);
}

/* Windows ends lines in CRLF, in cells as well. */
static void test_windows_lines(void **state)
{
    g_autoptr(PeopleReader) reader =
        open_good("id,address,note\r\n1,\"Road 1\r\n12345 Town\",\"a\r\nb\r\n\"\r\n");
    Person person;

    (void)state;
    assert_int_equal(people_next(reader, &person, NULL), 1);
    assert_null(person.problem);
    assert_string_equal(person_value(&person, "address"), "Road 1\n12345 Town");
    assert_string_equal(person_value(&person, "note"), "a\nb");
}

/* Spreadsheets write rows of nothing below the last one, with as many separators as the sheet has columns. */
static void test_rows_of_nothing(void **state)
{
    g_autoptr(PeopleReader) reader = open_good("id,name\n,\n1,Ann\n\" \",\n,,,\n2,Bob\n,\n");
    Person person;

    (void)state;
    assert_int_equal(people_next(reader, &person, NULL), 1);
    assert_int_equal(person.row, 1);
    assert_int_equal(person.at.line, 3);
    assert_string_equal(person_value(&person, "name"), "Ann");
    assert_int_equal(people_next(reader, &person, NULL), 1);
    assert_int_equal(person.row, 2);
    assert_int_equal(person.at.line, 6);
    assert_null(person.problem);
    assert_int_equal(people_next(reader, &person, NULL), 0);
}

static void test_words_for_nothing(void **state)
{
    g_autoptr(PeopleReader) reader = open_good("id,name,organization,deceased,tier\nNULL,NULL,n/a,N/A,NULL\n"
                                               "2,Null,\\N,,\n3, n/a ,Nan,,\n");
    g_autoptr(Findings) findings = findings_new();
    Person person;

    (void)state;
    assert_int_equal(people_next(reader, &person, NULL), 1);
    assert_string_equal(person_value(&person, "id"), "NULL");
    assert_string_equal(person_value(&person, "name"), "");
    assert_string_equal(person_value(&person, "organization"), "");
    assert_string_equal(person_value(&person, "deceased"), "N/A"); /* not guessed */
    assert_string_equal(person_value(&person, "tier"), "NULL");    /* a rule may ask for it */
    assert_int_equal(people_next(reader, &person, NULL), 1);
    assert_string_equal(person_value(&person, "name"), "Null"); /* a surname */
    assert_string_equal(person_value(&person, "organization"), "");
    assert_int_equal(people_next(reader, &person, NULL), 1);
    assert_string_equal(person_value(&person, "name"), "");
    assert_string_equal(person_value(&person, "organization"), "Nan");
    people_report_voids(reader, findings);
    EXPECT(findings, {2, 1, "people-void", "name: \"NULL\" or the like counts as an empty cell; rows with it: 2, the first"},
           {2, 1, "people-void", "organization: \"n/a\" or the like counts as an empty cell; rows with it: 2"});
}

static void test_progress(void **state)
{
    g_autoptr(PeopleReader) reader = open_good("id\n1\n2\n");
    Person person;
    int64_t done;
    int64_t total;

    (void)state;
    assert_int_equal(people_next(reader, &person, NULL), 1);
    people_progress(reader, &done, &total);
    assert_int_equal(done, 5);
    assert_int_equal(total, 7);
}

static void test_bad_headers(void **state)
{
    (void)state;
    HEADER_FAILS("", {0, 0, "people-csv", "the file is empty: its first line must name the columns"});
    HEADER_FAILS("name,email\n1,2\n", {1, 1, "people-no-id", "there is no column \"id\": add one"});
    HEADER_FAILS("id,name,name\n",
                 {1, 9, "people-column-twice", "column \"name\" is there twice (also column number 2)"});
    HEADER_FAILS("id,,name\n", {1, 4, "people-column-name", "this column has no name: name it or delete the column"});
    HEADER_FAILS("id,名字,手机,2fa\n", {1, 4, "people-column-name", "column name \"名字\" is not made of letters"},
                 {1, 7, "people-column-name", "\"手机\""}, {1, 10, "people-column-name", "\"2fa\""});
    HEADER_FAILS("id,e-mail\n", {1, 4, "people-column-name", "did you mean \"email\"?"});
    HEADER_FAILS("id;name;email\n1;a;b\n", {1, 1, "people-column-name", "save the file with commas"},
                 {1, 1, "people-no-id", "there is no column"});
    HEADER_FAILS("id,\"a\x1b[2J\nb\"\n", {1, 4, "people-column-name", "\"a\\x1b[2J\\x0ab\" is not made of letters"});
    HEADER_FAILS("id,a\"b\n", {1, 5, "people-csv", "a quote in the middle of a column name"});
    HEADER_FAILS("id,\"name\n1,x\n", {1, 4, "people-csv", "never closed"});
    HEADER_FAILS("id,n\xe9m\n1,x\n", {1, 5, "people-encoding", "the header is not UTF-8"});
    HEADER_FAILS("i\0d\n", {1, 2, "people-csv", "a NUL character"});
    HEADER_FAILS("name,User ID\n", {1, 6, "people-column-name", "columns: {\"User ID\": id}}"},
                 {1, 6, "people-no-id", "if it is \"User ID\", write in the playbook"});
    HEADER_FAILS("编号,name\n", {1, 1, "people-column-name", "columns: {\"编号\": id}}"},
                 {1, 1, "people-no-id", "if it is \"编号\", write in the playbook"});
    HEADER_FAILS("PK\x03\x04\x14\0", {0, 0, "people-unreadable", "this file is a spreadsheet"});
    HEADER_FAILS("\xd0\xcf\x11\xe0\xa1\xb1", {0, 0, "people-unreadable", "this file is a spreadsheet"});
    HEADER_FAILS("\xff\xfei\0d\0", {0, 0, "people-unreadable", "this file is UTF-16"});
}

static void test_too_many_columns(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    GString *header = g_string_new("id");

    (void)state;
    for (int i = 1; i <= PERSON_COLUMNS_MAX; i++)
        g_string_append_printf(header, ",c%d", i);
    assert_null(open_bytes(header->str, header->len, findings));
    EXPECT(findings, {1, 1, "people-csv", "the header has 257 columns, at most 256 are possible"});
    g_string_free(header, TRUE);
}

static void test_no_file(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *missing = g_build_filename(expect_home, "missing.csv", NULL);

    (void)state;
    assert_null(people_open(missing, NULL, findings));
    EXPECT(findings, {0, 0, "people-unreadable", "cannot be read: No such file or directory"});
    assert_string_equal(findings_get(findings, 0)->at.file, missing);
}

/* Columns that look like known ones are used as what they are called, but not in silence. */
static void test_near_misses(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    const char *text = "id,Email,emial,guardian_emai,Guardian_Name,plan,agee\n";
    g_autoptr(PeopleReader) reader = open_bytes(text, strlen(text), findings);

    (void)state;
    assert_non_null(reader);
    EXPECT(
        findings,
        {1, 4, "people-column-meaning", "\"Email\" is an attribute without a meaning and will not be used as email"},
        {1, 10, "people-column-meaning", "\"emial\" is an attribute without a meaning and will not be used as email"},
        {1, 16, "people-column-meaning", "did you mean \"guardian_email\"?"},
        {1, 30, "people-column-meaning", "did you mean \"guardian_name\"?"},
        {1, 49, "people-column-meaning", "did you mean \"age\"?"});
    assert_int_equal(findings_errors(findings, FINDING_SEND), 0);
    assert_int_equal(people_columns(reader)->email, -1);
}

/* So are those that other systems call something else altogether: nobody is told in the wrong language in silence. */
static void test_other_names(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Findings) none = findings_new();
    const char *text = "id,lang,mobile,name,username,user_id\n";
    const char *both = "id,locale,lang,phone,mobile\n";
    g_autoptr(PeopleReader) reader = open_bytes(text, strlen(text), findings);
    g_autoptr(PeopleReader) other = open_bytes(both, strlen(both), none);

    (void)state;
    assert_non_null(reader);
    EXPECT(findings,
           {1, 4, "people-column-meaning", "\"lang\" is an attribute without a meaning and will not be used as locale"},
           {1, 9, "people-column-meaning", "will not be used as phone, did you mean \"phone\"?"});
    assert_non_null(other);
    expect_findings(none, NULL, 0);
}

/* With the real column there, a similar one is nobody's mistake. */
static void test_no_near_miss_beside_the_real_one(void **state)
{
    g_autoptr(PeopleReader) reader = open_good("id,email,emails\n");

    (void)state;
    assert_non_null(reader);
}

typedef struct BadRow {
    const char *row;
    const char *problem;
    const char *id;
} BadRow;

/* One bad row among good ones is put in quarantine; its neighbours are not touched. */
static void test_quarantined_rows(void **state)
{
    static const BadRow rows[] = {
        {"7,a", "row has 2 fields, the header has 3: add the missing commas, or close a quote", ""},
        {"7", "row has 1 field, the header has 3", ""},
        {"7,a,b,c", "row has 4 fields, the header has 3: quote the field that holds a comma", ""},
        {",a,b", "row has no id: give it one that no other row has", ""},
        {"\"  \",a,b", "row has no id", ""},
        {"\" \t\",a,b", "a control character (0x09) in id: remove it", ""},
        {"7,\"Zhang\r\nBcc: x@example.com\",b", "a line break in name: remove it", "7"},
        {"7,\"Zhang\nWei\",b", "a line break in name: remove it", "7"},
        {"7,Zhang\rWei,b", "a line break in name: remove it", "7"},
        {"7,Zhang\tWei,b", "a control character (0x09) in name: remove it", "7"},
        {"7,a,b\x1b", "a control character (0x1b) in note: remove it", "7"},
        {"7,a,b\x7f", "a control character (0x7f) in note: remove it", "7"},
        {"7,a,\"b\rc\"", "a line break in note: remove it", "7"},
        {"\"7\n\",a,b", "a line break in id: remove it", ""},
        {"7,云\xff,b", "the bytes at line 3, column 4 are not UTF-8: write the character again", ""},
        {"7,the \"big\" one,b", "a quote inside a field at line 3, column 7", ""},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("id,name,note\n1,é,x\n%s\n2,é,y\n", rows[i].row);
        g_autoptr(PeopleReader) reader = open_good(text);
        Person person;

        assert_int_equal(people_next(reader, &person, NULL), 1);
        assert_null(person.problem);
        assert_int_equal(people_next(reader, &person, NULL), 1);
        assert_non_null(person.problem);
        if (!g_str_has_prefix(person.problem, rows[i].problem))
            fail_msg("expected \"%s\", not \"%s\"", rows[i].problem, person.problem);
        assert_int_equal(person.row, 2);
        assert_int_equal(person.at.line, 3);
        assert_int_equal(person.at.column, 1);
        assert_string_equal(person_value(&person, "id"), rows[i].id);
        assert_string_equal(person_value(&person, "name"), "");
        assert_string_equal(person_value(&person, "note"), "");
        assert_int_equal(people_next(reader, &person, NULL), 1);
        assert_null(person.problem);
        assert_string_equal(person_value(&person, "id"), "2");
        assert_string_equal(person_value(&person, "note"), "y");
        assert_int_equal(people_next(reader, &person, NULL), 0);
    }
}

/* Reads to the end; the file must be refused at this place with these words. Returns how many rows came before it. */
static int assert_refused(const char *bytes, size_t size, int line, int column, const char *words)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(PeopleReader) reader = open_bytes(bytes, size, findings);
    g_autoptr(GError) error = NULL;
    Person person;
    int rows = 0;
    int got;

    assert_non_null(reader);
    while ((got = people_next(reader, &person, &error)) > 0)
        rows++;
    assert_int_equal(got, -1);
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
    assert_string_equal(people_failed_at(reader).file, path);
    assert_int_equal(people_failed_at(reader).line, line);
    assert_int_equal(people_failed_at(reader).column, column);
    if (!strstr(error->message, words))
        fail_msg("expected \"…%s…\", not \"%s\"", words, error->message);
    return rows;
}

#define REFUSED(text, line, column, words) assert_refused(text, sizeof(text) - 1, line, column, words)

static void test_refused_files(void **state)
{
    (void)state;
    assert_int_equal(REFUSED("id,name\n1,a\n2,\"b\n3,c\n", 3, 3, "never closed: close it or remove it"), 1);
    assert_int_equal(REFUSED("id,name\n1,\"a\" b\n", 2, 6, "text after a closing quote"), 0);
    assert_int_equal(REFUSED("id,name\n1,a\n2,b\0\n", 3, 4, "a NUL character"), 1);
}

static void test_field_limit(void **state)
{
    g_autofree char *fits = g_strnfill(PEOPLE_FIELD_MAX, 'x');
    g_autofree char *good = g_strdup_printf("id,note\n1,%s\n", fits);
    g_autofree char *bad = g_strdup_printf("id,note\n1,y%s\n", fits);
    g_autoptr(PeopleReader) reader = open_good(good);
    Person person;

    (void)state;
    assert_int_equal(people_next(reader, &person, NULL), 1);
    assert_null(person.problem);
    assert_int_equal(strlen(person_value(&person, "note")), PEOPLE_FIELD_MAX);
    assert_refused(bad, strlen(bad), 2, 3, "this field is too large");
}

static char *to_gb18030(const char *text, size_t *size)
{
    char *bytes = g_convert(text, -1, "GB18030", "UTF-8", NULL, size, NULL);

    assert_non_null(bytes);
    return bytes;
}

/* An Excel file from a Chinese Windows: refused as a whole, with the command that mends it. */
static void test_gb18030(void **state)
{
    size_t size;
    g_autofree char *bytes = to_gb18030("id,name\n0,Bob\n1,张伟\n2,王小明\n3,欧阳娜娜\n4,李𠮷\n", &size);
    g_autofree char *command = g_strdup_printf("type iconv -f GB18030 -t UTF-8 '%s/people.csv' > '%s/people.utf8.csv'",
                                               expect_home, expect_home);

    (void)state;
    assert_int_equal(assert_refused(bytes, size, 3, 3, "not UTF-8 but reads as GB18030"), 1);
    assert_refused(bytes, size, 3, 3, command);
}

static void test_gb18030_header(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    size_t size;
    g_autofree char *bytes = to_gb18030("id,姓名\n1,x\n", &size);

    (void)state;
    assert_null(open_bytes(bytes, size, findings));
    EXPECT(findings, {1, 4, "people-encoding", "type iconv -f GB18030 -t UTF-8"});
}

/* GB18030 rows that somebody pasted into a UTF-8 file are damaged rows, not a file in GB18030. */
static void test_damaged_rows_in_utf8(void **state)
{
    GString *text = g_string_new("id,name\n");
    g_autoptr(Findings) findings = findings_new();
    Person person;
    int problems = 0;

    (void)state;
    for (int i = 0; i < 50; i++)
        g_string_append_printf(text, "%d,%s\n", i, i == 20 || i == 40 ? "\xd5\xc5\xce\xb0" : "张伟");
    g_autoptr(PeopleReader) reader = open_bytes(text->str, text->len, findings);
    while (people_next(reader, &person, NULL) > 0)
        problems += person.problem != NULL;
    assert_int_equal(person.row, 50);
    assert_int_equal(problems, 2);
    g_string_free(text, TRUE);
}

/* Latin-1 is not GB18030, even where its bytes could be: its rows are damaged, each of them. */
static void test_latin1(void **state)
{
    static const char *const texts[] = {"id,name\n1,Andr\xe9\n2,Ren\xe9\n3,Zo\xe9\n4,Bob\n",
                                        "id,name\n1,Andr\xe9y\n2,Ren\xe9y\n3,Zo\xe9y\n4,Bob\n"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(PeopleReader) reader = open_bytes(texts[i], strlen(texts[i]), findings);
        Person person;
        int problems = 0;

        while (people_next(reader, &person, NULL) > 0)
            problems += person.problem != NULL;
        assert_int_equal(person.row, 4);
        assert_int_equal(problems, 3);
    }
}

/* A GB18030 file whose broken part begins late, and is longer than what is looked at. */
static void test_long_gb18030(void **state)
{
    GString *text = g_string_new("id,name\n");
    size_t size;
    g_autofree char *bytes = NULL;

    (void)state;
    for (int i = 0; i < 200000; i++)
        g_string_append_printf(text, "%d,%s\n", i, i < 100000 ? "Bob" : "欧阳娜娜");
    bytes = to_gb18030(text->str, &size);
    /* the first character's two bytes happen to be valid UTF-8 */
    assert_int_equal(assert_refused(bytes, size, 100002, 9, "reads as GB18030"), 100000);
    g_string_free(text, TRUE);
}

/* Renaming ------------------------------------------------------------------------------------------------------ */

static GPtrArray *renames_of(const char *const *pairs)
{
    GPtrArray *renames = g_ptr_array_new_with_free_func(g_free);

    for (int line = 1; *pairs; pairs += 2, line++) {
        PeopleRename *rename = g_new0(PeopleRename, 1);

        rename->theirs = (char *)pairs[0];
        rename->ours = (char *)pairs[1];
        rename->at = position_make("playbook.yaml", line, 3);
        g_ptr_array_add(renames, rename);
    }
    return renames;
}

static PeopleReader *open_renamed(const char *name, const char *text, const char *const *pairs, Findings *findings)
{
    g_autoptr(GPtrArray) renames = renames_of(pairs);

    g_free(path);
    path = expect_text(expect_home, name, text);
    return people_open(path, renames, findings);
}

static void test_renames(void **state)
{
    static const char *const pairs[] = {"手机", "phone", "编号", "id", "Plan B", "plan", NULL};
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(PeopleReader) csv = open_renamed("people.csv", "编号,手机,Plan B\n1,+8613800138000,x\n", pairs, findings);
    g_autoptr(PeopleReader) jsonl = NULL;
    Person person;

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_int_equal(people_columns(csv)->id, 0);
    assert_int_equal(people_columns(csv)->phone, 1);
    assert_int_equal(people_next(csv, &person, NULL), 1);
    assert_string_equal(person_value(&person, "plan"), "x");
    jsonl =
        open_renamed("people.jsonl", "{\"编号\": 1}\n{\"手机\": \"+8613800138000\", \"编号\": 2, \"Plan B\": \"x\"}\n",
                     pairs, findings);
    expect_findings(findings, NULL, 0);
    assert_int_equal(people_next(jsonl, &person, NULL), 1);
    assert_string_equal(person_value(&person, "phone"), "");
    assert_int_equal(people_next(jsonl, &person, NULL), 1);
    assert_string_equal(person_value(&person, "phone"), "+8613800138000");
}

static void test_wrong_renames(void **state)
{
    static const char *const unknown[] = {"手机号", "phone", "Whatever", "plan", NULL};
    static const char *const twice[] = {"手机", "phone", NULL};
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Findings) more = findings_new();

    (void)state;
    assert_null(open_renamed("people.csv", "id,手机\n1,2\n", unknown, findings));
    assert_int_equal(findings_count(findings), 3); /* 手机 itself is no name */
    assert_string_equal(findings_get(findings, 1)->id, "people-rename");
    assert_non_null(strstr(findings_get(findings, 1)->text, "no column \"手机号\": did you mean \"手机\"?"));
    assert_string_equal(findings_get(findings, 1)->at.file, "playbook.yaml");
    assert_non_null(strstr(findings_get(findings, 2)->text, "no column \"Whatever\": write the name as it stands"));
    assert_null(open_renamed("people.csv", "id,phone,手机\n1,2,3\n", twice, more));
    EXPECT(more, {1, 10, "people-column-twice", "column \"phone\" is there twice (also column number 2)"});
}

/* JSON Lines ---------------------------------------------------------------------------------------------------- */

static PeopleReader *open_lines(const char *text)
{
    static const char *const none[] = {NULL};
    g_autoptr(Findings) findings = findings_new();
    PeopleReader *reader = open_renamed("people.jsonl", text, none, findings);

    expect_findings(findings, NULL, 0);
    assert_non_null(reader);
    return reader;
}

static void expect_problem(PeopleReader *reader, int line, const char *id, const char *problem, const char *reason)
{
    Person person;

    assert_int_equal(people_next(reader, &person, NULL), 1);
    assert_int_equal(person.at.line, line);
    assert_non_null(person.problem);
    if (!strstr(person.problem, problem) || strcmp(person.reason, reason) != 0)
        fail_msg("%s / %s", person.problem, person.reason);
    assert_string_equal(person_value(&person, "id"), id);
    assert_string_equal(person_value(&person, "name"), "");
}

/* What quarantines a row of a CSV file quarantines one here. */
static void test_lines_quarantined(void **state)
{
    g_autoptr(PeopleReader) reader = open_lines("{\"id\": \"1\", \"name\": \"Ann\", \"note\": \"a\\nb\"}\n"
                                                "{\"id\": \"2\", \"name\": \"B\xff\"}\n"
                                                "{\"id\": \"3\", \"name\": \"D\\nee\"}\n"
                                                "{\"id\": \"4\", \"name\": \"D\\u0007ee\"}\n"
                                                "{\"name\": \"no id\"}\n"
                                                "{\"id\": \" \", \"name\": \"no id\"}\n"
                                                "{\"id\": \"6\", \"name\": \"torn\"\n"
                                                "{\"id\": \"7\", \"name\": {\"en\": \"x\"}}\n"
                                                "{\"id\": \"8\", \"name\": \"Zoë\"}\n");
    Person person;

    (void)state;
    assert_int_equal(people_next(reader, &person, NULL), 1);
    assert_null(person.problem);
    assert_string_equal(person_value(&person, "note"), "a\nb");
    expect_problem(reader, 2, "", "the bytes at line 2, column 23 are not UTF-8",
                   "bytes that are not UTF-8: write the character again");
    expect_problem(reader, 3, "3", "a line break in name: remove it", "a line break in name: remove it");
    expect_problem(reader, 4, "4", "a control character (0x07) in name",
                   "a control character (0x07) in name: remove it");
    expect_problem(reader, 5, "", "row has no id", "row has no id: give it one that no other row has");
    expect_problem(reader, 6, "", "row has no id", "row has no id: give it one that no other row has");
    expect_problem(reader, 7, "", "the line ends within the object",
                   "the line ends within the object: was the file copied whole?");
    expect_problem(
        reader, 8, "7", "name: an object within the object",
        "an object within the object: only texts, numbers, true, false, null and lists of texts are possible");
    assert_int_equal(people_next(reader, &person, NULL), 1);
    assert_null(person.problem);
    assert_int_equal(person.row, 9);
    assert_int_equal(people_next(reader, &person, NULL), 0);
}

static void test_lines_headers(void **state)
{
    static const char *const none[] = {NULL};
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Findings) more = findings_new();
    g_autoptr(Findings) odd = findings_new();

    (void)state;
    assert_null(open_renamed("people.jsonl", "{\"name\": 1}\n{\"2fa\": 1}\n", none, findings));
    EXPECT(findings, {1, 1, "people-no-id", "there is no column \"id\""},
           {2, 1, "people-column-name", "column name \"2fa\" is not made of letters"});
    assert_null(open_renamed("people.jsonl", "[]", none, more));
    EXPECT(more, {1, 1, "people-jsonl", "this file is one JSON list"});
    people_close(open_renamed("people.jsonl", "{\"id\": 1, \"e_mail\": 2}\n", none, odd));
    EXPECT(odd, {1, 1, "people-column-meaning", "did you mean \"email\"?"});
}

/* " a@x.example" would be no address and " admin" nobody's role, and the row has no more to say. */
static void test_blanks_around(void **state)
{
    static const char *const files[] = {"id,name,email,note\n p1 ,\" Ann  Fox\xe3\x80\x80\", a@x.example  ,\xc2\xa0\n",
                                        "{\"id\": \" p1 \", \"name\": \" Ann  Fox\xe3\x80\x80\", \"email\": "
                                        "\" a@x.example \", \"note\": \"\xc2\xa0\"}\n"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(PeopleReader) reader = i == 0 ? open_good(files[i]) : open_lines(files[i]);
        Person person;

        assert_int_equal(people_next(reader, &person, NULL), 1);
        assert_string_equal(person_value(&person, "id"), " p1 ");
        assert_string_equal(person_value(&person, "name"), "Ann  Fox");
        assert_string_equal(person_value(&person, "email"), "a@x.example");
        assert_string_equal(person_value(&person, "note"), "");
    }
}

/* GB18030 behind a header of ASCII keys: the file is refused as a CSV file is. */
static void test_lines_gb18030(void **state)
{
    g_autoptr(GString) text = g_string_new("{\"id\": \"0\", \"name\": \"Ann\"}\n");
    g_autoptr(PeopleReader) reader = NULL;
    g_autoptr(GError) error = NULL;
    Person person;

    (void)state;
    for (int i = 1; i < 20; i++)
        g_string_append_printf(text, "{\"id\": \"%d\", \"name\": \"\xcd\xf5\xce\xe5\"}\n", i);
    reader = open_lines(text->str);
    assert_int_equal(people_next(reader, &person, &error), 1);
    assert_int_equal(people_next(reader, &person, &error), -1);
    assert_non_null(strstr(error->message, "reads as GB18030: type iconv -f GB18030 -t UTF-8"));
    assert_non_null(strstr(error->message, "people.utf8.jsonl' and name the new file in the playbook"));
    assert_int_equal(people_failed_at(reader).line, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_windows_lines),
        cmocka_unit_test(test_rows_of_nothing),
        cmocka_unit_test(test_words_for_nothing),
        cmocka_unit_test(test_other_names),
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_bad_headers),
        cmocka_unit_test(test_too_many_columns),
        cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_near_misses),
        cmocka_unit_test(test_no_near_miss_beside_the_real_one),
        cmocka_unit_test(test_quarantined_rows),
        cmocka_unit_test(test_refused_files),
        cmocka_unit_test(test_field_limit),
        cmocka_unit_test(test_gb18030),
        cmocka_unit_test(test_gb18030_header),
        cmocka_unit_test(test_damaged_rows_in_utf8),
        cmocka_unit_test(test_latin1),
        cmocka_unit_test(test_long_gb18030),
        cmocka_unit_test(test_renames),
        cmocka_unit_test(test_wrong_renames),
        cmocka_unit_test(test_lines_quarantined),
        cmocka_unit_test(test_lines_headers),
        cmocka_unit_test(test_lines_gb18030),
        cmocka_unit_test(test_blanks_around),
    };

    return cmocka_run_group_tests(tests, expect_make_home, remove_folder);
}
