"""When things are due: working days, office hours, dated deadline policies, explained sums."""
