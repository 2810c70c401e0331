package store

type reportOrderRow struct {
	ID          int64 `gorm:"primaryKey"`
	UserID      int64
	AgencyID    int64
	TerritoryID int64
	Weekday     int
	CreatedBy   int64
	CreatedAt   instant `gorm:"autoCreateTime:false"`
}

func (reportOrderRow) TableName() string { return "report_orders" }

type reportFileRow struct {
	ID          int64 `gorm:"primaryKey"`
	OrderID     int64
	UserID      int64
	AgencyID    int64
	TerritoryID int64
	Week        string
	MadeAt      instant
	Body        []byte
}

func (reportFileRow) TableName() string { return "report_files" }

type openDataRow struct {
	Name   string `gorm:"primaryKey"`
	MadeAt instant
	Count  int
	Body   []byte
}

func (openDataRow) TableName() string { return "open_data" }
