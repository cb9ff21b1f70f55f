"""How do speed and accuracy compare with other systems on the same photos? See README.md."""
