package participation

import (
	"crypto/hmac"
	"crypto/sha256"
	"strconv"
	"time"

	"github.com/otklik/otklik/app/participation/ledger"
)

// SecretSize is the length of the secret of a ballot, in characters: what
// crypto/rand.Text makes.
const SecretSize = 26

// A ballot begins with a secret that the page has before anything is chosen.
// All of a ballot but the choice follows from it, so a ballot that is sent again
// is the same ballot and gives the same receipt. Whoever has the secret may
// replace the ballot where minds may change; the voter's browser keeps it, we
// don't.

// Nonce is what hides the choice in the log until it is published. It doesn't tell
// the secret, also then.
func Nonce(secret string) [ledger.NonceSize]byte {
	return sha256.Sum256([]byte("otklik ballot nonce 1\n" + secret))
}

// Ballot is a ballot as it is kept: with nothing of who sent it or when.
type Ballot struct {
	Campaign   int64
	Commitment ledger.Hash
	Replaces   ledger.Hash // zero: a first ballot
	Choice     []byte      // as Choice.Encode wrote it
	Nonce      [ledger.NonceSize]byte
	Entry      int64 // its place in the log, -1 before it is there
	Replaced   bool  // another took its place
}

// Public is a ballot as it is published: what opens an entry of the log.
type Public struct {
	Entry  int64  `json:"entry"`
	Nonce  string `json:"nonce"`  // 64 hexadecimal digits
	Choice string `json:"choice"` // the canonical text, as a string: it is hashed byte by byte
}

// Casting is a ballot on its way into the ballot box, with the mark by which the
// box knows that the person was here. The two go into tables that nothing joins.
type Casting struct {
	Ballot
	Person    [sha256.Size]byte
	Territory int64
	Seats     []Seat // in quotas that the voter falls under
	Arrived   time.Time
}

// Cast is what became of a casting.
type Cast string

// The outcomes.
const (
	Taken   Cast = "taken"
	Again   Cast = "again"   // the same ballot was there already
	Voted   Cast = "voted"   // the person's ballot is in the box already
	Late    Cast = "late"    // or too early, or the campaign takes none
	Filled  Cast = "filled"  // a quota that the voter falls under has all it takes
	Unknown Cast = "unknown" // there is no ballot to replace, or it was replaced
)

// Person is the mark of somebody in one campaign: it tells nothing without the
// key, and nothing of what the same person does in another.
func Person(key []byte, campaign int64, contact string) [sha256.Size]byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("campaign " + strconv.FormatInt(campaign, 10) + "\n" + contact))
	var out [sha256.Size]byte
	mac.Sum(out[:0])
	return out
}

// How many codes a mailbox gets before the first expires, how often one may be
// typed wrongly, and how long it holds.
const (
	MaxCodes = 3
	MaxTries = 5
	CodeLife = 15 * time.Minute
)
