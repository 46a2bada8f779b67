"""The API in front of the aliases: REST API, function, permissions, gateway responses."""
