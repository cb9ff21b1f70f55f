"""Watching a running stream from elsewhere: live page, Prometheus metrics, MQTT events, systemd unit."""
