"""An own CloudFormation: it makes each resource through the service's API, as the stack's role, and fails as the real one does."""

from .service import CloudFormation

SERVICE = CloudFormation
