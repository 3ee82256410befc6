# shellcheck shell=bash disable=SC2154  # lib.sh sets the variables
# A real Kannel for tests; sourced after cli/lib.sh and cli/incident.sh:   . "$source/tests/real/kannel.sh"
#
#   kannel_missing       prints what is not installed; nothing when it can run
#   kannel_start         bearerbox, smsbox and its fake SMSC; leaves the port of its HTTP interface in $sendsms. Reports
#                        that nobody answers are called again every second
#   texts_gateway [LINE] a gateway file for it, with one more line; its reports come to $serve_port
#   background NAME COMMAND...   ended with the test
fakesmsc=/usr/lib/kannel/test/fakesmsc
export KANNEL_PASSWORD=kannel KANNEL_RECEIPT_TOKEN=proof

kannel_missing() {
    local tool
    for tool in /usr/sbin/bearerbox /usr/sbin/smsbox "$fakesmsc"; do
        [ -x "$tool" ] || { echo "$tool is not installed: run script/bootstrap"; return; }
    done
}

kannel_conf() {
    cat <<END
group = core
admin-port = $1
admin-password = admin
admin-allow-ip = "127.0.0.1"
smsbox-port = $2
box-allow-ip = "127.0.0.1"
dlr-storage = internal
log-file = "$work/bearerbox.log"
log-level = 1

group = smsc
smsc = fake
smsc-id = fake
port = $3
connect-allow-ip = 127.0.0.1

group = smsbox
http-request-retry = 100
http-queue-delay = 1
bearerbox-host = 127.0.0.1
sendsms-port = $4
log-file = "$work/smsbox.log"
log-level = 1

group = sendsms-user
username = breach
password = $KANNEL_PASSWORD
max-messages = 10
concatenation = true

group = sms-service
keyword = default
text = ""
omit-empty = true
max-messages = 0
END
}

# is_open PORT
# shellcheck disable=SC2317  # called by wait_for
is_open() {
    (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# background NAME COMMAND...: ended with the test
background() {
    local name=$1
    shift
    "$@" >"$work/$name.out" 2>&1 </dev/null &
    # shellcheck disable=SC2004  # the array of incident.sh has names
    relays[$name]=$!
}

kannel_start() {
    local admin box smsc
    free_port; admin=$free
    free_port; box=$free
    free_port; smsc=$free
    free_port; sendsms=$free
    kannel_conf "$admin" "$box" "$smsc" "$sendsms" >kannel.conf
    background bearerbox /usr/sbin/bearerbox -v 4 "$work/kannel.conf"
    wait_for is_open "$smsc" || note "bearerbox: $(cat bearerbox.out bearerbox.log)"
    background fakesmsc "$fakesmsc" -H 127.0.0.1 -r "$smsc" -i 100000 -m 1 "100 200 text hello"
    wait_for is_open "$box" || note "bearerbox: $(cat bearerbox.out bearerbox.log)"
    background smsbox /usr/sbin/smsbox -v 4 "$work/kannel.conf"
    wait_for is_open "$sendsms" || note "smsbox: $(cat smsbox.out smsbox.log)"
    wait_for grep -q 'sent message 1' fakesmsc.out || note "fakesmsc: $(cat fakesmsc.out)"
}

# texts_gateway [LINE]: the file, with one more line
texts_gateway() {
    cat <<END
version: 1
name: texts
preset: kannel
params: {origin: "http://127.0.0.1:$sendsms", username: breach, from: "123", receipt: "http://127.0.0.1:$serve_port/receipts/texts"}
auth: {secret: "env:KANNEL_PASSWORD"}
receipt: {token: {query: token, secret: "env:KANNEL_RECEIPT_TOKEN"}}
suppression: bypassed
price: {each: 0.05, currency: EUR}
connections: 4
${1-}
END
}
