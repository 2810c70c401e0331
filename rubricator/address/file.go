package address

import (
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/rubricator/territory"
)

// Columns of the tables, in any order. Of the addresses one of territory and
// oktmo and one of street and settlement must be there, of landmarks kind, name,
// lat and lon.
const (
	colTerritory  = "territory" // code
	colOKTMO      = "oktmo"
	colSettlement = "settlement"
	colType       = "type"
	colStreet     = "street"
	colHouse      = "house"
	colAnnex      = "korpus"
	colBlock      = "stroenie"
	colLat        = "lat"
	colLon        = "lon"
	colKind       = "kind"
	colName       = "name"
)

var (
	addressColumns  = []string{colTerritory, colOKTMO, colSettlement, colType, colStreet, colHouse, colAnnex, colBlock, colLat, colLon}
	landmarkColumns = []string{colTerritory, colOKTMO, colSettlement, colKind, colName, colLat, colLon}
)

// Most wrong lines that are told: a file may have a million.
const mostWrong = 100

var errEnough = errors.New("enough is wrong")

// ParseStreets reads a table of streets and houses, a row for each house and one
// without a number for the street itself, in any order. read is told how many
// rows were read, every thousand. Errors are fault.Lines.
func ParseStreets(r io.Reader, places *territory.Index, read func(rows int)) ([]Street, error) {
	b := builder{known: map[street]*pile{}}
	err := parse(r, addressColumns, []string{colStreet, colSettlement}, places, read, b.add)
	if err != nil {
		return nil, err
	}
	return b.streets(), nil
}

// ParseLandmarks reads a table of named objects. Errors are fault.Lines.
func ParseLandmarks(r io.Reader, places *territory.Index) ([]Landmark, error) {
	var out []Landmark
	err := parse(r, landmarkColumns, []string{colKind, colName}, places, func(int) {}, func(row *row) {
		l := Landmark{Territory: row.territory, Settlement: row.of(colSettlement), Kind: LandmarkKind(row.of(colKind)), Name: row.of(colName), Lat: row.lat, Lon: row.lon}
		if !slices.Contains(LandmarkKinds, l.Kind) {
			row.wrong(colKind, "%q is none of %s", l.Kind, kindList())
		}
		if l.Name == "" {
			row.wrong(colName, "a landmark needs one")
		}
		if !row.placed() {
			row.wrong(colLat, "a landmark needs its latitude and longitude")
		}
		out = append(out, l)
	})
	return out, err
}

func kindList() string {
	out := make([]string, len(LandmarkKinds))
	for i, k := range LandmarkKinds {
		out[i] = string(k)
	}
	return strings.Join(out, ", ")
}

// row is one line of a table.
type row struct {
	line      int
	cells     map[string]int
	fields    []string
	territory int64
	lat, lon  float64
	bad       *fault.Lines
}

func (r *row) of(column string) string {
	i, ok := r.cells[column]
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.fields[i])
}

func (r *row) wrong(field, format string, args ...any) { r.bad.Add(r.line, field, format, args...) }

func (r *row) placed() bool { return r.lat != 0 || r.lon != 0 }

// parse reads a table line by line; take gets each row whose territory and point
// are right.
func parse(in io.Reader, columns, needed []string, places *territory.Index, read func(int), take func(*row)) error {
	var bad fault.Lines
	table := csv.NewReader(in)
	table.ReuseRecord = true
	head, err := table.Read()
	if err != nil {
		bad.Add(0, "", "the file has no row of column names: %s", err)
		return bad
	}
	table.Comma, head = separator(table, head)
	table.FieldsPerRecord = len(head)
	cells := map[string]int{}
	for i, h := range head {
		h = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		if !slices.Contains(columns, h) {
			bad.Add(1, h, "there is no such column; there are %s", strings.Join(columns, ", "))
		}
		cells[h] = i
	}
	for _, c := range needed {
		if _, ok := cells[c]; !ok && (c != colSettlement || cells[colStreet] == 0 && !has(cells, colStreet)) {
			bad.Add(1, c, "the column is missing")
		}
	}
	if !has(cells, colTerritory) && !has(cells, colOKTMO) {
		bad.Add(1, colTerritory, "one of the columns territory and oktmo must be there")
	}
	if len(bad) > 0 {
		return bad
	}
	codes := newCodes(places)
	rows := 0
	for {
		fields, err := table.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := table.FieldPos(0)
		r := row{line: line, cells: cells, fields: fields, bad: &bad}
		if err != nil {
			var wrong *csv.ParseError
			if !errors.As(err, &wrong) {
				return err
			}
			bad.Add(wrong.Line, "", "%s", wrong.Err)
		} else if r.locate(codes) {
			take(&r)
		}
		if len(bad) > mostWrong {
			bad = append(bad[:mostWrong], fault.Line{Reason: "the rest was not looked at: " + errEnough.Error()})
			return bad
		}
		if rows++; rows%1000 == 0 {
			read(rows)
		}
	}
	read(rows)
	if rows == 0 {
		bad.Add(0, "", "the file holds no rows")
	}
	return bad.Err()
}

func has(cells map[string]int, column string) bool { _, ok := cells[column]; return ok }

// separator is what stands between the cells: spreadsheets here write semicolons.
func separator(table *csv.Reader, head []string) (rune, []string) {
	if len(head) == 1 && strings.Contains(head[0], ";") {
		return ';', strings.Split(strings.ReplaceAll(head[0], `"`, ""), ";")
	}
	return table.Comma, slices.Clone(head)
}

// locate reads the territory and the point of a row.
func (r *row) locate(codes *codes) bool {
	before := len(*r.bad)
	code, oktmo := r.of(colTerritory), r.of(colOKTMO)
	ok := false
	switch {
	case code != "":
		if r.territory, ok = codes.byCode[code]; !ok {
			r.wrong(colTerritory, "there is no territory %q", code)
		}
	case oktmo != "":
		if r.territory, ok = codes.byOKTMO(oktmo); !ok {
			r.wrong(colOKTMO, "no territory has the OKTMO %q or one above it", oktmo)
		}
	default:
		r.wrong(colTerritory, "the row says neither territory nor oktmo")
	}
	lat, lon := r.of(colLat), r.of(colLon)
	if lat != "" || lon != "" {
		var err1, err2 error
		r.lat, err1 = strconv.ParseFloat(strings.ReplaceAll(lat, ",", "."), 64)
		r.lon, err2 = strconv.ParseFloat(strings.ReplaceAll(lon, ",", "."), 64)
		if err1 != nil || err2 != nil || !(r.lat >= -90 && r.lat <= 90 && r.lon >= -180 && r.lon <= 180) {
			r.wrong(colLat, "%q, %q is no latitude and longitude in degrees", lat, lon)
		}
	}
	return len(*r.bad) == before
}

// codes finds territories by what tables call them.
type codes struct {
	byCode map[string]int64
	oktmo  map[string]int64 // without the zeroes at the end
}

func newCodes(places *territory.Index) *codes {
	c := &codes{byCode: map[string]int64{}, oktmo: map[string]int64{}}
	for _, t := range places.All() {
		c.byCode[t.Code] = t.ID
		if short := strings.TrimRight(t.OKTMO, "0"); short != "" {
			c.oktmo[short] = t.ID
		}
	}
	return c
}

// byOKTMO finds the territory with the longest beginning of the code. Below two
// digits nothing is meant: those are the region's, which has no streets.
func (c *codes) byOKTMO(code string) (int64, bool) {
	for n := len(code); n > 2; n-- {
		if id, ok := c.oktmo[strings.TrimRight(code[:n], "0")]; ok {
			return id, true
		}
	}
	return 0, false
}

// street is what tells one street from another.
type street struct {
	territory              int64
	settlement, kind, name string
}

// pile is what was read of a street.
type pile struct {
	lat, lon float64
	houses   map[string][2]float64
}

type builder struct{ known map[street]*pile }

func (b *builder) add(r *row) {
	kind, ok := streetKind(r.of(colType))
	if !ok {
		kind = r.of(colType) // as the table calls it
	}
	key := street{r.territory, strings.Clone(r.of(colSettlement)), strings.Clone(kind), strings.Clone(r.of(colStreet))}
	if key.name == "" && key.settlement == "" {
		r.wrong(colStreet, "the row names neither a street nor a settlement")
		return
	}
	p := b.known[key]
	if p == nil {
		p = &pile{houses: map[string][2]float64{}}
		b.known[key] = p
	}
	house := r.of(colHouse)
	if house == "" {
		p.lat, p.lon = r.lat, r.lon
		return
	}
	number := canonical(house, r.of(colAnnex), r.of(colBlock))
	if number == "" || len(number) > 40 || strings.ContainsAny(number, "\t\n") {
		r.wrong(colHouse, "%q is no number of a house", house)
		return
	}
	p.houses[strings.Clone(number)] = [2]float64{r.lat, r.lon}
}

// streets are all that was read, in a fixed order. A street without a point of
// its own lies in the middle of its houses.
func (b *builder) streets() []Street {
	keys := slices.SortedFunc(maps.Keys(b.known), func(a, c street) int {
		return cmp.Or(cmp.Compare(a.territory, c.territory), cmp.Compare(a.settlement, c.settlement), cmp.Compare(a.name, c.name), cmp.Compare(a.kind, c.kind))
	})
	out := make([]Street, 0, len(keys))
	for _, k := range keys {
		p := b.known[k]
		s := Street{Territory: k.territory, Settlement: k.settlement, Kind: k.kind, Name: k.name, Lat: p.lat, Lon: p.lon}
		numbers := slices.SortedFunc(maps.Keys(p.houses), func(a, c string) int {
			return cmp.Or(cmp.Compare(leading(a), leading(c)), cmp.Compare(a, c))
		})
		placed := 0
		var lat, lon float64
		houses := make([]House, len(numbers))
		for i, n := range numbers {
			at := p.houses[n]
			houses[i] = House{Number: n, Lat: at[0], Lon: at[1]}
			if at != [2]float64{} {
				placed++
				lat, lon = lat+at[0], lon+at[1]
			}
		}
		if s.Lat == 0 && s.Lon == 0 && placed > 0 {
			s.Lat, s.Lon = lat/float64(placed), lon/float64(placed)
		}
		s.Houses = packHouses(houses, s.Lat, s.Lon)
		out = append(out, s)
	}
	return out
}

// leading is the number at the beginning: «12а» stands between 12 and 13.
func leading(s string) int {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + int(c-'0')
	}
	return n
}
