package ledger

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says how the log of a campaign stood at an instant. Its text is
// that of C2SP tlog-checkpoint, with the campaign's hash and the instant as
// further lines, signed as a note of golang.org/x/mod/sumdb/note.
type Checkpoint struct {
	Origin   string // names the log
	Tree     Tree
	Campaign Hash
	At       time.Time
}

// Origin names the log of a campaign; key is the one that signs it.
func Origin(key string, campaign int64) string {
	return KeyName(key) + "/campaigns/" + strconv.FormatInt(campaign, 10)
}

// Text is what is signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\ncampaign %s\nat %s\n", c.Origin, c.Tree.N, base64.StdEncoding.EncodeToString(c.Tree.Hash[:]),
		hex.EncodeToString(c.Campaign[:]), c.At.UTC().Format(time.RFC3339Nano))
}

// ParseCheckpoint reads what Text writes.
func ParseCheckpoint(text string) (Checkpoint, error) {
	var c Checkpoint
	lines := strings.Split(text, "\n")
	if len(lines) != 6 || lines[5] != "" {
		return c, errors.New("a checkpoint has five lines: origin, size, root, campaign, time")
	}
	c.Origin = lines[0]
	var err error
	if c.Tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.Tree.N < 0 {
		return c, fmt.Errorf("%.40q is no size of a log", lines[1])
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return c, fmt.Errorf("%.80q is no root of a log", lines[2])
	}
	copy(c.Tree.Hash[:], root)
	campaign, ok := strings.CutPrefix(lines[3], "campaign ")
	if !ok {
		return c, errors.New("the fourth line names no campaign")
	}
	if c.Campaign, err = ParseHash(campaign); err != nil {
		return c, err
	}
	at, ok := strings.CutPrefix(lines[4], "at ")
	if !ok {
		return c, errors.New("the fifth line tells no time")
	}
	if c.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
		return c, fmt.Errorf("%.40q is no time", at)
	}
	if c.Text() != text {
		return c, errors.New("the checkpoint is not written as checkpoints are")
	}
	return c, nil
}

// ed25519Key is how a note marks keys of Ed25519.
const ed25519Key = 1

// Key signs checkpoints.
type Key struct{ private ed25519.PrivateKey }

// NewKey makes the key of a seed of 32 bytes.
func NewKey(seed []byte) Key { return Key{ed25519.NewKeyFromSeed(seed)} }

// Public is the key by which everybody checks, under a name: NAME+HASH+KEY, as
// golang.org/x/mod/sumdb/note writes it.
func (k Key) Public(name string) (string, error) {
	public, ok := k.private.Public().(ed25519.PublicKey)
	if !ok {
		return "", errors.New("the key has no public part")
	}
	return note.NewEd25519VerifierKey(name, public)
}

// Sign signs a checkpoint in the name that the public key has.
func (k Key) Sign(c Checkpoint, public string) (string, error) {
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return "", fmt.Errorf("key %q: %w", public, err)
	}
	own, err := k.Public(verifier.Name())
	if err != nil {
		return "", err
	}
	if own != public {
		return "", errors.New("the campaign was published under another key: put the former key file back")
	}
	signer, err := note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", verifier.Name(), verifier.KeyHash(),
		base64.StdEncoding.EncodeToString(append([]byte{ed25519Key}, k.private.Seed()...))))
	if err != nil {
		return "", err
	}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signer)
	return string(signed), err
}

// Open checks the signature of a checkpoint by a public key and reads it.
func Open(signed, public string) (Checkpoint, error) {
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("key %q: %w", public, err)
	}
	n, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("the signature is not of key %s: %w", KeyName(public), err)
	}
	return ParseCheckpoint(n.Text)
}

// KeyName is the name in a public key.
func KeyName(public string) string {
	name, _, _ := strings.Cut(public, "+")
	return name
}
