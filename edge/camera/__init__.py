"""Streams: frames from a camera, answered as they come, told to whoever watches."""
