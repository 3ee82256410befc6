#!/usr/bin/env bash
# A real nginx with WebDAV: the announcement is put there over TLS, read back, replaced by later editions, and what points to
# it waits for it.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=../cli/incident.sh
. "$source/tests/cli/incident.sh"
# shellcheck source=../cli/announced.sh
. "$source/tests/cli/announced.sh"

nginx=$(command -v nginx || echo /usr/sbin/nginx)
for tool in "$nginx" openssl; do
    if ! command -v "$tool" >/dev/null; then
        skip "a real nginx" "$tool is not installed: run script/bootstrap"
        done_testing
    fi
done

# The server: a configuration and a port of its own -------------------------------------------------------------------------
web_port=
web_pid=

# shellcheck disable=SC2317 # the trap calls it
end_web() {
    local code=$?
    [ -z "$web_pid" ] || kill "$web_pid" 2>/dev/null || true
    return "$code"
}
trap 'end_web; end_relays; end_of_test' EXIT

configure() {
    mkdir -p web/public web/temporary web/logs
    chmod -R go+rwX web
    chmod go+x "$work"
    printf 'notices:%s\n' "$(openssl passwd -apr1 'correct horse')" >web/passwords
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=test" \
        -addext "subjectAltName=IP:127.0.0.1" -keyout web/key.pem -out web/ca.pem 2>web/openssl.err || note "$(cat web/openssl.err)"
    cat >web/nginx.conf <<CONF
daemon off;
master_process off;
pid $work/web/nginx.pid;
error_log $work/web/logs/error.log warn;
events {}
http {
    access_log $work/web/logs/access.log;
    client_body_temp_path $work/web/temporary;
    proxy_temp_path $work/web/temporary; fastcgi_temp_path $work/web/temporary;
    uwsgi_temp_path $work/web/temporary; scgi_temp_path $work/web/temporary;
    types { text/html html; }
    server {
        listen 127.0.0.1:$web_port ssl;
        ssl_certificate $work/web/ca.pem;
        ssl_certificate_key $work/web/key.pem;
        root $work/web/public;
        location / {
            dav_methods PUT DELETE;
            create_full_put_path on;
            limit_except GET HEAD { auth_basic notices; auth_basic_user_file $work/web/passwords; }
        }
    }
}
CONF
}

# shellcheck disable=SC2317 # wait_for calls it
web_answers() {
    (: <"/dev/tcp/127.0.0.1/$web_port") 2>/dev/null
}

web_start() {
    "$nginx" -p "$work/web" -c "$work/web/nginx.conf" >web/out 2>&1 &
    web_pid=$!
    wait_for web_answers || note "nginx did not start: $(cat web/out web/logs/error.log)"
}

web_stop() {
    kill "$web_pid"
    wait "$web_pid" 2>/dev/null
    web_pid=
}

# puts: how many pages nginx has taken
puts() {
    grep -c '"PUT [^"]*" 20' web/logs/access.log
}

# web_gateway PASSWORD_FILE
web_gateway() {
    cat <<YAML
version: 1
name: site
kind: http
preset: webdav
params: {base: "https://127.0.0.1:$web_port/notices", user: notices}
auth: {type: basic, user: notices, secret: "file:$work/$1"}
ca_file: $work/web/ca.pem
YAML
}

# shellcheck disable=SC2317 # ok calls it
# same_digest LOCALE SLUG: whether what nginx serves is what was published, byte for byte, by a second client
same_digest() {
    local got want
    got=$("$client" "https://127.0.0.1:$web_port/notices/$2.html" | sha256sum)
    want=$(sha256sum <"web/public/notices/$2.html")
    [ "$got" = "$want" ] && grep -q "<html lang=\"$1\"" "web/public/notices/$2.html"
}

free_port
web_port=$free
configure
web_start
provider
relay mail
(umask 077 && echo "correct horse" >password && echo "wrong horse" >wrong)
cat >fetch <<SH
#!/bin/sh
exec openssl s_client -quiet -CAfile "$work/web/ca.pem" -verify_return_error -connect 127.0.0.1:$web_port 2>/dev/null <<END | sed '1,/^\r\$/d'
GET \${1#https://127.0.0.1:$web_port} HTTP/1.0

END
SH
chmod +x fetch
client=$work/fetch

# Publishing ----------------------------------------------------------------------------------------------------------------
announced story "{gateway: site, when: always}"
web_gateway wrong >story/gateways/site.yaml
plan story
notify story
exits 75 "text messages wait"
is "none has gone" "$(texts '')" 0
confirmed story
exits 75 "a wrong password"
stdout_has "nothing is published, and it says why" "not published" "401"
is "nginx has taken nothing" "$(find web/public -type f | wc -l)" 0
web_gateway password >story/gateways/site.yaml
confirmed story
exits 0 "it is published over TLS and read back"
stdout_has "the address is that of the server" "https://127.0.0.1:$web_port/notices/leak-en.html" "3 of 3"
served=$("$client" "https://127.0.0.1:$web_port/notices/leak-en.html" | sha256sum | cut -d' ' -f1)
is "the digest of the page that was read back is recorded, and is that of what nginx serves" \
    "$(sqlite3 story/leak.breach/ledger.db "SELECT json_extract(body, '\$.reply') FROM event WHERE json_extract(body, '\$.event') = 'announcement_published' AND json_extract(body, '\$.locale') = 'en'")" \
    "read back: status 200, SHA-256 $served"
for locale in en zh-CN zh-TW; do
    ok "nginx serves what was published in $locale" same_digest "$locale" "leak-${locale,,}"
done
notify story
exits 0 "the text messages go now"
is "each once" "$(texts '')" 3
before=$(puts)
confirmed story
exits 0 "once more"
is "nothing is put a second time" "$(puts)" "$before"

# Later editions ------------------------------------------------------------------------------------------------------------
edition story 2
cat >>story/playbook.yaml <<YAML
update:
  kind: update
  what_changed: {en: We found the way in., zh-CN: 我们找到了入侵的途径。, zh-TW: 我們找到了入侵的途徑。}
  need_to_act: false
YAML
plan story
notify story
exits 75 "the messages of the new edition wait for its announcement"
is "none has gone" "$(texts '')" 3
web_stop
confirmed story
exits 75 "while nginx is down"
stdout_has "it says so" "NEEDS YOU: the announcement is published in 0 of 3 places"
web_start
confirmed story --update
exits 0 "the update is published"
ok "it replaced the page" grep -q "We found the way in" web/public/notices/leak-en.html
ok "and is what nginx serves" same_digest en leak-en
notify story
exits 0 "the messages go"
edition story 3
sed -i 's/kind: update/kind: withdrawal/' story/playbook.yaml
plan story
confirmed story --withdraw
exits 0 "the withdrawal is published"
stdout_has "it says so" "withdrawn and read back, edition 3"
is "there are still three pages" "$(find web/public -type f | wc -l)" 3

# What somebody changed -----------------------------------------------------------------------------------------------------
echo "<p>Send your password to this address</p>" >web/public/notices/leak-en.html
confirmed story
exits 0 "a page that somebody changed is put back"
ok "nginx serves ours" same_digest en leak-en

web_stop
relay_stop mail
relay_stop sms
done_testing
