"""Moves executions through their stages: one holds a stage at a time, others wait before it, approvals wait for people."""

from __future__ import annotations

from typing import Any

from .actions import Actions
from .executions import Execution


class Scheduler:
    """Runs pipelines until nothing goes on without a person."""

    def __init__(self, actions: Actions):
        self._actions = actions
        self._busy = False

    def settle(self, pipelines: list[Any]) -> None:
        """Also called in the midst of itself, when something is pushed while a build works: the outer call sees to it."""
        if self._busy:
            return
        self._busy = True
        try:
            while any([self._round(pipeline) for pipeline in pipelines]):
                pass
        finally:
            self._busy = False

    def _round(self, pipeline: Any) -> bool:
        """Everybody arrives, then everybody inside a stage works once; whether anything changed."""
        changed = self._supersede(pipeline)
        for execution in list(pipeline.executions):
            changed |= self._enter(pipeline, execution)
        for execution in list(pipeline.executions):
            changed |= execution.inside and self._work(pipeline, execution)
        return changed

    @staticmethod
    def _supersede(pipeline: Any) -> bool:
        """In front of one stage the newest stays alone, or all stay in their order, as the pipeline's mode says."""
        changed = False
        waiting = [one for one in pipeline.executions if one.waits]
        for older in waiting:
            newer = [one for one in waiting if one.position == older.position and one.started > older.started]
            if newer:
                older.go(f"a newer one came to the same stage ({pipeline.mode})")
                changed |= older.status == "Superseded"
        return changed

    @staticmethod
    def _enter(pipeline: Any, execution: Execution) -> bool:
        if not execution.waits:
            return False
        stage = execution.stage["name"]
        inside = [one for one in pipeline.executions if one.inside and one.stage["name"] == stage]
        before = [
            one for one in pipeline.executions
            if one.waits and one.stage["name"] == stage and one.started < execution.started
        ]  # fmt: skip
        if inside or before:
            return False
        execution.run.go("entered")
        return True

    def _work(self, pipeline: Any, execution: Execution) -> bool:
        """Goes on with the stage: group by group of runOrder. Whether anything changed."""
        stage, run = execution.stage, execution.run
        for order in sorted({action.get("runOrder", 1) for action in stage["actions"]}):
            group = [action for action in stage["actions"] if action.get("runOrder", 1) == order]
            changed = [self._step(pipeline, execution, action) for action in group]
            ended = {run.actions[action["name"]].status for action in group}
            # Actions of one order run side by side: the others end, although one has failed.
            if "InProgress" in ended or run.status != "InProgress":
                return any(changed)
            if ended != {"Succeeded"}:
                run.go("an action failed")
                execution.go("stage failed")
                return True
        run.go("every action succeeded")
        if stage is execution.definition["stages"][-1]:
            execution.go("last stage succeeded")
        else:
            execution.position += 1
        return True

    def _step(self, pipeline: Any, execution: Execution, action: dict) -> bool:
        run = execution.run.actions[action["name"]]
        if run.status == "-":
            self._actions.do(pipeline, execution, action, run)
            return True
        if run.status == "InProgress":
            return self._actions.answered(action, run)
        return False
