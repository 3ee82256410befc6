/* bounce_pattern_rows - the rows of bounce_pattern; nothing else includes this. */
#ifndef BREACH_TRACK_BOUNCE_PATTERN_ROWS_H
#define BREACH_TRACK_BOUNCE_PATTERN_ROWS_H

#include "track/bounce_pattern.h"

extern const BouncePattern bounce_pattern_rows[];
extern const size_t bounce_pattern_rows_count;

#endif
