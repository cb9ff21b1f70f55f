"""GStreamer's RTSP server with a moving test picture; run by the system's Python, which has its bindings.

`python3 rtsp_server.py PORT [USER PASSWORD]` prints `ready` once it listens, and serves `/live` until it is
killed, to everybody or with a login.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402  # versions are chosen before the import

PICTURE = (
    "( videotestsrc is-live=true pattern=ball ! video/x-raw, width=320, height=240, framerate=15/1 ! "
    "videoconvert ! openh264enc gop-size=5 ! rtph264pay name=pay0 pt=96 config-interval=1 )"
)


def ask_for_login(
    server: GstRtspServer.RTSPServer, factory: GstRtspServer.RTSPMediaFactory, user: str, password: str
) -> None:
    """Serves only who knows a password."""
    auth, token, allowed = (
        GstRtspServer.RTSPAuth(),
        GstRtspServer.RTSPToken(),
        GstRtspServer.RTSPPermissions(),
    )
    token.set_string("media.factory.role", "viewer")
    for permission in ("media.factory.access", "media.factory.construct"):
        allowed.add_permission_for_role("viewer", permission, True)
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    factory.set_permissions(allowed)


def main() -> None:
    """Serves until it is killed."""
    Gst.init(None)
    server, factory = GstRtspServer.RTSPServer(), GstRtspServer.RTSPMediaFactory()
    server.set_address("127.0.0.1")
    server.set_service(sys.argv[1])
    factory.set_launch(PICTURE)
    factory.set_shared(True)
    if sys.argv[2:]:
        ask_for_login(server, factory, *sys.argv[2:])
    server.get_mount_points().add_factory("/live", factory)
    if not server.attach(None):
        sys.exit("the port is taken")
    print("ready", flush=True)
    GLib.MainLoop().run()


main()
