"""Whom we call, and where we never do."""

import socket
from datetime import timedelta

import pytest

from beckn import sending
from beckn.trust import calling, hosts
from beckn.trust.calling import AddressRefusedError, UnreachableError
from tests.beckn.loopback import dripping, forged, serving

BODY = b"{}"


class TestCalling:
    @pytest.mark.parametrize(
        "address",
        [
            *("127.0.0.1", "::1", "0.0.0.0", "::", "169.254.169.254", "fe80::1"),
            *("10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00::1"),
            *("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1"),
            *("ff02::1", "255.255.255.255", "240.0.0.1", "no address"),
            *("::127.0.0.1", "::8.8.8.8", "fec0::1", "64:ff9b:1::808:808"),
            *("192.88.99.1", "2002:c058:6301::1", "3fff::1", "2001::1", "4000::1"),
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

    @pytest.mark.parametrize(
        "address",
        ["93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:8.8.8.8", "2002:808:808::1"],
    )
    def test_out_into_the_world(self, address):
        assert hosts.is_public(address)

    @pytest.mark.parametrize(
        "host", [f"{'a' * 64}.example.org", "a..example.org", ".", "a\u3002\u3002b"]
    )
    def test_a_host_that_no_name_can_be_is_refused(self, host):
        url = f"https://{host}/"
        assert calling.host_of(url) in {"", "."}
        for private in (False, True):
            with pytest.raises((AddressRefusedError, UnreachableError)):
                calling.post(url, b"", {}, registered=url, private=private)

    def test_a_name_in_letters_of_india_is_called_as_the_net_writes_it(self):
        asked = []

        def resolver(host, port):
            asked.append(host)
            return ["127.0.0.1"]

        with serving(lambda *_: (200, {}, b"ok")) as (url, heard):
            port = url.rpartition(":")[2]
            answer = calling.post(
                f"http://अस्पताल.example:{port}/पथ",
                BODY,
                {},
                # The registry may write it either way.
                registered=f"http://{'अस्पताल'.encode('idna').decode()}.example:{port}",
                private=True,
                resolver=resolver,
            )

        assert answer.body == b"ok"
        (host,) = asked
        assert host.isascii()
        assert heard[0][2]["Host"] == f"{host}:{port}"

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
        assert "may have read" not in str(refused.value)
        with (
            serving(lambda *_: None) as (url, _),
            pytest.raises(UnreachableError, match="may have read it"),
        ):
            calling.post(url, b"", {}, registered=url, private=True)

    def test_a_name_with_a_certificate_of_its_own_making_is_not_spoken_to(
        self, tmp_path
    ):
        certificate = forged(tmp_path / "pem")
        with (
            serving(lambda *_: (200, {}, b""), certificate) as (url, heard),
            pytest.raises(UnreachableError, match="SSLError"),
        ):
            self.call_by_name(url)
        assert heard == []

    def test_a_certificate_is_taken_for_the_name_it_is_of_and_for_no_other(
        self, tmp_path, monkeypatch
    ):
        for name in ("bap.example.org", "other.example.org"):
            certificate = forged(tmp_path / name, name)
            # As if an authority of the system vouched for it.
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            with serving(lambda *_: (200, {}, b"ok"), certificate) as (url, heard):
                if name == "bap.example.org":
                    assert self.call_by_name(url).body == b"ok"
                    continue
                with pytest.raises(UnreachableError, match="SSLError"):
                    self.call_by_name(url)
            assert heard == []

    def call_by_name(self, url):
        named = f"https://bap.example.org:{url.rpartition(':')[2]}/"
        return calling.post(
            named,
            b"",
            {},
            registered=named,
            private=True,
            resolver=lambda *_: ["127.0.0.1"],
        )

    def post(self, url, found):
        return calling.post(
            url,
            b"",
            {},
            registered="https://bap.example.org/beckn",
            resolver=lambda *_: found,
        )


class TestDeadline:
    """However slowly an answer drips, the call ends; nothing here is timed."""

    OK = b"HTTP/1.1 200 OK\r\n"

    @pytest.mark.parametrize(
        ("head", "drop"),
        [
            (b"", b"H"),
            (OK + b"X-Y: ", b"z"),
            (OK + b"Content-Length: 100000\r\n\r\n", b"a"),
            # Without a length the end of the connection is the end of the answer.
            (OK + b"Connection: close\r\n\r\n", b"a"),
            (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        ],
        ids=["status", "headers", "body", "body without end", "chunks"],
    )
    def test_ends_a_call_whose_answer_drips(self, head, drop):
        # Dripped for longer than the call may take, and then it would be an answer.
        with dripping(head, drop, for_s=3) as (place, gone):
            url = f"http://{place}/"
            with pytest.raises(UnreachableError, match="no answer in time"):
                calling.post(url, b"", {}, registered=url, private=True, within=0.2)

            # We hung up: it did not end by itself.
            assert gone.wait(10)

    def test_ends_a_handshake_that_never_is(self):
        with dripping(b"", b"", for_s=1) as (place, _):
            url = f"https://{place}/"
            with pytest.raises(UnreachableError) as refused:
                calling.post(url, b"", {}, registered=url, private=True, within=0.2)
        assert "may have read" not in str(refused.value)

    def test_two_calls_end_within_the_lease_of_a_message(self):
        # After a 401 it is posted once more under the same lease.
        assert 2 * timedelta(seconds=calling.WITHIN_S) < sending.LEASE
