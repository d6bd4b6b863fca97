"""Acts 5 to 8: the choice, the offers and their answers, a bed that goes, and who holds the ball."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

from aftercare.referral.v1 import referral_pb2
from aftercare_cli.acts import consents, entries, members, offers, plans
from aftercare_cli.demo import person
from aftercare_cli.demo.play import GROUP, HOUSING, PROGRAM, THERAPY, WORK, DidNotHappen, Play
from aftercare_cli.demo.stage import act, gap, say, show
from aftercare_cli.shown.following import show_follow_up
from aftercare_cli.shown.matches import kind_name, lines_of_kind
from aftercare_cli.shown.moments import moment, told
from aftercare_cli.shown.screen import results
from aftercare_cli.shown.words import word_of


async def ask_agencies(play: Play) -> None:
    """Act 5: she chooses and signs; the agencies of her choice are asked."""
    act(5, "She chooses, signs the consent, and the agencies are asked")
    async with play.cast.member("administrator") as desk:
        for kind in (HOUSING, THERAPY, WORK):
            option = play.chosen[kind]
            if option.organization_id in play.keys:
                continue  # one organization, one account, whatever it is asked for
            account = await members.add_agency(desk, option.organization_id, name=option.organization_name)
            key = await members.new_key(desk, account.id, label="demo")
            play.keys[option.organization_id] = key.secret
    await _sign_consent(play)
    async with play.cast.member("planner") as desk:
        for kind in (HOUSING, THERAPY, WORK, GROUP):
            option = play.chosen[kind]
            offer = await offers.send_offer(desk, play.referral(kind).id, option.listing_id)
            play.sent[kind] = offer.id
            state = word_of(referral_pb2.OfferState.DESCRIPTOR, offer.state)
            show(f"{kind_name(kind)}: {option.name}, {option.organization_name} – {state}")
    say(
        "The offers wait 30 seconds, so that a slip can be undone. Nobody is asked about a support group: "
        "mutual help is told to her alone, and discloses nothing."
    )
    play.clock.move(timedelta(seconds=31))
    await play.until(
        "the offers to go out",
        lambda: all(
            play.offer(kind).state == referral_pb2.OFFER_STATE_SENT for kind in (HOUSING, THERAPY, WORK)
        ),
    )
    _tell_offers(play)


async def hear_answers(play: Play) -> None:
    """Act 6: one accepts, one declines, one stays silent."""
    act(6, "One agency accepts, one declines, one stays silent")
    house, clinic = play.chosen[HOUSING], play.chosen[THERAPY]
    async with play.cast.agency(play.keys[house.organization_id]) as desk:
        opened = await offers.open_offer(desk, play.sent[HOUSING])
        say(f"{house.organization_name} opens its offer. This is all it is told, by the consent:")
        for told_field in opened.fields:
            show(f"{told_field.name.replace('_', ' ')}: {told_field.value}")
        await offers.accept_offer(desk, opened.offer.id, etag=opened.offer.etag)
    say("It accepts: from now on it expects her.")
    async with play.cast.agency(play.keys[clinic.organization_id]) as desk:
        declined = await offers.decline_offer(desk, play.sent[THERAPY], reason="no-capacity")
    reason = word_of(referral_pb2.DeclineReason.DESCRIPTOR, declined.decline_reason)
    say(f"{clinic.organization_name} declines without having opened it: {reason.replace('-', ' ')}.")
    await _tell_disclosures(play)
    await play.read_again()
    due = play.offer(WORK).answer_due_time
    say(f"{play.chosen[WORK].organization_name} says nothing; its answer is due {told(due)}.")
    play.clock.move_past(moment(due))
    await play.until(
        "the silent offer to expire", lambda: play.offer(WORK).state == referral_pb2.OFFER_STATE_EXPIRED
    )
    say("Every session has ended meanwhile: whoever acts from here on has signed in again.")
    _tell_offers(play)


async def lose_the_last_bed(play: Play) -> None:
    """Act 7: a house reports its last bed gone, and the next match shows it."""
    act(7, "A house loses its last bed, and the next match shows it")
    house = play.chosen[HOUSING]
    async with play.cast.agency(play.keys[house.organization_id]) as desk:
        began = monotonic()
        capacity = await entries.report_capacity(
            desk, house.listing_id, available=0, maximum=house.capacity.maximum or None
        )
    say(f"{house.name} reports {capacity.available} beds free. The planner asks for the match once more:")
    async with play.cast.member("planner") as desk:
        play.plan = await plans.matched(desk, await plans.request_match(desk, play.plan.id))
        waited = monotonic() - began
    housing = next(kind for kind in play.plan.match_set.kinds if kind.kind == HOUSING)
    for line in lines_of_kind(housing, at=moment(play.plan.match_set.as_of_time), most=3):
        results().print(line, soft_wrap=True)
    gap()
    if any(option.listing_id == house.listing_id and option.capacity.available for option in housing.options):
        raise DidNotHappen(what="the full house to leave the list")
    say(f"{house.name} is no longer offered as free, {waited:.2f} s after its report.")


async def tell_who_holds_the_ball(play: Play) -> None:
    """Act 8: the follow-up status of every need."""
    act(8, "Where every need stands: who holds the ball, and until when")
    await play.read_again()
    show_follow_up(play.plan.referrals)


async def _sign_consent(play: Play) -> None:
    """The consent, complete: it names who may be told."""
    recipients = [play.chosen[kind].organization_id for kind in (HOUSING, THERAPY, WORK)]
    async with play.cast.member("planner") as desk:
        request = consents.recorded(
            play.episode.id,
            recipients=recipients,
            signer=f"{person.GIVEN_NAME} {person.FAMILY_NAME}",
            signed_at=play.clock.now(),
        )
        consent = await consents.record(desk, request, template=consents.STANDARD, program=PROGRAM)
    names = [play.chosen[kind].organization_name for kind in (HOUSING, THERAPY, WORK)]
    say(f"She signs a consent that names {', '.join(names)}, until {consent.expiration_date}.")
    missing = ", ".join(consent.missing_elements) or "nothing"
    show(f"consent: missing {missing}; it can be withdrawn at any time")


async def _tell_disclosures(play: Play) -> None:
    async with play.cast.member("privacy-officer") as desk:
        entries_ = await offers.list_disclosures(desk, play.client.id)
    say(f"In the log of disclosures the privacy officer finds {len(entries_)} so far:")
    for entry in entries_:
        show(
            f"{told(entry.disclose_time)} to {entry.recipient}: {', '.join(entry.fields)}; "
            f"{entry.purpose}; consent version {entry.consent_version}, notice {entry.notice_id}"
        )


def _tell_offers(play: Play) -> None:
    for kind in play.sent:
        offer = play.offer(kind)
        state = word_of(referral_pb2.OfferState.DESCRIPTOR, offer.state).replace("-", " ")
        due = f", answer due {told(offer.answer_due_time)}" if state == "sent" else ""
        show(f"{kind_name(kind)}: {offer.listing_name} – {state}{due}")
