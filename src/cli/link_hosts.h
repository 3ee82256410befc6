/* link_hosts - where the links of a text lead: every host of an http or https URL in it.
 *
 * Pure; threads: safe. */
#ifndef BREACH_CLI_LINK_HOSTS_H
#define BREACH_CLI_LINK_HOSTS_H

#include <stdbool.h>

#include <glib.h>
#include <jansson.h>

/* link_hosts_find: adds the hosts in all strings within `value`, lower case, to `hosts` (a set of newly allocated char *);
 * "{{" for one that a template fills in. */
void link_hosts_find(const json_t *value, GHashTable *hosts);

/* link_hosts_is_own: whether `host` is one of `domains` (of char *) or lies within one. */
bool link_hosts_is_own(const char *host, const GPtrArray *domains);

#endif
