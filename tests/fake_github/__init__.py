"""A stand-in for GitHub: a real HTTP server on loopback, with state, fed from git repositories."""

from __future__ import annotations

from tests.fake_github.server import FakeGitHub

__all__ = ["FakeGitHub"]
