/* prepare - from a frozen text and the people it is for to what a channel is given: for email a complete MIME message,
 * for every other channel the rendered parts and the fields that its gateway names, and nothing else about anybody.
 *
 * A Prepared owns what its message borrows, except what its request lends for as long: text, id, audience and gateway.
 * Threads: as the RenderScratch. */
#ifndef BREACH_DISPATCH_PREPARE_H
#define BREACH_DISPATCH_PREPARE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "channel/channel.h"
#include "dispatch/render.h"
#include "model/gateway.h"
#include "model/handed.h"

typedef struct Prepared {
    ChannelMessage message; /* borrows what follows; `owner` is the caller's */
    char *recipient, *return_path, *data, *title, *text, *html, *provider_id; /* owned */
    GPtrArray *values;    /* owned; strings of `fields` that had to be made */
    ChannelField *fields; /* owned; or NULL */
} Prepared;

void prepare_clear(Prepared *prepared);

typedef struct PrepareRequest {
    const Gateway *gateway;
    const char *const *names; /* the fields that the gateway asks for: prepare_names() */
    const RenderText *text;
    RenderScratch *scratch;
    const char *id; /* of the message */
    int64_t text_no;
    const char *audience;      /* id; or NULL */
    const char *endpoint;      /* plain */
    const char *const *people; /* each person's data as JSON; NULL-terminated; at least one */
    int64_t now;               /* ms */
    int64_t first_at;          /* ms; of the first attempt, for look-ups; 0: now */
    int attempt;               /* from 1 */
    int doubted;               /* see ChannelMessage */
    bool is_look_up;           /* nothing is rendered: only what a look-up asks for */
    const char *provider_id;   /* with is_look_up; or NULL */
    bool is_test;              /* see RenderRequest */
} PrepareRequest;

/* prepare_names: the fields that a gateway of `engine` asks for; NULL-terminated, g_strfreev(); NULL: none. */
char **prepare_names(const Gateway *gateway, const ChannelEngine *engine);

/* prepare_message: fills `prepared`, which must be zeroed. Errors: BREACH_ERROR_INPUT: the message must be quarantined;
 * BREACH_ERROR_CONFIG: the bounce address is too long. */
bool prepare_message(const PrepareRequest *request, Prepared *prepared, GError **error);

/* prepare_digest: right before the message is handed over: the digests of what is. `handed->made` stays as it is: the
 * `now` of its request. prepare_content: the content that is digested of a message that is no mail; newly allocated, NULL
 * of a mail. */
void prepare_digest(const Prepared *prepared, Handed *handed);
char *prepare_content(const Prepared *prepared);

#endif
