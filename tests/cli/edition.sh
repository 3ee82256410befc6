# shellcheck shell=bash
# Incidents of several editions, with short texts that say what they are; sourced after incident.sh:
#
#   edition_incident FOLDER      an actual incident of edition 1 whose relay is the one at $port
#   edition FOLDER N [LINE...]   makes it edition N; the LINEs stand under update:
#   confirmed FOLDER ARGUMENT... breach notify, confirmed for the plan of the last run and for as many people as there are
#   got NAME ADDRESS             the subjects of what relay NAME (started with --keep NAME.kept) got for ADDRESS, sorted, by |
#   told_times NAME ADDRESS      how many messages that were

edition_text() {
    mkdir -p "$1/$2/en"
    echo "$3" >"$1/$2/en/email.subject"
    printf '%s\n{{person.name}}, notice {{number}}\n' "$4" >"$1/$2/en/email.txt"
    printf '<p>%s</p>\n' "$4" >"$1/$2/en/email.html"
}

edition_incident() {
    incident "$1" actual
    edition_text "$1/templates" individual 'First {{edition}}' '{{facts.what_happened}}'
    edition_text "$1/templates" update \
        'Later {{edition}}{{#update.is_update}} news{{/update.is_update}}{{#update.is_correction}} correction{{/update.is_correction}}{{#update.is_withdrawal}} withdrawal{{/update.is_withdrawal}}' \
        'First on {{update.first_notice}}. {{update.what_changed}}{{update.wrong}}, no: {{update.right}}. {{#update.need_to_act}}Act.{{/update.need_to_act}}'
}

edition() {
    local folder=$1 number=$2 line
    shift 2
    sed -i -e '/^update:$/,$d' -e "s/edition: [0-9]* /edition: $number /" "$folder/playbook.yaml"
    [ "$#" = 0 ] || echo "update:" >>"$folder/playbook.yaml"
    for line in "$@"; do echo "  $line" >>"$folder/playbook.yaml"; done
}

confirmed() {
    local folder=$1 digest
    shift
    digest=$("$breach" status "$folder/playbook.yaml" --json >"$work/.status"; json "$work/.status" '$.digest')
    run "$breach" notify "$folder/playbook.yaml" --yes --expect-digest "$digest" \
        --expect-people "$(json "$work/.status" '$.people.total')" "$@"
}

got() {
    grep -liF "To: $2" "$work/$1.kept"/*.eml 2>/dev/null | xargs -r sed -n 's/\r$//; s/^Subject: //p' | sort | paste -sd '|'
}

told_times() {
    grep -lF "To: $2" "$work/$1.kept"/*.eml 2>/dev/null | grep -c ''
}
