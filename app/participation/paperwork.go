package participation

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation/ledger"
)

// PaperBox keeps paper ballots: sheets, and that somebody took one, in tables that
// nothing joins.
type PaperBox interface {
	// PrintSheets adds a batch and sets its number and place. marks gives the marks
	// of so many sheets from a place on.
	PrintSheets(ctx context.Context, campaign int64, b *PaperBatch, marks func(from, n int) [][sha256.Size]byte) error
	ListBatches(ctx context.Context, campaign int64) ([]PaperBatch, error)
	// IssueSheet notes that somebody took a paper ballot: Taken, Voted or Late.
	IssueSheet(ctx context.Context, i Issuing) (Cast, error)
	// FindSheet answers fault.NotFound.
	FindSheet(ctx context.Context, campaign int64, mark [sha256.Size]byte) (*Sheet, error)
	ListSheets(ctx context.Context, campaign int64, state SheetState) ([]Sheet, error)
	// ChangeSheet performs a change of a sheet alone, unless the campaign is sealed:
	// fault.Gone. The ballot that fn returns is put into the box with it.
	ChangeSheet(ctx context.Context, campaign int64, mark [sha256.Size]byte, fn func(*Sheet) (*Ballot, error)) error
	CountPaper(ctx context.Context, campaign int64) (*PaperCount, error)
}

// Issuing is that somebody takes a paper ballot.
type Issuing struct {
	Campaign int64
	Document [sha256.Size]byte // of what they showed
	// Person is who they would be online: the same as Document where no address was
	// given.
	Person    [sha256.Size]byte
	Territory int64
	Arrived   time.Time
}

// Paperwork is what operators do with paper ballots.
type Paperwork struct {
	Store Store
	Box   PaperBox
	Clock clock.Clock
	Key   []byte // of persons, codes and marks
}

// open finds a campaign whose paper the actor may work on now.
func (w *Paperwork) open(ctx context.Context, by actor.Actor, campaign int64) (*Campaign, error) {
	c, err := w.Store.FindCampaign(ctx, campaign)
	switch {
	case err != nil:
		return nil, err
	case !MayEnter(by, c.Agency):
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	case c.Terms.Paper == nil || c.State == Draft:
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	return c, nil
}

// Print adds sheets with codes of their own.
func (w *Paperwork) Print(ctx context.Context, by actor.Actor, campaign int64, sheets int, territory int64) (*PaperBatch, error) {
	c, err := w.open(ctx, by, campaign)
	if err != nil {
		return nil, err
	}
	var check fault.Check
	check.That(sheets > 0 && sheets <= MaxSheets, "sheets", "paper.sheets", "max", MaxSheets)
	known := slices.ContainsFunc(c.Terms.Territories, func(n Named) bool { return n.ID == territory })
	check.That(known || territory == 0 && len(c.Terms.Territories) == 0, "territory", "voter.territory")
	if err := check.Err(); err != nil {
		return nil, err
	}
	if !c.State.Voting() || !w.Clock.Now().Before(c.Closed) {
		return nil, fault.New(fault.Conflict, "paper.closed")
	}
	b := &PaperBatch{Territory: territory, Sheets: sheets, By: by.User, At: w.Clock.Now()}
	return b, w.Box.PrintSheets(ctx, campaign, b, func(from, n int) [][sha256.Size]byte {
		out := make([][sha256.Size]byte, n)
		for i := range out {
			out[i] = sheetMark(w.Key, campaign, sheetBody(w.Key, campaign, from+i))
		}
		return out
	})
}

// Codes are those of a batch, to be printed. They follow from the key: the database
// has only marks of them.
func (w *Paperwork) Codes(ctx context.Context, by actor.Actor, campaign int64, batch int) (*Campaign, []string, error) {
	c, err := w.open(ctx, by, campaign)
	if err != nil {
		return nil, nil, err
	}
	all, err := w.Box.ListBatches(ctx, campaign)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(all, func(b PaperBatch) bool { return b.N == batch })
	if i < 0 {
		return nil, nil, fault.New(fault.NotFound, "error.not_found")
	}
	codes := make([]string, all[i].Sheets)
	for n := range codes {
		codes[n] = ledger.Checked(sheetBody(w.Key, campaign, all[i].From+n))
	}
	return c, codes, nil
}

// Taker is somebody who asks for a paper ballot.
type Taker struct {
	Document  string
	Email     string // "": they say that they gave none
	Territory int64
}

// Issue notes that somebody takes a paper ballot, before it is handed over. Who
// voted already, or took one, gets none: fault.Conflict.
func (w *Paperwork) Issue(ctx context.Context, by actor.Actor, campaign int64, t Taker) error {
	c, err := w.open(ctx, by, campaign)
	if err != nil {
		return err
	}
	var check fault.Check
	document, ok := Document(t.Document)
	check.That(ok, "document", "paper.document")
	person := "document:" + document
	if t.Email != "" {
		box, ok := Mailbox(t.Email)
		check.That(ok, "email", "voter.email")
		person = "email:" + box
	}
	known := slices.ContainsFunc(c.Terms.Territories, func(n Named) bool { return n.ID == t.Territory })
	check.That(known || t.Territory == 0 && len(c.Terms.Territories) == 0, "territory", "voter.territory")
	if err := check.Err(); err != nil {
		return err
	}
	done, err := w.Box.IssueSheet(ctx, Issuing{
		Campaign: campaign, Document: Person(w.Key, campaign, "document:"+document), Person: Person(w.Key, campaign, person), Territory: t.Territory,
		Arrived: w.Clock.Now(),
	})
	switch {
	case err != nil:
		return err
	case done == Voted:
		return fault.New(fault.Conflict, "paper.voted")
	case done == Late:
		return fault.New(fault.Conflict, "paper.closed")
	}
	return nil
}

// Reading is what an operator read on a sheet.
type Reading struct {
	Answers []Answer
	Spoiled bool
}

// Look finds a sheet that the actor is to enter now. A code that nobody printed is
// fault.Invalid.
func (w *Paperwork) Look(ctx context.Context, by actor.Actor, campaign int64, code string) (*Sheet, error) {
	c, err := w.open(ctx, by, campaign)
	if err != nil {
		return nil, err
	}
	if !c.TakesPaper(w.Clock.Now()) {
		return nil, fault.New(fault.Conflict, "paper.over")
	}
	var check fault.Check
	mark, ok := w.Mark(campaign, code)
	if check.That(ok, "code", "paper.code"); !ok {
		return nil, check.Err()
	}
	s, err := w.Box.FindSheet(ctx, campaign, mark)
	if fault.Is(err, fault.NotFound) {
		check.Fail("code", "paper.unknown")
		return nil, check.Err()
	}
	if err != nil {
		return nil, err
	}
	return s, turn(s, by.User)
}

// Mark is what is kept of a sheet's code; false where it is mistyped.
func (w *Paperwork) Mark(campaign int64, code string) (mark [sha256.Size]byte, ok bool) {
	body, ok := ledger.Body(code, sheetSigns)
	if !ok {
		return mark, false
	}
	return sheetMark(w.Key, campaign, body), true
}

// turn says why somebody can't enter a sheet now.
func turn(s *Sheet, user int64) error {
	var check fault.Check
	switch s.State {
	case SheetCounted, SheetSpoiled:
		check.Fail("code", "paper.entered")
	case SheetDiffers:
		check.Fail("code", "paper.differs")
	case SheetOnce:
		check.That(s.Entries[0].User != user, "code", "paper.same_operator")
	case SheetPrinted:
	}
	return check.Err()
}

// Enter notes what an operator read on a sheet. The second one's entry puts the
// ballot into the box where it is the same as the first's.
func (w *Paperwork) Enter(ctx context.Context, by actor.Actor, campaign int64, code string, r Reading) (SheetState, error) {
	found, lookErr := w.Look(ctx, by, campaign, code)
	if found == nil {
		return "", lookErr
	}
	c, err := w.Store.FindCampaign(ctx, campaign)
	if err != nil {
		return "", err
	}
	entry, err := w.read(c, by.User, r)
	if err != nil {
		return "", err
	}
	var state SheetState
	err = w.Box.ChangeSheet(ctx, campaign, found.Mark, func(s *Sheet) (*Ballot, error) {
		// A button that was pressed twice is the same entry.
		if last := len(s.Entries) - 1; last >= 0 && last < 2 && s.Entries[last].User == by.User && s.Entries[last].Same(entry) {
			state = s.State
			return nil, nil //nolint:nilnil // no ballot, and nothing wrong
		}
		if err := turn(s, by.User); err != nil {
			return nil, err
		}
		s.Entries = append(s.Entries, *entry)
		var ballot *Ballot
		switch {
		case len(s.Entries) == 1:
			s.State = SheetOnce
		case s.Entries[0].Same(entry):
			ballot = w.settle(c, s, entry)
		default:
			s.State = SheetDiffers
		}
		state = s.State
		return ballot, nil
	})
	return state, err
}

// read checks what was read on a sheet.
func (w *Paperwork) read(c *Campaign, user int64, r Reading) (*SheetEntry, error) {
	e := &SheetEntry{User: user, Spoiled: r.Spoiled, At: w.Clock.Now()}
	if r.Spoiled {
		return e, nil
	}
	terms, err := Thaw(c.Frozen)
	if err != nil {
		return nil, err
	}
	choice, err := Tidy(terms, r.Answers)
	if err != nil {
		return nil, err
	}
	choice.Paper = true
	e.Choice = choice.Encode()
	return e, nil
}

// settle ends a sheet, and makes its ballot where it counts.
func (w *Paperwork) settle(c *Campaign, s *Sheet, e *SheetEntry) *Ballot {
	if s.State = SheetSpoiled; e.Spoiled {
		return nil
	}
	s.State = SheetCounted
	b := &Ballot{Campaign: c.ID, Choice: e.Choice, Nonce: paperNonce(w.Key, c.ID, s.Mark), Entry: -1}
	b.Commitment = ledger.Commit(c.Hash, b.Choice, b.Nonce)
	return b
}

// Differing lists the sheets on which two operators read different things. Only
// who may settle sees both.
func (w *Paperwork) Differing(ctx context.Context, by actor.Actor, campaign int64) ([]Sheet, error) {
	c, err := w.open(ctx, by, campaign)
	if err != nil {
		return nil, err
	}
	if !MayOrganise(by, c.Agency) {
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	}
	return w.Box.ListSheets(ctx, campaign, SheetDiffers)
}

// Settle says what stands on a sheet that two read differently: a third person
// does, with the sheet in their hands and a reason.
func (w *Paperwork) Settle(ctx context.Context, by actor.Actor, campaign int64, mark [sha256.Size]byte, r Reading, reason string) (SheetState, error) {
	c, err := w.open(ctx, by, campaign)
	if err != nil {
		return "", err
	}
	if !MayOrganise(by, c.Agency) {
		return "", fault.New(fault.Forbidden, "error.forbidden")
	}
	if !c.TakesPaper(w.Clock.Now()) {
		return "", fault.New(fault.Conflict, "paper.over")
	}
	var check fault.Check
	reason = strings.TrimSpace(reason)
	check.That(reason != "", "reason", "paper.reason")
	check.That(utf8.RuneCountInString(reason) <= MaxReason, "reason", "error.too_long", "max", MaxReason)
	if err := check.Err(); err != nil {
		return "", err
	}
	entry, err := w.read(c, by.User, r)
	if err != nil {
		return "", err
	}
	entry.Reason = reason
	var state SheetState
	err = w.Box.ChangeSheet(ctx, campaign, mark, func(s *Sheet) (*Ballot, error) {
		if s.State != SheetDiffers {
			return nil, fault.New(fault.Conflict, "paper.settled")
		}
		if slices.ContainsFunc(s.Entries, func(e SheetEntry) bool { return e.User == by.User }) {
			return nil, fault.New(fault.Conflict, "paper.third")
		}
		s.Entries = append(s.Entries, *entry)
		b := w.settle(c, s, entry)
		state = s.State
		return b, nil
	})
	return state, err
}

// Count is how paper stands.
func (w *Paperwork) Count(ctx context.Context, campaign int64) (*PaperCount, error) {
	return w.Box.CountPaper(ctx, campaign)
}
