package app

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// keySize is the size of the master key and of each key made from it, bytes.
const keySize = 32

// keys are the secrets of an installation, all from one master key, so that an
// administrator keeps one file safe. Losing it loses the applicants' data and
// every link; that is what encrypting them means.
type keys struct {
	seal   []byte // personal data in the database
	link   []byte // secrets of the links
	once   []byte // names of submissions, see api.Config
	mark   []byte // check codes of official letters
	person []byte // hashes of contacts, see [duplicate.Person]
	keep   []byte // what officers' browsers keep, see [App.keepKey]

	voters  []byte // marks of persons who voted, and their passes
	ballots []byte // seed of the key that signs the logs of ballots
}

// loadKeys reads the master key, base64 of 32 bytes; where the file is missing
// and may be made, it makes one.
func loadKeys(path string, mayMake bool) (keys, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && mayMake {
		raw, err = makeKey(path)
	}
	if err != nil {
		return keys{}, fmt.Errorf("key_file: %w (make one: head -c 32 /dev/urandom | base64 > FILE)", err)
	}
	master, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil || len(master) != keySize {
		return keys{}, fmt.Errorf("key_file: %s doesn't hold 32 bytes in base64", path)
	}
	var k keys
	for _, part := range []struct {
		key     *[]byte
		purpose string
	}{
		{&k.seal, "otklik personal data 1"},
		{&k.link, "otklik appeal links 1"},
		{&k.once, "otklik idempotency keys 1"},
		{&k.mark, "otklik check codes 1"},
		{&k.keep, "otklik kept texts 1"},
		{&k.person, "otklik persons 1"},
		{&k.voters, "otklik voters 1"},
		{&k.ballots, "otklik ballot logs 1"},
	} {
		if *part.key, err = hkdf.Key(sha256.New, master, nil, part.purpose, keySize); err != nil {
			return keys{}, fmt.Errorf("derive key: %w", err)
		}
	}
	return k, nil
}

func makeKey(path string) ([]byte, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	master := make([]byte, keySize)
	_, _ = rand.Read(master) // never fails: see crypto/rand
	text := []byte(base64.StdEncoding.EncodeToString(master) + "\n")
	// O_EXCL: of two that start at once one makes it and the other reads it.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return os.ReadFile(path)
	}
	if err != nil {
		return nil, err
	}
	_, err = f.Write(text)
	return text, errors.Join(err, f.Sync(), f.Close())
}
