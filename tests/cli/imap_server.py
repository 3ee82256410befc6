#!/usr/bin/env python3
"""imap_server.py PORT_FILE MODE MAILS [FILE]

An IMAP server (RFC 3501) on 127.0.0.1, of which tests can ask what no honest server does. It has MAILS mails with the
UIDs from 1 on, and a UIDVALIDITY of its own; the last mail is FILE, where there is one, or each of them with the mode
"same". Modes: "good"; "same"; "refuses" and "empty": the mail with UID 2 is in the list, and answered with NO, or with
nothing that is a mail; "refuses-all"; "lines": SEARCH answers with a line for each mail; "endless": says that there will
be more mails than can have a UID.
"""
import os
import re
import socket
import sys
import threading
import time

port_file, mode, mails = sys.argv[1], sys.argv[2], int(sys.argv[3])
text = open(sys.argv[4], "rb").read().replace(b"\n", b"\r\n") if len(sys.argv) > 4 else None

validity = time.time_ns() // 1000 % (1 << 32) or 1


def mail(uid):
    if text and mode == "same":
        return text + b"%d\r\n" % uid
    if text and uid == mails:
        return text
    return b"From: li@example.org\r\nSubject: mail %d\r\n\r\nNot for us.\r\n" % uid


def status(_):
    return b'* STATUS "INBOX" (UIDNEXT %d UIDVALIDITY %d)\r\n' % (
        1 << 33 if mode == "endless" else mails + 1,
        validity,
    ), b"OK"


def search(words):
    first, last = (int(number) for number in re.search(r"UID (\d+):(\d+)", words.replace("*", str(mails))).groups())
    uids = [b"%d" % uid for uid in range(first, min(last, mails) + 1)]
    lines = uids if mode == "lines" else [b" ".join(uids)]
    return b"".join(b"* SEARCH %s\r\n" % line for line in lines), b"OK"


def fetch(words):
    uid = int(words.split()[2])
    if mode == "refuses-all" or (mode == "refuses" and uid == 2):
        return b"", b"NO"
    if mode == "empty" and uid == 2:
        return b"* 2 FETCH (UID 2 BODY[] NIL)\r\n", b"OK"
    octets = mail(uid)
    return b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid, uid, len(octets), octets), b"OK"


ANSWERS = {
    "CAPABILITY": lambda _: (b"* CAPABILITY IMAP4rev1\r\n", b"OK"),
    "LOGIN": lambda _: (b"", b"OK"),
    "STATUS": status,
    "SELECT": lambda _: (b"* %d EXISTS\r\n" % mails, b"OK"),
    "UID SEARCH": search,
    "UID FETCH": fetch,
    "UID STORE": lambda _: (b"", b"OK"),
    "LOGOUT": lambda _: (b"* BYE\r\n", b"OK"),
}


def serve(connection):
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"* OK IMAP4rev1\r\n")
        for line in lines:
            tag, words = line.decode().rstrip().split(" ", 1)
            name = next((name for name in ANSWERS if words.upper().startswith(name)), None)
            untagged, result = ANSWERS[name](words) if name else (b"", b"BAD")
            connection.sendall(b"%s%s %s done\r\n" % (untagged, tag.encode(), result))


listener = socket.create_server(("127.0.0.1", 0))
with open(port_file + ".new", "w") as out:
    out.write(str(listener.getsockname()[1]))
os.rename(port_file + ".new", port_file)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
