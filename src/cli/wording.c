#include "cli/wording.h"

#include <string.h>

#include <jansson.h>

#include "base/language.h"
#include "dispatch/render.h"
#include "model/prose.h"

#define SAID_MOST 40 /* findings: more are not read */
#define NAME      "Xaver Muster"
#define MAILBOX   "xaver.muster@example.com"

typedef struct Judging {
    const Workspace *workspace;
    GHashTable *said; /* set of what was said, owned keys */
    size_t left_out;
    Position at;        /* of what is being read; line 0: findings add theirs */
    Position opening;   /* of what happened, with which a notice begins */
    const char *locale; /* of what is being read */
    bool is_source;     /* lines of findings are lines of the file */
} Judging;

static void say(const ProseFinding *found, void *user)
{
    Judging *judging = user;
    Position at = judging->at;
    g_autofree char *key = NULL;

    if (judging->is_source)
        at = position_make(at.file, (int)found->line, 0);
    else if (found->rule == PROSE_OPENING && judging->opening.file)
        at = judging->opening;
    key = g_strdup_printf("%s:%d:%d:%d:%s:%s", at.file ? at.file : "", at.line, at.column, (int)found->rule,
                          found->quote, judging->locale);
    if (g_hash_table_contains(judging->said, key))
        return;
    g_hash_table_add(judging->said, g_steal_pointer(&key));
    if (g_hash_table_size(judging->said) > SAID_MOST)
        judging->left_out++;
    else
        findings_warning(judging->workspace->findings, FINDING_SEND, prose_rule_id(found->rule), at,
                         N_("%s: \"%s\": %s"), judging->locale, found->quote, _(found->instead));
}

/* Texts of the playbook ------------------------------------------------------------------------------------------ */

static void judge_text(Judging *judging, const LocaleText *text)
{
    g_autofree const char **locales = NULL;

    if (!text)
        return;
    locales = locale_text_locales(text);
    judging->at = locale_text_at(text);
    judging->is_source = false;
    for (const char **locale = locales; *locale; locale++) {
        judging->locale = *locale;
        prose_check_passage(*locale, NULL, locale_text_get(text, *locale), true, say, judging);
    }
    if (!*locales) { /* one text for everybody */
        judging->locale = material_playbook(judging->workspace->material)->default_locale;
        prose_check_passage(judging->locale, NULL, locale_text_get(text, judging->locale), true, say, judging);
    }
}

static void judge_list(Judging *judging, const GPtrArray *texts)
{
    for (guint i = 0; i < texts->len; i++)
        judge_text(judging, g_ptr_array_index(texts, i));
}

static void judge_playbook(Judging *judging, const Playbook *playbook)
{
    for (guint i = 0; i < playbook->facts->len; i++)
        judge_text(judging, ((const Fact *)g_ptr_array_index(playbook->facts, i))->text);
    judge_list(judging, playbook->impact);
    judge_list(judging, playbook->measures_taken);
    judge_list(judging, playbook->measures_planned);
    judge_list(judging, playbook->advice);
    judge_list(judging, playbook->remedies);
    if (playbook->update) {
        judge_text(judging, playbook->update->what_changed);
        judge_text(judging, playbook->update->right);
    }
}

/* Notices -------------------------------------------------------------------------------------------------------- */

/* What is found in the words of a rendered notice was found where they come from; what only the whole shows is said
 * here. */
static void say_of_whole(const ProseFinding *found, void *user)
{
    if (found->line == 0 || found->rule == PROSE_STEPS || found->rule == PROSE_SUBJECT)
        say(found, user);
}

/* The body of a text version as it is for an actual incident: without the mark of an exercise, which counts nowhere. */
static char *without_mark(const json_t *body)
{
    json_auto_t *copy = json_copy((json_t *)body);

    json_object_set_new(copy, "exercise", json_false());
    return json_dumps(copy, JSON_COMPACT);
}

static bool is_shipped(const Judging *judging, const char *path)
{
    g_autofree char *folder = g_build_filename(judging->workspace->data, "templates", "", NULL);

    return g_str_has_prefix(path, folder);
}

static const char *given(const char *text)
{
    return text && *text ? text : NULL;
}

/* What no subject and no short message says: who it is for, and the kinds of data. Borrowed from the body. */
static GPtrArray *personal_of(const json_t *context)
{
    GPtrArray *personal = g_ptr_array_new();
    size_t index;
    json_t *kind;

    g_ptr_array_add(personal, (gpointer)NAME);
    g_ptr_array_add(personal, (gpointer)MAILBOX);
    json_array_foreach(json_object_get(json_object_get(context, "facts"), "data_kinds"), index, kind)
        g_ptr_array_add(personal, (gpointer)json_string_value(json_object_get(kind, "label")));
    g_ptr_array_add(personal, NULL);
    return personal;
}

static GPtrArray *domains_of(const json_t *organization)
{
    GPtrArray *domains = g_ptr_array_new();
    size_t index;
    json_t *domain;

    json_array_foreach(json_object_get(organization, "domains"), index, domain)
        g_ptr_array_add(domains, (gpointer)json_string_value(domain));
    g_ptr_array_add(domains, NULL);
    return domains;
}

static void judge_rendered(Judging *judging, const json_t *body, const RenderParts *parts)
{
    const char *channel = json_string_value(json_object_get(body, "channel"));
    const json_t *context = json_object_get(body, "context");
    const json_t *organization = json_object_get(context, "organization");
    g_autoptr(GPtrArray) domains = domains_of(organization);
    g_autoptr(GPtrArray) personal = personal_of(context);

    prose_check(&(ProseText){.locale = judging->locale,
                             .channel = channel,
                             .template_name = json_string_value(json_object_get(body, "template")),
                             .subject = given(parts->subject),
                             .text = parts->text,
                             .html = given(parts->html),
                             .organization = json_string_value(json_object_get(organization, "name")),
                             .domains = domains->len > 1 ? (const char *const *)domains->pdata : NULL,
                             .personal = g_strcmp0(channel, "phone") == 0 ? NULL : (const char *const *)personal->pdata,
                             .is_own = true},
                say_of_whole, judging);
}

static void judge_notice(Judging *judging, const json_t *body)
{
    static const char *const people[] = {"{\"email\":\"" MAILBOX "\",\"id\":\"1\",\"name\":\"" NAME "\"}", NULL};
    g_autofree char *unmarked = without_mark(body);
    g_autoptr(RenderText) text = render_text_new(unmarked, NULL);
    g_autoptr(RenderScratch) scratch = render_scratch_new();
    const RenderRequest request = {.id = "aaaaaaaaaaaaaaaaaaaaaaaaaa", .people = people};
    RenderParts parts;

    if (text && render_parts(text, scratch, &request, &parts, NULL))
        judge_rendered(judging, body, &parts);
}

static void judge_source(Judging *judging, const json_t *file, const char *channel)
{
    const char *path = json_string_value(json_object_get(file, "path"));

    if (!path || is_shipped(judging, path))
        return;
    judging->at = position_make(path, 0, 0);
    judging->is_source = true;
    prose_check_passage(judging->locale, channel, json_string_value(json_object_get(file, "source")), false, say,
                        judging);
}

/* Where the words stand with which the notices of an audience begin. */
static Position opening_of(const Playbook *playbook, const Audience *audience)
{
    const Fact *own = audience->own ? playbook_fact(audience->own, "what_happened") : NULL;
    const Fact *fact = own ? own : playbook_fact(playbook, "what_happened");

    return fact ? fact->at : position_make(NULL, 0, 0);
}

static void judge_material(Judging *judging, const MaterialText *text)
{
    const Playbook *playbook = material_playbook(judging->workspace->material);
    json_auto_t *body = text->body ? json_loads(text->body, 0, NULL) : NULL;
    const json_t *part = json_object_get(json_object_get(body, "parts"), "text");
    const char *key;
    json_t *file;

    if (!part)
        return; /* its mistakes were said */
    judging->locale = json_string_value(json_object_get(body, "locale"));
    judging->opening = opening_of(playbook, g_ptr_array_index(playbook->audiences, text->audience));
    json_object_foreach(json_object_get(body, "parts"), key, file) judge_source(judging, file, text->channel);
    json_object_foreach(json_object_get(body, "partials"), key, file) judge_source(judging, file, text->channel);
    judging->at = position_make(json_string_value(json_object_get(part, "path")), 0, 0);
    judging->is_source = false;
    judge_notice(judging, body);
}

/* "Your record is among them" is not for everybody to read. */
static void judge_announcement(const Workspace *workspace, const Playbook *playbook)
{
    const Announcement *announcement = playbook->announcement;
    const Fact *fact = playbook_fact(playbook, "what_happened");

    if (!fact || !announcement || announcement->when == ANNOUNCEMENT_NEVER ||
        (announcement->own && playbook_fact(announcement->own, "what_happened")))
        return;
    findings_warning(
        workspace->findings, FINDING_SEND, "words-public", fact->at,
        "the public reads this too, in the announcement: write announcement: {facts: {what_happened: …}} for "
        "those whom it does not concern");
}

void wording_check(const Workspace *workspace)
{
    const Playbook *playbook = material_playbook(workspace->material);
    const GPtrArray *texts = material_texts(workspace->material);
    Judging judging = {.workspace = workspace, .said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};

    judge_playbook(&judging, playbook);
    judge_announcement(workspace, playbook);
    if (playbook->announcement && playbook->announcement->own)
        judge_playbook(&judging, playbook->announcement->own);
    for (guint i = 0; i < playbook->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(playbook->audiences, i);

        if (audience->own)
            judge_playbook(&judging, audience->own);
    }
    for (guint i = 0; i < texts->len; i++)
        judge_material(&judging, g_ptr_array_index(texts, i));
    if (judging.left_out > 0)
        findings_warning(workspace->findings, FINDING_SEND, "words-length", position_make(playbook->path, 0, 0),
                         N_("%zu more remarks about the words are not shown: mend these first"), judging.left_out);
    g_hash_table_unref(judging.said);
}
