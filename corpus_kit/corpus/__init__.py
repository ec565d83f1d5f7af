"""A corpus on disk: storage, building, growing, and the view of it that analyses see."""
