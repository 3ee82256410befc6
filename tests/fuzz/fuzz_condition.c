/* The first line is a condition, further lines are values NAME=VALUE. The three-valued logic holds: !(c) is the
 * opposite of c, and (c) || (c) is c; unknown comes only from a name without a value. */
#include "fuzz.h"

#include <string.h>

#include <glib.h>

#include "model/condition.h"

static const char *look_up(const char *name, void *user)
{
    char *const *lines = user;
    size_t length = strlen(name);

    for (size_t i = 0; lines[i]; i++) {
        if (strncmp(lines[i], name, length) == 0 && lines[i][length] == '=')
            return lines[i] + length + 1;
    }
    return NULL;
}

static ConditionValue evaluate(const Condition *condition, char *const *lines)
{
    const char *unknown = NULL;
    ConditionValue value = condition_evaluate(condition, look_up, (void *)lines, &unknown);

    fuzz_require(value == CONDITION_FALSE || value == CONDITION_TRUE || value == CONDITION_UNKNOWN);
    fuzz_require(value != CONDITION_UNKNOWN || unknown);
    fuzz_require(condition_evaluate(condition, look_up, (void *)lines, NULL) == value);
    return value;
}

/* The value of a condition that is made of `text` in parentheses, once or twice */
static void check_derived(const char *before, const char *text, const char *operator, char * const * lines,
                          ConditionValue expected)
{
    g_autofree char *derived = operator? g_strconcat(before, "(", text, ")", operator, "(", text, ")", NULL)
                                       : g_strconcat(before, "(", text, ")", NULL);
    size_t offset;
    g_autoptr(Condition) condition = condition_parse(derived, &offset, NULL);

    /* it may be too long or too deep now */
    if (condition)
        fuzz_require(evaluate(condition, lines) == expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ConditionValue opposite[] = {CONDITION_TRUE, CONDITION_FALSE, CONDITION_UNKNOWN};
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 20);
    g_autoptr(GError) error = NULL;
    g_autoptr(Condition) condition = NULL;
    size_t offset = SIZE_MAX;
    ConditionValue value;

    if (!lines[0])
        return 0;
    condition = condition_parse(lines[0], &offset, &error);
    fuzz_require(!condition == !!error);
    fuzz_require(condition ? offset == SIZE_MAX : offset <= strlen(lines[0]));
    if (!condition)
        return 0;
    for (size_t i = 1; condition_names(condition)[i]; i++)
        fuzz_require(strcmp(condition_names(condition)[i - 1], condition_names(condition)[i]) < 0);
    value = evaluate(condition, lines + 1);
    check_derived("!", lines[0], NULL, lines + 1, opposite[value]);
    check_derived("", lines[0], " || ", lines + 1, value);
    check_derived("", lines[0], " && ", lines + 1, value);
    return 0;
}
