"""Whom we call, and where we never do."""

import socket

import pytest

from beckn.trust import calling
from beckn.trust.calling import AddressRefusedError, UnreachableError
from tests.beckn.loopback import forged, serving

BODY = b"{}"


class TestCalling:
    @pytest.mark.parametrize(
        "address",
        [
            *("127.0.0.1", "::1", "0.0.0.0", "::", "169.254.169.254", "fe80::1"),
            *("10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00::1"),
            *("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1"),
            *("ff02::1", "255.255.255.255", "240.0.0.1", "no address"),
        ],
    )
    def test_never_into_our_own_house(self, address):
        for found in ([address], ["93.184.215.14", address]):
            with pytest.raises(AddressRefusedError, match="public"):
                self.post("https://bap.example.org/x", found)

    @pytest.mark.parametrize(
        "url",
        [
            *("http://bap.example.org/x", "ftp://bap.example.org/x", "bap.example.org"),
            *("https://other.example.org/x", "https://bap.example.org.evil.org/"),
            *("https://me:pw@bap.example.org/", "https://bap.example.org@evil.org/"),
            *("https://[::1", "https:///x", "https://bap.example.org:port/"),
        ],
    )
    def test_never_elsewhere_than_registered(self, url):
        with pytest.raises(AddressRefusedError):
            self.post(url, ["93.184.215.14"])

    @pytest.mark.parametrize("host", ["2130706433", "0177.0.0.1", "0x7f.1", "127.1"])
    def test_numbers_written_otherwise_are_what_they_mean(self, host):
        with pytest.raises((AddressRefusedError, UnreachableError)):
            calling.post(f"https://{host}/", b"", {}, registered=f"https://{host}")

    def test_the_address_that_was_looked_at_is_the_one_that_is_called(self):
        asked = []

        def resolver(host, port):
            asked.append((host, port))
            return ["127.0.0.1"]

        with serving(lambda *_: (200, {}, b"ok")) as (url, heard):
            port = url.rpartition(":")[2]
            named = f"http://bap.example.org:{port}"
            answer = calling.post(
                f"{named}/on_search?a=b",
                BODY,
                {"X": "y"},
                registered=named,
                private=True,
                resolver=resolver,
            )

        assert (answer.status, answer.body) == (200, b"ok")
        assert asked == [("bap.example.org", int(port))]
        ((path, body, headers),) = heard
        assert (path, body, headers["X"]) == ("/on_search?a=b", BODY, "y")
        assert headers["Host"] == f"bap.example.org:{port}"

    def test_a_redirect_is_an_answer_and_not_followed(self):
        away = (302, {"Location": "http://127.0.0.1:1/"}, b"")
        with serving(lambda *_: away) as (url, heard):
            answer = calling.post(url, b"", {}, registered=url, private=True)
        assert answer.status == 302
        assert len(heard) == 1

    def test_tells_whether_they_may_have_read_us(self):
        with socket.create_server(("127.0.0.1", 0)) as bound:
            shut = f"http://127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(UnreachableError) as refused:
            calling.post(shut, b"", {}, registered=shut, private=True)
        assert not refused.value.sent
        with (
            serving(lambda *_: None) as (url, _),
            pytest.raises(UnreachableError) as silent,
        ):
            calling.post(url, b"", {}, registered=url, private=True)
        assert silent.value.sent

    def test_a_name_with_a_certificate_of_its_own_making_is_not_spoken_to(
        self, tmp_path
    ):
        with serving(lambda *_: (200, {}, b""), forged(tmp_path / "pem")) as (
            url,
            heard,
        ):
            named = f"https://bap.example.org:{url.rpartition(':')[2]}/"
            with pytest.raises(UnreachableError) as refused:
                calling.post(
                    named,
                    b"",
                    {},
                    registered=named,
                    private=True,
                    resolver=lambda *_: ["127.0.0.1"],
                )
        assert not refused.value.sent
        assert heard == []

    def post(self, url, found):
        return calling.post(
            url,
            b"",
            {},
            registered="https://bap.example.org/beckn",
            resolver=lambda *_: found,
        )
