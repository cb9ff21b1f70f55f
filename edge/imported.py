"""Where an imported model is from, how it is used, and whether that was proved."""

from dataclasses import dataclass, field
from typing import Any

from edgebreed.edge.json_fields import MANY, JsonFields
from edgebreed.str_enum import StrEnum

MAX_FIELDS = 50  # of a recipe, and items of one of them


class Proof(StrEnum):
    """What an imported model's preprocessing was proved with."""

    REFERENCE = "reference"  # its answers equal those of the program that it is from
    PHOTOS = "photos"  # its answers fit labelled photos best with this recipe
    NONE = "none"  # nobody has looked


@dataclass(frozen=True)
class Imported:
    """The origin of an imported model.

    Attributes:
        source: name of the file that it was made from.
        proof: what its preprocessing was proved with.
        n: number of photos that it was proved on.
        max_error: largest difference in a probability from the original program; None without reference.
        recipe: how it is used: field to `value` and `origin` (`given`, `file`, `found` or `assumed`).
    """

    source: str
    proof: Proof
    n: int = 0
    max_error: float | None = None
    recipe: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: object) -> "Imported":
        """Reads what a manifest holds.

        Raises:
            ValueError: a field is missing, or is not what is allowed.
        """
        fields = JsonFields(data, "imported")
        recipe = fields.part("recipe")
        imported = cls(
            fields.text("source"),
            fields.choice("proof", Proof),
            fields.whole("n", 0, MANY),
            fields.optional("max_error", fields.share),
            {key: _stated(recipe.part(key)) for key in recipe.keys(MAX_FIELDS)},
        )
        fields.end()
        return imported

    def describe(self) -> str:
        """From where, and what proves that it is used as there, in a line."""
        if self.proof is Proof.NONE:
            return f"from {self.source}, proof: none"
        error = "" if self.max_error is None else f", probabilities differ by {self.max_error:.2g} at most"
        return f"from {self.source}, proof: {self.proof} on {self.n} photos{error}"

    def rows(self) -> dict[str, str]:
        """The recipe, a row a field, each with its origin."""
        return {
            f"recipe {name}": f"{_shown(stated['value'])} ({stated['origin']})"
            for name, stated in self.recipe.items()
        }


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if value is None:
        return "none"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _stated(fields: JsonFields) -> dict[str, Any]:
    stated = {"value": _value(fields), "origin": fields.text("origin")}
    fields.end()
    return stated


def _value(fields: JsonFields) -> Any:
    """A truth value, a number or a text, a short list of them, or null."""
    if isinstance(fields.data.get("value"), list):
        return [
            JsonFields({"value": item}, "item").scalar("value") for item in fields.items("value", MAX_FIELDS)
        ]
    if "value" in fields.data and not fields.has("value"):
        return None
    return fields.scalar("value")
