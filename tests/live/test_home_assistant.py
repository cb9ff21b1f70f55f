"""The message by which Home Assistant finds a stream."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import ImmutableSandboxedEnvironment

from edgebreed.edge.prediction import Kind, Prediction
from edgebreed.edge.stream.events import FrameResult, State, StateChange
from edgebreed.edge.task import Task
from edgebreed.edge.text import to_json
from edgebreed.errors import InputError
from edgebreed.live.broker import Broker
from edgebreed.live.home_assistant import (
    MAX_LABELS,
    DiscoveryDevice,
    discovery_message,
    refuse_wrong_discovery,
)

from ..conftest import colour_manifest
from .discovery_schema import check_message
from .feed import change, frame_result, result

BROKER = Broker("h", 1883, False, "home/door")
DEVICE = DiscoveryDevice.of(BROKER, colour_manifest())
UNKNOWN_STATE = "None"  # Home Assistant's word


def message(device: DiscoveryDevice) -> dict[str, Any]:
    """The payload for a device, after the check against the schema."""
    topic, payload = discovery_message("homeassistant", device)
    read: dict[str, Any] = json.loads(payload)
    check_message(topic, read)
    return read


def states(device: DiscoveryDevice, event: FrameResult | StateChange) -> dict[str, str]:
    """Each entity's state after an event, by its name, as Home Assistant renders it."""
    value = json.loads(to_json(event.to_dict()))
    components = message(device)["components"].values()
    return {one["name"]: _render(one["value_template"], value) for one in components}


def _render(template: str, value: Any) -> str:
    return ImmutableSandboxedEnvironment().from_string(template).render(value_json=value).strip()


def test_a_stream_is_a_device() -> None:
    """With the model's name, and entities that are unavailable while the stream is offline."""
    read = message(DEVICE)
    assert ("home/door", "edgebreed", "colours") == tuple(
        read["device"][key] for key in ("name", "manufacturer", "model")
    )
    assert ("home/door", "home/door/status") == (read["state_topic"], read["availability_topic"])
    assert {"Label", "Probability", "Subject seen", "Camera"} == {
        one["name"] for one in read["components"].values()
    }


def test_identifiers_are_those_of_the_topic() -> None:
    """The same at every start and with another model; other ones for another topic."""
    again = DiscoveryDevice.of(BROKER, colour_manifest(name="other"))
    other = DiscoveryDevice("home/garage", "home/garage/status", "colours")
    own, others = (
        {part["unique_id"] for part in message(one)["components"].values()} for one in (DEVICE, other)
    )
    assert DEVICE.identifier == again.identifier
    assert own == {part["unique_id"] for part in message(again)["components"].values()}
    assert set() == own & others


def test_a_known_class_is_shown() -> None:
    """As label and probability."""
    assert {"Label": "square", "Probability": "90.0", "Subject seen": "ON", "Camera": "ON"} == states(
        DEVICE, frame_result()
    )


def test_an_unknown_class_is_none() -> None:
    """In small letters, as the capital one means that nothing is known yet."""
    found = states(DEVICE, frame_result(of=result(kind=Kind.UNKNOWN)))
    assert ("none", "OFF", "ON") == (found["Label"], found["Subject seen"], found["Camera"])


def test_a_person_is_no_class() -> None:
    """An automation for the class that a person resembles does not start."""
    found = states(DEVICE, frame_result(of=result(kind=Kind.PERSON)))
    assert ("person", "OFF") == (found["Label"], found["Subject seen"])


@pytest.mark.parametrize(
    ("state", "connected"),
    [(State.RUNNING, "ON"), (State.RECONNECTING, "OFF"), (State.ENDED, "OFF"), (State.FAILED, "OFF")],
)
def test_a_change_of_state_is_the_cameras(state: State, connected: str) -> None:
    """What the camera shows is then not known."""
    others = dict.fromkeys(["Label", "Probability", "Subject seen"], UNKNOWN_STATE)
    assert {**others, "Camera": connected} == states(DEVICE, change(state))


def test_the_label_has_attributes() -> None:
    """Kind, summary and the most probable classes; none after a change of state."""
    template = message(DEVICE)["components"]["label"]["json_attributes_template"]
    event = frame_result().to_dict()
    shown = {key: event[key] for key in ("kind", "summary", "top")}
    assert shown == json.loads(_render(template, event))
    assert {} == json.loads(_render(template, change(State.RUNNING).to_dict()))


def test_each_label_of_a_multi_label_model_is_an_entity() -> None:
    """On if the image shows it."""
    manifest = colour_manifest(task=Task.of("colour", multi_label=True), thresholds=(0.5,) * 3)
    device = DiscoveryDevice.of(BROKER, manifest)
    event = frame_result(of=result(labels=(Prediction("Blue", 0.8), Prediction("Red", 0.7))))
    found = states(device, event)
    assert ("ON", "OFF", "ON") == (found["Red"], found["Green"], found["Blue"])
    assert UNKNOWN_STATE == states(device, change(State.RUNNING))["Red"]


def test_many_labels_have_no_entities() -> None:
    """A device with hundreds of them helps nobody."""
    labels = tuple(f"label {number}" for number in range(MAX_LABELS + 1))
    devices = [DiscoveryDevice("t", "t/status", "m", some) for some in (labels, labels[1:])]
    assert [4, 4 + MAX_LABELS] == [len(message(device)["components"]) for device in devices]


@given(label=st.text(min_size=1) | st.text("'\"\\{}%# \n\u00e4\udcff\U0001f600", min_size=1))
def test_a_label_of_any_characters_is_found(label: str) -> None:
    """It never becomes code of a template."""
    device = DiscoveryDevice("t", "t/status", "m", (label,))
    template = list(message(device)["components"].values())[-1]["value_template"]
    for shown, state in ((label, "ON"), (f"{label}x", "OFF")):
        event = frame_result(of=result(labels=(Prediction(shown, 0.9),))).to_dict()
        assert state == _render(template, json.loads(to_json(event)))


@given(topic=st.text(min_size=1), model=st.text())
def test_any_topic_and_model_make_a_message(topic: str, model: str) -> None:
    """In ASCII, and its own topic holds letters, digits and underscores."""
    device = DiscoveryDevice(topic, f"{topic}/status", model)
    message(device)
    assert discovery_message("homeassistant", device).payload.isascii()


def test_a_long_label_is_shortened() -> None:
    """To what a state of Home Assistant holds."""
    assert "x" * 255 == states(DEVICE, frame_result(of=result(label="x" * 300)))["Label"]


def test_the_page_is_linked() -> None:
    """From the device's page in Home Assistant."""
    device = DiscoveryDevice.of(BROKER, colour_manifest(), "http://192.0.2.1:8080/")
    assert "http://192.0.2.1:8080/" == message(device)["device"]["configuration_url"]
    assert "configuration_url" not in message(DEVICE)["device"]


def test_a_prefix_may_have_levels() -> None:
    """Slashes at its ends are left out."""
    topic, _ = discovery_message("site/ha/", DEVICE)
    assert f"site/ha/device/{DEVICE.identifier}/config" == topic


@pytest.mark.parametrize("prefix", ["", "/", "home/#", "+", "a\nb", "\ufffe"])
def test_what_is_no_prefix_is_refused(prefix: str) -> None:
    """The message says which one is meant."""
    refuse_wrong_discovery("homeassistant", BROKER)
    with pytest.raises(InputError, match="is no prefix of topics: give the one of Home Assistant") as caught:
        refuse_wrong_discovery(prefix, BROKER)
    assert str(caught.value).isprintable()


def test_a_topic_that_home_assistant_does_not_take_is_refused() -> None:
    """MQTT itself allows it."""
    with pytest.raises(InputError, match="no control characters in a topic: rename 'a.*b' in --mqtt"):
        refuse_wrong_discovery("homeassistant", Broker("h", 1883, False, "a\nb"))
