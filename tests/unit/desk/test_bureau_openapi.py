"""docs/api/openapi.yml says what the API does: its routes, and the shape of every answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from bureau_days import FIRE, YINSHI, decide, signed
from desk_world import MARKET, ROOT, Bureau, Reply, Site, World, demo_rules
from jsonschema import Draft7Validator, FormatChecker
from ruamel.yaml import YAML

from complaints.lifecycle.states import Role, State
from complaints.lifecycle.table import NotAllowed
from complaints.lifecycle.tasks import TaskKind
from complaints.model import Kind
from complaints.offices.case_file import STEP_WORDS
from complaints.protection.personal_fields import FieldKind
from desk.api import create_api
from desk.api.errors import refusal
from desk.api.steps import STEPS


@cache
def document() -> dict[str, Any]:
    path = ROOT / "docs" / "api" / "openapi.yml"
    read: dict[str, Any] = YAML(typ="safe").load(path)
    return read


def as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema; `$ref` replaced by what it names."""
    if isinstance(node, list):
        return [as_json_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return as_json_schema(follow(node))
    plain = {key: as_json_schema(value) for key, value in node.items() if key != "nullable"}
    if node.get("nullable"):
        plain["type"] = [plain["type"], "null"]
    return plain


def follow(node: dict[str, Any]) -> dict[str, Any]:
    found: Any = node
    while "$ref" in found:
        steps = found["$ref"].removeprefix("#/").split("/")
        found = document()
        for step in steps:
            found = found[step]
    assert isinstance(found, dict)
    return found


def check(content: Any, schema: dict[str, Any]) -> None:
    Draft7Validator(as_json_schema(schema), format_checker=FormatChecker()).validate(content)


def check_reply(method: str, path: str, reply: Reply) -> None:
    """The answer is one that the document announces for this operation."""
    template = re.sub(r"/(JS\d+|\d+)(?=/|$)", "/{id}", path.partition("?")[0])
    announced = follow(document()["paths"][template][method]["responses"][str(reply.status)])
    check(reply.json, announced["content"]["application/json"]["schema"])


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield method, path, operation


def test_the_document_has_every_route_and_no_other(world: World) -> None:
    app = create_api(world.storage, world.rules)
    served = {
        (route.method.lower(), route.resource.canonical)
        for route in app.router.routes()
        if route.resource and route.method != "HEAD"
    }
    assert {(method, path) for method, path, _ in operations()} == served


def test_what_a_bureau_is_answered_has_the_announced_shape(
    site: Site, world: World, luming: Bureau
) -> None:
    full, bare = world.file(subject="奥数", grade="五年级"), world.file(party=None)
    check_reply("get", "/tickets", luming.get("/tickets"))
    for query in ("?limit=1", "?limit=0", "?state=x", "?after=x", "?state=closed"):
        check_reply("get", f"/tickets{query}", luming.get(f"/tickets{query}"))
    for number in (full, bare):
        for step, content in (
            ("answer", {"text": "早了"}),
            ("sign", None),
            ("sign", None),
            ("answer", {}),
            ("answer", {"text": 1}),
            ("answer", {"text": "办" * 4001}),
            ("answer", {"text": "x" * 70_000}),
            ("answer", {"text": "已办"}),
            ("return", {"reason": "晚了"}),
        ):
            path = f"/tickets/{number}/{step}"
            check_reply("post", path, luming.post(path, content))
        check_reply("get", f"/tickets/{number}", luming.get(f"/tickets/{number}"))
    market = site.bureau(MARKET)
    check_reply("get", f"/tickets/{full}", market.get(f"/tickets/{full}"))
    check_reply("post", f"/tickets/{full}/sign", market.post(f"/tickets/{full}/sign"))
    third = world.file()
    given_back = luming.post(
        f"/tickets/{third}/return", {"reason": "不归我局", "basis": "属地管理"}
    )
    check_reply("post", f"/tickets/{third}/return", given_back)
    check_reply("get", f"/tickets/{third}", luming.get(f"/tickets/{third}"))
    for query in ("", "?limit=1", "?limit=0", "?after=x"):
        check_reply("get", f"/left{query}", luming.get(f"/left{query}"))


def test_each_step_is_answered_in_the_announced_shape(
    site: Site, world: World, luming: Bureau
) -> None:
    contents: list[tuple[str, Any]] = [
        ("pause", {"text": "请问是哪个校区？"}),
        ("pause", {}),
        ("resume", None),
        ("extend", {"reason": "等检测", "workdays": 9}),
        ("extend", {"reason": "等检测", "workdays": 2}),
        ("extend", {"reason": "等检测", "workdays": 2}),
        ("whistle", {"bureau": FIRE, "text": "请来"}),
        ("reveal", {}),
        ("reveal", {"reason": "现场核实"}),
        ("reveal", {"reason": "现场核实"}),
        ("transfer", {"district": "atlantis", "reason": "在海里"}),
        ("answer", {"text": "已办", "finding": "so_so"}),
        ("answer", {"text": "已办", "schools": ["luming-no2-primary"], "finding": "partly"}),
    ]
    number = signed(world, luming, personal={"phone": "13912345678", "name": "王小禾"})
    for step, content in contents:
        path = f"/tickets/{number}/{step}"
        check_reply("post", path, luming.post(path, content))
        if step in ("pause", "reveal"):
            check_reply("get", f"/tickets/{number}", luming.get(f"/tickets/{number}"))
            check_reply("get", "/tickets", luming.get("/tickets"))
    reveal = f"/tickets/{number}/reveal"
    check_reply("get", reveal, luming.get(reveal))
    decide(world, approve=True)
    check_reply("get", reveal, luming.get(reveal))
    for step, content in (
        ("transfer", {"district": "zhenxi", "reason": "在枕溪区"}),
        ("escalate", {"reason": "涉及三个区"}),
    ):
        path = f"/tickets/{world.file()}/{step}"
        check_reply("post", path, luming.post(path, content))


def test_tasks_are_answered_in_the_announced_shape(
    site: Site, world: World, luming: Bureau
) -> None:
    number = signed(world, luming, kind=Kind.TRAINING_FEES_REFUND)
    luming.post(f"/tickets/{number}/answer", {"text": "已退费", "finding": "confirmed"})
    for bureau in (site.bureau(MARKET), site.bureau(YINSHI), luming):
        for query in ("", "?limit=1", "?limit=0", "?after=x"):
            check_reply("get", f"/tasks{query}", bureau.get(f"/tasks{query}"))
        for task in bureau.get("/tasks").json["tasks"]:
            for step, content in (("sign", None), ("sign", None), ("done", {}), ("done", {"text": 1}),
                                  ("done", {"text": "收到"}), ("done", {"text": "收到"})):  # fmt: skip
                path = f"/tasks/{task['id']}/{step}"
                check_reply("post", path, bureau.post(path, content))


def test_every_refusal_without_a_token_is_announced(site: Site) -> None:
    for method, path, _ in operations():
        concrete = path.replace("{id}", "1" if path.startswith("/tasks") else "JS2026112000000001")
        asked = site.ask(method.upper(), f"/api/v1{concrete.replace('{ref}', 'ab12')}")
        check_reply(method, concrete, asked)


def test_the_lists_of_words_are_those_of_the_domain() -> None:
    schemas = document()["components"]["schemas"]
    assert set(schemas["State"]["enum"]) == set(State)
    assert set(schemas["Kind"]["enum"]) == set(Kind)
    assert set(schemas["Step"]["properties"]["role"]["enum"]) == set(Role)
    assert set(schemas["Step"]["properties"]["action"]["enum"]) == set(STEP_WORDS)
    assert set(schemas["Task"]["properties"]["kind"]["enum"]) == set(TaskKind)
    shown = set(FieldKind) - {FieldKind.PUSH}
    fields = schemas["Reporter"]["properties"]["fields"]["items"]["properties"]
    assert set(fields["kind"]["enum"]) == shown
    outcomes = demo_rules().outcomes
    assert coded(schemas["Finding"]) == {
        code: finding.label for code, finding in outcomes.findings.items()
    }
    assert coded(schemas["Result"]) == outcomes.results


def coded(schema: dict[str, Any]) -> dict[str, str]:
    """The codes that a description lists, with their labels."""
    return dict(re.findall(r"`(\w+)` ([^`]+?)(?=、\s*`|\s*$)", schema["description"]))


def test_every_way_to_refuse_a_bureau_is_announced_under_its_status() -> None:
    responses = document()["components"]["responses"]
    announced = {
        code: status
        for name, status in (("NotYours", 403), ("Conflict", 409), ("NotGiven", 422))
        for code in re.findall(r"`(\w+)`", responses[name]["description"])
    }
    codes = document()["components"]["schemas"]["Error"]["properties"]["error"]["properties"][
        "code"
    ]
    assert set(announced) <= set(codes["enum"])
    for code, status in announced.items():
        assert refusal(NotAllowed(code, "")).status == status, code


@pytest.mark.parametrize("name", STEPS)
def test_the_fields_of_a_step_are_those_that_are_read(name: str) -> None:
    operation = document()["paths"][f"/tickets/{{id}}/{name}"]["post"]
    if "requestBody" not in operation:
        assert STEPS[name].fields == {}
        return
    schema = follow(operation["requestBody"]["content"]["application/json"]["schema"])
    types = {"string": str, "integer": int, "array": list}
    assert {
        field: types[follow(kind)["type"]] for field, kind in schema["properties"].items()
    } == STEPS[name].fields


def examples(node: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Every example in the document with the schema that stands beside or around it."""
    if isinstance(node, list):
        for each in node:
            yield from examples(each)
    elif isinstance(node, dict):
        if "example" in node:
            yield node["example"], node.get("schema", node)
        for each in node.values():
            yield from examples(each)


@pytest.mark.parametrize("example", list(examples(document())))
def test_the_examples_are_true_to_their_schemas(example: tuple[Any, dict[str, Any]]) -> None:
    content, schema = example
    check(content, schema)
