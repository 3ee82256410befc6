"""contents.py DUMP NAME FOLDER: takes the message that smtp-sink wrote to DUMP and leaves in FOLDER what the others
are to send: message (as it was on the wire, for smtp-source -F), and subject, text and html with @NAME@, @MASKED@ and
@NUMBER@ where the person's own values stood. Prints the octets of the message with its line ends."""
import email
import email.policy
import pathlib
import re
import sys

dump, name, folder = sys.argv[1:]
folder = pathlib.Path(folder)
raw = pathlib.Path(dump).read_bytes().split(b"\n")
# smtp-sink writes what the client said before the message, and nothing after it but empty lines
start = next(i for i, line in enumerate(raw) if not re.match(rb"(From |X-(Client|Helo|Mail|Rcpt)-|Received:|\s)", line))
lines = raw[start:]
while lines and not lines[-1]:
    lines.pop()
(folder / "message").write_bytes(b"\n".join(lines) + b"\n")
message = email.message_from_bytes(b"\n".join(lines), policy=email.policy.default)
parts = {"text": "plain", "html": "html"}
texts = {key: message.get_body((kind,)).get_content() for key, kind in parts.items()}
texts["subject"] = str(message["subject"])
number = re.search(r"notice number: ([0-9 ]{19})", texts["text"]).group(1)
masked = re.search(r"that we hold for (\S+)\.\s", texts["text"]).group(1)
for key, text in texts.items():
    if name not in text and key != "subject":
        sys.exit(f"contents.py: {key} does not name {name}")
    text = text.replace(name, "@NAME@").replace(masked, "@MASKED@").replace(number, "@NUMBER@")
    (folder / key).write_text(text, encoding="utf-8")
print(sum(len(line) + 2 for line in lines), len(texts["text"].encode()), len(texts["html"].encode()))
