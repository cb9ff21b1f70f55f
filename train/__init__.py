"""Fits classifiers with Keras 3: data sets, models, evaluation."""
