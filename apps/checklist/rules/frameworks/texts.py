"""Reading YAML of people one does not know: line by line known, in bounds, and nothing of it is run.

The text is read as a stream of events, so that neither depth nor repetition costs more than the text is long. Anchors
and aliases, which let ten lines grow into a billion, are refused.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from apps.checklist.rules.frameworks.spots import FrameworkInvalid, Problem, Spot

MOST_BYTES = 4 * 1024 * 1024  # the largest public catalogue of controls has about 2.5 MB
MOST_EVENTS = 150_000  # a file with as many questions as may be, all of whose fields are filled, has about 100,000
MOST_DEPTH = 40

_PREFIX = "tag:yaml.org,2002:"
_DATE, _NULL, _STR = f"{_PREFIX}timestamp", f"{_PREFIX}null", f"{_PREFIX}str"
_INT, _BOOL = f"{_PREFIX}int", f"{_PREFIX}bool"
_PLAIN = {_STR, _DATE, _NULL, _INT, _BOOL, f"{_PREFIX}float"}
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_TRUE = {"true", "yes", "on"}
_COLLECTIONS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)


def spots_of(text: str | bytes, name: str) -> Spot:
    """The text of the file `name` as spots that know their lines. Raises FrameworkInvalid."""
    raw = text.encode() if isinstance(text, str) else text
    if len(raw) > MOST_BYTES:
        raise _invalid(name, 1, f"the file has at most {MOST_BYTES // 1024 // 1024} MiB")
    try:
        decoded = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _invalid(name, line, "the file is written in UTF-8") from error
    try:
        return _Tree(name).read(decoded)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(part for part in (error.context, error.problem) if part)
        raise _invalid(name, mark.line + 1 if mark else 1, f"the file is YAML: {words}") from error
    except yaml.YAMLError as error:
        raise _invalid(name, 1, f"the file is YAML: {error}") from error


def _invalid(name: str, line: int, rule: str) -> FrameworkInvalid:
    return FrameworkInvalid(name, [Problem(line, "", f"{rule}.")])


@dataclass
class _Open:
    """A mapping or list that is being read; `key` waits for its value."""

    value: Any
    line: int
    key: str | None = None


@dataclass
class _Tree:
    """Builds spots from events. The open collections stand on a stack of our own, never on Python's."""

    name: str
    stack: list[_Open] = field(default_factory=list)
    root: Spot | None = None
    taken: int = 0

    def read(self, text: str) -> Spot:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        try:
            while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
                self._take(loader, event, event.start_mark.line + 1)
        finally:
            loader.dispose()
        if self.root is None:
            raise _invalid(self.name, 1, "the file holds something")
        return self.root

    def _take(self, loader: Any, event: yaml.Event, line: int) -> None:
        self.taken += 1
        if self.taken > MOST_EVENTS:
            raise _invalid(self.name, line, f"the file has at most {MOST_EVENTS} values")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _invalid(self.name, line, "values are written out: no anchors (&) and no aliases (*)")
        if isinstance(event, _COLLECTIONS):
            self._open(event, line)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            done = self.stack.pop()
            self._put(Spot(done.value, done.line))
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(loader, event, line)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise _invalid(self.name, line, "the file holds one document")

    def _open(self, event: yaml.Event, line: int) -> None:
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        if getattr(event, "tag", None) not in (None, "!", f"{_PREFIX}map", f"{_PREFIX}seq"):
            raise _invalid(self.name, line, "no tags: plain mappings, lists, texts and numbers only")
        if len(self.stack) >= MOST_DEPTH:
            raise _invalid(self.name, line, f"values stand at most {MOST_DEPTH} deep")
        if self.stack and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None:
            raise _invalid(self.name, line, "the name of a field is a text")
        self.stack.append(_Open({} if is_mapping else [], line))

    def _scalar(self, loader: Any, event: yaml.ScalarEvent, line: int) -> None:
        here = self.stack[-1] if self.stack else None
        if here is not None and isinstance(here.value, dict) and here.key is None:
            if event.value in here.value:
                raise _invalid(self.name, line, f"a field stands once; twice here: {event.value[:60]}")
            here.key = event.value
            return
        tag = event.tag if event.tag not in (None, "!") else _STR
        if event.tag is None:
            tag = loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag not in _PLAIN:
            raise _invalid(self.name, line, "no tags: plain mappings, lists, texts and numbers only")
        self._put(_plain(tag, event.value, line))

    def _put(self, spot: Spot) -> None:
        if not self.stack:
            self.root = spot
            return
        here = self.stack[-1]
        if isinstance(here.value, dict):
            here.value[here.key], here.key = spot, None
        else:
            here.value.append(spot)


def _plain(tag: str, value: str, line: int) -> Spot:
    """A date stays the text that it is written as. A number keeps its text beside its value; what is neither whole nor
    a text has none. YAML's other ways of writing numbers (base 60 takes time that grows with the square) are not read.
    """
    if tag in (_STR, _DATE):
        return Spot(value, line)
    if tag == _BOOL:
        return Spot(value.lower() in _TRUE, line, value)
    return Spot(int(value) if tag == _INT and _WHOLE.fullmatch(value) else None, line, value)
