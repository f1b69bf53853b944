"""How a webhook's receiver knows that it is told the truth: Standard Webhooks signatures. Pure.

No secret of a webhook is stored. It follows from the gateways' own secret, the webhook's id and the
number of its issue, so a copy of the database signs nothing, and rotating is counting up.
Source: https://www.standardwebhooks.com, "Signature scheme".
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Final

PREFIX: Final = "whsec_"


def secret_of(key: bytes, webhook_id: str, issue: int) -> str:
    """Return the secret of a webhook: 32 bytes, as its receiver is shown them.

    Args:
        key: the gateways' secret.
        webhook_id: whose.
        issue: which one, counted up when it is rotated.
    """
    about = f"diorama webhook {webhook_id} {issue}".encode()
    return PREFIX + base64.b64encode(hmac.digest(key, about, hashlib.sha256)).decode()


def signed_headers(
    secrets: Sequence[str], *, event_id: str, timestamp_s: int, body: bytes
) -> Mapping[str, str]:
    """Return the three headers of a message, with a signature by each secret that is still good."""
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(
            _signature(secret, f"{event_id}.{timestamp_s}.".encode() + body) for secret in secrets
        ),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
