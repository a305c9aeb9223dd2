"""Amplify Hosting as far as manual deployments go: apps, branches, jobs, and the sites that visitors see."""

from .service import Amplify

__all__ = ["Amplify"]
