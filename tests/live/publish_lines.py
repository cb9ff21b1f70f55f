"""A process of its own: `publish_lines PORT SPOOL` publishes a state for each line that it reads."""

import sys
from pathlib import Path

from edgebreed.edge.stream.events import State, StateChange
from edgebreed.edge.stream.pacing import Backoff
from edgebreed.live.broker import Broker
from edgebreed.live.mqtt import MqttSink
from edgebreed.live.publisher import PublishSettings

from .mosquitto import TOPIC

if __name__ == "__main__":
    broker = Broker("127.0.0.1", int(sys.argv[1]), False, TOPIC)
    sink = MqttSink(broker, Path(sys.argv[2]), 10.0, PublishSettings(Backoff(60, cap=60)))
    for line in sys.stdin:
        sink.on_state(StateChange(State.RUNNING, line.strip(), 0.0))
