"""Models and runtimes of other projects: `make foreign` installs them into `build/foreign`."""
