#include "cli/exit_code.h"

#include "base/error.h"

int exit_code_of(const GError *error)
{
    static const int codes[] = {
        [BREACH_ERROR_INPUT] = EXIT_CODE_INPUT,       [BREACH_ERROR_CONFIG] = EXIT_CODE_CONFIG,
        [BREACH_ERROR_CREATE] = EXIT_CODE_CREATE,     [BREACH_ERROR_TEMPORARY] = EXIT_CODE_OPEN,
        [BREACH_ERROR_PERMANENT] = EXIT_CODE_CONFIG,  [BREACH_ERROR_IN_DOUBT] = EXIT_CODE_OPEN,
        [BREACH_ERROR_INTERNAL] = EXIT_CODE_INTERNAL,
    };

    if (error->domain != BREACH_ERROR || error->code < 0 || (size_t)error->code >= G_N_ELEMENTS(codes))
        return EXIT_CODE_INTERNAL;
    return codes[error->code];
}

int exit_code_of_status(const Status *status)
{
    const int64_t *told = status->counts.told;

    if (!status->complete)
        return EXIT_CODE_OPEN;
    return told[TOLD_UNREACHABLE] + told[TOLD_WITHHELD] > 0 ? EXIT_CODE_NOT_ALL : EXIT_CODE_TOLD;
}
