#include "drill/stage.h"

#include <string.h>

#include "drill/http_sink.h"
#include "drill/sink_rule.h"
#include "drill/smtp_sink.h"
#include "model/plan_endpoint.h"

#define RATE_ASSUMED 100 /* messages a second of a gateway that says nothing */

Stage *stage_new(const Clock *clock, uint64_t salt, const char *log_path)
{
    Stage *stage = g_new0(Stage, 1);

    stage->clock = clock;
    stage->salt = salt;
    stage->log_path = g_strdup(log_path);
    stage->faults = g_array_new(FALSE, TRUE, sizeof(StageFault));
    return stage;
}

void stage_free(Stage *stage)
{
    if (!stage)
        return;
    g_array_unref(stage->faults);
    g_free(stage->log_path);
    g_free(stage);
}

/* The name as it is known everywhere, which lives as long as the process. */
static const char *channel_of(const ScenarioStep *step)
{
    return g_intern_string(step->channel ? step->channel : "email");
}

static void end_faults(Stage *stage, const char *channel, int64_t at)
{
    for (guint i = 0; i < stage->faults->len; i++) {
        StageFault *fault = &g_array_index(stage->faults, StageFault, i);

        if (fault->what != SCENARIO_DEAD && fault->channel == channel && fault->from < at &&
            (fault->until == 0 || fault->until > at))
            fault->until = at;
    }
}

void stage_add(Stage *stage, const ScenarioStep *step, int64_t from)
{
    StageFault fault = {.what = step->what,
                        .channel = channel_of(step),
                        .from = from,
                        .until = step->lasts > 0 ? from + step->lasts : 0,
                        .rate = step->rate,
                        .share = step->share,
                        .bounces = step->bounces,
                        .comes_back = step->comes_back,
                        .salt = stage->salt + stage->faults->len * UINT64_C(0x9e3779b97f4a7c15)};

    if (step->what == SCENARIO_RELAY_UP)
        end_faults(stage, fault.channel, from);
    else
        g_array_append_val(stage->faults, fault);
}

static bool is_of(const StageFault *fault, const char *channel)
{
    return strcmp(fault->channel, channel) == 0;
}

/* What is left alone of each minute; at least one, so that a throttled relay is not a dead one. */
static int64_t per_minute(const StageFault *fault)
{
    return MAX((int64_t)(fault->rate * 60), 1);
}

/* Mail ------------------------------------------------------------------------------------------------------------ */

static void free_mail_rule(gpointer rule)
{
    smtp_sink_rule_free(rule);
}

static SmtpSinkRule *add_mail_rule(GPtrArray *rules, const Stage *stage, const StageFault *fault, SmtpSinkAt at,
                                   const char *reply)
{
    SmtpSinkRule *rule = g_new0(SmtpSinkRule, 1);

    rule->at = at;
    rule->action = reply ? SMTP_SINK_REPLY : SMTP_SINK_HANG_UP;
    rule->reply = g_strdup(reply);
    rule->clock = stage->clock;
    rule->from = fault->from;
    rule->until = fault->until;
    g_ptr_array_add(rules, rule);
    return rule;
}

GPtrArray *stage_mail_rules(const Stage *stage)
{
    GPtrArray *rules = g_ptr_array_new_with_free_func(free_mail_rule);

    for (guint i = 0; i < stage->faults->len; i++) {
        const StageFault *fault = &g_array_index(stage->faults, StageFault, i);
        SmtpSinkRule *rule;

        if (!is_of(fault, "email") || fault->bounces)
            continue;
        if (fault->what == SCENARIO_RELAY_DOWN) {
            add_mail_rule(rules, stage, fault, SMTP_SINK_AT_CONNECT, NULL);
            add_mail_rule(rules, stage, fault, SMTP_SINK_AT_MAIL, NULL);
        } else if (fault->what == SCENARIO_THROTTLE) {
            rule = add_mail_rule(rules, stage, fault, SMTP_SINK_AT_MAIL, "451 4.3.2 too many messages, try later");
            rule->per_minute = per_minute(fault);
        } else {
            rule = add_mail_rule(rules, stage, fault, SMTP_SINK_AT_RCPT, "550 5.1.1 no such user here");
            rule->share = fault->share;
            rule->salt = fault->salt;
        }
    }
    return rules;
}

int64_t stage_comes_back(const Stage *stage, const char *address, int64_t at)
{
    for (guint i = 0; i < stage->faults->len; i++) {
        const StageFault *fault = &g_array_index(stage->faults, StageFault, i);

        if (fault->bounces && at >= fault->from && (fault->until == 0 || at < fault->until) &&
            sink_rule_in_share(address, fault->share, fault->salt))
            return fault->comes_back;
    }
    return -1;
}

/* Requests -------------------------------------------------------------------------------------------------------- */

static void free_request_rule(gpointer rule)
{
    http_sink_rule_free(rule);
}

GPtrArray *stage_request_rules(const Stage *stage, const char *channel)
{
    GPtrArray *rules = g_ptr_array_new_with_free_func(free_request_rule);

    for (guint i = 0; i < stage->faults->len; i++) {
        const StageFault *fault = &g_array_index(stage->faults, StageFault, i);
        HttpSinkRule *rule;

        if (!is_of(fault, channel))
            continue;
        rule = g_new0(HttpSinkRule, 1);
        rule->at = HTTP_SINK_AT_REQUEST;
        rule->action = HTTP_SINK_ANSWER;
        rule->meaning = fault->what == SCENARIO_DEAD       ? GATEWAY_MEANS_PERMANENT
                        : fault->what == SCENARIO_THROTTLE ? GATEWAY_MEANS_THROTTLED
                                                           : GATEWAY_MEANS_TEMPORARY;
        rule->conditions = (SinkConditions){.share = fault->what == SCENARIO_DEAD ? fault->share : 0,
                                            .salt = fault->salt,
                                            .clock = stage->clock,
                                            .from = fault->from,
                                            .until = fault->until,
                                            .per_minute = fault->what == SCENARIO_THROTTLE ? per_minute(fault) : 0};
        g_ptr_array_add(rules, rule);
    }
    return rules;
}

void stage_gateway(Gateway *gateway)
{
    if (gateway->print) /* paper is made here, as fast as this machine can */
        return;
    gateway->connections = 1;
    if (gateway->rate <= 0)
        gateway->rate = RATE_ASSUMED;
}
