"""How a running stream is watched from elsewhere: a live page, metrics, events over MQTT, a service."""
