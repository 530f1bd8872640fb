"""What ``action.yml`` is made of: a review of a pull request inside a runner of GitHub Actions."""
