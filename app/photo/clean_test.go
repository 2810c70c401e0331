package photo_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/photo"
)

// halves is a picture whose top is red and whose bottom is blue.
func halves(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{R: 255, A: 255}
			if y >= h/2 {
				c = color.RGBA{B: 255, A: 255}
			}
			m.Set(x, y, c)
		}
	}
	return m
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, m, nil))
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	return b.Bytes()
}

type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// exif is an APP1 segment with an orientation and a directory of GPS places.
func exif(order byteOrder, turn uint16) []byte {
	mark := "II*\x00"
	if order == byteOrder(binary.BigEndian) {
		mark = "MM\x00*"
	}
	tiff := []byte(mark)
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	entry := func(tag, kind uint16, value []byte) {
		tiff = order.AppendUint16(tiff, tag)
		tiff = order.AppendUint16(tiff, kind)
		tiff = order.AppendUint32(tiff, 1)
		tiff = append(tiff, value...)
	}
	entry(274, 3, order.AppendUint16(order.AppendUint16(nil, turn), 0))
	entry(34853, 4, order.AppendUint32(nil, 38))
	tiff = order.AppendUint32(tiff, 0)
	tiff = append(tiff, "GPSLatitude 51.7373N"...)
	body := append([]byte("Exif\x00\x00"), tiff...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	return append(head, body...)
}

func withEXIF(jpg, segment []byte) []byte {
	out := append([]byte{}, jpg[:2]...)
	return append(append(out, segment...), jpg[2:]...)
}

func clean(t *testing.T, raw []byte) (photo.Picture, image.Image) {
	t.Helper()
	p, err := photo.Clean(t.Context(), bytes.NewReader(raw), photo.Default)
	require.NoError(t, err)
	m, err := jpeg.Decode(bytes.NewReader(p.JPEG))
	require.NoError(t, err)
	require.Equal(t, m.Bounds().Size(), image.Pt(p.Width, p.Height))
	return p, m
}

func reddish(m image.Image, x, y int) bool {
	r, _, b, _ := m.At(x, y).RGBA()
	return r > 0xc000 && b < 0x4000
}

func TestClean_turns_upright_and_forgets_the_place(t *testing.T) {
	t.Parallel()
	// Where the red half is once the picture stands as its EXIF says.
	for turn, red := range map[uint16]string{1: "top", 2: "top", 3: "bottom", 4: "bottom", 5: "left", 6: "right", 7: "right", 8: "left"} {
		for _, order := range []byteOrder{binary.LittleEndian, binary.BigEndian} {
			raw := withEXIF(asJPEG(t, halves(80, 60)), exif(order, turn))
			p, m := clean(t, raw)
			w, h := p.Width, p.Height
			if turn < 5 {
				require.Equal(t, []int{80, 60}, []int{w, h})
			} else {
				require.Equal(t, []int{60, 80}, []int{w, h})
			}
			at := map[string]bool{
				"top": reddish(m, w/2, h/6), "bottom": reddish(m, w/2, h-h/6),
				"left": reddish(m, w/6, h/2), "right": reddish(m, w-w/6, h/2),
			}
			require.True(t, at[red], "orientation %d, %s: %v", turn, order, at)
			for _, jpg := range [][]byte{p.JPEG, p.Thumb} {
				require.NotContains(t, string(jpg), "GPSLatitude")
				require.NotContains(t, string(jpg), "Exif")
			}
		}
	}
}

func TestClean_makes_large_pictures_smaller_unraced(t *testing.T) {
	t.Parallel()
	p, _ := clean(t, asPNG(t, halves(3000, 1500)))
	require.Equal(t, []int{2000, 1000}, []int{p.Width, p.Height})
	small, err := jpeg.DecodeConfig(bytes.NewReader(p.Thumb))
	require.NoError(t, err)
	require.Equal(t, []int{400, 200}, []int{small.Width, small.Height})
	require.Len(t, p.SHA256, 64)
	again, _ := clean(t, asPNG(t, halves(3000, 1500)))
	require.Equal(t, p.SHA256, again.SHA256)
}

func TestClean_takes_the_first_frame_of_a_gif_and_fills_what_is_transparent(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	frame := func(c color.Color) *image.Paletted {
		return image.NewPaletted(image.Rect(0, 0, 20, 20), color.Palette{c})
	}
	red := color.RGBA{R: 255, A: 255}
	require.NoError(t, gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame(red), frame(color.Black)}, Delay: []int{1, 1}}))
	_, m := clean(t, b.Bytes())
	require.True(t, reddish(m, 10, 10))

	_, m = clean(t, asPNG(t, image.NewNRGBA(image.Rect(0, 0, 10, 10))))
	r, g, blue, _ := m.At(5, 5).RGBA()
	require.Greater(t, min(r, g, blue), uint32(0xf000), "transparent becomes white")
}

// bomb is a PNG of a few bytes that claims to be w × h.
func bomb(w, h uint32) []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	part := func(name string, body []byte) {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(body)))
		b.WriteString(name)
		b.Write(body)
		_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(append([]byte(name), body...)))
	}
	head := binary.BigEndian.AppendUint32(nil, w)
	head = binary.BigEndian.AppendUint32(head, h)
	part("IHDR", append(head, 8, 2, 0, 0, 0))
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write(make([]byte, 1<<16))
	_ = z.Close()
	part("IDAT", packed.Bytes())
	part("IEND", nil)
	return b.Bytes()
}

func TestClean_refuses_and_says_what_to_do(t *testing.T) {
	t.Parallel()
	good := asJPEG(t, halves(200, 200))
	for _, c := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"nothing", nil, "photo.empty"},
		{"a text named .jpg", []byte("это не картинка, а письмо"), "error.not_an_image"},
		{"a page", []byte("<!doctype html><script>alert(1)</script>"), "error.not_an_image"},
		{"a drawing with a script", []byte(`<?xml version="1.0"?><svg onload="alert(1)"/>`), "photo.drawing"},
		{"a drawing", []byte(` <svg xmlns="http://www.w3.org/2000/svg"/>`), "photo.drawing"},
		{"HEIC of a phone", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "photo.heic"},
		{"a film", []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), "error.not_an_image"},
		{"the beginning of a JPEG", good[:len(good)/2], "photo.broken"},
		{"the mark of a JPEG alone", []byte{0xff, 0xd8, 0xff}, "photo.broken"},
		{"a tiny file that claims 40.01 megapixels", bomb(40_010, 1000), "error.image_too_large"},
		{"a tiny file that claims 2³¹ by 2³¹", bomb(1<<31-1, 1<<31-1), "photo.broken"},
		{"a tiny file that claims 30 gigapixels", bomb(200_000, 150_000), "error.image_too_large"},
		{"40 megapixels claimed, few there", bomb(8000, 5000), "photo.broken"},
		{"too many bytes", append(good, make([]byte, photo.Default.Bytes)...), "error.file_too_large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := photo.Clean(t.Context(), bytes.NewReader(c.raw), photo.Default)
			var wrong *fault.Error
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, fault.Invalid, wrong.Kind)
			require.Equal(t, "photos", wrong.Fields[0].Name)
			require.Equal(t, c.want, wrong.Fields[0].Key)
		})
	}
}

func FuzzClean(f *testing.F) {
	f.Add(withEXIF(asJPEG(f, halves(8, 8)), exif(binary.LittleEndian, 6)))
	f.Add(asPNG(f, halves(8, 8)))
	f.Add(withEXIF(asJPEG(f, halves(8, 8)), segment(binary.BigEndian, []field{ascii(36867, "2026:05:12 14:03:09")}, []field{fractions(binary.BigEndian, 2, 1, 1, 2, 1, 3, 1)})))
	f.Add([]byte("RIFF\x10\x00\x00\x00WEBPEXIF\xff\xff\xff\xff"))
	f.Add([]byte(strings.Repeat("\xff", 40)))
	l := photo.Default
	l.Pixels = 1 << 16
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := photo.Clean(t.Context(), bytes.NewReader(raw), l)
		if err != nil {
			require.True(t, fault.Is(err, fault.Invalid), "%v", err)
			return
		}
		_, err = jpeg.Decode(bytes.NewReader(p.JPEG))
		require.NoError(t, err)
	})
}

func BenchmarkClean(b *testing.B) {
	raw := asJPEG(b, halves(4000, 3000))
	for b.Loop() {
		if _, err := photo.Clean(b.Context(), bytes.NewReader(raw), photo.Default); err != nil {
			b.Fatal(err)
		}
	}
}
