"""What the environment says about this installation, checked before anything starts."""

import ipaddress
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.core import gateways
from app.core.gateways import SettingError

__all__ = ["PROJECT", "SECRET_LENGTH", "SettingError", "Settings", "without_password"]

PROJECT = Path(__file__).resolve().parents[2]
SECRET_LENGTH = 32

_POSTGRES = ("postgres", "postgresql", "postgresql+psycopg")
_REDIS = ("redis", "rediss", "unix")


class Settings(Struct, frozen=True, kw_only=True):
    """How one installation is set up. A URL that is None means: start it embedded."""

    host: str = "127.0.0.1"
    port: int = 8000
    database_url: str | None = None
    redis_url: str | None = None
    secret_key: str
    home: Path = PROJECT / "var"
    demo: bool = True
    proxies: int = 0
    smtp: str | None = None
    mail_from: str = ""
    sms: str | None = None
    whatsapp: str | None = None
    url: str = ""
    replies: str = ""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """
        Read the settings, and make the secret key of this home if there is none.

        :raises SettingError: for the first setting that cannot be meant
        """
        # An empty variable is what `PORT= make run` and many .env files leave behind.
        given = {name: value.strip() for name, value in environ.items()}
        given = {name: value for name, value in given.items() if value}
        demo = _demo(given.get("BAARI_DEMO", "1"))
        host = _host(given.get("HOST", "127.0.0.1"), demo=demo)
        port = _port(given.get("PORT", "8000"))
        database_url = _database_url(given.get("DATABASE_URL"))
        redis_url = _redis_url(given.get("REDIS_URL"))
        home = _home(given.get("BAARI_HOME"))
        return cls(
            host=host,
            port=port,
            database_url=database_url,
            redis_url=redis_url,
            secret_key=_secret_key(given.get("SECRET_KEY"), home),
            home=home,
            demo=demo,
            proxies=_proxies(given.get("TRUSTED_PROXIES", "0")),
            **gateways.read(given),
        )

    def environ(self) -> dict[str, str]:
        """Give the variables from which a child process reads these same settings."""
        given = {
            "HOST": self.host,
            "PORT": str(self.port),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": self.secret_key,
            "BAARI_HOME": str(self.home),
            "BAARI_DEMO": "1" if self.demo else "0",
            "TRUSTED_PROXIES": str(self.proxies),
            "BAARI_SMTP": self.smtp,
            "BAARI_MAIL_FROM": self.mail_from or None,
            "BAARI_SMS": self.sms,
            "BAARI_WHATSAPP": self.whatsapp,
            "BAARI_URL": self.url or None,
            "BAARI_REPLIES_SECRET": self.replies or None,
        }
        return {name: value for name, value in given.items() if value is not None}


def without_password(url: str) -> str:
    """Make a URL fit for a message or a log."""
    scheme, mark, rest = url.partition("://")
    login, at, place = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    return f"{scheme}{mark}{user}{':***' if colon else ''}{at}{place}"


def _demo(value: str) -> bool:
    if value not in {"0", "1"}:
        raise SettingError(
            "BAARI_DEMO",
            f"{value!r} is neither 0 nor 1",
            "Set BAARI_DEMO=1 for the demo hospital, BAARI_DEMO=0 for a real one.",
        )
    return value == "1"


def _proxies(value: str) -> int:
    if value not in {"0", "1", "2", "3"}:
        raise SettingError(
            "TRUSTED_PROXIES",
            f"{value!r} is not a number from 0 to 3",
            "Set it to how many of your own proxies stand in front, or leave it unset.",
        )
    return int(value)


def _host(value: str, *, demo: bool) -> str:
    if demo and not _is_loopback(value):
        raise SettingError(
            "HOST",
            f"the demo's passwords are known to everybody, so it is not served"
            f" on {value}",
            "Leave HOST unset, or set BAARI_DEMO=0 for an installation of your own.",
        )
    return value


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:6]) <= 65535):
        raise SettingError(
            "PORT",
            f"{value!r} is not a port number",
            "Set a whole number from 1 to 65535, for example PORT=8080.",
        )
    return int(value)


def _database_url(value: str | None) -> str | None:
    if value is None:
        return None
    scheme, _, rest = value.partition("://")
    remedy = (
        "Set DATABASE_URL=postgresql://user:password@host:5432/name,"
        " or leave it unset to use the embedded server."
    )
    if scheme not in _POSTGRES:
        raise SettingError(
            "DATABASE_URL", f"{scheme!r} is not a PostgreSQL address", remedy
        )
    url = f"postgresql+psycopg://{rest}"
    try:
        named = make_url(url).database
    except (ArgumentError, ValueError):
        named = None
    if not named:
        raise SettingError("DATABASE_URL", "it names no server and database", remedy)
    return url


def _redis_url(value: str | None) -> str | None:
    if value is None or value.partition("://")[0] in _REDIS:
        return value
    raise SettingError(
        "REDIS_URL",
        f"{value.partition('://')[0]!r} is not a Redis address",
        "Set REDIS_URL=redis://host:6379/0 (or rediss://, unix://),"
        " or leave it unset to use the embedded server.",
    )


def _home(value: str | None) -> Path:
    home = PROJECT / "var" if value is None else Path(value).expanduser().resolve()
    try:
        # Others may pass through, as PostgreSQL's own user must; none may look around.
        home.mkdir(mode=0o711, parents=True, exist_ok=True)
        writable = os.access(home, os.W_OK | os.X_OK)
    except OSError as exc:
        raise _bad_home(home, exc.strerror or "it cannot be made") from exc
    if not writable:
        raise _bad_home(home, "this user may not write there")
    return home


def _bad_home(home: Path, problem: str) -> SettingError:
    return SettingError(
        "BAARI_HOME",
        f"{home} cannot keep the data: {problem}",
        "Set BAARI_HOME to a folder you may write to.",
    )


def _secret_key(value: str | None, home: Path) -> str:
    where = home / "secret_key"
    if value is None:
        value = _kept_secret(where)
        remedy = f"Remove {where} to have a new one made (everybody signs in again)."
    else:
        remedy = (
            "Set at least 32 random characters, as `openssl rand -hex 32` makes them."
        )
    if len(value) < SECRET_LENGTH:
        raise SettingError(
            "SECRET_KEY", f"it is shorter than {SECRET_LENGTH} characters", remedy
        )
    return value


def _kept_secret(where: Path) -> str:
    """Read the key of this home; the first to come makes it, whole or not at all."""
    if not where.exists():
        fresh = where.with_name(f"{where.name}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(SECRET_LENGTH), encoding="ascii")
        try:
            os.link(fresh, where)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    try:
        return where.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as exc:
        raise SettingError(
            "SECRET_KEY", f"{where} cannot be read: {exc}", "Set SECRET_KEY instead."
        ) from exc
