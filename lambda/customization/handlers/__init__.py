"""Entry points of the workflow's functions, one module each: a function's zip holds what its module imports."""
