"""The kinds of operations, one file each, found by discovery; ``base`` says what one is."""
