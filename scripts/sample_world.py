"""Writes an invented metropolitan area in the formats of real directories. Run with the project's Python.

    sample_world.py --out DIR --seed N [--scale X] [--today YYYY-MM-DD]

The same seed, scale and day give the same bytes. What the rows hold and what an importer should make
of each odd one stands in DIR/manifest.json.
"""

from sample_world.command import main

if __name__ == "__main__":
    main()
