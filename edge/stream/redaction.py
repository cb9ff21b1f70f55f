"""Shows addresses, pipelines and messages without what may be a password or a key.

What is shown is what a list names as harmless: the host, the port, and the words and numbers by which cameras
tell their streams apart. Anything else becomes `***`; it rather hides too much than too little.
"""

import re

from edgebreed.edge.stream.url_login import authority_of, is_host, may_be_login, split_login

HIDDEN = "***"
_MAX_OTHER = 3  # characters beside known words that a part of a path may have: `x`, `ch1`, `101`
_WORDS = frozenset(
    "api asp av avi axis back backyard bin caller cam camera cameras cgi ch channel channels "  # noqa: SIM905  # a word a line would be a page
    "corridor default door driveway east entrance factory faststream feed floor flv front "
    "garage garden gate h264 h264preview h265 h265preview hall hevc high hls html image img "
    "index indoor input ipcam jpeg jpg jsp kitchen left line listener live lobby low m3u8 "
    "main media medium mjpeg mjpg mkv mov mp4 mpeg4 mpegts multicast north office onvif "
    "outdoor outside parking php playlist preview primary profile realmonitor rendezvous "
    "right roof room rtmp rtsp sdp secondary sensor shop snapshot south stairs store stream "
    "streaming streams street sub substream tcp ts udp unicast video videoinput videomain "
    "videostream videosub warehouse webcam webm webrtc west yard "
    "amp balcony barn basement building close counter desk dock doc elevator exit fence "
    "foyer hallway inside isapi level lift livemedia loading lot machine mobile motion "
    "mpeg nphmotionjpeg open patio picture play pool porch press ramp reception road side smp "
    "still terrace tower track upstairs videoview window workshop zone".split()
)
"""Of the paths that makers of cameras use, and of places by which cameras are named."""
_HARMLESS_PARAMETERS = frozenset(
    "camera channel codec compression fps framerate h height latency listen mode profile "  # noqa: SIM905  # as above
    "quality resolution rotation size stream streamtype subtype timeout trackid transport type "
    "unicast videocodec w width".split()
)
_SIZE = re.compile(r"\d{1,4}[x*:]\d{1,4}")
_PARAMETER_NAME = re.compile(r"[A-Za-z][A-Za-z_.-]{0,19}\d?")
_SECRET_NAME = (
    r"[\w-]{0,40}(?:user|usr|login|pass|pwd|pw|psk|token|key|secret|auth|sig|session|sess|sid|cookie|credential|"
    r"streamid)[\w-]{0,40}"
)
_WORD = r"(?:\\.|\S)*"  # a backslash may stand before a space
_QUOTED = rf"(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'){_WORD}"
_SECRET = re.compile(
    rf"({_SECRET_NAME}\s*=\s*)(\*\*\*|{_QUOTED}|.*)|((?:authorization|cookie)\s*:\s*)(.*)",
    re.IGNORECASE | re.DOTALL,
)
_URL_START = re.compile(r"(?:(?<=[\s\"'=(<\[,])|^)[A-Za-z][A-Za-z0-9+.-]*://")

_PROPERTY = (
    r"width|height|format|framerate|drop|max-buffers|sync|latency|sensor-id|sensor-mode|device|pattern|"
    r"num-buffers|is-live|do-timestamp|leaky|port|host|channel"
)
_START = r"(?:(?<=[\s,;])|^)"
_CAST = r"(?:\(\s*\w+\s*\)\s*)?"
_NEXT = r"(?:!\s|[\w:-]+\s*=)"
_UNQUOTED = rf"{_WORD}(?:\s+(?!{_NEXT})\S+)*(?=\s+{_NEXT})"  # words of a password, up to what follows
_ASSIGNMENT = re.compile(
    rf"(?P<known>{_START}(?:{_PROPERTY})\s*=\s*(?:\(\w+\))?[\w/.:+-]{{1,40}}(?=[\s,;]|$))|"
    rf"(?P<secret>{_START}(?i:{_SECRET_NAME}))\s*=\s*{_CAST}(?:{_QUOTED}|[\"'].*|{_UNQUOTED}|{_WORD})|"
    rf"(?P<name>{_START}[\w:-]+)\s*=\s*{_CAST}(?P<value>{_QUOTED}|[\"'].*|{_WORD})",
    re.DOTALL,
)
_ELEMENT = re.compile(r"[A-Za-z][\w./()+:-]*,?")


def redact(text: str) -> str:
    """A message, with every address, pipeline and `password=` in it redacted; idempotent.

    What `redact_url` and `redact_pipeline` return stays as it is. These know where their text ends, which
    here is a guess: an address ends at a space that follows its host.
    """
    if " ! " in text:
        text = _ASSIGNMENT.sub(_redact_assignment, text)
    starts = [match.start() for match in _URL_START.finditer(text)]
    plain, *ends = [*starts, len(text)]
    urls = [_redact_url_in_text(text[start:end]) for start, end in zip(starts, ends, strict=True)]
    return "".join([_redact_plain(text[:plain]), *urls])


def redact_url(url: str) -> str:
    """An address without its login, keys and stream ids: scheme, host, port, and what is harmless.

    Of parameters the names are shown, and values such as `channel=1`.
    """
    scheme, _, address = url.partition("://")
    return f"{scheme}://{_redact_address(_behind_login(address))}"


def redact_pipeline(text: str) -> str:
    """A GStreamer pipeline: its elements and caps, and of properties the values that are harmless."""
    parts = _ASSIGNMENT.sub(_redact_assignment, text).split(" ! ")
    return " ! ".join(_redact_element(part) for part in parts)


def is_harmless(part: str) -> bool:
    """Whether a part of a path consists of words that cameras use, and hardly anything else."""
    return sum(_other_characters(token) for token in re.split(r"[._-]", part)) <= _MAX_OTHER


def _other_characters(token: str) -> int:
    word = token.lower().rstrip("0123456789")
    if token.lower() in _WORDS:
        return 0
    return len(token) - len(word) if word in _WORDS else len(token)


def _behind_login(address: str) -> str:
    """What follows the login; where an `@` is left whose host is in doubt, only the path behind that."""
    login, rest = split_login(address)
    first, behind = authority_of(rest), rest.rpartition("@")[2]
    if behind == rest or first == HIDDEN or (is_host(first) and not login and not may_be_login(first)):
        return rest
    if not login and not is_host(first):
        return behind
    return HIDDEN + behind[len(authority_of(behind)) :]


def _redact_address(address: str) -> str:
    """Host, path, parameters and fragment of an address without its login."""
    authority = authority_of(address)
    path, mark, query = address[len(authority) :].partition("?")
    path, hash_mark, _ = path.partition("#")
    known = not authority or is_host(authority)
    shown = f"{authority if known else HIDDEN}{_redact_path(path)}"
    if hash_mark and not mark:
        return f"{shown}#{HIDDEN}"
    return f"{shown}{mark}{_redact_parameters(query, r'[&;]')}"


def _redact_path(path: str) -> str:
    return "/".join(
        _redact_parameters(part, r"[&;,]|_(?=[A-Za-z-]{2,}=.)") if "=" in part else _shown(part)
        for part in path.split("/")
    )


def _redact_parameters(text: str, separator: str) -> str:
    return "".join(
        part if number % 2 else _redact_parameter(part)
        for number, part in enumerate(re.split(f"({separator})", text))
    )


def _redact_parameter(part: str) -> str:
    name, _, value = part.partition("=")
    if not value:
        return _shown(part)
    harmless = name.lower() in _HARMLESS_PARAMETERS and (is_harmless(value) or _SIZE.fullmatch(value))
    shown_name = name if _PARAMETER_NAME.fullmatch(name) else HIDDEN
    return f"{shown_name}={value if harmless else HIDDEN}"


def _shown(part: str) -> str:
    return part if is_harmless(part) else HIDDEN


def _redact_url_in_text(text: str) -> str:
    """A text that begins with a URL, which goes on to the first space after its host."""
    scheme, _, address = text.partition("://")
    address = _behind_login(address)
    url = re.split(r"\s", address, maxsplit=1)[0].rstrip("\"':,;.)>]")
    authority = authority_of(url)
    if authority and authority != HIDDEN and not is_host(authority):
        return f"{scheme}://{HIDDEN}"  # a login without a host, which may go on behind a space
    shown, rest = f"{scheme}://{_redact_address(url)}", address[len(url) :]
    if re.search(rf"{_SECRET_NAME}=(?!\*\*\*)[^&;]*$", url, re.IGNORECASE):
        return shown  # the value may go on behind a space
    return shown + _redact_plain(rest)


def _redact_plain(text: str) -> str:
    def hidden(match: re.Match[str]) -> str:
        return f"{match[1] or match[3]}{HIDDEN}"

    return re.sub(r"(?<!\S)[^\s:]+:\S+@", f"{HIDDEN}@", _SECRET.sub(hidden, text))


def _redact_assignment(match: re.Match[str]) -> str:
    if match["known"]:
        return match["known"]
    if match["secret"]:
        return f"{match['secret']}={HIDDEN}"
    name, value = match["name"], match["value"]
    bare = value.strip("\"'")
    if "://" in bare:
        quote = value[0] if value[0] in "\"'" else ""
        return f"{name}={quote}{redact_url(bare)}{quote}"
    is_file = name == "location" and not re.search("[@?&]", bare)
    return f"{name}={value if is_file else HIDDEN}"


def _redact_element(part: str) -> str:
    """An element or caps: its name, and its properties; other words may belong to a password."""
    first, *others = part.split(" ")
    name = first if "=" in first or _ELEMENT.fullmatch(first) else HIDDEN
    return " ".join([name, *(word if "=" in word or not word else HIDDEN for word in others)])
