from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import closing, contextmanager

import pytest

from deployments.cluster.balancer import Balancer
from deployments.cluster.stores import free_ports


class Named(socketserver.ThreadingTCPServer):
    """Answers each line with its own name before it."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, name: str, port: int = 0) -> None:
        self.name = name
        super().__init__(("127.0.0.1", port), Answering)
        self.port = self.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Answering(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(f"{self.server.name}: {line.decode()}".encode())


@contextmanager
def behind(*servers: Named):
    (port,) = free_ports(1)
    with Balancer(port, [server.port for server in servers]):
        yield port


def ask(port: int, text: str = "hello") -> str:
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as there:
        there.sendall(f"{text}\n".encode())
        return there.makefile().readline().strip()


@pytest.fixture
def one():
    with Named("one") as server:
        yield server


def test_what_one_server_is_asked_it_answers(one):
    with behind(one) as port:
        assert ask(port, "x" * 200_000) == "one: " + "x" * 200_000


def test_connections_are_taken_in_turn(one):
    with Named("two") as two, behind(one, two) as port:
        assert [ask(port) for _ in range(4)] == ["one: hello", "two: hello"] * 2


def test_a_server_that_is_gone_is_passed_over(one):
    with Named("two") as two, behind(one, two) as port:
        two.__exit__()
        assert [ask(port) for _ in range(3)] == ["one: hello"] * 3


def test_a_connection_ends_where_nobody_is_there(one):
    with behind(one) as port:
        one.__exit__()
        assert ask(port) == ""


def test_a_connection_outlives_the_turns_of_others(one):
    with (
        Named("two") as two,
        behind(one, two) as port,
        closing(socket.create_connection(("127.0.0.1", port), 10)) as kept,
    ):
        lines = kept.makefile()
        for _ in range(3):
            kept.sendall(b"again\n")
            assert lines.readline() == "one: again\n"
            ask(port)
