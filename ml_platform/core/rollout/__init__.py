"""How a version that passed the gate takes over from the champion: shadow, canary, promotion."""
