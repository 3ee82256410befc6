# shellcheck shell=bash disable=SC2034,SC2154  # variables of lib.sh and incident.sh, and for the tests
# Incidents with an announcement; sourced after incident.sh:   . "$source/tests/cli/announced.sh"
#
#   provider                starts an embedded provider of text messages; leaves its port in $provider, its log is sms.log
#   announced NAME KEY      an actual incident in folder NAME whose playbook has the announcement KEY, for $provider and the
#                           relay at $port; two people have a mail address, three only a telephone
#   announce NAME ARG...    runs breach announce; draft NAME leaves the digest in $text; confirmed NAME ARG... publishes
#   plan NAME, notify NAME  with the digest of the plan in $plan
#   edition NAME N          makes it the N-th edition
#   texts WORDS             how many text messages with WORDS in their line of the log the provider took; has_texts COUNT
#   keeps_schema NAME       the last stdout is what docs/schema/NAME.json promises

provider() {
    mkdir -p sink
    sms_gateway 1 >sink/texts.yaml
    sink http-sink-breach sms --gateway sink/texts.yaml
    provider=$sink_port
}

sms_gateway() {
    cat <<YAML
version: 1
name: texts
kind: http
sends: sms
request: {method: POST, url: "http://127.0.0.1:$1/send", json: {to: "{{endpoint}}", text: "{{text}}", ref: "{{id}}"}}
answer: {rules: [{status: 200, at: /id, exists: true, means: accepted}], provider_id: /id}
idempotency: {field: ref, valid: P1D}
YAML
}

site_gateway() {
    cat <<YAML
version: 1
name: site
kind: folder
folder: ../public
url: https://www.example.com/notices
YAML
}

# What the public reads in place of "your record is among them".
public='facts: {what_happened: {en: Records were copied. Please change your password today., zh-CN: 有记录被复制。请您今天就更换密码。, '
public+='zh-TW: 有紀錄被複製。請您今天就變更密碼。}}'

announced() {
    incident "$1" actual
    sed -i -e 's/ladder: \[email\]/ladder: [email, sms]/' -e 's/{email: relay}/{email: relay, sms: texts}/' \
        -e 's/domains: .*/domains: [example.com]/' "$1/playbook.yaml"
    [ -z "$2" ] || echo "announcement: ${2%\}}, $public}" >>"$1/playbook.yaml"
    cat >"$1/people.csv" <<CSV
id,name,locale,email,phone
p1,Person 1,en,p1@example.org,
p2,Person 2,zh-CN,p2@example.org,
p3,Person 3,en,,+8613800138003
p4,Person 4,zh-CN,,+8613800138004
p5,Person 5,zh-CN,,+8613800138005
CSV
    site_gateway >"$1/gateways/site.yaml"
    sms_gateway "$provider" >"$1/gateways/texts.yaml"
}

announce() {
    local name=$1
    shift
    run "$breach" announce "$name/playbook.yaml" "$@"
}

draft() {
    announce "$1" --draft
    text=$(sed -n 's/^digest: //p' "$out")
}

confirmed() {
    local name=$1
    shift
    draft "$name"
    announce "$name" --yes --expect-digest "$text" "$@"
}

notify() {
    local name=$1
    shift
    run "$breach" notify "$name/playbook.yaml" --yes --expect-digest "$plan" --patience PT1S "$@"
    unread_stderr=
}

plan() {
    run "$breach" plan "$1/playbook.yaml"
    exits 0 "$1 is planned"
    plan=$(digest)
}

edition() {
    sed -i "s/^  edition: .*/  edition: $2/" "$1/playbook.yaml"
}

texts() {
    if [ -f "$work/sms.log" ]; then grep -c "^accepted .*$1" "$work/sms.log"; else echo 0; fi
}

# shellcheck disable=SC2317 # wait_for calls it
has_texts() {
    [ "$(texts '')" -ge "$1" ]
}

keeps_schema() {
    ok "--json of $1 is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/$1.json" "$out"
}
