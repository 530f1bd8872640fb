"""What a review is about: values and decisions; no input, no output, no Prefect."""
