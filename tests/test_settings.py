"""A value that cannot be understood stops the start with one line that names it."""

import pytest

from tests.server import Site, clone, wait_until

BAD = [
    ("SECRET_KEY", "short"),
    ("ALLOWED_HOSTS", ""),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "example.org,"),
    ("ACCEPTING_NEW_PATIENTS", "ture"),
    ("DATA_DIR", "/dev/null/data"),
    ("DATABASE_URL", "mysql://localhost/clinic"),
    ("DATABASE_URL", "postgres://clinic:password@10.0.0.2"),
    ("CACHE_URL", "memcached://localhost"),
    ("SECURITY_CONTACT", "security@clinic.example"),
    ("EMAIL_URL", "smtp+tls://desk:password@example.org:587"),
    ("HOST", "10.0.0.11 # this host"),
    ("PORT", "65536"),
    ("DATABASE_URL", "postgres://clinic:password@10.0.0.2:port/clinic"),
    ("WEB_CONCURRENCY", "0"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_bad_value_stops_the_start_by_any_door_in_one_line(tmp_path, name, value):
    site = Site(tmp_path, **{name: value})

    for door in (["manage.py", "check"], ["-m", "gunicorn", "clinic_site.wsgi"]):
        result = site.run(*door)
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr.startswith(f"{name} must be ")
        assert result.stderr.count("\n") == 1
        assert name != "SECRET_KEY" or value not in result.stderr


def test_reload_reads_an_edited_env(tmp_path):
    root = clone(tmp_path / "code", "staticfiles")
    site = Site(tmp_path / "data", root=root, DATABASE_URL="")
    del site.environ["ACCEPTING_NEW_PATIENTS"]
    (root / ".env").write_text("ACCEPTING_NEW_PATIENTS=false\n")
    with site:
        before = site.get("/").text
        (root / ".env").write_text("ACCEPTING_NEW_PATIENTS=true\n")
        site.reload()
        wait_until(lambda: "not accepting new patients" not in site.get("/").text)

    assert "not accepting new patients" in before
