"""Where GitHub tells us what happens: a process that answers, and one that deals with it."""
