#include "dispatch/duplicate.h"

#include <stdint.h>
#include <stdlib.h>

struct Duplicates {
    GArray *hashes; /* of uint64_t; sorted once sifted */
};

/* FNV-1a: 64 bits, for a collision only costs a second look at two rows. */
static uint64_t hash_of(const char *id)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (; *id; id++)
        hash = (hash ^ (unsigned char)*id) * UINT64_C(0x100000001b3);
    return hash;
}

static int compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;

    return a < b ? -1 : a > b;
}

Duplicates *duplicate_new(void)
{
    Duplicates *duplicates = g_new0(Duplicates, 1);

    duplicates->hashes = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    return duplicates;
}

void duplicate_free(Duplicates *duplicates)
{
    if (!duplicates)
        return;
    g_array_unref(duplicates->hashes);
    g_free(duplicates);
}

void duplicate_note(Duplicates *duplicates, const char *id)
{
    uint64_t hash = hash_of(id);

    g_array_append_val(duplicates->hashes, hash);
}

bool duplicate_sift(Duplicates *duplicates)
{
    uint64_t *hashes = (uint64_t *)(void *)duplicates->hashes->data;
    guint count = duplicates->hashes->len;
    guint kept = 0;

    if (count > 0)
        qsort(hashes, count, sizeof *hashes, compare);
    for (guint i = 1; i < count; i++)
        if (hashes[i] == hashes[i - 1] && (kept == 0 || hashes[kept - 1] != hashes[i]))
            hashes[kept++] = hashes[i];
    g_array_set_size(duplicates->hashes, kept);
    return kept > 0;
}

bool duplicate_suspects(const Duplicates *duplicates, const char *id)
{
    uint64_t hash = hash_of(id);

    return duplicates->hashes->len > 0 &&
           bsearch(&hash, duplicates->hashes->data, duplicates->hashes->len, sizeof hash, compare) != NULL;
}
