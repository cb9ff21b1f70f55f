"""Photographs from Python packages."""

import subprocess
import sys
from pathlib import Path

from edgebreed.edge.images import find_photos, read_photo

from ..conftest import ROOT


def test_it_writes_photos_that_decode(tmp_path: Path) -> None:
    """Two dogs and four other subjects, by the command that README and CI use."""
    script = ROOT / "examples" / "demo_photos.py"
    subprocess.run([sys.executable, str(script), str(tmp_path / "photos")], check=True)
    photos = find_photos([tmp_path / "photos"])
    names = ["beaker.jpg", "cat.png", "coffee.png", "dog-1.jpg", "dog-2.jpg", "person.png"]
    assert names == sorted(path.name for path in photos)
    assert all(min(read_photo(path).shape[:2]) > 100 for path in photos)
