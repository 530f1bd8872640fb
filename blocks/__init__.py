"""The project's blocks: where we connect, and with which secret."""

from blocks.dismissal import DismissedFinding
from blocks.github import GitHubApp, GitHubToken

__all__ = ["DismissedFinding", "GitHubApp", "GitHubToken"]
