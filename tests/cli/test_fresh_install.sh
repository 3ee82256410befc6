#!/usr/bin/env bash
# What cmake --install puts down works by itself, wherever it lies, and without the source tree.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

prefix=$work/an\ installation
run cmake --install "$build" --prefix "$prefix"
exits 0 "cmake --install"
unread_stderr=
installed=$prefix/bin/breach
data=$prefix/share/breach
ok "the program" test -x "$installed"
run "$installed" --version
exits 0 "it runs"

ok "templates, samples and playbooks" test -s "$data/templates/individual/en/email.txt" -a -s "$data/contacts/people-sample.csv" \
    -a -s "$data/contacts/gateways/smtp-sample.yaml" -a -s "$data/playbooks/credential-leak-email.yaml"
is "all that the source tree has, and no state" \
    "$(cd "$data" && find templates contacts playbooks -type f | sort)" \
    "$(cd "$source" && find templates contacts playbooks -type f -not -path '*.breach/*' | sort)"
for page in breach.1 breach-check.1 breach-plan.1 breach-notify.1 breach-status.1 breach-playbook.5 breach-people.5 \
    breach-gateway.5; do
    ok "$page" cmp "$source/docs/man/$page" "$prefix/share/man/man${page##*.}/$page"
done
is "the catalogues" "$(cd "$prefix/share/locale" && find . -type f | sort)" \
    "$(cd "$source/po" && for po in *.po; do echo "./${po%.po}/LC_MESSAGES/breach.mo"; done | sort)"
ok "completion for the shells" test -s "$prefix/share/bash-completion/completions/breach" \
    -a -s "$prefix/share/zsh/site-functions/_breach" -a -s "$prefix/share/fish/vendor_completions.d/breach.fish"
run "$installed" --lang zh-CN --help
exits 0 "in Chinese"
stdout_has "it finds its catalogue" "用法：breach 命令 预案"
ok "the schemas of --json" test "$(find "$prefix" -name status.json -o -name plan.json -o -name notify.json -o \
    -name check.json | wc -l)" = 4
is "no test program" "$(find "$prefix" -name 'smtp-sink*' -o -name 'test_*')" ""

# The samples as they were installed, the templates of the installation, a folder of one's own
mkdir incident
cp "$data/playbooks/credential-leak-email.yaml" incident/playbook.yaml
sed 's|^people: .*|people: people.csv|' "$data/playbooks/credential-leak-email.yaml" >incident/playbook.yaml
cp "$data/contacts/people-sample.csv" incident/people.csv
run "$installed" check incident/playbook.yaml
exits 0 "check finds the templates and the sample of a gateway"
run "$installed" plan incident/playbook.yaml
exits 0 "plan"
stdout_has "it uses those of the installation" "  $data/templates/individual/zh-TW/email.html"
stdout_lacks "and none of the source tree" "$source/templates"
run "$installed" notify incident/playbook.yaml --dry-run
exits 0 "a rehearsal"
stdout_has "everybody is told" "EXERCISE: 1,000 people: 1,000 told, complete"

# Moved to another place, as a package does
mv "$prefix" "$work/moved"
rm -r incident/*.breach
run "$work/moved/bin/breach" plan incident/playbook.yaml
exits 0 "the installation was moved"
stdout_has "it finds its data again" "  $work/moved/share/breach/templates/individual/en/email.txt"
ln -s "$work/moved/bin/breach" breach
run ./breach check incident/playbook.yaml
exits 0 "through a symbolic link"
run env LC_ALL=zh_CN.UTF-8 ./breach --help
stdout_has "its catalogue was moved along" "用法：breach 命令 预案"

# Another folder of data
cp -R "$work/moved/share/breach" "$work/data"
echo 'An own ending' >>"$work/data/templates/individual/en/email.txt"
run env BREACH_DATA="$work/data" "$work/moved/bin/breach" plan incident/playbook.yaml
exits 0 "BREACH_DATA"
stdout_has "it comes first" "  $work/data/templates/individual/en/email.txt"
run env BREACH_DATA="$work/nowhere" "$work/moved/bin/breach" check incident/playbook.yaml
exits 65 "BREACH_DATA leads nowhere"
stderr_has "where was looked" "data_kinds: " "there is no gateway smtp-sample" "there is no template individual: neither " "$work/nowhere"

done_testing
