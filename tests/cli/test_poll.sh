#!/usr/bin/env bash
# Delivery reports that a provider does not send by itself: breach track asks about a thousand messages, keeps what was said,
# asks about the rest the next time, and no more often than the gateway file allows.
. "$(dirname "$0")/lib.sh"
. "$source/tests/cli/incident.sh"
. "$source/tests/cli/texts.sh"

people=1000
bounced=200
failed=20
moving=100  # on their way
silent=50   # the provider does not know yet
hang_ups=3  # it says nothing

polled_gateway() {
    texts_gateway "$1"
    cat <<END
lookup:
  polls: true
  interval: PT1H
  request: {method: GET, url: "http://127.0.0.1:$1/v1/messages/{{provider_id}}"}
  answer:
    rules:
      - {status: 200, at: /state, is: arrived, means: delivered}
      - {status: 200, at: /state, in: [absent, EXPIRED], means: bounced}
      - {status: 200, at: /state, is: refused, means: failed}
      - {status: 200, at: /state, is: moving, means: accepted}
      - {status: 404, means: not-found}
in_doubt: hold
connections: 8
END
}

polled_gateway 1 >texts.yaml
sink http-sink-breach provider --gateway texts.yaml \
    --rule "lookup answer bounced times=$bounced" --rule "lookup answer failed times=$failed" \
    --rule "lookup answer accepted times=$moving" --rule "lookup answer unknown times=$silent" \
    --rule "lookup hang-up times=$hang_ups" --rule "lookup answer delivered"
incident a actual
by_text a
{ echo "id,name,locale,phone"; seq -f '%08.0f' 1 "$people" | sed 's/.*/p&,Person &,en,+86138&/'; } >a/people.csv
polled_gateway "$sink_port" >a/gateways/texts.yaml
sends a --json
exits 0 "a thousand text messages are taken"

track() {
    run "$breach" track a/playbook.yaml --json
    unread_stderr= # says where it could not be asked
}

counted() { echo "$(json "$out" '$.receipts') $(told "$out" delivered) $(told "$out" unreachable) $(told "$out" accepted)"; }

settled=$((people - moving - silent - hang_ups))
track
is "what the provider says is taken, and what it does not know waits" "$(counted)" \
    "$settled $((settled - bounced - failed)) $((bounced + failed)) $((people - settled))"
track
is "it is not asked again before its time" "$(counted)" "0 $((settled - bounced - failed)) $((bounced + failed)) $((people - settled))"
sqlite3 a/leak.breach/ledger.db "UPDATE header SET value = 0 WHERE key = 'polled texts'" # an hour later
track
is "the next time only the rest is asked about" "$(counted)" \
    "$((people - settled)) $((people - bounced - failed)) $((bounced + failed)) 0"
is "each is recorded once" "$(sqlite3 a/leak.breach/ledger.db "SELECT count(*), count(DISTINCT message) FROM event
    WHERE json_extract(body, '\$.event') IN ('delivered', 'bounced')")" "$people|$people"
relay_stop provider
is "and nothing was sent a second time" "$(sed -n 's/^accepted \([0-9]\)/\1/p' provider.count) $(sed -n 's/^repeated //p' provider.count)" "$people 0"
done_testing
