package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/otklik/otklik/app/fault"
)

// sealKeyID stands before each sealed value and names its key, so that keys
// can be changed one day without guessing.
const sealKeyID byte = 1

// sealer encrypts personal data: AES-256-GCM, the identity of the row as
// additional data, so that a sealed value can't be moved to another row. The
// form is key id (1 byte), nonce (12), ciphertext with tag.
type sealer struct{ aead cipher.AEAD }

func newSealer(key []byte) (*sealer, error) {
	if len(key) != 32 {
		return nil, fault.Wrap(fault.Invalid, "store.seal_key",
			fmt.Errorf("the key of personal data must be 32 bytes, not %d", len(key)))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &sealer{aead}, nil
}

// seal encrypts a value's JSON for the row.
func (s *sealer) seal(row string, value any) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", row, err)
	}
	out := make([]byte, 1+s.aead.NonceSize(), 1+s.aead.NonceSize()+len(plain)+s.aead.Overhead())
	out[0] = sealKeyID
	nonce := out[1:]
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("seal %s: %w", row, err)
	}
	return s.aead.Seal(out, nonce, plain, []byte(row)), nil //nolint:gosec // the nonce is random: read just above
}

// open decrypts what was sealed for the row.
func (s *sealer) open(row string, sealed []byte, into any) error {
	fail := func(err error) error {
		return fault.Wrap(fault.Internal, "store.unseal", fmt.Errorf("personal data of %s: %w", row, err))
	}
	head := 1 + s.aead.NonceSize()
	if len(sealed) < head {
		return fail(errors.New("too short"))
	}
	if sealed[0] != sealKeyID {
		return fail(fmt.Errorf("sealed with key %d, which is not configured", sealed[0]))
	}
	plain, err := s.aead.Open(nil, sealed[1:head], sealed[head:], []byte(row))
	if err != nil {
		return fail(errors.New("wrong key, or changed since it was sealed"))
	}
	if err := json.Unmarshal(plain, into); err != nil {
		return fail(err)
	}
	return nil
}
