package store

type cellRow struct {
	Cube        int    `gorm:"primaryKey;autoIncrement:false"`
	Grain       int    `gorm:"primaryKey;autoIncrement:false"`
	Day         int    `gorm:"primaryKey;autoIncrement:false"`
	AgencyID    int64  `gorm:"primaryKey;autoIncrement:false"`
	TerritoryID int64  `gorm:"primaryKey;autoIncrement:false"`
	PersonID    int64  `gorm:"primaryKey;autoIncrement:false"`
	Topic       string `gorm:"primaryKey"`
	Body        []byte
}

func (cellRow) TableName() string { return "kpi_cells" }

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
