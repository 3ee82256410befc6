#!/usr/bin/env bash
# script/bootstrap on a machine that is only pretended, the counting of script/test, and what every script says of itself.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

for script in bench bootstrap demo lint test; do
    run "$source/script/$script" --help
    exits 0 "script/$script --help"
    stdout_has "script/$script says how it is called" "usage: script/$script"
    run "$source/script/$script" --nonsense
    exits 64 "script/$script refuses an unknown option"
    stderr_has "script/$script names it and says what to type" "script/$script: unknown option --nonsense; "
done

# A machine of which the packages in MISSING and REMOVED are not installed, and where apt writes down that it was called
mkdir machine
pretend() {
    cat >"machine/$1"
    chmod +x "machine/$1"
}
pretend dpkg-query <<'END'
#!/bin/sh
for package; do :; done
case " $MISSING " in *" $package "*) exit 1 ;; esac
case " $REMOVED " in *" $package "*) printf config-files ;; *) printf installed ;; esac
END
pretend apt-get <<'END'
#!/bin/sh
echo "apt-get $*" >>"$CALLS"
[ -z "$BROKEN" ] || { echo "E: broken" >&2; exit 100; }
END
pretend debconf-set-selections <<'END'
#!/bin/sh
echo "debconf $(cat)" >>"$CALLS"
END
pretend sudo <<'END'
#!/bin/sh
echo sudo >>"$CALLS"
exec "$@"
END
pretend id <<'END'
#!/bin/sh
echo "$USER_ID"
END
pretend npm <<'END'
#!/bin/sh
echo "npm $*" >>"$CALLS"
[ -z "$BROKEN" ] || exit 1
END
export CALLS=$work/calls USER_ID=0 MISSING='' REMOVED='' BROKEN='' BREACH_BROWSER_TOOLS=$work/browser

bootstrap() {
    : >"$CALLS"
    run env PATH="$work/machine:$PATH" "$source/script/bootstrap" "$@"
}

bootstrap
exits 0 "only what the browser is driven with is missing"
is "it is fetched, exactly as it is locked" "$(cat "$CALLS")" "npm ci --ignore-scripts --no-audit --no-fund --silent"
bootstrap --check
exits 0 "then --check has nothing to say"
rm browser/installed.json
bootstrap --check
exits 1 "without it, it has"
stdout_has "and names it" "missing: playwright-core, axe-core (test: "
bootstrap --check --build
exits 0 "but not where only building counts"
BROKEN=yes
bootstrap
exits 0 "without a network nothing has failed"
stderr_has "but it says what follows" "the tests in a browser are skipped until it can"
BROKEN=
bootstrap
bootstrap
exits 0 "nothing is missing"
is "then apt is not called" "$(cat "$CALLS")" ""
is "and nothing is said" "$(cat "$out")" ""

MISSING='gcc postfix' REMOVED=libyaml-dev
bootstrap --check
exits 1 "--check fails if something is missing"
stdout_has "--check names it, and why it is needed" "missing: gcc (build: the C compiler" "missing: postfix (test: " \
    "missing: libyaml-dev (build: "
is "--check installs nothing" "$(cat "$CALLS")" ""
bootstrap --check --build
stdout_lacks "--build leaves out what only tests need" postfix

bootstrap
exits 0 "what is missing is installed"
ok "in one call, without what is only recommended" \
    grep -E '^apt-get .*install -y --no-install-recommends gcc libyaml-dev postfix$' "$CALLS"
is "postfix is not configured" "$(head -n 1 "$CALLS")" "debconf postfix postfix/main_mailer_type select No configuration"
bootstrap --build
ok "--build installs only what building needs" grep -E 'recommends gcc libyaml-dev$' "$CALLS"
USER_ID=1000
bootstrap --build
ok "as a plain user through sudo" grep -xF sudo "$CALLS"
USER_ID=0 BROKEN=yes
bootstrap
exits 1 "apt fails"
stderr_has "its words are shown, and what to do" "E: broken" "script/bootstrap: apt-get failed; mend what it says above"

# The output of ctest -V, of tests that run side by side
cat >ctest.log <<'END'
1: Test command: ok 1 - not a case
1: Test timeout computed to be: 300
2: Test timeout computed to be: 300
1: 1..3
2: 1..2
1: ok 1 - a
2: ok 1 - a
1: not ok 2 # SKIP b
2: not ok 2 - broken here
1: ok 3 - c
2: # 0x1 != 0x2
1/6 Test #1: unit.test_good ...................   Passed    0.01 sec
2/6 Test #2: unit.test_bad ....................***Failed    0.01 sec
3: Test timeout computed to be: 300
3: 1..2
3: ok 1 - a
3/6 Test #3: unit.test_dead ...................***Exception: SegFault  0.10 sec
4: Test timeout computed to be: 300
4: 1..1
4: (process:1): GLib-WARNING: noise
4: ok 1 - a
4/6 Test #4: unit.test_noisy ..................   Passed    0.01 sec
5: Test timeout computed to be: 300
5: 1..2
5: ok 1 - a
5/6 Test #5: cli.short ........................   Passed    0.01 sec
6: Test timeout computed to be: 300
6/6 Test #6: unit.test_empty ..................   Passed    0.01 sec
END
count() {
    run awk -f "$source/tests/count.awk" -v counts="$work/counts" "$1"
}
count ctest.log
is "passed, failed and skipped cases are counted" "$(cat counts)" "6 5 1"
stdout_has "a failing test's output is shown" "FAILED unit.test_bad (Failed)" "    not ok 2 - broken here" "    # 0x1 != 0x2"
stdout_has "a crash is a failure" "FAILED unit.test_dead (Exception: SegFault)"
stdout_has "a line that is no case is a failure of a unit test" \
    "FAILED unit.test_noisy (unexpected output: (process:1): GLib-WARNING: noise)"
stdout_has "a plan that is not kept is a failure" "FAILED cli.short (planned 2 cases, ran 1)"
stdout_has "a unit test without a case is a failure" "FAILED unit.test_empty (ran no case)"
stdout_lacks "a good test's output is not shown" unit.test_good
count /dev/null
is "no test at all is a failure" "$(cat counts)" "0 1 0"
done_testing
