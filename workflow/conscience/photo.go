package conscience

import (
	"math"
	"time"
)

// FarMetres is how far from the place of the appeal a picture of what was done
// may be taken: the receiver of a phone errs by tens of metres, a street is
// hundreds long.
const FarMetres = 500

// LikeBits is in how many of 64 bits the looks of one picture may differ. It is
// measured in the tests of app/photo, which computes looks: those of different
// pictures lie 16 and more apart, an encoding or a resizing changes up to 6.
const LikeBits = 6

// slack is how much earlier than the appeal a picture may seem to be taken:
// clocks of cameras go wrong.
const slack = time.Hour

// Photo is a picture of the answer with what its file told and which pictures
// are like it.
type Photo struct {
	ID      int64
	TakenAt time.Time // zero where the file doesn't say
	Away    *int      // metres from the place of the appeal, nil where that isn't known
	Twins   []Twin
}

// Twin is another picture that is the same or nearly the same.
type Twin struct {
	ID     int64
	Appeal int64
	Number string
	Own    bool // of this very appeal
	Exact  bool // the same file
	Bits   int  // in which the two hashes of what one sees differ
}

// photoMissing finds «solved» without the picture that the topic asks for.
func photoMissing(r *reading) []Flag {
	if r.Answer.Outcome != solved || !r.AsksPhoto || len(r.Photos) > 0 {
		return nil
	}
	return []Flag{{Code: NoPhoto, Why: "conscience.no_photo"}}
}

// photosDoubted finds pictures that prove nothing, in the order of the codes.
func photosDoubted(r *reading) []Flag {
	var same, used, early, far []Evidence
	var metres int
	for _, p := range r.Photos {
		for _, t := range p.Twins {
			seen := Evidence{Photo: p.ID, Other: t.ID, Appeal: t.Appeal, Number: t.Number}
			if t.Own {
				same = append(same, seen)
			} else {
				used = append(used, seen)
			}
		}
		if !p.TakenAt.IsZero() && p.TakenAt.Before(r.SentAt.Add(-slack)) {
			early = append(early, Evidence{Photo: p.ID, At: p.TakenAt})
		}
		if p.Away != nil && *p.Away > FarMetres {
			far = append(far, Evidence{Photo: p.ID})
			metres = max(metres, *p.Away)
		}
	}
	var out []Flag
	add := func(code Code, why string, fields map[string]any, seen []Evidence) {
		if len(seen) > 0 {
			out = append(out, Flag{Code: code, Why: why, Fields: fields, Evidence: seen})
		}
	}
	add(SamePhoto, "conscience.photo_same", nil, same)
	if len(used) > 0 {
		add(UsedPhoto, "conscience.photo_used", map[string]any{"number": used[0].Number}, used)
	}
	add(EarlyPhoto, "conscience.photo_early", nil, early)
	add(FarPhoto, "conscience.photo_far", map[string]any{"metres": metres}, far)
	return out
}

// earthRadius is the mean radius, metres.
const earthRadius = 6_371_000

// Metres is the distance of two places in degrees, by the haversine formula.
func Metres(lat1, lon1, lat2, lon2 float64) int {
	rad := func(x float64) float64 { return x * math.Pi / 180 }
	a := math.Pow(math.Sin(rad(lat2-lat1)/2), 2) +
		math.Cos(rad(lat1))*math.Cos(rad(lat2))*math.Pow(math.Sin(rad(lon2-lon1)/2), 2)
	return int(math.Round(2 * earthRadius * math.Asin(math.Min(1, math.Sqrt(a)))))
}
