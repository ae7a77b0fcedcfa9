"""Standing documents (A6): terms, withdrawal notice, warranty, … that go along with every document of a type."""
