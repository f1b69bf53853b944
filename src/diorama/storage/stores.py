"""Every store in one transaction: what the use cases are given."""

from diorama.storage.accounts import SqlAccountStore
from diorama.storage.audit import SqlAuditStore
from diorama.storage.census import SqlCensusStore
from diorama.storage.database import Transaction
from diorama.storage.doors import SqlLinkStore, SqlTicketStore
from diorama.storage.feed import SqlFeedStore
from diorama.storage.fleet import SqlFleetStore
from diorama.storage.history import SqlHistoryStore
from diorama.storage.keys import SqlKeyStore
from diorama.storage.past_workers import SqlPastWorkerStore
from diorama.storage.people import SqlPeopleStore
from diorama.storage.plans import SqlPlanStore
from diorama.storage.projects import SqlProjectStore
from diorama.storage.recordings import SqlRecordingStore
from diorama.storage.sessions import SqlSessionStore
from diorama.storage.sign_ins import SqlSignInStore
from diorama.storage.simulations import SqlSimulationStore
from diorama.storage.slot_time import SqlSlotTimeStore
from diorama.storage.spectators import SqlSpectatorStore
from diorama.storage.timeline import SqlTimelineStore
from diorama.storage.usage import SqlUsageStore
from diorama.storage.webhooks import SqlWebhookStore
from diorama.storage.workers import SqlSlotStore, SqlWorkerStore


class SqlStores:
    """See `diorama.sessions.store.Stores`."""

    def __init__(self, tx: Transaction, incarnation: int) -> None:
        self._tx = tx
        self._incarnation = incarnation
        self.accounts = SqlAccountStore(tx)
        self.plans = SqlPlanStore(tx)
        self.people = SqlPeopleStore(tx)
        self.sign_ins = SqlSignInStore(tx)
        self.keys = SqlKeyStore(tx)
        self.audit = SqlAuditStore(tx)
        self.projects = SqlProjectStore(tx)
        self.census = SqlCensusStore(tx, self.projects)
        self.workers = SqlWorkerStore(tx)
        self.slots = SqlSlotStore(tx)
        self.past_workers = SqlPastWorkerStore(tx)
        self.history = SqlHistoryStore(tx)
        self.sessions = SqlSessionStore(tx, self.accounts, self.projects)
        self.simulations = SqlSimulationStore(tx)
        self.tickets = SqlTicketStore(tx)
        self.links = SqlLinkStore(tx)
        self.fleet = SqlFleetStore(tx)
        self.usage = SqlUsageStore(tx)
        self.slot_time = SqlSlotTimeStore(tx)
        self.timeline = SqlTimelineStore(tx)
        self.recordings = SqlRecordingStore(tx)
        self.feed = SqlFeedStore(tx)
        self.webhooks = SqlWebhookStore(tx)
        self.spectators = SqlSpectatorStore(tx)

    @property
    def incarnation(self) -> int:
        """The upper half of every term given now."""
        return self._incarnation

    def now_us(self) -> int:
        """Return the database's time."""
        return self._tx.now_us()
