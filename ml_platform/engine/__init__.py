"""The local processes that keep the platform warm, and the supervisor of all of them."""
