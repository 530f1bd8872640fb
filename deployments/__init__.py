"""What starts the flows and what they run on: the command line, the server."""
