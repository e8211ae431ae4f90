"""Declared procedures: states, steps, who may take them, under which article. Plain data, versioned code."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class State:
    """A state of a case. `label` is what people read; a final state has no steps out."""

    label: str
    final: bool = False


@dataclass(frozen=True)
class Step:
    """A step from one of `sources` to `target`, held by `permission`, under `article`.

    `ahead`: what it is called while it lies ahead and nobody knows how it will go. `clocks`: the keys of the clocks by
    which it is due, a prefix with its colon; its own key where none is named.
    """

    key: str
    label: str
    sources: tuple[str, ...]
    target: str
    permission: str
    article: str = ""
    note_required: bool = False
    ahead: str = ""
    clocks: tuple[str, ...] = ()


class BadProcedure(ValueError):
    """The declaration contradicts itself."""


@dataclass(frozen=True)
class Procedure:
    """A procedure in one version; a running case keeps the version it was opened under."""

    key: str
    version: int
    label: str
    prefix: str
    start: str
    states: dict[str, State]
    steps: tuple[Step, ...] = field(default=())
    opening: str = ""  # what the first entry of the thread is called

    def check(self) -> None:
        """Raise BadProcedure unless every state can be reached and none is a dead end by mistake."""
        for step in self.steps:
            for name in (*step.sources, step.target):
                if name not in self.states:
                    raise BadProcedure(f"{self.key}: unknown state {name} in step {step.key}")
        reached, grown = {self.start}, True
        while grown:
            more = {s.target for s in self.steps if reached & set(s.sources)} - reached
            reached, grown = reached | more, bool(more)
        if reached != set(self.states):
            raise BadProcedure(f"{self.key}: never reached: {sorted(set(self.states) - reached)}")
        for name, state in self.states.items():
            leaves = any(name in step.sources for step in self.steps)
            if leaves == state.final:
                raise BadProcedure(f"{self.key}: {name} is {'not ' if leaves else ''}a dead end")

    def step(self, key: str) -> Step:
        """Return the step of that key. Raises KeyError."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)

    def open_steps(self, state: str) -> list[Step]:
        """Return the steps that lead out of `state`."""
        return [step for step in self.steps if state in step.sources]

    def path_from(self, state: str) -> list[Step]:
        """Return the ordinary way ahead from `state`: the first step out of each state, to the end."""
        path: list[Step] = []
        seen = {state}
        while steps := self.open_steps(state):
            path.append(steps[0])
            state = steps[0].target
            if state in seen:
                break
            seen.add(state)
        return path

    def diagram(self) -> str:
        """Return the procedure as Mermaid text."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        lines += [f"    {name}: {state.label}" for name, state in self.states.items()]
        lines += [f"    {source} --> {step.target}: {step.label}" for step in self.steps for source in step.sources]
        lines += [f"    {name} --> [*]" for name, state in self.states.items() if state.final]
        return "\n".join(lines)


_REGISTER: dict[tuple[str, int], Procedure] = {}


def register(procedure: Procedure) -> Procedure:
    """Check a procedure and enter it in the register. Raises BadProcedure."""
    procedure.check()
    _REGISTER[procedure.key, procedure.version] = procedure
    return procedure


def get(key: str, version: int | None = None) -> Procedure:
    """Return a procedure, the newest version unless one is named. Raises KeyError."""
    if version is None:
        version = max(v for k, v in _REGISTER if k == key)
    return _REGISTER[key, version]


def registered() -> list[Procedure]:
    """Return all procedures by key and version."""
    return [procedure for _, procedure in sorted(_REGISTER.items())]


_EVENTS: dict[str, str] = {}


def name_events(names: dict[str, str]) -> None:
    """Name events that happen on a case without moving it (`procedures.acts.note`): key -> what people read."""
    _EVENTS.update(names)


def event_name(key: str) -> str:
    """Return what an event is called; its key where nobody named it."""
    return _EVENTS.get(key, key)
