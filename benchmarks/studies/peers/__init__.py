"""The same photos through edgebreed and through other systems."""
