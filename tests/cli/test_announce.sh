#!/usr/bin/env bash
# The announcement: draft, kit, publishing to a folder, later editions, and the messages that wait for it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"
# shellcheck source=announced.sh
. "$source/tests/cli/announced.sh"

provider
relay mail

# Nothing to point to -------------------------------------------------------------------------------------------------
announced none ""
run "$breach" check none/playbook.yaml
exits 0 "check without an announcement"
stderr_has "it says how many messages point to nothing" "3 messages by SMS, push or instant message only say" "[BR-ANNOUNCEMENT-006]"
cp -r none single
sed -i '/^p[45],/d' single/people.csv
run "$breach" check single/playbook.yaml
stderr_has "one is not several" "warning: 1 message by SMS, push or instant message only says that"
announce none
exits 65 "there is nothing to publish"
stderr_has "it says what to add" "the playbook announces nothing" "nothing was published"
announced late "{gateway: site, when: unreachable}"
run "$breach" check late/playbook.yaml
exits 0 "check of an announcement that may come late"
stderr_has "both warnings" "3 messages by SMS, push or instant message may go before" "write why that is allowed here"
sed -i "s/, $public//" late/playbook.yaml
run "$breach" check late/playbook.yaml
exits 0 "check of an announcement that says what is meant for those whom it concerns"
stderr_has "it says what to write" "write announcement: {facts: {what_happened: …}}" "with when: always they wait" \
    "write why that is allowed here"

# What is wrong with it -----------------------------------------------------------------------------------------------
announced wrong "{gateway: relay, when: always}"
run "$breach" check wrong/playbook.yaml
exits 65 "a gateway that publishes nothing"
stderr_has "it is named" "gateway relay sends email and publishes nothing"
announced foreign "{gateway: site, when: always, template: own}"
mkdir -p foreign/templates/own/en
echo "Notice" >foreign/templates/own/en/announcement.subject
echo "See https://evil.example/a and https://www.example.com/b" >foreign/templates/own/en/announcement.txt
echo "<p>Hello {{person.name}}</p><script>1</script>" >foreign/templates/own/en/announcement.html
run "$breach" check foreign/playbook.yaml
exits 65 "a person in an announcement"
stderr_has "it is said" "this text is about person.name" "point to an announcement that is not in their language"
echo "<p>Hello</p><script>1</script>" >foreign/templates/own/en/announcement.html
run "$breach" check foreign/playbook.yaml
exits 65 "a script and a foreign link"
stderr_has "both are said, and the own link is not" "links to evil.example" "has <script" \
    "point to an announcement that is not in their language"

announced locked "{gateway: site, when: always}"
printf 'version: 1\nname: site\nkind: http\npreset: webdav\nparams: {base: "https://127.0.0.1:9/n", user: u}\n' \
    >locked/gateways/site.yaml
run "$breach" check locked/playbook.yaml
exits 0 "a password that is not at hand is a warning"
stderr_has "it is named" "WEBDAV_PASSWORD"
export WEBDAV_PASSWORD=x
run "$breach" check locked/playbook.yaml --probe
exits 69 "an endpoint that does not answer"
stdout_has "the probe names it" "site"
unread_stderr=
unset WEBDAV_PASSWORD

# Draft and kit -------------------------------------------------------------------------------------------------------
announced one "{gateway: site, when: always}"
run "$breach" check one/playbook.yaml
exits 0 "nothing is wrong with an announcement that is due from the start"
draft one
exits 0 "a draft needs no plan"
stdout_has "it says where" "$work/one/leak.draft/leak-en.html" "$work/one/leak.draft/leak-zh-tw.txt" "nothing was published" \
    "next: breach plan one/playbook.yaml"
ok "a page in each language" test -s one/leak.draft/leak-zh-cn.html
ok "nothing was published by it" test ! -e one/public
announce one --draft --json
exits 0 "the draft as JSON"
keeps_schema announce
announce one --kit kit
exits 0 "the kit"
for locale in en zh-CN zh-TW; do
    for sheet in holding questions staff; do
        ok "$sheet in $locale" test -s "kit/$locale/$sheet.txt"
    done
done
announce one --kit kit --json
exits 0 "the kit as JSON"
keeps_schema announce
is "the hotline looks up nothing that it does not have" "$(cat kit/*/questions.txt | grep -c 'list of notices\|look it up\|名单\|名單')" 0
is "it lists its nine sheets" "$(json "$out" '$.files[8]')" "kit/zh-TW/staff.txt"

# Before it may be published ------------------------------------------------------------------------------------------
announce one
exits 65 "nothing is planned"
stderr_has "it says what to type" "type breach plan one/playbook.yaml" "nothing was published"
plan one
stdout_has "what is due from the start comes first" "next: breach announce one/playbook.yaml"
run "$breach" status one/playbook.yaml
exits 0 "status before it is published"
stdout_has "it is due" "the announcement is due: it is not published in en, zh-CN, zh-TW"
announce one
exits 77 "not without a question"
stderr_has "it shows what would be published and how" "is about to be published" "at site: $work/one/public" "  en: " "  zh-CN: " \
    "  zh-TW: " "digest: $text" "--yes --expect-digest $text" "[BR-CONFIRM"
announce one --yes --expect-digest "$(printf '0%.0s' {1..64})"
exits 77 "not with another digest"
stderr_has "it says which it is" "the announcement's digest is $text"
on_terminal 'no\n' "$breach" announce one/playbook.yaml
is "another word is no" "$status" 77
announce one --update
exits 65 "the first edition is no update"
stderr_has "it says so" "the playbook is edition 1" "nothing was published"
announce one --locale fr
exits 65 "a language that it does not have"
stderr_has "it lists them" "it is in en, zh-CN, zh-TW" "nothing was published"
announce one --gateway nowhere
exits 65 "an endpoint that it does not have"
stderr_has "it says so" "the announcement does not go to nowhere" "nothing was published"
ok "nothing was published by any of these" test ! -e one/public

# Pointers wait -------------------------------------------------------------------------------------------------------
notify one
exits 75 "notify waits for the announcement"
stdout_has "it says what for" "the announcement is due" "3 messages wait for it" "next: breach announce one/playbook.yaml"
is "letters by email do not wait" "$(sent mail)" 2
is "no text message has gone" "$(texts '')" 0
run "$breach" status one/playbook.yaml --json
exits 0 "status as JSON"
keeps_schema status
is "one waits in English" "$(json "$out" '$.announcement.waiting.en')" 1
is "two wait in Chinese" "$(json "$out" '$.announcement.waiting."zh-CN"')" 2
is "it is not complete" "$(json "$out" '$.complete')" 0
confirmed one --locale en
exits 75 "one language of three"
stdout_has "it says how far it is" "published in 1 of 3 places; --locale or --gateway left out others" "https://www.example.com/notices/leak-en.html"
notify one
exits 75 "the rest still waits"
is "who reads English has the message" "$(texts 8003)" 1
is "nobody else has" "$(texts '')" 1

"$breach" notify one/playbook.yaml --yes --expect-digest "$plan" --patience PT60S >running.out 2>running.err &
notifier=$!
ok "notify is running" wait_for "$breach" announce one/playbook.yaml --draft
sleep 1
confirmed one --json
exits 0 "all languages, while notify is running"
keeps_schema announce
is "three publications" "$(json "$out" '$.publications[2].state')" published
ok "a running notify lets the messages go within seconds" wait_for has_texts 3
code=0
wait "$notifier" || code=$?
ok "and ends; with 75 if that was before the last language was published" test "$code" = 0 -o "$code" = 75
notify one
exits 0 "everybody is told, and everything is published"
ok "each once" test "$(texts 8004)" = 1 -a "$(texts 8005)" = 1
run "$breach" status one/playbook.yaml
exits 0 "status afterwards"
stdout_has "it shows where it can be read" "announcement zh-TW at site: published and read back" "complete, nothing needs you"

# What stands there ---------------------------------------------------------------------------------------------------
ok "the page has its language" grep -q '<html lang="zh-CN"' one/public/leak-zh-cn.html
is "a web server may read it" "$(stat -c %a one/public one/public/leak-en.html one/public/feed.atom | tr '\n' ' ')" "755 644 644 "
is "nobody else may read the ledger" "$(stat -c %a one/leak.breach one/leak.breach/ledger.db | tr '\n' ' ')" "700 600 "
ok "the feed is well-formed" xmllint --noout one/public/feed.atom
is "the list says what the ledger says" "$(sqlite3 :memory: "SELECT group_concat(json_extract(value, '\$.sha256'), ' ') FROM
    (SELECT value FROM json_each(readfile('one/public/announcements.json'), '\$.items') ORDER BY json_extract(value, '\$.slug'))")" \
    "$(sqlite3 one/leak.breach/ledger.db "SELECT group_concat(digest, ' ') FROM (SELECT digest FROM publication ORDER BY locale)")"
echo tampered >one/public/leak-en.html
confirmed one
exits 0 "what somebody changed is put back"
ok "the text stands there again" grep -q '<html lang="en"' one/public/leak-en.html

for file in index.html feed.atom; do
    rm "one/public/$file"
    confirmed one
    exits 0 "somebody took $file away"
    ok "it is there again" test -s "one/public/$file"
done

# Later editions ------------------------------------------------------------------------------------------------------
edition one 2
cat >>one/playbook.yaml <<YAML
update:
  kind: update
  what_changed: {en: We found the way in., zh-CN: 我们找到了入侵的途径。, zh-TW: 我們找到了入侵的途徑。}
  need_to_act: false
YAML
announce one --withdraw
exits 65 "an update is no withdrawal"
stderr_has "it says so" "edition 2 of the playbook is of kind update" "nothing was published"
announce one
exits 65 "the edition must be planned first"
stderr_has "it says so" "edition 2, and edition 1 is planned" "nothing was published"
plan one
confirmed one --update
exits 0 "the update is published"
ok "it replaces the page" grep -q "We found the way in" one/public/leak-en.html
for words in "Records were copied" "Change your Example Cloud password" "Email address"; do
    ok "whoever hears of it only now, or was sent here by a first notice, reads: $words" grep -q "$words" one/public/leak-en.html
done
ok "whoever knew has nothing more to do" grep -q "If you did what our earlier notice said" one/public/leak-en.html
ok "whoever got no notice may still ask" grep -q "even if you got no notice" one/public/leak-en.html
is "there is one item for each language" "$(json one/public/announcements.json '$.items[3]')" ""
is "of kind update" "$(json one/public/announcements.json '$.items[0].kind')" update
edition one 3
sed -i 's/kind: update/kind: withdrawal/' one/playbook.yaml
plan one
confirmed one --withdraw
exits 0 "the withdrawal is published"
stdout_has "it says so" "withdrawn and read back, edition 3"
run "$breach" report one/playbook.yaml --person p1 --out pack
exits 0 "evidence for one person after three editions"
ok "as its schema says" "$build/tests/tools/schema-check" "$source/docs/schema/evidence.json" pack/evidence.json
is "it holds what was published in each edition and language" "$(find pack/announcement -type f | wc -l) $(json pack/evidence.json '$.published[8].state')" "9 here"
is "each text has the digest of its event" "$(sha256sum pack/announcement/* | cut -d ' ' -f 1 | sort)" \
    "$(sqlite3 one/leak.breach/ledger.db "SELECT DISTINCT json_extract(body, '\$.sha256') FROM event
        WHERE json_extract(body, '\$.event') IN ('announcement_published', 'announcement_withdrawn') ORDER BY 1")"
ok "the page shows it" grep -q "We found the way in" pack/index.html
ok "sha256sum verifies it" env -C pack sha256sum -c --strict --quiet SHA256SUMS
kept=one/leak.breach/announced/$(json pack/evidence.json '$.published[0].sha256').txt
cp "$kept" kept.txt
echo tampered >"$kept"
run "$breach" report one/playbook.yaml --person p1 --json
exits 1 "what is kept is another text"
is "it is noticed" "$(json "$out" '$.published[0].state') $(json "$out" '$.checks.papers_lost')" "changed 1"
rm "$kept"
run "$breach" report one/playbook.yaml --person p1 --json
exits 0 "a ledger of a version that kept no texts"
is "says so" "$(json "$out" '$.published[0].state')" unkept
cp kept.txt "$kept"
is "nobody is asked to call about a notice that is withdrawn" \
    "$(cat one/public/leak-*.html | grep -c 'got no notice\|没有收到通知\|沒有收到通知')" 0
is "nor told once more of what is withdrawn" "$(cat one/public/leak-*.html | grep -c 'Records were copied\|有记录被复制\|有紀錄被複製')" 0
is "of kind withdrawal" "$(json one/public/announcements.json '$.items[0].kind')" withdrawal

# Only the public was told, and it was an error: that can be withdrawn, too ----------------------------------------------
announced alarm "{gateway: site, when: always}"
sed -i 's|^folder: .*|folder: ../own|' alarm/gateways/site.yaml
sed -i 's/^default_locale: en/default_locale: zh-CN/' alarm/playbook.yaml
plan alarm
draft alarm
confirmed alarm
exits 0 "published, and nobody has a message yet"
ok "the list is headed by the default language" grep -q '<html lang="zh-CN"' alarm/own/index.html
sed -i 's/zh-TW: 有紀錄被複製/zh-TW: 有些紀錄被複製/' alarm/playbook.yaml
draft alarm
confirmed alarm
exits 0 "one language is mended"
ok "which moves it nowhere" grep -q '<html lang="zh-CN"' alarm/own/index.html
edition alarm 2
echo 'update: {kind: withdrawal, need_to_act: false, what_changed: {en: It was not us., zh-CN: 不是我们。, zh-TW: 不是我們。}}' \
    >>alarm/playbook.yaml
run "$breach" plan alarm/playbook.yaml
exits 0 "the public knows of it, so that a later edition follows something"
stdout_has "nobody is told by message of what is withdrawn" "withheld: 5: withdrawn before they were told"
draft alarm
confirmed alarm --withdraw
exits 0 "the page is withdrawn"
ok "it says so" grep -q "We withdraw our notice" alarm/own/leak-en.html

# Rehearsals ----------------------------------------------------------------------------------------------------------
announced two "{gateway: site, when: always}"
run "$breach" notify two/playbook.yaml --dry-run
exits 0 "a rehearsal publishes inside the state folder"
stdout_has "it says where" "the announcement lies in: $work/two/leak.dry-run.breach/samples/site" "complete"
unread_stderr=
ok "nothing left the machine" test ! -e two/public
ok "every page is marked" grep -q "\[EXERCISE\]" two/leak.dry-run.breach/samples/site/exercise-leak-en.html
announce two --dry-run
exits 0 "by itself it does the same"
stdout_has "it is marked, too" "EXERCISE: the announcement is published"

# A firm that writes in one language publishes in one -----------------------------------------------------------------
announced plain "{gateway: site, when: always}"
sed -i -E -e '/^ *(zh-CN|zh-TW): /d; s/, zh-CN: [^,}]*//g; s/, zh-TW: [^,}]*//g' plain/playbook.yaml
sed -i -e 's/zh-CN,p/en,p/; s/zh-CN,,/en,,/' plain/people.csv
grep -q 'zh-' plain/playbook.yaml && note "$(grep -n 'zh-' plain/playbook.yaml)"
run "$breach" check plain/playbook.yaml
unread_stderr=
[ "$(grep -c 'people get their notice in that language' "$err")" -eq 0 ]
verdict $? "nobody asks for languages that nobody writes or reads"
cp -R plain half
sed -i 's/^  which_data:$/&\n    zh-CN: 我们确认没有支付信息。/' half/playbook.yaml
run "$breach" check half/playbook.yaml
exits 65 "a language that is begun"
[ "$(grep -c 'has no text for zh-CN: what the public reads is written in every language in which the playbook says something' "$err")" -gt 0 ]
verdict $? "the announcement is to be in it, whoever reads the notices"
[ "$(grep -c 'people get their notice in that language' "$err")" -eq 0 ]
verdict $? "and nobody is said to get theirs in it"
unread_stderr=
announce half --kit half-kit
exits 65 "nor is there a kit"
unread_stderr=
ok "of which nothing is half written" test ! -e half-kit
announce plain --draft
unread_stderr=
ok "it is in one" test "$(grep -c '^  zh-' "$out")" -eq 0
sed -i '/^announcement:/d' plain/playbook.yaml
announce plain --kit plain-kit
exits 0 "so is the kit, also of a playbook that announces nothing"
is "its sheets" "$(cd plain-kit && find . -type f | sort | tr '\n' ' ')" "./en/holding.txt ./en/questions.txt ./en/staff.txt "
stdout_has "and no draft is offered then" "next: breach check plain/playbook.yaml"
unread_stderr=

# Only for whoever cannot be reached ----------------------------------------------------------------------------------
announced three "{gateway: site, when: unreachable, reason: No address is known.}"
echo "p6,Person 6,en,," >>three/people.csv
plan three
notify three
exits 75 "somebody is unreachable, so it is not complete"
stdout_has "the announcement is due" "the announcement is due, 1 person is unreachable" "next: breach announce three/playbook.yaml"
is "nobody had to wait for it" "$(texts '')" 6
confirmed three
exits 0 "it is published"
ok "with the reason" grep -q "No address is known" three/public/leak-en.html
notify three
exits 1 "finished, but somebody is unreachable"

# A person's brake on everything --------------------------------------------------------------------------------------
announced braked "{gateway: site, when: always}"
plan braked
run "$breach" hold braked/playbook.yaml --reason "the date is wrong"
confirmed braked
exits 75 "nothing new is published while everything is held"
stderr_has "it says who holds it, and what to type" "everything is held by" "the date is wrong" \
    "type breach lift braked/playbook.yaml --reason TEXT first" "nothing was published"
announce braked
exits 75 "nor is anybody asked"
unread_stderr=
run "$breach" lift braked/playbook.yaml --reason "mended"
confirmed braked
exits 0 "it is published once it is lifted"
notify braked
exits 0 "everybody is told"
run "$breach" hold braked/playbook.yaml --reason "wrong again"
edition braked 2
cat >>braked/playbook.yaml <<'END'
update:
  kind: correction
  need_to_act: false
  wrong: {en: The date was 17 November., zh-CN: 日期是11月17日。, zh-TW: 日期是11月17日。}
  right: {en: The date was 18 November., zh-CN: 日期是11月18日。, zh-TW: 日期是11月18日。}
END
plan braked
confirmed braked
exits 0 "a correction goes on"

relay_stop mail
relay_stop sms
done_testing
