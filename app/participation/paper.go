package participation

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/participation/ledger"
)

// Paper says that people may also vote on printed ballots. Two operators enter
// each of them, neither sees what the other entered, and it is put into the log
// once they agree.
type Paper struct {
	Until time.Time `json:"until"` // from then on none is entered, and the campaign can be sealed
}

// The limits of paper.
const (
	MaxSheets   = 2000 // in one print
	MinDocument = 4    // letters and digits of a document that somebody shows
)

// Ends is when the last ballot can come: the closing, or the end of entering paper.
func (c *Campaign) Ends() time.Time {
	if p := c.Terms.Paper; p != nil && p.Until.After(c.Closed) {
		return p.Until
	}
	return c.Closed
}

// TakesPaper reports whether paper ballots are entered at the instant.
func (c *Campaign) TakesPaper(now time.Time) bool {
	return c.Terms.Paper != nil && c.State.Voting() && c.Sealed.IsZero() && !now.Before(c.Terms.Opens) && now.Before(c.Ends())
}

// MayEnter reports whether the actor may print, hand out and enter paper ballots
// of the agency.
func MayEnter(by actor.Actor, agency int64) bool {
	return MayOrganise(by, agency) || by.Kind == actor.Officer && by.Holds(actor.Desk, agency)
}

// PaperBatch is sheets that were printed together.
type PaperBatch struct {
	N         int
	Territory int64 // of those who get them, 0: any
	From      int   // how many were printed before
	Sheets    int
	By        int64
	At        time.Time
}

// SheetState is where a sheet stands.
type SheetState string

// The states of a sheet.
const (
	SheetPrinted SheetState = "printed"
	SheetOnce    SheetState = "once"    // one operator entered it
	SheetDiffers SheetState = "differs" // two did, and not the same
	SheetCounted SheetState = "counted" // it is in the box
	SheetSpoiled SheetState = "spoiled" // it came back and says nothing that counts
)

// Sheet is a printed ballot. Of its code only a keyed hash is kept, and nothing of
// who got it.
type Sheet struct {
	Mark    [sha256.Size]byte
	State   SheetState
	Entries []SheetEntry
}

// SheetEntry is what one person read on a sheet. The third settles what the first
// two saw differently.
type SheetEntry struct {
	User    int64
	Choice  []byte // as Choice.Encode wrote it; nil where Spoiled
	Spoiled bool
	Reason  string // of the third
	At      time.Time
}

// Same reports whether two people read the same.
func (e *SheetEntry) Same(o *SheetEntry) bool {
	return e.Spoiled == o.Spoiled && slices.Equal(e.Choice, o.Choice)
}

// PaperCount is what became of paper ballots, as it is published.
type PaperCount struct {
	Printed   int `json:"printed"`
	Issued    int `json:"issued"`    // handed to somebody
	Entered   int `json:"entered"`   // came back, and at least one operator entered it
	Matched   int `json:"matched"`   // both read the same, or a third person settled it
	Settled   int `json:"settled"`   // of them, by a third person
	Spoiled   int `json:"spoiled"`   // of the matched, say nothing that counts
	Counted   int `json:"counted"`   // of the matched
	Unmatched int `json:"unmatched"` // of the entered: not counted, because the second entry or the ruling is missing
	// Places are those counted, by the territory for which they were printed. What is
	// published of it is in the turnout.
	Places []PlaceCount `json:"-"`
}

// Agrees reports whether the numbers fit each other.
func (p *PaperCount) Agrees() bool {
	return p.Entered <= p.Printed && p.Entered == p.Matched+p.Unmatched && p.Matched == p.Spoiled+p.Counted && p.Settled <= p.Matched
}

// sheetSigns are the signs of the body of a sheet's code.
const sheetSigns = 12

// sheetBody is the code of the n-th sheet of a campaign, without the signs that
// catch slips. Who has not the key can't tell one code from another.
func sheetBody(key []byte, campaign int64, n int) string {
	return ledger.Signs(keyed(key, "paper sheet 1", campaign, binary.BigEndian.AppendUint64(nil, uint64(n)))[:8])[:sheetSigns] //nolint:gosec // not negative
}

// sheetMark is what is kept of a code.
func sheetMark(key []byte, campaign int64, body string) (out [sha256.Size]byte) {
	copy(out[:], keyed(key, "paper mark 1", campaign, []byte(body)))
	return out
}

// paperNonce hides the choice of a sheet in the log. Whoever has the sheet can't
// find it.
func paperNonce(key []byte, campaign int64, mark [sha256.Size]byte) (out [ledger.NonceSize]byte) {
	copy(out[:], keyed(key, "paper nonce 1", campaign, mark[:]))
	return out
}

func keyed(key []byte, what string, campaign int64, of []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(what + "\n"))
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(campaign))) //nolint:gosec // an id
	mac.Write(of)
	return mac.Sum(nil)
}

// Document is the one form of a document's number: its letters and digits in
// capitals. False where that is too little to tell people apart.
func Document(typed string) (string, bool) {
	clean := strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, typed)
	return clean, len([]rune(clean)) >= MinDocument
}

// paper is the part of pre-flight about it.
func (p *Preflight) paper(t *Terms) {
	if t.Paper == nil {
		return
	}
	p.must(!t.Paper.Until.Before(t.Closes), "paper_until", "campaign.check.paper_until")
	if t.Paper.Until.Equal(t.Closes) {
		p.warning("paper_until", "campaign.check.paper_short")
	}
	p.warning("paper", "campaign.check.paper_once")
}
