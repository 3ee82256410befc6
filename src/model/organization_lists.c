#include "model/organization_lists.h"

#include <glib.h>

void organization_lists_free(OrganizationLists *lists)
{
    if (!lists)
        return;
    g_free(lists->folder);
    g_free(lists->encrypt.recipient);
    g_free(lists->encrypt.name);
    g_free(lists);
}
