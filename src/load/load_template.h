/* load_template - the files of a template: templates/NAME/LOCALE/CHANNEL.{subject,txt,html}.
 *
 * Which parts a channel has:
 *   email, announcement                          subject, txt, html
 *   push, webhook, letter                        subject, txt
 *   sms, im, voice, phone                        txt (of voice and phone it is the script)
 *   holding, questions, staff (sheets of a kit)  subject, txt
 *   told, not-told (what callers are answered)   subject, txt
 * A letter's txt is structured: paragraphs with a blank line between them, "# " before a heading, "1. " before a step,
 * "• " before an item of a list.
 *
 * A TemplateSet owns its sources. A partial is a file NAME.mustache in the folder of the language, else of the
 * template, else in templates/shared/LOCALE/, else in templates/shared/, of the playbook's folder first. */
#ifndef BREACH_LOAD_LOAD_TEMPLATE_H
#define BREACH_LOAD_LOAD_TEMPLATE_H

#include <glib.h>
#include <jansson.h>

#include "base/finding.h"

typedef struct TemplateFile {
    char *path;   /* owned; as shown in positions */
    char *source; /* owned; valid UTF-8, no NUL */
} TemplateFile;

typedef struct TemplateText {         /* one locale of one channel */
    char *locale;                     /* owned, normalized; as its folder */
    TemplateFile subject, text, html; /* path and source are NULL where the channel has no such part; text never */
    GHashTable *partials;             /* name -> TemplateFile *, owned */
} TemplateText;

typedef struct TemplateSet {
    char *name;       /* owned */
    char *folder;     /* owned; where it was found */
    char *channel;    /* owned */
    GPtrArray *texts; /* of TemplateText *, sorted by locale */
} TemplateSet;

/* load_template: looks `name` up in `<playbook_folder>/templates/`, then `<data>/templates/`, and reads all locales
 * that have files for `channel`; all parts of the channel are required. Any other channel has the parts of a staff
 * note. NULL when it is not found; a locale that lacks a file or has a bad one is left out, with findings. `at` is
 * where the playbook names it. Byte order marks and the line ends after a subject are dropped. Limits: 1 MiB a file. */
TemplateSet *load_template(const char *name, const char *channel, const char *playbook_folder, const char *data,
                           Position at, Findings *findings);

void template_set_free(TemplateSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TemplateSet, template_set_free)

#endif
