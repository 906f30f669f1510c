"""`python -m qdrant_model_migration` is `qmm`."""

from qdrant_model_migration.cli import main

main()
