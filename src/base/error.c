#include "base/error.h"

GQuark error_quark(void)
{
    return g_quark_from_static_string("breach-error");
}
