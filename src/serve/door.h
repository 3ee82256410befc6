/* door - who may read the page's numbers: with a token whoever has it, without one only programs of this machine, and
 * no page of another site that a browser here happens to show (DNS rebinding, requests across sites).
 *
 * Pure; threads: safe. */
#ifndef BREACH_SERVE_DOOR_H
#define BREACH_SERVE_DOOR_H

#include <stdbool.h>

#include <glib.h>

#include "listen/listener.h"

#define DOOR_TOKEN_LEAST 20 /* characters: shorter ones can be guessed */

typedef enum DoorAnswer {
    DOOR_OPEN,
    DOOR_OTHER_HOST, /* without a token: the Host is none of this machine's own names, or a proxy asks for somebody */
    DOOR_OTHER_SITE, /* a browser says that another site's page asks (Fetch Metadata, Sec-Fetch-Site) */
    DOOR_NO_TOKEN    /* none, or a wrong one */
} DoorAnswer;

/* door_host_is_own: whether the Host of a request is localhost, 127.… or [::1], with any port; NULL: there was none. */
bool door_host_is_own(const char *host);

/* door_ask: for what holds numbers. door_ask_frame: for the page itself and what it is made of, which holds none.
 * `token`: NULL where none is needed. */
DoorAnswer door_ask(const char *token, const ListenerRequest *request);
DoorAnswer door_ask_frame(const char *token, const ListenerRequest *request);

#endif
