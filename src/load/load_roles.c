#include "load/load_roles.h"

#include "base/language.h"

static bool is_told_as_customer(const Audience *audience)
{
    return audience->capacity == CAPACITY_ORGANIZATION;
}

static Position place_of(const Playbook *playbook)
{
    return position_make(playbook->path, 0, 0);
}

static bool writes_unasked(const Audience *audience)
{
    return !is_told_as_customer(audience) && audience->controller != CONTROLLER_CUSTOMER && !audience->instruction.by;
}

static void check_writing(const SchemaCheck *check, const Audience *audience)
{
    if (writes_unasked(audience))
        findings_error(
            check->findings, FINDING_SEND, "role-processor-writes", audience->at,
            N_("audience %s is written to by a processor: tell the customer (capacity: organization), or write as "
               "the customer ordered (controller: customer, instruction: {by, date, evidence})"),
            audience->id);
}

static void check_processor(const SchemaCheck *check, const Playbook *playbook)
{
    bool has_customer = false;

    for (guint i = 0; i < playbook->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(playbook->audiences, i);

        check_writing(check, audience);
        has_customer = has_customer || is_told_as_customer(audience);
    }
    if (playbook->audiences->len > 0 && !has_customer)
        findings_warning(check->findings, FINDING_SEND, "role-nobody-told", place_of(playbook),
                         N_("no audience tells the customers on whose behalf the data is kept: add one with capacity: "
                            "organization and the template controller"));
    if (!playbook->organization.on_behalf_of)
        findings_warning(check->findings, FINDING_REPORT, "role-behalf", place_of(playbook),
                         N_("organization.role is processor, and nobody is named for whom: write on_behalf_of: the "
                            "controller's name, or \"our customers\""));
}

/* Whether the audience gets the notice of that regime: it names it, or names none. */
static bool is_of_regime(const Audience *audience, const char *regime)
{
    return !audience->regimes || g_ptr_array_find_with_equal_func(audience->regimes, regime, g_str_equal, NULL);
}

/* A regime under which alone the organisation is a processor: its people are its customer's. */
static void check_entry(const SchemaCheck *check, const Playbook *playbook, const LawRegime *entry)
{
    for (guint i = 0; i < playbook->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(playbook->audiences, i);

        if (is_of_regime(audience, entry->id) && writes_unasked(audience))
            findings_error(check->findings, FINDING_SEND, "role-processor-writes", audience->at,
                           N_("audience %s gets the notice of %s, under which the role is processor: tell the customer "
                              "(capacity: organization), write as the customer ordered (controller: customer, "
                              "instruction: {by, date, evidence}), or name the other regimes whose notice it is "
                              "(regimes: [ … ])"),
                           audience->id, entry->id);
    }
}

static void check_entries(const SchemaCheck *check, const Playbook *playbook)
{
    for (guint i = 0; i < playbook->law->regimes->len; i++) {
        const LawRegime *entry = g_ptr_array_index(playbook->law->regimes, i);

        if (g_strcmp0(entry->role, "processor") == 0)
            check_entry(check, playbook, entry);
    }
}

static void check_joint(const SchemaCheck *check, const Playbook *playbook)
{
    const JointControl *joint = &playbook->organization.joint;

    if (joint->notifies == JOINT_UNSAID) {
        findings_error(
            check->findings, FINDING_SEND, "role-joint-unsaid", place_of(playbook),
            N_("organization.role is joint, and nobody says which of the two tells people: write organization: "
               "{joint: {with: NAME, notifies: us}}, or them"));
        return;
    }
    for (guint i = 0; joint->notifies == JOINT_THEM && joint->with && i < playbook->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(playbook->audiences, i);

        if (!is_told_as_customer(audience))
            findings_error(check->findings, FINDING_SEND, "role-joint-they", audience->at,
                           N_("audience %s would hear twice, for %s tells people: take it out, or write notifies: us"),
                           audience->id, joint->with);
    }
}

/* What is said about a role that the organisation does not have: one of the two is wrong. */
static void check_others(const SchemaCheck *check, const Playbook *playbook, const char *role)
{
    if (playbook->organization.on_behalf_of && g_strcmp0(role, "processor") != 0)
        findings_warning(check->findings, FINDING_REPORT, "role-mismatch", place_of(playbook),
                         N_("organization.on_behalf_of is for role: processor, and role is %s: correct one of them"),
                         role ? role : "controller");
    if (playbook->organization.joint.with && g_strcmp0(role, "joint") != 0)
        findings_warning(check->findings, FINDING_REPORT, "role-mismatch", playbook->organization.joint.at,
                         N_("organization.joint is for role: joint, and role is %s: correct one of them"),
                         role ? role : "controller");
}

void load_roles_check(const SchemaCheck *check, const Playbook *playbook)
{
    const char *role = playbook->organization.role;

    if (g_strcmp0(role, "processor") == 0)
        check_processor(check, playbook);
    else
        check_entries(check, playbook);
    if (g_strcmp0(role, "joint") == 0)
        check_joint(check, playbook);
    check_others(check, playbook, role);
}
