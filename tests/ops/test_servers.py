"""Commands share a home's servers: whoever comes first starts them, the last stops."""

import threading

import psycopg
import pytest

from app.core.embedded import postgres, redis, servers
from app.core.embedded.home import Home
from app.core.settings import SettingError, Settings

pytestmark = [pytest.mark.ops]


@pytest.fixture
def settings(tmp_path):
    return Settings.from_environ({"BAARI_HOME": str(tmp_path / "home")})


def up(settings):
    home = Home(settings.home)
    return postgres.answers(home), redis.answers(home)


class TestRunning:
    def test_starts_what_is_missing_and_stops_it(self, settings):
        with servers.running(settings) as complete:
            during = up(settings)

        assert during == (True, True)
        assert up(settings) == (False, False)
        assert complete.database_url
        assert complete.redis_url

    def test_starts_only_the_server_that_is_not_given(self, settings, make_house):
        with servers.running(settings) as lender:
            borrower = Settings.from_environ(
                {
                    "BAARI_HOME": str(settings.home.with_name("other")),
                    "DATABASE_URL": lender.database_url,
                }
            )
            with servers.running(borrower) as complete:
                assert complete.database_url == lender.database_url
                assert up(borrower) == (False, True)

    def test_does_not_stop_servers_under_the_hands_of_another(self, settings):
        joined, may_leave = threading.Event(), threading.Event()
        seen = []

        def visit():
            with servers.running(settings):
                joined.set()
                may_leave.wait(30)
                seen.append(up(settings))

        visitor = threading.Thread(target=visit)
        with servers.running(settings):
            visitor.start()
            assert joined.wait(30)
            # The owner is done well before its visitor.
            threading.Timer(0.5, may_leave.set).start()
        visitor.join()

        assert seen == [(True, True)]
        assert up(settings) == (False, False)

    def test_says_that_the_data_are_of_another_version(self, settings):
        with servers.running(settings):
            pass
        (Home(settings.home).postgres / "PG_VERSION").write_text("15\n")

        with (
            pytest.raises(SettingError, match="written by PostgreSQL 15"),
            servers.running(settings),
        ):
            pass


class TestMigrate:
    def test_uses_the_servers_of_the_house_that_runs(self, house):
        house.start_and_wait()
        runs = house.process

        status, told = house.refusal("migrate")
        house.process = runs

        assert (status, told) == (0, "")
        assert house.ask("/readyz")[0] == 200

    def test_starts_servers_for_its_duration(self, make_house, tmp_path):
        house = make_house(tmp_path / "new")

        status, told = house.refusal("migrate")

        assert (status, told) == (0, "")
        assert house.living() == set()

    def test_says_that_a_database_is_newer(self, house, settings):
        with servers.running(settings) as complete:
            with psycopg.connect(
                host=str(Home(settings.home).sockets / "pg"),
                user=postgres.USER,
                dbname=postgres.DATABASE,
            ) as connection:
                connection.execute("CREATE TABLE alembic_version (version_num text)")
                connection.execute("INSERT INTO alembic_version VALUES ('tomorrow')")
            status, told = house.refusal(
                "migrate",
                DATABASE_URL=complete.database_url,
                REDIS_URL=complete.redis_url,
            )

        assert status == 2
        assert told.startswith("baari: DATABASE_URL: that database does not fit")
        assert told.count("\n") == 1

    def test_says_that_the_user_may_not_make_tables(self, house, settings):
        with servers.running(settings) as complete:
            with psycopg.connect(
                host=str(Home(settings.home).sockets / "pg"),
                user=postgres.USER,
                dbname=postgres.DATABASE,
            ) as connection:
                connection.execute("CREATE ROLE guest LOGIN")
            status, told = house.refusal(
                "migrate",
                DATABASE_URL=complete.database_url.replace("baari@", "guest@"),
                REDIS_URL=complete.redis_url,
            )

        assert status == 2
        assert told.startswith("baari: DATABASE_URL: its user may not make tables")
        assert told.count("\n") == 1
