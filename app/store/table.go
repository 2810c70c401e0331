package store

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"gorm.io/gorm/schema"
)

// table maps a row struct to its columns by gorm's tags, for statements that
// are written by hand.
type table[T any] struct {
	name    string
	columns []string
	types   []string // of the columns, as PostgreSQL calls them
	index   [][]int
}

// columnTypes are the types of PostgreSQL by those of Go.
var columnTypes = map[reflect.Type]string{
	reflect.TypeFor[int]():      "bigint",
	reflect.TypeFor[int64]():    "bigint",
	reflect.TypeFor[*int]():     "bigint",
	reflect.TypeFor[*int64]():   "bigint",
	reflect.TypeFor[string]():   "text",
	reflect.TypeFor[*string]():  "text",
	reflect.TypeFor[bool]():     "boolean",
	reflect.TypeFor[*float64](): "double precision",
	reflect.TypeFor[float64]():  "double precision",
	reflect.TypeFor[[]byte]():   "bytea",
	reflect.TypeFor[instant]():  "timestamptz",
}

func newTable[T any]() table[T] {
	parsed, err := schema.Parse(new(T), &sync.Map{}, schema.NamingStrategy{})
	if err != nil { // a row struct of this package is wrong: no input can cause it
		panic(fmt.Sprintf("store: %T: %v", *new(T), err))
	}
	t := table[T]{name: parsed.Table}
	for _, f := range parsed.Fields {
		if f.DBName != "" {
			t.columns = append(t.columns, f.DBName)
			t.types = append(t.types, columnTypes[f.FieldType])
			t.index = append(t.index, f.StructField.Index)
		}
	}
	return t
}

// list names the columns, each after the prefix, as «a.id, a.number».
func (t table[T]) list(prefix string) string {
	return prefix + strings.Join(t.columns, ", "+prefix)
}

// into points to the fields of a row in the order of list.
func (t table[T]) into(row *T) []any {
	v := reflect.ValueOf(row).Elem()
	out := make([]any, len(t.index))
	for i, index := range t.index {
		out[i] = v.FieldByIndex(index).Addr().Interface()
	}
	return out
}

// values are the fields of a row in the order of list.
func (t table[T]) values(row *T) []any {
	v := reflect.ValueOf(row).Elem()
	out := make([]any, len(t.index))
	for i, index := range t.index {
		out[i] = v.FieldByIndex(index).Interface()
	}
	return out
}

// cursor is what the results of both drivers can do.
type cursor interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
}

// collect reads all rows that a statement with the columns of list gave.
func (t table[T]) collect(rows cursor) ([]T, error) {
	var out []T
	for rows.Next() {
		var row T
		if err := rows.Scan(t.into(&row)...); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, rows.Err()
}
