package photo

import (
	"bytes"
	"encoding/binary"
	"image"
)

// upright turns a picture as its EXIF orientation (1–8, TIFF 6.0 tag 274)
// asks.
func upright(src *image.RGBA, turn int) *image.RGBA {
	if turn < 2 || turn > 8 {
		return src
	}
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if turn >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	dst := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch turn {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			copy(dst.Pix[dst.PixOffset(tx, ty):][:4], src.Pix[src.PixOffset(x, y):][:4])
		}
	}
	return dst
}

// exifOfJPEG finds the TIFF part of the APP1 segment, nil where there is none.
func exifOfJPEG(raw []byte) []byte {
	for len(raw) >= 4 && raw[0] == 0xff {
		marker, size := raw[1], int(binary.BigEndian.Uint16(raw[2:]))
		if marker == 0xda || size < 2 || len(raw) < 2+size { // the picture itself begins
			return nil
		}
		if body := raw[4 : 2+size]; marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return body[6:]
		}
		raw = raw[2+size:]
	}
	return nil
}

// layout reads the head of a chunk: its name, where its body begins and ends,
// and where the next chunk begins.
type layout func(raw []byte) (name string, body, end, next int)

func pngChunk(raw []byte) (name string, body, end, next int) {
	size := int(binary.BigEndian.Uint32(raw))
	return string(raw[4:8]), 8, 8 + size, 12 + size
}

func riffChunk(raw []byte) (name string, body, end, next int) {
	size := int(binary.LittleEndian.Uint32(raw[4:]))
	return string(raw[:4]), 8, 8 + size, 8 + size + size%2
}

func chunk(raw []byte, want string, read layout) []byte {
	for len(raw) >= 8 {
		name, body, end, next := read(raw)
		if end > len(raw) {
			return nil
		}
		if name == want {
			return raw[body:end]
		}
		raw = raw[min(next, len(raw)):]
	}
	return nil
}
