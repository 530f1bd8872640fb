"""Where a GitHub is: its REST API, its GraphQL API, and the pages people see."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

GITHUB = "https://api.github.com"

EXPECTED = f"{GITHUB}, https://HOST/api/v3 (Enterprise Server) or https://api.TENANT.ghe.com"
"""https://docs.github.com/en/enterprise-server/rest/quickstart and
https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency"""


class AddressError(ValueError):
    """A URL that is no GitHub's API; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Address:
    """The URLs of one GitHub, none with a slash at its end."""

    api: str
    graphql: str
    web: str

    @classmethod
    def of(cls, api: str = GITHUB, graphql: str = "") -> Address:
        """Return the address of a GitHub by its API's URL, as Actions' ``GITHUB_API_URL`` has it.

        ``graphql`` is what somebody says of the other API; it has to be the same.

        Raises:
            AddressError: it is none, or would send a token in clear over a network.
        """
        url = _split(api)
        path = url.path.rstrip("/")
        site = f"{url.scheme}://{url.netloc.lower()}"
        host = url.hostname or ""
        if path == "/api/v3":
            found = cls(f"{site}/api/v3", f"{site}/api/graphql", site)
        elif not path and (host == "api.github.com" or _tenant(host)):
            web = f"{url.scheme}://{url.netloc.lower().removeprefix('api.')}"
            found = cls(site, f"{site}/graphql", web)
        else:
            raise AddressError(f"{_shown(api)} is no GitHub's API: expected {EXPECTED}")
        if graphql and graphql.rstrip("/") != found.graphql:
            raise AddressError(
                f"the GraphQL API of {found.api} is {found.graphql}, not {_shown(graphql)}"
            )
        return found

    def git_url(self, repository: str) -> str:
        """Return where git fetches ``owner/name``."""
        return f"{self.web}/{repository}.git"

    def pull_url(self, repository: str, number: int) -> str:
        """Return the page of a pull request."""
        return f"{self.web}/{repository}/pull/{number}"


def _split(url: str) -> SplitResult:
    """Return the parts of a URL that may hold an API.

    Raises:
        AddressError: it may not; a name or password in it is not repeated.
    """
    try:
        parts = urlsplit(url)
        port_is_a_number = parts.port is None or parts.port > 0
    except ValueError as error:
        raise AddressError(f"{_shown(url)} is no URL: expected {EXPECTED}") from error
    if "@" in parts.netloc:
        raise AddressError("an API's URL holds no name or password: the token goes elsewhere")
    plain = url.isascii() and url.isprintable() and " " not in url
    if not (plain and parts.hostname and port_is_a_number) or parts.query or parts.fragment:
        raise AddressError(f"{_shown(url)} is no GitHub's API: expected {EXPECTED}")
    if parts.scheme == "http" and not _loopback(parts.hostname):
        raise AddressError(
            f"{_shown(url)} would send the token in clear: expected https, "
            "http is for this machine only"
        )
    if parts.scheme not in {"http", "https"}:
        raise AddressError(f"{_shown(url)} is no GitHub's API: expected {EXPECTED}")
    return parts


def _tenant(host: str) -> bool:
    """Return whether a host is the API of a tenant of GitHub Enterprise Cloud."""
    tenant = host.removeprefix("api.").removesuffix(".ghe.com")
    return host == f"api.{tenant}.ghe.com" and bool(tenant) and "." not in tenant


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _shown(url: str) -> str:
    """Return a URL as it may be shown: not what stands before an ``@``, nothing that acts."""
    return ascii(url.rpartition("@")[2][:200])
