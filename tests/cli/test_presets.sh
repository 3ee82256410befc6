#!/usr/bin/env bash
# Every preset, rehearsed: three people of an incident by each provider that comes with breach, whose place the embedded
# one takes. What it was asked is the provider's own request, with nobody's data that it does not name.
. "$(dirname "$0")/lib.sh"
. "$source/tests/cli/incident.sh"

# What each preset needs besides its name: params, one a line.
needs() {
    case $1 in
        alibaba-sms) echo 'params: {access_key_id: LTAI1}' ;;
        tencent-sms) echo 'params: {secret_id: AKID1, app_id: "1400006666"}' ;;
        twilio) echo 'params: {account: AC1, from: "+15005550006"}' ;;
        vonage) echo 'params: {api_key: abcd1234, from: Example, receipt: "https://r.example.com/receipts/relay"}' ;;
        aws-sns) echo 'params: {access_key_id: AKIA1, region: eu-central-1}' ;;
        kannel) echo 'params: {username: breach, from: "12345", receipt: "http://127.0.0.1:8077/receipts/relay"}' ;;
        jpush) echo 'params: {app_key: 0123456789abcdef01234567}' ;;
        fcm-v1) echo 'params: {project: my-app, client_email: fcm@my-app.iam.gserviceaccount.com}' ;;
        apns) echo 'params: {topic: com.example.app, team: ABCDE12345, key: FGHIJ67890}' ;;
        wechat-template) echo 'params: {app_id: wx01}' ;;
        webhook) echo 'params: {url: "https://app.example.com/hooks/notices"}' ;;
    esac
    case $1 in
        alibaba-sms | wechat-template)
            cat <<'END'
approved: [{template: short, locale: en, id: T_1, sign: Example, text: "Your notice is ${number}.",
  params: {number: "{{number}}"}, state: approved, checked_at: 2026-11-21T10:00+08:00}]
END
            ;;
        tencent-sms)
            cat <<'END'
approved: [{template: short, locale: en, id: T_1, sign: Example, text: "Your notice is {1}.",
  params: ["{{number}}"], state: approved, checked_at: 2026-11-21T10:00+08:00}]
END
            ;;
    esac
}

channel_of() {
    sed -n 's/^sends: *\([a-z]*\).*/\1/p' "$source/contacts/presets/$1.yaml"
}

# An incident whose only way is the preset
rehearse() {
    local folder=$work/$1 channel
    channel=$(channel_of "$1")
    incident "$folder" exercise
    rm "$folder/gateways/relay.yaml"
    printf 'version: 1\nname: relay\nkind: http\npreset: %s\n%s\n' "$1" "$(needs "$1")" >"$folder/gateways/relay.yaml"
    sed -i -e "s/^gateways: .*/gateways: {$channel: relay}/" -e '/^audiences:/,/^[a-z_]*: *[^ ]/{/^ /d;/^#/d}' \
        -e "s/^audiences:.*/audiences: [{id: people, template: short, ladder: [$channel]}]/" "$folder/playbook.yaml"
    mkdir -p "$folder/templates/short/en"
    echo 'Your notice is {{number}}.' >"$folder/templates/short/en/$channel.txt"
    case $channel in push | webhook) echo 'Notice' >"$folder/templates/short/en/$channel.subject" ;; esac
    cat >"$folder/people.csv" <<'END'
id,name,locale,email,phone,push,im,canary
p1,Person 1,en,p1@example.org,+8613800138001,token1,open1,CANARY
p2,Person 2,en,p2@example.org,+8613800138002,token2,open2,CANARY
p3,Person 3,en,p3@example.org,+8613800138003,token3,open3,CANARY
END
}

for file in "$source"/contacts/presets/*.yaml; do
    preset=$(basename "$file" .yaml)
    [ "$(channel_of "$preset")" != announcement ] || continue
    rehearse "$preset"
    run "$breach" notify "$work/$preset/playbook.yaml" --dry-run --json
    exits 0 "$preset: a rehearsal ends well"
    is "$preset: all three are told" "$(told "$out" accepted)+$(told "$out" delivered)" "3+0"
    samples=$work/$preset/leak.dry-run.breach/samples/relay
    is "$preset: each was one request" "$(find "$samples" -name '*.txt' | wc -l)" 3
    ok "$preset: nothing is left to fill" bash -c "! grep -rqF '{{' '$samples'"
    ok "$preset: nobody's other data goes there" bash -c "! grep -rqE 'CANARY|Person 1|p1@example' '$samples'"
done

# What fits the 7-bit alphabet goes out in it, so that it costs the one segment that check counted; whatever does not is
# asked for in UCS-2, or it would arrive spoilt.
for asked in 'kannel coding=0 coding=2' 'vonage "type":"text" "type":"unicode"'; do
    read -r preset plain wide <<<"$asked"
    folder=$work/$preset
    rm -rf "$folder/leak.dry-run.breach"
    echo 'Your notice, {{person.name}}, is {{number}}.' >"$folder/templates/short/en/sms.txt"
    sed -i -e 's/^p2,[^,]*/p2,Łukasz/' -e 's/^p3,[^,]*/p3,Zoé €/' "$folder/people.csv"
    run "$breach" notify "$folder/playbook.yaml" --dry-run --json
    exits 0 "$preset: texts of both alphabets go out"
    samples=$folder/leak.dry-run.breach/samples/relay
    is "$preset: two fit the 7-bit alphabet" "$(grep -lF -- "$plain" "$samples"/*.txt | wc -l)" 2
    is "$preset: one does not" "$(grep -lF -- "$wide" "$samples"/*.txt | wc -l)" 1
done

# Kannel cuts what is longer than its users may send, and answers that it was accepted: its own default is one message.
folder=$work/kannel
echo 'There is an important notice for you, {{person.name}}. Open our app to read it. Number: {{number}}' \
    >"$folder/templates/short/en/sms.txt"
run "$breach" check "$folder/playbook.yaml"
exits 65 "kannel: a text of two segments is stopped before somebody gets half of it"
ok "kannel: and why, and what to write" grep -qF "of up to 2 segments, and gateway relay takes 1: shorten it, or write limits: {segments: N}" "$err"
unread_stderr=
echo 'limits: {segments: 2}' >>"$folder/gateways/relay.yaml"
run "$breach" check "$folder/playbook.yaml"
exits 0 "kannel: where it is configured to take two, two go"
unread_stderr= # what the words lack
rm -rf "$folder/leak.dry-run.breach"
run "$breach" notify "$folder/playbook.yaml" --dry-run --json
exits 0 "kannel: and they go out"
is "kannel: to all three" "$(told "$out" accepted)" 3

# The limit is one of characters, and the text with the most segments is not the one with the most characters.
folder=$work/twilio
echo 'limits: {text: 100}' >>"$folder/gateways/relay.yaml"
echo '{{person.name}}: there is an important notice for you. Open our app. Number: {{number}}' \
    >"$folder/templates/short/en/sms.txt"
sed -i -e 's/^p1,[^,]*/p1,Łukasz/' -e 's/^p2,[^,]*/p2,Anna Maria Wilhelmina Augusta Theresia/' "$folder/people.csv"
run "$breach" check "$folder/playbook.yaml"
exits 65 "twilio: the longest text is found"
ok "twilio: though it has fewer segments" grep -qF "makes texts of up to 127 characters, and gateway relay takes 100" "$err"
unread_stderr=

# What check counts is what goes out: colleagues who share a number get one message. A row that is there twice counts nowhere.
folder=$work/aws-sns
sed -i 's/{id: people, /{id: people, capacity: organization, /' "$folder/playbook.yaml"
echo 'price: {each: 0.05, currency: EUR}' >>"$folder/gateways/relay.yaml"
cat >"$folder/people.csv" <<'END'
id,name,locale,phone,organization
p1,Ann,en,+8613800138001,ACME
p2,Bob,en,+8613800138001,ACME
p3,Cleo,en,+8613800138001,ACME
p4,Dora,en,+8613800138001,Other
p5,Eve,en,+8613800138005,ACME
p6,Fay,en,+8613800138001,ACME
p6,Fay,en,+8613800138001,ACME
END
rm -rf "$folder/leak.dry-run.breach"
run "$breach" check "$folder/playbook.yaml" --json
exits 0 "aws-sns: a shared number"
unread_stderr= # the row that is there twice
is "it is one text message, and paid for once" \
    "$(json "$out" '$.texts[0].messages') $(json "$out" '$.texts[0].segments') $(json "$out" '$.texts[0].price')" "3 3 150000"
run "$breach" notify "$folder/playbook.yaml" --dry-run --json
exits 75 "aws-sns: all go out but the row that is there twice"
unread_stderr=
is "as many as were counted" "$(find "$folder/leak.dry-run.breach/samples/relay" -name '*.txt' | wc -l)" 3

done_testing
