#!/usr/bin/env bash
# Shell completion, loaded into the shells as a person's is.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

mapfile -t commands < <("$breach" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
ok "--help lists commands" test "${#commands[@]}" -gt 5

for shell in bash zsh fish; do
    run "$breach" completion "$shell"
    exits 0 "breach completion $shell"
    for command in "${commands[@]}"; do stdout_has "it knows $command" "$command"; done
    cp "$out" "breach.$shell"
done
run "$breach" completion tcsh
exits 64 "a shell that it does not know"
stderr_has "it says which it knows" "breach: error: there is no completion for tcsh: type bash, zsh or fish [BR-USAGE-010]"
run "$breach" completion
exits 64 "no shell"
stderr_has "it says what to type" "breach: error: SHELL is missing: type breach completion SHELL [BR-USAGE-006]"

# complete_words WORD...: what bash would offer for the last word, one a line, sorted
mkdir -p incident/gateways
touch "incident/play book.yaml" incident/people.csv incident/one.yaml
complete_words() {
    # shellcheck disable=SC2016  # the inner shell expands it
    bash --norc --noprofile -c '
        . ./breach.bash
        COMP_WORDS=("$@")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _breach
        printf "%s\n" "${COMPREPLY[@]}"' bash "$@" 2>&1 | sed '/^$/d' | LC_ALL=C sort
}

# shellcheck disable=SC2016
ok "bash takes it, and has a completion for breach" \
    bash --norc --noprofile -u -c '. ./breach.bash && complete -p breach | grep -q "_breach breach"'
is "commands" "$(complete_words breach no)" "notify"
is "all commands, and the options before one" "$(complete_words breach '' | grep -c .)" "$((${#commands[@]} + 4))"
is "options of the command" "$(complete_words breach notify --dr)" "--dry-run"
is "and not those of another" "$(complete_words breach check --dr)" ""
is "--lang of every command" "$(complete_words breach status --la)" "--lang"
is "the languages" "$(complete_words breach status --lang '')" "en
zh-CN"
is "a command behind --lang" "$(complete_words breach --lang zh-CN sta)" "status"
is "the channels" "$(complete_words breach hold --channel '')" "email"
is "playbooks, folders and nothing else" "$(complete_words breach check incident/)" "incident/gateways
incident/one.yaml
incident/play book.yaml"
is "only folders for --state" "$(complete_words breach check --state inc)" "incident"
is "every file for --trace" "$(complete_words breach check --trace incident/p)" "incident/people.csv
incident/play book.yaml"
is "only folders for breach init" "$(complete_words breach init inc)" "incident"
is "nothing for a text" "$(complete_words breach hold --reason '')" ""
is "the shells" "$(complete_words breach completion '')" "bash
fish
zsh"
is "commands that help explains" "$(complete_words breach help sta)" "status"
is "what is recorded" "$(complete_words breach record incident/one.yaml 'l')" "letter
level"
is "and what else" "$(complete_words breach record incident/one.yaml 're' | paste -sd' ')" "register response"
is "behind an option, too" "$(complete_words breach record --state incident incident/one.yaml ph)" "phone"
is "first the playbook" "$(complete_words breach record incident/o)" "incident/one.yaml"
is "and whose letter it is nobody knows" "$(complete_words breach record incident/one.yaml letter '')" ""
for command in "${commands[@]}"; do
    help=$("$breach" "$command" --help | grep -oE '^  --[a-z-]+' | sed 's/^  //' | cat - <(echo --lang) | LC_ALL=C sort)
    is "the options of $command are those of its --help" "$(complete_words breach "$command" --)" "$help"
done

is "codes complete explain" "$(complete_words breach explain BR-PLAN-00 | head -n 1)" "BR-PLAN-001"

if command -v zsh >/dev/null; then
    # It has no door to its completions from outside, so it is asked whether it has taken them
    mkdir -p functions
    cp breach.zsh functions/_breach
    # shellcheck disable=SC2016
    ok "zsh takes it" zsh -f -c 'fpath=($PWD/functions $fpath); autoload -Uz compinit && compinit -u -D && whence -w _breach |
        grep -q function && [ "$_comps[breach]" = _breach ] && zsh -n functions/_breach'
else
    skip "zsh takes it" "zsh is not installed"
fi
if command -v fish >/dev/null; then
    export XDG_CONFIG_HOME=$work/.fish XDG_DATA_HOME=$work/.fish XDG_CACHE_HOME=$work/.fish
    offers() { fish --no-config -c "source breach.fish; complete -C '$1'" | cut -f1 | LC_ALL=C sort; }
    is "fish offers commands" "$(offers 'breach noti')" "notify"
    is "fish offers options" "$(offers 'breach notify --dry')" "--dry-run"
    is "fish offers languages" "$(offers 'breach status --lang ')" "en
zh-CN"
    is "fish offers what is recorded" "$(offers 'breach record incident/one.yaml ph')" "phone"
    is "fish offers playbooks" "$(offers 'breach check incident/one')" "incident/one.yaml"
else
    skip "fish takes it" "fish is not installed"
fi

# In Chinese the descriptions are, the words stay
run "$breach" --lang zh-CN completion fish
exits 0 "in Chinese"
stdout_has "descriptions are in Chinese" "-a notify -d '按计划发送"

done_testing
