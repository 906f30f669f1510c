"""docs/integrations.md, made of what the program knows. To write it anew, in tests/:

python -m support.integrations_page
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from qdrant_model_migration.survey.integrations import Integration, integrations
from qdrant_model_migration.words import listing

PAGE = Path(__file__).parents[2] / "docs/integrations.md"

HEAD = """# Integrations

{}

{}

| you use | its text is in | finds a collection by an alias | name of the collection |
|---|---|---|---|"""

FIRST = (
    "Twenty products write into Qdrant each in its own way. The survey recognises them by the "
    "points that they leave and says so in the line *Written by*: their text is then not guessed, "
    "questions Name and Query side begin with what suits them, warnings W60 to W64 say what they "
    "do by themselves, and the lines to change name their settings. Where several leave the same "
    'points, all of them are named; "probably" stands where your own could look the same.',
    "This page is made of the files in `src/qdrant_model_migration/survey/integrations/` "
    "(`python -m support.integrations_page` in `tests/`), each read in the product's own code. A "
    "product changes; what the survey finds in your points goes before what stands here. LangChain "
    "(Python), LlamaIndex, Haystack and mem0 are tried by their own libraries as well: these "
    "write, and after the switch search and write again (`pip install -e '.[dev,integrations]'`, "
    "then `pytest -m integrations`).",
)

LAST = """## Where a text may stand

At question Text, and in an answers file under `text.fields`:

| written | means |
|---|---|
| `body` | the field |
| `meta.body` | the field within another one; also where `meta` is a string that holds JSON |
| `messages[].content` | the field of each object of a list: their texts, joined by a blank line |
| `title, body` | both, joined by a blank line; of a point that has one, that one |
| `Title: {title}\\n{body}` | a template: fields in braces, `\\n` begins a new line |

A line of a template whose fields a point has not is left out.

The payload is copied as it is found: a string of JSON stays that string.

{}"""

PROVED = (
    "Which of them it was, the survey proves with a model that is on this computer: it embeds "
    "sampled texts again and compares. It tries fields alone, lines of metadata before the text, a "
    "title before it, the model without its prefixes, and pooled by the first token or by the "
    "mean; texts that were cut after so many tokens or letters; vectors that were cut, filled up "
    "with zeros, or not made to length one. Where nothing fits but a model comes near, it says so, "
    "with the cosine: then something else stood before the text, and a template can say what."
)

NAMES = {"free": "your choice", "by model": "made of the model", "fixed": "fixed"}
WAYS = {
    (True, "free"): "Let it use an alias, or change its name at the cutover.",
    (False, "free"): 'At question Name answer "changes the name itself": an alias is not found.',
    (True, "by model"): 'At question Name answer "changes the name itself", and keep the suggested '
    "name: with the new model it looks for that one.",
    (
        True,
        "fixed",
    ): "Its name cannot be chosen, so the new collection can only take the name "
    "over, with the old one deleted.",
    (False, "fixed"): "No way of this program leads it to the new collection.",
}
PART = "A part of its name can be chosen: let it use an alias of such a name; one is suggested."
SETTINGS = {
    "collection": "Name of the collection",
    "model": "Model",
    "dimensions": "Size",
    "distance": "Distance",
    "using": "Name of the vector",
    "prefix": "Prefix of searches",
}


def page() -> str:
    rows = (_row(one) for one in integrations())
    sections = ("\n".join(_section(one)) for one in integrations())
    return (
        "\n".join([HEAD.format(*FIRST), *rows])
        + "\n\n"
        + "\n\n".join([*sections, LAST.replace("{}", PROVED)])
        + "\n"
    )


TOGETHER = (
    "`qmm plan COLLECTION --together` plans all that are there, under names that belong together; "
    "they switch at the same moment."
)


def _anchor(one: Integration) -> str:
    kept = (c for c in f"you-use-{one.title.lower()}".replace(" ", "-") if c.isalnum() or c in "-_")
    return "".join(kept)


def _row(one: Integration) -> str:
    text = listing([f"`{path}`" for path in one.text], "or") or "none"
    sees = "yes" if one.sees_alias else "**no**"
    return f"| [{one.title}](#{_anchor(one)}) | {text} | {sees} | {NAMES[one.names]} |"


def _section(one: Integration) -> Iterator[str]:
    yield f"## You use {one.title}"
    yield ""
    yield f"- **Points**: ids: {one.ids}; vectors: {one.vectors}; metadata: {one.metadata}."
    way = (
        PART
        if one.names == "fixed" and one.settings.collection
        else WAYS[one.sees_alias, one.names]
    )
    yield f"- **Alias**: {one.looks} {way}"
    for said in (*one.dangers, *one.says):
        yield f"- {said}"
    changed = [
        f"{label}: {getattr(one.settings, key)}"
        for key, label in SETTINGS.items()
        if getattr(one.settings, key)
    ]
    yield f"- **What you change there**: {'; '.join(changed)}."
    if one.family:
        names = listing([f"`{name}`" for name in one.family])
        yield f"- **Collections that share the model**: {names}. {TOGETHER}"
    yield f"- Read in {one.code}."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
