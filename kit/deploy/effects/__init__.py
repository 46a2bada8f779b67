"""What the next deploy replaces, deletes, buys, trains and ingests again, before it does."""
