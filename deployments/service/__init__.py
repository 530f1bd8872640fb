"""The service on one machine: its server, what is on it, its workers, and who keeps them going."""
