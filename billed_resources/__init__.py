"""What an account is billed for by the hour or month, who owns it, and how what nobody owns goes."""
