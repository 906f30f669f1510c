"""What a known product needs to have said, behind its line of the survey."""

from __future__ import annotations

from qdrant_model_migration.pages.page import Facts
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import stage
from qdrant_model_migration.survey.facts import WrittenBy
from support.surveys import docs, fact


def test_each_product_that_it_may_be_has_its_own_list_behind_the_line() -> None:
    by = WrittenBy(names=("langchain_js", "n8n"), sure=False)
    survey = docs(written_by=fact(by, "sample", "recognised by content, metadata"))
    session = Session(address=survey.address, collection=survey.collection, survey=survey)
    (row,) = (r for r in stage("survey").page(session).tables[0].rows if r.key == "written_by")
    assert row.cells == ("Written by", "probably LangChain JS or n8n", "sample")
    lists = [block for block in row.more if isinstance(block, Facts)]
    assert [one.title for one in lists] == ["LangChain JS", "n8n"]
    said = {one.label: one.value for one in lists[0].rows}
    assert said["Text"] == "content"
    assert said["Alias"].endswith("it lists the collections and makes the missing one.")
