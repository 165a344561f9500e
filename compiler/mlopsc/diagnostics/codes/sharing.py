"""M12x: specs that belong together by `extends` and `models`."""

from mlopsc.diagnostics.codes.base import Code


class M120(Code):
    """The path in `extends` leaves the repository.

    A spec must mean the same in every clone of its repository: nothing outside, no absolute path
    and no URL takes part in it.

    Fix: extend a file of this repository by its relative path.
    """

    title = "extends leaves the repository"
    example = "extends: ../../../etc/house.yaml"


class M121(Code):
    """A chain of `extends` comes back to a file that is already part of it.

    Each file would be the base of the other, and no value could be decided.

    Fix: remove one `extends`; a chain ends at a file that extends nothing.
    """

    title = "cycle of extends"
    example = "# house.yaml, which the spec extends\nextends: models/churn/mlops.yaml"


class M122(Code):
    """The file that `extends` names cannot be read.

    The path is relative to the file that it stands in, not to the working directory.

    Fix: correct the path, or make the file readable.
    """

    title = "extended file missing"
    example = "extends: ../platform/hosue.yaml"


class M123(Code):
    """The paths in `models` leave the repository, or match no spec.

    A house spec lists the specs that it brings along; a pattern that matches nothing would leave
    them out without a word.

    Fix: give a path with `*`, relative to the file that it stands in.
    """

    title = "models matches nothing"
    example = "models: ../model/*/mlops.yaml   # the folder is called models"


class M124(Code):
    """Two specs of one repository have the same `model.name`.

    Files at the repository root, metrics and registered models bear that name; one model would
    overwrite the other's.

    Fix: give each model a name of its own.
    """

    title = "model name given twice"
    example = "# the same in models/churn/mlops.yaml and models/churn-2/mlops.yaml\nmodel: {name: churn}"
