package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
)

type territoryRow struct {
	ID         int64 `gorm:"primaryKey"`
	ParentID   int64
	Code       string
	Kind       string
	NameRU     string `gorm:"column:name_ru"`
	NameEN     string `gorm:"column:name_en"`
	ShortRU    string `gorm:"column:short_ru"`
	ShortEN    string `gorm:"column:short_en"`
	OKTMO      string `gorm:"column:oktmo"`
	Population int
	Lat        float64
	Lon        float64
	TileCol    int
	TileRow    int
	Boundary   string
}

func (territoryRow) TableName() string { return "territories" }

var territoryTable = newTable[territoryRow]()

func newTerritoryRow(t territory.Territory) territoryRow {
	return territoryRow{
		ParentID: t.Parent, Code: t.Code, Kind: t.Kind, NameRU: t.Name.RU, NameEN: t.Name.EN, ShortRU: t.Short.RU,
		ShortEN: t.Short.EN, OKTMO: t.OKTMO, Population: t.Population, Lat: t.Lat, Lon: t.Lon, TileCol: t.Col,
		TileRow: t.Row, Boundary: t.Boundary,
	}
}

func (r territoryRow) territory() territory.Territory {
	return territory.Territory{
		ID: r.ID, Parent: r.ParentID, Code: r.Code, Kind: r.Kind, Name: lang.Text{RU: r.NameRU, EN: r.NameEN},
		Short: lang.Text{RU: r.ShortRU, EN: r.ShortEN}, OKTMO: r.OKTMO, Population: r.Population, Lat: r.Lat, Lon: r.Lon,
		Col: r.TileCol, Row: r.TileRow, Boundary: r.Boundary,
	}
}

type rubricVersionRow struct {
	ID          int64 `gorm:"primaryKey"`
	State       string
	Note        string
	Body        string
	CreatedAt   instant `gorm:"autoCreateTime:false"`
	PublishedAt instant
	Rules       string // JSON as of publishing, "" unknown
	PublishedBy int64
}

func (rubricVersionRow) TableName() string { return "rubric_versions" }

// published is the state of a version of the tree that appeals are sent under.
const published = "published"

type routeRow struct {
	Rubric      string `gorm:"primaryKey"`
	TerritoryID int64  `gorm:"primaryKey;autoIncrement:false"`
	Question    string `gorm:"primaryKey"`
	Answer      string `gorm:"primaryKey"`
	AgencyID    int64
}

func (routeRow) TableName() string { return "routes" }

// ListTerritories returns all territories by id: those above come first where
// they were saved first.
func (s *Store) ListTerritories(ctx context.Context) ([]territory.Territory, error) {
	var rows []territoryRow
	if err := s.fresh.WithContext(ctx).Order("id").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]territory.Territory, len(rows))
	for i, r := range rows {
		out[i] = r.territory()
	}
	return out, nil
}

// LatestVersion returns the tree that is published now. It is fault.NotFound
// with key "rubric.none_published" where none is.
func (s *Store) LatestVersion(ctx context.Context) (id int64, roots []*rubricator.Rubric, err error) {
	id, roots, err = readVersion(s.fresh.WithContext(ctx).Where("state = ?", published).Order("id DESC"))
	if fault.Is(err, fault.NotFound) {
		return 0, nil, fault.Wrap(fault.NotFound, "rubric.none_published", err)
	}
	return id, roots, err
}

// FindVersion returns the tree of a version.
func (s *Store) FindVersion(ctx context.Context, id int64) ([]*rubricator.Rubric, error) {
	_, roots, err := readVersion(s.fresh.WithContext(ctx).Where("id = ?", id))
	return roots, err
}

func readVersion(db *gorm.DB) (id int64, roots []*rubricator.Rubric, err error) {
	var row rubricVersionRow
	if err := db.Take(&row).Error; err != nil {
		return 0, nil, translate(err)
	}
	if err := json.Unmarshal([]byte(row.Body), &roots); err != nil {
		return 0, nil, fmt.Errorf("rubricator version %d: %w", row.ID, err)
	}
	return row.ID, roots, nil
}

// ListRules returns the routing rules.
func (s *Store) ListRules(ctx context.Context) ([]rubricator.Rule, error) {
	return listRules(s.fresh.WithContext(ctx))
}

func listRules(db *gorm.DB) ([]rubricator.Rule, error) {
	var rows []routeRow
	if err := db.Order("rubric, territory_id, question, answer").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]rubricator.Rule, len(rows))
	for i, r := range rows {
		out[i] = rubricator.Rule{
			Rubric: r.Rubric, Territory: r.TerritoryID, Agency: r.AgencyID,
			When: rubricator.Condition{Question: r.Question, Answer: r.Answer},
		}
	}
	return out, nil
}
