"""Mail by SMTP."""

import smtplib
from contextlib import suppress
from email.message import EmailMessage
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from app.notifications.channels.letter import TIMEOUT_S, Letter
from app.notifications.kinds import Outcome


class Mail:
    """Hand it to a mail server, over TLS where a login is given or smtps:// is set."""

    # Mail programs know a letter by its Message-ID, and show it once.
    again: ClassVar[bool] = True

    def __init__(self, url: str, sender: str) -> None:
        found = urlsplit(url)
        self._tls = found.scheme == "smtps"
        self._host, self._port = found.hostname or "", found.port
        self._user = unquote(found.username or "")
        self._password = unquote(found.password or "")
        self._sender = sender

    def send(self, letter: Letter) -> tuple[Outcome, str]:
        """Send it; a server that falls silent may have taken it."""
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as exc:
            return Outcome.FAILED, f"not reached: {type(exc).__name__}"
        try:
            server.send_message(self._written(letter))
        except smtplib.SMTPRecipientsRefused as exc:
            code = max(code for code, _ in exc.recipients.values())
            return _judged(code)
        except smtplib.SMTPResponseException as exc:
            return _judged(exc.smtp_code)
        except (OSError, smtplib.SMTPException) as exc:
            return Outcome.UNKNOWN, f"no answer: {type(exc).__name__}"
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
        return Outcome.SENT, "taken by the mail server"

    def _connected(self) -> smtplib.SMTP:
        kind = smtplib.SMTP_SSL if self._tls else smtplib.SMTP
        server = kind(self._host, self._port or 0, timeout=TIMEOUT_S)
        try:
            if self._user:
                if not self._tls:
                    server.starttls()
                server.login(self._user, self._password)
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server

    def _written(self, letter: Letter) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self._sender, letter.to
        mail["Subject"] = letter.subject
        mail["Message-ID"] = f"<{letter.id}@{self._sender.partition('@')[2]}>"
        if letter.stop:
            # Mail programs show a button of their own for it, RFC 8058.
            mail["List-Unsubscribe"] = f"<{letter.stop}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(letter.text)
        return mail


def _judged(code: int) -> tuple[Outcome, str]:
    """Tell a refusal for good, 5xx, from one of the moment, 4xx."""
    outcome = Outcome.REFUSED if code >= 500 else Outcome.FAILED
    return outcome, f"answered {code}"
