/* load_vocabulary - what kinds of data are called and what follows from them, and how a fact is worded that is not known
 * yet: data-kinds.yaml and unknown-facts.yaml, those beside the playbook first, then the shipped ones.
 *
 * Threads: safe, one Findings to a thread. */
#ifndef BREACH_LOAD_LOAD_VOCABULARY_H
#define BREACH_LOAD_LOAD_VOCABULARY_H

#include <glib.h>

#include "base/finding.h"
#include "model/playbook.h"

/* VocabularyReading: called with the path of each file before it is read. */
typedef void VocabularyReading(const char *path, void *user);

/* load_vocabulary: completes the playbook's kinds of data and its wordings. `data` is the folder of shipped files. Only
 * what the playbook needs is read. A kind that no file has is an error with a did-you-mean. */
void load_vocabulary(Playbook *playbook, const char *data, VocabularyReading *reading, void *user, Findings *findings);

#endif
