# shellcheck shell=bash
# Text messages by an embedded provider; sourced after incident.sh:   . "$source/tests/cli/texts.sh"
#
#   texts_gateway PORT          what every gateway file texts.yaml begins with; the test adds what it is about
#   by_text FOLDER              the incident in FOLDER tells its people by text message alone
export SMS_TOKEN=secret

texts_gateway() {
    cat <<END
version: 1
name: texts
kind: http
sends: sms
request:
  method: POST
  url: http://127.0.0.1:$1/v1/messages
  headers: {Idempotency-Key: "{{id}}"}
  json: {to: "{{endpoint}}", text: "{{text}}", reference: "{{id}}"}
auth: {type: bearer, secret: "env:SMS_TOKEN"}
answer:
  rules:
    - {status: 200-299, at: /id, exists: true, means: accepted}
    - {at: /error, is: unknown_number, means: permanent}
    - {status: 500-599, means: temporary}
  provider_id: /id
suppression: bypassed
price: {each: 0.05, currency: EUR}
END
}

by_text() {
    sed -i -e 's/ladder: \[email\]/ladder: [sms]/' -e 's/{email: relay}/{sms: texts}/' "$1/playbook.yaml"
}
