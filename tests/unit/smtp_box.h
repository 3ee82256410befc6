/* smtp_box - the caller's side of a channel for tests: gives messages out and keeps what became of them.
 *
 * Threads: a box belongs to one session. */
#ifndef BREACH_TESTS_SMTP_BOX_H
#define BREACH_TESTS_SMTP_BOX_H

#include "channel/channel.h"

#define BOX_MAX 64

typedef struct Box {
    ChannelMessage messages[BOX_MAX];
    size_t count;
    ChannelOutcome outcomes[BOX_MAX]; /* texts and provider ids are copies */
    int replies[BOX_MAX];             /* how often `replied` was called */
    bool handed[BOX_MAX];             /* handing_over was called */
    size_t given;
    size_t most_ahead;         /* pulled and unanswered at the same time */
    int waits_while_busy;      /* `next` with wait while something was unanswered */
    bool hides_unless_waiting; /* `next` without wait always gives NULL */
    size_t refuse;             /* the index at which handing_over says false; BOX_MAX: never */
    void (*on_handing)(struct Box *box, size_t index);
    void (*on_wait)(struct Box *box, size_t index);
    void *user;
} Box;

/* box_new: `count` messages with bodies of about `size` octets. */
Box *box_new(size_t count, size_t size);
ChannelCalls box_calls(Box *box);

/* box_gateway: a gateway to `host`, in plain text, with short timeouts; to be freed by gateway_free(). */
Gateway *box_gateway(const char *host, int port);

/* box_results: the names of all results, separated by spaces; "-" where there is none, "!" behind a fault. */
char *box_results(const Box *box);

void box_free(Box *box);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Box, box_free)

#endif
