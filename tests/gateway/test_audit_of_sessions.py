"""What a key or a member does to sessions stands in the audit log; what viewers do does not."""

from pathlib import Path

import msgspec

from tests.gateway.running import gateway_at
from tests.gateway.signing import owner_of


async def test_an_end_and_an_extension_by_the_account_are_in_its_log(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, url=database_url) as place:
        owner = await owner_of(place)
        await place.worker(slots=3)
        first, second, third = [(await place.open()) for _ in range(3)]
        where = f"/v1/sessions/{first.session.id}"
        key = place.secrets.api_key
        await place.ask("POST", f"{where}/extend", {"seconds": 60}, secret=key)
        for _ in range(2):  # the second time there is nothing left to end
            await owner.ask("DELETE", where)
        ids = [first.session.id, second.session.id]
        await owner.ask("POST", "/v1/sessions/end", {"sessions": ids})
        await place.ask("DELETE", f"/v1/sessions/{third.session.id}", secret=third.token)
        log = await owner.ask("GET", "/v1/audit?action=session")

    entries = msgspec.json.decode(log.body)["entries"]
    told = [(one["action"], one["subject"], one["actor"][:4]) for one in entries]
    assert told == [
        ("session.ended", second.session.id, "memb"),
        ("session.ended", first.session.id, "memb"),
        ("session.extended", first.session.id, "key:"),
    ]
