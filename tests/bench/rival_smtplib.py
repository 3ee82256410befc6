"""rival_smtplib.py PORT PEOPLE CONTENTS: notices to everybody in PEOPLE as one writes it with Python's standard library: one
connection, kept open, one EmailMessage a person."""
import csv
import pathlib
import smtplib
import sys
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid

port, people, folder = sys.argv[1:]
subject, text, html = (pathlib.Path(folder, name).read_text(encoding="utf-8") for name in ("subject", "text", "html"))


def personal(template, person):
    local, domain = person["email"].split("@")
    digits = person["id"].lstrip("b").zfill(16)
    number = " ".join(digits[i:i + 4] for i in range(0, 16, 4))
    return (template.replace("@NAME@", person["name"]).replace("@MASKED@", f"{local[0]}***@{domain}")
            .replace("@NUMBER@", number))


with smtplib.SMTP("127.0.0.1", int(port)) as relay, open(people, encoding="utf-8", newline="") as rows:
    for person in csv.DictReader(rows):
        message = EmailMessage()
        message["From"] = formataddr(("Example Cloud", "notice@example.com"))
        message["To"] = formataddr((person["name"], person["email"]))
        message["Subject"] = personal(subject, person)
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = make_msgid(domain="example.com")
        message.set_content(personal(text, person), cte="base64")
        message.add_alternative(personal(html, person), subtype="html", cte="base64")
        relay.send_message(message, from_addr="bounce@example.com")
