"""A process of its own: `publish_lines PORT SPOOL` publishes a state for each line that it reads."""

import sys
from pathlib import Path

from edgebreed.edge.camera.events import State, StateChange
from edgebreed.live.broker import Broker
from edgebreed.live.mqtt import MqttEvents
from edgebreed.live.publisher import Patience

if __name__ == "__main__":
    broker = Broker("127.0.0.1", int(sys.argv[1]), False, "home/dogs")
    sink = MqttEvents(broker, Path(sys.argv[2]), patience=Patience(first=60))
    for line in sys.stdin:
        sink.changed(StateChange(State.RUNNING, line.strip(), 0.0))
