#include "dispatch/twins.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dispatch/message_id.h"

typedef struct Entry {
    uint64_t key; /* of name, address and audience */
    guint id;     /* of the person's id: one in two rows is another mistake */
    int64_t line; /* of the person's row */
} Entry;

struct Twins {
    const Playbook *playbook; /* borrowed */
    GArray *entries;          /* of Entry */
};

Twins *twins_new(const Playbook *playbook)
{
    Twins *twins = g_new0(Twins, 1);

    twins->playbook = playbook;
    twins->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    return twins;
}

void twins_free(Twins *twins)
{
    if (!twins)
        return;
    g_array_unref(twins->entries);
    g_free(twins);
}

/* FNV-1a, without regard to case as mailboxes have none; a NUL ends each part. A collision in 64 bits is no matter for
 * a warning. */
static uint64_t add_part(uint64_t hash, const char *part)
{
    do
        hash = (hash ^ (unsigned char)g_ascii_tolower(*part)) * UINT64_C(0x100000001b3);
    while (*part++);
    return hash;
}

/* People of one organisation, or with one holder, share a message already. */
static void note_notice(Twins *twins, const Person *person, const char *name, const PlanNotice *notice)
{
    const Audience *audience = g_ptr_array_index(twins->playbook->audiences, notice->audience);
    const MessageIdParts parts = message_id_of(person, audience, notice->channel, notice->locale);
    uint64_t hash = add_part(add_part(UINT64_C(0xcbf29ce484222325), audience->id), name);

    if (!message_id_alone(&parts))
        return;
    for (size_t i = 0; i < notice->count; i++) {
        Entry entry = {
            .key = add_part(hash, notice->endpoints[i]), .id = g_str_hash(parts.person), .line = person->at.line};

        g_array_append_val(twins->entries, entry);
    }
}

void twins_note(Twins *twins, const Person *person, const PlanDecision *decision)
{
    const char *name = person_value(person, "name");

    for (size_t i = 0; i < decision->count && name && *name; i++)
        if (decision->notices[i].count > 0 && decision->notices[i].audience < twins->playbook->audiences->len)
            note_notice(twins, person, name, &decision->notices[i]);
}

static int compare(const void *left, const void *right)
{
    const Entry *a = left;
    const Entry *b = right;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

static int compare_lines(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;

    return a < b ? -1 : a > b;
}

/* The rows that repeat an earlier one, each once however many addresses it has. Returns their number. */
static guint sort_out(const Twins *twins, GArray *lines)
{
    const Entry *entries = (const Entry *)(const void *)twins->entries->data;
    guint kept = 0;

    for (guint i = 1; i < twins->entries->len; i++)
        if (entries[i].key == entries[i - 1].key && entries[i].id != entries[i - 1].id)
            g_array_append_val(lines, entries[i].line);
    if (lines->len > 0)
        qsort(lines->data, lines->len, sizeof(int64_t), compare_lines);
    for (guint i = 0; i < lines->len; i++)
        kept += i == 0 || g_array_index(lines, int64_t, i) != g_array_index(lines, int64_t, i - 1);
    return kept;
}

void twins_report(Twins *twins, Findings *findings)
{
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(int64_t));
    guint rows;

    if (twins->entries->len > 0)
        qsort(twins->entries->data, twins->entries->len, sizeof(Entry), compare);
    rows = sort_out(twins, lines);
    if (rows > 0)
        findings_warning(findings, FINDING_SEND, "people-twins",
                         position_make(twins->playbook->people_path, (int)g_array_index(lines, int64_t, 0), 1),
                         "rows with the name and an address of an earlier row, under another id: %d, the first of them "
                         "here. Whoever they are is told once for each row: keep one, or write the same word under "
                         "holder in all rows of one person",
                         (int)rows);
}
