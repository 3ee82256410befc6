#include "model/handed.h"

#include <jansson.h>

#include "base/text.h"

char *handed_content(const HandedContent *content)
{
    json_auto_t *object =
        json_pack("{s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}", "message", content->message, "channel",
                  content->channel, "locale", content->locale, "endpoint", content->endpoint, "title", content->title,
                  "text", content->text, "html", content->html);

    return object ? text_canonical_json(object) : NULL;
}
