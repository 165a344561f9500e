"""M30x: sections and fields that do not make sense together, whatever the section."""

from mlopsc.diagnostics.codes.base import Code


class M301(Code):
    """The spec lacks one of the three things that every model needs.

    A spec of a model says which model (`model.name`), which data (`data.path`) and what is to be done
    (a section such as `validation`); without one of them there is nothing to generate.

    Fix: add what is missing; a house spec, which has `models` instead of `model`, needs none of it.
    """

    title = "incomplete spec"
    example = "version: 1\nmodel: {name: churn}\ndata: {path: data/customers.csv}"


class M302(Code):
    """A section or field relies on another one that is not there.

    Some things work only together: a canary with a service and a limit on its errors, a drifting metric
    with the outcomes from which it is computed. Nothing is guessed in their place.

    Fix: add what the message names, or remove what needs it.
    """

    title = "something needed is missing"
    example = "deployment: {strategy: rolling}"


class M303(Code):
    """A path leaves the repository, is a URL where only a path can stand, or is written to elsewhere.

    A spec must mean the same in every clone, and what is generated from it must never read or write
    somebody else's files.

    Fix: write a path relative to the spec, with forward slashes; what a model makes lies beside its spec.
    """

    title = "path outside"
    example = "data: {path: ../../etc/passwd, format: csv}"


class M304(Code):
    """Two fields stand together that exclude each other.

    One of them belongs to another choice (`steps` to a canary), or both say the same thing in two ways.
    Ignoring one of them would do something else than the spec says.

    Fix: remove one of the two, or make the choice that it belongs to.
    """

    title = "fields that do not go together"
    example = "validation:\n  columns:\n    age: {between: [0, 120], min: 18}"


class M305(Code):
    """No value can meet both bounds.

    A range whose lower bound is above its upper one would refuse everything, always; mostly the two were
    exchanged.

    Fix: exchange the bounds, or correct one of them.
    """

    title = "impossible range"
    example = "validation:\n  columns:\n    age: {between: [120, 0]}"


class M306(Code):
    """A section or entry is there, and asks for nothing.

    A check that checks nothing always passes, which looks like safety and is none.

    Fix: say what is to be done, or remove it.
    """

    title = "asks for nothing"
    example = "drift: {tests: [{method: ks, p_value: 0.05}]}"


class M307(Code):
    """A setting changes nothing where it stands.

    Probably something else was meant, or what the setting belongs to was removed.

    Fix: remove the setting, or add what it works on.
    """

    title = "no effect"
    severity = "warning"
    example = "validation:\n  columns:\n    age: {type: integer, mostly: 99%}"


class M308(Code):
    """One thing is said twice.

    The second one changes nothing; probably a copy was to be adapted.

    Fix: remove one of the two, or correct the copy.
    """

    title = "said twice"
    severity = "warning"
    example = "validation:\n  columns:\n    plan: {in: [basic, pro, basic]}"


class M309(Code):
    """A file that the spec refers to does not exist.

    It may be misspelt, or still to be written; the generated repository cannot run without it.

    Fix: correct the path, which is relative to the spec, or add the file. Data that DVC tracks counts as
    there when its `.dvc` file is.
    """

    title = "file does not exist"
    severity = "warning"
    example = "python: {version: '3.11', requirements: requirments.txt}"


class M310(Code):
    """A name refers to something that the spec does not define.

    Most often it is misspelt, or what it names was removed or renamed.

    Fix: correct the name, or define it.
    """

    title = "unknown name"
    example = """\
features:
  entities: {customer: {join_key: customer_id}}
  views:
    spend: {entity: custmer, source: {path: data/tx.parquet, timestamp: at}, fields: {avg: float32}}"""
