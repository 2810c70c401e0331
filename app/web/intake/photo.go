package intake

import (
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/workflow"
)

// Photo is a cleaned picture under the key that it is kept by, as the workflow
// takes it from every door.
func Photo(p photo.Picture, key string) workflow.Photo {
	out := workflow.Photo{
		Key: key, Width: p.Width, Height: p.Height, Bytes: int64(len(p.JPEG)), SHA256: p.SHA256,
		Sent: p.Sent, Look: uint64(p.Look),
	}
	if c := p.Capture; c.At != "" || c.Where != nil {
		out.Capture = &workflow.Capture{At: c.At}
		if c.Where != nil {
			out.Capture.Where = &workflow.Point{Lat: c.Where.Lat, Lon: c.Where.Lon}
		}
	}
	return out
}
