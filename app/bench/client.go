package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// client is one keep-alive connection. It shares the cores with what it
// measures, so it does as little as it can: it writes prepared bytes and reads
// the answer.
type client struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte
	host string
}

func dial(ctx context.Context, address string) (*client, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), host: address}, nil
}

func (c *client) close() { _ = c.conn.Close() }

// post sends a body of JSON.
func (c *client) post(path, body string) (status int, answer []byte, err error) {
	return c.send(path, "application/json", body)
}

// send posts a body of some type.
func (c *client) send(path, kind, body string) (status int, answer []byte, err error) {
	c.out = append(c.out[:0], "POST "+path+" HTTP/1.1\r\nHost: "+c.host+
		"\r\nContent-Type: "+kind+"\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"+body...)
	return c.roundTrip(http.MethodPost)
}

// get asks for a page as a browser does that is signed in.
func (c *client) get(path, cookie string) (status int, answer []byte, err error) {
	c.out = append(c.out[:0], "GET "+path+" HTTP/1.1\r\nHost: "+c.host+"\r\nCookie: "+cookie+
		"\r\nAccept-Encoding: gzip\r\nAccept-Language: ru\r\n\r\n"...)
	return c.roundTrip(http.MethodGet)
}

func (c *client) roundTrip(method string) (status int, answer []byte, err error) {
	if _, err := c.conn.Write(c.out); err != nil {
		return 0, nil, err
	}
	resp, err := http.ReadResponse(c.in, &http.Request{Method: method})
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

// signIn signs in by the form and returns the cookie.
func signIn(ctx context.Context, address, login, password string) (cookie string, err error) {
	form := strings.NewReader("login=" + login + "&password=" + password)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/sign-in", form)
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	for _, c := range resp.Cookies() {
		if c.Value != "" && resp.StatusCode == http.StatusSeeOther {
			cookie = c.Name + "=" + c.Value
		}
	}
	if cookie == "" {
		return "", fmt.Errorf("sign in as %s: status %d", login, resp.StatusCode)
	}
	return cookie, nil
}
