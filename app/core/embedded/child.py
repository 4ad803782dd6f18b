"""
Become another program that dies with its parent. Run as a script, never imported.

A supervisor that is killed outright cannot stop anybody; the kernel can. This stands
between fork and exec as a program of its own, because Python code run by
`preexec_fn` is unsafe as soon as the parent has a second thread.

    child.py PARENT_PID ORPHAN_SIGNAL UID GID CAPABILITY PROGRAM ARGUMENT...

UID, GID and CAPABILITY are -1 where nothing is to change.
"""

import ctypes
import os
import sys

_SET_PARENT_DEATH_SIGNAL = 1
_KEEP_CAPABILITIES = 8
_AMBIENT = 47
_RAISE = 2
_CAPABILITY_VERSION = 0x20080522


def main() -> None:
    """Give up what is not needed, tie our life to the parent's, then be the program."""
    parent, orphan_signal, uid, gid, capability = map(int, sys.argv[1:6])
    program = sys.argv[6:]
    libc = ctypes.CDLL(None, use_errno=True)
    if uid >= 0:
        _become(libc, uid, gid, capability)
    if sys.platform == "linux":
        # After the change of user: the kernel forgets the wish with the old rights.
        _prctl(libc, _SET_PARENT_DEATH_SIGNAL, orphan_signal)
        if os.getppid() != parent:
            # The parent went before the wish was in place.
            sys.exit("the parent is gone")
    os.execv(program[0], program)  # noqa: S606 - the whole point, no shell wanted


def _become(libc: ctypes.CDLL, uid: int, gid: int, capability: int) -> None:
    if capability >= 0:
        _prctl(libc, _KEEP_CAPABILITIES, 1)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if capability >= 0:
        _keep_only(libc, capability)
        _prctl(libc, _AMBIENT, _RAISE, capability)


def _keep_only(libc: ctypes.CDLL, capability: int) -> None:
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    bit = 1 << capability
    # Two words of (effective, permitted, inheritable); the second is for numbers > 31.
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if libc.capset(header, data) != 0:
        sys.exit(f"capset: {os.strerror(ctypes.get_errno())}")


def _prctl(libc: ctypes.CDLL, option: int, *values: int) -> None:
    wide = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)][:4]
    if libc.prctl(option, *wide) != 0:
        sys.exit(f"prctl {option}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main()
