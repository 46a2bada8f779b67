"""The provider of custom resources, and those that belong to no other noun."""
