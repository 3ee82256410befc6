/* bounce_script - parts of expressions for texts in which no blank parts words: Chinese, Japanese and Korean, and their
 * punctuation. Pure. */
#ifndef BREACH_TRACK_BOUNCE_SCRIPT_H
#define BREACH_TRACK_BOUNCE_SCRIPT_H

#define BOUNCE_CJK         "\\p{Han}\\p{Hiragana}\\p{Katakana}\\p{Hangul}"
#define BOUNCE_PUNCTUATION "\\x{2010}-\\x{205e}\\x{3000}-\\x{303f}\\x{ff00}-\\x{ff65}"

#endif
