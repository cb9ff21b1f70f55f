"""`edgebreed data check`: what a data set is worth before it is trained on."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgebreed.train.contact_sheet import Cell
from edgebreed.train.dataset import Dataset
from edgebreed.train.duplicates import Groups
from edgebreed.train.survey import Survey, empty_files, misnamed, turned


@dataclass(frozen=True)
class Check:
    """The findings on a data set.

    Attributes:
        data: the data set.
        survey: duplicates and files that do not decode.
        empty: files of no bytes.
        misnamed: files whose suffix lies, with their format.
        turned: photos that EXIF turns upright.
    """

    data: Dataset
    survey: Survey
    empty: tuple[Path, ...]
    misnamed: dict[Path, str]
    turned: tuple[Path, ...]

    def to_dict(self) -> dict[str, Any]:
        """What `edgebreed data check --json` prints."""
        sizes = self.class_sizes()
        return {
            "data": str(self.data.root),
            "classes": len(self.data.classes),
            "images": len(self.survey.splits),
            "splits": {name: len(photos) for name, photos in self.data.splits.items()},
            "undecodable": [str(path) for path in self.survey.undecodable],
            "empty": [str(path) for path in self.empty],
            "misnamed": {str(path): kind for path, kind in self.misnamed.items()},
            "turned": [str(path) for path in self.turned],
            "duplicates": _groups(self.survey.exact),
            "near_duplicates": _groups(self.survey.near),
            "imbalance": {
                "smallest": min(sizes.items(), key=lambda item: item[1]),
                "largest": max(sizes.items(), key=lambda item: item[1]),
                "ratio": max(sizes.values()) / max(1, min(sizes.values())),
            },
            "dropped_from_training": len(self.survey.repeated()),
        }

    def class_sizes(self) -> dict[str, int]:
        """Training photos of each class."""
        counts = Counter(photo.label for photo in self.data.splits["train"])
        return {name: counts[label] for label, name in enumerate(self.data.classes)}

    def cells(self, most: int = 160) -> list[Cell]:
        """Faulty files, then groups across splits, then the other groups, for a contact sheet."""
        faulty = [Cell(path, ("does not decode", path.name)) for path in self.survey.undecodable]
        lying = [Cell(path, (f"is {kind}", path.name)) for path, kind in self.misnamed.items()]
        groups = sorted(
            self.survey.near.members, key=lambda members: -len({self.survey.splits[path] for path in members})
        )
        same = [
            Cell(path, (f"same {number}: {self.survey.splits[path]}", f"{path.parent.name}/{path.name}"))
            for number, members in enumerate(groups, 1)
            for path in members
        ]
        return [*faulty, *lying, *same][:most]


def check(data: Dataset, survey: Survey) -> Check:
    """Looks at names and orientation of the files that a survey found."""
    paths = list(survey.splits)
    return Check(data, survey, empty_files(paths), misnamed(paths), turned(paths))


def _groups(groups: Groups) -> dict[str, Any]:
    return {
        "groups": len(groups.members),
        "across_splits": groups.across,
        "files": [[str(path) for path in members] for members in groups.members],
    }
