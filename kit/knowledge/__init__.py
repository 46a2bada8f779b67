"""`kit knowledge`: asks knowledge bases, ingests their documents, says what failed, and measures their answers."""
