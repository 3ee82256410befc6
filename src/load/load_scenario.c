#include "load/load_scenario.h"

#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "load/law_file.h"
#include "load/schema.h"
#include "load/yaml.h"
#include "model/plan_endpoint.h"
#include "model/regime_parts.h"

#define STAGE       FINDING_FACTS
#define LASTS_MOST  (30 * CLOCK_DAY)
#define PEOPLE_MOST 1000000
#define NEST_MOST   4 /* of decisions within decisions */

const char *const load_scenario_ids[SCHEMA_MISTAKES] = {
    [SCHEMA_UNKNOWN_KEY] = "scenario-unknown-key", [SCHEMA_UNSUPPORTED] = "scenario-unsupported",
    [SCHEMA_MISSING_KEY] = "scenario-missing-key", [SCHEMA_WRONG_TYPE] = "scenario-type",
    [SCHEMA_WRONG_VALUE] = "scenario-value",       [SCHEMA_NO_OFFSET] = "scenario-time-offset",
};

/* Values ---------------------------------------------------------------------------------------------------------- */

/* 95% as 0.95. */
static void set_share(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    double percent = -1;

    schema_set_percent(check, field, value, &percent);
    if (percent >= 0)
        *(double *)target = percent / 100;
}

/* The words of a command line; quotes hold them together as in a shell, which is not asked. */
static void set_command(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a command such as hold --channel email"));
    g_auto(GStrv) words = NULL;

    if (!text)
        return;
    if (!g_shell_parse_argv(text, NULL, &words, NULL))
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "the command is empty, or one of its quotes is not closed");
    else
        *(char ***)target = g_steal_pointer(&words);
}

/* "02:30", or a time with its date and offset. */
static void set_starts(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField moment = {"starts", SCHEMA_MOMENT, STAGE, .hint = "starts: \"02:30\""};
    Scenario *scenario = target;
    const char *text = value->kind == YAML_NODE_SCALAR ? value->text : NULL;

    (void)field;
    if (text && strlen(text) == 5 && text[2] == ':' && g_ascii_isdigit(text[0]) && g_ascii_isdigit(text[1]) &&
        g_ascii_isdigit(text[3]) && g_ascii_isdigit(text[4])) {
        int hours = (int)g_ascii_strtoll(text, NULL, 10), minutes = (int)g_ascii_strtoll(text + 3, NULL, 10);

        if (hours < 24 && minutes < 60)
            scenario->starts_at = hours * 60 + minutes;
        else
            schema_report(check, STAGE, SCHEMA_WRONG_VALUE, value->at, "%s is no time of day: from 00:00 to 23:59",
                          text);
        return;
    }
    schema_value(check, &moment, value, &scenario->starts);
}

/* Targets --------------------------------------------------------------------------------------------------------- */

static void want(Scenario *scenario, ScenarioTarget target, double most, double share)
{
    scenario->targets[target] = (ScenarioWanted){.is_given = true, .most = most, .share = share};
}

static void set_first_notice(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField duration = {"first_notice",   SCHEMA_DURATION,       STAGE,
                                         .minimum = 60000, .maximum = LASTS_MOST, .hint = "first_notice: PT2H"};
    int64_t most = 0;

    (void)field;
    schema_value(check, &duration, value, &most);
    if (most > 0)
        want(target, SCENARIO_FIRST_NOTICE, (double)most, 0);
}

typedef struct ToldDraft {
    double share;
    int64_t within;
} ToldDraft;

static const SchemaField told_fields[] = {
    {"share", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(ToldDraft, share), .set = set_share,
     .hint = "share: 95%"},
    {"within", SCHEMA_DURATION, STAGE, .is_required = true, .offset = offsetof(ToldDraft, within), .minimum = 60000,
     .maximum = LASTS_MOST, .hint = "within: PT24H"},
    {.key = NULL},
};
static const SchemaTable told_table = {"told", STAGE, told_fields, NULL};

static void set_told(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    ToldDraft draft = {-1, 0};

    (void)field;
    schema_check(check, &told_table, value, &draft);
    if (draft.share >= 0 && draft.share <= 0) /* -1 stays where it was no share */
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, value->at,
                      "share: to tell nobody is no target: write a share over 0%%");
    if (draft.share > 0 && draft.within > 0)
        want(target, SCENARIO_TOLD, (double)draft.within, draft.share);
}

/* clocks: met, identity: held. */
static void set_word(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const SchemaField word = {.key = field->key, .type = SCHEMA_CHOICE, .stage = STAGE, .words = field->words};
    bool is_clocks = strcmp(field->key, "clocks") == 0;
    int index = -1;

    schema_value(check, &word, value, &index);
    if (index == 0)
        want(target, is_clocks ? SCENARIO_CLOCKS : SCENARIO_IDENTITY, 0, 0);
}

static void set_most(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    bool is_unreachable = strcmp(field->key, "unreachable") == 0;
    double share = -1;

    set_share(check, field, value, &share);
    if (share >= 0)
        want(target, is_unreachable ? SCENARIO_UNREACHABLE : SCENARIO_MISTAKEN, share, 0);
}

static const char *const met[] = {"met", NULL};
static const char *const held[] = {"held", NULL};

static const SchemaField target_fields[] = {
    {"first_notice", SCHEMA_CUSTOM, STAGE, .set = set_first_notice},
    {"told", SCHEMA_CUSTOM, STAGE, .set = set_told},
    {"clocks", SCHEMA_CUSTOM, STAGE, .words = met, .set = set_word},
    {"identity", SCHEMA_CUSTOM, STAGE, .words = held, .set = set_word},
    {"unreachable", SCHEMA_CUSTOM, STAGE, .set = set_most},
    {"mistaken", SCHEMA_CUSTOM, STAGE, .set = set_most},
    {.key = NULL},
};
static const SchemaTable target_table = {"targets", STAGE, target_fields, NULL};

/* Steps ----------------------------------------------------------------------------------------------------------- */

/* What each kind of step needs (first) and may have besides; `at`, `do`, `says` and `by` every step may have. */
static const struct {
    const char *needs[3], *takes[6];
} shapes[SCENARIO_DOES] = {
    [SCENARIO_RELAY_DOWN] = {{NULL}, {"for", "channel", NULL}},
    [SCENARIO_RELAY_UP] = {{NULL}, {"channel", NULL}},
    [SCENARIO_THROTTLE] = {{"rate", NULL}, {"for", "channel", NULL}},
    [SCENARIO_DEAD] = {{"share", NULL}, {"comes_back", "channel", NULL}},
    [SCENARIO_ABSENT] = {{"role", NULL}, {"for", "deputy", NULL}},
    [SCENARIO_GROW] = {{"people", NULL}, {NULL}},
    [SCENARIO_EDIT] = {{NULL}, {"key", "value", "find", "replace", "corrects", NULL}},
    [SCENARIO_RUN] = {{"command", NULL}, {NULL}},
    [SCENARIO_FILE] = {{NULL}, {"id", "within", NULL}},
    [SCENARIO_ASK] = {{"role", "choices", NULL}, {"default", NULL}},
};

static const char *const common_keys[] = {"at", "do", "says", "by", NULL};

static bool takes(ScenarioDo what, const char *key)
{
    return g_strv_contains(shapes[what].needs, key) || g_strv_contains(shapes[what].takes, key);
}

/* What no step takes was reported as unknown. */
static bool is_taken(const char *key)
{
    bool is_known = false;

    for (int i = 0; i < SCENARIO_DOES && !is_known; i++)
        is_known = takes((ScenarioDo)i, key);
    return is_known;
}

static void check_shape(const SchemaCheck *check, const ScenarioStep *step, const YamlNode *node)
{
    const char *name = scenario_do_names()[step->what];

    for (guint i = 0; node->kind == YAML_NODE_MAP && i < node->entries->len; i++) {
        const YamlEntry *entry = g_ptr_array_index(node->entries, i);

        if (!g_strv_contains(common_keys, entry->key) && is_taken(entry->key) && !takes(step->what, entry->key))
            schema_report(check, STAGE, SCHEMA_UNKNOWN_KEY, entry->at, "a step with do: %s has no key %s", name,
                          entry->key);
    }
    for (const char *const *key = shapes[step->what].needs; *key; key++)
        if (!yaml_get(node, *key))
            schema_report(check, STAGE, SCHEMA_MISSING_KEY, node->at, "a step with do: %s needs the key %s", name,
                          *key);
}

typedef struct StepDraft {
    ScenarioStep *step;
    int what;
    int depth; /* of the decision that it belongs to; 0: of none */
} StepDraft;

static void read_step(const SchemaCheck *check, const YamlNode *node, int depth, GPtrArray *steps);

typedef struct ChoiceDraft {
    ScenarioChoice *choice;
    int depth;
} ChoiceDraft;

static void add_choice_step(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    ChoiceDraft *draft = target;

    (void)field;
    read_step(check, value, draft->depth + 1, draft->choice->steps);
}

static void set_choice_text(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    ScenarioChoice *choice = ((ChoiceDraft *)target)->choice;
    static const SchemaField id = {.key = "id", .type = SCHEMA_NAME, .stage = STAGE};
    static const SchemaField says = {
        .key = "says", .type = SCHEMA_LOCALE_TEXT, .stage = STAGE, .is_one_line = true};

    if (strcmp(field->key, "id") == 0)
        schema_value(check, &id, value, &choice->id);
    else
        schema_value(check, &says, value, &choice->says);
}

static const SchemaField choice_fields[] = {
    {"id", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_choice_text, .hint = "id: hold"},
    {"says", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_choice_text,
     .hint = N_("says: what whoever decides would say")},
    {"then", SCHEMA_LIST, STAGE, .set = add_choice_step},
    {.key = NULL},
};
static const SchemaTable choice_table = {N_("a choice"), STAGE, choice_fields, NULL};

static void add_choice(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    StepDraft *draft = target;
    ChoiceDraft choice = {scenario_choice_new(), draft->depth};

    (void)field;
    choice.choice->at = value->at;
    schema_check(check, &choice_table, value, &choice);
    if (choice.choice->id && scenario_choice(draft->step, choice.choice->id))
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, value->at, "there are two choices of the id %s",
                      choice.choice->id);
    scenario_sort(choice.choice->steps);
    g_ptr_array_add(draft->step->choices, choice.choice);
}

/* The values of the step itself. */
#define STEP_FIELD(key, type, field, ...)                                                                              \
    {                                                                                                                  \
        key, type, STAGE, .offset = offsetof(ScenarioStep, field), __VA_ARGS__                                         \
    }

static const SchemaField step_fields[] = {
    STEP_FIELD("at", SCHEMA_DURATION, at, .maximum = LASTS_MOST, .hint = "at: PT10M"),
    STEP_FIELD("says", SCHEMA_LOCALE_TEXT, says, .is_one_line = true),
    STEP_FIELD("by", SCHEMA_NAME, by),
    STEP_FIELD("channel", SCHEMA_TEXT, channel),
    STEP_FIELD("for", SCHEMA_DURATION, lasts, .minimum = 60000, .maximum = LASTS_MOST, .hint = "for: PT10M"),
    STEP_FIELD("rate", SCHEMA_RATE, rate, .hint = "rate: 5/s"),
    STEP_FIELD("share", SCHEMA_CUSTOM, share, .set = set_share, .hint = "share: 20%"),
    STEP_FIELD("comes_back", SCHEMA_DURATION, comes_back, .maximum = LASTS_MOST, .hint = "comes_back: PT10M"),
    STEP_FIELD("command", SCHEMA_CUSTOM, command, .set = set_command, .hint = "command: hold --channel email"),
    STEP_FIELD("find", SCHEMA_TEXT, find),
    STEP_FIELD("replace", SCHEMA_TEXT, replace),
    STEP_FIELD("key", SCHEMA_TEXT, key, .hint = "key: organization.contact.phone"),
    STEP_FIELD("value", SCHEMA_TEXT, value),
    STEP_FIELD("corrects", SCHEMA_BOOL, corrects),
    STEP_FIELD("people", SCHEMA_COUNT, people, .minimum = 1, .maximum = PEOPLE_MOST),
    STEP_FIELD("id", SCHEMA_TEXT, id),
    STEP_FIELD("within", SCHEMA_DURATION, within, .minimum = 60000, .maximum = LASTS_MOST),
    STEP_FIELD("role", SCHEMA_NAME, role),
    STEP_FIELD("deputy", SCHEMA_DURATION, deputy, .minimum = 60000, .maximum = LASTS_MOST),
    STEP_FIELD("default", SCHEMA_NAME, standard),
    {.key = NULL},
};

static void take_key(const SchemaCheck *check, FindingStage stage, const YamlEntry *entry, void *target)
{
    StepDraft *draft = target;
    const SchemaField list = {.key = entry->key, .type = SCHEMA_LIST, .stage = stage, .set = add_choice};
    const char *known[G_N_ELEMENTS(step_fields) + 2] = {"do", "choices"};

    if (strcmp(entry->key, "choices") == 0) {
        schema_value(check, &list, entry->value, draft);
        return;
    }
    for (size_t i = 0; step_fields[i].key; i++) {
        if (strcmp(step_fields[i].key, entry->key) == 0) {
            schema_value(check, &step_fields[i], entry->value, draft->step);
            return;
        }
        known[i + 2] = step_fields[i].key;
    }
    {
        const char *nearest = text_nearest(entry->key, known);
        g_autofree char *shown = schema_shown(entry->key);

        if (nearest)
            schema_report(check, stage, SCHEMA_UNKNOWN_KEY, entry->at, "a step has no key %s: did you mean %s?", shown,
                          nearest);
        else
            schema_report(check, stage, SCHEMA_UNKNOWN_KEY, entry->at, "a step has no key %s", shown);
    }
}

static void set_what(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const SchemaField choice = {.key = field->key, .type = SCHEMA_CHOICE, .stage = STAGE, .words = scenario_do_names()};

    schema_value(check, &choice, value, &((StepDraft *)target)->what);
}

static const SchemaField draft_fields[] = {
    {"do", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_what, .hint = "do: notify"},
    {.key = NULL},
};
static const SchemaTable step_table = {N_("a step"), STAGE, draft_fields, take_key};

static void check_ask(const SchemaCheck *check, const ScenarioStep *step)
{
    if (step->choices->len > 0 && step->choices->len < 2)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, step->place, "a decision needs two choices at least");
    if (step->standard && !scenario_choice(step, step->standard))
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, step->place, "default: %s is none of the choices",
                      step->standard);
    if (!step->standard)
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, step->place,
                      "a decision needs default: the choice that is played when nobody is asked");
}

static void check_edit(const SchemaCheck *check, const ScenarioStep *step)
{
    if (!((step->key && step->value && !step->find && !step->replace) ||
          (step->find && step->replace && !step->key && !step->value)))
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, step->place,
                      "a step with do: edit needs key and value, or find and replace");
}

/* Paper knows no faults, and only mail comes back. */
static void check_channel(const SchemaCheck *check, const ScenarioStep *step)
{
    const char *channel = step->channel ? step->channel : "email";

    if (!g_strv_contains(plan_channels(), channel))
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, step->place,
                      "channel: %s is no channel: write one such as email", channel);
    else if (strcmp(channel, "letter") == 0 || strcmp(channel, "phone") == 0)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, step->place,
                      "channel: %s has no provider that could fail: write one such as email or sms", channel);
    else if (step->bounces && strcmp(channel, "email") != 0)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, step->place,
                      "comes_back is for email only: leave it out for %s, where dead numbers are refused at once",
                      channel);
}

static void check_step(const SchemaCheck *check, const ScenarioStep *step, const YamlNode *node)
{
    if (step->what <= SCENARIO_DEAD)
        check_channel(check, step);
    if (step->what == SCENARIO_DEAD && yaml_get(node, "share") && step->share <= 0)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, step->place,
                      "share: nobody is no part of the addresses: leave the step out, or write a share over 0%%");
    if (step->what == SCENARIO_THROTTLE && step->rate > 0 && step->rate < 1.0 / 60)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, step->place,
                      "rate: less than one a minute cannot be played: write 1/min or more, or do: relay-down");
    if (step->what == SCENARIO_EDIT)
        check_edit(check, step);
    if (step->what == SCENARIO_ASK)
        check_ask(check, step);
    if (step->what == SCENARIO_ABSENT && step->lasts == 0 && step->deputy == 0)
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, step->place,
                      "somebody who is absent comes back (for: PT4H), or has a deputy (deputy: PT30M), or both");
}

static void read_step(const SchemaCheck *check, const YamlNode *node, int depth, GPtrArray *steps)
{
    StepDraft draft = {scenario_step_new(), -1, depth};

    draft.step->place = node->at;
    if (depth > NEST_MOST)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, node->at, "decisions are nested too deep");
    else
        schema_check(check, &step_table, node, &draft);
    if (draft.what < 0) {
        scenario_step_free(draft.step);
        return;
    }
    draft.step->what = (ScenarioDo)draft.what;
    draft.step->bounces = yaml_get(node, "comes_back") != NULL;
    check_shape(check, draft.step, node);
    check_step(check, draft.step, node);
    g_ptr_array_add(steps, draft.step);
}

static void add_step(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    read_step(check, value, 0, *(GPtrArray **)target);
}

/* Names ----------------------------------------------------------------------------------------------------------- */

static const SchemaField role_fields[] = {
    {"id", SCHEMA_NAME, STAGE, .is_required = true, .offset = offsetof(RegimeName, id), .hint = "id: lead"},
    {"text", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .is_one_line = true, .offset = offsetof(RegimeName, text),
     .hint = "text: {en: team lead, zh-CN: 负责人}"},
    {.key = NULL},
};
static const SchemaTable role_table = {N_("a role"), STAGE, role_fields, NULL};

static void add_role(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    RegimeName *role = g_new0(RegimeName, 1);
    GPtrArray *roles = *(GPtrArray **)target;

    (void)field;
    schema_check(check, &role_table, value, role);
    if (role->id && regime_own_name(roles, role->id))
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, value->at, "the role %s has two names", role->id);
    else if (role->id && role->text) {
        g_ptr_array_add(roles, role);
        return;
    }
    regime_name_free(role);
}

/* A slip of the pen would leave the role that was meant without its name. */
static void check_roles(const SchemaCheck *check, const Scenario *scenario)
{
    g_autoptr(GPtrArray) known = scenario_roles(scenario);

    for (guint i = 0; i < scenario->roles->len; i++) {
        const RegimeName *role = g_ptr_array_index(scenario->roles, i);

        if (!g_strv_contains((const char *const *)known->pdata, role->id))
            schema_report(check, STAGE, SCHEMA_WRONG_VALUE, locale_text_at(role->text),
                          "no step of this story has the role %s: remove its name, or write the one that is meant",
                          role->id);
    }
}

/* The file -------------------------------------------------------------------------------------------------------- */

static void set_targets(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    schema_check(check, &target_table, value, target);
}

static const SchemaField fields[] = {
    {"version", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = schema_set_version, .hint = "version: 1"},
    {"name", SCHEMA_NAME, STAGE, .is_required = true, .offset = offsetof(Scenario, name),
     .hint = N_("name: that of the file without .yaml")},
    {"title", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .is_one_line = true, .offset = offsetof(Scenario, title),
     .hint = N_("title: the mail relay fails at night")},
    {"story", SCHEMA_LOCALE_TEXT, STAGE, .is_one_line = true, .offset = offsetof(Scenario, story)},
    {"roles", SCHEMA_LIST, STAGE, .offset = offsetof(Scenario, roles), .set = add_role},
    {"starts", SCHEMA_CUSTOM, STAGE, .set = set_starts},
    {"lasts", SCHEMA_DURATION, STAGE, .offset = offsetof(Scenario, lasts), .minimum = CLOCK_HOUR, .maximum = LASTS_MOST,
     .hint = "lasts: PT72H"},
    {"people", SCHEMA_COUNT, STAGE, .offset = offsetof(Scenario, people), .minimum = 1, .maximum = PEOPLE_MOST},
    {"track", SCHEMA_DURATION, STAGE, .offset = offsetof(Scenario, track), .minimum = CLOCK_MINUTE,
     .maximum = CLOCK_DAY},
    {"targets", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_targets,
     .hint = "targets: {first_notice: PT2H, identity: held}"},
    {"steps", SCHEMA_LIST, STAGE, .is_required = true, .offset = offsetof(Scenario, steps), .set = add_step,
     .hint = "steps: [{at: PT10M, do: notify}]"},
    {.key = NULL},
};
static const SchemaTable table = {N_("a scenario"), STAGE, fields, NULL};

static void check_all(const SchemaCheck *check, const Scenario *scenario, const YamlNode *root)
{
    const YamlNode *targets = yaml_get(root, "targets");
    bool is_sent = false;

    for (guint i = 0; i < scenario->steps->len; i++) {
        const ScenarioStep *step = g_ptr_array_index(scenario->steps, i);

        is_sent = is_sent || step->what == SCENARIO_NOTIFY || step->what == SCENARIO_ASK;
        if (step->at > scenario->lasts)
            schema_report(check, STAGE, SCHEMA_WRONG_VALUE, step->place,
                          "the story is over before this step: give it more time with lasts, as in lasts: PT72H");
    }
    check_roles(check, scenario);
    if (scenario->steps->len > 0 && !is_sent)
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, root->at,
                      "nothing is ever sent: a step with do: notify is missing");
    if (targets && targets->kind == YAML_NODE_MAP && targets->entries->len == 0)
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, targets->at,
                      "there is no target, so that there is nothing to score");
}

static Scenario *read_file(const char *path, Findings *findings)
{
    g_autoptr(YamlNode) root = yaml_load(path, STAGE, findings);
    g_autofree char *folder = g_path_get_dirname(path);
    const SchemaCheck check = {findings, load_scenario_ids, folder};
    Scenario *scenario;

    if (!root)
        return NULL;
    scenario = scenario_new();
    scenario->path = g_strdup(path);
    scenario->lasts = 3 * CLOCK_DAY;
    scenario->track = 5 * CLOCK_MINUTE;
    /* `starts` and `targets` take the whole scenario: their offset is 0 */
    schema_check(&check, &table, root, scenario);
    scenario_sort(scenario->steps);
    check_all(&check, scenario, root);
    return scenario;
}

char **load_scenario_names(const char *folder, const char *data)
{
    return law_file_names(SCENARIO_FOLDER, folder, data);
}

static void report_missing(const char *typed, const char *folder, const char *data, Findings *findings)
{
    g_auto(GStrv) names = load_scenario_names(folder, data);
    const char *nearest = text_nearest(typed, (const char *const *)names);
    g_autofree char *list = g_strjoinv(", ", names);
    g_autofree char *shown = schema_shown(typed);

    if (nearest)
        findings_error(findings, STAGE, "scenario-none", position_make(NULL, 0, 0),
                       "there is no scenario %s: did you mean %s?", shown, nearest);
    else
        findings_error(findings, STAGE, "scenario-none", position_make(NULL, 0, 0),
                       "there is no scenario %s: give the path of one, or use one of those that are there: %s", shown,
                       list);
}

Scenario *load_scenario(const char *typed, const char *folder, const char *data, Findings *findings)
{
    g_autofree char *file = g_strconcat(typed, ".yaml", NULL);
    g_autofree char *beside = folder ? g_build_filename(folder, SCENARIO_FOLDER, file, NULL) : NULL;
    g_autofree char *shipped = data ? g_build_filename(data, "playbooks", SCENARIO_FOLDER, file, NULL) : NULL;

    if (strchr(typed, '/') || g_str_has_suffix(typed, ".yaml"))
        return read_file(typed, findings);
    if (text_is_name(typed) && beside && g_file_test(beside, G_FILE_TEST_EXISTS))
        return read_file(beside, findings);
    if (text_is_name(typed) && shipped && g_file_test(shipped, G_FILE_TEST_EXISTS))
        return read_file(shipped, findings);
    report_missing(typed, folder, data, findings);
    return NULL;
}
