"""Every store, once, in SQL for both databases; `database` is the seam under them."""
