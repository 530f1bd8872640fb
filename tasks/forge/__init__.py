"""The wire to GitHub: read a pull request, fetch it, and leave there what was decided to say."""
