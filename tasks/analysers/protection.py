"""The analysers of security and configuration, in the order of the documentation."""

from __future__ import annotations

from tasks.analysers import (
    bandit,
    data_syntax,
    gitleaks,
    hadolint,
    jactionlint,
    kubernetes,
    osv,
    ruff_security,
    schemas,
    secrets,
    shellcheck,
    yamllint,
    zizmor,
)
from tasks.analysers.contract import Analyser

PROTECTION: tuple[Analyser, ...] = (
    ruff_security.ANALYSER,
    bandit.ANALYSER,
    secrets.ANALYSER,
    gitleaks.ANALYSER,
    osv.ANALYSER,
    zizmor.ANALYSER,
    jactionlint.ANALYSER,
    hadolint.ANALYSER,
    shellcheck.ANALYSER,
    yamllint.ANALYSER,
    data_syntax.ANALYSER,
    schemas.ANALYSER,
    kubernetes.ANALYSER,
)
