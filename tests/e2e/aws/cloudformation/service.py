"""The stub of CloudFormation."""

from __future__ import annotations

from .changesets import ChangeSets
from .reading import Reading
from .stacks import Stacks
from .templates import Templates


class CloudFormation(ChangeSets, Stacks, Reading, Templates):
    """Every operation that pipelines use; each is a method of the part it belongs to."""
