"""预警: rules looked at by the workers, what they found kept from beginning to end, and where it is shown."""
