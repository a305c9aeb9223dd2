"""GitLab CI: the real gitlab-ci-local 4.75.1 runs the jobs, and this engine does what GitLab itself does around them.

What gitlab-ci-local ignores or does otherwise, and who does it instead:
- `workflow: rules` excludes nothing there: `rules.py`, which also evaluates every job's rules; both must agree.
- `image` has no meaning for its shell executor: `images.py` gives a job the commands of its image and no other.
- `id_tokens`, `resource_group`, `interruptible`, `timeout` and `environment` are ignored: this file and `claims.py`.
- Without isolation it neither fetches artifacts nor keeps caches: `stores.py`. Each job has a fresh clone, a fresh
  HOME and a /tmp of its own: `machines.py`.
- It starts a pipeline's jobs without asking anybody: `pipelines.py` has GitLab's states, and asks it for one job at a time.
- It makes up CI_COMMIT_BRANCH, CI_COMMIT_MESSAGE, ids and the like: `events.py` says what GitLab would.
"""

from __future__ import annotations

from typing import Callable

from engines import HarnessError, Run

from . import events
from .events import Event, MergeRequest
from .service import NOT_PLAYABLE, Service
from .pipelines import Pipeline


class GitLab(Service):
    """gitlab.com with its hosted runners and the settings of a new project; `prevent_outdated` is one that a test may turn off."""

    def push(self, branch: str, *, actor: str = "alice") -> Run | None:
        protected = branch in self.host.protected_branches
        return self.hear(Event(events.own(self.host), branch, False, self.host.commit(f"refs/heads/{branch}"), protected, actor))

    def tag(self, name: str) -> Run | None:
        return self.hear(Event(events.own(self.host), name, True, self.host.commit(f"refs/tags/{name}"), False, "alice"))

    def pull_request(self, branch: str, *, fork: bool = False, title: str = "A change", target: str = "main") -> Run | None:
        """A merge request; that of a fork runs in the fork's own project, which is what its author may do."""
        own = events.own(self.host)
        source = events.fork_of(self.host) if fork else own
        sha = self.host.commit(f"refs/heads/{branch}", source.bare)
        request = MergeRequest(self.number("request"), title, source, own, target, self.host.commit(f"refs/heads/{target}"))
        return self.hear(Event(source, branch, False, sha, False, events.STRANGER if fork else "alice", request))

    def approve(self, run: Run, environment: str) -> Run:
        """Presses the buttons of the jobs that wait for a person before that environment, where GitLab has them enabled."""
        pipeline: Pipeline = run.context["pipeline"]
        waiting = [state for state in pipeline.states.values() if state.state == "manual" and state.spec.environment == environment]
        if not waiting:
            raise HarnessError(f"nothing waits for {environment}:\n{run.describe()}")
        for state in waiting:
            if self.outdated(state, pipeline):
                state.become("manual", NOT_PLAYABLE)
            else:
                state.played = True
                state.become("pending")
        self.advance(pipeline)
        return pipeline.run

    def rerun(self, run: Run) -> Run:
        """The same pipeline with the same number; its jobs are new ones. The run given keeps what it was."""
        pipeline: Pipeline = run.context["pipeline"]
        pipeline.retry()
        self.advance(pipeline)
        return pipeline.run

    def hold(self, point: Callable[[str], bool]) -> None:
        """The next job whose name `point` accepts is cancelled while it works.

        That is at its first call to AWS after its last line has begun; without a token, when that line has begun.
        """
        self.plans.append((point, lambda process: process.kill("canceled")))

    def meanwhile(self, point: Callable[[str], bool], deed: Callable[[], None]) -> None:
        """While the next job whose name `point` accepts works, `deed` is done: a second push, say."""
        self.plans.append((point, lambda process: deed()))

    def cancel(self, name: str) -> None:
        """A person cancels the job of that name now, while it works; may be called from any thread, so from a fault."""
        for state, _ in list(self.working):
            if state.spec.name == name:
                self.kill(state)
