"""What can be wrong across records: one small function for each rule, in modules by subject."""
