package photo_test

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/photo"
)

// field is one entry of a directory of the test's EXIF.
type field struct {
	tag, kind uint16
	count     uint32
	value     []byte // longer than four bytes: put elsewhere
}

func ascii(tag uint16, s string) field {
	return field{tag, 2, uint32(len(s) + 1), append([]byte(s), 0)}
}

func fractions(order byteOrder, tag uint16, parts ...uint32) field {
	f := field{tag: tag, kind: 5, count: uint32(len(parts) / 2)}
	for _, p := range parts {
		f.value = order.AppendUint32(f.value, p)
	}
	return f
}

// segment is an APP1 with a picture's and a place's directory.
func segment(order byteOrder, picture, place []field) []byte {
	tiff := []byte("II*\x00")
	if order == byteOrder(binary.BigEndian) {
		tiff = []byte("MM\x00*")
	}
	tiff = order.AppendUint32(tiff, 8)
	at := func(fields []field) int { // size of a directory with its values
		n := 2 + 12*len(fields) + 4
		for _, f := range fields {
			if len(f.value) > 4 {
				n += len(f.value)
			}
		}
		return n
	}
	write := func(fields []field) {
		values := len(tiff) + 2 + 12*len(fields) + 4
		var tail []byte
		tiff = order.AppendUint16(tiff, uint16(len(fields)))
		for _, f := range fields {
			tiff = order.AppendUint16(tiff, f.tag)
			tiff = order.AppendUint16(tiff, f.kind)
			tiff = order.AppendUint32(tiff, f.count)
			if len(f.value) > 4 {
				tiff = order.AppendUint32(tiff, uint32(values+len(tail)))
				tail = append(tail, f.value...)
				continue
			}
			tiff = append(tiff, append(f.value, 0, 0, 0, 0)[:4]...)
		}
		tiff = append(order.AppendUint32(tiff, 0), tail...)
	}
	const root = 8 + 2 + 2*12 + 4
	write([]field{
		{34665, 4, 1, order.AppendUint32(nil, root)},
		{34853, 4, 1, order.AppendUint32(nil, uint32(root+at(picture)))},
	})
	write(picture)
	write(place)
	body := append([]byte("Exif\x00\x00"), tiff...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	return append(head, body...)
}

func TestClean_tells_when_and_where_a_picture_was_taken(t *testing.T) {
	t.Parallel()
	for _, order := range []byteOrder{binary.LittleEndian, binary.BigEndian} {
		lat := fractions(order, 2, 51, 1, 43, 1, 4800, 100)
		lon := fractions(order, 4, 36, 1, 11, 1, 2400, 100)
		taken := ascii(36867, "2026:05:12 14:03:09")
		for _, c := range []struct {
			name           string
			picture, place []field
			at             string
			where          *photo.Place
		}{
			{"a phone", []field{taken, ascii(36881, "+03:00")}, []field{ascii(1, "N"), lat, ascii(3, "E"), lon}, "2026-05-12T14:03:09+03:00", &photo.Place{Lat: 51.73, Lon: 36.19}},
			{"a camera without zone and receiver", []field{taken}, nil, "2026-05-12T14:03:09", nil},
			{"the other side of the earth", nil, []field{ascii(1, "S"), lat, ascii(3, "W"), lon}, "", &photo.Place{Lat: -51.73, Lon: -36.19}},
			{"a clock that was never set", []field{ascii(36867, "0000:00:00 00:00:00")}, nil, "", nil},
			{"a broken offset", []field{taken, ascii(36881, "now")}, nil, "2026-05-12T14:03:09", nil},
			{"a receiver that knows nothing", nil, []field{ascii(1, "N"), fractions(order, 2, 0, 1, 0, 1, 0, 1), ascii(3, "E"), fractions(order, 4, 0, 1, 0, 1, 0, 1)}, "", nil},
			{"a division by nothing", nil, []field{fractions(order, 2, 5, 0, 0, 1, 0, 1), lon}, "", nil},
			{"a place off the earth", nil, []field{fractions(order, 2, 200, 1, 0, 1, 0, 1), lon}, "", nil},
			{"a value beyond the end", []field{{36867, 2, 20, []byte{0xff, 0xff, 0, 0}}}, nil, "", nil},
		} {
			p, _ := clean(t, withEXIF(asJPEG(t, halves(80, 60)), segment(order, c.picture, c.place)))
			require.Equal(t, c.at, p.Capture.At, c.name)
			if c.where == nil {
				require.Nil(t, p.Capture.Where, c.name)
				continue
			}
			require.InDelta(t, c.where.Lat, p.Capture.Where.Lat, 1e-4, c.name)
			require.InDelta(t, c.where.Lon, p.Capture.Where.Lon, 1e-4, c.name)
			require.NotContains(t, string(p.JPEG), "Exif", c.name)
		}
	}
}

func TestClean_keeps_the_hash_of_the_file_that_was_sent(t *testing.T) {
	t.Parallel()
	raw := asJPEG(t, halves(80, 60))
	plain, _ := clean(t, raw)
	told, _ := clean(t, withEXIF(raw, exif(binary.LittleEndian, 1)))
	require.Len(t, plain.Sent, 64)
	require.NotEqual(t, plain.Sent, told.Sent, "another file")
	require.Equal(t, plain.SHA256, told.SHA256, "of the same picture")
	require.Equal(t, plain.Look, told.Look)
	require.NotZero(t, plain.Look)
}
