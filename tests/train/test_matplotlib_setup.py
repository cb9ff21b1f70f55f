"""matplotlib and where it keeps its list of fonts."""

from pathlib import Path

import pytest

from ..conftest import fresh_python


def test_the_list_of_fonts_is_in_edgebreeds_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else appears in the home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR"):
        monkeypatch.delenv(name, raising=False)
    fresh_python("from edgebreed.train.matplotlib_setup import matplotlib; import matplotlib.font_manager")
    files = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert {".cache/edgebreed/matplotlib"} == {str(path.parent) for path in files}
