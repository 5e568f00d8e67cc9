"""The administration's screens, for admins alone."""
