"""Takes in classifiers that other programs trained: reads, rewrites and proves them."""
