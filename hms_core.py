"""The facade of the plan's appendix A.2: nothing but re-exports."""
