package workflow

import (
	"context"
	"time"
)

// Draft is a form that a citizen has begun and not sent. It is kept on the
// server under a random token, so that it survives a lost connection, an
// expired session and a browser without JavaScript or cookies.
type Draft struct {
	Token     string // 26 characters, unguessable; the store keeps its hash only
	Source    Source
	Agency    int64 // agency whose widget it is in, 0 on the portal
	Text      string
	Rubric    string
	Replies   map[string]string // question code → what was typed
	Place     Place
	PlaceText string // what was typed where no place was found yet
	Applicant Applicant
	Consent   bool
	SameAs    int64 // the appeal that the citizen said to be about the same, 0 for none
	Photos    []Photo
	Lang      string
	Officer   int64 // who writes it for somebody, 0: the citizen
	Taken     Taken // by the desk
	// Earlier are the appeals found by the phone Caller.
	Caller    string
	Earlier   []CallerAppeal
	CreatedAt time.Time
	UpdatedAt time.Time
	// Submitted is the appeal that the draft became, 0 before.
	Submitted int64
}

// Drafts keeps drafts. The applicant is encrypted in storage. An unknown or
// expired token is fault.Gone with key "draft.gone".
type Drafts interface {
	CreateDraft(ctx context.Context, d *Draft) error // sets Token and times
	FindDraft(ctx context.Context, token string) (*Draft, error)
	SaveDraft(ctx context.Context, d *Draft) error
	// PurgeDrafts removes drafts that were last touched before the instant and
	// returns the keys of their photos, which the caller deletes.
	PurgeDrafts(ctx context.Context, before time.Time, limit int) (photoKeys []string, removed int, err error)
}

// DraftLife is how long an untouched draft is kept.
const DraftLife = 30 * 24 * time.Hour
