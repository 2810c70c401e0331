package duplicate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"
)

// Person hashes the contacts of who writes under a secret key, so that two
// messages of one person meet and nobody can tell who it is or try addresses.
// A phone is expected in its one form, as forms keep it.
func Person(key []byte, email, phone string) []uint64 {
	var out []uint64
	for _, contact := range []string{strings.ToLower(strings.TrimSpace(email)), strings.TrimSpace(phone)} {
		if contact == "" {
			continue
		}
		mac := hmac.New(sha256.New, key)
		_, _ = mac.Write([]byte(contact)) // never fails: see hash.Hash
		out = append(out, binary.BigEndian.Uint64(mac.Sum(nil)))
	}
	return out
}
