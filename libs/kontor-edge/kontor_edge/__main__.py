"""`python -m kontor_edge EDGE`: rebuilds the edge's copy, inside its container."""

from kontor_edge.cli import rebuild_views

if __name__ == "__main__":
    rebuild_views(prog_name="python -m kontor_edge")
