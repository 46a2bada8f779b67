"""Where a knowledge base keeps its vectors: one module or package a store, behind the protocol of store.py."""
