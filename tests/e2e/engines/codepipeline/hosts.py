"""What happens on the git host, in the words of the services that hear of it."""

from __future__ import annotations

from engines import Host, HarnessError

from .triggers import Push

_EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


class Watch:
    """Remembers what each branch was, so that a push has a before and an after."""

    def __init__(self, host: Host):
        self.host = host
        self._seen: dict[str, str] = {}

    def push(self, branch: str, actor: str) -> Push:
        """The push that made the branch what it is now."""
        commit, previous = self.host.commit(branch), self._seen.get(branch, "")
        self._seen[branch] = commit
        return Push("branch", branch, commit, previous, self.changed(previous or _EMPTY, commit), actor)

    def tag(self, name: str) -> Push:
        """A pushed tag; its files are all that it holds."""
        commit = self.host.commit(f"refs/tags/{name}")
        return Push("tag", name, commit, "", self.changed(_EMPTY, commit))

    def changed(self, old: str, new: str) -> list[str]:
        """The paths that differ between two trees."""
        return self.host.git("diff", "--name-only", old, new).splitlines()

    def fork(self):
        """The repository of the contributor without rights."""
        if self.host.fork is None:
            raise HarnessError("the host has no fork")
        return self.host.fork
