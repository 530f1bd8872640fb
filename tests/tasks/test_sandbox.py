from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks.interpreter import described
from tasks.process import Ended, Limits, bare_environment, run
from tasks.sandbox import UNPRIVILEGED, Allowance, available, hand_over, sandboxed, unavailable

pytestmark = pytest.mark.slow

MEGABYTE = 1024 * 1024
TMP = "/tmp"  # noqa: S108 - inside the sandbox
ALLOWED = Allowance(
    memory_bytes=1024 * MEGABYTE, processes=64, file_bytes=8 * MEGABYTE, cpu_seconds=5
)

Inside = Callable[..., Ended]


@pytest.fixture(scope="module", autouse=True)
def _sandbox() -> None:
    assert available() == "", "these tests are about the sandbox: install bubblewrap"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("tree", "result"):
        (tmp_path / name).mkdir()
    (tmp_path / "tree" / "given.txt").write_text("given")
    hand_over(tmp_path / "tree", tmp_path / "result")
    return tmp_path


@pytest.fixture
def inside(folder: Path) -> Inside:
    """Run Python in the sandbox."""

    def python(code: str, *, seconds: float = 20, allowed: Allowance = ALLOWED) -> Ended:
        command = sandboxed(
            [sys.executable, "-c", textwrap.dedent(code)],
            tree=folder / "tree",
            writable={"/result": folder / "result"},
            venv=described(Path(sys.executable)),
            env={"PATH": "/usr/bin:/bin", "HOME": TMP},
            limits=allowed,
        )
        limits = Limits(memory_bytes=8 * 1024 * MEGABYTE)
        env = bare_environment(TMP)
        return run(command, cwd=str(folder), env=env, seconds=seconds, limits=limits)

    return python


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the user's own, outside, with a secret in its environment."""
    with subprocess.Popen(["sleep", "60"], env={"TOKEN": "of-the-user"}) as process:
        yield process
        process.kill()


def test_without_bubblewrap_there_is_none_and_it_says_what_to_install(tmp_path: Path) -> None:
    why = unavailable({"PATH": str(tmp_path)})
    assert why.startswith("there is no sandbox: bwrap ")
    assert "install the packages bubblewrap" in why


def test_where_namespaces_are_forbidden_it_says_so(tmp_path: Path) -> None:
    for name in ("bwrap", "setpriv"):
        (tmp_path / name).write_text("#!/bin/sh\necho bwrap: No permissions >&2\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    why = unavailable({"PATH": str(tmp_path)})
    assert why.startswith("there is no sandbox: bwrap: No permissions; allow user namespaces")


def test_an_ordinary_program_just_runs(inside: Inside, folder: Path) -> None:
    ended = inside(
        """
        import os, pathlib, tempfile, multiprocessing, threading, subprocess, getpass
        print(os.getcwd(), pathlib.Path("given.txt").read_text(), getpass.getuser())
        pathlib.Path("made.txt").write_text("made")
        pathlib.Path("/result/answer").write_text("42")
        tempfile.mkdtemp(); multiprocessing.Lock()
        thread = threading.Thread(target=print, args=("thread",)); thread.start(); thread.join()
        print(subprocess.run(["echo", "child"], capture_output=True).stdout)
        """
    )
    assert (ended.exit_code, ended.errors) == (0, "")
    assert ended.output.split() == ["/review", "given", "reviewer", "thread", "b'child\\n'"]
    assert (folder / "result" / "answer").read_text() == "42"
    assert (folder / "tree" / "made.txt").read_text() == "made"


def test_its_exit_code_is_passed_on(inside: Inside) -> None:
    assert inside("raise SystemExit(5)").exit_code == 5


def test_its_cpu_time_and_memory_are_known(inside: Inside) -> None:
    ended = inside("data = b'x' * 200_000_000; x = 0\nfor i in range(5_000_000): x += i")
    assert ended.cpu_seconds > 0.1
    assert ended.peak_bytes > 200_000_000


def test_a_program_that_is_killed_says_so_as_a_shell_does(inside: Inside) -> None:
    assert inside("import os; os.kill(os.getpid(), 9)").exit_code == 128 + 9


def test_there_is_no_way_to_a_listener_outside(inside: Inside) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        server.settimeout(0.5)
        ended = inside(
            f"""
            import socket
            for host in "127.0.0.1", "192.0.2.1":
                try:
                    socket.create_connection((host, {port}), 3); print("connected")
                except OSError as error:
                    print(type(error).__name__, error.errno)
            """
        )
        with pytest.raises(TimeoutError):
            server.accept()
    assert ended.output.split()[::2] == ["ConnectionRefusedError", "OSError"]


def test_loopback_works_inside(inside: Inside) -> None:
    code = """
    import socket
    server = socket.create_server(("localhost", 0))
    socket.create_connection(server.getsockname()); print("connected")
    """
    assert inside(code).output == "connected\n"


def test_there_are_no_abstract_unix_sockets_of_others(inside: Inside) -> None:
    name = f"\0review-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        ended = inside(f"import socket; socket.socket(socket.AF_UNIX).connect({name!r})")
    assert "ConnectionRefusedError" in ended.errors


def test_files_of_the_user_cannot_be_read(inside: Inside, folder: Path) -> None:
    secret = folder / "secret"
    secret.write_text("of-the-user")
    secret.chmod(0o644)
    home = Path.home()
    ended = inside(
        f"""
        import os
        secret, home = {str(secret)!r}, {str(home / ".profile")!r}
        for path in secret, "/proc/1/root" + secret, "/etc/shadow", home:
            try:
                print(open(path).read())
            except OSError as error:
                print(type(error).__name__)
        print(sorted(os.listdir("/")))
        """
    )
    lines = ended.output.splitlines()
    assert len(lines) == 5
    assert set(lines[:4]) <= {"FileNotFoundError", "PermissionError"}
    assert "of-the-user" not in ended.output


def test_environments_of_others_cannot_be_read(
    inside: Inside, bystander: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "of-the-review")
    ended = inside(
        f"""
        import os, pathlib
        print(dict(os.environ))
        inside = [one for one in os.listdir("/proc") if one.isdigit()]
        for pid in [*inside, "{bystander.pid}", "{os.getpid()}"]:
            try:
                print(pid, pathlib.Path("/proc", pid, "environ").read_bytes())
            except OSError as error:
                print(pid, type(error).__name__)
        """
    )
    assert ended.exit_code == 0
    assert "of-the-" not in ended.output
    assert "REVIEW" not in ended.output
    assert "1 PermissionError" in ended.output
    assert f"{os.getpid()} FileNotFoundError" in ended.output


def test_processes_outside_cannot_be_seen_or_ended(
    inside: Inside, bystander: subprocess.Popen[bytes]
) -> None:
    ended = inside(
        f"""
        import os, signal
        for pid in {bystander.pid}, {os.getpid()}:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                print("not there")
        print(len([one for one in os.listdir("/proc") if one.isdigit()]))
        try:
            os.kill(-1, signal.SIGTERM)
        except ProcessLookupError:
            print("nobody")
        """
    )
    assert ended.output.startswith("not there\nnot there\n2\n")
    assert bystander.poll() is None


def test_nothing_can_be_written_but_its_own_folders(inside: Inside) -> None:
    ended = inside(
        f"""
        import os
        places = "/ /usr /etc /dev /proc /proc/sys/kernel /home /root".split()
        for folder in [*places, {sys.prefix!r}, {sys.base_prefix!r}]:
            try:
                open(os.path.join(folder, "written"), "w")
                print("WRITTEN", folder)
            except OSError:
                pass
        try:
            open("/init", "rb")
            print("READ")
        except PermissionError:
            print("refused")
        """
    )
    assert (ended.exit_code, ended.output) == (0, "refused\n")


def test_it_has_no_power_and_cannot_get_any(inside: Inside) -> None:
    ended = inside(
        """
        import ctypes, os, subprocess
        status = open("/proc/self/status").read().split("\\n")
        print(*(line.split()[1] for line in status if line.startswith(("Cap", "NoNewPrivs"))))
        for command in ["unshare", "--user", "true"], ["mount", "-t", "tmpfs", "x", "/tmp"]:
            print(subprocess.run(command, capture_output=True).returncode != 0)
        print(os.getuid(), os.getgid())
        libc = ctypes.CDLL(None, use_errno=True)
        print(libc.ptrace(16, 1, 0, 0), ctypes.get_errno())  # PTRACE_ATTACH
        """
    )
    caps, *rest = ended.output.splitlines()
    assert set(caps.split()[:-1]) == {"0" * 16}
    assert caps.split()[-1] == "1"
    assert rest == ["True", "True", "1000 1000", "-1 1"]


def test_a_fork_bomb_ends_at_the_limit_and_with_the_deadline(inside: Inside) -> None:
    began = time.monotonic()
    ended = inside(
        """
        import os, signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            try:
                if os.fork() == 0:
                    os.setsid()
            except OSError:
                open("/result/refused", "w")
                time.sleep(0.1)
        """,
        seconds=2,
    )
    assert ended.stopped == "deadline"
    assert time.monotonic() - began < 4
    assert _is_dead_within_a_second("/result/refused")


def test_the_number_of_processes_is_limited(inside: Inside) -> None:
    code = """
    import os, time
    made = 0
    try:
        while made < 500:
            if os.fork() == 0:
                time.sleep(30); os._exit(0)
            made += 1
    except OSError:
        pass
    print(made, flush=True)
    """
    assert 30 < int(inside(code).output) <= ALLOWED.processes


def test_memory_is_limited(inside: Inside) -> None:
    ended = inside("data = bytearray(3 << 30); print('had it')")
    assert "MemoryError" in ended.errors
    assert ended.output == ""


@pytest.mark.parametrize("where", ["/review", "/result", TMP, "/dev" + "/shm"])
def test_a_file_of_two_gigabytes_is_not_written(inside: Inside, folder: Path, where: str) -> None:
    ended = inside(
        f"""
        import signal
        with open("{where}/large", "wb") as file:
            for _ in range(2048):
                file.write(b"x" * 1048576)
        """
    )
    assert ended.exit_code != 0
    for name in ("tree", "result"):
        large = folder / name / "large"
        assert not large.exists() or large.stat().st_size <= ALLOWED.file_bytes


def test_many_files_do_not_fill_what_is_in_memory(inside: Inside) -> None:
    code = """
    for number in range(100):
        with open(f"/tmp/{number}", "wb") as file:
            file.write(b"x" * 1048576)
    """
    assert "No space left on device" in inside(code).errors


def test_cpu_time_is_limited(inside: Inside) -> None:
    allowed = Allowance(ALLOWED.memory_bytes, ALLOWED.processes, ALLOWED.file_bytes, cpu_seconds=1)
    ended = inside("while True: pass", allowed=allowed)
    assert ended.exit_code == 128 + signal.SIGKILL
    assert ended.seconds < 10


DAEMON = """
import ctypes, os, signal, sys, time
for number in range(1, 32):
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_IGN)
ctypes.CDLL(None).prctl(1, 0)  # PR_SET_PDEATHSIG
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(300)", "{mark}"])
    os._exit(0)
{then}
"""


@pytest.mark.parametrize(
    ("then", "stopped"), [("time.sleep(300)", "deadline"), ("time.sleep(0.3)", "")]
)
def test_a_daemon_is_dead_within_a_second_of_the_end(
    inside: Inside, then: str, stopped: str
) -> None:
    mark = f"daemon-{os.getpid()}-{time.monotonic_ns()}"
    ended = inside(DAEMON.format(mark=mark, then=then), seconds=2)
    assert ended.stopped == stopped
    assert _is_dead_within_a_second(mark)


def test_a_program_of_the_authors_environment_cannot_lift_the_limits(
    folder: Path,
) -> None:
    fake = folder / "tree" / "prlimit"
    fake.write_text("#!/bin/sh\necho unlimited\n")
    fake.chmod(0o755)
    command = sandboxed(
        ["sh", "-c", "ulimit -f"],
        tree=folder / "tree",
        writable={},
        venv=None,
        env={"PATH": "/review:/usr/bin:/bin"},
        limits=ALLOWED,
    )
    ended = run(command, cwd=str(folder), env=bare_environment(TMP), seconds=10)
    assert int(ended.output) * 512 == ALLOWED.file_bytes


def test_an_ordinary_user_gets_the_same_sandbox() -> None:
    folder = Path(tempfile.mkdtemp(prefix="review-test-"))
    become = [] if os.geteuid() else ["setpriv", "--reuid=65433", "--regid=65433", "--clear-groups"]
    script = """
    id -u; touch /usr/x /x 2>/dev/null && echo written; touch mine && echo mine
    unshare -U true 2>/dev/null || echo no namespaces; grep CapBnd /proc/self/status
    python3 -c 'import os
    n = 0
    try:
        while os.fork(): n += 1
        os.read(os.pipe()[0], 1)
    except OSError: print("processes", n < 64, flush=True); os.kill(-1, 9)'
    """
    try:
        (folder / "tree").mkdir()
        command = sandboxed(
            ["sh", "-c", textwrap.dedent(script)],
            tree=folder / "tree",
            writable={},
            venv=None,
            env={"PATH": "/usr/bin:/bin"},
            limits=ALLOWED,
            as_root=False,
        )
        if become:
            for path in (folder, *folder.rglob("*")):
                os.lchown(path, 65433, 65433)
        env = bare_environment(TMP)
        ended = subprocess.run(
            [*become, *command], env=env, capture_output=True, text=True, timeout=20, check=False
        )
        assert ended.stdout.split("\n")[:4] == [
            "1000",
            "mine",
            "no namespaces",
            "CapBnd:\t0000000000000000",
        ]
        assert (folder / "tree" / "mine").exists()
        assert "processes True" in ended.stdout
    finally:
        shutil.rmtree(folder)


def test_root_gives_its_folders_to_somebody_who_owns_nothing_else(folder: Path) -> None:
    owner = UNPRIVILEGED if os.geteuid() == 0 else os.geteuid()
    assert {path.stat().st_uid for path in folder.rglob("*")} == {owner}


def test_its_own_stubs_name_no_user_of_this_machine(inside: Inside) -> None:
    ended = inside("import json, pwd; print(json.dumps([one.pw_name for one in pwd.getpwall()]))")
    assert json.loads(ended.output) == ["reviewer"]


def _is_dead_within_a_second(mark: str) -> bool:
    until = time.monotonic() + 1
    while alive := _alive(mark):
        if time.monotonic() > until:
            break
        time.sleep(0.05)
    return not alive


def _alive(mark: str) -> bool:
    """Return whether a process with this word in its command line lives, here or in a sandbox."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if mark.encode() in (entry / "cmdline").read_bytes():
                    return True
            except OSError:
                continue
    return False
