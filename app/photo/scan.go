package photo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
)

// ScanType is the media type of scans.
const ScanType = "application/pdf"

// Scan is a paper letter as a PDF file, as it was sent: unlike a picture it
// isn't encoded anew, so that it is only ever given out as a file to keep.
type Scan struct {
	PDF    []byte
	SHA256 string // hex
}

// IsScan reports whether a file begins as a PDF.
func IsScan(head []byte) bool { return bytes.HasPrefix(head, []byte("%PDF-")) }

// active are names in a PDF that make a reader run or open something.
var active = [][]byte{[]byte("/JavaScript"), []byte("/JS"), []byte("/Launch"), []byte("/EmbeddedFile"), []byte("/EmbeddedFiles"), []byte("/RichMedia"), []byte("/XFA")}

// CheckScan reads a PDF. One that is cut off, is locked with a password, or has
// scripts or other files in it, is fault.Invalid with the field «photos». A
// scanner makes none of these.
func CheckScan(r io.Reader, l Limits) (Scan, error) {
	raw, err := readAll(r, l.Bytes)
	if err != nil {
		return Scan{}, err
	}
	tail := raw[max(0, len(raw)-1024):]
	switch {
	case !IsScan(raw) || !bytes.Contains(tail, []byte("%%EOF")):
		return Scan{}, refuse("photo.broken")
	case bytes.Contains(raw, []byte("/Encrypt")):
		return Scan{}, refuse("photo.scan_locked")
	}
	for _, name := range active {
		if i := bytes.Index(raw, name); i >= 0 && endsName(raw[i+len(name):]) {
			return Scan{}, refuse("photo.scan_active")
		}
	}
	sum := sha256.Sum256(raw)
	return Scan{PDF: raw, SHA256: hex.EncodeToString(sum[:])}, nil
}

// endsName reports whether a name of PDF ends before these bytes: «/JS», not
// «/JSomething».
func endsName(rest []byte) bool {
	return len(rest) == 0 || bytes.IndexByte([]byte(" \t\r\n()<>[]{}/%"), rest[0]) >= 0
}
