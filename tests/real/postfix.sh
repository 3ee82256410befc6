# shellcheck shell=bash disable=SC2154  # lib.sh sets the variables
# Real Postfix relays for tests; sourced after cli/lib.sh and cli/incident.sh:   . "$source/tests/real/postfix.sh"
#
#   postfix_missing                 prints why Postfix cannot run here; nothing when it can
#   postfix_new NAME COUNT [USER PASSWORD]
#                                   a relay in $work/NAME, not started, with a mailbox for each of p1 ...
#                                   pCOUNT@example.org, STARTTLS with a certificate for 127.0.0.1 by the authority
#                                   $work/ca.pem, and with USER AUTH as well; nobody may send without it then
#   postfix_set NAME SETTING...     parameters of main.cf, as 'soft_bounce = yes'; the next start uses them
#   postfix_start NAME              leaves its port in $port: the same one at every start of NAME
#   postfix_stop NAME               ends it; the queue stays
#   postfix_idle NAME               waits until its queue is empty
#   postfix_log NAME                prints what it logged
#   postfix_complaints NAME         prints what it logged of us that is wrong
#   postfix_certificate NAME OTHER  it shows the certificate OTHER from its next start
#   certificate NAME AUTHORITY ALTERNATIVES
#                                   $work/NAME.pem and .key, signed by $work/AUTHORITY.pem, which is made when missing
#   notice NAME COUNT LINE...       an actual incident NAME for COUNT people and the relay at $port, with these lines
#                                   in its gateway file, planned; leaves the digest in $plan
#   notify NAME                     the same command every time, with $patience (PT1S)
#   counts NAME MEMBER...           these members of people in the document of status, or of the document itself
#   delivers NAME COUNT             it has delivered that many messages
#   mailboxes NAME FOLDER           compares what lies in its mailboxes with the ledger of FOLDER; prints how much
#
# A relay has its own configuration, queue, data and log, listens on one loopback port only, delivers into Maildirs of
# its own and to nobody else, and asks no DNS. It ends with the test, also when the test is killed. /etc/postfix and a
# Postfix that runs from there are not touched.
declare -A postfixes=()
declare -A postfix_guards=()
declare -A postfix_ports=()
postfix_daemons=$(/usr/sbin/postconf -dh daemon_directory 2>/dev/null)

end_postfixes() {
    local code=$? name
    for name in "${!postfixes[@]}"; do kill "${postfixes[$name]}" 2>/dev/null; done
    for name in "${!postfixes[@]}"; do postfix_stop "$name"; done
    return "$code"
}
trap 'end_postfixes; end_relays; end_of_test' EXIT

postfix_missing() {
    local tool
    for tool in /usr/sbin/postconf /usr/sbin/saslpasswd2 openssl setsid tail; do
        command -v "$tool" >/dev/null || { echo "$tool is not installed: run script/bootstrap"; return; }
    done
    [ "$(id -u)" = 0 ] || echo "Postfix's master must be started by root"
}

certificate() {
    [ -z "$2" ] || [ -f "$work/$2.pem" ] || certificate "$2" '' ''
    local signer=(-CA "$work/$2.pem" -CAkey "$work/$2.key" -addext "subjectAltName=$3")
    [ -n "$2" ] || signer=(-addext "basicConstraints=critical,CA:TRUE")
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
        -keyout "$work/$1.key" -out "$work/$1.pem" "${signer[@]}" 2>"$work/openssl.err" ||
        note "$(cat "$work/openssl.err")"
}

main_cf() {
    cat <<END
compatibility_level = 3.6
queue_directory = $1/queue
data_directory = $1/data
maillog_file = $1/log/mail.log
maillog_file_prefixes = $1
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.example.com
mynetworks =
mydestination =
alias_maps =
local_recipient_maps =
default_transport = error:nothing leaves this test
relay_transport = error:nothing leaves this test
virtual_mailbox_domains = example.org
virtual_mailbox_base = $1/mail
virtual_mailbox_maps = texthash:$1/mailboxes
virtual_minimum_uid = 1
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
notify_classes =
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtpd_forbid_bare_newline = reject
smtpd_forbid_unauth_pipelining = yes
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = $1/relay.pem
smtpd_tls_key_file = $1/relay.key
smtpd_tls_auth_only = yes
smtpd_relay_restrictions = permit_auth_destination, reject
END
}

master_cf() {
    cat <<END
127.0.0.1:$1 inet n - n - - smtpd
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 1 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
showq     unix  n - n - - showq
postlog   unix-dgram n - n - 1 postlogd
END
}

# The folders as Postfix's own post-install makes them, whose paths are those of the system's queue
postfix_folders() {
    local folder
    mkdir -p "$1"/{config,data,log,mail,queue/pid}
    chmod 755 "$1" "$1"/{config,log,queue,queue/pid}
    for folder in active bounce corrupt defer deferred flush hold incoming private saved trace; do
        mkdir -m 700 "$1/queue/$folder"
        chown postfix: "$1/queue/$folder"
    done
    mkdir "$1/queue/maildrop" "$1/queue/public"
    chown postfix:postdrop "$1/queue/maildrop" "$1/queue/public"
    chmod 1730 "$1/queue/maildrop"
    chmod 2710 "$1/queue/public"
    chown postfix: "$1/data"
    chmod 700 "$1/data"
    chown 65534:65534 "$1/mail"
}

postfix_accounts() {
    # Where Debian's Postfix looks, whatever cyrus_sasl_config_path says
    local home=$work/$1/config
    mkdir "$home/sasl"
    printf '%s\n' 'pwcheck_method: auxprop' 'auxprop_plugin: sasldb' 'mech_list: PLAIN LOGIN' \
        "sasldb_path: $home/sasl/accounts" >"$home/sasl/smtpd.conf"
    printf '%s' "$3" | saslpasswd2 -p -c -f "$home/sasl/accounts" -u example.com "$2"
    chown postfix: "$home/sasl/accounts"
    postfix_set "$1" 'smtpd_sasl_auth_enable = yes' 'smtpd_sasl_path = smtpd' 'smtpd_sasl_local_domain = example.com' \
        "cyrus_sasl_config_path = $home/sasl" 'smtpd_client_restrictions = permit_sasl_authenticated, reject' \
        'smtpd_delay_reject = yes'
}

postfix_new() {
    local home=$work/$1
    # Its daemons are not root when they look for their files
    chmod 711 "$work"
    postfix_folders "$home"
    main_cf "$home" >"$home/config/main.cf"
    certificate "$1" ca IP:127.0.0.1,DNS:localhost
    postfix_certificate "$1" "$1"
    awk -v count="$2" 'BEGIN { for (i = 1; i <= count; i++) print "p" i "@example.org p" i "/" }' >"$home/mailboxes"
    [ -z "${3-}" ] || postfix_accounts "$1" "$3" "$4"
    free_port
    postfix_ports[$1]=$free
    master_cf "${postfix_ports[$1]}" >"$home/config/master.cf"
}

postfix_certificate() {
    cp "$work/$2.pem" "$work/$1/relay.pem"
    cp "$work/$2.key" "$work/$1/relay.key"
}

postfix_set() {
    local name=$1
    shift
    postconf -c "$work/$name/config" -e "$@"
}

postfix_listens() {
    (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Its own session, because master signals its whole process group. The guard ends it when the test was killed.
postfix_start() {
    port=${postfix_ports[$1]}
    setsid "$postfix_daemons/master" -s -c "$work/$1/config" >>"$work/$1/master.out" 2>&1 </dev/null &
    postfixes[$1]=$!
    # shellcheck disable=SC2016  # the inner shell expands them
    setsid sh -c 'tail --pid="$0" -f /dev/null; kill "$1"; rm -rf "$2"' "$$" "${postfixes[$1]}" "$work/$1" \
        >/dev/null 2>&1 </dev/null &
    postfix_guards[$1]=$!
    wait_for postfix_listens "$port" ||
        note "Postfix $1 did not start: $(cat "$work/$1/master.out"; tail "$work/$1/log/mail.log")"
}

postfix_stop() {
    local pid=${postfixes[$1]}
    unset "postfixes[$1]"
    kill -- "-${postfix_guards[$1]}" 2>/dev/null
    wait "${postfix_guards[$1]}" 2>/dev/null
    kill "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    # Its children saw the same signal; those that deliver may still be at it
    wait_for postfix_is_gone "$pid" || kill -KILL -- "-$pid" 2>/dev/null
    return 0
}

# Whom init has not buried yet is dead enough
postfix_is_gone() {
    ps -eo pgid=,stat= | awk -v group="$1" '$1 == group && $2 !~ /^Z/ { found = 1 } END { exit found }'
}

# A message that is whole has the bit of execution (Postfix's mail_queue.h); what a stop cut short has not, stays for a day,
# and was never accepted.
postfix_is_idle() {
    [ -z "$(find "$work/$1/queue"/{maildrop,incoming,active,deferred} -type f -perm -u=x -print -quit)" ]
}

postfix_idle() {
    wait_for postfix_is_idle "$1" && return
    note "the queue of $1 does not empty: $(tail -n 5 "$work/$1/log/mail.log")"
    return 1
}

postfix_log() {
    cat "$work/$1/log/mail.log"
}

# Of the daemons that read what we send. They also complain of this machine: of its clocks, its libraries, and of daemons
# that do not answer in time; that is no word about us.
postfix_complaints() {
    postfix_log "$1" | grep -E 'postfix/(smtpd|cleanup)\[[0-9]+\]: ((warning|error|fatal|panic): |improper command)' |
        grep -vE 'warning: (file system clock is|resetting file time stamps)|library vs[.] compile-time| (private|public)/' || true
}

delivers() {
    [ "$(find "$work/$1/mail" -type f | wc -l)" -ge "$2" ]
}

# mailboxes RELAY INCIDENT [--stopped]: messages that were accepted are to lie there once; those that have been in doubt may do
# so more often, or not at all
mailboxes() {
    sqlite3 "$2/leak.breach/ledger.db" "
        WITH doubted AS (SELECT DISTINCT message FROM event WHERE json_extract(body, '\$.event') = 'doubted'),
            taken AS (SELECT DISTINCT message FROM event WHERE json_extract(body, '\$.event') = 'accepted')
        SELECT id, endpoint, no IN (SELECT message FROM taken), no IN (SELECT message FROM doubted) FROM message
        WHERE no IN (SELECT message FROM taken) OR no IN (SELECT message FROM doubted)" |
        "$build/tests/tools/mailbox-check" "${@:3}" "$work/$1/mail" 2>"$work/mailbox-check.err" ||
        note "$(head -n 20 "$work/mailbox-check.err")"
}

notice() {
    local name=$1 count=$2
    shift 2
    incident "$name" actual
    people "$count" >"$name/people.csv"
    gateway "$@" >"$name/gateways/relay.yaml"
    run "$breach" plan "$name/playbook.yaml"
    exits 0 "$name is planned"
    plan=$(digest)
}

notify() {
    local name=$1
    shift
    run "$breach" notify "$name/playbook.yaml" --yes --expect-digest "$plan" --patience "${patience:-PT1S}" "$@"
    unread_stderr=
}

counts() {
    local name=$1 member path values=()
    shift
    run "$breach" status "$name/playbook.yaml" --json
    for member; do
        path="\$.people.$member"
        case $member in messages.* | held | resent_in_doubt | twice | complete) path="\$.$member" ;; esac
        values+=("$member $(json "$out" "$path")")
    done
    echo "${values[*]}"
}
