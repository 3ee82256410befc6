#include "dispatch/crowd.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/id.h"
#include "dispatch/message_id.h"
#include "dispatch/render.h"

#define KEY_CHARACTERS 12 /* of an id: sixty bits of it */

typedef struct Entry {
    uint64_t key; /* of the message */
    int64_t line; /* of the person's row */
} Entry;

typedef struct TextEntry {
    uint64_t key;       /* of the message */
    int64_t line;       /* of the person's row */
    MaterialText *text; /* borrowed */
    int segments;
} TextEntry;

struct Crowd {
    const Playbook *playbook; /* borrowed */
    GArray *entries;          /* of Entry */
    GArray *texts;            /* of TextEntry */
    GHashTable *gone;         /* lines of rows whose texts were taken out again */
};

Crowd *crowd_new(const Playbook *playbook)
{
    Crowd *crowd = g_new0(Crowd, 1);

    crowd->playbook = playbook;
    crowd->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    crowd->texts = g_array_new(FALSE, FALSE, sizeof(TextEntry));
    crowd->gone = g_hash_table_new(NULL, NULL);
    return crowd;
}

void crowd_free(Crowd *crowd)
{
    if (!crowd)
        return;
    g_array_unref(crowd->entries);
    g_array_unref(crowd->texts);
    g_hash_table_unref(crowd->gone);
    g_free(crowd);
}

/* The same for the people of one message, and for nobody else. */
static uint64_t key_of(const MessageIdParts *parts)
{
    static const uint8_t nothing[ID_SECRET_SIZE] = {0};
    char id[ID_MESSAGE_LENGTH + 1];

    message_id_make(nothing, parts, id);
    id[KEY_CHARACTERS] = '\0';
    return g_ascii_strtoull(id, NULL, 36);
}

static void note_notice(Crowd *crowd, const Person *person, const PlanNotice *notice)
{
    const Audience *audience = g_ptr_array_index(crowd->playbook->audiences, notice->audience);
    MessageIdParts parts = message_id_of(person, audience, notice->channel, notice->locale);

    if (message_id_alone(&parts))
        return;
    for (size_t i = 0; i < notice->count; i++) {
        Entry entry = {.line = person->at.line};

        parts.endpoint = notice->endpoints[i];
        entry.key = key_of(&parts);
        g_array_append_val(crowd->entries, entry);
    }
}

void crowd_note(Crowd *crowd, const Person *person, const PlanDecision *decision)
{
    for (size_t i = 0; i < decision->count; i++)
        if (decision->notices[i].count > 0 && decision->notices[i].audience < crowd->playbook->audiences->len)
            note_notice(crowd, person, &decision->notices[i]);
}

void crowd_text(Crowd *crowd, const Person *person, const PlanNotice *notice, MaterialText *text, int segments,
                int sign)
{
    const Audience *audience = g_ptr_array_index(crowd->playbook->audiences, notice->audience);
    MessageIdParts parts = message_id_of(person, audience, notice->channel, notice->locale);

    if (message_id_alone(&parts))
        return;
    if (sign < 0)
        g_hash_table_add(crowd->gone, GSIZE_TO_POINTER((gsize)person->at.line));
    for (size_t i = 0; i < notice->count && sign > 0; i++) {
        TextEntry entry = {.line = person->at.line, .text = text, .segments = segments};

        parts.endpoint = notice->endpoints[i];
        entry.key = key_of(&parts);
        g_array_append_val(crowd->texts, entry);
    }
}

static int compare_texts(const void *left, const void *right)
{
    const TextEntry *a = left;
    const TextEntry *b = right;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

void crowd_settle(Crowd *crowd)
{
    TextEntry *entries = (TextEntry *)(void *)crowd->texts->data;
    const TextEntry *kept = NULL;

    if (crowd->texts->len > 0)
        qsort(entries, crowd->texts->len, sizeof *entries, compare_texts);
    for (guint i = 0; i < crowd->texts->len; i++) {
        const TextEntry *entry = &entries[i];

        if (g_hash_table_contains(crowd->gone, GSIZE_TO_POINTER((gsize)entry->line)))
            continue;
        if (kept && kept->key == entry->key) {
            entry->text->sms.messages--;
            entry->text->sms.segments -= entry->segments;
        } else {
            kept = entry;
        }
    }
}

static int compare(const void *left, const void *right)
{
    const Entry *a = left;
    const Entry *b = right;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

void crowd_report(Crowd *crowd, Findings *findings)
{
    const Entry *entries = (const Entry *)(const void *)crowd->entries->data;
    guint count = crowd->entries->len;
    int64_t first = INT64_MAX;
    guint people = 0;
    guint end;

    if (count > 0)
        qsort(crowd->entries->data, count, sizeof *entries, compare);
    for (guint start = 0; start < count; start = end) {
        for (end = start + 1; end < count && entries[end].key == entries[start].key;)
            end++;
        if (end - start <= RENDER_SHARED_MOST)
            continue;
        people += end - start;
        first = MIN(first, entries[start].line);
    }
    if (people > 0)
        findings_warning(findings, FINDING_SEND, "message-shared",
                         position_make(crowd->playbook->people_path, (int)first, 1),
                         "%d share an address with more than %d people of one organisation or holder, for whom no "
                         "message can be made: give them addresses of their own, or they stay untold; the first of "
                         "them stands here",
                         (int)people, RENDER_SHARED_MOST);
}
