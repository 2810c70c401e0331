package participation

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation/ledger"
)

// Voting is what voters do.
type Voting struct {
	Store Store
	Box   Box
	Log   Log
	Codes Codes
	Clock clock.Clock
	Key   []byte // of persons and passes

	frozen  sync.Map   // of id to *frozen: what has opened stays as it is
	stories sync.Mutex // one is worked out at a time
}

// frozen is what a campaign's ballots are read by.
type frozen struct {
	hash  [32]byte
	terms *Terms
}

// published finds the frozen terms of a campaign. Whether it takes ballots now
// says the box.
func (v *Voting) published(ctx context.Context, campaign int64) (*frozen, error) {
	known, _ := v.frozen.Load(campaign)
	if f, ok := known.(*frozen); ok {
		return f, nil
	}
	c, err := v.Store.FindCampaign(ctx, campaign)
	if err != nil {
		return nil, err
	}
	if !c.Public() {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	terms, err := Thaw(c.Frozen)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "error.internal", err)
	}
	f := &frozen{hash: c.Hash, terms: terms}
	if !v.Clock.Now().Before(terms.Opens) { // before that it may be recalled and published anew
		v.frozen.Store(campaign, f)
	}
	return f, nil
}

// PassLife is how long a proven address lets one vote.
const PassLife = 2 * time.Hour

// Pass says that somebody was recognised for a campaign. It is a text that only
// we can make; the page carries it from step to step, so that voting needs no
// cookie and no session that would tell when somebody voted.
type Pass struct {
	Campaign  int64             `json:"c"`
	Person    [sha256.Size]byte `json:"p"`
	Territory int64             `json:"t"`
	Band      int               `json:"b,omitempty"` // 1 + the place in Terms.Bands, 0 for none of them
	Until     time.Time         `json:"u"`
}

// Mailbox is the one form of an address that stands for a person: lower case,
// and without what follows a plus, which leads to the same mailbox.
func Mailbox(address string) (string, bool) {
	address = strings.TrimSpace(address)
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address {
		return "", false
	}
	name, host, _ := strings.Cut(strings.ToLower(address), "@")
	name, _, _ = strings.Cut(name, "+")
	return name + "@" + host, name != "" && strings.Contains(host, ".")
}

// Introduction is what somebody says of themselves before they vote.
type Introduction struct {
	Email     string
	Territory int64 // 0 where the campaign names none
	Band      int   // place in Terms.Bands, -1 for none of them, NoBand where it isn't said
	OldEnough bool  // says that they have the age that is asked for
	Resident  bool  // says that they live there
	Lang      lang.Lang
}

// NoBand stands for an age that nobody chose.
const NoBand = -2

// Introduce sends a code to who wants to vote and returns its id.
func (v *Voting) Introduce(ctx context.Context, campaign int64, in Introduction) (id string, err error) {
	c, err := v.taking(ctx, campaign, v.Clock.Now())
	if err != nil {
		return "", err
	}
	var check fault.Check
	box, ok := Mailbox(in.Email)
	check.That(ok, "email", "voter.email")
	if len(c.Terms.Territories) > 0 {
		known := slices.ContainsFunc(c.Terms.Territories, func(n Named) bool { return n.ID == in.Territory })
		check.That(known, "territory", "voter.territory")
	} else {
		in.Territory = 0
	}
	if bands := len(c.Terms.Bands()); bands > 0 {
		check.That(in.Band >= -1 && in.Band < bands, "band", "voter.band")
	} else {
		in.Band = -1
	}
	check.That(in.OldEnough || c.Terms.MinAge == 0, "age", "voter.age", "age", c.Terms.MinAge)
	check.That(in.Resident || !c.Terms.Resident, "resident", "voter.resident")
	if err := check.Err(); err != nil {
		return "", err
	}
	if err := v.room(ctx, &c.Terms, campaign, in.Territory, in.Band); err != nil {
		return "", err
	}
	digits, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	code := Code{
		ID: rand.Text(), Campaign: campaign, Person: Person(v.Key, campaign, "email:"+box), Email: strings.TrimSpace(in.Email),
		Digits: fmt.Sprintf("%06d", digits), Lang: string(in.Lang), Territory: in.Territory, Band: in.Band,
		Expires: v.Clock.Now().Add(CodeLife),
	}
	return code.ID, v.Codes.CreateCode(ctx, code, v.Clock.Now())
}

// taking finds a campaign that takes ballots that arrived at the instant. The
// error says why it doesn't.
func (v *Voting) taking(ctx context.Context, campaign int64, arrived time.Time) (*Campaign, error) {
	c, err := v.Store.FindCampaign(ctx, campaign)
	if err != nil {
		return nil, err
	}
	if !c.Public() {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	if !c.Accepts(arrived) {
		return nil, late(c, arrived)
	}
	return c, nil
}

// late says why no ballot is taken.
func late(c *Campaign, arrived time.Time) error {
	switch {
	case c.State == Cancelled:
		return fault.New(fault.Gone, "ballot.cancelled")
	case arrived.Before(c.Terms.Opens):
		return fault.New(fault.Conflict, "ballot.early")
	default:
		return fault.New(fault.Gone, "ballot.late")
	}
}

// Recognise checks the code that came by e-mail and gives a pass for it.
func (v *Voting) Recognise(ctx context.Context, campaign int64, id, digits string) (pass string, err error) {
	now := v.Clock.Now()
	code, err := v.Codes.TryCode(ctx, id, now)
	if err != nil {
		return "", err
	}
	digits = strings.Join(strings.Fields(digits), "")
	if code.Campaign != campaign || subtle.ConstantTimeCompare([]byte(digits), []byte(code.Digits)) != 1 {
		var check fault.Check
		check.Fail("code", "voter.code_wrong", "left", max(0, MaxTries-code.Tries))
		return "", check.Err()
	}
	// The code stays until it expires, so that a lost answer can be asked for again;
	// it opens nothing but this one person's ballot.
	return v.Issue(Pass{Campaign: campaign, Person: code.Person, Territory: code.Territory, Band: code.Band + 1, Until: now.Add(PassLife)})
}

// Issue makes the text of a pass.
func (v *Voting) Issue(p Pass) (string, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(append(v.mac(body), body...)), nil
}

func (v *Voting) mac(body []byte) []byte {
	mac := hmac.New(sha256.New, v.Key)
	mac.Write([]byte("pass 1\n"))
	mac.Write(body)
	return mac.Sum(nil)
}

// Admit reads a pass; one that is wrong or over is fault.SignIn.
func (v *Voting) Admit(campaign int64, pass string, at time.Time) (*Pass, error) {
	refused := fault.New(fault.SignIn, "voter.pass_over")
	raw, err := base64.RawURLEncoding.DecodeString(pass)
	if err != nil || len(raw) < sha256.Size || !hmac.Equal(raw[:sha256.Size], v.mac(raw[sha256.Size:])) {
		return nil, refused
	}
	var p Pass
	if err := json.Unmarshal(raw[sha256.Size:], &p); err != nil || p.Campaign != campaign || !at.Before(p.Until) {
		return nil, refused
	}
	return &p, nil
}

// Sending is a ballot as a page sends it.
type Sending struct {
	Campaign int64
	Pass     string
	Secret   string // the page has it before anything is chosen
	Answers  []Answer
	Arrived  time.Time // when the request came, before anything waited
	// The receipt and secret of the ballot that this one replaces; empty for a
	// first ballot.
	FormerCode, FormerSecret string
}

// Receipt is what a voter keeps.
type Receipt struct {
	Code   string
	Choice *Choice
	Again  bool // it was in the box already
}

// Send puts a ballot into the box. Sent again it gives the same receipt. A second
// ballot of the same person is fault.Conflict and changes nothing.
func (v *Voting) Send(ctx context.Context, s Sending) (*Receipt, error) {
	c, err := v.published(ctx, s.Campaign)
	if err != nil {
		return nil, err
	}
	// An old page may send again what is in the box long since, so lateness is
	// judged after that.
	pass, err := v.Admit(s.Campaign, s.Pass, s.Arrived)
	if err != nil {
		return nil, err
	}
	choice, err := Tidy(c.terms, s.Answers)
	if err != nil {
		return nil, err
	}
	if !isSecret(s.Secret) {
		return nil, fault.New(fault.Invalid, "ballot.secret")
	}
	casting := Casting{Person: pass.Person, Territory: pass.Territory, Seats: c.terms.Seats(pass.Territory, pass.Band-1), Arrived: s.Arrived}
	casting.Campaign, casting.Choice, casting.Nonce = s.Campaign, choice.Encode(), Nonce(s.Secret)
	casting.Commitment = ledger.Commit(c.hash, casting.Choice, casting.Nonce)
	if s.FormerCode != "" || s.FormerSecret != "" {
		former, err := v.former(ctx, c.terms, s)
		if err != nil {
			return nil, err
		}
		casting.Replaces = former
	}
	done, err := v.Box.Cast(ctx, casting)
	if err != nil {
		return nil, err
	}
	r := &Receipt{Code: ledger.Code(casting.Commitment), Choice: choice, Again: done == Again}
	switch done {
	case Taken, Again:
		return r, nil
	case Voted:
		if c.terms.Paper != nil {
			return nil, fault.New(fault.Conflict, "ballot.voted_or_paper")
		}
		return nil, fault.New(fault.Conflict, "ballot.voted")
	case Filled:
		return nil, fault.New(fault.Gone, "ballot.filled")
	case Unknown:
		return nil, fault.New(fault.Conflict, "ballot.replaced")
	case Late:
	}
	return v.afterClosing(ctx, &casting, r)
}

// afterClosing gives the receipt of a ballot that came again after the closing.
func (v *Voting) afterClosing(ctx context.Context, casting *Casting, r *Receipt) (*Receipt, error) {
	found, err := v.Box.FindBallots(ctx, casting.Campaign, casting.Commitment[:])
	if err != nil {
		return nil, err
	}
	if len(found) == 1 {
		r.Again = true
		return r, nil
	}
	c, err := v.Store.FindCampaign(ctx, casting.Campaign)
	if err != nil {
		return nil, err
	}
	return nil, late(c, casting.Arrived)
}

// room says that a poll has enough people of a kind, before one of them fills
// anything in.
func (v *Voting) room(ctx context.Context, t *Terms, campaign, territory int64, band int) error {
	if len(t.Quotas) == 0 {
		return nil
	}
	taken, err := v.Box.CountQuotas(ctx, campaign)
	if err == nil && Full(t.Seats(territory, band), taken) {
		return fault.New(fault.Gone, "voter.filled")
	}
	return err
}

// isSecret reports whether a page made it as we do: 130 random bits.
func isSecret(s string) bool {
	return len(s) == SecretSize && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// former finds the ballot that is to be replaced, by its receipt and secret.
func (v *Voting) former(ctx context.Context, terms *Terms, s Sending) (ledger.Hash, error) {
	var check fault.Check
	if !terms.Change {
		return ledger.Hash{}, fault.New(fault.Conflict, "ballot.no_change")
	}
	prefix, ok := ledger.Prefix(s.FormerCode)
	if !ok {
		check.Fail("former_code", "ballot.code_wrong")
		return ledger.Hash{}, check.Err()
	}
	found, err := v.Box.FindBallots(ctx, s.Campaign, prefix)
	if err != nil {
		return ledger.Hash{}, err
	}
	nonce := Nonce(strings.ToUpper(strings.TrimSpace(s.FormerSecret)))
	for _, b := range found {
		if subtle.ConstantTimeCompare(b.Nonce[:], nonce[:]) == 1 {
			return b.Commitment, nil
		}
	}
	check.Fail("former_secret", "ballot.secret_wrong")
	return ledger.Hash{}, check.Err()
}

// Standing is where the ballot of a receipt is.
type Standing string

// The standings.
const (
	NotThere    Standing = "not_there"
	Waiting     Standing = "waiting" // in the box, not yet in the log
	InLog       Standing = "in_log"  // and nothing replaced it
	WasReplaced Standing = "replaced"
)

// Proof shows that a ballot is in the log. It tells nothing of the choice.
type Proof struct {
	Standing   Standing
	Entry      int64
	Commitment ledger.Hash
	Replaces   ledger.Hash
	Log        LogState
	Hashes     []ledger.Hash // from the entry up to the root
}

// Check finds the ballot of a receipt. A mistyped code is fault.Invalid.
func (v *Voting) Check(ctx context.Context, campaign int64, code string) (*Proof, error) {
	prefix, ok := ledger.Prefix(code)
	if !ok {
		var check fault.Check
		check.Fail("code", "ballot.code_wrong")
		return nil, check.Err()
	}
	found, err := v.Box.FindBallots(ctx, campaign, prefix)
	if err != nil || len(found) == 0 {
		return &Proof{Standing: NotThere}, err
	}
	b := &found[0]
	p := &Proof{Standing: Waiting, Entry: b.Entry, Commitment: b.Commitment, Replaces: b.Replaces}
	if b.Entry < 0 {
		return p, nil
	}
	log, err := v.Log.FindLog(ctx, campaign)
	if err != nil {
		return nil, err
	}
	p.Log = *log
	if p.Standing = InLog; b.Replaced {
		p.Standing = WasReplaced
	}
	if p.Hashes, err = ledger.Prove(log.Tree, v.Log.Tiles(ctx, campaign), b.Entry); err != nil {
		return nil, err
	}
	return p, ledger.CheckProof(log.Tree, b.Entry, ledger.Entry{Commitment: b.Commitment, Replaces: b.Replaces}, p.Hashes)
}
