"""The mail server: mail goes over TLS and as somebody, or not at all; what a message has in it."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from runtime.channels.smtp import Account, File, MailError, MailServer, written
from tests.support.mail import Postbox, free_port


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pem, secret


@contextmanager
def guarded_server(folder: Path, *, at_once: bool = False) -> Iterator[tuple[Postbox, ssl.SSLContext]]:
    """A server that takes mail over TLS alone, which begins ``at_once`` or after a greeting, and from ada
    alone; and what trusts its certificate.
    """
    pem, secret = certificate(folder)
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(pem, secret)
    box = Postbox(free_port())

    def who(server: object, session: object, envelope: object, mechanism: str, given: object) -> AuthResult:
        is_ada = (getattr(given, "login", b""), getattr(given, "password", b"")) == (b"ada", b"s3cret")
        return AuthResult(success=is_ada, handled=False)

    late: dict[str, Any] = {"tls_context": own, "require_starttls": True}
    # Of TLS from the first byte on, the server's own part knows nothing.
    early: dict[str, Any] = {"ssl_context": own, "auth_require_tls": False}
    controller = Controller(
        box, hostname="127.0.0.1", port=box.port, authenticator=who, auth_required=True,
        **(early if at_once else late),
    )  # fmt: skip
    controller.start()
    try:
        yield box, ssl.create_default_context(cafile=str(pem))
    finally:
        controller.stop()


def letter(**more: object):
    return written(
        "Crm <crm@crm.test>",
        "ada@example.com",
        "Hi",
        "Text\n",
        "<1@crm.test>",
        0.0,
        **more,  # type: ignore[arg-type]
    )


def test_mail_goes_over_tls_to_a_server_that_is_trusted_and_as_somebody_it_knows(tmp_path: Path):
    with guarded_server(tmp_path) as (box, trust):
        address = f"smtp+starttls://ada:s3cret@127.0.0.1:{box.port}"
        MailServer(Account.read(address), trust).send(letter())
        assert len(box.mails) == 1
        with pytest.raises(MailError, match="535"):
            MailServer(Account.read(address.replace("s3cret", "wrong")), trust).send(letter())
        with pytest.raises(MailError, match="certificate"):
            MailServer(Account.read(address)).send(letter())
        with pytest.raises(MailError, match="530"):
            MailServer(Account.read(f"smtp://127.0.0.1:{box.port}")).send(letter())
        assert len(box.mails) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_mail_goes_over_tls_from_the_first_byte_on_too(tmp_path: Path):
    with guarded_server(tmp_path, at_once=True) as (box, trust):
        address = f"smtps://ada:s3cret@127.0.0.1:{box.port}"
        MailServer(Account.read(address), trust).send(letter())
        assert [mail["Subject"] for mail in box.mails] == ["Hi"]
        with pytest.raises(MailError, match="535"):
            MailServer(Account.read(address.replace("s3cret", "wrong")), trust).send(letter())
        with pytest.raises(MailError, match="certificate"):
            MailServer(Account.read(address)).send(letter())
        assert len(box.mails) == 1


def test_a_message_always_has_a_text_and_says_whom_it_is_for():
    mail = letter(html="<p>Hi</p>", on_behalf='"Ada\r\nBcc: eve@example.com" <ada@crm.test>')
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert (mail["Sender"], mail["Bcc"]) == ("Crm <crm@crm.test>", None)
    plain = letter(files=[File("bill.txt", "text/plain", b"42")])
    assert [part.get_filename() for part in plain.iter_attachments()] == ["bill.txt"]


def test_the_link_that_ends_such_letters_stands_in_one_piece_for_the_programs_that_look_for_it():
    link = f"https://crm.test/unsubscribe/{'W' * 200}.{'6' * 40}"
    raw = letter(unsubscribe=link, html="<p>Hi</p>").as_bytes()
    assert f"\nList-Unsubscribe: <{link}>\n".encode() in raw
    assert b"\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n" in raw
