"""ImageNet's mean colour and deviation, with which most programs normalize."""

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of red, green and blue in 0..1."""
