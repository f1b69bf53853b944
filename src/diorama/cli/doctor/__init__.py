"""`diorama doctor`: looks at this machine and at a gateway, and says what is wrong with them."""
