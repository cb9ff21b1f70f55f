"""What model files, and the files that their publishers lay beside them, say of how a model is used."""
