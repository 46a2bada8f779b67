"""The same documents in each store of vectors, and a demo that asks them the same questions."""
