#include "base/member.h"

const char *member_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

int64_t member_count(const json_t *object, const char *name)
{
    const json_t *count = json_object_get(object, name);

    return json_is_integer(count) ? json_integer_value(count) : -1;
}
