"""The media side of the worker: engines, encoders and the stream between them."""
