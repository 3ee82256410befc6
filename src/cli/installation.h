/* installation - where the files that come with breach are: in the source tree for a program that lies in its build
 * folder, else where it was installed, wherever that has been moved to. Threads: safe. */
#ifndef BREACH_CLI_INSTALLATION_H
#define BREACH_CLI_INSTALLATION_H

/* installation_data: the folder with templates, contacts and playbooks; BREACH_DATA replaces it. Newly allocated. */
char *installation_data(void);

/* installation_catalogues: the folder with LOCALE/LC_MESSAGES/breach.mo. Newly allocated. */
char *installation_catalogues(void);

#endif
