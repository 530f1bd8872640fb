"""The project's blocks: where we connect, and with which secret; GitHub will be the first."""
