/* Letters: what lies in the folder, and what pdftotext reads in it. */
#include "channel/letter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/error.h"
#include "channel/letter_form.h"
#include "hand_over_bench.h"

#define ID_1 "aaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_2 "bbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ID_3 "cccccccccccccccccccccccccc"
#define ID_4 "dddddddddddddddddddddddddd"

#define TEXT_DE                                                                                                        \
    "Sehr geehrte Frau Müller-Lüdenscheidt,\n\n# Was geschehen ist\n\nAm 21. November 2026 hat eine unbekannte "     \
    "Person unsere Kundendatenbank kopiert.\n\n# Was Sie tun können\n\n1. Ändern Sie Ihr Passwort.\n2. Prüfen Sie " \
    "Ihre Kontoauszüge.\n"
#define TEXT_HANS "王小明您好：\n\n# 发生了什么\n\n2026年11月21日，有人复制了我们的客户数据库。\n\n1. 请更换密码。\n"
#define TEXT_HANT "王小明您好：\n\n# 發生了什麼事\n\n2026年11月21日，有人複製了我們的客戶資料庫。\n\n示例雲（蓋章）\n"

static ChannelField fields_de[] = {{"addressee", "Jürgen Müller-Lüdenscheidt"},
                                   {"number", "4711 0815"},
                                   {"now", "2026-11-21T22:10:00Z"},
                                   {"person.region", "eu"},
                                   {NULL, NULL}};
static ChannelField fields_hans[] = {
    {"addressee", "王小明"}, {"number", "1234 5678"}, {"now", "2026-11-21T22:10:00+08:00"}, {NULL, NULL}};
static ChannelField fields_arabic[] = {
    {"addressee", "محمد بن عبد الله"}, {"number", "99"}, {"now", "2026-11-21T22:10:00Z"}, {NULL, NULL}};

static BenchMessage german(void)
{
    return (BenchMessage){.message = {.id = ID_1,
                                      .recipient = "Straße des 17. Juni 135\n10623 Berlin\nDEUTSCHLAND",
                                      .locale = "de",
                                      .title = "Beispiel-Cloud: Datenpanne betrifft Ihr Konto",
                                      .text = TEXT_DE,
                                      .fields = fields_de,
                                      .attempt = 1}};
}

static BenchMessage simplified(void)
{
    return (BenchMessage){.message = {.id = ID_2,
                                      .recipient = "北京市海淀区中关村大街1号\n100080",
                                      .locale = "zh-CN",
                                      .title = "示例云：您的账号信息发生泄露，请更换密码",
                                      .text = TEXT_HANS,
                                      .fields = fields_hans,
                                      .attempt = 1}};
}

static BenchMessage traditional(void)
{
    return (BenchMessage){.message = {.id = ID_3,
                                      .recipient = "臺北市信義區市府路1號\n110",
                                      .locale = "zh-TW",
                                      .title = "示例雲：您的個人資料外洩通知，請變更密碼",
                                      .text = TEXT_HANT,
                                      .fields = fields_hans,
                                      .attempt = 1}};
}

static BenchMessage arabic(void)
{
    return (BenchMessage){.message = {.id = ID_4,
                                      .recipient = "12 High Street\nLondon\nUNITED KINGDOM",
                                      .locale = "en",
                                      .title = "Example Cloud: data breach affecting your account",
                                      .text = "Dear محمد بن عبد الله,\n\nsomebody copied our database.\n",
                                      .fields = fields_arabic,
                                      .attempt = 1}};
}

static void add_sender(HandOverBench *bench)
{
    g_ptr_array_add(bench->gateway->print->sender, g_strdup("Example Cloud GmbH"));
    g_ptr_array_add(bench->gateway->print->sender, g_strdup("Wolkenweg 1"));
    g_ptr_array_add(bench->gateway->print->sender, g_strdup("10115 Berlin"));
}

static char *text_of(const HandOverBench *bench, const char *name)
{
    g_autofree char *path = bench_path(bench, name);

    return bench_tool((const char *[]){"pdftotext", "-layout", path, "-", NULL});
}

static void assert_has(const char *text, const char *wanted)
{
    if (!text || !strstr(text, wanted))
        fail_msg("\"%s\" is not in: %s", wanted, text);
}

static int pages_of(const HandOverBench *bench, const char *name)
{
    g_autofree char *path = bench_path(bench, name);
    g_autofree char *info = bench_tool((const char *[]){"pdfinfo", path, NULL});
    const char *pages = info ? strstr(info, "Pages:") : NULL;

    return pages ? (int)g_ascii_strtoll(pages + strlen("Pages:"), NULL, 10) : -1;
}

/* The folder ------------------------------------------------------------------------------------------------------ */

static void test_batch(void **state)
{
    BenchMessage messages[] = {german(), simplified(), traditional(), arabic()};
    HandOverBench bench;
    g_autofree char *manifest = NULL;
    g_autofree char *ids = NULL;
    g_autofree char *merged = NULL;

    (void)state;
    bench_open(&bench, "letter", messages, G_N_ELEMENTS(messages));
    add_sender(&bench);
    bench_run(&bench, &letter_engine);
    assert_null(bench.error);
    assert_true(bench.succeeded);
    for (size_t i = 0; i < bench.count; i++) {
        assert_int_equal(messages[i].handed_over, 1);
        assert_int_equal(messages[i].replies, 1);
        assert_int_equal(messages[i].outcome.result, CHANNEL_ACCEPTED);
        assert_true(g_str_has_prefix(messages[i].text, "batch-0001: 1 page, SHA-256 "));
    }
    assert_int_equal(bench_entries(&bench), 1);
    ids = bench_read(&bench, "batch-0001/ids.txt", NULL);
    assert_string_equal(ids, ID_1 " 1\n" ID_2 " 1\n" ID_3 " 1\n" ID_4 " 1\n");
    manifest = bench_read(&bench, "batch-0001/manifest.csv", NULL);
    assert_has(manifest, "letter,message,notice,pages,first_page,language,region,sha256,file\n");
    assert_has(manifest, "\"1\",\"" ID_1 "\",\"4711 0815\",\"1\",\"1\",\"de\",\"eu\",\"");
    assert_has(manifest, "\"single/" ID_4 ".pdf\"\n");
    assert_int_equal(pages_of(&bench, "batch-0001/letters.pdf"), 4);
    merged = text_of(&bench, "batch-0001/letters.pdf");
    assert_has(merged, "Jürgen Müller-Lüdenscheidt");
    assert_has(merged, "示例雲（蓋章）");
    bench_close(&bench);
}

static void test_digest(void **state)
{
    BenchMessage messages[] = {simplified()};
    HandOverBench bench;
    g_autofree char *bytes = NULL;
    g_autofree char *digest = NULL;
    g_autofree char *manifest = NULL;
    size_t size = 0;

    (void)state;
    bench_open(&bench, "letter", messages, 1);
    bench_run(&bench, &letter_engine);
    bytes = bench_read(&bench, "batch-0001/single/" ID_2 ".pdf", &size);
    assert_non_null(bytes);
    digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
    assert_has(messages[0].text, digest);
    manifest = bench_read(&bench, "batch-0001/manifest.csv", NULL);
    assert_has(manifest, digest);
    bench_close(&bench);
}

/* Equal messages give equal bytes, whatever came before them in the batch. */
static void test_deterministic(void **state)
{
    BenchMessage alone[] = {traditional()};
    BenchMessage behind[] = {german(), arabic(), traditional()};
    HandOverBench first, second;

    (void)state;
    bench_open(&first, "letter", alone, 1);
    bench_open(&second, "letter", behind, 3);
    bench_run(&first, &letter_engine);
    bench_run(&second, &letter_engine);
    assert_string_equal(alone[0].text, behind[2].text);
    bench_close(&first);
    bench_close(&second);
}

static mode_t mode_of(const HandOverBench *bench, const char *name)
{
    g_autofree char *path = bench_path(bench, name);
    struct stat info;

    assert_int_equal(stat(path, &info), 0);
    return info.st_mode & 0777;
}

static void test_private(void **state)
{
    BenchMessage messages[] = {german()};
    HandOverBench bench;

    (void)state;
    bench_open(&bench, "letter", messages, 1);
    bench_run(&bench, &letter_engine);
    assert_int_equal(mode_of(&bench, ""), 0700);
    assert_int_equal(mode_of(&bench, "batch-0001"), 0700);
    assert_int_equal(mode_of(&bench, "batch-0001/letters.pdf"), 0600);
    assert_int_equal(mode_of(&bench, "batch-0001/single/" ID_1 ".pdf"), 0600);
    bench_close(&bench);
}

/* Batches of two: three letters are two batches, and numbers go on in the next session. */
static void test_batches(void **state)
{
    BenchMessage messages[] = {german(), simplified(), traditional()};
    HandOverBench bench;

    (void)state;
    bench_open(&bench, "letter", messages, 3);
    bench.gateway->print->batch = 2;
    bench_run(&bench, &letter_engine);
    assert_true(g_str_has_prefix(messages[1].text, "batch-0001: "));
    assert_true(g_str_has_prefix(messages[2].text, "batch-0002: "));
    bench.count = 1;
    bench_run(&bench, &letter_engine);
    assert_true(g_str_has_prefix(messages[0].text, "batch-0003: "));
    assert_int_equal(bench_entries(&bench), 3);
    bench_close(&bench);
}

static void test_duplex(void **state)
{
    BenchMessage messages[] = {german(), simplified(), traditional()};
    HandOverBench bench;
    g_autofree char *manifest = NULL;

    (void)state;
    bench_open(&bench, "letter", messages, 3);
    bench.gateway->print->duplex = true;
    bench_run(&bench, &letter_engine);
    assert_int_equal(pages_of(&bench, "batch-0001/letters.pdf"), 5);
    manifest = bench_read(&bench, "batch-0001/manifest.csv", NULL);
    assert_has(manifest, "\"3\",\"" ID_3 "\",\"1234 5678\",\"1\",\"5\",");
    bench_close(&bench);
}

/* Doubts and trouble ---------------------------------------------------------------------------------------------- */

/* What an attempt in doubt has put there is not written twice; what is sent again on purpose is. */
static void test_in_doubt(void **state)
{
    BenchMessage messages[] = {german()};
    HandOverBench bench;

    (void)state;
    bench_open(&bench, "letter", messages, 1);
    bench_run(&bench, &letter_engine);
    messages[0].message.attempt = 3; /* the second was killed before it looked */
    messages[0].message.doubted = 1;
    bench_run(&bench, &letter_engine);
    assert_int_equal(messages[0].outcome.result, CHANNEL_ACCEPTED);
    assert_int_equal(messages[0].handed_over, 0);
    assert_string_equal(messages[0].text, "batch-0001");
    assert_int_equal(bench_entries(&bench), 1);

    messages[0].message.doubted = 0;
    bench_run(&bench, &letter_engine);
    assert_int_equal(messages[0].handed_over, 1);
    assert_true(g_str_has_prefix(messages[0].text, "batch-0002: "));

    messages[0].message.attempt = 5; /* its fourth attempt left nothing here, and the third is another matter */
    messages[0].message.doubted = 4;
    bench_run(&bench, &letter_engine);
    assert_true(g_str_has_prefix(messages[0].text, "batch-0003: "));
    bench_close(&bench);
}

static void test_slot_refused(void **state)
{
    BenchMessage messages[] = {german(), simplified()};
    HandOverBench bench;

    (void)state;
    bench_open(&bench, "letter", messages, 2);
    bench.refuse_at = 1;
    bench_run(&bench, &letter_engine);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(messages[i].replies, 1);
        assert_int_equal(messages[i].outcome.result, CHANNEL_NOT_SENT);
    }
    assert_int_equal(bench_entries(&bench), 0);
    bench_close(&bench);
}

static void test_no_folder(void **state)
{
    BenchMessage messages[] = {german()};
    HandOverBench bench;

    (void)state;
    bench_open(&bench, "letter", messages, 1);
    g_free(bench.gateway->print->folder);
    bench.gateway->print->folder = g_build_filename(bench.folder, "not", "there", NULL);
    bench_run(&bench, &letter_engine);
    assert_false(bench.succeeded);
    assert_true(g_error_matches(bench.error, BREACH_ERROR, BREACH_ERROR_CREATE));
    assert_int_equal(messages[0].replies, 0);
    bench_close(&bench);
}

/* What a killed process has left is cleared away; other things in the folder are not touched. */
static void test_clearing_up(void **state)
{
    BenchMessage messages[] = {german()};
    HandOverBench bench;
    g_autofree char *left = NULL;
    g_autofree char *letter = NULL;
    g_autofree char *other = NULL;

    (void)state;
    bench_open(&bench, "letter", messages, 1);
    left = bench_path(&bench, ".partial-abcdef/single");
    letter = g_build_filename(left, "x.pdf", NULL);
    other = bench_path(&bench, "note.txt");
    assert_int_equal(g_mkdir_with_parents(left, 0700), 0);
    assert_true(g_file_set_contents(letter, "x", 1, NULL));
    assert_true(g_file_set_contents(other, "x", 1, NULL));
    bench_run(&bench, &letter_engine);
    assert_int_equal(bench_entries(&bench), 2);
    assert_true(g_file_test(other, G_FILE_TEST_EXISTS));
    bench_close(&bench);
}

/* A character that no font has: nobody gets a letter with boxes, and the others get theirs. */
static void test_no_glyph(void **state)
{
    static ChannelField fields[] = {{"addressee", "\xf3\xb0\x80\x81"}, {"number", "1"}, {NULL, NULL}};
    BenchMessage messages[] = {german(), simplified()};
    HandOverBench bench;

    (void)state;
    messages[0].message.fields = fields; /* U+F0001 is for private use */
    bench_open(&bench, "letter", messages, 2);
    bench_run(&bench, &letter_engine);
    assert_int_equal(messages[0].outcome.result, CHANNEL_UNFIT);
    assert_has(messages[0].text, "fonts-noto-cjk");
    assert_int_equal(messages[1].outcome.result, CHANNEL_ACCEPTED);
    assert_int_equal(pages_of(&bench, "batch-0001/letters.pdf"), 1);
    bench_close(&bench);
}

/* A name so long that the town is below the window: the post could not read where it goes. */
static void test_overlong_name(void **state)
{
    g_autofree char *name = g_strnfill(600, 'N');
    ChannelField fields[] = {{"addressee", name}, {"number", "1"}, {NULL, NULL}};
    BenchMessage messages[] = {german(), simplified(), german()};
    HandOverBench bench;

    (void)state;
    messages[0].message.fields = fields;
    messages[2].message.id = ID_3;
    messages[2].message.recipient = "One\nTwo\nThree\nFour\nFive\nSix\nSeven\nEight";
    bench_open(&bench, "letter", messages, 3);
    bench_run(&bench, &letter_engine);
    assert_int_equal(messages[0].outcome.result, CHANNEL_UNFIT);
    assert_has(messages[0].text, "too long for the window");
    assert_int_equal(messages[1].outcome.result, CHANNEL_ACCEPTED);
    assert_int_equal(messages[2].outcome.result, CHANNEL_ACCEPTED);
    assert_int_equal(pages_of(&bench, "batch-0001/letters.pdf"), 2);
    bench_close(&bench);
}

/* What is read ---------------------------------------------------------------------------------------------------- */

static void test_text(void **state)
{
    BenchMessage messages[] = {german(), simplified(), traditional(), arabic()};
    HandOverBench bench;
    g_autofree char *text[4] = {NULL};

    (void)state;
    bench_open(&bench, "letter", messages, 4);
    add_sender(&bench);
    bench_run(&bench, &letter_engine);
    text[0] = text_of(&bench, "batch-0001/single/" ID_1 ".pdf");
    assert_has(text[0], "Example Cloud GmbH · Wolkenweg 1 · 10115 Berlin");
    assert_has(text[0], "Straße des 17. Juni 135");
    assert_has(text[0], "Mitteilungsnummer:");
    assert_has(text[0], "21. November 2026");
    assert_has(text[0], "Was geschehen ist");
    assert_has(text[0], "2. Prüfen Sie Ihre Kontoauszüge.");
    assert_has(text[0], "Seite 1 von 1");
    text[1] = text_of(&bench, "batch-0001/single/" ID_2 ".pdf");
    assert_has(text[1], "通知编号：");
    assert_has(text[1], "有人复制了我们的客户数据库");
    assert_has(text[1], "第1页，共1页");
    text[2] = text_of(&bench, "batch-0001/single/" ID_3 ".pdf");
    assert_has(text[2], "2026年11月21日");
    assert_has(text[2], "第1頁，共1頁");
    text[3] = text_of(&bench, "batch-0001/single/" ID_4 ".pdf");
    assert_has(text[3], "21 November 2026");
    assert_has(text[3], "محمد");
    for (size_t i = 0; i < 4; i++)
        g_free(g_steal_pointer(&text[i]));
    bench_close(&bench);
}

static char *long_text(void)
{
    GString *text = g_string_new(NULL);

    for (int i = 1; i <= 60; i++)
        g_string_append_printf(text, "# Part %d\n\nThis is paragraph %d of a letter that needs several sheets.\n\n", i,
                               i);
    return g_string_free(text, FALSE);
}

/* No line is lost between pages, no heading stands alone at the end of one. */
static void test_pages(void **state)
{
    BenchMessage messages[] = {arabic()};
    HandOverBench bench;
    g_autofree char *letter = long_text();
    g_autofree char *text = NULL;
    g_auto(GStrv) pages = NULL;

    (void)state;
    messages[0].message.text = letter;
    bench_open(&bench, "letter", messages, 1);
    bench_run(&bench, &letter_engine);
    text = text_of(&bench, "batch-0001/letters.pdf");
    for (int i = 1; i <= 60; i++) {
        g_autofree char *wanted = g_strdup_printf("This is paragraph %d of", i);

        assert_has(text, wanted);
    }
    pages = g_strsplit(text, "\f", -1);
    assert_in_range(g_strv_length(pages), 3, 8);
    for (guint i = 0; i + 1 < g_strv_length(pages); i++) {
        g_autofree char *foot = g_strdup_printf("Page %u of %u", i + 1, g_strv_length(pages) - 1);
        const char *last = g_strrstr(pages[i], "Part ");
        const char *paragraph = g_strrstr(pages[i], "This is paragraph");

        assert_has(pages[i], foot);
        assert_has(pages[i], i > 0 ? "99" : "Page");
        assert_true(paragraph > last);
    }
    bench_close(&bench);
}

/* Nothing about the person is in what a file browser shows. */
static void test_metadata(void **state)
{
    BenchMessage messages[] = {german()};
    HandOverBench bench;
    g_autofree char *path = NULL;
    g_autofree char *info = NULL;

    (void)state;
    bench_open(&bench, "letter", messages, 1);
    bench_run(&bench, &letter_engine);
    path = bench_path(&bench, "batch-0001/single/" ID_1 ".pdf");
    info = bench_tool((const char *[]){"pdfinfo", path, NULL});
    assert_has(info, "Creator:");
    assert_has(info, "A4");
    assert_null(strstr(info, "Title:"));
    assert_null(strstr(info, "Lüdenscheidt"));
    bench_close(&bench);
}

/* Where pdftotext finds a word on the first page, in points from the top left corner. */
static void place_of(const HandOverBench *bench, const char *word, double *x, double *y)
{
    g_autofree char *path = bench_path(bench, "batch-0001/letters.pdf");
    g_autofree char *boxes = bench_tool((const char *[]){"pdftotext", "-bbox", path, "-", NULL});
    g_autofree char *end = g_strdup_printf(">%s<", word);
    const char *found = boxes ? strstr(boxes, end) : NULL;

    *x = *y = 0;
    if (!found) {
        fail_msg("\"%s\" is not in %s", word, boxes);
        return;
    }
    while (found > boxes && !g_str_has_prefix(found, "<word "))
        found--;
    *x = g_ascii_strtod(strstr(found, "xMin=\"") + 6, NULL);
    *y = g_ascii_strtod(strstr(found, "yMin=\"") + 6, NULL);
}

#define MM(points) ((points) / 72 * 25.4)

/* DIN 5008 form B: what belongs into the window is inside it, and nothing else is. */
static void test_window(void **state)
{
    BenchMessage messages[] = {german()};
    HandOverBench bench;
    double x, y;

    (void)state;
    bench_open(&bench, "letter", messages, 1);
    add_sender(&bench);
    bench_run(&bench, &letter_engine);
    place_of(&bench, "Jürgen", &x, &y);
    assert_in_range((long)MM(x), 24, 26);
    assert_in_range((long)MM(y), 62, 65);
    place_of(&bench, "DEUTSCHLAND", &x, &y);
    assert_in_range((long)MM(y), 70, 86);
    place_of(&bench, "Wolkenweg", &x, &y);
    assert_in_range((long)MM(y), 55, 62);
    place_of(&bench, "4711", &x, &y);
    assert_in_range((long)MM(x), 124, 127);
    place_of(&bench, "Beispiel-Cloud:", &x, &y);
    assert_in_range((long)MM(y), 97, 101);
    bench_close(&bench);
}

static char *address_of(const char *addressee, const char *address, GatewayWindow window)
{
    return letter_form_address(&(LetterForm){.addressee = addressee, .address = address, .window = window});
}

/* How dark the page is: the sum of what pdftoppm paints. */
static long ink_of(const HandOverBench *bench, const char *name)
{
    g_autofree char *path = bench_path(bench, name);
    g_autofree char *target = g_build_filename(bench->folder, "page", NULL);
    g_autofree char *image = g_strconcat(target, ".pgm", NULL);
    g_autofree char *done =
        bench_tool((const char *[]){"pdftoppm", "-gray", "-r", "72", "-singlefile", path, target, NULL});
    g_autofree char *bytes = NULL;
    gsize size = 0;
    long ink = 0;

    assert_non_null(done);
    assert_true(g_file_get_contents(image, &bytes, &size, NULL));
    for (gsize i = 20; i < size; i++) /* behind the header, which is the same for all */
        ink += 255 - (guchar)bytes[i];
    return ink;
}

/* cairo by itself loses single characters of Noto Sans CJK, this one among them. */
static void test_no_lost_character(void **state)
{
    BenchMessage messages[] = {simplified(), simplified()};
    HandOverBench bench;
    g_autofree char *text = NULL;

    (void)state;
    messages[0].message.text = "如如如如如如如如如如\n";
    messages[1].message.id = ID_1;
    messages[1].message.text = "　\n";
    bench_open(&bench, "letter", messages, 2);
    bench_run(&bench, &letter_engine);
    text = text_of(&bench, "batch-0001/single/" ID_2 ".pdf");
    assert_has(text, "如如如如如如如如如如");
    assert_true(ink_of(&bench, "batch-0001/single/" ID_2 ".pdf") >
                ink_of(&bench, "batch-0001/single/" ID_1 ".pdf") + 10 * 1000);
    bench_close(&bench);
}

static void test_address(void **state)
{
    static const struct {
        const char *addressee, *address;
        GatewayWindow window;
        const char *wanted;
    } cases[] = {
        {"Ann", "1 Road\nTown", GATEWAY_WINDOW_DIN5008, "Ann\n1 Road\nTown"},
        {NULL, "1 Road\nTown", GATEWAY_WINDOW_DIN5008, "1 Road\nTown"},
        {"王小明", "北京市海淀区1号\n100080", GATEWAY_WINDOW_DIN5008, "王小明\n北京市海淀区1号\n100080"},
        {"王小明", "北京市海淀区1号\n100080", GATEWAY_WINDOW_CN, "100080\n北京市海淀区1号\n王小明 收"},
        {"王小明", "100080 北京市海淀区1号", GATEWAY_WINDOW_CN, "100080\n北京市海淀区1号\n王小明 收"},
        {"王小明", "100080北京市海淀区1号", GATEWAY_WINDOW_CN, "100080\n北京市海淀区1号\n王小明 收"},
        {"王小明", "北京市海淀区1号 100080", GATEWAY_WINDOW_CN, "100080\n北京市海淀区1号\n王小明 收"},
        {"王小明", "北京市海淀区1号", GATEWAY_WINDOW_CN, "北京市海淀区1号\n王小明 收"},
        {"王小明", "北京市海淀区中关村大街123456789", GATEWAY_WINDOW_CN, "北京市海淀区中关村大街123456789\n王小明 收"},
        {"Ann", "100080 Road\nTown", GATEWAY_WINDOW_CN, "Ann\n100080 Road\nTown"},
        {NULL, "臺北市信義區市府路1號\n110", GATEWAY_WINDOW_CN, "110\n臺北市信義區市府路1號"},
        {NULL, "110臺北市信義區市府路\n100號 301", GATEWAY_WINDOW_CN, "110\n臺北市信義區市府路\n100號 301"},
        {NULL, "臺北市信義區市府路\n100號", GATEWAY_WINDOW_CN, "臺北市信義區市府路\n100號"},
        {NULL, "臺北市中正區\n301 室\n10048", GATEWAY_WINDOW_CN, "10048\n臺北市中正區\n301 室"},
        {NULL, "北京市朝阳区建国路\n100号楼5单元", GATEWAY_WINDOW_CN, "北京市朝阳区建国路\n100号楼5单元"},
        {NULL, "北京市幸福小区3栋 301\n100080", GATEWAY_WINDOW_CN, "100080\n北京市幸福小区3栋 301"},
        {NULL, "北京市幸福小区3栋\n301", GATEWAY_WINDOW_CN, "北京市幸福小区3栋\n301"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = address_of(cases[i].addressee, cases[i].address, cases[i].window);

        assert_string_equal(text, cases[i].wanted);
    }
}

static void test_probe(void **state)
{
    (void)state;
    assert_true(letter_probe("zh-TW", NULL));
    assert_true(letter_probe("de", NULL));
    assert_true(letter_probe(NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_digest),
        cmocka_unit_test(test_deterministic),
        cmocka_unit_test(test_private),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_duplex),
        cmocka_unit_test(test_in_doubt),
        cmocka_unit_test(test_slot_refused),
        cmocka_unit_test(test_no_folder),
        cmocka_unit_test(test_no_glyph),
        cmocka_unit_test(test_overlong_name),
        cmocka_unit_test(test_clearing_up),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_address),
        cmocka_unit_test(test_no_lost_character),
        cmocka_unit_test(test_probe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
