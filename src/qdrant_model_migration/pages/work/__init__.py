"""What blocks: reading a server, models, files, starting the engine. Functions, no screens."""
