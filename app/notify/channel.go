package notify

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/otklik/otklik/app/fault"
)

// SMTP says how to reach a mail server.
type SMTP struct {
	Host     string
	Port     int
	User     string // "" sends without authentication
	Password string
	From     string // «Name <address>» or an address
	// Plain allows a connection without TLS, for a server on the same machine.
	Plain bool
}

// sendTimeout bounds one delivery.
const sendTimeout = 30 * time.Second

// Send delivers the letter to the server. What can't be delivered now is
// fault.Unavailable; an address or a sender that can never work is
// fault.Invalid.
func (s SMTP) Send(ctx context.Context, l Letter) error {
	msg, err := compose(s.From, l)
	if err != nil {
		return err
	}
	opts := []mail.Option{mail.WithPort(s.Port), mail.WithTimeout(sendTimeout), mail.WithTLSPortPolicy(mail.TLSMandatory)}
	if s.Plain {
		opts = append(opts, mail.WithTLSPortPolicy(mail.TLSOpportunistic))
	}
	if s.User != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	client, err := mail.NewClient(s.Host, opts...)
	if err != nil {
		return fault.Wrap(fault.Invalid, "notify.smtp", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fault.Wrap(fault.Unavailable, "notify.smtp", err)
	}
	return nil
}

// Folder writes letters as .eml files instead of sending them, for a trial or
// a machine without a mail server.
type Folder struct {
	Dir  string
	From string
}

// Send writes the letter; one with the same ID is replaced.
func (f Folder) Send(_ context.Context, l Letter) error {
	msg, err := compose(f.From, l)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return fault.Wrap(fault.Unavailable, "notify.folder", err)
	}
	name := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '.' {
			return r
		}
		return '_'
	}, l.ID)
	if err := msg.WriteToFile(filepath.Join(f.Dir, name+".eml")); err != nil {
		return fault.Wrap(fault.Unavailable, "notify.folder", err)
	}
	return nil
}

func compose(from string, l Letter) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8))
	if err := msg.From(from); err != nil {
		return nil, fault.Wrap(fault.Invalid, "notify.sender", err)
	}
	if err := msg.To(l.To); err != nil {
		return nil, fault.Wrap(fault.Invalid, "notify.address", err)
	}
	if strings.ContainsAny(l.Subject+l.ID, "\r\n") {
		return nil, fault.Wrap(fault.Invalid, "notify.header", errors.New("line break in the subject or id"))
	}
	msg.Subject(l.Subject)
	msg.SetMessageIDWithValue(l.ID)
	msg.SetDate()
	msg.SetBodyString(mail.TypeTextPlain, l.Body)
	return msg, nil
}
