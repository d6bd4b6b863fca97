"""IdentityService: read, do, write."""

from __future__ import annotations

from collections.abc import Callable

from aftercare.identity.v1 import identity_pb2 as pb
from aftercare.identity.v1 import identity_pb2_grpc
from aftercare_identity import usecases
from aftercare_identity.api import convert
from aftercare_identity.ports import Stores
from aftercare_platform.access.keys import ServiceIdentity
from aftercare_platform.kernel.paging import decode_token, next_token, page_size
from aftercare_platform.rpc.call import caller_of, unit_of
from aftercare_platform.sql.work import Unit


class IdentityServicer(identity_pb2_grpc.IdentityServiceServicer):
    """Serves IdentityService."""

    def __init__(self, signer: ServiceIdentity, stores: Callable[[Unit], Stores]) -> None:
        """`signer` signs persons' tokens: identity's own key. `stores` reads and writes in a unit."""
        self._signer = signer
        self._stores = stores

    async def CreateProgram(
        self, request: pb.CreateProgramRequest, context: object
    ) -> pb.CreateProgramResponse:
        new = await usecases.create_program(
            self._stores(unit_of(context)),
            name=request.name,
            administrator_name=request.administrator_name,
            administrator_email=request.administrator_email,
        )
        return convert.new_program_to_proto(new)

    async def ListPrograms(self, request: pb.ListProgramsRequest, context: object) -> pb.ListProgramsResponse:
        size = page_size(request.page_size)
        found = await self._stores(unit_of(context)).programs(
            after=decode_token(request.page_token), limit=size
        )
        return pb.ListProgramsResponse(
            programs=map(convert.program_to_proto, found), next_page_token=next_token(found, size)
        )

    async def CreateMember(self, request: pb.CreateMemberRequest, context: object) -> pb.Member:
        roles = convert.roles_from_proto(request.roles)
        program_id = caller_of(context).require_member().program_id
        stores = self._stores(unit_of(context))
        return convert.member_to_proto(
            await usecases.create_member(
                stores, program_id, name=request.name, email=request.email, roles=roles
            )
        )

    async def ListMembers(self, request: pb.ListMembersRequest, context: object) -> pb.ListMembersResponse:
        size = page_size(request.page_size)
        after = decode_token(request.page_token)
        stores = self._stores(unit_of(context))
        found = await usecases.members_of(stores, caller_of(context), after=after, limit=size)
        return pb.ListMembersResponse(
            members=map(convert.member_to_proto, found), next_page_token=next_token(found, size)
        )

    async def SetMemberRoles(self, request: pb.SetMemberRolesRequest, context: object) -> pb.Member:
        roles = convert.roles_from_proto(request.roles)
        stores = self._stores(unit_of(context))
        member = await usecases.set_member_roles(stores, caller_of(context), request.member_id, roles)
        return convert.member_to_proto(member)

    async def DeactivateMember(self, request: pb.DeactivateMemberRequest, context: object) -> pb.Member:
        stores = self._stores(unit_of(context))
        member = await usecases.deactivate_member(stores, caller_of(context), request.member_id)
        return convert.member_to_proto(member)

    async def CreateSignInLink(self, request: pb.CreateSignInLinkRequest, context: object) -> pb.SignInLink:
        stores = self._stores(unit_of(context))
        link = await usecases.create_sign_in_link(stores, caller_of(context), request.member_id)
        return convert.link_to_proto(link)

    async def SignIn(self, request: pb.SignInRequest, context: object) -> pb.SignInResponse:
        sign_in = usecases.sign_in_by_key if request.HasField("agency_key") else usecases.sign_in_by_link
        signed_in = await sign_in(self._stores(unit_of(context)), request.agency_key or request.link_secret)
        return convert.signed_in_to_proto(signed_in, self._signer)

    async def IssueToken(self, request: pb.IssueTokenRequest, context: object) -> pb.AccessToken:
        person = await usecases.session_holder(self._stores(unit_of(context)), request.session_secret)
        return convert.token_for(person, self._signer)

    async def SignOut(self, request: pb.SignOutRequest, context: object) -> pb.SignOutResponse:
        await usecases.sign_out(self._stores(unit_of(context)), caller_of(context))
        return pb.SignOutResponse()

    async def GetCaller(self, request: pb.GetCallerRequest, context: object) -> pb.CallerDescription:
        person = await usecases.describe_caller(self._stores(unit_of(context)), caller_of(context))
        return convert.person_to_proto(person)

    async def CreateAgencyAccount(
        self, request: pb.CreateAgencyAccountRequest, context: object
    ) -> pb.AgencyAccount:
        program_id = caller_of(context).require_member().program_id
        account = await usecases.create_agency_account(
            self._stores(unit_of(context)),
            program_id,
            organization_id=request.organization_id,
            name=request.name,
        )
        return convert.account_to_proto(account)

    async def ListAgencyAccounts(
        self, request: pb.ListAgencyAccountsRequest, context: object
    ) -> pb.ListAgencyAccountsResponse:
        size = page_size(request.page_size)
        program_id = caller_of(context).require_member().program_id
        found = await self._stores(unit_of(context)).accounts(
            program_id, after=decode_token(request.page_token), limit=size
        )
        return pb.ListAgencyAccountsResponse(
            accounts=map(convert.account_to_proto, found), next_page_token=next_token(found, size)
        )

    async def CreateAgencyKey(
        self, request: pb.CreateAgencyKeyRequest, context: object
    ) -> pb.CreateAgencyKeyResponse:
        stores = self._stores(unit_of(context))
        key, secret = await usecases.create_agency_key(
            stores, caller_of(context), request.account_id, label=request.label, days=request.days
        )
        return pb.CreateAgencyKeyResponse(key=convert.key_to_proto(key), secret=secret)

    async def RevokeAgencyKey(self, request: pb.RevokeAgencyKeyRequest, context: object) -> pb.AgencyKey:
        stores = self._stores(unit_of(context))
        key = await usecases.revoke_agency_key(stores, caller_of(context), request.key_id)
        return convert.key_to_proto(key)

    async def CreateAgencySignInLink(
        self, request: pb.CreateAgencySignInLinkRequest, context: object
    ) -> pb.SignInLink:
        stores = self._stores(unit_of(context))
        link = await usecases.create_agency_sign_in_link(stores, caller_of(context), request.account_id)
        return convert.link_to_proto(link)
