package photo

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"time"
)

// Capture is what the file of a picture says of how it was taken. It is all
// that is read of it; the file itself is not kept.
type Capture struct {
	// At is the camera's date and time: RFC 3339, without an offset where the
	// camera didn't know its zone, "" where it says nothing.
	At string
	// Where is the place, nil where it says none.
	Where *Place
}

// Place is a place in WGS84 degrees.
type Place struct{ Lat, Lon float64 }

// Local is the form of an instant without a zone in [Capture].
const Local = "2006-01-02T15:04:05"

// The tags that are read (EXIF 2.32, TIFF 6.0).
const (
	tagOrientation = 274
	tagEXIF        = 34665 // directory of the picture
	tagGPS         = 34853 // directory of the place
	tagTakenAt     = 36867 // DateTimeOriginal
	tagOffset      = 36881 // OffsetTimeOriginal
	tagLatRef      = 1
	tagLat         = 2
	tagLonRef      = 3
	tagLon         = 4
)

// tiff is the EXIF part of a file. Its methods take any bytes: what is broken
// says nothing.
type tiff struct {
	raw   []byte
	order binary.ByteOrder
}

// exifOf finds the EXIF of a JPEG, PNG or WebP file.
func exifOf(raw []byte) tiff {
	var body []byte
	switch {
	case bytes.HasPrefix(raw, []byte{0xff, 0xd8}):
		body = exifOfJPEG(raw[2:])
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
		body = chunk(raw[8:], "eXIf", pngChunk)
	case len(raw) > 12 && string(raw[8:12]) == "WEBP":
		body = bytes.TrimPrefix(chunk(raw[12:], "EXIF", riffChunk), []byte("Exif\x00\x00"))
	}
	t := tiff{raw: body, order: binary.LittleEndian}
	if len(body) < 8 {
		t.raw = nil
	} else if string(body[:2]) == "MM" {
		t.order = binary.BigEndian
	}
	return t
}

// first is where the first directory is, 0 where there is none.
func (t tiff) first() int {
	if t.raw == nil {
		return 0
	}
	return int(t.order.Uint32(t.raw[4:]))
}

// entry is a value of a directory: its type, how many, and the four bytes that
// hold it or say where it is.
type entry struct {
	kind  uint16
	count int
	value []byte
}

// find looks a tag up in the directory at the offset.
func (t tiff) find(dir int, tag uint16) (entry, bool) {
	if dir < 8 || dir > len(t.raw)-2 {
		return entry{}, false
	}
	n := int(t.order.Uint16(t.raw[dir:]))
	for i, e := 0, t.raw[dir+2:]; i < n && len(e) >= 12; i, e = i+1, e[12:] {
		if t.order.Uint16(e) == tag {
			return entry{t.order.Uint16(e[2:]), int(t.order.Uint32(e[4:])), e[8:12]}, true
		}
	}
	return entry{}, false
}

// sub is where the directory that a tag names begins.
func (t tiff) sub(tag uint16) int {
	e, ok := t.find(t.first(), tag)
	if !ok {
		return 0
	}
	return int(t.order.Uint32(e.value))
}

// bytes are so many bytes of a value, in place or elsewhere; nil where they lie
// outside of the file.
func (t tiff) bytes(e entry, size int) []byte {
	if size <= 4 {
		return e.value[:max(size, 0)]
	}
	at := int(t.order.Uint32(e.value))
	if at < 0 || at > len(t.raw)-size {
		return nil
	}
	return t.raw[at : at+size]
}

// text reads an ASCII value; no tag that is read is longer than the limit.
func (t tiff) text(dir int, tag uint16) string {
	const longest = 64
	e, ok := t.find(dir, tag)
	if !ok || e.kind != 2 || e.count > longest {
		return ""
	}
	return strings.TrimRight(string(t.bytes(e, e.count)), "\x00 ")
}

// degrees reads three fractions: degrees, minutes, seconds.
func (t tiff) degrees(dir int, tag uint16) (float64, bool) {
	e, ok := t.find(dir, tag)
	if !ok || e.kind != 5 || e.count != 3 {
		return 0, false
	}
	raw := t.bytes(e, 24)
	if raw == nil {
		return 0, false
	}
	out := 0.0
	for i, unit := range []float64{1, 60, 3600} {
		over := t.order.Uint32(raw[8*i+4:])
		if over == 0 {
			return 0, false
		}
		out += float64(t.order.Uint32(raw[8*i:])) / float64(over) / unit
	}
	return out, true
}

// orientation is the EXIF orientation; 1 where the file says nothing.
func (t tiff) orientation() int {
	e, ok := t.find(t.first(), tagOrientation)
	if !ok {
		return 1
	}
	return int(t.order.Uint16(e.value))
}

// capture reads when and where the picture was taken.
func (t tiff) capture() Capture {
	var c Capture
	dir := t.sub(tagEXIF)
	if at, err := time.Parse("2006:01:02 15:04:05", t.text(dir, tagTakenAt)); err == nil && at.Year() > 1990 {
		c.At = at.Format(Local)
		if _, err := time.Parse("-07:00", t.text(dir, tagOffset)); err == nil {
			c.At += t.text(dir, tagOffset)
		}
	}
	dir = t.sub(tagGPS)
	lat, okLat := t.degrees(dir, tagLat)
	lon, okLon := t.degrees(dir, tagLon)
	if t.text(dir, tagLatRef) == "S" {
		lat = -lat
	}
	if t.text(dir, tagLonRef) == "W" {
		lon = -lon
	}
	// 0, 0 is what receivers write that don't know.
	if okLat && okLon && math.Abs(lat) <= 90 && math.Abs(lon) <= 180 && (lat != 0 || lon != 0) {
		c.Where = &Place{lat, lon}
	}
	return c
}
