"""One message as RFC 5322 bytes. Nothing that a customer wrote can become a header of its own."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from urllib.parse import quote, unquote

from auditor.errors import UsageProblem

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_SUBJECT_LIMIT = 200
_POLICY = SMTP.clone(cte_type="7bit")
_KEY = "X-Auditor-Notification"


@dataclass(frozen=True, slots=True)
class Mail:
    """What a message says. `key` makes its Message-ID, `at` its date (UTC), `urgent` marks level 1."""

    key: str
    at: datetime
    sender: Address
    to: tuple[Address, ...]
    subject: str
    body: str
    language: str
    urgent: bool = False


def address(name: str, mailbox: str) -> Address | None:
    """A recipient; None when the mailbox is none that every mail system takes."""
    local, at, domain = mailbox.strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain) or ".." in mailbox:
        return None
    try:
        return Address(display_name=_plain(name), username=local, domain=domain)
    except (MessageError, ValueError):
        return None


def sender(mailbox: str) -> Address:
    """The address that messages come from; UsageProblem when it is none."""
    found = address("", mailbox)
    if found is None:
        raise UsageProblem(f"{mailbox!r} is not an e-mail address", hint="for example --sender support@example.com")
    return found


def compose(mail: Mail) -> bytes:
    """The message. The same mail always gives the same bytes, so that writing it again changes nothing."""
    message = EmailMessage(policy=_POLICY)
    message["Message-ID"] = f"<{hashlib.sha256(mail.key.encode()).hexdigest()[:32]}@{mail.sender.domain}>"
    message["Date"] = mail.at
    message["From"] = mail.sender
    message["To"] = mail.to
    message["Subject"] = _plain(mail.subject)[:_SUBJECT_LIMIT]
    message["Auto-Submitted"] = "auto-generated"
    message[_KEY] = quote(mail.key, safe="")
    if mail.urgent:
        message["Importance"] = "high"
    message.set_content("\n".join(_CONTROL.sub(" ", line) for line in mail.body.split("\n")))
    message["Content-Language"] = mail.language
    return message.as_bytes()


def key_in(content: bytes) -> str:
    """The key of a message that `compose` made; empty for anything else."""
    stated = BytesHeaderParser(policy=SMTP).parsebytes(content)[_KEY]
    return unquote("".join(str(stated or "").split()))


def _plain(text: str) -> str:
    """One line without anything that a header or a terminal could take for more than text."""
    return _CONTROL.sub(" ", text).strip()
