"""The customization methods, one module each: what a request must have, what a job reads, how it trains."""
