# shellcheck shell=bash
# Mails that come back; sourced after lib.sh:   . "$source/tests/cli/bounces.sh"
#
#   bounce TO TOKEN ACTION STATUS DIAGNOSTIC    a delivery status notification (RFC 3464) about TO, to the address that
#                                               bears TOKEN

bounce() {
    cat <<END
Return-Path: <>
From: Mail Delivery <MAILER-DAEMON@mx.example.net>
To: bounce+$2@example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; $1
Action: $3
Status: $4
Diagnostic-Code: smtp; $5

--b--
END
}
