"""What an offer and a referral may do, and who must act next; pure, with time given."""
