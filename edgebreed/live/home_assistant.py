"""Describes a stream to Home Assistant, which then makes a device with entities of it (MQTT discovery).

One retained message a stream, on `<prefix>/device/<id>/config`, as Home Assistant 2024.11 and later read it:
https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
"""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from edgebreed import __version__
from edgebreed.edge.manifest import Manifest
from edgebreed.edge.text import printable, to_json
from edgebreed.errors import InputError
from edgebreed.live.announcement import RetainedMessage
from edgebreed.live.broker import Broker

MAX_LABELS = 20
"""A multi-label model with more labels gets no entity for each of them."""
_QOS = 1
_NO_TOPIC = re.compile("[\0-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""What Home Assistant allows in no topic."""
# The events of results and of states come on one topic. `None` makes an entity's state unknown.
_OF_RESULT = "{{{{ ({}) if value_json.event == 'result' else None }}}}"
# A class counts as an answer of the kind `known` alone; a state of Home Assistant has 255 characters at most.
_LABEL = _OF_RESULT.format(
    "value_json.label[:255] if value_json.kind == 'known'"
    " else 'none' if value_json.kind == 'unknown' else value_json.kind"
)
_PERCENT = _OF_RESULT.format("(100 * value_json.probability) | round(1)")
_KNOWN = _OF_RESULT.format("'ON' if value_json.kind == 'known' else 'OFF'")
_CONNECTED = "{{ 'ON' if value_json.event == 'result' or value_json.state == 'running' else 'OFF' }}"
_ATTRIBUTES = (
    "{{ ({'kind': value_json.kind, 'summary': value_json.summary, 'top': value_json.top}"
    " if value_json.event == 'result' else {}) | tojson }}"
)


@dataclass(frozen=True)
class DiscoveryDevice:
    """A device in Home Assistant: one source of a stream.

    Attributes:
        topic: of its events; the device's identifier is made from it.
        status_topic: of the words `online` and `offline`.
        model: name of the model.
        labels: those of a multi-label model; empty for a model whose classes exclude one another.
        page: URL of the live page, without a token; None without one.
    """

    topic: str
    status_topic: str
    model: str
    labels: tuple[str, ...] = ()
    page: str | None = None

    @classmethod
    def of(cls, broker: Broker, manifest: Manifest, page: str | None = None) -> "DiscoveryDevice":
        """The device of a stream that publishes to this broker with this model."""
        labels = manifest.labels if manifest.task.multi_label else ()
        return cls(broker.topic, broker.status_topic, manifest.name, labels, page)

    @property
    def identifier(self) -> str:
        """The same whenever a stream with this topic starts; letters, digits and underscores."""
        return f"edgebreed_{_digest(self.topic)}"


def refuse_wrong_discovery(prefix: str, broker: Broker) -> None:
    """Lets a prefix and a topic through with which Home Assistant can find a stream.

    Raises:
        InputError: it cannot.
    """
    if not prefix.strip("/") or re.search(r"[#+]", prefix) or _NO_TOPIC.search(prefix):
        message = "give the one of Home Assistant, which is homeassistant unless it was changed there"
        raise InputError(f"--mqtt-discovery {printable(prefix)!r} is no prefix of topics: {message}")
    if _NO_TOPIC.search(broker.topic):
        topic = printable(broker.topic)
        raise InputError(f"Home Assistant takes no control characters in a topic: rename {topic!r} in --mqtt")


def discovery_message(prefix: str, device: DiscoveryDevice) -> RetainedMessage:
    """The message by which Home Assistant finds a device; an empty one on its topic removes the device.

    Args:
        prefix: first part of the topic.
        device: what to describe.
    """
    payload = {
        "device": _device(device),
        "origin": {"name": "edgebreed", "sw_version": __version__},
        "components": {
            name: {**component, "unique_id": f"{device.identifier}_{name}"}
            for name, component in _components(device).items()
        },
        "availability_topic": device.status_topic,
        "state_topic": device.topic,
        "qos": _QOS,
    }
    topic = f"{prefix.strip('/')}/device/{device.identifier}/config"
    return RetainedMessage(topic, to_json(payload).encode())


def _device(device: DiscoveryDevice) -> dict[str, Any]:
    page = {} if device.page is None else {"configuration_url": device.page}
    return {
        "identifiers": [device.identifier],
        "name": printable(device.topic),
        "manufacturer": "edgebreed",
        "model": device.model,
        "sw_version": __version__,
        **page,
    }


def _components(device: DiscoveryDevice) -> dict[str, dict[str, Any]]:
    components: dict[str, dict[str, Any]] = {
        "label": {
            "platform": "sensor",
            "name": "Label",
            "value_template": _LABEL,
            "json_attributes_topic": device.topic,
            "json_attributes_template": _ATTRIBUTES,
        },
        "probability": {
            "platform": "sensor",
            "name": "Probability",
            "unit_of_measurement": "%",
            "state_class": "measurement",
            "suggested_display_precision": 0,
            "value_template": _PERCENT,
        },
        "known": _binary_sensor("Subject seen", _KNOWN, device_class="occupancy"),
        "camera": _binary_sensor(
            "Camera", _CONNECTED, device_class="connectivity", entity_category="diagnostic"
        ),
    }
    labels = device.labels if len(device.labels) <= MAX_LABELS else ()
    return components | {f"label_{_digest(one)}": _label_sensor(one) for one in labels}


def _binary_sensor(name: str, value_template: str, **options: str) -> dict[str, Any]:
    return {"platform": "binary_sensor", "name": name, "value_template": value_template, **options}


def _label_sensor(label: str) -> dict[str, Any]:
    """Whether a label of a multi-label model is among those that the image shows."""
    text = json.loads(to_json(label))  # as it stands in the events
    shown = f"'ON' if {_literal(text)} in value_json.labels | map(attribute='label') else 'OFF'"
    return _binary_sensor(text, _OF_RESULT.format(shown))


def _literal(text: str) -> str:
    """A string in a template's code; escapes keep the text of a label from being code itself."""
    return "'" + "".join(c if c.isascii() and c.isalnum() else f"\\U{ord(c):08x}" for c in text) + "'"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
