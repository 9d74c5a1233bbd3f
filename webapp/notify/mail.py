"""Mail by SMTP: plain text, with an id that stays the same however often it is sent."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

from engine.notifications.parcels import NotDelivered

#: Seconds for each answer of the mail server.
TIMEOUT = 10.0
#: Unknown mailbox, and the like: no later attempt will find another answer.
_FOR_GOOD = 500


@dataclass(frozen=True, slots=True)
class Mailer:
    """One mail server, as `GONGBAN_SMTP_URL` names it."""

    host: str
    port: int
    user: str
    password: str
    encrypted: bool
    starttls: bool
    sender: str
    #: Whose messages they are: the right half of every Message-ID.
    domain: str

    @classmethod
    def from_url(cls, url: str, domain: str) -> Mailer:
        """`smtp://user:password@host:port?starttls=1&from=office@example.org`, or `smtps://…`."""
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        encrypted = parts.scheme == "smtps"
        user = unquote(parts.username or "")
        sender = query.get("from") or (user if "@" in user else f"gongban@{domain}")
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or (465 if encrypted else 587 if query.get("starttls") else 25),
            user=user,
            password=unquote(parts.password or ""),
            encrypted=encrypted,
            starttls=query.get("starttls") == "1",
            sender=sender,
            domain=domain,
        )

    def send(
        self, id: str, address: str, subject: str, text: str, *, settings_url: str, now: datetime
    ) -> None:
        """Hand one mail to the server; raise `NotDelivered`."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        message["To"] = address
        message["Subject"] = subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{id}@{self.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        if settings_url:
            message["List-Unsubscribe"] = f"<{settings_url}>"
        message.set_content(text)
        try:
            self._hand_over(message, address)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()), (0, b""))[0]
            raise NotDelivered(f"smtp {code}", permanent=code >= _FOR_GOOD) from None
        except smtplib.SMTPResponseException as error:
            raise NotDelivered(f"smtp {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            # The text of an error may repeat the address: its kind is enough.
            raise NotDelivered(f"smtp {type(error).__name__}") from None

    def _hand_over(self, message: EmailMessage, address: str) -> None:
        with self._connected() as server:
            if self.starttls:
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message, self.sender, [address])

    def _connected(self) -> smtplib.SMTP:
        if self.encrypted:
            return smtplib.SMTP_SSL(
                self.host,
                self.port,
                local_hostname=self.domain,
                timeout=TIMEOUT,
                context=ssl.create_default_context(),
            )
        return smtplib.SMTP(self.host, self.port, local_hostname=self.domain, timeout=TIMEOUT)
