package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

// KeyHeader carries the name that a client gives to one submission: sent again
// under it, the same appeal is not taken twice.
const KeyHeader = "Idempotency-Key"

// maxKey is the longest key, in bytes.
const maxKey = 255

func checkKey(key string) error {
	visible := !strings.ContainsFunc(key, func(r rune) bool { return r < 0x21 || r > 0x7e })
	if len(key) > maxKey || !visible {
		return fieldWrong(KeyHeader, "api.bad_key", "max", maxKey)
	}
	return nil
}

// storedKey is what is kept of a key. It belongs to the owner of the token, else
// to whom the appeal is from: two people who both say «1» don't meet, from
// whatever address they come. The MAC keeps contacts from being guessed from
// what is stored.
func (h *Handlers) storedKey(in workflow.Submission, key string) string {
	owner := "citizen\x00" + strings.ToLower(in.Applicant.Email) + "\x00" + in.Applicant.Phone
	if in.By.User != 0 {
		owner = fmt.Sprintf("user\x00%d", in.By.User)
	}
	mac := hmac.New(sha256.New, h.Keys)
	mac.Write([]byte(owner + "\x00" + key))
	return "api:" + hex.EncodeToString(mac.Sum(nil)[:16])
}

// same reports whether the appeal that has the key already is the one that was
// sent now. Another one is refused: its sender would believe that it was taken.
func (h *Handlers) same(ctx context.Context, id int64, in workflow.Submission) error {
	found, err := h.Reader.FindCase(ctx, id)
	if err != nil {
		return err
	}
	who, err := h.Reader.ReadApplicant(ctx, id, actor.Job, "idempotency")
	if err != nil {
		return err
	}
	a := &found.Appeal
	equal := a.Text == in.Text && a.Rubric == in.Rubric && who == in.Applicant &&
		a.Place.Territory == in.Place.Territory && a.Place.Address == in.Place.Address && samePoint(a.Place.Point, in.Place.Point) &&
		slices.Equal(answered(a.Replies, in.Replies), in.Replies) && slices.Equal(sums(found.Photos), sums(in.Photos))
	if !equal {
		return fault.New(fault.Conflict, "api.key_used")
	}
	return nil
}

func samePoint(a, b *workflow.Point) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// answered are the replies of the form: what a moderator asked later comes
// behind them.
func answered(all, form []workflow.Reply) []workflow.Reply {
	return all[:min(len(all), len(form))]
}

// sums name the photos of an appeal by their content; those of answers aren't
// its own.
func sums(photos []workflow.Photo) []string {
	var out []string
	for _, p := range photos {
		if p.Answer == 0 {
			out = append(out, p.SHA256)
		}
	}
	slices.Sort(out)
	return out
}
