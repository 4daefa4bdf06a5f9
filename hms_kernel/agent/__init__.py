"""What runs in an agent's process: a shell that talks, a core that decides, a worker that computes."""
