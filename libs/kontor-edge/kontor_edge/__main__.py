import click

from kontor_edge.cli import rebuild_views, reproject

click.Group(commands=[rebuild_views, reproject])(prog_name="python -m kontor_edge")
