"""Dovecot, the mail server that many providers run: a throw-away one on this machine, for tests that poll it."""

import os
import pwd
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from imaplib import IMAP4, IMAP4_SSL
from pathlib import Path

PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
USER, PASSWORD = "support", "horse-battery"
SECONDS_TO_START = 20.0
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
namespace inbox {{
  inbox = yes
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/homes/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
{users}
"""


@dataclass(frozen=True)
class MailServer:
    """A running server, with a certificate that only those trust who are told to."""

    port: int
    tls_port: int
    certificate: Path

    @contextmanager
    def box(self, user: str = USER) -> Iterator[IMAP4]:
        """The mailbox as another program sees it."""
        with IMAP4_SSL(
            "localhost", self.tls_port, ssl_context=ssl.create_default_context(cafile=self.certificate)
        ) as box:
            box.login(user, PASSWORD)
            box.select("INBOX")
            yield box

    def put(self, mails: list[bytes], user: str = USER) -> None:
        """Put mails into the inbox."""
        with self.box(user) as box:
            for raw in mails:
                status, told = box.append("INBOX", "", "", raw)
                assert status == "OK", told

    def uids(self, criteria: str, user: str = USER, folder: str = "INBOX") -> list[str]:
        """The mails of a folder that fit."""
        with self.box(user) as box:
            assert box.select(folder)[0] == "OK"
            told: bytes = box.uid("SEARCH", criteria)[1][0]
            return told.decode().split()


@contextmanager
def running(folder: Path) -> Iterator[MailServer]:
    """A server whose mails lie in a folder; it ends with the block. Raises OSError where it cannot start."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    is_root = os.geteuid() == 0
    owner = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
    for name in ("mail", "homes"):
        (folder / name).mkdir()
        os.chown(folder / name, owner.pw_uid, owner.pw_gid)
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *(
                "-addext",
                "subjectAltName=DNS:localhost",
                "-keyout",
                f"{folder}/server.key",
                "-out",
                f"{folder}/server.pem",
            ),
        ],
        check=True,
        capture_output=True,
    )
    port, tls_port = _free_port(), _free_port()
    mine = "" if is_root else f"default_internal_user = {owner.pw_name}\ndefault_login_user = {owner.pw_name}\n"
    places = {"folder": folder, "port": port, "tls_port": tls_port, "users": mine}
    written = CONFIGURATION.format(password=PASSWORD, uid=owner.pw_uid, gid=owner.pw_gid, **places)
    (folder / "dovecot.conf").write_text(written, encoding="utf-8")
    process = subprocess.Popen([PROGRAM or "dovecot", "-F", "-c", f"{folder}/dovecot.conf"])
    try:
        _wait(port, process, folder)
        yield MailServer(port, tls_port, folder / "server.pem")
    finally:
        process.terminate()
        process.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    last = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < last and process.poll() is None:
        try:
            with IMAP4("127.0.0.1", port):
                return
        except (OSError, IMAP4.error):
            time.sleep(0.1)
    said = (folder / "log").read_text() if (folder / "log").exists() else "no log"
    raise OSError(f"dovecot did not start: {said[-500:]}")
