"""What stands in a hub that is used, so that something is on every page that one can come to."""

from __future__ import annotations

import json
from pathlib import Path

from tandem.base.settings import Upload
from tandem.domain.people import HERE, Actor
from tandem.hub.actions import Asker, run
from tandem.hub.installation import Hub
from tandem.hub.people import admission
from tandem.hub.rounds.runner import work_off

SECRET = "主轴热误差补偿保密项目"  # the title of a need that nobody but its poser and the operator may see
OPEN = {"title": "飞控计算机电磁兼容辐射发射整改",
        "text": "无人机飞控计算机按 DO-160G 辐射发射超标，需要实验室定位骚扰源并复测。",
        "kind": "service", "visibility": "members"}  # fmt: skip
ENGLISH = {"title": "Wind tunnel hours for a delivery drone",
           "text": "Forty hours in a low-speed wind tunnel, to measure a delivery drone in gusts.",
           "kind": "service", "visibility": "public"}  # fmt: skip
FAULTY = ("需求名称,需求描述,城市,截止日期,预算上限,内部编号\n电机壳体盐雾试验,中性盐雾,东莞,2030-06-30,80000,A1\n"
          "减速器噪声测试,半消声室,火星,三月底,很多,A2\n")  # fmt: skip
BESIDE = "beside.json"  # login -> addresses that stand behind a form rather than a link


def lived(hub: Hub, people: dict[str, Actor], need: str, provider: str) -> None:
    """Fills what only use fills.

    mei's need is being brought together with lin's organisation, another was settled, a third is confidential; mei has
    a saved search, an agent that wishes something, and a webhook; opal has cleared two rounds and holds half an import.
    """
    mei, lin, opal = (Asker(people[name], hub=hub) for name in ("mei", "lin", "opal"))
    run("need.pose", {"title": SECRET, "text": f"{SECRET}，请勿外传", "visibility": "confidential"}, mei)
    begun = run("introduction.propose", {"need": need, "organisation": provider}, mei)
    run("introduction.invite", {"id": begun.id}, mei)
    settled(mei, lin, provider)
    run("search.save", {"name": "轴承检测", "text": "轴承"}, mei)
    run("webhook.add", {"address": "https://erp.example.com/hub", "actions": ("need",)}, mei)
    token = run("token.create", {"label": "采购助手", "agent": True}, mei)
    agent = Asker(admission.who(hub, token.secret), hub=hub)
    run("need.pose", {"title": "由智能体代写的需求", "visibility": "members"}, agent)
    run("membership.invite", {"login": "new", "role": "member"}, lin)
    cleared(hub)
    held = run("records.hand_over", {"file": Upload("需求.csv", FAULTY.encode())}, opal)
    ways = ("interested", "decline", "quote", "lose")
    beside = {
        "opal": [f"/import/{held.id}/columns", f"/import/{held.id}/check", "/import/" + "a" * 26 + "/check"],
        "lin": [f"/introductions/{begun.id}/{way}" for way in ways],
        "mei": [f"/introductions/{begun.id}", f"/organisations/{people['mei'].org}/edit"],
    }
    (hub.folder / BESIDE).write_text(json.dumps(beside), "utf-8")


def settled(mei: Asker, lin: Asker, provider: str) -> None:
    """An introduction from its first step to what came of it."""
    need = run("need.pose", ENGLISH, mei).id
    id = run("introduction.propose", {"need": need, "organisation": provider}, mei).id
    run("introduction.invite", {"id": id}, mei)
    run("introduction.answer", {"id": id, "answer": "interested", "note": "We have room in May."}, lin)
    run("introduction.introduce", {"id": id}, mei)
    run("introduction.quote", {"id": id, "amount": 1_800_000}, lin)
    run("introduction.agree", {"id": id}, mei)
    run("introduction.outcome", {"id": id, "rating": 0.9, "title": "四十小时低速风洞试验"}, mei)


def cleared(hub: Hub) -> None:
    """The region's register, and two rounds over the same needs, the second with shorter lists."""
    here = Asker(HERE, hub=hub)
    run("register.sample", {}, here)
    needs = tuple(one.id for one in run("need.list", {"limit": 30, "state": "posed"}, here).items)
    for title, top in (("第一轮", 5), ("第二轮", 2)):
        run("round.start", {"title": title, "needs": needs, "top": top}, here)
    work_off(hub)


def beside(folder: Path, login: str | None) -> tuple[str, ...]:
    """The addresses that somebody comes to through a form."""
    return tuple(json.loads((folder / BESIDE).read_text("utf-8")).get(login or "", ()))
