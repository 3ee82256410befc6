#!/usr/bin/env bash
# Letters and call lists: from the playbook into the folder, exactly once, encrypted where the gateway says so.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

# printed FOLDER KIND LINE...: an incident whose only channel is KIND, handed over in FOLDER/out
printed() {
    local folder=$1 kind=$2
    shift 2
    incident "$folder" actual
    sed -i -e "s/ladder: \[.*\]/ladder: [$kind]/" -e "s/^gateways: .*/gateways: {$kind: print-room}/" \
        -e '/^announcement:/d' "$folder/playbook.yaml"
    {
        printf 'version: 1\nname: print-room\nkind: %s\nfolder: ../out\n' "$kind"
        [ "$kind" = phone ] || echo 'sender: [Example Cloud, Wolkenweg 1, 10115 Berlin]'
        [ $# = 0 ] || printf '%s\n' "$@"
    } >"$folder/gateways/print-room.yaml"
}

addresses() {
    cat <<'END'
id,name,locale,phone,address
p1,Jürgen Müller-Lüdenscheidt,en,+493012345671,Straße des 17. Juni 135|10623 Berlin|GERMANY
p2,王小明,zh-CN,+8613800138000,北京市海淀区中关村大街1号|100080
p3,陳怡君,zh-TW,+886912345678,臺北市信義區市府路1號|110
p4,محمد بن عبد الله,en,+442079460000,12 High Street|London|UNITED KINGDOM
END
}

read_pdf() {
    pdftotext -layout "$1" - 2>/dev/null
}

count() {
    sqlite3 "$1/leak.breach/ledger.db" "SELECT count(*) FROM message WHERE state = $2"
}

# Letters ----------------------------------------------------------------------------------------------------------------
printed a letter "batch: 2" "duplex: true"
addresses >a/people.csv
sends a
exits 0 "everybody gets a letter"
is "four are accepted" "$(count a 2)" 4
is "in two batches" "$(find a/out -mindepth 1 -maxdepth 1 | sort | tr '\n' ' ')" "a/out/batch-0001 a/out/batch-0002 "
is "each letter is a file of its own" "$(find a/out -path '*/single/*.pdf' | wc -l)" 4
cat a/out/*/manifest.csv >manifest
# digests_fit FOLDER: every letter of it is in the manifest with its SHA-256
# shellcheck disable=SC2317  # ok calls it
digests_fit() {
    local letter
    for letter in "$1"/*/single/*.pdf; do
        grep -qF "$(sha256sum <"$letter" | cut -d ' ' -f 1)" manifest || return 1
    done
}
ok "the manifest names their SHA-256" digests_fit a/out
read_pdf a/out/batch-0001/letters.pdf >first
read_pdf a/out/batch-0002/letters.pdf >second
ok "the German name and address are in the window" grep -q "Jürgen Müller-Lüdenscheidt" first
ok "the address is there line by line" grep -q "^ *10623 Berlin" first
ok "Simplified Chinese can be read" grep -q "通知编号" first
ok "Traditional Chinese can be read" grep -q "通知編號" second
ok "an Arabic name can be read" grep -q "محمد" second
ok "the sender's line is there" grep -q "Example Cloud · Wolkenweg 1 · 10115 Berlin" first
is "nobody else may read them" "$(find a/out -perm /077)" ""
run "$breach" notify a/playbook.yaml --yes --expect-digest "$(sqlite3 a/leak.breach/ledger.db \
    "SELECT value FROM header WHERE key = 'digest'")" --expect-people 4
exits 0 "once more"
is "nothing is written twice" "$(find a/out -path '*/single/*.pdf' | wc -l)" 4

# The day of the organisation, wherever the machine stands: half a world away from UTC it is another one -------------------------
zone=$([ "$(date -u +%-H)" -ge 10 ] && echo "+14:00" || echo "-12:00")
# day_there: as the letter writes it
day_there() {
    LC_ALL=C TZ=Elsewhere$([ "$zone" = +14:00 ] && echo -14 || echo +12) date "+%-d %B %Y"
}
printed h letter
addresses | head -n 2 >h/people.csv
sed -i "s/+08:00/$zone/g" h/playbook.yaml
day=$(day_there)
sends h
unread_stderr=
read_pdf h/out/batch-0001/letters.pdf >first
ok "the letter has its date" grep -qE " ($day|$(day_there))$" first

# A character that no font has: what is wrong is found only when the letter is made, and check makes none ---------------------
printed g letter
addresses >g/people.csv
printf 'p5,Jürgen \363\260\200\200,en,,12 High Street|London\n' >>g/people.csv
sends g
exits 75 "a name that no font can write"
stdout_has "it says who knows why" "some notices could not be made: breach resolve names them" "next: breach resolve g/playbook.yaml"
stdout_lacks "and sends nobody to check" "breach check"
run "$breach" resolve g/playbook.yaml
stdout_has "there it is said" "for p5 (row 5)" "this machine has no font with the characters"
unread_stderr=

# A full disk: the batch is taken back, and goes out when there is room ------------------------------------------------------
printed b letter
addresses >b/people.csv
run "$breach" plan b/playbook.yaml
digest=$(digest)
BREACH_FAULT_FAIL=hand_over_write run "$breach" notify b/playbook.yaml --yes --expect-digest "$digest" --expect-people 4 \
    --patience PT1S
exits 75 "the disk is full"
stdout_has "it is said which file, and why" ".pdf: No space left on device"
unread_stderr=
is "nothing lies there" "$(find b/out -mindepth 1)" ""
is "and nothing is in doubt" "$(sqlite3 b/leak.breach/ledger.db "SELECT count(*) FROM message WHERE state <> 0")" 0
run "$breach" notify b/playbook.yaml --yes --expect-digest "$digest" --expect-people 4
exits 0 "with room again everybody gets theirs"
is "each one letter" "$(find b/out -path '*/single/*.pdf' | wc -l)" 4

# Encrypted ----------------------------------------------------------------------------------------------------------------
age-keygen -o key.txt 2>/dev/null
printed c letter "encrypt: {tool: age, recipient: $(grep -o 'age1.*' key.txt), name: Print room}"
addresses >c/people.csv
sends c
exits 0 "letters for a named recipient"
is "every file but the list of ids is encrypted" \
    "$(find c/out -type f ! -name '*.age' | sed 's|.*/||' | sort -u | tr '\n' ' ')" "ids.txt "
age -d -i key.txt c/out/batch-0001/letters.pdf.age >letters.pdf
ok "the recipient can read them" bash -c 'pdftotext letters.pdf - | grep -q "Jürgen"'
age -d -i key.txt c/out/batch-0001/manifest.csv.age >manifest
ok "and the manifest" grep -q "single/.*[.]pdf[.]age" manifest

mkdir -m 700 gnupg
gpg --homedir gnupg --batch --quiet --passphrase '' --quick-gen-key print@example.com default default never 2>/dev/null
gpg --homedir gnupg --armor --export print@example.com >key.asc 2>/dev/null
printed d letter "encrypt: {tool: openpgp, recipient: ../../key.asc, name: Print room}"
addresses >d/people.csv
sends d
exits 0 "letters with OpenPGP"
gpg --homedir gnupg --batch --quiet --decrypt d/out/batch-0001/letters.pdf.gpg >letters.pdf 2>/dev/null
ok "the recipient can read them, too" bash -c 'pdftotext letters.pdf - | grep -q "Jürgen"'
gpgconf --homedir gnupg --kill all 2>/dev/null

# What check says before anything is written ---------------------------------------------------------------------------------
printed f letter
addresses >f/people.csv
echo 'hand_over: encrypted' >>f/playbook.yaml
run "$breach" check f/playbook.yaml
exits 65 "a policy asks for encryption, and the gateway has none"
stderr_has "it says so" "print-room.yaml: error: gateway print-room would write names" "the playbook says hand_over: encrypted"
run "$breach" plan f/playbook.yaml
exits 65 "it is not planned either"
unread_stderr=
echo "encrypt: {tool: age, recipient: $(grep -o 'age1.*' key.txt), name: Print room}" >>f/gateways/print-room.yaml
run "$breach" check f/playbook.yaml
exits 0 "encrypted it may go"
unread_stderr=
sed -i 's/age1/age1x/' f/gateways/print-room.yaml
run "$breach" check f/playbook.yaml
exits 65 "a key that is none"
ok "age's own words say why" grep -q "age cannot encrypt to the recipient: .*malformed" "$err"
unread_stderr=
sed -i 's/age1x/age1/' f/gateways/print-room.yaml
mkdir hung
printf '#!/bin/sh\nsleep 600\n' >hung/age
chmod +x hung/age
BREACH_FAULT_FAIL=hand_over_patience run env PATH="$work/hung:$PATH" "$breach" check f/playbook.yaml
exits 65 "a tool that hangs"
ok "it is ended" grep -q "age cannot encrypt to the recipient: it hung, and was ended" "$err"
unread_stderr=
mkdir bin
for tool in env bash; do ln -s "$(command -v $tool)" bin/; done
run env PATH="$work/bin" "$breach" check f/playbook.yaml
exits 65 "a tool that is not installed"
ok "and what to install" grep -q "the program age is not there.*install the package age" "$err"
unread_stderr=

# Call lists ---------------------------------------------------------------------------------------------------------------
printed e phone
addresses >e/people.csv
sends e
exits 75 "everybody is on the list, and nobody was called"
stdout_has "it says who has to be called" "NEEDS YOU: 4 calls to make, counted as told until then: breach record e/playbook.yaml phone ID" \
    "next: breach record e/playbook.yaml phone --from FILE"
list=e/out/batch-0001/calls.csv
is "a line each, and the names of the columns" "$(wc -l <"$list")" 5
ok "numbers cannot become formulas" grep -q "\"'+493012345671\"" "$list"
read_pdf e/out/batch-0001/calls.pdf >sheet
ok "the sheet has the number" grep -q "+493012345671" sheet
# first_line TEXT: where it first stands on the sheet
first_line() {
    grep -nF "$1" sheet | head -n 1 | cut -d : -f 1
}
ok "and asks for the person first" test "$(first_line 'Am I speaking')" -lt "$(first_line 'data breach')"
is "no character is lost to whoever searches the sheet" "$(pdftotext e/out/batch-0001/calls.pdf - | grep -c $'\357\277\275')" 0
is "a page for each" "$(pdfinfo e/out/batch-0001/calls.pdf | sed -n 's/^Pages: *//p')" 4
run "$breach" notify e/playbook.yaml --dry-run
exits 0 "in an exercise nobody calls"
stdout_lacks "and nobody has to" "to make"
unread_stderr=
done_testing
