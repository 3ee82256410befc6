/* A mail that came back: whatever it is, there is an answer, in UTF-8 and within the limits; nothing is called a dead
 * address that is said about us, is a delay, or is no bounce. */
#include "fuzz.h"

#include <string.h>

#include <glib.h>

#include "track/bounce.h"
#include "track/bounce_fields.h"
#include "track/mail_file.h"

static void check(const BounceRecipient *recipient)
{
    const ReplyStatus *status = &recipient->status;

    fuzz_require(*bounce_kind_name(recipient->kind) && *bounce_reason_name(recipient->reason) && *recipient->rule);
    fuzz_require(!recipient->hard ||
                 (recipient->kind == BOUNCE_KIND_BOUNCE && !bounce_reason_is_ours(recipient->reason)));
    fuzz_require(g_utf8_validate(recipient->recipient, -1, NULL) && g_utf8_validate(recipient->said, -1, NULL));
    fuzz_require(strlen(recipient->said) <= BOUNCE_SAID && !strchr(recipient->said, '\n'));
    fuzz_require(status->code == 0 || (status->code >= 200 && status->code <= 599));
    fuzz_require(status->status_class == 0 || status->status_class == 2 || status->status_class == 4 ||
                 status->status_class == 5);
    fuzz_require(recipient->kind > BOUNCE_KIND_DELAY || status->status_class != 0);
}

static bool take(const char *file, int number, const char *bytes, size_t size, void *data)
{
    g_autoptr(Bounce) bounce = bounce_read(bytes, size);

    (void)file;
    fuzz_require(number == ++*(int *)data);
    fuzz_require(bounce->recipients->len >= 1 && bounce->recipients->len <= BOUNCE_RECIPIENTS);
    for (guint i = 0; i < bounce->recipients->len; i++)
        check(g_ptr_array_index(bounce->recipients, i));
    for (guint i = 0; i < bounce->tokens->len; i++)
        fuzz_require(*(const char *)g_ptr_array_index(bounce->tokens, i));
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int count = 0;

    fuzz_require(mail_file_read(fuzz_file(data, size), take, &count, NULL));
    return 0;
}
