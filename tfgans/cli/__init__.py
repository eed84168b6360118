"""Commands: flags and one call each. Imports TensorFlow only when a command has work for it."""
