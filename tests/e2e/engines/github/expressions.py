"""Has act evaluate what GitHub evaluates before a job starts: its condition, its environment, its concurrency group."""

from __future__ import annotations

import json

PROBE = "probe"


def workflow(on: dict, condition: str, texts: dict[str, str]) -> str:
    """A workflow of one job that does nothing but write each text, evaluated, as an output."""
    names = {f"VALUE_{name}": text for name, text in texts.items()}
    script = "\n".join(f'printf \'{name}<<END_OF_VALUE\\n%s\\nEND_OF_VALUE\\n\' "$VALUE_{name}" >>"$GITHUB_OUTPUT"' for name in texts)
    step = {"id": PROBE, "run": script or ":", "env": names}
    job = {"runs-on": "ubuntu-24.04", "steps": [step]} | ({"if": condition} if condition else {})
    return json.dumps({"name": PROBE, "on": on, "jobs": {PROBE: job}})


def is_text(value: str | None) -> bool:
    """Nothing to evaluate."""
    return value is None or "${{" not in value
