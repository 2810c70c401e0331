package desk

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"mime/multipart"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/workflow"
)

const accepted = "image/jpeg,image/png,image/webp,image/gif,application/pdf"

// owner of a draft's files in the bucket. It tells nothing of the token.
func owner(token string) string {
	sum := sha256.Sum256([]byte("files of desk " + token))
	return "desk-" + hex.EncodeToString(sum[:10])
}

// receive takes the files of a request into the draft: pictures are made anew,
// PDF files are checked. One that is wrong doesn't take the others with it.
func (h *Handlers) receive(c echo.Context, d *workflow.Draft) (taken int, err error) {
	sent, err := edge.Multipart(c)
	if errors.Is(err, http.ErrNotMultipart) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	var bad []fault.Field
	for _, file := range sent.File["photos"] {
		if file.Size == 0 && file.Filename == "" {
			continue // the field was left empty
		}
		var f *fault.Error
		switch err := h.keep(edge.Ctx(c), d, file); {
		case errors.As(err, &f) && f.Kind == fault.Invalid:
			bad = append(bad, f.Fields...)
		case err != nil:
			return taken, err
		default:
			taken++
		}
	}
	if len(bad) > 0 {
		return taken, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: bad}
	}
	return taken, nil
}

func (h *Handlers) keep(ctx context.Context, d *workflow.Draft, file *multipart.FileHeader) error {
	f, err := file.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReader(f)
	head, _ := r.Peek(8) // a short one is no picture, which is said below
	var check fault.Check
	if photo.IsScan(head) {
		if check.That(len(d.Taken.Scans) < workflow.MaxScans, "photos", "desk.scans_many", "max", workflow.MaxScans); check.Err() != nil {
			return check.Err()
		}
		scan, err := photo.CheckScan(r, photo.Default)
		if err != nil || slices.ContainsFunc(d.Taken.Scans, func(s workflow.Scan) bool { return s.SHA256 == scan.SHA256 }) {
			return err
		}
		key, err := h.Files.PutScan(ctx, owner(d.Token), scan)
		if err == nil {
			d.Taken.Scans = append(d.Taken.Scans, workflow.Scan{Key: key, SHA256: scan.SHA256, Bytes: int64(len(scan.PDF))})
		}
		return err
	}
	if check.That(len(d.Photos) < workflow.MaxPhotos, "photos", "error.too_many_photos", "max", workflow.MaxPhotos); check.Err() != nil {
		return check.Err()
	}
	p, err := photo.Clean(ctx, r, photo.Default)
	if err != nil || slices.ContainsFunc(d.Photos, func(q workflow.Photo) bool { return q.SHA256 == p.SHA256 }) {
		return err
	}
	key, err := h.Files.Put(ctx, owner(d.Token), p)
	if err == nil {
		d.Photos = append(d.Photos, intake.Photo(p, key))
	}
	return err
}

// drop takes a file out of the draft. The draft forgets it first: a file too
// many in the bucket is better than one too few.
func (h *Handlers) drop(c echo.Context, f *form) error {
	sum, key := c.FormValue("drop"), ""
	for i, p := range f.d.Photos {
		if p.SHA256 == sum {
			key = p.Key
			f.d.Photos = slices.Delete(f.d.Photos, i, i+1)
			break
		}
	}
	for i, s := range f.d.Taken.Scans {
		if s.SHA256 == sum {
			key = s.Key
			f.d.Taken.Scans = slices.Delete(f.d.Taken.Scans, i, i+1)
			break
		}
	}
	if key == "" {
		return nil
	}
	if err := h.Drafts.SaveDraft(edge.Ctx(c), f.d); err != nil {
		return err
	}
	return h.Files.Delete(edge.Ctx(c), key)
}
