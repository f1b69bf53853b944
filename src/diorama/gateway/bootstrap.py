"""What a gateway needs before it serves: secrets, the owner's account and keys, the projects.

Secrets are files of the data folder that only its owner reads; of keys, the store has the digests.
"""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from diorama.accounts.keys import API_KEY, WORKER_KEY, Key, KeyKind, hint_of
from diorama.accounts.permissions import OPERATOR
from diorama.accounts.plans import Account
from diorama.gateway.settings import ProjectSettings, Settings
from diorama.kernel.errors import Refused
from diorama.kernel.ids import digest
from diorama.projects.rules import Project, Rules
from diorama.projects.shipped import SHIPPED
from diorama.projects.store import BY_API
from diorama.protocol.worker import WorldSpec
from diorama.sessions.ruling import rule
from diorama.sessions.work import Work

OWNER: Final = OPERATOR
_ONLY_OWNER: Final = 0o600
_FOLDER: Final = 0o700


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What the data folder keeps.

    Attributes:
        tokens: signs session tokens.
        api_key: opens the owner's account.
        worker_key: opens `/v1/worker`.
    """

    tokens: bytes
    api_key: str
    worker_key: str


def load_secrets(data_folder: Path) -> Secrets:
    """Return the data folder's secrets, made at the first start."""
    folder = data_folder / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=_FOLDER)
    return Secrets(
        tokens=_kept(folder / "tokens.key", "tks").encode(),
        api_key=_kept(folder / "api.key", API_KEY),
        worker_key=_kept(folder / "worker.key", WORKER_KEY),
    )


def _kept(path: Path, kind: str) -> str:
    """Return what a secret file holds; make it, whole or not at all, where there is none."""
    if not path.exists():
        secret = f"{kind}_{secrets.token_urlsafe(32)}"
        partial = path.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_OWNER)
        with os.fdopen(handle, "w") as file:
            file.write(secret)
        partial.replace(path)
    return path.read_text().strip()


def prepare(work: Work, settings: Settings, kept: Secrets) -> None:
    """Bring the owner's account, its keys and the projects up to what the settings say."""
    stores = work.stores
    stores.fleet.wait_for_turn()  # gateways that start at once would each add the same account
    _put_owner(work, settings.plan)
    for kind, secret in ((KeyKind.API, kept.api_key), (KeyKind.WORKER, kept.worker_key)):
        if stores.keys.find(digest(secret), kind) is None:
            stores.keys.add(
                Key(
                    id=work.ids.new("key"),
                    account_id=OWNER,
                    kind=kind,
                    digest=digest(secret),
                    name=f"first {kind} key",
                    hint=hint_of(secret),
                    created_us=work.now_us,
                )
            )
    _put_projects(work, settings.projects or shipped(), settings.local_worker.region)


def _put_owner(work: Work, wanted: str) -> None:
    """Store the owner's account, or put it under another plan: a lower one ends nobody."""
    plan = work.stores.plans.get(wanted)
    if plan is None:
        raise AssertionError(f"plan {wanted} is there from the start, and is not deleted")
    owner = work.stores.accounts.get(OWNER, lock=True)
    if owner is None:
        work.stores.accounts.add(Account.under(plan, account_id=OWNER, name="owner"))
    elif owner.plan != plan.name:
        work.stores.accounts.set_plan(OWNER, plan)


def shipped() -> tuple[ProjectSettings, ...]:
    """Return the projects that ship, as an operator would have written them."""
    return tuple(
        ProjectSettings(
            name=s.name,
            title=s.title,
            description=s.description,
            world=s.entry,
            prompts=s.prompts,
            rules=Rules(images=s.images),
        )
        for s in SHIPPED
    )


def _put_projects(work: Work, wanted: Sequence[ProjectSettings], region: str) -> None:
    """Store the projects that the settings name, and disable those they no longer name.

    What the settings said at the last start too is left alone: it may have been changed by API.
    """
    everybody = work.stores.projects.all()
    known = {project.name: project for project in everybody}
    for settings in wanted:
        old = known.pop(settings.name, None)
        if old is not None and old.account_id != OWNER:
            raise Refused(
                f"the settings name a project {old.name}, which account {old.account_id} has: "
                "choose another name",
                code="project_name_taken",
            )
        project = _project(settings, old, region, work.ids.new("prj"))
        if old is None:
            work.stores.projects.put(project)
        is_news = _is_news(work, project.id, _project(settings, None, region, ""))
        if is_news and old is not None and project != old:
            rule(work, project)
    for gone in known.values():
        by_api = work.stores.projects.settings(gone.id) == BY_API
        if not by_api and _is_news(work, gone.id, None) and gone.enabled:
            rule(work, msgspec.structs.replace(gone, enabled=False))
    _follow_offers(work, [project for project in everybody if project.made_from is not None])


def _follow_offers(work: Work, made: Sequence[Project]) -> None:
    """Let projects that were made from an offered world run it as it is now."""
    for project in made:
        offer = work.stores.projects.named(project.made_from or "")
        offered = offer is not None and offer.account_id == OWNER and offer.enabled
        if offer is not None and offered and offer.world != project.world:
            rule(work, msgspec.structs.replace(project, world=offer.world))


def _is_news(work: Work, project_id: str, said: Project | None) -> bool:
    """Return whether the settings say something else of a project than before, and keep it."""
    now = digest(msgspec.json.encode(said).decode())
    if work.stores.projects.settings(project_id) == now:
        return False
    work.stores.projects.keep_settings(project_id, now)
    return True


def _project(settings: ProjectSettings, old: Project | None, region: str, new_id: str) -> Project:
    s = settings
    return Project(
        id=new_id if old is None else old.id,
        account_id=OWNER,
        name=s.name,
        title=s.title,
        description=s.description,
        enabled=s.enabled,
        public=s.public,
        pool=s.pool,
        regions=s.regions or (region,),
        world=WorldSpec(kind=s.kind, entry=s.world, options=s.options_json()),
        video=s.video,
        rules=s.rules,
        prompts=s.prompts,
        version=1 if old is None else old.version,
        offered=s.offered,
    )
