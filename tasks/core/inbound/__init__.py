"""What GitHub tells us, and what it means for the service. Pure."""
