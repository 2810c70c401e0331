package store

// trayRow holds the cells that differ by their topic alone.
type trayRow struct {
	Cube        int   `gorm:"primaryKey;autoIncrement:false"`
	Grain       int   `gorm:"primaryKey;autoIncrement:false"`
	Day         int   `gorm:"primaryKey;autoIncrement:false"`
	AgencyID    int64 `gorm:"primaryKey;autoIncrement:false"`
	TerritoryID int64 `gorm:"primaryKey;autoIncrement:false"`
	PersonID    int64 `gorm:"primaryKey;autoIncrement:false"`
	Body        []byte
}

func (trayRow) TableName() string { return "kpi_trays" }

type portionRow struct {
	AppealID int64 `gorm:"primaryKey;autoIncrement:false"`
	Body     []byte
}

func (portionRow) TableName() string { return "kpi_portions" }

type kpiStateRow struct {
	ID           int64 `gorm:"primaryKey"`
	Zone         string
	Rules        int
	Position     string
	Ready        bool
	ClaimedBy    string
	ClaimedUntil instant
}

func (kpiStateRow) TableName() string { return "kpi_state" }
