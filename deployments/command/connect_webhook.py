"""``review connect webhook``: the secret that GitHub's deliveries are signed with."""

from __future__ import annotations

import argparse
import os
import sys

from deployments.service.log import show
from deployments.webhook.secret_file import LONGEST, VARIABLE, SecretFile, given, made
from tasks.errors import CannotReview

FORM = """\
What to enter on GitHub, in the App's settings, or in a repository's under Webhooks:
  Payload URL       https://YOUR-HOST/github/webhook
  Content type      application/json
  Secret            {secret}
  SSL verification  enabled
  Events            Pull requests, Issue comments, Pull request review comments,
                    Check runs, Check suites"""

ONCE = "The secret is not shown again; it is kept in {path}."
NEXT = "`review up` now keeps the webhook going; `review webhook` does without the rest."
ROTATED = (
    "The secret before it goes on counting. When GitHub has the new one: "
    "`review connect webhook --forget-old`"
)
IGNORED = f"{VARIABLE} is set here: a webhook with it in its environment does not read the file"


def run(said: argparse.Namespace) -> int:
    """Make, take or forget a secret; return 0.

    Raises:
        CannotReview: what was given is no secret, or it cannot be kept.
    """
    kept = SecretFile.of_home()
    if said.forget_old:
        if said.stdin:
            raise CannotReview("--forget-old makes no secret, so there is none to read")
        forgot = kept.forget_old()
        show("Only the newest secret counts now." if forgot else "There is no older secret.")
        return 0
    secret = given(sys.stdin.readline(LONGEST + 2)) if said.stdin else made()
    older = kept.add(secret)
    shown = "the one you have given" if said.stdin else secret.decode()
    show(FORM.format(secret=shown))
    show("")
    show(ONCE.format(path=kept.path) if not said.stdin else f"It is kept in {kept.path}.")
    if older:
        show(ROTATED)
    if os.environ.get(VARIABLE):
        show(IGNORED)
    show(NEXT)
    return 0
