package identity

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Parameters of Argon2id as OWASP's Password Storage Cheat Sheet (2024) gives
// them for 19 MiB of memory.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	argonSalt    = 16 // bytes
	argonKey     = 32 // bytes
)

// MinPassword is the shortest password accepted, in characters.
const MinPassword = 10

// HashPassword makes the stored form of a password, in the PHC string format.
func HashPassword(password string) string {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails: see crypto/rand
	return encodeHash(salt, argonMemory, argonTime, argonThreads, argon(password, salt, argonMemory, argonTime, argonThreads, argonKey))
}

func argon(password string, salt []byte, memory, time uint32, threads uint8, size uint32) []byte {
	return argon2.IDKey([]byte(password), salt, time, memory, threads, size)
}

func encodeHash(salt []byte, memory, time uint32, threads uint8, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, memory, time, threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// checkPassword reports whether the password has the stored form. A form that
// can't be read matches nothing.
func checkPassword(hash, password string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var memory, time uint32
	var threads uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil {
		return false
	}
	if memory == 0 || memory > 1<<20 || time == 0 || time > 64 || threads == 0 {
		return false
	}
	b64 := base64.RawStdEncoding
	salt, err1 := b64.DecodeString(parts[4])
	key, err2 := b64.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(key) == 0 || len(key) > 128 {
		return false
	}
	got := argon(password, salt, memory, time, threads, uint32(len(key))) //nolint:gosec // at most 128
	return subtle.ConstantTimeCompare(got, key) == 1
}
