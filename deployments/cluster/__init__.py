"""The service spread over many machines, here all on one: to try it, to break it, to measure it."""
