#!/usr/bin/env bash
# breach init: from nothing to a rehearsed incident, and from a standing folder to a new one.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

# fill FOLDER MARK: writes what is true in place of every mark, as a person does
fill() {
    sed -i -e "s/^\(  severity:\) $2/\1 major/" -e "s/^\(  [a-z]*_at:\) $2/\1 2026-11-20T09:40+08:00/" \
        -e "s/domains: \[$2\]/domains: [example.com]/" -e "s/data_kinds: \[$2\]/data_kinds: [name, email]/" \
        -e "s/^\(    email:\) $2/\1 privacy@example.com/" \
        -e "s/^\(    phone:\) $2/\1 \"+86 10 0000 0000\"/" \
        -e "s/\(as_of:\) $2/\1 2026-11-21T18:00+08:00/" -e "s/\(lower\|likely\|upper\): $2/\1: 3/g" \
        -e "/^organization:/,/^  role/s/$2/Acme/" -e "s/$2/Please change your key./" "$1/playbook.yaml"
    sed -i -e "s/^host: $2/host: relay.example.com/" -e "s/$2/notice@example.com/" "$1/gateways/smtp-main.yaml"
}

# Start from nothing ---------------------------------------------------------------------------------------------------
away_from_midnight
run "$breach" init lost-key
exits 0 "an incident is begun"
stdout_has "what was written is shown, and how to go on" "lost-key/" "  playbook.yaml" "  people.csv" \
    "  gateways/smtp-main.yaml" "breach notify lost-key/playbook.yaml --dry-run" "next: breach check lost-key/playbook.yaml"
marks=$(cat lost-key/playbook.yaml lost-key/gateways/*.yaml | sed 's/#.*//' | grep -o 'FILL IN' | wc -l)
stdout_has "the verdict counts the marks" "NEEDS YOU: $marks places to fill in, marked FILL IN"
is "the files are their owner's alone" "$(find lost-key ! -perm 0600 -type f; find lost-key -type d ! -perm 0700)" ""
is "nobody is in the people file" "$(cat lost-key/people.csv)" "id,name,locale,email"
is "the id has the month and the name" "$(sed -n 's/^  id: \([a-z0-9-]*\).*/\1/p' lost-key/playbook.yaml)" \
    "$(date +%Y-%m)-lost-key"
run "$breach" check lost-key/playbook.yaml
exits 65 "nothing can be sent yet"
is "each mark is found at its place" "$(grep -c '"FILL IN" still stands here' "$err")" "$marks"
is "and nothing else but that nobody is there" "$(grep -v '"FILL IN" still stands here' "$err" | grep -c 'there is nobody')" 1
ok "with line and column" grep -qE '^lost-key/playbook.yaml:[0-9]+:[0-9]+: error: severity: ' "$err"
unread_stderr=
run "$breach" notify lost-key/playbook.yaml --dry-run
exits 65 "the marks stop a rehearsal"
unread_stderr=

fill lost-key "FILL IN"
people 3 >lost-key/people.csv
run "$breach" check lost-key/playbook.yaml
exits 0 "filled in, nothing is wrong"
stdout_has "3 people can be told" "3 people: 3 to be told; nothing is wrong"
run "$breach" notify lost-key/playbook.yaml --dry-run
exits 0 "the rehearsal reaches everyone"
unread_stderr=

# In a text a mark counts too, wherever it stands
for line in "    en: Yes. FILL IN the rest." "    en: >-"; do
    cp lost-key/playbook.yaml whole.yaml
    awk -v line="$line" '{ print } /^  which_data:/ { getline; print line; if (line ~ />-$/) print "      We lost 待填写 records." }' \
        whole.yaml >lost-key/playbook.yaml
    run "$breach" check lost-key/playbook.yaml
    exits 65 "a mark in the middle of a text"
    stderr_has "is found" "still stands here: write what is true"
    cp whole.yaml lost-key/playbook.yaml
done
sed 's/^  which_data:/  which_data: FILL IN/; /^  which_data:/{n;d}' whole.yaml >lost-key/playbook.yaml
run "$breach" check lost-key/playbook.yaml
exits 65 "a mark in place of a map of texts"
stderr_has "is found once" "error: text: \"FILL IN\" still stands here"
cp whole.yaml lost-key/playbook.yaml

# Refusals -------------------------------------------------------------------------------------------------------------
before=$(find lost-key -type f -exec cksum {} + | sort)
run "$breach" init lost-key
exits 73 "a folder that is not empty"
stderr_has "nothing is written into it" "lost-key is not empty, nothing was written"
is "it is as it was" "$(find lost-key -type f -exec cksum {} + | sort)" "$before"
echo x >file
run "$breach" init file
exits 73 "a file"
stderr_has "it stays" "file is there already, and is no folder"
run "$breach" init no/where
exits 73 "a folder in one that is not there"
stderr_has "it is named" "$work/no: No such file or directory"
mkdir empty
run "$breach" init empty
exits 0 "an empty folder"
ok "is filled" test -s empty/playbook.yaml
run "$breach" init one two
exits 64 "two folders"
stderr_has "one is too much" "two is too much"
mkdir closed
chmod 500 closed
if [ "$(id -u)" != 0 ]; then
    run "$breach" init closed/new
    exits 73 "a place that cannot be written"
    stderr_has "it is named" "Permission denied"
fi
is "nothing half-written is left" "$(find . -name '*.new-*')" ""

# Names ----------------------------------------------------------------------------------------------------------------
away_from_midnight
while IFS='~' read -r folder id; do
    run "$breach" init "$folder"
    exits 0 "a folder called $folder"
    is "its id" "$(sed -n 's/^  id: \([^ ]*\).*/\1/p' "$folder/playbook.yaml")" "$id"
done <<END
2026-10-token~2026-10-token
My Incident!~$(date +%Y-%m)-my-incident
泄露~$(date +%Y-%m-%d)-incident
END
run "$breach" check "My Incident!/playbook.yaml"
stdout_has "a folder with a space: the next command can be pasted" "next: breach check 'My Incident!/playbook.yaml'"
unread_stderr=

run "$breach" init real --actual --json
exits 0 "an actual one, as JSON"
ok "is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/init.json" "$out"
is "is actual" "$(json "$out" '$.status')" actual
ok "its playbook says so" grep -q '^  status: actual ' real/playbook.yaml
run "$breach" init chinese --lang zh-CN
exits 0 "with comments in Chinese"
ok "they are" grep -q '^# 发生了什么' chinese/playbook.yaml
run "$breach" check chinese/playbook.yaml
is "as many places as in English" "$(grep -c '"待填写" still stands here' "$err")" "$marks"
unread_stderr=
fill chinese 待填写
printf '%s\n' id,name,locale,email p1,林,zh-CN,p1@example.org >chinese/people.csv
run "$breach" notify chinese/playbook.yaml --dry-run
exits 0 "filled in, it can be rehearsed"
unread_stderr=

# From a standing folder -----------------------------------------------------------------------------------------------
incident standing exercise
run "$breach" notify standing/playbook.yaml --dry-run
exits 0 "a standing folder is rehearsed"
unread_stderr=
mkdir -p standing/templates/individual/en standing/contacts standing/notes
cp "$source"/templates/individual/en/email.* standing/templates/individual/en/
cp "$source/playbooks/unknown-facts.yaml" standing/
gateway 'auth: {user: u, password: "file:relay-password"}' >standing/gateways/relay.yaml
echo hush-hush >standing/gateways/relay-password
printf -- '-----BEGIN %s KEY-----\n' PRIVATE >standing/contacts/signer.pem
echo print-room >standing/contacts/phones.txt
mkdir standing/{regimes,policies,calendars,severity,forms}
for file in regimes/eu-gdpr policies/minimal-cn calendars/cn severity/cn-incident-2025 forms/eu-edpb; do
    echo "# ours" >standing/$file.yaml
done
echo private >standing/notes/todo
printf 'id,email,name,plan\np1,p1@example.org,Ann,free\n' >standing/people.csv
run "$breach" init 2026-12-next --from standing
exits 0 "the next incident from it"
is "what is copied" "$(cd 2026-12-next && find . -type f | sort | paste -sd' ')" \
    "./calendars/cn.yaml ./contacts/phones.txt ./forms/eu-edpb.yaml ./gateways/relay.yaml ./people.csv ./playbook.yaml ./policies/minimal-cn.yaml ./regimes/eu-gdpr.yaml ./severity/cn-incident-2025.yaml ./templates/individual/en/email.html ./templates/individual/en/email.subject ./templates/individual/en/email.txt ./unknown-facts.yaml"
stdout_has "what is not, and why" "contacts/signer.pem: a private key" "gateways/relay-password: a secret" \
    "leak.dry-run.breach: the state of another incident" "notes: breach does not look into this folder" \
    "people.csv: the people of the other incident" "  file:relay-password (gateways/relay.yaml)"
is "the people file has the columns and nobody" "$(cat 2026-12-next/people.csv)" "id,email,name,plan"
is "only the incident's own values are new" \
    "$(diff standing/playbook.yaml 2026-12-next/playbook.yaml | sed -n 's/^> *//p' | sed 's/ *#.*//' | paste -sd';')" \
    "id: 2026-12-next;occurred_at:  FILL IN;detected_at:  FILL IN;confirmed_at: FILL IN;contained_at: FILL IN;affected: {lower: FILL IN, likely: FILL IN, upper: FILL IN, as_of: FILL IN}"
ok "gateways stay as they are" cmp standing/gateways/relay.yaml 2026-12-next/gateways/relay.yaml
sed -i -e '/_at: *FILL IN/d' -e '/affected:/d' 2026-12-next/playbook.yaml
people 2 >2026-12-next/people.csv
run "$breach" notify 2026-12-next/playbook.yaml --dry-run
exits 0 "with what is asked for it can be rehearsed"
unread_stderr=
mv standing/playbook.yaml standing/leak.yaml
run "$breach" init again --from standing --json
exits 0 "the only playbook is found whatever its name"
ok "is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/init.json" "$out"
is "the new one has the usual name" "$(find again -maxdepth 1 -name 'leak*'; ls again/playbook.yaml)" again/playbook.yaml
cp standing/leak.yaml standing/other.yaml
run "$breach" init third --from standing
exits 65 "two playbooks"
stderr_has "which one is asked" "holds 2 playbooks: name the one that is meant"
run "$breach" init third --from standing/other.yaml
exits 0 "one of them is named"
run "$breach" init standing/2027 --from standing/other.yaml
exits 0 "a folder within the standing one"
is "does not list itself" "$(grep -c '2027[.]new' "$out")" 0
rm -r standing/2027
run "$breach" init standing/gateways/new --from standing/other.yaml
exits 65 "a folder within what is copied"
stderr_has "is refused" "choose a folder beside it"
ln -s standing elsewhere
run "$breach" init elsewhere/gateways/new --from standing/other.yaml
exits 65 "the same by another path"
stderr_has "is refused, too" "choose a folder beside it"
run "$breach" init fourth --from nowhere
exits 65 "a standing folder that is not there"
stderr_has "it is named" "there is no folder nowhere"
truncate -s 65M standing/contacts/huge
run "$breach" init fourth --from standing/leak.yaml
exits 65 "a file that is too large to be a template or a contact"
stderr_has "it is named" "standing/contacts/huge is larger than"
rm standing/contacts/huge
mkdir void
run "$breach" init fourth --from void
exits 65 "a standing folder without a playbook"
stderr_has "it says so" "there is no playbook in"
sed -i 's/^  id: leak /  id: "l\\x65ak" /' standing/other.yaml
run "$breach" init fourth --from standing/other.yaml
exits 65 "a value that cannot be replaced"
stderr_has "its place is named" "this value cannot be replaced: write it on one line"
mv standing/leak.yaml standing/playbook.yaml
rm standing/other.yaml

# Nobody of the other incident, and no secret, is taken along by accident ---------------------------------------------
cp standing/gateways/relay.yaml relay.whole
echo 'broken: [' >>standing/gateways/relay.yaml
run "$breach" init fourth --from standing
exits 65 "which file is a secret is not known when a gateway cannot be read"
stderr_has "the gateway is named" "standing/gateways/relay.yaml:" "BR-YAML-002"
cp relay.whole standing/gateways/relay.yaml
is "nothing half-written is left" "$(find . -name '*.new-*'; find . -maxdepth 1 -name fourth)" ""
mkdir lists
mv standing/people.csv lists/all.csv
ln -s ../../lists/all.csv standing/contacts/people.csv
sed -i 's#^people: .*#people: ../lists/all.csv#' standing/playbook.yaml
run "$breach" init linked --from standing
exits 0 "a people file that lies elsewhere and is linked among the contacts"
stdout_has "stays where it is" "contacts/people.csv: the people of the other incident"
is "its columns are taken" "$(cat linked/all.csv)" "id,email,name,plan"
printf 'p1,p1@example.org,Ann,free\n' >lists/all.csv
run "$breach" init headless --from standing
exits 0 "a people file whose first line is somebody"
is "who is not taken along" "$(cat headless/all.csv)" "id,name,locale,email"
echo '{"id": "p1", "email": "p1@example.org"}' >lists/all.csv
run "$breach" init lines --from standing
exits 0 "JSON Lines under another name"
is "the first of whom is not taken along" "$(cat lines/all.csv)" ""
cd standing || exit 1
run "$breach" init here --from .
exits 0 "a new incident within the standing folder"
stdout_lacks "the folder that was in the making is not one of those that stay" ".new-"

done_testing
