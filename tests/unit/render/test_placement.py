"""A hole takes one whole value, or the template is refused."""

import pytest
from mlopsc.languages import LANGUAGES
from mlopsc.render.placement import MisplacedHole, check_placement

WHOLE = {
    "yaml": [
        "key: <%= x %>", "- <%= x %>", "- key: <%= x %>", "  key: <%= x %> # why", "key: [<%= x %>, <%= y %>]",
        "{a: <%= x %>, b: <%= y %>}", "- {a: 'it', b: <%= x %>}", "schedule: [{cron: <%= x %>}]",
        "<% for x in y %>\n- <%= x %>\n<% endfor %>", "a: |\n  text\nb: <%= x %>", "- run: |\n    text\n  env: <%= x %>",
        "- |\n  text\n- <%= x %>", "# <%= x | comment %>", "a: b # <%= x | comment %>", "<%# key: a<%= x #%>a: b",
        "<%= x | name %>: a", "  - <%= x | name %>: <%= y %>", "<% for x in y %>\n  <%= x | name %>:\n<% endfor %>",
    ],
    "python": [
        "x = <%= x %>", "f(<%= x %>, a=<%= y %>)", "x = [<%= x %>]", 'f("it\'s", <%= x %>)', '"""Doc."""\nx = <%= x %>',
        "x = 1  # <%= x | comment %>", "for x in <%= x %>:",
    ],
    "make": [
        "\t@<%= x %>", "\t@run <%= x %> $(ARGS)", "<%= x | name %>: ## <%= y | comment %>", "A = <%= x %>",
        '\t@run "$(B)" <%= x %> && true', ".PHONY: a<% for x in y %> <%= x | name %><% endfor %>",
    ],
    "shell": ["run <%= x %>", "A=<%= x %>", 'run "$A" <%= x %>; exit', "# <%= x | comment %>", "(run <%= x %>)"],
    "dotenv": ["<%= x | name %>=<%= y %>", "# <%= x | comment %>"],
    "markdown": ["# Runbook: <%= x %>", "| <%= x | code %> | <%= y %> |", "- `a` <%= x %>", "<!-- <%= x | comment %> -->"],
    "requirements": ["<%= x %>", "-r <%= x %>", "# <%= x | comment %>"],
    "ini": ["[core]\n    url = <%= x %>", "# <%= x | comment %>", "remote = <%= x %>"],
    "json": ['{"a": <%= x %>, "b": <%= y %>}', "[\n  <%= x %>,\n  1\n]"],
}  # fmt: skip
GLUED = {
    "yaml": [
        "image: repo/<%= x %>:1", "key: '<%= x %>'", 'key: "<%= x %>"', "key: a <%= x %>", "key: <%= x %> a",
        "key: echo, <%= x %>", "key: <%= x %>, b", "<%= x %>", "key:\n  text\n  <%= x %>", "key: <%= x %><%= y %>",
        "key: [a<%= x %>]", "key: [a, <%= x %>b]", "key: {a: <%= x %> b}", "run: |\n  make <%= x %>",
        "- run: |\n    make <%= x %>", "- run: >-\n\n    make <%= x %>", "- |\n  make <%= x %>", "# <%= x %>",
        "a: b # <%= x %>", "key: <%= x | comment %>", "key: a<% if y %>\n<% endif %>\n<%= x %>",
        "key: <%= x -%>\n- a", "key: <%=- x %>", "<%- if y %>\nkey: <%= x %>\n<% endif %>", "key: a/<%=\n x %>",
        "key: <% if y %>a<% endif %><%= x %>", "key: a<%# note %><%= x %>", "key:<%= x %>", "-<%= x %>",
        "key: <%= x | name %>", "- <%= x | name %>", "a<%= x | name %>: b", "<%= x | name %>b: c", "<%= x | name %>",
        "key: {<%= x | name %>: 1}", "key: [<%= x | name %>]", "- - <%= x | name %>:b",
    ],
    "python": [
        'x = "<%= x %>"', "x = '<%= x %>'", "x = f<%= x %>", "x = a<%= x %>", 'x = "a"<%= x %>', "<%= x %>b = 1",
        '"""\n<%= x %>\n"""', '"""<%= x %>"""', "x = 1  # <%= x %>", "'''\n<%= x | comment %>\n'''",
    ],
    "make": [
        '\t@echo "<%= x %>"', "\t@echo '<%= x %>'", "\t@echo a<%= x %>", "\t@echo `<%= x %>`", "\t@echo <%= x %>a",
        "\t@a <%= x | comment %>", "# <%= x %>", "a: ## <%= x %>", "\t@echo \"<%= x | name %>\"",
    ],
    "shell": ['echo "<%= x %>"', "echo a<%= x %>", "echo <%= x %>b", "echo '<%= x %>'", "# <%= x %>"],
    "dotenv": ["A=b<%= x %>", "A=<%= x %>b", 'A="<%= x %>"', "<%= x %>=b"],
    "markdown": [
        "`<%= x %>`", "`a <%= x %>`", "[a](<%= x %>)", "<b class=<%= x %>>", "```\n<%= x %>\n```", "~~~\n<%= x %>",
        "<!-- <%= x %> -->", "a <%= x | comment %>", "`<%= x | code %>", "<!-- <%= x | code %> -->",
    ],
    "requirements": ["a==<%= x %>", "<%= x %> --hash=a", "-e <%= x %>", "# <%= x %>"],
    "ini": ["url = a<%= x %>", "url = <%= x %>b", 'url = "<%= x %>"', "<%= x %> = a", "[<%= x %>]", "# <%= x %>"],
    "json": ['{"a": "<%= x %>"}', '{"a": 1<%= x %>}', '{"a": <%= x %>2}', '{"<%= x %>": 1}'],
}  # fmt: skip


def cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(language, text) for language, texts in table.items() for text in texts]


@pytest.mark.parametrize(("language", "text"), cases(WHOLE))
def test_a_whole_value(language: str, text: str) -> None:
    check_placement(text, "t.j2", LANGUAGES[language])


@pytest.mark.parametrize(("language", "text"), cases(GLUED))
def test_a_part_of_a_value(language: str, text: str) -> None:
    with pytest.raises(MisplacedHole, match=r"^t\.j2: "):
        check_placement(text, "t.j2", LANGUAGES[language])
