package api

import (
	"context"
	"crypto/rand"
	"errors"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/workflow"
)

// sentAppeal is an appeal with its pictures, these not yet looked at.
type sentAppeal struct {
	newAppeal
	photos []*multipart.FileHeader
}

// The parts of an appeal with pictures.
const (
	partAppeal = "appeal" // JSON
	partPhotos = "photos" // any number of files
)

// inMemory is how much of a request with pictures is held in memory, in bytes;
// the rest waits in temporary files.
const inMemory = 1 << 20

// readAppeal reads the body, which is JSON, or a form with JSON and pictures.
// done removes what it left in temporary files.
func (h *Handlers) readAppeal(c echo.Context) (sent sentAppeal, done func(), err error) {
	r := c.Request()
	media, _, _ := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if media != echo.MIMEMultipartForm {
		return sent, func() {}, read(c, &sent.newAppeal)
	}
	if err := r.ParseMultipartForm(inMemory); err != nil {
		var tooLarge *http.MaxBytesError
		var he *echo.HTTPError
		switch {
		case errors.As(err, &he):
			return sent, nil, err
		case errors.As(err, &tooLarge), errors.Is(err, multipart.ErrMessageTooLarge):
			return sent, nil, fault.Wrap(fault.TooLarge, "error.too_large", err)
		}
		return sent, nil, statusError{http.StatusBadRequest, fault.Wrap(fault.Invalid, "api.bad_form", err)}
	}
	form := r.MultipartForm
	remove := func() { _ = form.RemoveAll() }
	defer func() {
		if err != nil {
			remove()
		}
	}()
	for name := range form.Value {
		if name != partAppeal {
			return sent, nil, fieldWrong(name, "api.unknown_field")
		}
	}
	for name := range form.File {
		if name != partPhotos {
			return sent, nil, fieldWrong(name, "api.unknown_field")
		}
	}
	if len(form.Value[partAppeal]) != 1 {
		return sent, nil, fieldWrong(partAppeal, "error.required")
	}
	if len(form.Value[partAppeal][0]) > maxJSON {
		return sent, nil, fault.New(fault.TooLarge, "error.too_large")
	}
	sent.photos = form.File[partPhotos]
	if len(sent.photos) > workflow.MaxPhotos {
		return sent, nil, fieldWrong(partPhotos, "error.too_many_photos", "max", workflow.MaxPhotos)
	}
	return sent, remove, decode(strings.NewReader(form.Value[partAppeal][0]), &sent.newAppeal)
}

// keep cleans pictures and keeps them; when one is wrong none stays.
func (h *Handlers) keep(ctx context.Context, files []*multipart.FileHeader) ([]workflow.Photo, error) {
	var out []workflow.Photo
	owner := "api-" + strings.ToLower(rand.Text())
	for _, file := range files {
		p, err := h.keepOne(ctx, owner, file)
		if err != nil {
			h.drop(ctx, out)
			return nil, err
		}
		if !slices.ContainsFunc(out, func(q workflow.Photo) bool { return q.Key == p.Key }) { // sent twice
			out = append(out, p)
		}
	}
	return out, nil
}

func (h *Handlers) keepOne(ctx context.Context, owner string, file *multipart.FileHeader) (workflow.Photo, error) {
	r, err := file.Open()
	if err != nil {
		return workflow.Photo{}, err
	}
	defer func() { _ = r.Close() }()
	p, err := photo.Clean(ctx, r, h.Limits)
	if err != nil {
		return workflow.Photo{}, err
	}
	key, err := h.Photos.Put(ctx, owner, p)
	return intake.Photo(p, key), err
}

// drop deletes pictures that no appeal has. One that stays by a failure is lost
// room and nothing else.
func (h *Handlers) drop(ctx context.Context, photos []workflow.Photo) {
	for _, p := range photos {
		_ = h.Photos.Delete(ctx, p.Key)
	}
}
