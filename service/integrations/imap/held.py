"""What the store holds of an account, looked at only where the server can't tell what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from service.integrations.imap.marks import parse_ref


class Held:
    def __init__(self, held: Mapping[str, str]) -> None:
        self._held = held
        self._by_folder: dict[str, dict[str, str]] | None = None

    @property
    def anything(self) -> bool:
        return bool(self._held)

    @property
    def folders(self) -> set[str]:
        return set(self._sorted())

    def of(self, folder: str) -> Mapping[str, str]:
        """Ref → stamp of one folder, by its decoded name."""
        return self._sorted().get(folder, {})

    def stamps(self, refs: Iterable[str]) -> dict[str, str]:
        """Of those that are held."""
        return {ref: stamp for ref in refs if (stamp := self._held.get(ref)) is not None}

    def _sorted(self) -> dict[str, dict[str, str]]:
        if self._by_folder is None:
            self._by_folder = {}
            for ref, stamp in self._held.items():
                self._by_folder.setdefault(parse_ref(ref)[0], {})[ref] = stamp
        return self._by_folder
