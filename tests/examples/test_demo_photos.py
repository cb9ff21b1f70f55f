"""Photographs from Python packages."""

import subprocess
import sys
from pathlib import Path

from edgebreed.edge.images import find_photos, read_photo

from ..conftest import ROOT

SCRIPT = ROOT / "examples" / "demo_photos.py"


def test_it_writes_photos_that_decode(tmp_path: Path) -> None:
    """Two dogs and four other subjects, by the command that README and CI use."""
    subprocess.run([sys.executable, str(SCRIPT), str(tmp_path / "photos")], check=True)
    photos = find_photos([tmp_path / "photos"])
    names = ["beaker.jpg", "cat.png", "coffee.png", "dog-1.jpg", "dog-2.jpg", "person.png"]
    assert names == sorted(path.name for path in photos)
    assert all(min(read_photo(path).shape[:2]) > 100 for path in photos)


def test_missing_packages_are_named(tmp_path: Path) -> None:
    """In one line, and nothing is written."""
    hide = f"import sys; sys.modules['foolbox'] = None; sys.argv = ['', {str(tmp_path / 'photos')!r}]"
    program = f"{hide}; import runpy; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (2, 1) == (done.returncode, done.stderr.count("\n"))
    assert "pip install scikit-image foolbox" in done.stderr
    assert not (tmp_path / "photos").exists()
