/* preview - the message that one person would get by the files as they are: chosen, rendered, and sent as a test.
 *
 * A Preview owns its strings; preview_clear() frees them. Threads: one. */
#ifndef BREACH_CLI_PREVIEW_H
#define BREACH_CLI_PREVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/id.h"
#include "cli/workspace.h"
#include "dispatch/render.h"
#include "model/gateway.h"

/* The message that was asked for. */
typedef struct Preview {
    Workspace *workspace;
    char *audience, *channel, *locale; /* owned; NULL: there is no such message */
    char *endpoint;                    /* owned; the first, where the message goes to several */
    char *others;                      /* owned; the other addresses that get the same, or NULL */
    bool is_update;                    /* as to somebody who was told before */
    char *body;                        /* owned; of the text version; NULL when it has mistakes */
    char *data;                        /* owned; the person's columns */
    char *reason;                      /* owned; why there is no message, or NULL */
    char id[ID_MESSAGE_LENGTH + 1];    /* random: no message of the plan has it */
    int64_t date;                      /* ms */
} Preview;

/* preview_choose: finds the person, their message and its text. Its mistakes are the workspace's findings, or the
 * error: BREACH_ERROR_INPUT. */
bool preview_choose(Preview *preview, GError **error);
void preview_clear(Preview *preview);

typedef struct PreviewRendered {
    RenderText *text;       /* owned */
    RenderScratch *scratch; /* owned; holds the rest */
    RenderParts parts;
    const char *data; /* an email as it goes on the wire; of other channels the text */
    size_t size;
} PreviewRendered;

/* preview_render: with `test`, an address, it goes there, marked as a test. Error: as render_message(). To be cleared
 * also when it fails. */
bool preview_render(const Preview *preview, const Gateway *gateway, const char *test, PreviewRendered *rendered,
                    GError **error);
void preview_rendered_clear(PreviewRendered *rendered);

/* preview_next: the command that brings this message to people, or finds out why the gateway is not well. */
char *preview_next(const Preview *preview, bool is_well);

/* preview_send: sends the test that --send-to asks for, tells about it and records it; the exit code. */
int preview_send(Preview *preview, const Gateway *gateway);

#endif
