"""The pages before a real identity service: who gets in, what every answer carries, what goes wrong."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from aftercare.identity.v1 import identity_pb2 as pb
from aftercare.identity.v1.identity_pb2_grpc import IdentityServiceStub
from aftercare_gateway.http.application import application
from aftercare_gateway.http.doors import open_doors
from aftercare_gateway.settings import GatewaySettings
from aftercare_platform.access.keys import load_identity
from aftercare_platform.bus.connection import open_bus
from aftercare_platform.bus.streams import ensure_streams
from aftercare_platform.kernel.clock import SystemClock
from aftercare_platform.kernel.ids import new_id
from support.nats import Broker, free_port
from support.processes import Service, running

pytestmark = pytest.mark.asyncio(loop_scope="module")
HTML = {"accept": "text/html"}
JSON = {"accept": "application/json"}
TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


@dataclass
class Front:
    """The application over a real identity service; referral, matching and directory are away."""

    app: FastAPI
    identity: Service
    administrator: pb.SignInResponse

    def browser(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app)
        return httpx.AsyncClient(transport=transport, base_url="http://aftercare.test", headers=HTML)

    @property
    def desk(self) -> IdentityServiceStub:
        return IdentityServiceStub(self.identity.channel(token=self.administrator.token.token))

    async def link(self, *roles: pb.Role.ValueType) -> str:
        request = pb.CreateMemberRequest(name="Mara", email=f"{new_id()}@example.org", roles=roles)
        member = await self.desk.CreateMember(request)
        return (await self.desk.CreateSignInLink(pb.CreateSignInLinkRequest(member_id=member.id))).secret

    async def agency_key(self) -> str:
        request = pb.CreateAgencyAccountRequest(organization_id=new_id(), name="Harbor House")
        account = await self.desk.CreateAgencyAccount(request)
        made = await self.desk.CreateAgencyKey(pb.CreateAgencyKeyRequest(account_id=account.id, label="desk"))
        return made.secret


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def front(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    folder = tmp_path_factory.mktemp("front")
    broker = Broker(folder / "nats")
    broker.start()
    async with open_bus(broker) as bus:
        await ensure_streams(bus)
    try:
        async with running("identity", folder, broker) as identity:
            settings = settings_of(folder, identity)
            key = load_identity(settings.keys_folder, "gateway")
            async with open_doors(settings, key) as doors:
                app = application(settings, clock=SystemClock(), doors=doors)
                yield Front(app, identity, await first_administrator(identity))
    finally:
        broker.stop()


def settings_of(folder: Path, identity: Service, **more: str) -> GatewaySettings:
    away = {f"{name}_address": f"127.0.0.1:{free_port()}" for name in ("directory", "matching", "referral")}
    return GatewaySettings(data_dir=folder, identity_address=identity.address, **away, **more)


async def first_administrator(identity: Service) -> pb.SignInResponse:
    stub = IdentityServiceStub(identity.channel(as_service="operator"))
    request = pb.CreateProgramRequest(
        name="North", administrator_name="A", administrator_email="a@example.org"
    )
    created = await stub.CreateProgram(request)
    return await IdentityServiceStub(identity.channel()).SignIn(
        pb.SignInRequest(link_secret=created.link.secret)
    )


async def token_on(browser: httpx.AsyncClient, path: str) -> str:
    found = TOKEN.search((await browser.get(path)).text)
    assert found
    return found.group(1)


async def enter(browser: httpx.AsyncClient, **secret: str) -> httpx.Response:
    token = await token_on(browser, "/sign-in" + (f"?link={secret['link']}" if "link" in secret else ""))
    return await browser.post("/sign-in", data={"form_token": token, **secret})


async def test_looking_at_a_link_uses_nothing_up_and_using_it_does(front: Front) -> None:
    link = await front.link(pb.ROLE_ADMINISTRATOR)
    async with front.browser() as scanner, front.browser() as browser, front.browser() as thief:
        assert (await scanner.get(f"/sign-in?link={link}")).status_code == 200
        entered = await enter(browser, link=link)
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        assert "Welcome, Mara" in (await browser.get("/")).text
        again = await enter(thief, link=link)
        assert again.status_code == 401
        assert "used already" in again.text


async def test_an_agency_enters_by_its_key_and_sees_no_staff_page(front: Front) -> None:
    async with front.browser() as browser:
        entered = await enter(browser, key=await front.agency_key())
        assert entered.headers["location"] == "/portal"
        refused = await browser.get("/clients")
        assert refused.status_code == 403
        assert "belongs to the staff of a program" in refused.text


async def test_staff_see_no_agency_page(front: Front) -> None:
    async with front.browser() as browser:
        await enter(browser, link=await front.link(pb.ROLE_PLANNER))
        assert (await browser.get("/portal")).status_code == 403


async def test_leaving_ends_the_session_everywhere(front: Front) -> None:
    async with front.browser() as browser:
        await enter(browser, link=await front.link(pb.ROLE_ADMINISTRATOR))
        session = browser.cookies["aftercare-session"]
        left = await browser.post("/sign-out", data={"form_token": await token_on(browser, "/")})
        assert left.headers["location"] == "/sign-in?said=signed_out"
    async with front.browser() as copy:
        copy.cookies.set("aftercare-session", session)
        assert (await copy.get("/")).headers["location"] == "/sign-in?said=ended"


@pytest.mark.parametrize("secret", ["short", "sess_" + "x" * 43, "y" * 500, "{{7*7}}<script>"])
async def test_a_made_up_session_is_no_session(front: Front, secret: str) -> None:
    async with front.browser() as browser:
        answer = await browser.get("/clients", headers={"cookie": f"aftercare-session={secret}"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?said=ended")


def routes(app: FastAPI, method: str) -> list[str]:
    """Every address that takes a method, with an id where one belongs."""
    found, waiting = [], list(app.routes)
    while waiting:
        route = waiting.pop()
        waiting += getattr(getattr(route, "original_router", None), "routes", [])  # an included router
        if method in (getattr(route, "methods", None) or ()):
            found.append(re.sub(r"\{[^}]*\}", new_id(), route.path))
    return found


async def test_every_form_without_its_token_is_refused(front: Front) -> None:
    paths = routes(front.app, "POST")
    assert len(paths) > 15
    async with front.browser() as browser:
        await enter(browser, link=await front.link(pb.ROLE_PLANNER))
        right = await token_on(browser, "/clients/new")
        for path in paths:
            for data, headers in (
                ({}, {}),
                ({"form_token": "0" * 64}, {}),
                ({"form_token": right}, {"sec-fetch-site": "cross-site"}),
            ):
                answer = await browser.post(path, data=data, headers=headers)
                assert answer.status_code == 403, path
                assert "did not come from a page of this sign-in" in answer.text


async def test_no_page_shows_itself_to_a_stranger(front: Front) -> None:
    open_to_all = {"/sign-in", "/healthz", "/readyz"}
    async with front.browser() as browser:
        for path in set(routes(front.app, "GET")) - open_to_all:
            answer = await browser.get(path, params={"listing": new_id()})
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in"), path


@pytest.mark.parametrize("path", ["/sign-in", "/nothing", "/clients", "/static/aftercare.css", "/healthz"])
async def test_every_answer_carries_the_headers(front: Front, path: str) -> None:
    async with front.browser() as browser:
        headers = (await browser.get(path)).headers
    assert "default-src 'none'; style-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(front: Front) -> None:
    async with front.browser() as browser:
        entered = await enter(browser, link=await front.link(pb.ROLE_PLANNER))
    cookie = next(one for one in entered.headers.get_list("set-cookie") if "-session=" in one)
    assert re.fullmatch(r"aftercare-session=\S+; HttpOnly; Path=/; SameSite=lax", cookie)


async def test_by_tls_cookies_are_bound_to_this_host(front: Front, tmp_path: Path) -> None:
    settings = settings_of(tmp_path, front.identity, base_url="https://aftercare.example.org")
    async with open_doors(settings, load_identity(settings.keys_folder, "gateway")) as doors:
        app = application(settings, clock=SystemClock(), doors=doors)
        browser = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://aftercare.test")
        async with browser:
            answer = await browser.get("/sign-in")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-aftercare-visit=")
    assert cookie.endswith("; HttpOnly; Path=/; SameSite=lax; Secure")
    assert "max-age" in answer.headers["strict-transport-security"]


async def test_a_service_that_is_away_loses_nothing_and_names_no_address(front: Front) -> None:
    async with front.browser() as browser:
        await enter(browser, link=await front.link(pb.ROLE_PLANNER))
        page = await browser.get("/clients")
        problem = await browser.get("/clients.json")
    assert page.status_code == problem.status_code == 503
    assert "Nothing was lost" in page.text
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["reason"] == "UNAVAILABLE"
    assert "127.0.0.1" not in page.text + problem.text


async def test_readiness_names_who_is_away(front: Front) -> None:
    async with front.browser() as browser:
        answer = await browser.get("/readyz")
    assert (answer.status_code, answer.json()["identity"], answer.json()["referral"]) == (
        503,
        "serving",
        "away",
    )


async def test_a_body_beyond_the_limit_is_refused(front: Front) -> None:
    async with front.browser() as browser:
        answer = await browser.post("/sign-in", data={"key": "x" * 300_000})
    assert (answer.status_code, "262144 bytes" in answer.text) == (413, True)


async def test_bytes_that_are_no_text_are_refused_by_field(front: Front) -> None:
    async with front.browser() as browser:
        form = {"content-type": "application/x-www-form-urlencoded"}
        answer = await browser.post("/sign-in", content=b"key=%FF", headers=form | JSON)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"field": "key", "message": "holds bytes that are no UTF-8 text"}]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/clients/not-an-id", 404), ("DELETE", "/sign-in", 400), ("GET", "/../etc/passwd", 404)],
)
async def test_addresses_that_lead_nowhere(front: Front, method: str, path: str, status: int) -> None:
    async with front.browser() as browser:
        token = {"form_token": await token_on(browser, "/sign-in")}
        answer = await browser.request(method, path, headers=JSON, data=token if method != "GET" else None)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_an_unknown_fault_says_nothing_but_a_reference(front: Front) -> None:
    def fail() -> None:
        raise RuntimeError("Rowan Testperson takes buprenorphine")

    front.app.add_api_route("/planted-fault", fail)
    async with front.browser() as browser:
        page = await browser.get("/planted-fault")
        problem = await browser.get("/planted-fault", headers=JSON)
    assert page.status_code == problem.status_code == 500
    assert re.search(r"Reference: <code>[0-9a-f]{8}</code>", page.text)
    assert problem.json()["reason"] == "INTERNAL"
    assert "Rowan" not in page.text + problem.text


async def test_what_is_typed_is_shown_as_text(front: Front) -> None:
    async with front.browser() as browser:
        answer = await browser.get('/sign-in?link="><script>alert(1)</script>')
    assert "<script" not in answer.text
