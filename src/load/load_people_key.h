/* load_people_key - the playbook's key `people`: the path of the people file, or a map of file, default_country and
 * columns. Threads: safe. */
#ifndef BREACH_LOAD_LOAD_PEOPLE_KEY_H
#define BREACH_LOAD_LOAD_PEOPLE_KEY_H

#include "load/schema.h"

/* load_people_key: a SchemaSet whose target is a Playbook. Checked: the country, the names on our side, that none is
 * given twice. Whether the file has those columns is for people_open(). */
SchemaSet load_people_key;

#endif
