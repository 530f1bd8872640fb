"""What is said on GitHub, and what is still missing of it: decisions over plain values."""
