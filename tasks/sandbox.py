"""The sandbox an author's code runs in: bubblewrap's command line, and whether it works here.

https://github.com/containers/bubblewrap. An ordinary user needs one bubblewrap. Root needs two:
the kernel counts no processes of root, so the outer one shows the folders, which may lie in
places only root can enter, and the inner one is started as an unprivileged user.
"""

from __future__ import annotations

import functools
import os
import resource
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tasks.interpreter import Interpreter
from tasks.process import bare_environment, run

TREE = "/review"
"""Where the program finds the reviewed tree: its own copy, which it may write to."""

UNPRIVILEGED = 65432
"""Whom root becomes: no user of any distribution, and among the 65,536 a container has."""

INSIDE = 1000
"""Who the program thinks it is."""

SYSTEM = ("/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin")

ETC = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/mime.types")

STUBS = {
    "passwd": f"reviewer:x:{INSIDE}:{INSIDE}::/tmp:/bin/sh\n",
    "group": f"reviewer:x:{INSIDE}:\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}

FIRST = "/init"
"""The first process of the sandbox: all others die with it, and it dies with us.

It is a shell of our own that nobody may read: the kernel then lets no other process look into
it or take hold of it (ptrace), which could make it outlive us. That it is ours rather than
bubblewrap's also makes bubblewrap wait for it, and so know the CPU time of all others.
"""

WAIT = '"$@"; exit $?'
"""What the first process does: it waits for the program, and reaps what others have left."""

PRLIMIT = "/usr/bin/prlimit"
"""By its full name: the first folder of the program's PATH may be its author's."""

PATIENCE = 30
"""Seconds the sandbox may take to start ``true``; it takes 0.02."""

SHARED_MEMORY = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a program may take.

    Of each process the bytes of its address space and its CPU seconds; how many processes;
    the bytes of each file, and of /tmp as a whole. None may be above those that
    ``tasks.process.run`` is given for the whole, which the kernel would not let it raise.
    """

    memory_bytes: int
    processes: int
    file_bytes: int
    cpu_seconds: int


@dataclass(frozen=True, slots=True)
class _Mount:
    """A path of the host, and where it is seen inside."""

    how: str
    source: str
    target: str


def sandboxed(
    command: Sequence[str],
    *,
    tree: Path,
    writable: Mapping[str, Path],
    readable: Mapping[str, Path] | None = None,
    venv: Interpreter | None,
    env: Mapping[str, str],
    limits: Allowance,
    as_root: bool | None = None,
) -> list[str]:
    """Return the command line that runs a command in the sandbox, in ``/review``.

    ``writable`` and ``readable`` are further folders by the place they are seen at. What is
    writable has been handed over (``hand_over``). Stubs of system files are written
    beside ``tree``, whose parent must be ours alone.
    """
    mounts = [_Mount("--bind", str(tree), TREE)]
    mounts += [_Mount("--bind", str(path), place) for place, path in writable.items()]
    mounts += [_Mount("--ro-bind", str(path), place) for place, path in (readable or {}).items()]
    mounts += [_Mount("--ro-bind", source, target) for source, target in _etc(tree.parent)]
    links: tuple[tuple[str, str], ...] = ()
    if venv is not None:
        mounts += [_Mount("--ro-bind", folder, folder) for folder in venv.folders]
        links = venv.links
    if not (os.geteuid() == 0 if as_root is None else as_root):
        return _bubblewrap(mounts, links, env, limits, command)
    seen_again = [_Mount(mount.how, mount.target, mount.target) for mount in mounts]
    return [
        *("bwrap", "--die-with-parent"),
        *("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"),
        *_system(),
        # The inner one makes a /proc of its own, which the kernel allows who sees a whole one.
        *("--bind", "/proc", "/proc", "--dev-bind", "/dev", "/dev", "--dir", "/tmp"),  # noqa: S108 - inside
        *_shown(mounts, ()),
        *("--", "setpriv", f"--reuid={UNPRIVILEGED}", f"--regid={UNPRIVILEGED}"),
        *("--clear-groups", "--no-new-privs", "--"),
        *_bubblewrap(seen_again, links, env, limits, command),
    ]


def hand_over(*folders: Path) -> None:
    """Let the sandboxed program write to these folders of ours; nobody else has yet."""
    if os.geteuid() != 0:
        return
    for folder in folders:
        for where, _, files in os.walk(folder):
            for path in (where, *(os.path.join(where, file) for file in files)):  # noqa: PTH118 - speed
                os.lchown(path, UNPRIVILEGED, UNPRIVILEGED)


@functools.cache
def available() -> str:
    """Return why there is no sandbox here, and what to do about it; nothing where there is one."""
    return unavailable(bare_environment("/"))


def unavailable(env: Mapping[str, str]) -> str:
    """Return why programs cannot be sandboxed with this environment, by running ``true``."""
    needed = ("bwrap", PRLIMIT, *(("setpriv",) if os.geteuid() == 0 else ()))
    missing = [program for program in needed if shutil.which(program, path=env["PATH"]) is None]
    if missing:
        return (
            f"there is no sandbox: {' and '.join(missing)} not found; "
            "install the packages bubblewrap and util-linux"
        )
    with tempfile.TemporaryDirectory(prefix="review-probe-") as folder:
        tree = Path(folder, "tree")
        tree.mkdir()
        hand_over(tree)
        limits = Allowance(1 << 30, 16, 1 << 20, 10)
        command = sandboxed(["true"], tree=tree, writable={}, venv=None, env={}, limits=limits)
        ended = run(command, cwd=folder, env=env, seconds=PATIENCE)
    if ended.exit_code == 0:
        return ""
    return (
        f"there is no sandbox: {ended.last_words}; allow user namespaces here "
        "(in a container that is mostly a matter of its seccomp profile)"
    )


def _bubblewrap(
    mounts: Sequence[_Mount],
    links: Sequence[tuple[str, str]],
    env: Mapping[str, str],
    limits: Allowance,
    command: Sequence[str],
) -> list[str]:
    """Return the command line of the bubblewrap that shuts the program in."""
    shared = str(min(limits.file_bytes, SHARED_MEMORY))
    return [
        *("bwrap", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "review"),
        *("--unshare-all", "--unshare-user", "--disable-userns", "--as-pid-1"),
        *("--uid", str(INSIDE), "--gid", str(INSIDE)),
        *(part for name, value in env.items() for part in ("--setenv", name, value)),
        *_system(),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--perms", "1777", "--size", shared, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"),  # noqa: S108 - inside
        *("--perms", "1777", "--size", str(limits.file_bytes), "--tmpfs", "/tmp"),  # noqa: S108 - inside
        *_shown(mounts, links),
        *("--chdir", TREE, "--remount-ro", "/", "--", FIRST, "-c", WAIT, "init"),
        *(PRLIMIT, "--core=0"),
        f"--nproc={_at_most(limits.processes, resource.RLIMIT_NPROC)}",
        f"--as={_at_most(limits.memory_bytes, resource.RLIMIT_AS)}",
        f"--fsize={_at_most(limits.file_bytes, resource.RLIMIT_FSIZE)}",
        f"--cpu={_at_most(limits.cpu_seconds, resource.RLIMIT_CPU)}",
        "--",
        *command,
    ]


def _at_most(wanted: int, what: int) -> int:
    """Return a limit, or our own where that is lower: nobody may raise it."""
    ours = resource.getrlimit(what)[1]
    return wanted if ours == resource.RLIM_INFINITY else min(wanted, ours)


def _system() -> list[str]:
    """Return the options that show the system's programs and libraries, read-only."""
    options = ["--ro-bind", "/usr", "/usr"]
    for path in SYSTEM:
        if os.path.islink(path):  # noqa: PTH114 - a string in, a string out
            options += ["--symlink", os.readlink(path), path]  # noqa: PTH115
        elif os.path.isdir(path):  # noqa: PTH112
            options += ["--ro-bind", path, path]
    return options


def _etc(folder: Path) -> list[tuple[str, str]]:
    """Write the first program and our stubs of system files; return what is shown, and where."""
    etc = folder / "etc"
    etc.mkdir(exist_ok=True)
    if not (etc / "init").exists():
        shutil.copyfile("/bin/sh", etc / "init")
        (etc / "init").chmod(0o111)
    for name, text in STUBS.items():
        (etc / name).write_text(text, encoding="ascii")
    shown = [(str(etc / "init"), FIRST)]
    shown += [(str(etc / name), f"/etc/{name}") for name in STUBS]
    return shown + [(path, path) for path in ETC if Path(path).exists()]


def _shown(mounts: Sequence[_Mount], links: Sequence[tuple[str, str]]) -> list[str]:
    """Return the options that show these paths, the outer ones first.

    bubblewrap would make the folders above as closed as they are outside, where
    an unprivileged user may not enter them.
    """
    targets = [mount.target for mount in mounts] + [path for path, _ in links]
    folders = {str(parent) for target in targets for parent in PurePosixPath(target).parents}
    options: list[str] = []
    for above in sorted(folders - {"/"}):
        options += ["--perms", "0755", "--dir", above]
    for mount in sorted(mounts, key=lambda mount: mount.target):
        options += [mount.how, mount.source, mount.target]
    for path, target in links:
        options += ["--symlink", target, path]
    return options
