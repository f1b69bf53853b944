"""An S3 of this machine's own, on loopback, with one bucket in it."""

import contextlib
import logging
from collections.abc import Iterator
from typing import Final

import httpx
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from diorama.gateway.settings import S3Settings

WITHIN_S: Final = 60
SECRET_KEY: Final = "SecretKeyOfTheBucket0123456789"


@contextlib.contextmanager
def bucket() -> Iterator[S3Settings]:
    """Run an S3 until the block ends; return the settings that reach its bucket."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        httpx.put(f"http://{host}:{port}/worlds", timeout=WITHIN_S).raise_for_status()
        yield S3Settings(
            bucket="worlds",
            endpoint=f"http://{host}:{port}",
            access_key=SecretStr("key-of-the-bucket"),
            secret_key=SecretStr(SECRET_KEY),
            prefix="kept/here",
        )
    finally:
        server.stop()
