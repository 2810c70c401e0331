package document

// File is something to download.
type File struct {
	Name string // as a person would call it, with its ending
	Type string // media type
	Body []byte
}

// The media types of what is made here.
const (
	TypePDF  = "application/pdf"
	TypeCSV  = "text/csv; charset=utf-8"
	TypeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)
