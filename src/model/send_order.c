#include "model/send_order.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

SendOrder *send_order_new(void)
{
    SendOrder *order = g_new0(SendOrder, 1);

    order->listed = g_ptr_array_new_with_free_func(g_free);
    return order;
}

void send_order_free(SendOrder *order)
{
    if (!order)
        return;
    g_free(order->column);
    g_ptr_array_unref(order->listed);
    g_free(order);
}

SendOrder *send_order_named(const char *name)
{
    static const struct {
        const char *name, *column;
        SendFirst first;
    } known[] = {{"risk", "risk", SEND_HIGHEST},
                 {"deadline", "deadline", SEND_LOWEST},
                 {"recent-activity", "last_active", SEND_HIGHEST}};

    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (strcmp(known[i].name, name) == 0) {
            SendOrder *order = send_order_new();

            order->column = g_strdup(known[i].column);
            order->first = known[i].first;
            return order;
        }
    return NULL;
}

#define JULIAN_1970 719163 /* GLib counts days from 0001-01-01 */

/* Minutes since 1970-01-01 of a date, with or without a time of day; false: it is none. */
static bool read_date(const char *text, double *number)
{
    int year, month, day;
    int hour = 0, minute = 0;
    GDate date;

    for (int i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? text[i] != '-' : !g_ascii_isdigit(text[i]))
            return false;
    year = (int)strtol(text, NULL, 10);
    month = (int)strtol(text + 5, NULL, 10);
    day = (int)strtol(text + 8, NULL, 10);
    if (!g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return false;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    if ((text[10] == 'T' || text[10] == ' ') && g_ascii_isdigit(text[11]) && g_ascii_isdigit(text[12]) &&
        text[13] == ':' && g_ascii_isdigit(text[14]) && g_ascii_isdigit(text[15])) {
        hour = (int)strtol(text + 11, NULL, 10);
        minute = (int)strtol(text + 14, NULL, 10);
    } else if (text[10]) {
        return false;
    }
    *number = ((double)g_date_get_julian(&date) - JULIAN_1970) * 1440 + hour * 60 + minute;
    return true;
}

static bool read_word(const char *text, double *number)
{
    static const char *const words[] = {"low", "medium", "high", "critical"};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(words[i], text) == 0) {
            *number = (double)i;
            return true;
        }
    return false;
}

static bool read_number(const char *text, double *number)
{
    char *end = NULL;

    *number = g_ascii_strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*number);
}

int64_t send_order_rank(const SendOrder *order, const char *value, int64_t most)
{
    int64_t half = most / 2;
    double middle = (double)half;
    double number;

    if (!value || !*value)
        return most;
    if (order->first == SEND_LISTED) {
        for (guint i = 0; i < order->listed->len; i++)
            if (strcmp(g_ptr_array_index(order->listed, i), value) == 0)
                return (int64_t)i;
        return most;
    }
    if (!read_date(value, &number) && !read_word(value, &number) && !read_number(value, &number))
        return most;
    number = CLAMP(number * 1000, 1 - middle, middle - 1); /* a thousandth tells two apart */
    return (int64_t)(middle + (order->first == SEND_LOWEST ? number : -number));
}
