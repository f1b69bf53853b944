"""Who holds what until when: slots, terms, and the numbers of every timer."""
