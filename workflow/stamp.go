package workflow

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"strings"
	"time"
)

// Signature is one signed answer of an appeal: the event that tells of it, and
// the answer as it is stored now.
type Signature struct {
	N      int // 1 for the first of the appeal
	Event  Event
	Answer Answer
	Signer int64     // user; of a shared answer who signed the lead's
	At     time.Time // when they did
	Whole  bool      // the answer is as it was signed
}

// Signatures lists the signed answers of a case as its history tells of them.
// An answer that is gone is not whole and has no text.
func Signatures(c *Case) []Signature {
	var out []Signature
	for i := range c.Events {
		e := &c.Events[i]
		if e.Action != Sign && e.Action != Share {
			continue
		}
		s := Signature{N: len(out) + 1, Event: *e}
		s.Signer, s.At = signedBy(e)
		s.Answer, s.Whole = signedAs(e, c.Answers)
		out = append(out, s)
	}
	return out
}

// signedAs finds the answer that an event of signing speaks of, or of sharing
// what was signed for a lead; whole says that nothing of it was changed since.
func signedAs(e *Event, answers []Answer) (found Answer, whole bool) {
	signer, at := signedBy(e)
	for i := range answers {
		if n := &answers[i]; n.ID == e.Data.Answer {
			return *n, n.State == AnswerSigned && n.Signer == signer && n.SignedAt.Equal(at) &&
				n.SharedFrom == e.Data.SharedFrom && HashAnswer(n) == e.Data.AnswerHash
		}
	}
	return Answer{}, false
}

// signedBy is who signed the answer of an event, and when.
func signedBy(e *Event) (signer int64, at time.Time) {
	if e.Action == Share {
		return e.Data.Signer, e.Data.SignedAt
	}
	return e.Actor, e.At
}

// Stamp makes the check codes of official letters and reads them again. A code
// is a MAC over the hash of the event of signing, which covers the answer, who
// signed it, when, for which agency, and all that was before: there is nothing
// to store, and nobody makes one without the key.
type Stamp struct{ key []byte }

// NewStamp makes a stamp of a key.
func NewStamp(key []byte) Stamp { return Stamp{key} }

// crockford is base 32 by Douglas Crockford: digits and letters without I, L, O
// and U, so that a code can be read aloud and typed off paper.
const (
	crockford  = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeLength = 12 // of 5 bits each
	codeGroup  = 4
)

// Code is the check code of a signed answer, as in «7K2M-9QWX-04TD».
func (s Stamp) Code(sign Signature) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte("otklik letter 1\x00" + sign.Event.Hash))
	var code strings.Builder
	bits, have := 0, 0
	for _, b := range mac.Sum(nil)[:(codeLength*5+7)/8] {
		bits, have = bits<<8|int(b), have+8
		for have >= 5 && code.Len() < codeLength {
			have -= 5
			code.WriteByte(crockford[bits>>have&31])
		}
		bits &= 1<<have - 1
	}
	return grouped(code.String())
}

func grouped(code string) string {
	var parts []string
	for ; len(code) > codeGroup; code = code[codeGroup:] {
		parts = append(parts, code[:codeGroup])
	}
	return strings.Join(append(parts, code), "-")
}

// alike are signs that are typed for others: those that look the same, the
// Cyrillic ones of a Russian keyboard among them.
var alike = strings.NewReplacer(
	"O", "0", "I", "1", "L", "1",
	"А", "A", "В", "B", "С", "C", "Е", "E", "Н", "H", "К", "K", "М", "M", "О", "0", "Р", "P", "Т", "T", "Х", "X", "У", "Y",
	"З", "3", "Б", "6", " ", "", "\u00a0", "", "-", "", "–", "", "—", "", "‑", "", ".", "",
)

// ParseCode finds the check code in what a person typed; ok is false where it
// can't be one.
func ParseCode(typed string) (code string, ok bool) {
	code = alike.Replace(strings.ToUpper(strings.TrimSpace(typed)))
	if len(code) != codeLength || strings.Trim(code, crockford) != "" {
		return "", false
	}
	return grouped(code), true
}

// Verdict is what a check of a letter finds.
type Verdict string

// The verdicts.
const (
	Genuine Verdict = "genuine" // we signed it, and it is as it was
	Altered Verdict = "altered" // the code is ours, but our record was changed since
	Foreign Verdict = "foreign" // no letter of the appeal has the code
)

// Check looks for the letter of a case by its code, as [ParseCode] returns it.
func (s Stamp) Check(c *Case, code string) (Signature, Verdict) {
	for _, sign := range Signatures(c) {
		if subtle.ConstantTimeCompare([]byte(s.Code(sign)), []byte(code)) != 1 {
			continue
		}
		if !sign.Whole || Verify(c.Events) != nil {
			return sign, Altered
		}
		return sign, Genuine
	}
	return Signature{}, Foreign
}
