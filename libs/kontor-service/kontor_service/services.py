"""Which services are installed. A service is a package kontor_<name> with the Settings of a service."""

from functools import cache
from importlib import import_module
from importlib.machinery import FileFinder
from pathlib import Path
from pkgutil import iter_modules

from kontor_service.settings import ServiceSettings

_PREFIX = "kontor_"


@cache
def services() -> dict[str, type[ServiceSettings]]:
    """Their settings by name, e.g. ``documents``; their app is made by kontor_<name>.app.create_app(settings)."""
    found = {}
    for module in iter_modules():
        finder = module.module_finder
        if not module.name.startswith(_PREFIX) or not isinstance(finder, FileFinder):
            continue
        if Path(finder.path, module.name, "settings.py").exists():
            settings = getattr(import_module(f"{module.name}.settings"), "Settings", None)
            if isinstance(settings, type) and issubclass(settings, ServiceSettings):
                found[module.name.removeprefix(_PREFIX)] = settings
    return dict(sorted(found.items()))


def edges() -> tuple[str, ...]:
    """Those that keep a copy of the owners' facts."""
    return tuple(name for name, settings in services().items() if "copy_database_url" in settings.model_fields)
