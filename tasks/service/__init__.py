"""The service on Prefect: what it has there, what it reads, and the moves it makes."""
