"""To come."""


def render() -> None:
    """Show the page."""
