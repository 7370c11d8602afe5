"""Whether what a model sees and says has drifted from what it was fitted on."""
