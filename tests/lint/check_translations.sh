#!/usr/bin/env bash
# check_translations.sh ROOT: po/breach.pot holds the texts of the source, every catalogue translates all of them, with the
# same conversions, and nothing else.
set -euo pipefail
cd "$1"
found=0
finding() { echo "$*"; found=1; }
work=$(mktemp -d "${TMPDIR:-/tmp}/breach-translations.XXXXXX")
trap 'rm -rf "$work"' EXIT

# msgids FILE: all texts, in order, each on one line
msgids() { msgcat --no-wrap --no-location --sort-output "$1" | sed -n '/^msgid/p'; }

if ! script/translate --pot "$work/breach.pot" 2>"$work/err"; then
    finding "script/translate failed: $(cat "$work/err")"
elif [ -s "$work/err" ]; then
    # such as a format that a macro cuts in two: write PRId64, which gettext knows, and not G_GINT64_FORMAT
    finding "$(cat "$work/err")"
elif ! cmp -s po/breach.pot "$work/breach.pot"; then
    finding "po/breach.pot is out of step with the source: type script/translate"
fi

catalogues=0
for catalogue in po/*.po; do
    [ -f "$catalogue" ] || continue
    catalogues=$((catalogues + 1))
    msgfmt --check --output-file=/dev/null "$catalogue" 2>"$work/err" || finding "$(cat "$work/err")"
    cmp -s <(msgids "$catalogue") <(msgids po/breach.pot) ||
        finding "$catalogue: not the texts of po/breach.pot: type script/translate"
    open=$(msgattrib --untranslated --no-obsolete "$catalogue" | grep -c '^msgid' || true)
    [ "$open" = 0 ] || finding "$catalogue: $((open > 1 ? open - 1 : open)) texts are not translated: msgattrib --untranslated $catalogue"
    fuzzy=$(msgattrib --only-fuzzy --no-obsolete "$catalogue" | grep -c '^msgid' || true)
    [ "$fuzzy" = 0 ] || finding "$catalogue: texts are marked fuzzy: msgattrib --only-fuzzy $catalogue"
done
[ "$catalogues" -gt 0 ] || finding "po/ holds no catalogue"
exit "$found"
