package portal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// accepted is what the file dialog offers. Phones turn HEIC into JPEG when it
// isn't in the list.
const accepted = "image/jpeg,image/png,image/webp,image/gif"

// Pictures shows the photos of the draft and takes more.
func (h *Handlers) Pictures(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.d.Submitted != 0 {
		return edge.SeeOther(c, f.at(stepDone))
	}
	return f.pictures(c, http.StatusOK, nil)
}

func (f *form) pictures(c echo.Context, status int, errs ui.Errors) error {
	ctx := edge.Ctx(c)
	return edge.Render(c, status, photosPage(f.frame(ctx, stepPhotos, ui.T(ctx, "portal.photos_title"), errs), f, errs))
}

// AddPictures takes photos, or goes on where none was chosen.
func (h *Handlers) AddPictures(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.d.Submitted != 0 {
		return edge.SeeOther(c, f.at(stepDone))
	}
	added, err := h.receive(c, draftOwner(f.d.Token), len(f.d.Photos))
	for _, p := range added {
		if !slices.ContainsFunc(f.d.Photos, func(q workflow.Photo) bool { return q.Key == p.Key }) {
			f.d.Photos = append(f.d.Photos, p)
		}
	}
	if errs, yes := wrong(edge.Ctx(c), err); yes {
		// The good ones of several are kept.
		if len(added) > 0 {
			if err := h.Drafts.SaveDraft(edge.Ctx(c), f.d); err != nil {
				return err
			}
		}
		return f.pictures(c, http.StatusUnprocessableEntity, errs)
	}
	if err != nil {
		return err
	}
	if c.FormValue("then") == "next" && len(added) == 0 {
		if errs, yes := wrong(edge.Ctx(c), f.checkPhotos()); yes {
			return f.pictures(c, http.StatusUnprocessableEntity, errs)
		}
		return edge.SeeOther(c, f.next(stepPhotos))
	}
	return h.save(c, f, f.at(stepPhotos))
}

// RemovePicture takes a photo out of the draft.
func (h *Handlers) RemovePicture(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	if f.d.Submitted != 0 {
		return edge.SeeOther(c, f.at(stepDone))
	}
	for i, p := range f.d.Photos {
		if p.SHA256 != c.FormValue("photo") {
			continue
		}
		f.d.Photos = slices.Delete(f.d.Photos, i, i+1)
		if err := h.save(c, f, f.at(stepPhotos)); err != nil {
			return err
		}
		// The draft forgot it first: a file too many is better than one too few.
		return h.Photos.Delete(edge.Ctx(c), p.Key)
	}
	return edge.SeeOther(c, f.at(stepPhotos))
}

// Picture is the small form of a photo of the draft.
func (h *Handlers) Picture(c echo.Context) error {
	f, err := h.open(c)
	if err != nil {
		return err
	}
	for _, p := range f.d.Photos {
		if p.SHA256 == c.Param("photo") {
			return h.send(c, photo.ThumbKey(p.Key))
		}
	}
	return fault.New(fault.NotFound, "error.not_found")
}

func (f *form) checkPhotos() error {
	var check fault.Check
	check.That(f.photos() != photosRequired || len(f.d.Photos) > 0, "photos", "error.photo_required")
	check.That(len(f.d.Photos) <= MaxPhotos, "photos", "error.too_many_photos", "max", MaxPhotos)
	return check.Err()
}

// draftOwner is the owner of a draft's pictures in the bucket. It tells
// nothing of the draft's token.
func draftOwner(token string) string {
	sum := sha256.Sum256([]byte("photos of draft " + token))
	return hex.EncodeToString(sum[:10])
}

// receive reads the photos of a request one after the other, cleans and keeps
// them. One that is wrong doesn't take the others with it.
func (h *Handlers) receive(c echo.Context, owner string, already int) ([]workflow.Photo, error) {
	sent, err := edge.Multipart(c)
	if errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) || errors.Is(err, multipart.ErrMessageTooLarge) {
		return nil, fault.Wrap(fault.TooLarge, "error.too_large", err)
	}
	var he *echo.HTTPError
	if errors.As(err, &he) {
		return nil, err
	}
	if err != nil {
		return nil, &fault.Error{
			Kind: fault.Invalid, Key: "error.invalid", Fields: []fault.Field{{Name: "photos", Key: "photo.interrupted"}}, Err: err,
		}
	}
	defer func() { _ = sent.RemoveAll() }()
	var out []workflow.Photo
	var bad []fault.Field
	for _, file := range sent.File["photos"] {
		if file.Size == 0 && file.Filename == "" {
			continue // the field was left empty
		}
		if already+len(out) >= MaxPhotos {
			bad = append(bad, fault.Field{Name: "photos", Key: "error.too_many_photos", Params: map[string]any{"max": MaxPhotos}})
			break
		}
		if err := h.slow.uploads.Pass(c); err != nil {
			return out, err
		}
		p, err := h.keep(edge.Ctx(c), owner, file)
		var f *fault.Error
		if errors.As(err, &f) && f.Kind == fault.Invalid {
			bad = append(bad, ofFile(file.Filename, f.Fields)...)
			continue
		}
		if err != nil {
			return out, err
		}
		out = append(out, p)
	}
	if len(bad) > 0 {
		return out, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: bad}
	}
	return out, nil
}

// ofFile says which of several files is meant.
func ofFile(file string, fields []fault.Field) []fault.Field {
	name := []rune(intake.Tidy(file))
	if len(name) > 60 {
		name = append(name[:60], '…')
	}
	out := slices.Clone(fields)
	for i := range out {
		params := map[string]any{"file": string(name)}
		for k, v := range out[i].Params {
			params[k] = v
		}
		out[i].Params = params
	}
	return out
}

func (h *Handlers) keep(ctx context.Context, owner string, file *multipart.FileHeader) (workflow.Photo, error) {
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
	if err != nil {
		return workflow.Photo{}, err
	}
	return intake.Photo(p, key), nil
}

// send answers with a kept picture. It never changes under its address, and
// is for this reader alone.
func (h *Handlers) send(c echo.Context, key string) error {
	r, size, err := h.Photos.Open(edge.Ctx(c), key)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	head := c.Response().Header()
	head.Set("Cache-Control", "private, max-age=31536000, immutable")
	head.Set(echo.HeaderContentDisposition, "inline")
	head.Set(echo.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	head.Set(echo.HeaderContentType, "image/jpeg")
	head.Set(echo.HeaderContentLength, strconv.FormatInt(size, 10))
	c.Response().WriteHeader(http.StatusOK)
	_, err = io.Copy(c.Response(), r)
	return err
}
