"""Whom PostgreSQL runs as. It refuses to run as root, and rightly so."""

import os
import pwd
import stat
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from app.core.settings import SettingError

_DAC_OVERRIDE = 1
_DAC_READ_SEARCH = 2


class Account(Struct, frozen=True):
    """A user to run as; -1 means as we are. The capability is the one it keeps."""

    uid: int = -1
    gid: int = -1
    capability: int = -1
    name: str = ""


SELF = Account()


def for_postgres(data: Path, needs: Iterable[Path]) -> Account:
    """
    Choose who runs PostgreSQL: ourselves, or when we are root, somebody who may less.

    A checkout and its data often lie where only root may enter (/root, a private
    temporary folder). Then the server keeps one capability, to pass through folders;
    nobody's folder is opened up for it.

    :raises SettingError: if that user cannot come to the data or the programs
    """
    if os.geteuid() != 0:
        return SELF
    account = _unprivileged(data)
    blocked = next((p for path in needs for p in _closed_to(account, path)), None)
    if blocked is None:
        return account
    for capability in (_DAC_READ_SEARCH, _DAC_OVERRIDE):
        if _held() >> capability & 1:
            return replace(account, capability=capability)
    raise SettingError(
        "BAARI_HOME",
        f"PostgreSQL does not run as root, and the user {account.name!r} may not"
        f" enter {blocked}",
        "Keep the project and BAARI_HOME in folders that everybody may enter,"
        " or start as an ordinary user.",
    )


def hand_over(path: Path, account: Account) -> None:
    """Give a folder and all in it to that user."""
    if account.uid < 0:
        return
    os.chown(path, account.uid, account.gid)
    for folder, names, files in os.walk(path):
        for name in (*names, *files):
            os.chown(
                Path(folder, name), account.uid, account.gid, follow_symlinks=False
            )


def _unprivileged(data: Path) -> Account:
    # Whoever owns the data keeps it, even when a better user is there by now.
    if data.exists() and data.stat().st_uid != 0:
        owner = data.stat()
        return Account(owner.st_uid, owner.st_gid, name=str(owner.st_uid))
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name=name)
    return Account(65534, 65534, name="65534")


def _closed_to(account: Account, path: Path) -> Iterable[Path]:
    """Walk the folders above `path` that the user may not pass through."""
    for folder in path.resolve().parents:
        about = folder.stat()
        if about.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif about.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not about.st_mode & needed:
            yield folder


def _held() -> int:
    """Tell which capabilities this process has, as bits."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == "CapEff":
            return int(value, 16)
    return 0
