#!/usr/bin/env bash
# The Debian package of a release build: what is in it, what it needs, and what must not be in it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# The release build is kept beside the build under test, so that only the first run takes long
release=$build/package
export CCACHE_DISABLE=1 # it would write into a home that is not there
run cmake --preset release -S "$source" -B "$release"
exits 0 "a release build is set up"
unread_stderr=
run cmake --build "$release"
exits 0 "it is built"
unread_stderr=
rm -f "$release"/*.deb
umask 077
run env -C "$release" cpack
exits 0 "it is packed, whatever the umask is"
umask 022
unread_stderr=
package=$(find "$release" -maxdepth 1 -name 'breach_*_*.deb')
ok "one package, named as Debian does" test -f "$package"

field() {
    dpkg-deb --field "$package" "$1"
}
is "its name" "$(field Package) $(field Section) $(field Priority)" "breach mail optional"
is "its version is the program's" "breach $(field Version)" "$("$release/breach" --version)"
for library in libc6 libesmtp6 libglib2.0-0 libidn2-0 libjansson4 libsodium23 libsqlite3-0 libssl3 libyaml-0-2 tzdata; do
    ok "it depends on $library" grep -qE "(^|, )$library" <(field Depends)
done
ok "a description for people" test "$(field Description | wc -l)" -gt 3
ok "the administrator's files are kept" grep -qx /etc/breach/gateways/README <(dpkg-deb --info "$package" conffiles)
is "nothing is run at installation" "$(dpkg-deb --ctrl-tarfile "$package" | tar -t | grep -cE '(pre|post)(inst|rm)')" 0

dpkg-deb --contents "$package" >contents
is "everything belongs to root" "$(awk '$2 != "root/root"' contents | wc -l)" 0
is "everybody may read it" "$(awk '$1 !~ /^(-rw-r--r--|-rwxr-xr-x|drwxr-xr-x)$/' contents | wc -l)" 0
is "one program" "$(awk '$1 ~ /^-rwx/ { print $6 }' contents)" ./usr/bin/breach
mkdir root
dpkg-deb --extract "$package" root
for file in etc/breach/gateways/README usr/share/doc/breach/copyright usr/share/doc/breach/README.zh-CN.md usr/share/doc/breach/changelog.gz \
    usr/share/man/man1/breach-check.1.gz usr/share/man/man5/breach-gateway.5.gz \
    usr/share/breach/templates/individual/en/email.txt usr/share/doc/breach/schema/check.json usr/share/doc/breach/law.md \
    usr/share/doc/breach/codes.md usr/share/breach/playbooks/scenarios/relay-down-at-night.yaml \
    usr/share/breach/contacts/participants-sample.yaml usr/share/locale/zh_CN/LC_MESSAGES/breach.mo \
    usr/share/bash-completion/completions/breach usr/share/fish/vendor_completions.d/breach.fish \
    usr/share/zsh/vendor-completions/_breach; do
    ok "$file" test -s "root/$file"
done
is "every command has its manual page" "$(find "$source/docs/man" -type f | wc -l)" "$(find root/usr/share/man -name '*.gz' | wc -l)"
is "no state, no build, no secret" "$(grep -cE '[.]breach/|CMake|[.]port|password' contents)" 0

program=root/usr/bin/breach
is "it is stripped" "$(readelf --sections "$program" | grep -c '[.]debug_info')" 0
is "no fault points" "$(strings "$program" | grep -c BREACH_FAULT_)" 0
is "no path of the machine that built it" "$(strings "$program" | grep -cF -e "$source" -e "$release")" 0
ok "hardened: bound at the start" grep -q BIND_NOW <(readelf --dynamic "$program")
ok "hardened: runs at any address" grep -q DYN <(readelf --file-header "$program")
is "no path in the files either" "$(grep -rlF -e "$source" root | wc -l)" 0

# It runs from wherever it is unpacked
mkdir incident
sed 's|^people: .*|people: people.csv|' root/usr/share/breach/playbooks/credential-leak-email.yaml >incident/playbook.yaml
cp root/usr/share/breach/contacts/people-sample.csv incident/people.csv
run "$program" notify incident/playbook.yaml --dry-run
exits 0 "the shipped sample is rehearsed by it"
stdout_has "everybody is told" "1,000 told, complete"
if command -v lintian >/dev/null; then
    run lintian --fail-on error "$package"
    exits 0 "lintian finds no error"
    unread_stderr=
else
    skip "lintian finds no error" "lintian is not installed"
fi

done_testing
