"""Lists what an account is billed for by the hour or month, finds its owner, and deletes orphans."""
