"""What an attacker tries, against every operation of the gateway's own document."""
