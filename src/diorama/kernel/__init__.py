"""What every package may use: identifiers, time, errors, units."""
