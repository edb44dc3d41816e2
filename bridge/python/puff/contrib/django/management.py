"""Django's management commands for programs that bring their own command line."""

from collections.abc import Sequence
from typing import Any

from django.core.management import ManagementUtility

from puff.contrib.django.settings_module import find_settings


def get_management_utility(sys_args: Sequence[str]) -> Any:
    """What runs the words of a command line, of which the first is the program's name. Where the
    environment names no settings, `manage.py` of the working directory does."""
    find_settings()
    return ManagementUtility(list(sys_args))


def get_management_utility_help(sys_args: Sequence[str]) -> Any:
    """The list of the project's commands, as text."""
    return get_management_utility(sys_args).main_help_text()


def get_management_utility_execute(sys_args: Sequence[str]) -> None:
    """Runs a command. SystemExit as the command raises it."""
    get_management_utility(sys_args).execute()
