"""References in the formats of reference managers, and what search engines read of them."""
