"""The provider of custom resources, and the ones that belong to no other noun."""
