"""Programs of our own that are run as processes, because what they read is hostile."""
