"""What Home Assistant documents of a device's discovery message, and a check against it.

Written from https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload and the pages of the
MQTT sensor and binary sensor. Abbreviated keys are not used.
"""

import re
from collections.abc import Mapping
from typing import Any

ROOT_KEYS = {
    "availability_topic": str,
    "components": dict,
    "device": dict,
    "encoding": str,
    "origin": dict,
    "qos": int,
    "state_topic": str,
}
DEVICE_KEYS = {
    "configuration_url": str,
    "hw_version": str,
    "identifiers": list,
    "manufacturer": str,
    "model": str,
    "model_id": str,
    "name": str,
    "serial_number": str,
    "suggested_area": str,
    "sw_version": str,
    "via_device": str,
}
ORIGIN_KEYS = {"name": str, "support_url": str, "sw_version": str}
ENTITY_KEYS = {
    "device_class": str,
    "enabled_by_default": bool,
    "entity_category": str,
    "expire_after": int,
    "force_update": bool,
    "icon": str,
    "json_attributes_template": str,
    "json_attributes_topic": str,
    "name": str,
    "platform": str,
    "unique_id": str,
    "value_template": str,
}
PLATFORM_KEYS: Mapping[str, Mapping[str, type]] = {
    "sensor": {"state_class": str, "suggested_display_precision": int, "unit_of_measurement": str},
    "binary_sensor": {"off_delay": int, "payload_off": str, "payload_on": str},
}
CHOICES = {
    "device_class": {"connectivity", "occupancy"},
    "entity_category": {"config", "diagnostic"},
    "state_class": {"measurement", "total", "total_increasing"},
}


def check_message(topic: str, message: dict[str, Any], prefix: str = "homeassistant") -> None:
    """Fails unless Home Assistant reads the message as a device with its entities."""
    assert re.fullmatch(rf"{prefix}/device/[a-zA-Z0-9_-]+/config", topic)
    _check_keys(message, ROOT_KEYS, {"device", "origin", "components"})
    _check_keys(message["device"], DEVICE_KEYS, {"identifiers"})
    _check_keys(message["origin"], ORIGIN_KEYS, {"name"})
    assert message["device"]["identifiers"]
    assert message["qos"] in (0, 1, 2)
    for component in message["components"].values():
        _check_component(component)
    unique = [component["unique_id"] for component in message["components"].values()]
    assert len(unique) == len(set(unique))


def _check_component(component: dict[str, Any]) -> None:
    own = PLATFORM_KEYS[component["platform"]]
    _check_keys(component, {**ENTITY_KEYS, **own}, {"platform", "unique_id"})
    for key, allowed in CHOICES.items():
        assert component.get(key) is None or component[key] in allowed


def _check_keys(data: dict[str, Any], types: Mapping[str, type], required: set[str]) -> None:
    assert required <= set(data) <= set(types)
    assert all(isinstance(value, types[key]) for key, value in data.items())
