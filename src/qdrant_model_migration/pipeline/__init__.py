"""The data path: read, embed, write, compare. It knows no journal and no screen."""
