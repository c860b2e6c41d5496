"""Sites (场地): a site pack in `layers/<site>` read whole, every mistake listed at once."""
