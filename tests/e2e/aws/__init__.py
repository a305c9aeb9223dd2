"""An emulated AWS behind one HTTP door: several accounts and regions, IAM enforced, every call recorded."""
