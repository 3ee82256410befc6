#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/diagnostic.h"
#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"

#define WIDTH 78 /* columns */

/* What may not begin a line in Chinese (GB/T 15834 5.1.10), so that the line before it is not broken there. */
static bool sticks_to_the_left(gunichar character)
{
    return g_unichar_ispunct(character) && (character >= 0x3000 || character == 0x201d || character == 0x2026);
}

/* What may not end one. */
static bool sticks_to_the_right(gunichar character)
{
    return character == 0xff08 || character == 0x201c || character == 0x300a;
}

/* How far the next piece that stays together reaches: a word with the space behind it, or one wide character. */
static const char *end_of_piece(const char *text, int *columns)
{
    const char *at = text;
    bool is_open = false;

    *columns = 0;
    while (*at) {
        gunichar character = g_utf8_get_char(at);
        bool is_wide = g_unichar_iswide(character);

        if (at > text && is_wide && !is_open && !sticks_to_the_left(character))
            break;
        at = g_utf8_next_char(at);
        *columns += is_wide ? 2 : 1;
        is_open = sticks_to_the_right(character);
        if (character == ' ')
            break;
        if (is_wide && !is_open && !(*at && sticks_to_the_left(g_utf8_get_char(at))))
            break;
    }
    return at;
}

static void print_wrapped(const char *text)
{
    int column = 0;
    bool has_space = false; /* before the next piece, unless that begins a line */

    while (*text) {
        int columns;
        const char *end = end_of_piece(text, &columns);

        if (column == 0 || column + columns > WIDTH) {
            fputs(column == 0 ? "  " : "\n  ", stdout);
            column = 2;
        } else if (has_space) {
            putchar(' ');
        }
        has_space = end[-1] == ' ';
        printf("%.*s", (int)(end - text) - (has_space ? 1 : 0), text);
        column += columns;
        text = end;
    }
    putchar('\n');
}

static void print_page(const Diagnostic *diagnostic)
{
    printf("%s  %s\n", diagnostic->code, diagnostic->id);
    printf("%s\n\n%s\n", _(diagnostic->title), _("What it means"));
    print_wrapped(_(diagnostic->meaning));
    printf("\n%s\n", _("What to do"));
    print_wrapped(_(diagnostic->remedy));
}

static void print_list(void)
{
    const Diagnostic *diagnostic;

    for (size_t i = 0; (diagnostic = diagnostic_at(i)) != NULL; i++)
        printf("%s  %s\n", diagnostic->code, _(diagnostic->title));
    puts(_("\nbreach explain CODE says what one of them means and what to do."));
}

/* Markdown ----------------------------------------------------------------------------------------------------------
 */

static void print_escaped(const char *text)
{
    for (; *text; text++) {
        if (strchr("*_<>", *text))
            putchar('\\');
        putchar(*text);
    }
}

static void print_section(const Diagnostic *diagnostic)
{
    printf("\n### %s ", diagnostic->code);
    print_escaped(_(diagnostic->title));
    printf("\n\n`%s`\n\n", diagnostic->id);
    print_escaped(_(diagnostic->meaning));
    printf("\n\n%s", _("What to do: "));
    print_escaped(_(diagnostic->remedy));
    putchar('\n');
}

static void print_document(void)
{
    const Diagnostic *diagnostic;
    g_autofree char *area = g_strdup("");

    printf("# %s\n\n%s\n", _("Codes of errors and warnings"),
           _("Every error and warning ends with its code. A code never changes its meaning and is never given twice.\n"
             "This page is what breach explain --all prints; breach explain CODE prints one of them."));
    for (size_t i = 0; (diagnostic = diagnostic_at(i)) != NULL; i++) {
        const char *start = diagnostic->code + strlen(DIAGNOSTIC_PREFIX);
        g_autofree char *own = g_strndup(start, strcspn(start, "-"));

        if (strcmp(own, area) != 0)
            printf("\n## %s\n", own);
        print_section(diagnostic);
        g_free(area);
        area = g_steal_pointer(&own);
    }
}

/* JSON --------------------------------------------------------------------------------------------------------------
 */

static json_t *describe(const Diagnostic *diagnostic)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "code", diagnostic->code, "id", diagnostic->id, "title",
                     diagnostic->title, "meaning", diagnostic->meaning, "remedy", diagnostic->remedy);
}

static void print_json(const Diagnostic *only)
{
    json_t *codes = json_array();
    const Diagnostic *diagnostic;

    for (size_t i = 0; (diagnostic = diagnostic_at(i)) != NULL; i++)
        if (!only || diagnostic == only)
            json_array_append_new(codes, describe(diagnostic));
    output_json(json_pack("{s:s, s:o}", "schema", "breach.explain/1", "codes", codes));
}

/* Unknown codes -----------------------------------------------------------------------------------------------------
 */

/* The codes of the area that was typed: "people", "BR-PEOPLE", "br-people-99"; NULL when there is no such area. */
static char *codes_of_area(const char *typed)
{
    g_autofree char *upper = g_ascii_strup(typed, -1);
    const char *start = g_str_has_prefix(upper, DIAGNOSTIC_PREFIX) ? upper + strlen(DIAGNOSTIC_PREFIX) : upper;
    size_t length = strcspn(start, "-");
    GString *list = g_string_new(NULL);
    const Diagnostic *diagnostic;

    for (size_t i = 0; (diagnostic = diagnostic_at(i)) != NULL; i++) {
        const char *area = diagnostic->code + strlen(DIAGNOSTIC_PREFIX);

        if (strncmp(area, start, length) == 0 && area[length] == '-')
            g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", diagnostic->code);
    }
    if (list->len == 0) {
        g_string_free(list, TRUE);
        return NULL;
    }
    return g_string_free(list, FALSE);
}

static const char *nearest_code(const char *typed)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autofree char *upper = g_ascii_strup(typed, -1);
    g_autofree char *lower = g_ascii_strdown(typed, -1);
    const Diagnostic *diagnostic;
    const char *nearest;

    for (size_t i = 0; (diagnostic = diagnostic_at(i)) != NULL; i++) {
        g_ptr_array_add(words, (gpointer)diagnostic->code);
        g_ptr_array_add(words, (gpointer)diagnostic->id);
    }
    g_ptr_array_add(words, NULL);
    nearest = text_nearest(lower, (const char *const *)words->pdata);
    return nearest ? nearest : text_nearest(upper, (const char *const *)words->pdata);
}

static int refuse(const char *typed)
{
    g_autofree char *others = codes_of_area(typed);
    const char *nearest = others ? NULL : nearest_code(typed);
    g_autoptr(GError) error = NULL;

    if (others)
        error_set(&error, BREACH_ERROR_INPUT, "usage-unknown-code", "there is no code %s; there are %s", typed, others);
    else if (nearest)
        error_set(&error, BREACH_ERROR_INPUT, "usage-unknown-code", "there is no code %s: did you mean %s?", typed,
                  nearest);
    else
        error_set(&error, BREACH_ERROR_INPUT, "usage-unknown-code",
                  "there is no code %s: type breach explain to see all of them", typed);
    output_message("error: %s", error->message);
    return EXIT_CODE_USAGE;
}

static int run(const Options *options)
{
    const Diagnostic *diagnostic = options->argument ? diagnostic_find(options->argument) : NULL;

    if (options->argument && !diagnostic)
        return refuse(options->argument);
    if (options->json)
        print_json(diagnostic);
    else if (diagnostic)
        print_page(diagnostic);
    else if (options->all)
        print_document();
    else
        print_list();
    return EXIT_CODE_TOLD;
}

static const char *const names[] = {"all", "json", "help", NULL};

const Command cmd_explain = {
    .name = "explain",
    .run = run,
    .argument = "[CODE]",
    .summary = N_("what the code behind an error means, and what to do"),
    .description = N_(
        "Prints the page of one code: what is wrong, why it matters, what was not done, and what to type or to\n"
        "change. CODE may be written as BR-PEOPLE-004, people-004 or people-encoding. Without CODE: all of them, one\n"
        "a line."),
    .options = names,
    .exits = N_("0 printed, 64 there is no such code"),
};
