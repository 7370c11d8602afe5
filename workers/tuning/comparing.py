"""How far two sets of weights lie apart, tensor by tensor, without ever holding a whole model in memory."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open

from workers.model_files import weight_files


@dataclass(frozen=True)
class WeightDifference:
    """The distance between two models' weights.

    `relative` is the Euclidean norm of the difference over the norm of the first, across all tensors that both have in
    one shape; `largest` the greatest absolute difference of one number, found in `largest_in`.
    """

    tensors: int
    different: int
    numbers: int
    numbers_different: int
    largest: float
    largest_in: str
    relative: float
    only_in_first: tuple[str, ...]
    only_in_second: tuple[str, ...]
    other_shapes: tuple[str, ...]

    @property
    def is_same_shape(self) -> bool:
        """Whether both hold the same tensors in the same shapes."""
        return not (self.only_in_first or self.only_in_second or self.other_shapes)


def compare_weights(first: Path, second: Path) -> WeightDifference:
    """Compare the safetensors of two model folders. Raises EngineError for a folder without whole weights."""
    where, there = _places(first), _places(second)
    both = sorted(where.keys() & there.keys())
    shapes, sums = [], _Sums()
    for name in both:
        one, other = _tensor(where[name], name), _tensor(there[name], name)
        if one.shape != other.shape or one.dtype != other.dtype:
            shapes.append(name)
        else:
            sums.add(name, one, other)
    return WeightDifference(
        tensors=len(both),
        different=sums.different,
        numbers=sums.numbers,
        numbers_different=sums.numbers_different,
        largest=sums.largest,
        largest_in=sums.largest_in,
        relative=(sums.squares_apart / sums.squares) ** 0.5 if sums.squares else 0.0,
        only_in_first=tuple(sorted(where.keys() - there.keys())),
        only_in_second=tuple(sorted(there.keys() - where.keys())),
        other_shapes=tuple(shapes),
    )


class _Sums:
    """What is added up over the tensors, in double precision."""

    def __init__(self) -> None:
        self.different = self.numbers = self.numbers_different = 0
        self.largest, self.largest_in = 0.0, ""
        self.squares = self.squares_apart = 0.0

    def add(self, name: str, one: torch.Tensor, other: torch.Tensor) -> None:
        self.numbers += one.numel()
        left = one.to(torch.float64)
        self.squares += float(left.square().sum())
        if torch.equal(one, other):
            return
        apart = (left - other.to(torch.float64)).abs()
        self.different += 1
        self.numbers_different += int((apart > 0).sum())
        self.squares_apart += float(apart.square().sum())
        if float(apart.max()) > self.largest:
            self.largest, self.largest_in = float(apart.max()), name


def _places(folder: Path) -> dict[str, Path]:
    """Which file holds which tensor."""
    places: dict[str, Path] = {}
    for path in weight_files(folder):
        with safe_open(path, framework="pt") as file:
            places |= dict.fromkeys(file.keys(), path)
    return places


def _tensor(path: Path, name: str) -> torch.Tensor:
    with safe_open(path, framework="pt") as file:
        tensor: torch.Tensor = file.get_tensor(name)
    return tensor
