"""Another account beside the owner's, with a key of its own."""

from diorama.accounts.keys import Key, KeyKind
from diorama.accounts.plans import FREE, Account
from diorama.kernel.ids import digest
from diorama.sessions.work import Work
from tests.gateway.running import Place

TENANT = "acc_tenant"
SECRET = "dio_" + "t" * 40


async def add_tenant(place: Place) -> str:
    """Add the account, and return the secret of its key."""

    def add(work: Work) -> None:
        work.stores.accounts.add(
            Account(
                id=TENANT,
                name="tenant",
                plan=FREE.name,
                concurrent_streams=FREE.concurrent_streams,
                held=0,
            )
        )
        work.stores.keys.add(
            Key(
                id="key_tenant",
                account_id=TENANT,
                kind=KeyKind.API,
                digest=digest(SECRET),
                name="tenant's",
                created_us=work.now_us,
            )
        )

    await place.gateway.desk.do(add)
    return SECRET
