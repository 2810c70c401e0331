// Package photo makes pictures fit to keep and keeps them: decoded, turned
// upright, made smaller and encoded anew, so that nothing of the sent file but
// its pixels remains in what is kept. What the file said of when and where it
// was taken is told to the caller, who keeps of it what a case needs.
package photo

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"image/color"
	_ "image/gif" // its first frame
	"image/jpeg"
	_ "image/png" // decoded too
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // decoded too
	"golang.org/x/sync/semaphore"

	"github.com/otklik/otklik/app/fault"
)

// Limits say what is taken and what becomes of it.
type Limits struct {
	Bytes   int64 // of the sent file
	Pixels  int   // width × height of the sent picture
	Side    int   // longest side of the kept picture, pixels
	Thumb   int   // longest side of the small one, pixels
	Quality int   // of JPEG, 1–100
}

// Default is what the product ships with. 40 megapixels is more than phones
// send, and decodes in 160 MB.
var Default = Limits{Bytes: 20 << 20, Pixels: 40_000_000, Side: 2000, Thumb: 400, Quality: 85}

// Picture is a cleaned picture: two JPEGs without metadata.
type Picture struct {
	JPEG   []byte
	Thumb  []byte
	Width  int    // of JPEG, pixels
	Height int    // of JPEG, pixels
	SHA256 string // of JPEG, hex

	// What remains of the file that was sent.
	Sent    string  // its SHA-256, hex
	Look    Look    // what one sees, for comparing
	Capture Capture // when and where it was taken
}

// decoding bounds the memory of a process: no more pixels than two of the
// largest pictures are decoded at once.
var decoding = semaphore.NewWeighted(int64(2 * Default.Pixels))

// Clean reads a picture and makes it fit to keep. The type is told by the
// content: JPEG, PNG, WebP and the first frame of a GIF. What is wrong with it
// is fault.Invalid with a field «photos» that says what to do.
//
// The size is read before anything is decoded, so that a small file that
// claims to be a huge picture costs nothing.
func Clean(ctx context.Context, r io.Reader, l Limits) (Picture, error) {
	raw, err := readAll(r, l.Bytes)
	if err != nil {
		return Picture{}, err
	}
	if err := kindOf(raw); err != nil {
		return Picture{}, err
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(raw))
	switch {
	case errors.Is(err, image.ErrFormat):
		return Picture{}, refuse("error.not_an_image")
	case err != nil || config.Width < 1 || config.Height < 1:
		return Picture{}, refuse("photo.broken")
	case config.Width > l.Pixels/config.Height:
		return Picture{}, refuse("error.image_too_large", "max", l.Pixels/1_000_000)
	}
	weight := min(int64(config.Width)*int64(config.Height), int64(2*Default.Pixels))
	if err := decoding.Acquire(ctx, weight); err != nil {
		return Picture{}, fault.Wrap(fault.Unavailable, "error.unavailable", err)
	}
	defer decoding.Release(weight)
	sent, _, err := image.Decode(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return Picture{}, refuse("photo.broken")
	}
	exif := exifOf(raw)
	p, err := encode(sent, exif.orientation(), l)
	sum := sha256.Sum256(raw)
	p.Sent, p.Capture = hex.EncodeToString(sum[:]), exif.capture()
	return p, err
}

func encode(sent image.Image, turn int, l Limits) (Picture, error) {
	full := upright(shrink(sent, l.Side), turn)
	small := shrink(full, l.Thumb)
	p := Picture{Look: lookOf(small)}
	var err error
	if p.JPEG, err = toJPEG(full, l.Quality); err != nil {
		return Picture{}, err
	}
	if p.Thumb, err = toJPEG(small, l.Quality); err != nil {
		return Picture{}, err
	}
	sum := sha256.Sum256(p.JPEG)
	p.Width, p.Height, p.SHA256 = full.Bounds().Dx(), full.Bounds().Dy(), hex.EncodeToString(sum[:])
	return p, nil
}

// refuse says what is wrong with the picture and what to do.
func refuse(key string, params ...any) error {
	var check fault.Check
	check.Fail("photos", key, params...)
	return check.Err()
}

func readAll(r io.Reader, most int64) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return nil, refuse("photo.interrupted")
	case len(raw) == 0:
		return nil, refuse("photo.empty")
	case int64(len(raw)) > most:
		return nil, refuse("error.file_too_large", "max", most>>20)
	}
	return raw, nil
}

// kindOf refuses by name what people send and we don't take. What is no
// picture at all is left to the decoders.
func kindOf(raw []byte) error {
	head := raw[:min(len(raw), 512)]
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		switch string(head[8:12]) {
		case "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1", "avif", "avis":
			return refuse("photo.heic")
		}
	}
	if text := bytes.ToLower(bytes.TrimLeft(head, "\ufeff \t\r\n")); bytes.HasPrefix(text, []byte("<svg")) ||
		bytes.HasPrefix(text, []byte("<?xml")) {
		return refuse("photo.drawing")
	}
	return nil
}

// shrink makes the picture fit into a square of the side and opaque: what was
// transparent becomes white. It never enlarges.
func shrink(src image.Image, side int) *image.RGBA {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	if longest := max(w, h); longest > side {
		w, h = max(1, (w*side+longest/2)/longest), max(1, (h*side+longest/2)/longest)
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(dst, dst.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.BiLinear.Scale(dst, dst.Bounds(), src, b, draw.Over, nil)
	return dst
}

func toJPEG(m image.Image, quality int) ([]byte, error) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fault.Wrap(fault.Internal, "error.internal", err)
	}
	return out.Bytes(), nil
}
