"""GitHub Actions: act runs the jobs of the emitted workflow, and this package is the github.com around them."""

from engines.github.engine import GitHub

__all__ = ["GitHub"]
