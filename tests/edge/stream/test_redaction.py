"""Texts without passwords and keys."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from edgebreed.edge.stream.redaction import is_harmless, redact, redact_pipeline, redact_url
from edgebreed.edge.stream.source_uri import SourceKind, SourceUri

SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=4).filter(
    lambda text: "://" not in text
)
"""Of any characters: spaces, quotes and signs that mean something in a URL."""
KEYS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+%.", min_size=4)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://admin:s3cret@cam:554/live", "rtsp://cam:554/live"),
        ("rtsp://admin:s3cret@with@cam/live", "rtsp://cam/live"),
        ("rtsp://admin:s3cret/slash@cam/live", "rtsp://cam/live"),
        ("rtsp://admin:s3 cret#x?@cam/live", "rtsp://cam/live"),
        ("rtsp://admin:s3cret", "rtsp://***"),
        ("rtsp://admin:s3cret@", "rtsp://"),
        ("http://cam/v.cgi?user=admin&pwd=s3cret&x=1", "http://cam/v.cgi?user=***&pwd=***&x=***"),
        ("rtsp://cam/user=a_password=s3_c_channel=1", "rtsp://cam/user=***_password=***_channel=1"),
        ("https://cam/mjpeg?api_key=s3cret", "https://cam/mjpeg?api_key=***"),
        ("http://cam/v?access_token=s3cret&channel=1", "http://cam/v?access_token=***&channel=1"),
        ("http://cam/v?pass=a!s3cret", "http://cam/v?pass=***"),
        ("http://cam/v?session=1;psk=s3cret", "http://cam/v?session=***;psk=***"),
        ("http://cam/v?s3cret", "http://cam/v?***"),
        ("http://cam/v#s3cret", "http://cam/v#***"),
        (
            "http://cam:8080/mjpeg?resolution=640x480&fps=25",
            "http://cam:8080/mjpeg?resolution=640x480&fps=25",
        ),
        ("rtsps://10.0.0.1:7441/aBcD1234efGH", "rtsps://10.0.0.1:7441/***"),
        ("https://cam/live/3f2a9c8b77d1/index.m3u8", "https://cam/live/***/index.m3u8"),
        (
            "srt://h:9000?streamid=#!::r=live,u=me,s=s3cret&mode=caller&passphrase=a b",
            "srt://h:9000?streamid=***&mode=caller&passphrase=***",
        ),
        ("mqtts://s3cret@broker", "mqtts://broker"),
        ("rtsp://john.doe:2024/s3cret@10.0.0.5:1/live", "rtsp://10.0.0.5:1/live"),
        ("http://jo.do:1#s3cret@cam.local/live", "http://cam.local/live"),
        ("rtsp://john.doe:2024/live/s3c@nvr/live", "rtsp://***/live"),
        ("rtsp://ann:1234/@se.cret/x@cam/live", "rtsp://***/live"),
        ("rtsp://ann:12?3@h/live", "rtsp://***/live"),
        ("rtsp://nvr:8554/a@b", "rtsp://***"),
        ("rtsp://10.0.0.5:554/s3cret@1/live", "rtsp://10.0.0.5:554/***/live"),
    ],
)
def test_of_an_address_only_what_is_harmless_is_shown(text: str, shown: str) -> None:
    """Alone, and in a message; what was redacted once stays as it is."""
    assert shown == redact_url(text) == redact(text) == redact_url(shown)
    message = f"{shown} does not open: 3 reads failed"
    assert message == redact(message)


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://10.0.0.5:554/Streaming/Channels/101",
        "rtsp://10.0.0.5/cam/realmonitor?channel=1&subtype=0",
        "rtsp://cam/h264Preview_01_main",
        "http://cam/axis-cgi/mjpg/video.cgi?camera=2",
        "rtsp://[fe80::1]:554/profile2/media.smp",
        "rtsp://nvr:8554/front_door",
        "rtsp://10.0.0.5/ISAPI/Streaming/channels/101/picture",
        "rtsp://10.0.0.5/LiveMedia/ch1/trackID=1",
        "http://10.0.0.5/nphMotionJpeg?Resolution=640x480",
        "rtsp://nvr:8554/loading_dock",
        "udp://239.0.0.1:5000",
    ],
)
def test_cameras_are_told_apart(text: str) -> None:
    """By host, port, and the paths and channels that makers use."""
    assert text == redact_url(text) == redact(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            'rtspsrc location="rtsp://u:s3cret@cam/1" user-pw=s3cret ! decodebin',
            'rtspsrc location="rtsp://cam/1" user-pw=*** ! decodebin',
        ),
        ("rtspsrc user-pw='s3cret' ! x", "rtspsrc user-pw=*** ! x"),
        ('rtspsrc user-pw = "s3cret word" ! x', "rtspsrc user-pw=*** ! x"),
        (r'rtspsrc user-pw="a\" s3cret" user-id=me ! x', "rtspsrc user-pw=*** user-id=*** ! x"),
        ('rtspsrc user-pw="a ! s3cret" ! x', "rtspsrc user-pw=*** ! x"),
        ('rtspsrc user-pw="s3cret ! x', "rtspsrc user-pw=***"),
        (r"rtspsrc user-pw=a\ s3cret ! x", "rtspsrc user-pw=*** ! x"),
        (r"rtspsrc my-prop=(string)a\ s3cret ! x", "rtspsrc my-prop=*** ! x"),
        ('rtspsrc user-pw=(string)"a s3cret" ! x', "rtspsrc user-pw=*** ! x"),
        ('rtspsrc my-prop = ( string ) "a s3cret" ! x', "rtspsrc my-prop=*** ! x"),
        (
            "srtsrc passphrase=s3cret uri=srt://h:1?streamid=s3cret ! x",
            "srtsrc passphrase=*** uri=srt://h:1?streamid=*** ! x",
        ),
        ("filesrc location=/data/a.h264 ! h264parse", "filesrc location=/data/a.h264 ! h264parse"),
    ],
)
def test_of_a_pipeline_only_harmless_properties_are_shown(text: str, shown: str) -> None:
    """Elements, caps, files, and the addresses in it, redacted; alone, and in a message."""
    assert shown == redact_pipeline(text) == redact(text)
    message = f"{shown} does not start: try it with gst-launch-1.0"
    assert message == redact(message)


def test_words_of_an_unquoted_password_are_hidden() -> None:
    """Up to what follows, in a message too; only the first word of an element is its name."""
    text = "rtspsrc user-pw=my s3cret word latency=0 ! x"
    assert "rtspsrc user-pw=*** latency=0 ! x" == redact_pipeline(text) == redact(text)
    assert "rtspsrc my-prop=*** *** ! x" == redact_pipeline("rtspsrc my-prop=my s3cret ! x")


@pytest.mark.parametrize(
    "text",
    [
        "v4l2src device=/dev/video0 ! image/jpeg, width=640, framerate=30/1 ! jpegdec ! appsink drop=true",
        "nvarguscamerasrc sensor-id=0 ! video/x-raw(memory:NVMM), format=(string)NV12 ! nvvidconv",
        "videotestsrc pattern=ball num-buffers=9 ! video/x-raw,format=BGR,width=64 ! appsink sync=false",
    ],
)
def test_a_pipeline_without_secrets_is_shown_whole(text: str) -> None:
    """Its devices and caps tell it apart."""
    assert text == redact_pipeline(text) == redact(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://u:s3cret@c/1 after rtsp://d:s3cret@f/2", "rtsp://c/1 after rtsp://f/2"),
        ('rtsp://u:"s3cret@cam/1 is silent', "rtsp://cam/1 is silent"),
        ("rtsp://cam/1: 3 reads failed", "rtsp://cam/1: 3 reads failed"),
        ('cannot open "http://u:s3cret@cam/v".', 'cannot open "http://cam/v".'),
        ("http://cam/v?psk=s3 cret", "http://cam/v?psk=***"),
        ("wifi psk=my s3cret", "wifi psk=***"),
        ("session_id = 's3cret' is over", "session_id = *** is over"),
        ("Authorization: Basic s3cret", "Authorization: ***"),
        ("rtsp://me:s3 cret is silent", "rtsp://***"),
        ("u:s3cret@cam is silent", "***@cam is silent"),
        ("camera 0, mail ann@example.org", "camera 0, mail ann@example.org"),
        ("/data/2026 11/cam.jpg#3", "/data/2026 11/cam.jpg#3"),
    ],
)
def test_messages_are_redacted(text: str, shown: str) -> None:
    """Every address and every secret in them; others are unchanged."""
    assert shown == redact(text) == redact(shown)


@given(SECRETS, st.sampled_from(["rtsp://admin:{}@cam/live", "http://{}@cam:80/", "rtsp://{}:x@10.0.0.5/1"]))
@example("a@cam/live", "rtsp://admin:{}@cam/live")
@example("1234/56", "rtsp://admin:{}@cam/live")
def test_no_login_is_shown(secret: str, form: str) -> None:
    """Of any characters, alone and in a message."""
    text = form.format(secret)
    assume(secret not in form)
    for shown in (redact_url(text), redact(text), redact(f"{text} is silent")):
        assert secret not in shown
    assert f"SourceUri({redact_url(text)!r}, network)" == repr(SourceUri(text, SourceKind.NETWORK))


@given(
    st.from_regex(r"[a-z]+(\.[a-z]+)?", fullmatch=True),
    st.from_regex(r"[1-9]{4,5}[/?#][a-z1-9/?#.@]{0,9}", fullmatch=True),
    st.sampled_from(["10.0.0.5", "cam.local:80", "nvr:80", "nvr"]),
)
def test_no_login_that_looks_like_a_host_is_shown(user: str, password: str, host: str) -> None:
    """Neither its user, nor the digits of its password; alone, and in a message."""
    assume(user not in {"localhost", "live", "rtsp", "is", "silent"} and user not in host)
    for text in (f"rtsp://{user}:{password}@{host}/live", f"mqtt://{user}:{password}@{host}/live"):
        for shown in (redact_url(text), redact(text), redact(f"{text} is 0 s old")):
            assert password[:4] not in shown
            assert f"//{user}" not in shown


@given(
    KEYS,
    st.sampled_from(
        [
            "https://cam/live/{}/index.m3u8",
            "rtsps://cam:7441/{}",
            "http://cam/v?{}",
            "http://cam/v?x=1&key={}&channel=1",
            "srt://h:9000?streamid=#!::r=cam,u=me,s={}",
            "http://cam/v;{}",
            "http://cam/v#{}",
        ]
    ),
)
def test_no_key_is_shown(key: str, form: str) -> None:
    """In paths, parameters, stream ids and fragments."""
    assume(not is_harmless(key) and "=" not in key.strip("=") and key not in form)
    text = form.format(key)
    assert key not in redact_url(text)
    assert key not in redact(f"{text} is silent")


@given(
    SECRETS.filter(lambda text: not set(text) & set('"\\')), st.sampled_from(["user-pw", "psk", "my-prop"])
)
def test_no_property_is_shown(secret: str, name: str) -> None:
    """Quoted, in any element of a pipeline."""
    text = f'rtspsrc {name}="{secret}" ! x'
    assume(secret not in "rtspsrc user-pw=*** psk=*** my-prop=*** ! x")
    assert f"rtspsrc {name}=*** ! x" == redact_pipeline(text) == redact(text)
