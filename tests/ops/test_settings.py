"""What the environment may say, and what one line says when it is wrong."""

import pytest

from app.core import external
from app.core.embedded.home import Home
from app.core.settings import SettingError, Settings, without_password

LONG_SECRET = "x" * 40


@pytest.fixture
def environ(tmp_path):
    return {"BAARI_HOME": str(tmp_path / "home"), "SECRET_KEY": LONG_SECRET}


class TestSettings:
    def test_need_nothing_to_be_set(self, tmp_path):
        settings = Settings.from_environ({"BAARI_HOME": str(tmp_path)})

        assert (settings.host, settings.port) == ("127.0.0.1", 8000)
        assert (settings.database_url, settings.redis_url) == (None, None)
        assert settings.demo

    def test_take_an_empty_variable_for_an_unset_one(self, environ):
        settings = Settings.from_environ({**environ, "PORT": "", "DATABASE_URL": " "})

        assert (settings.port, settings.database_url) == (8000, None)

    def test_survive_the_way_into_a_child_process(self, environ):
        settings = Settings.from_environ(
            {**environ, "DATABASE_URL": "postgres://me@there/db", "BAARI_DEMO": "0"}
        )

        assert Settings.from_environ(settings.environ()) == settings

    def test_keep_one_secret_that_only_the_owner_reads(self, tmp_path):
        first = Settings.from_environ({"BAARI_HOME": str(tmp_path)})
        second = Settings.from_environ({"BAARI_HOME": str(tmp_path)})

        assert first.secret_key == second.secret_key
        assert len(first.secret_key) == 64
        assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
    def test_speak_to_every_postgresql_by_one_driver(self, environ, scheme):
        settings = Settings.from_environ(
            {**environ, "DATABASE_URL": f"{scheme}://me:pw@there:5433/db"}
        )

        assert settings.database_url == "postgresql+psycopg://me:pw@there:5433/db"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("PORT", "http"),
            ("PORT", "0"),
            ("PORT", "65536"),
            ("PORT", "-1"),
            ("PORT", "٨٠٠٠"),
            ("HOST", "0.0.0.0"),
            ("HOST", "::"),
            ("HOST", "example.org"),
            ("DATABASE_URL", "mysql://me@there/db"),
            ("DATABASE_URL", "postgresql+psycopg2://me@there/db"),
            ("DATABASE_URL", "postgresql://there:port/db"),
            ("DATABASE_URL", "postgresql://there"),
            ("DATABASE_URL", "there"),
            ("REDIS_URL", "http://there"),
            ("REDIS_URL", "localhost:6379"),
            ("SECRET_KEY", "short"),
            ("BAARI_DEMO", "yes"),
            ("TRUSTED_PROXIES", "all"),
            ("BAARI_HOME", "/proc/nowhere"),
        ],
    )
    def test_refuse_what_cannot_be_meant_in_one_line(self, environ, name, value):
        with pytest.raises(SettingError) as refusal:
            Settings.from_environ({**environ, name: value})

        assert refusal.value.name == name
        assert str(refusal.value).startswith(f"{name}: ")
        assert "\n" not in str(refusal.value)
        assert refusal.value.remedy

    def test_serve_the_world_only_without_the_demo(self, environ):
        settings = Settings.from_environ(
            {**environ, "HOST": "0.0.0.0", "BAARI_DEMO": "0"}
        )

        assert settings.host == "0.0.0.0"


class TestGivenServers:
    @pytest.mark.parametrize("version", [150_000, 150_014, 160_002, 180_004])
    def test_may_be_postgresql_15_or_newer(self, version):
        external.require_postgres(version)

    @pytest.mark.parametrize("version", [140_012, 130_000, 90_624])
    def test_may_not_be_an_older_postgresql(self, version):
        with pytest.raises(SettingError, match=r"DATABASE_URL.*needs 15 or newer"):
            external.require_postgres(version)

    @pytest.mark.parametrize("version", ["6.2.0", "6.2.14", "7.0.1", "10.0.0"])
    def test_may_be_redis_6_2_or_newer(self, version):
        external.require_redis(version)

    @pytest.mark.parametrize("version", ["6.0.16", "5.0.7", "4.9.103"])
    def test_may_not_be_an_older_redis(self, version):
        with pytest.raises(SettingError, match=r"REDIS_URL.*needs 6\.2 or newer"):
            external.require_redis(version)

    def test_do_not_tell_their_password(self):
        url = "postgresql+psycopg://me:s3:c@ret@there:5432/db"

        assert "s3" not in without_password(url)
        assert without_password(url) == "postgresql+psycopg://me:***@there:5432/db"


class TestHome:
    def test_keeps_its_sockets_inside(self, tmp_path):
        home = Home(tmp_path)

        assert home.sockets == tmp_path / "run"

    @pytest.mark.parametrize("name", ["x" * 120, "one,two", "one two"])
    def test_puts_them_elsewhere_when_no_server_could_open_them(self, tmp_path, name):
        home = Home(tmp_path / name)

        assert tmp_path not in home.sockets.parents
        assert len(str(home.sockets / "pg" / ".s.PGSQL.5432")) <= 107
