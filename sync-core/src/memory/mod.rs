//! Reference implementations of the ports, in memory.
