package participation

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// Freeze writes terms as the text that is published and hashed: JSON with the
// fields in the order of the type, without spaces, ended by a line break.
func Freeze(t *Terms) ([]byte, [sha256.Size]byte) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(t); err != nil { // plain structs: it can't fail
		panic(fmt.Sprintf("participation: freeze: %v", err))
	}
	return b.Bytes(), sha256.Sum256(b.Bytes())
}

// Thaw reads frozen terms. What was not written by Freeze is refused, so that a
// file can't say more than is counted.
func Thaw(frozen []byte) (*Terms, error) {
	var t Terms
	dec := json.NewDecoder(bytes.NewReader(frozen))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&t); err != nil {
		return nil, fmt.Errorf("read the campaign: %w", err)
	}
	if t.Format != FormatVersion {
		return nil, fmt.Errorf("the campaign has format %d; this version reads %d", t.Format, FormatVersion)
	}
	if again, _ := Freeze(&t); !bytes.Equal(again, frozen) {
		return nil, fmt.Errorf("the campaign is not written as campaigns are published")
	}
	return &t, nil
}
