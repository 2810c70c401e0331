package proposal

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"strings"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
)

// AskInterest sends a code to somebody who is interested in a proposal.
func (s *Proposals) AskInterest(ctx context.Context, campaign, id int64, email string, l lang.Lang) (string, error) {
	if err := s.public(ctx, campaign, id); err != nil {
		return "", err
	}
	box, ok := participation.Mailbox(email)
	var check fault.Check
	check.That(ok, "email", "voter.email")
	if err := check.Err(); err != nil {
		return "", err
	}
	return s.code(ctx, campaign, Person(s.Key, campaign, box), strings.TrimSpace(email), l)
}

// public reports why not everybody may read a proposal.
func (s *Proposals) public(ctx context.Context, campaign, id int64) error {
	p, err := s.Store.FindProposal(ctx, id)
	if err == nil && (p.Campaign != campaign || !p.State.Public()) {
		err = fault.New(fault.NotFound, "error.not_found")
	}
	return err
}

// Interested counts somebody who entered their code, once. Follow says that they
// want letters.
func (s *Proposals) Interested(ctx context.Context, campaign, id int64, code, digits string, follow bool) (first bool, err error) {
	if err := s.public(ctx, campaign, id); err != nil {
		return false, err
	}
	known, err := s.try(ctx, campaign, code, digits)
	if err != nil {
		return false, err
	}
	var contact *Contact
	if follow {
		contact = &Contact{Email: known.Email, Lang: known.Lang}
	}
	return s.Store.Interest(ctx, id, known.Person, contact)
}

// Unfollow ends the letters, by the link that stands in each.
func (s *Proposals) Unfollow(ctx context.Context, id int64, person, secret string) error {
	raw, err := hex.DecodeString(person)
	var who [32]byte
	if err != nil || copy(who[:], raw) != len(who) || len(raw) != len(who) ||
		!hmac.Equal([]byte(FollowerSecret(s.Key, id, who)), []byte(secret)) {
		return fault.New(fault.NotFound, "error.not_found")
	}
	return s.Store.Unfollow(ctx, id, who)
}
