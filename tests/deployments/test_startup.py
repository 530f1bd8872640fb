"""What a short-lived process leaves out, and what it must not."""

from __future__ import annotations

import gc
import ssl

import pytest
from prefect.settings import Settings

from deployments.command import startup


def test_somebody_elses_server_is_asked_all_there_is_to_ask(tmp_path):
    assert startup.client_settings("https://prefect.example/api", tmp_path) == {"DO_NOT_TRACK": "1"}
    assert list(tmp_path.iterdir()) == []


def test_the_certificate_is_one_and_openssl_takes_it(tmp_path):
    folder = tmp_path / "not" / "yet"
    settings = startup.client_settings("", folder)
    context = ssl.create_default_context(cafile=settings["PREFECT_API_SSL_CERT_FILE"])

    assert context.cert_store_stats()["x509"] == 1
    assert startup.client_settings("", folder) == settings


def test_prefect_hears_what_it_is_told(tmp_path, monkeypatch):
    settings = startup.client_settings("", tmp_path)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    heard = Settings()

    assert heard.client.csrf_support_enabled is False
    assert heard.client.server_version_check_enabled is False
    assert heard.api.ssl_cert_file == settings["PREFECT_API_SSL_CERT_FILE"]


def test_garbage_is_collected_again_when_all_is_imported():
    with startup.importing():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ImportError), startup.importing():
        raise ImportError
    assert gc.isenabled()
    gc.unfreeze()
