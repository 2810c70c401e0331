package console

import (
	"context"
	"mime/multipart"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/workflow"
)

// Photo serves a picture of a case to who may see the case: whole, or small
// with ?size=small.
func (h *Handlers) Photo(c echo.Context) error {
	found, err := h.find(c)
	if err != nil {
		return err
	}
	id, err := edge.ID(c, "photo")
	if err != nil {
		return err
	}
	for _, p := range found.Photos {
		if p.ID != id {
			continue
		}
		key := p.Key
		if c.QueryParam("size") == "small" {
			key = photo.ThumbKey(key)
		}
		r, size, err := h.cfg.Photos.Open(edge.Ctx(c), key)
		if err != nil {
			return err
		}
		defer r.Close()
		header := c.Response().Header()
		header.Set("Cache-Control", "private, max-age=3600")
		header.Set("Content-Disposition", `inline; filename="`+found.Appeal.Number+"-"+strconv.FormatInt(id, 10)+`.jpg"`)
		header.Set(echo.HeaderContentLength, strconv.FormatInt(size, 10))
		return c.Stream(http.StatusOK, "image/jpeg", r)
	}
	return fault.New(fault.NotFound, "error.not_found")
}

func photoURL(appeal, id int64) string {
	return cardURL(appeal) + "/photos/" + strconv.FormatInt(id, 10)
}

// keep cleans the sent pictures and keeps them. One that is no good refuses
// them all: nothing is attached by halves.
func (h *Handlers) keep(ctx context.Context, appeal int64, files []*multipart.FileHeader) ([]workflow.Photo, error) {
	var check fault.Check
	check.That(len(files) <= workflow.MaxPhotos, "photos", "workflow.photos_many", "max", workflow.MaxPhotos)
	if err := check.Err(); err != nil {
		return nil, err
	}
	pictures := make([]photo.Picture, len(files))
	for i, file := range files {
		var err error
		if pictures[i], err = clean(ctx, file); err != nil {
			return nil, err
		}
	}
	out := make([]workflow.Photo, len(pictures))
	for i, p := range pictures {
		key, err := h.cfg.Photos.Put(ctx, "appeal-"+strconv.FormatInt(appeal, 10), p)
		if err != nil {
			return nil, err
		}
		out[i] = intake.Photo(p, key)
	}
	return out, nil
}

func clean(ctx context.Context, file *multipart.FileHeader) (photo.Picture, error) {
	f, err := file.Open()
	if err != nil {
		return photo.Picture{}, err
	}
	defer f.Close()
	return photo.Clean(ctx, f, photo.Default)
}
