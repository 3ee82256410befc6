#include "cli/engines.h"

#include <string.h>

#include "channel/http.h"
#include "channel/http_engine.h"
#include "channel/letter.h"
#include "channel/phone_list.h"
#include "channel/smtp_esmtp.h"

void engines_initialize(void)
{
    smtp_esmtp_initialize();
    http_initialize();
}

const ChannelEngine *engines_of(const Gateway *gateway)
{
    const ChannelEngine *const engines[] = {smtp_esmtp_engine(), http_engine(), &letter_engine, &phone_list_engine};

    for (size_t i = 0; i < G_N_ELEMENTS(engines); i++)
        if (strcmp(engines[i]->kind, gateway->kind) == 0)
            return engines[i];
    return NULL;
}
