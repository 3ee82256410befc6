#include "model/report_words.h"

#include <string.h>

static void word_free(gpointer data)
{
    ReportWord *word = data;

    g_free(word->name);
    locale_text_free(word->text);
    g_free(word);
}

static void answer_free(gpointer data)
{
    ReportAnswer *answer = data;

    g_free(answer->regime);
    g_free(answer->field);
    locale_text_free(answer->text);
    g_free(answer);
}

ReportWords *report_words_new(void)
{
    ReportWords *words = g_new0(ReportWords, 1);

    words->words = g_ptr_array_new_with_free_func(word_free);
    words->answers = g_ptr_array_new_with_free_func(answer_free);
    return words;
}

void report_words_free(ReportWords *words)
{
    if (!words)
        return;
    g_ptr_array_unref(words->words);
    g_ptr_array_unref(words->answers);
    g_free(words);
}

const LocaleText *report_words_get(const ReportWords *words, const char *source)
{
    for (guint i = 0; words && i < words->words->len; i++) {
        const ReportWord *word = g_ptr_array_index(words->words, i);

        if (strcmp(word->name, source) == 0)
            return word->text;
    }
    return NULL;
}

const LocaleText *report_words_answer(const ReportWords *words, const char *regime, const char *field)
{
    for (guint i = 0; words && i < words->answers->len; i++) {
        const ReportAnswer *answer = g_ptr_array_index(words->answers, i);

        if (strcmp(answer->regime, regime) == 0 && strcmp(answer->field, field) == 0)
            return answer->text;
    }
    return NULL;
}

void report_words_add(ReportWords *words, const char *source, LocaleText *text, Position at)
{
    ReportWord *word = g_new0(ReportWord, 1);

    word->name = g_strdup(source);
    word->text = text;
    word->at = at;
    g_ptr_array_add(words->words, word);
}

void report_words_add_answer(ReportWords *words, const char *regime, const char *field, LocaleText *text, Position at)
{
    ReportAnswer *answer = g_new0(ReportAnswer, 1);

    answer->regime = g_strdup(regime);
    answer->field = g_strdup(field);
    answer->text = text;
    answer->at = at;
    g_ptr_array_add(words->answers, answer);
}
