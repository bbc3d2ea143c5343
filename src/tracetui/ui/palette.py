"""The command palette: every key of the screen by name, and a step by its number."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from textual import work
from textual.binding import ActiveBinding
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.css.query import NoMatches

from tracetui.ui.key_names import in_usual_order, key_name

_GATHER = CommandPalette._gather_commands.__wrapped__  # type: ignore[attr-defined]


class Palette(CommandPalette):
    """Textual's own ends the app where keys come in a burst, as over a slow line: a page key before the list is laid out, and
    Esc while commands are being gathered, or before it says that there are none."""

    def _action_command_list(self, action: str) -> None:
        with suppress(LookupError):
            super()._action_command_list(action)

    def _start_no_matches_countdown(self, search_value: str) -> None:
        super()._start_no_matches_countdown(search_value)
        timer = self._no_matches_timer
        say = timer._callback if timer is not None else None

        def say_unless_left() -> None:
            with suppress(NoMatches):
                if say is not None:
                    say()

        if timer is not None:
            timer._callback = say_unless_left

    @work(exclusive=True, group=CommandPalette._GATHER_COMMANDS_GROUP)
    async def _gather_commands(self, search_value: str) -> None:
        with suppress(NoMatches):
            await _GATHER(self, search_value)


class KeyCommands(Provider):
    """Finds the bindings that are active on the screen below."""

    async def discover(self) -> Hits:
        for name, key, active in self._commands():
            yield DiscoveryHit(Content(name), partial(self._run, active), text=name, help=key)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for name, key, active in self._commands():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, Content(name), partial(self._run, active), text=name, help=key)

    def _commands(self) -> list[tuple[str, str, ActiveBinding]]:
        """(what it does, key, binding), each action once: those of the screen first, none of Textual's own."""
        found: dict[str, tuple[str, str, ActiveBinding]] = {}
        bound = in_usual_order(self.screen.active_bindings)
        for key, active in sorted(bound, key=lambda one: one[1].node is not self.screen):
            binding = active.binding
            if active.enabled and binding.id and binding.description and not binding.system:
                name = binding.tooltip or binding.description
                found.setdefault(binding.action, (name, key_name(key), active))
        return list(found.values())

    async def _run(self, active: ActiveBinding) -> None:
        await self.app.run_action(active.binding.action, active.node)


class StepCommands(Provider):
    """`12` goes to step 12 of the session that is open."""

    async def search(self, query: str) -> Hits:
        go_to = getattr(self.screen, "go_to_number", None)
        if go_to is not None and query.strip().isdecimal():
            name = f"Go to step {int(query)}"
            yield Hit(1.0, Content(name), partial(go_to, int(query)), text=name)
