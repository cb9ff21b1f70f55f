"""Where `edgebreed stream` puts its answers on this machine: a window, a film, a file of events."""
