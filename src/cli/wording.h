/* wording - what readers would stumble over in the user's own words, as warnings of check. Threads: the main one. */
#ifndef BREACH_CLI_WORDING_H
#define BREACH_CLI_WORDING_H

#include "cli/workspace.h"

/* wording_check: the texts of the playbook and of its audiences, the sources of templates that are the user's, and
 * every notice that was made (material_texts()), rendered for somebody invented. Adds warnings to the workspace's
 * findings, each once; of many it says only the first, and how many more there are. */
void wording_check(const Workspace *workspace);

#endif
