#!/usr/bin/env bash
# The report in a real Chromium: nothing goes wrong, it asks nobody for anything, nobody is shut out, at every size, light and
# dark, on paper, in English and Chinese; before a plan and after a send. BREACH_SCREENSHOTS=DIR keeps pictures.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=../cli/incident.sh
. "$source/tests/cli/incident.sh"

export BREACH_BROWSER_TOOLS=${BREACH_BROWSER_TOOLS:-$source/build/browser}
chromium=$(command -v chromium || true)
if [ -z "$chromium" ] || ! command -v node >/dev/null || [ ! -d "$BREACH_BROWSER_TOOLS/node_modules/playwright-core" ]; then
    skip "the report in a browser" "chromium, node or playwright-core is not there: run script/bootstrap"
    done_testing
fi
export CHROMIUM=$chromium HOME=$work XDG_CONFIG_HOME=$work/.config XDG_CACHE_HOME=$work/.cache

incident a exercise
people 300 >a/people.csv
printf 'regimes: [eu-gdpr, cn-pipl]\nvariables: {risk: high}\nannouncement: {gateway: site, when: always}\n' >>a/playbook.yaml
printf '%s\n' 'version: 1' 'name: site' 'kind: folder' "folder: $work/public" 'url: https://example.com/incidents' \
    >a/gateways/site.yaml
run "$breach" report a/playbook.yaml --out "$work/before.html"
exits 0 "before a plan"
run "$breach" notify a/playbook.yaml --dry-run
exits 0 "a rehearsal"
unread_stderr=
run "$breach" report a/playbook.yaml --dry-run --out "$work/after.html"
exits 0 "after a rehearsal"
ok "with the digests of what was published, which are long" grep -q '<tr><th scope="row">site</th>.*<wbr>' "$work/after.html"
run "$breach" report a/playbook.yaml --dry-run --people --lang zh-CN --out "$work/chinese.html"
exits 0 "in Chinese, with everybody"
node "$source/tests/browser/report.cjs" "$work/before.html" "$work/after.html" "$work/chinese.html" >cases 2>&1
while IFS= read -r line; do
    case $line in
    'ok '*) verdict 0 "${line#ok }" ;;
    'not ok '*) verdict 1 "${line#not ok }" ;;
    *) note "$line" ;;
    esac
done <cases
is "each was looked at in four ways, and printed" "$(grep -cE '^(not )?ok ' cases)" 69
done_testing
