"""Keys as others write and read them: held against another library than ours."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from beckn.trust import curves


def der(key):
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_keys_with_their_kind_are_written_and_read_as_by_others():
    signs = ed25519.Ed25519PrivateKey.generate().public_key()
    shares = x25519.X25519PrivateKey.generate().public_key()

    assert bytes(curves.ed25519(der(signs))) == signs.public_bytes_raw()
    assert bytes(curves.ed25519(signs.public_bytes_raw())) == signs.public_bytes_raw()
    assert bytes(curves.x25519(der(shares))) == shares.public_bytes_raw()
    assert curves.as_der(curves.ed25519(der(signs))) == der(signs)
    assert curves.as_der(curves.x25519(der(shares))) == der(shares)


def test_a_key_of_the_other_kind_or_another_length_is_refused():
    signs = der(ed25519.Ed25519PrivateKey.generate().public_key())
    shares = der(x25519.X25519PrivateKey.generate().public_key())

    for wrong in (b"", shares, signs[:-1], signs + b"x", signs[1:], b"x" * 31):
        with pytest.raises(ValueError, match="another kind"):
            curves.ed25519(wrong)
    for wrong in (b"", signs, shares[:-1], shares + b"x", shares[-32:]):
        with pytest.raises(ValueError, match="another kind"):
            curves.x25519(wrong)


def test_what_is_signed_here_is_believed_elsewhere_and_the_other_way_round():
    ours, theirs = (
        curves.Ed25519PrivateKey.generate(),
        ed25519.Ed25519PrivateKey.generate(),
    )

    known = ed25519.Ed25519PublicKey.from_public_bytes(bytes(ours.verify_key))
    known.verify(ours.sign(b"told").signature, b"told")
    heard = curves.ed25519(theirs.public_key().public_bytes_raw())
    assert heard.verify(b"told", theirs.sign(b"told")) == b"told"


def test_both_share_one_secret():
    ours, theirs = (
        curves.X25519PrivateKey.generate(),
        x25519.X25519PrivateKey.generate(),
    )

    known = x25519.X25519PublicKey.from_public_bytes(bytes(ours.public_key))
    secret = theirs.exchange(known)
    assert curves.shared(ours, curves.x25519(der(theirs.public_key()))) == secret
