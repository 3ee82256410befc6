# shellcheck shell=bash disable=SC2154  # lib.sh sets the variables
# A real Dovecot for tests; sourced after cli/lib.sh and cli/incident.sh (and real/postfix.sh, where it is used):
# . "$source/tests/real/dovecot.sh"
#
#   dovecot_missing       prints what is not installed; nothing when it can run
#   dovecot_new MAILDIR   the mailbox of the user "bounces", password "secret"; its files belong to $mail_user. Leaves the
#                         ports in $imap_port (with STARTTLS) and $tls_port; the certificate is imap/ca.pem
#   dovecot_start, dovecot_stop
#   mailbox_lines LINE... the lines of a gateway file for it, with its password in the environment
dovecot=$(command -v dovecot || echo /usr/sbin/dovecot)
imap_pid=

# Adds to what the other libraries do at the end of a test
# shellcheck disable=SC2317 # the trap calls it
end_imap() {
    local code=$?
    [ -z "$imap_pid" ] || kill "$imap_pid" 2>/dev/null || true
    return "$code"
}
if declare -F end_postfixes >/dev/null; then
    trap 'end_imap; end_postfixes; end_relays; end_of_test' EXIT
else
    trap 'end_imap; end_relays; end_of_test' EXIT
fi

dovecot_missing() {
    local tool
    for tool in "$dovecot" openssl; do
        command -v "$tool" >/dev/null || { echo "$tool is not installed: run script/bootstrap"; return; }
    done
}

# As root Dovecot keeps mail for somebody else; otherwise for whoever runs the test.
mail_user=$(id -un)
[ "$mail_user" != root ] || mail_user=nobody

dovecot_new() {
    local maildir=$1
    chmod go+x "$work"
    free_port; imap_port=$free
    free_port; tls_port=$free
    mkdir -p imap/run imap/home
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=test" \
        -addext "subjectAltName=IP:127.0.0.1" -keyout imap/key.pem -out imap/ca.pem 2>imap/openssl.err ||
        note "$(cat imap/openssl.err)"
    mkdir -p "$maildir"/{cur,new,tmp}
    chown -R "$mail_user" imap/home "$maildir"
    cat >imap/dovecot.conf <<CONF
base_dir = $work/imap/run
state_dir = $work/imap/run
log_path = $work/imap/log
protocols = imap
default_internal_user = $mail_user
default_internal_group = $(id -gn "$mail_user")
default_login_user = $mail_user
first_valid_uid = 1
mail_location = maildir:$maildir
ssl = yes
ssl_cert = <$work/imap/ca.pem
ssl_key = <$work/imap/key.pem
disable_plaintext_auth = no
mail_max_userip_connections = 50
service imap-login {
  chroot =
  inet_listener imap {
    address = 127.0.0.1
    port = $imap_port
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = $tls_port
    ssl = yes
  }
}
service anvil {
  chroot =
}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=$(id -u "$mail_user") gid=$(id -g "$mail_user") home=$work/imap/home
}
CONF
}

# shellcheck disable=SC2317 # wait_for calls it
imap_answers() {
    (: <"/dev/tcp/127.0.0.1/$tls_port") 2>/dev/null
}

# shellcheck disable=SC2317 # wait_for calls it
imap_settled() {
    imap_answers || ! kill -0 "$imap_pid"
}

dovecot_start() {
    "$dovecot" -F -c imap/dovecot.conf >imap/out 2>&1 </dev/null &
    imap_pid=$!
    wait_for imap_settled
    imap_answers
}

dovecot_stop() {
    kill "$imap_pid"
    wait "$imap_pid" || true
    imap_pid=
}

export IMAP_PASSWORD=secret
mailbox_lines() {
    printf 'mailbox:\n'
    printf '  %s\n' 'host: 127.0.0.1' 'user: bounces' 'password: "env:IMAP_PASSWORD"' "$@"
}
