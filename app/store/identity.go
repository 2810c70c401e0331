package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
)

type agencyRow struct {
	ID            int64 `gorm:"primaryKey"`
	ParentID      int64
	Code          string
	NameRU        string `gorm:"column:name_ru"`
	NameEN        string `gorm:"column:name_en"`
	ShortRU       string `gorm:"column:short_ru"`
	ShortEN       string `gorm:"column:short_en"`
	TerritoryID   int64
	Phone         string
	Email         string
	AddressRU     string `gorm:"column:address_ru"`
	AddressEN     string `gorm:"column:address_en"`
	HoursRU       string `gorm:"column:hours_ru"`
	HoursEN       string `gorm:"column:hours_en"`
	Site          string
	Capabilities  string
	WidgetOrigins string
}

func (agencyRow) TableName() string { return "agencies" }

var agencyTable = newTable[agencyRow]()

func jsonList(list []string) string {
	if len(list) == 0 {
		return "[]"
	}
	out, _ := json.Marshal(list) // strings: it can't fail
	return string(out)
}

func newAgencyRow(a *identity.Agency) *agencyRow {
	return &agencyRow{
		ID: a.ID, ParentID: a.Parent, Code: a.Code, NameRU: a.Name.RU, NameEN: a.Name.EN, ShortRU: a.Short.RU,
		ShortEN: a.Short.EN, TerritoryID: a.Territory, Phone: a.Phone, Email: a.Email, AddressRU: a.Address.RU,
		AddressEN: a.Address.EN, HoursRU: a.Hours.RU, HoursEN: a.Hours.EN, Site: a.Site,
		Capabilities: jsonList(a.Capabilities), WidgetOrigins: jsonList(a.WidgetOrigins),
	}
}

func (r *agencyRow) agency() (identity.Agency, error) {
	a := identity.Agency{
		ID: r.ID, Parent: r.ParentID, Code: r.Code, Name: lang.Text{RU: r.NameRU, EN: r.NameEN},
		Short: lang.Text{RU: r.ShortRU, EN: r.ShortEN}, Territory: r.TerritoryID, Phone: r.Phone, Email: r.Email,
		Address: lang.Text{RU: r.AddressRU, EN: r.AddressEN}, Hours: lang.Text{RU: r.HoursRU, EN: r.HoursEN}, Site: r.Site,
	}
	if err := json.Unmarshal([]byte(r.Capabilities), &a.Capabilities); err != nil {
		return a, fmt.Errorf("capabilities of agency %d: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.WidgetOrigins), &a.WidgetOrigins); err != nil {
		return a, fmt.Errorf("widget origins of agency %d: %w", r.ID, err)
	}
	return a, nil
}

// ListAgencies implements identity.Store.
func (s *Store) ListAgencies(ctx context.Context) ([]identity.Agency, error) {
	return listAgencies(s.fresh.WithContext(ctx))
}

func listAgencies(db *gorm.DB) ([]identity.Agency, error) {
	var rows []agencyRow
	if err := db.Order("id").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]identity.Agency, len(rows))
	for i := range rows {
		a, err := rows[i].agency()
		if err != nil {
			return nil, err
		}
		out[i] = a
	}
	return out, nil
}

// SaveAgency implements identity.Store: by id, or anew where it is 0.
func (s *Store) SaveAgency(ctx context.Context, a *identity.Agency) error {
	row := newAgencyRow(a)
	if a.ID == 0 {
		err := s.write.WithContext(ctx).Create(row).Error
		a.ID = row.ID
		return translate(err)
	}
	return found(s.write.WithContext(ctx).Model(&agencyRow{}).Where("id = ?", a.ID).Select("*").Omit("id").Updates(row))
}

// found tells a change of a row that isn't there.
func found(done *gorm.DB) error {
	if done.Error == nil && done.RowsAffected == 0 {
		return missing()
	}
	return translate(done.Error)
}

type userRow struct {
	ID           int64 `gorm:"primaryKey"`
	Login        string
	Name         string
	Email        string
	Position     string
	Phone        string
	Lang         string
	PasswordHash string
	Disabled     bool
	CreatedAt    instant `gorm:"autoCreateTime:false"`
}

func (userRow) TableName() string { return "users" }

var userTable = newTable[userRow]()

type membershipRow struct {
	UserID   int64  `gorm:"primaryKey;autoIncrement:false"`
	AgencyID int64  `gorm:"primaryKey;autoIncrement:false"`
	Role     string `gorm:"primaryKey"`
}

func (membershipRow) TableName() string { return "memberships" }

type sessionRow struct {
	TokenHash string `gorm:"primaryKey"`
	UserID    int64
	CreatedAt instant `gorm:"autoCreateTime:false"`
	SeenAt    instant
	ExpiresAt instant
	IP        string `gorm:"column:ip"`
	Agent     string
}

func (sessionRow) TableName() string { return "sessions" }

var sessionTable = newTable[sessionRow]()

type tokenRow struct {
	TokenHash string `gorm:"primaryKey"`
	Name      string
	UserID    int64
	CreatedAt instant `gorm:"autoCreateTime:false"`
	ExpiresAt instant
}

func (tokenRow) TableName() string { return "api_tokens" }

// users reads users with their roles by one statement whose FROM clause names
// the users «u». before are columns, and where they go, that come first.
func (s *Store) users(ctx context.Context, from string, before string, into []any, args ...any) ([]identity.User, error) {
	query := "SELECT " + before + userTable.list("u.") + ", coalesce(m.agency_id, 0), coalesce(m.role, '') FROM " + from
	rows, err := s.freshDB.QueryContext(ctx, s.dialect.bind(query), args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []identity.User
	for rows.Next() {
		var row userRow
		var m actor.Membership
		dest := append(slices.Clone(into), userTable.into(&row)...)
		if err := rows.Scan(append(dest, &m.Agency, &m.Role)...); err != nil {
			return nil, translate(err)
		}
		if len(out) == 0 || out[len(out)-1].ID != row.ID {
			out = append(out, identity.User{
				ID: row.ID, Login: row.Login, Name: row.Name, Email: row.Email, Position: row.Position, Phone: row.Phone,
				Lang: lang.Lang(row.Lang), PasswordHash: row.PasswordHash, Disabled: row.Disabled,
			})
		}
		if m.Role != "" {
			u := &out[len(out)-1]
			u.Memberships = append(u.Memberships, m)
		}
	}
	return out, translate(rows.Err())
}

// withRoles joins the roles, in a fixed order.
const (
	withRoles = " LEFT JOIN memberships m ON m.user_id = u.id"
	byRole    = " ORDER BY u.id, m.agency_id, m.role"
)

func one(users []identity.User, err error) (*identity.User, error) {
	if err != nil {
		return nil, err
	}
	if len(users) == 0 {
		return nil, missing()
	}
	return &users[0], nil
}

// FindUser implements identity.Store.
func (s *Store) FindUser(ctx context.Context, id int64) (*identity.User, error) {
	u, err := one(s.users(ctx, "users u"+withRoles+" WHERE u.id = ?"+byRole, "", nil, id))
	return s.standing(ctx, u, err)
}

// FindUserByLogin implements identity.Store.
func (s *Store) FindUserByLogin(ctx context.Context, login string) (*identity.User, error) {
	u, err := one(s.users(ctx, "users u"+withRoles+" WHERE u.login = ?"+byRole, "", nil, login))
	return s.standing(ctx, u, err)
}

// ListUsers implements identity.Store.
func (s *Store) ListUsers(ctx context.Context, agency int64) ([]identity.User, error) {
	if agency == 0 {
		return s.users(ctx, "users u"+withRoles+byRole, "", nil)
	}
	return s.users(ctx, "users u"+withRoles+
		" WHERE u.id IN (SELECT user_id FROM memberships WHERE agency_id = ?)"+byRole, "", nil, agency)
}

// SaveUser implements identity.Store: by id, or anew where it is 0. A login
// that another has is fault.Conflict with key "user.login_taken".
func (s *Store) SaveUser(ctx context.Context, u *identity.User) error {
	id := u.ID
	err := s.inTx(ctx, func(db *gorm.DB) (err error) {
		id, err = s.saveUser(db, u)
		return err
	})
	if err == nil {
		u.ID = id
	}
	return err
}

func (s *Store) saveUser(db *gorm.DB, u *identity.User) (id int64, err error) {
	row := &userRow{
		ID: u.ID, Login: u.Login, Name: u.Name, Email: u.Email, Position: u.Position, Phone: u.Phone,
		Lang: string(u.Lang), PasswordHash: u.PasswordHash, Disabled: u.Disabled,
		CreatedAt: instant(s.clock.Now()),
	}
	if u.ID == 0 {
		err = translate(db.Create(row).Error)
	} else {
		err = found(db.Model(&userRow{}).Where("id = ?", u.ID).Select("*").Omit("id", "created_at", "lang").Updates(row))
	}
	if fault.Is(err, fault.Conflict) {
		return 0, fault.Wrap(fault.Conflict, "user.login_taken", err).With("login", u.Login)
	}
	if err != nil {
		return 0, err
	}
	if err := db.Delete(&membershipRow{}, "user_id = ?", row.ID).Error; err != nil {
		return 0, err
	}
	var roles []membershipRow
	for _, m := range u.Memberships {
		if role := (membershipRow{row.ID, m.Agency, string(m.Role)}); !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	if len(roles) == 0 {
		return row.ID, nil
	}
	return row.ID, db.Create(&roles).Error
}

// SetLang implements identity.Store.
func (s *Store) SetLang(ctx context.Context, id int64, l lang.Lang) error {
	return found(s.write.WithContext(ctx).Model(&userRow{}).Where("id = ?", id).Update("lang", string(l)))
}

// CreateSession implements identity.Store.
func (s *Store) CreateSession(ctx context.Context, tokenHash string, ses identity.Session) error {
	return translate(s.write.WithContext(ctx).Create(&sessionRow{
		TokenHash: tokenHash, UserID: ses.User, CreatedAt: instant(ses.CreatedAt), SeenAt: instant(ses.SeenAt),
		ExpiresAt: instant(ses.ExpiresAt), IP: ses.IP, Agent: ses.Agent,
	}).Error)
}

// FindSession implements identity.Store. A disabled user has none.
func (s *Store) FindSession(ctx context.Context, tokenHash string, now time.Time) (*identity.Session, *identity.User, error) {
	var row sessionRow
	u, err := one(s.users(ctx, "sessions s JOIN users u ON u.id = s.user_id"+withRoles+
		" WHERE s.token_hash = ? AND s.expires_at > ? AND NOT u.disabled"+byRole,
		sessionTable.list("s.")+", ", sessionTable.into(&row), tokenHash, instant(now)))
	u, err = s.standing(ctx, u, err)
	if err != nil {
		return nil, nil, err
	}
	return &identity.Session{
		User: row.UserID, CreatedAt: row.CreatedAt.time(), SeenAt: row.SeenAt.time(), ExpiresAt: row.ExpiresAt.time(),
		IP: row.IP, Agent: row.Agent,
	}, u, nil
}

// TouchSession implements identity.Store.
func (s *Store) TouchSession(ctx context.Context, tokenHash string, seen, expires time.Time) error {
	return found(s.write.WithContext(ctx).Model(&sessionRow{}).Where("token_hash = ?", tokenHash).
		Updates(map[string]any{"seen_at": instant(seen), "expires_at": instant(expires)}))
}

// DeleteSession implements identity.Store. One that is gone is no error.
func (s *Store) DeleteSession(ctx context.Context, tokenHash string) error {
	return translate(s.write.WithContext(ctx).Delete(&sessionRow{}, "token_hash = ?", tokenHash).Error)
}

// DeleteSessions ends all sessions of a user.
func (s *Store) DeleteSessions(ctx context.Context, user int64) (int, error) {
	done := s.write.WithContext(ctx).Delete(&sessionRow{}, "user_id = ?", user)
	return int(done.RowsAffected), translate(done.Error)
}

// CreateToken implements identity.Store.
func (s *Store) CreateToken(ctx context.Context, tokenHash, name string, user int64, expires time.Time) error {
	return translate(s.write.WithContext(ctx).Create(&tokenRow{
		TokenHash: tokenHash, Name: name, UserID: user, CreatedAt: instant(s.clock.Now()), ExpiresAt: instant(expires),
	}).Error)
}

// FindToken implements identity.Store. A disabled user has none.
func (s *Store) FindToken(ctx context.Context, tokenHash string, now time.Time) (*identity.User, error) {
	u, err := one(s.users(ctx, "api_tokens t JOIN users u ON u.id = t.user_id"+withRoles+
		" WHERE t.token_hash = ? AND t.expires_at > ? AND NOT u.disabled"+byRole, "", nil, tokenHash, instant(now)))
	return s.standing(ctx, u, err)
}
