"""Provers that get better at what they fail at: seeded search over stages, schedules built from outcomes. Starts no search by itself."""
