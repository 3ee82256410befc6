#!/usr/bin/env bash
# Each check of script/lint finds nothing in a small clean tree, and finds the one thing that is then planted in it.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

tree=$work/tree

# put FILE: standard input, into the tree
put() {
    mkdir -p "$(dirname "$tree/$1")"
    cat >"$tree/$1"
}

compile() {
    local object=$tree/build/dev/src/$1/CMakeFiles/breach_$1.dir/$2.c.o
    mkdir -p "$(dirname "$object")"
    gcc -c -I "$tree/src" -o "$object" "$tree/src/$1/$2.c"
}

clean_tree() {
    rm -rf "$tree"
    put src/CMakeLists.txt <<<'add_subdirectory(base)'
    put src/base/CMakeLists.txt <<<'breach_layer(base SOURCES diagnostic_text.c text.c)'
    put src/base/text.h <<<$'#include <stddef.h>\nsize_t text_length(const char *text);'
    put src/base/text.c <<'END'
#include "base/text.h"

/* never calls system(); says "sprintf(" in a string */
size_t text_length(const char *text)
{
    const char *end = text;

    while (*end && *end != "sprintf("[0])
        end++;
    return (size_t) (end - text);
}
END
    put src/model/CMakeLists.txt <<<'breach_layer(model SOURCES person.c)'
    put src/model/person.c <<<$'#include "base/text.h"\n\nsize_t person_size(void);\n\nsize_t person_size(void)\n{\n    return text_length("x");\n}'
    put src/load/CMakeLists.txt <<<'breach_layer(load SOURCES yaml.c)'
    put src/load/yaml.c <<'END'
#include <yaml.h>
#include "base/text.h"

const char *yaml_problem(int asked);

const char *yaml_problem(int asked)
{
    return asked ? "text-long" : N_("%d is too long");
}
END
    put src/base/diagnostic_text.c <<'END'
static const Diagnostic rows[] = {
    {"BR-TEXT-001", "text-long", N_("a text is too long"),
     N_("Why."),
     N_("What.")},
};
END
    put docs/codes.md <<<'BR-TEXT-001'
    put script/translate <"$source/script/translate"
    chmod +x "$tree/script/translate"
    put po/zh_CN.po <<'END'
msgid ""
msgstr ""
"Language: zh_CN\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=1; plural=0;\n"

msgid "a text is too long"
msgstr "文本过长"

msgid "Why."
msgstr "为什么。"

msgid "What."
msgstr "怎么办。"

#, c-format
msgid "%d is too long"
msgstr "%d 过长"
END
    (cd "$tree" && script/translate >/dev/null 2>&1)
    put src/cli/CMakeLists.txt <<<'breach_program(breach SOURCES cmd_check.c)'
    put src/cli/cmd_check.c <<<$'#include <stdio.h>\n#include "load/yaml.h"\n\nint cmd_check(void);\n\nint cmd_check(void)\n{\n    return puts("x") < 0;\n}'
    put tests/CMakeLists.txt <<<'breach_shell_test(cli.check cli/test_check.sh)'
    put tests/cli/test_check.sh <<<$'#!/usr/bin/env bash\nexit 0'
    put tests/unit/CMakeLists.txt <<<'breach_unit_test(test_text LAYERS base)'
    put tests/unit/test_text.c <<<$'#include <cmocka.h>\n\nint main(void)\n{\n    return 0;\n}'
    put script/demo <<<$'#!/usr/bin/env bash\nexit 0'
    put docs/man/breach.1 <<<$'.SH COMMANDS\n.B breach\\-check'
    put docs/schema/status.json <<<'{"type": "object"}'
    put docs/man/breach-check.1 <<'END'
.SH DESCRIPTION
See also the option \-\-force of others.
.SH OPTIONS
.TP
.BR \-\-json
data
.TP
\fB\-h\fR, \fB\-\-help\fR
this
END
    put README.md <<<$'```sh\n# runs in script/test\nbreach check\n```\n\n```sh\nfalse # not marked\n```'
    put build/dev/breach <<'END'
#!/bin/sh
case "$*" in
*--all) echo BR-TEXT-001 ;;
--help) printf 'usage: breach COMMAND\n\n  check   what is wrong\n' ;;
*--help) printf 'usage: breach check\n\n  --json       data, not --text\n  -h, --help   this\n' ;;
*) echo fine ;;
esac
END
    chmod +x "$tree/build/dev/breach"
    compile base text
    put build/dev/compile_commands.json <<END
[{"directory": "$tree", "file": "$tree/src/base/text.c", "command": "gcc -I$tree/src -o x.o -c $tree/src/base/text.c"}]
END
    put .clang-tidy <"$source/.clang-tidy"
}

lint() {
    run "$source/script/lint" --root "$tree" --build "$tree/build/dev" "$@"
}

# catches CHECK TEXT WORDS: the check fails and prints TEXT; the tree is clean again afterwards
catches() {
    lint "$1"
    exits 1 "$1 sees $3"
    stdout_has "$1 says where: $3" "not ok $1" "$2"
    clean_tree
}

clean_tree
lint
exits 0 "a clean tree passes every check"
is "every check of tests/lint ran" "$(grep -c '^ok ' "$out")" "$(find "$source/tests/lint" -name 'check_*.sh' | wc -l)"

put src/base/text.c <<<'#include "model/person.h"'
catches layers 'src/base/text.c:1: base may not include "model/person.h"' "an include that goes up"
mkdir -p "$tree/src/ledger"
put src/ledger/ledger.c <<<'#include "load/yaml.h"'
catches layers 'src/ledger/ledger.c:1: ledger may not include its sibling' "an include of a sibling"
put src/report/status.c <<<'#include "drill/smtp_sink.h"'
catches layers 'src/report/status.c:1: report may not include "drill/smtp_sink.h"' "report including drill"
put src/model/person.c <<<'#include <stdio.h>'
catches layers 'src/model/person.c:1: the model is pure' "I/O in the model"
put src/model/person.c <<<'#include "person.h"'
catches layers 'write "person.h" as "folder/file.h"' "an include without its folder"
put src/odd/odd.c <<<'#include "base/text.h"'
catches layers 'folder src/odd has no place' "a folder without a place"

put src/model/person.c <<<'#include <yaml.h>'
catches homes 'src/model/person.c:1: <yaml.h> may not be included here' "a header away from home"
put src/base/text.h <<<'#include <openssl/evp.h>'
catches homes 'src/base/text.h:1: <openssl/evp.h> may not' "a header in a public header"
put src/base/text.h <<<'#include <zlib.h>'
catches homes '<zlib.h> has no home' "a header without a home"
for home in ledger/sqlite_claim.c ledger/sqlite_private.h; do put "src/$home" <<<'#include <sqlite3.h>'; done
put src/channel/smtp_esmtp_tls.c <<<$'#include <libesmtp.h>\n#include <openssl/ssl.h>\n#include <sys/socket.h>\n#include <glib.h>'
lint homes
exits 0 "homes lets a private family share its home"
clean_tree

# body N BRANCHES: a function of N lines and more with BRANCHES ifs
body() {
    echo "int text_long(int a);"
    echo "int text_long(int a)"
    echo "{"
    awk -v lines="$1" -v branches="$2" 'BEGIN { for (i = 0; i < branches; i++) print "    if (a > " i ") a++;"
        for (i = branches; i < lines; i++) print "    a++;"; print "    return a;" }'
    echo "}"
}
body 101 0 | put src/base/text.c
catches sizes 'error: src/base/text.c(2): text_long: 10' "a function of over 100 lines"
body 30 26 | put src/base/text.c
catches sizes '27 McCabe, the limit is 25' "a tangled function"
body 70 16 | put src/base/text.c
lint sizes
exits 0 "sizes only warns of a longish function"
stdout_has "sizes prints its warnings" "ok sizes" "warning: src/base/text.c(2): text_long: 7" "17 McCabe, the limit is 15"
awk 'BEGIN { for (i = 0; i < 801; i++) print "" }' | put src/base/text.c
catches sizes 'src/base/text.c: 801 lines, the limit is 800' "a long source"
awk 'BEGIN { for (i = 0; i < 201; i++) print "" }' | put src/base/text.h
catches sizes 'src/base/text.h: 201 lines, the limit is 200' "a long header"
body 150 30 | put tests/unit/test_text.c
lint sizes
exits 0 "sizes is looser with tests"
clean_tree

for call in sprintf strcpy strcat strtok sscanf atoi gets system popen localtime gmtime ctime rand tmpnam; do
    put src/base/text.c <<<"    if (x && $call (a))"
    lint calls
    exits 1 "calls sees $call"
done
put src/base/text.c <<<$'\n    printf("%s", a);'
catches calls 'src/base/text.c:2:' "printing below cli"
put src/base/text.c <<<'    fprintf(stderr, "%s", a);'
catches calls 'only cli prints' "a line on stderr below cli"
put src/base/text.c <<<'    exit(1);'
catches calls 'only cli prints or exits' "an exit below cli"
put src/base/text.c <<<'    g_mutex_lock(&a);'
catches calls 'are pthread' "a lock of GLib"
put src/base/text.c <<<'    now = time(NULL);'
catches calls 'time comes from the Clock' "the wall clock"
put tests/unit/test_text.c <<<'    strcpy(a, b);'
catches calls 'tests/unit/test_text.c:1' "a banned call in a test"
put src/base/text.c <<<$'    localtime_r(&a, &b); g_strcpy(a); door->exit(1); clock_time(1); /* rand() */\n/* a\n system() */ "exit(1)"'
lint calls
exits 0 "calls lets through members, longer names, comments and strings"
clean_tree

for call in 'open(path, O_RDONLY)' 'socket(AF_INET, SOCK_STREAM, 0)' 'accept4(a, b, c, 0)' 'accept(a, b, c)' 'pipe(pair)' \
    'fopen(path, "r")' 'eventfd(0, 0)' 'dup(2)'; do
    put src/base/text.c <<<"    fd = $call;"
    lint cloexec
    exits 1 "cloexec sees $call"
done
put src/base/text.c <<<$'    fd = open(path,\n              O_RDONLY | O_CLOEXEC);\n    file = fopen(path, "re"); backend->open(a); reopen(b); /* accept(c) */'
lint cloexec
exits 0 "cloexec lets through what is closed on exec, members, longer names and comments"
clean_tree

put src/base/text.c <<<'int helper(void) { return 0; }'
compile base text
catches symbols 'src/base/text.c: exported name helper' "a name of nobody's"
put src/base/text.c <<<'int textual(void) { return 0; }'
compile base text
catches symbols 'exported name textual' "a name that only looks alike"
put src/base/text.c <<<'int text_level;'
compile base text
put src/base/load_texts.c <<<'int texts_open(void) { return 0; } int load_all(void) { return 0; } static int any(void) { return 0; } int load_texts_x(void) { return any(); }'
compile base load_texts
lint symbols
exits 0 "symbols knows the words of a file, first or last"
clean_tree
rm -r "$tree/build/dev/src"
catches symbols 'no objects' "that it looked at nothing"

put src/base/forgotten.c </dev/null
catches sources 'src/base/forgotten.c: not named in src/base/CMakeLists.txt' "a forgotten source"
put tests/unit/test_forgotten.c </dev/null
catches sources 'tests/unit/test_forgotten.c: not named' "a forgotten unit test"
put tests/crash/test_kill.sh </dev/null
catches sources 'tests/crash/test_kill.sh: not named in tests/CMakeLists.txt' "a forgotten shell test"
rm "$tree/src/load/yaml.c"
catches sources 'src/load/CMakeLists.txt: names yaml.c, which does not exist' "a name without a file"
rm "$tree/tests/unit/test_text.c"
catches sources 'names test_text, but there is no test_text.c' "a unit test without a file"

# The marks are put together here, so that the check does not find them in this file
for mark in TO,DO FIX,ME X,XX HA,CK 'not, implemented' 'un,implemented' st,ub; do
    put src/base/text.c <<<"/* ${mark/,/}: later */"
    lint marks
    exits 1 "marks sees ${mark/,/}"
done
catches marks 'src/base/text.c:1' "where it stands"
put src/base/text.c <<<"    reply(502, \"command not ""implemented\");"
lint marks
exits 0 "marks knows the words of SMTP"
clean_tree

put script/demo <<<"cd ${work%%/*}/ro""ot/main"
catches origin 'script/demo:1:' "a path of one machine"
put src/base/text.c <<<"/* see nowhere"".md, section 5 */"
catches origin "src/base/text.c:1: nowhere"".md is not in the tree" "a document that is not there"
put README.md <<<"Written by an assist""ant"
catches origin 'README.md:1:' "words about how it came to be"
# shellcheck disable=SC2016
put docs/SECURITY.md <<<'See https://example.com/root/ and README.md, ./work/ and $HOME/work/'
lint origin
exits 0 "origin lets through addresses and documents of the tree"
clean_tree

put docs/schema/plan.json <<<'{"type": }'
catches schemas 'docs/schema/plan.json: not valid JSON' "a broken schema"
rm "$tree"/docs/schema/*
catches schemas 'holds no schema' "that there is none"

clean_tree
put README.zh-CN.md <<<$'```sh\n# runs in script/test\nbreach check --json\n```\n\n```sh\nfalse # not marked\n```'
catches readmes 'README.zh-CN.md: other commands than README.md' "a translation with another command"
clean_tree
{ cat "$tree/README.md"; printf '\n## More\n'; } >"$tree/README.zh-CN.md"
catches readmes 'README.zh-CN.md: other sections' "a translation with another section"

put src/model/person.c <<<'    error_set(error, BREACH_ERROR_INPUT, "person-odd", "odd");'
catches codes 'person-odd: no row' "an id without a row"
put src/model/person.c <<<$'    findings_warning(findings, STAGE,\n                     "person-odd", at, "odd");'
catches codes 'person-odd: no row' "a finding without a row"
sed -i 's/"text-long" :/"" :/' "$tree/src/load/yaml.c"
catches codes 'text-long: a row that nothing uses' "a row that nothing uses"
# row CODE ID: one more
row() { sed -i "s/^};/    {\"$1\", \"$2\", 0, 0, 0},\n};/" "$tree/src/base/diagnostic_text.c"; }
row BR-TEXT-001 text-other
catches codes 'BR-TEXT-001 stands in the table twice' "a code that is given twice"
row BR-TEXT-002 text-long
catches codes 'text-long stands in the table twice' "an id that has two codes"
row BR-TEXT-003 text-other
catches codes 'BR-TEXT-003: the number before it is 1' "a number that is left out"
row BR-WORD-001 text-other
catches codes 'BR-WORD-001: the id text-other is of another area' "an id of another area"
put docs/codes.md <<<'nothing'
catches codes 'docs/codes.md is out of step' "a document that is out of step"

sed -i 's/is too long/is much too long/' "$tree/src/load/yaml.c"
catches translations 'po/breach.pot is out of step with the source' "a text that was changed"
sed -i 's/is too long/is much too long/' "$tree/src/load/yaml.c"
(cd "$tree" && script/translate >/dev/null 2>&1)
catches translations 'po/zh_CN.po: 1 texts are not translated' "a text without a translation"
sed -i 's/%d 过长/%s 过长/' "$tree/po/zh_CN.po"
catches translations "'msgid' and 'msgstr' for argument 1 are not the same" "another conversion"
sed -i 's/^#, c-format/#, c-format, fuzzy/' "$tree/po/zh_CN.po"
catches translations 'texts are marked fuzzy' "a guess"
sed -i '/^msgid "Why/,/^$/d' "$tree/po/zh_CN.po"
catches translations 'po/zh_CN.po: not the texts of po/breach.pot' "a text that is missing"
put src/model/person.c <<<'    error_set(error, BREACH_ERROR_INPUT, NULL, "row %" G_GINT64_FORMAT " is odd", row);'
catches translations 'not a valid C format string' "a format that a macro cuts in two"
rm "$tree/po/zh_CN.po"
catches translations 'po/ holds no catalogue' "that there is none"

put tests/unit/test_text.c <<<'    assert_true(elapsed < 100);'
catches timing 'tests/unit/test_text.c:1' "a timed assertion in C"
# shellcheck disable=SC2016
put tests/cli/test_check.sh <<<'ok "fast" test $((SECONDS - start)) -lt 3'
catches timing 'tests/cli/test_check.sh:1' "a timed assertion in a shell test"
put tests/unit/test_text.c <<<'    assert_int_equal(duration, 4 * CLOCK_HOUR); assert_int_equal(clock_now(&fake), 5);'
lint timing
exits 0 "timing lets through tests of a clock of their own"
clean_tree

rm "$tree/docs/man/breach-check.1"
catches manuals 'docs/man/breach-check.1 is missing' "a command without a page"
put docs/man/breach-gone.1 </dev/null
catches manuals 'docs/man/breach-gone.1: there is no command gone' "a page without a command"
sed -i 's/json/json-lines/' "$tree/docs/man/breach-check.1"
lint manuals
exits 1 "manuals sees options that differ"
stdout_has "manuals names both" "breach-check.1: --json of breach check --help is missing" \
    "breach-check.1: --json-lines is not in breach check --help"
clean_tree
put docs/man/breach.1 </dev/null
catches manuals 'docs/man/breach.1 does not name breach-check' "a page that is not listed"
sed -i 's/  check /  chuck /' "$tree/build/dev/breach"
catches manuals 'breach --help does not list check' "a command that help does not list"
put docs/man/breach-check.1 <<<$'.Sh OPTIONS\n.Bl -tag\n.It Fl Fl json\ndata\n.It Fl h , Fl Fl help\nthis\n.El'
lint manuals
exits 0 "manuals reads mdoc as well"
clean_tree

put README.md <<<$'```sh\n# runs in script/test\nbreach check\nfalse\n```'
catches commands 'README.md:2: exit 1' "a command that fails"
put README.md <<<$'```sh\n# runs in script/test\necho "playbook.yaml:1:2: error: x" >&2\n```'
catches commands 'playbook.yaml:1:2: error: x' "an error in spite of exit 0"
put docs/README.md <<<$'text\n```sh\n# runs in script/test\ntest -x build/release/breach && mkdir a\n```\n```sh\n# runs in script/test\nrmdir b\n```'
catches commands 'docs/README.md:7: exit 1' "the second block of another document"
put README.md <<<$'```sh\nbreach check\n```'
catches commands 'no document has a block' "that nothing is marked"

put src/base/text.c <<<$'int text_zero(int a);\n\nint text_zero(int a)\n{\n    int zero = 0;\n\n    if (a > 3)\n        return 1;\n    return 3 / zero;\n}'
catches clang_tidy 'src/base/text.c:9' "a division by zero"
lint clang_tidy
exits 0 "clang-tidy is content again with the file of before"
put src/base/text.h <<<$'#include <stddef.h>\nstatic int text_bad(int a)\n{\n    int *pointer = 0;\n\n    return *pointer + a;\n}\nsize_t text_length(const char *text);'
sed -i 's/const char \*end = text;/const char *end = text + text_bad(1);/' "$tree/src/base/text.c"
catches clang_tidy 'src/base/text.h:6' "an error in a header"
put src/base/text.c <<<$'#include <stdlib.h>\n\nint text_first(void);\n\nint text_first(void)\n{\n    __attribute__((cleanup(free))) char *text = malloc(1);\n\n    return text ? 1 : 2;\n}'
lint clang_tidy
exits 0 "clang-tidy's leaks are left to the leak sanitizer"
clean_tree
rm "$tree/build/dev/compile_commands.json"
catches clang_tidy 'compile_commands.json is missing' "that nothing was compiled"

put src/base/text.c <<<$'int text_at(void);\n\nint text_at(void)\n{\n    int a[3] = {0};\n\n    return a[3];\n}'
catches cppcheck 'src/base/text.c:7: error: arrayIndexOutOfBounds' "an index out of bounds"

# shellcheck disable=SC2016
put script/demo <<<$'#!/usr/bin/env bash\nrm -r $1'
catches shell 'script/demo:2:' "an unquoted name"
# shellcheck disable=SC2016
put tests/cli/test_check.sh <<<$'#!/usr/bin/env bash\nrm -r $1'
catches shell 'tests/cli/test_check.sh:2:' "an unquoted name in a test"

run "$source/script/lint" nonsense
exits 64 "an unknown check is a usage error"
stderr_has "it says what to type" "script/lint --help"
done_testing
