"""The commands: flags, and one call each. A command imports TensorFlow only when it needs it."""
