"""No credential is shown."""

import pytest

from edgebreed.live.masking import mask


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://ann:secret@cam.local/1 is silent", "rtsp://cam.local/1 is silent"),
        ("http://ann:p@ss/w0rd@cam/1", "http://cam/1"),
        ("mqtts://token@broker", "mqtts://broker"),
        ("rtsp://a:b@c/1 after rtsp://d:e@f/2", "rtsp://c/1 after rtsp://f/2"),
        ("camera 0#12, mail ann@example.org", "camera 0#12, mail ann@example.org"),
    ],
)
def test_userinfo_is_cut_out_of_addresses(text: str, shown: str) -> None:
    """Also where the password holds `@` or `/`, and nothing else is touched."""
    assert shown == mask(text)
