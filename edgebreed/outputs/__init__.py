"""Local outputs of `edgebreed stream`: a window, an annotated video, a file of events."""
