"""Programs for those who work on Trellis itself: `make` runs them, and the product imports none of them."""
