#include "load/encoding.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "base/language.h"

#define SAMPLE_SIZE    (1024 * 1024) /* bytes looked at when UTF-8 breaks */
#define SAMPLE_FOREIGN (64 * 1024)   /* bytes over 0x7f that are enough to judge by */

/* What the bytes of a sample are, line by line. */
typedef struct Sample {
    GString *broken; /* the lines that are not UTF-8 */
    int64_t broken_lines, valid_lines;
    size_t foreign; /* bytes over 0x7f */
} Sample;

static void sample_line(Sample *sample, const char *line, size_t size)
{
    size_t foreign = 0;

    for (size_t i = 0; i < size; i++)
        foreign += (unsigned char)line[i] >= 0x80;
    sample->foreign += foreign;
    if (foreign == 0)
        return;
    if (g_utf8_validate_len(line, size, NULL)) {
        sample->valid_lines++;
        return;
    }
    sample->broken_lines++;
    g_string_append_len(sample->broken, line, (gssize)size);
}

/* Latin-1 decodes as GB18030 too where a letter follows each accent, but its high bytes stand alone; those of Chinese
 * text come in pairs, but for the characters whose second byte is ASCII (a third of the rarer ones). */
static bool decodes(const GString *bytes)
{
    g_autofree char *text = g_convert(bytes->str, (gssize)bytes->len, "UTF-8", "GB18030", NULL, NULL, NULL);
    size_t high_bytes = 0;
    size_t characters = 0;

    for (size_t i = 0; i < bytes->len; i++)
        high_bytes += (unsigned char)bytes->str[i] >= 0x80;
    for (const char *p = text; p && *p; p = g_utf8_next_char(p))
        characters += (unsigned char)*p >= 0x80;
    return text && 2 * high_bytes > 3 * characters;
}

static char *read_sample(int fd, int64_t offset, size_t *size)
{
    char *bytes = g_malloc(SAMPLE_SIZE);
    ssize_t got;

    *size = 0;
    while (*size < SAMPLE_SIZE) {
        got = pread(fd, bytes + *size, SAMPLE_SIZE - *size, (off_t)(offset + (int64_t)*size));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        *size += (size_t)got;
    }
    return bytes;
}

/* A short GB18030 text may be valid UTF-8 by accident. */
bool encoding_is_gb18030(int fd, int64_t offset, int64_t valid_lines, bool is_alone, int64_t *judged_to)
{
    Sample sample = {.valid_lines = valid_lines};
    size_t size;
    g_autofree char *bytes = read_sample(fd, offset, &size);
    const char *line = bytes;
    const char *end = bytes + size;
    const char *next;
    bool is_throughout;
    bool verdict;

    sample.broken = g_string_new(NULL);
    while (line < end && sample.foreign < SAMPLE_FOREIGN) {
        next = memchr(line, '\n', (size_t)(end - line));
        if (!next && size == SAMPLE_SIZE)
            break; /* cut in the middle of a character, perhaps */
        next = next ? next + 1 : end;
        sample_line(&sample, line, (size_t)(next - line));
        line = next;
    }
    is_throughout = sample.broken_lines > (is_alone ? 0 : 1) && sample.valid_lines <= sample.broken_lines / 4;
    verdict = is_throughout && decodes(sample.broken);
    *judged_to = offset + (line - bytes);
    g_string_free(sample.broken, TRUE);
    return verdict;
}

char *encoding_conversion(const char *path, const char *encoding)
{
    static const char *const endings[] = {".csv", ".jsonl", ".ndjson"};
    const char *ending = ".csv";
    size_t stem = strlen(path);
    g_autofree char *from = g_shell_quote(path);
    g_autofree char *target = NULL;
    g_autofree char *to = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_str_has_suffix(path, endings[i])) {
            ending = endings[i];
            stem = strlen(path) - strlen(ending);
        }
    target = g_strdup_printf("%.*s.utf8%s", (int)stem, path, ending);
    to = g_shell_quote(target);
    return g_strdup_printf(_("type iconv -f %s -t UTF-8 %s > %s and name the new file in the playbook"), encoding, from,
                           to);
}

char *encoding_gb18030_advice(const char *path)
{
    g_autofree char *conversion = encoding_conversion(path, "GB18030");

    return g_strdup_printf(_("this file is not UTF-8 but reads as GB18030: %s"), conversion);
}
