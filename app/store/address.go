package store

import (
	"context"

	"github.com/otklik/otklik/rubricator/address"
)

type streetRow struct {
	ID          int64 `gorm:"primaryKey"`
	TerritoryID int64
	Settlement  string
	Kind        string
	Name        string
	Lat         float64
	Lon         float64
	Houses      string
}

func (streetRow) TableName() string { return "streets" }

var streetTable = newTable[streetRow]()

type landmarkRow struct {
	ID          int64 `gorm:"primaryKey"`
	TerritoryID int64
	Settlement  string
	Kind        string
	Name        string
	Lat         float64
	Lon         float64
}

func (landmarkRow) TableName() string { return "landmarks" }

var landmarkTable = newTable[landmarkRow]()

type addressLoadRow struct {
	ID       int64 `gorm:"primaryKey"`
	Kind     string
	File     string
	Count    int
	LoadedAt instant
}

func (addressLoadRow) TableName() string { return "address_loads" }

var _ address.Source = (*Store)(nil)

// LastAddressLoad implements address.Source.
func (s *Store) LastAddressLoad(ctx context.Context) (int64, error) {
	var last int64
	err := s.freshDB.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM address_loads").Scan(&last)
	return last, translate(err)
}

// ListStreets implements address.Source.
func (s *Store) ListStreets(ctx context.Context) ([]address.Street, error) {
	rows, err := list(ctx, s.dialect, s.freshDB, streetTable, "SELECT "+streetTable.list("")+" FROM streets ORDER BY id")
	if err != nil {
		return nil, translate(err)
	}
	out := make([]address.Street, len(rows))
	for i, r := range rows {
		out[i] = address.Street{
			ID: r.ID, Territory: r.TerritoryID, Settlement: r.Settlement, Kind: r.Kind, Name: r.Name, Lat: r.Lat, Lon: r.Lon,
			Houses: address.Houses(r.Houses),
		}
	}
	return out, nil
}

// ListLandmarks implements address.Source.
func (s *Store) ListLandmarks(ctx context.Context) ([]address.Landmark, error) {
	rows, err := list(ctx, s.dialect, s.freshDB, landmarkTable, "SELECT "+landmarkTable.list("")+" FROM landmarks ORDER BY id")
	if err != nil {
		return nil, translate(err)
	}
	out := make([]address.Landmark, len(rows))
	for i, r := range rows {
		out[i] = address.Landmark{
			ID: r.ID, Territory: r.TerritoryID, Settlement: r.Settlement, Kind: address.LandmarkKind(r.Kind), Name: r.Name,
			Lat: r.Lat, Lon: r.Lon,
		}
	}
	return out, nil
}

// ReplaceStreets puts streets in the place of all that the territories had, and
// notes the load. It returns how many were there.
func (i *Import) ReplaceStreets(territories []int64, streets []address.Street, file string) (before int, err error) {
	gone := i.db.Where("territory_id IN ?", territories).Delete(&streetRow{})
	if gone.Error != nil {
		return 0, translate(gone.Error)
	}
	rows := make([]streetRow, len(streets))
	houses := 0
	for n, s := range streets {
		rows[n] = streetRow{
			TerritoryID: s.Territory, Settlement: s.Settlement, Kind: s.Kind, Name: s.Name, Lat: s.Lat, Lon: s.Lon, Houses: string(s.Houses),
		}
		houses += s.Houses.Count()
	}
	if err := i.db.CreateInBatches(&rows, importBatch).Error; err != nil {
		return 0, translate(err)
	}
	return int(gone.RowsAffected), i.noteLoad("streets", file, len(streets)+houses)
}

// ReplaceLandmarks puts landmarks in the place of all that the territories had,
// and notes the load. It returns how many were there.
func (i *Import) ReplaceLandmarks(territories []int64, landmarks []address.Landmark, file string) (before int, err error) {
	gone := i.db.Where("territory_id IN ?", territories).Delete(&landmarkRow{})
	if gone.Error != nil {
		return 0, translate(gone.Error)
	}
	rows := make([]landmarkRow, len(landmarks))
	for n, l := range landmarks {
		rows[n] = landmarkRow{
			TerritoryID: l.Territory, Settlement: l.Settlement, Kind: string(l.Kind), Name: l.Name, Lat: l.Lat, Lon: l.Lon,
		}
	}
	if err := i.db.CreateInBatches(&rows, importBatch).Error; err != nil {
		return 0, translate(err)
	}
	return int(gone.RowsAffected), i.noteLoad("landmarks", file, len(landmarks))
}

func (i *Import) noteLoad(kind, file string, count int) error {
	return translate(i.db.Create(&addressLoadRow{Kind: kind, File: file, Count: count, LoadedAt: instant(i.s.clock.Now())}).Error)
}
