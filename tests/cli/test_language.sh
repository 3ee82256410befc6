#!/usr/bin/env bash
# English and Chinese: chosen by --lang or the environment, for everything that a person reads; data stays as it is.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

# chinese FILE: it has Chinese characters
# shellcheck disable=SC2317  # ok calls it
chinese() { LC_ALL=C.UTF-8 grep -qP '\p{Han}' "$1"; }

run "$breach" --help
english=$(cat "$out")
for asked in "--lang zh-CN" --lang=zh-CN "--lang zh_CN.UTF-8" "--lang zh"; do
    # shellcheck disable=SC2086
    run "$breach" $asked --help
    exits 0 "breach $asked --help"
    stdout_has "it is Chinese" "用法：breach 命令 预案" "演练：breach notify 预案 --dry-run"
done
for variable in LC_ALL LC_MESSAGES LANG; do
    run env -u LC_ALL "$variable=zh_CN.UTF-8" "$breach" --help
    exits 0 "$variable=zh_CN.UTF-8"
    stdout_has "$variable chooses the language" "用法：breach 命令 预案"
    run env -u LC_ALL "$variable=fr_FR.UTF-8" "$breach" --help
    is "$variable: an unknown language is English" "$(cat "$out")" "$english"
done
run env LC_ALL=C.UTF-8 LANG=zh_CN.UTF-8 LANGUAGE=zh_CN "$breach" --help
is "LC_ALL comes first, and LANGUAGE does not count" "$(cat "$out")" "$english"
run env LC_ALL=zh_CN.UTF-8 "$breach" --lang en --help
is "--lang comes before the environment" "$(cat "$out")" "$english"

run "$breach" --help --lang zh-CN
exits 0 "--lang behind --help"
stdout_has "it is Chinese" "用法：breach 命令 预案"
run "$breach" notify playbook.yaml --expect-digest --json
exits 64 "an option in place of a value"
stderr_has "it is not taken for the value" "--expect-digest needs a value, and --json looks like an option"

# Every command: its help is Chinese, whether --lang stands before it or behind
mapfile -t commands < <("$breach" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
for command in "${commands[@]}"; do
    run "$breach" "$command" --lang zh-CN --help
    exits 0 "breach $command --lang zh-CN --help"
    stdout_has "$command is explained in Chinese" "用法：breach $command" "选项：" "退出码："
    cp "$out" behind
    is "$command: nothing of its help is left in English" "$(grep -vP '\p{Han}' "$out" | grep -P '[a-z]{3,} [a-z]{3,} [a-z]{3,}')" ""
    run "$breach" --lang=zh-CN "$command" --help
    ok "$command: --lang before the command is the same" cmp behind "$out"
    run "$breach" --lang zh-CN help "$command"
    ok "$command: so is help" cmp behind "$out"
done

# Mistakes
run "$breach" --lang fr --help
exits 64 "a language that is not spoken"
stderr_has "it says which are" "breach: error: --lang fr is not spoken here: en or zh-CN [BR-USAGE-008]"
run "$breach" check playbook.yaml --lang fr
exits 64 "behind the command"
stderr_has "the same" "breach: error: --lang fr is not spoken here: en or zh-CN [BR-USAGE-008]"
run "$breach" check playbook.yaml --lang
exits 64 "--lang without a value"
stderr_has "it says what is missing" "breach: error: --lang needs a value: --lang LANGUAGE [BR-USAGE-004]"
run "$breach" --lang zh-CN chek playbook.yaml
exits 64 "a misspelt command, in Chinese"
stderr_has "it is told in Chinese" "breach: 错误：没有命令 chek：是不是 check？ [BR-USAGE-001]"
run "$breach" notify --jsno x --lang zh-CN
exits 64 "a mistake before --lang"
stderr_has "is told in that language, too" "breach: 错误：breach notify 没有选项 --jsno：是不是 --json？ [BR-USAGE-002]"

# Findings: place and code are the same in both
incident leak exercise
people 3 >leak/people.csv
printf 'p4,,en,nobody\np4,,en,x@example.org\n' >>leak/people.csv
sed -i 's/^incident:/incidnt: 1\nincident:/' leak/playbook.yaml
run "$breach" check leak/playbook.yaml
exits 65 "findings"
unread_stderr=
sed -E 's/^([^ ]+ ).*(\[BR-[A-Z0-9-]+\])$/\1\2/' "$err" >english
run "$breach" check leak/playbook.yaml --lang zh-CN
exits 65 "findings, in Chinese"
unread_stderr=
ok "they are Chinese" chinese "$err"
is "none is left in English" "$(grep -vP '\p{Han}' "$err")" ""
stdout_has "the verdict is Chinese" "需要您处理：有 " "下一步：breach check leak/playbook.yaml"
ok "the same places and codes" cmp english <(sed -E 's/^([^ ]+ ).*(\[BR-[A-Z0-9-]+\])$/\1\2/' "$err")
sed -i '/^incidnt/d' leak/playbook.yaml

# --json is data: English whatever was asked, and so is the ledger
run "$breach" check leak/playbook.yaml --json
unread_stderr=
without_times() { sed -E 's/"done_at": "[^"]*"/"done_at": "-"/' "$1"; } # a forecast that begins now
without_times "$out" >english.json
run env LC_ALL=zh_CN.UTF-8 "$breach" check leak/playbook.yaml --json --lang zh-CN
unread_stderr=
ok "--json is the same" cmp english.json <(without_times "$out")
run "$breach" notify leak/playbook.yaml --lang zh-CN
unread_stderr=
exits 75 "an incident, rehearsed in Chinese"
stdout_has "the verdict is Chinese" "已通知 3"
ledger=$(echo leak/*.breach)/ledger.db
is "no reason in the ledger is Chinese" \
    "$(sqlite3 "$ledger" "SELECT name FROM label" | grep -cP '\p{Han}')" 0
is "no event is" "$(sqlite3 "$ledger" "SELECT body FROM event" | grep -cP '\p{Han}')" 0
run "$breach" status leak/playbook.yaml --lang zh-CN
exits 0 "status in Chinese"
stdout_has "the identity, the reasons and the verdict" "  已接收 " "隔离：2：同一个 id 出现在多行" "人群 "
is "nothing of it is left in English" "$(grep -vP '\p{Han}' "$out")" ""
run "$breach" status leak/playbook.yaml
exits 0 "and in English again"
stdout_has "the reason is that of the ledger" "quarantined: 2: the same id stands in more than one row"

# Columns stay below each other, although a Chinese character is two columns wide
run "$breach" status leak/playbook.yaml --lang zh-CN
widths=$(grep -P '^  \p{Han}+ +[0-9,]+  ' "$out" | while IFS= read -r line; do
    head=${line%%[0-9]*}
    number=${line:${#head}}
    wide=$(grep -oP '\p{Han}' <<<"$head" | wc -l)
    number=${number%%  *}
    echo $((${#head} + wide + ${#number}))
done | sort -u | wc -l)
is "the numbers end in one column" "$widths" 1

# The reasons of a legal clock are Chinese for people and English in --json
run "$breach" clock eu-gdpr authority_72h --anchor awareness=2026-11-21T22:10+08:00 --now 2026-11-22T00:00Z --lang zh-CN
exits 0 "a clock in Chinese"
stdout_has "rule and arithmetic" "规则：PT72H，自 awareness 起" "连续 72 小时 = 2026-11-24T22:10:00+08:00"
run "$breach" clock eu-gdpr authority_72h --anchor awareness=2026-11-21T22:10+08:00 --now 2026-11-22T00:00Z --json \
    --lang zh-CN
exits 0 "the same with --json"
stdout_has "rule and arithmetic, in English" "rule: PT72H from awareness" "+ 72 h of elapsed time"
is "no Chinese in it" "$(grep -cP '\p{Han}' "$out")" 0

# What the system says comes through whole, also where the locale is not installed
run env -u LC_ALL LANG=zh_CN.UTF-8 "$breach" check missing/playbook.yaml
exits 65 "a playbook that is not there"
is "no character was lost" "$(grep -c '??' "$err")" 0
unread_stderr=

done_testing
