package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// client speaks to the API as one person.
type client struct {
	base   string
	header string
	value  string
}

func (p *product) as(token string) client {
	return client{p.base + "/api/v1", "Authorization", "Bearer " + token}
}

func (p *product) author(secret string) client {
	return client{p.base + "/api/v1", "X-Appeal-Secret", secret}
}

func (p *product) anybody() client { return client{base: p.base + "/api/v1"} }

// call sends a request and reads the answer; any status but 2xx is an error.
func (c client) call(ctx context.Context, method, path string, body, into any) error {
	var r io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		r = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, r)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Language", "en")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.header != "" {
		req.Header.Set(c.header, c.value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s %s", method, path, resp.Status, raw)
	}
	return json.Unmarshal(raw, into)
}
