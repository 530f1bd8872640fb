"""How a review connects to GitHub: as an App, or with a token."""

from __future__ import annotations

import re

from prefect.blocks.core import Block
from pydantic import ConfigDict, Field, HttpUrl, SecretStr, field_validator

from tasks.core.forge.address import GITHUB, Address
from tasks.core.forge.sweeping import SweepSettings

PEM = re.compile(
    r"-----BEGIN (RSA )?PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]+-----END (RSA )?PRIVATE KEY-----\s*"
)
"""A private key as GitHub gives it out (PKCS 1), or converted (PKCS 8); one with a password is
of no use to a service."""


class _GitHub(Block):
    """Which GitHub. What is wrong with a secret is said without it."""

    model_config = ConfigDict(hide_input_in_errors=True, coerce_numbers_to_str=True)

    api_url: str = Field(
        default=GITHUB,
        title="API URL",
        description="Of GitHub Enterprise: https://HOST/api/v3 or https://api.TENANT.ghe.com",
    )
    sweep: SweepSettings = Field(
        default_factory=SweepSettings,
        description="Where to look for pull requests whose webhooks were lost: wherever an App is "
        "installed, unless repositories are named. See docs/scheduled.md",
    )

    @field_validator("api_url")
    @classmethod
    def _of_a_github(cls, url: str) -> str:
        return Address.of(url).api


class GitHubApp(_GitHub):
    """A GitHub App that reviews as itself; where it is installed is found for each repository."""

    _block_type_name = "GitHub App"
    _block_type_slug = "github-app"
    _description = (
        "Review pull requests as a GitHub App: its own name, check runs, tokens of one hour."
    )
    _documentation_url = HttpUrl("https://docs.github.com/en/apps/creating-github-apps")
    _code_example = """
```python
from blocks import GitHubApp

GitHubApp(app_id="123456", private_key=open("key.pem").read()).save("default")
```
"""

    app_id: str = Field(
        title="App ID",
        description="The App's ID or client ID, from its settings page",
        pattern=r"^(\d{1,20}|Iv[\w.]{10,40})$",
    )
    private_key: SecretStr = Field(
        title="Private key", description="The content of the .pem file that GitHub generated"
    )

    @field_validator("private_key")
    @classmethod
    def _is_a_key(cls, key: SecretStr) -> SecretStr:
        # a key that went through an environment variable or a form of one line
        text = key.get_secret_value().replace("\\n", "\n").strip() + "\n"
        if not PEM.fullmatch(text):
            raise ValueError(
                "expected the whole .pem file, from -----BEGIN RSA PRIVATE KEY----- to the end"
            )
        return SecretStr(text)


class GitHubToken(_GitHub):
    """A token of a person, who then is the author of the reviews."""

    _block_type_name = "GitHub token"
    _block_type_slug = "github-token"
    _description = "Review pull requests with a personal access token: no check runs, but statuses."
    _documentation_url = HttpUrl(
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/"
        "managing-your-personal-access-tokens"
    )
    _code_example = """
```python
from blocks import GitHubToken

GitHubToken(token=getpass.getpass()).save("default")
```
"""

    token: SecretStr = Field(description="A fine-grained or classic personal access token")

    @field_validator("token")
    @classmethod
    def _is_a_token(cls, token: SecretStr) -> SecretStr:
        # installation tokens have no fixed length or form, so this is all that can be said
        text = token.get_secret_value().strip()
        if not text or not text.isascii() or not text.isprintable() or " " in text:
            raise ValueError("expected one word of ASCII characters")
        return SecretStr(text)
