package api

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/workflow"
)

// SecretHeader carries the secret of an appeal's link. It is no part of an
// address: those end up in logs.
const SecretHeader = "X-Appeal-Secret"

// Token notes who carries a bearer token. A wrong one is refused also where
// none is needed: its owner believes to be known.
func (h *Handlers) Token(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		header := c.Request().Header.Get(echo.HeaderAuthorization)
		if header == "" {
			return next(c)
		}
		scheme, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return unknown(c, fault.New(fault.SignIn, "identity.bad_token"))
		}
		u, err := h.Accounts.Token(edge.Ctx(c), strings.TrimSpace(token))
		if err != nil {
			return unknown(c, err)
		}
		edge.WithUser(c, u)
		return next(c)
	}
}

// Officer lets in only who carries a token.
func (h *Handlers) Officer(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if edge.User(edge.Ctx(c)) == nil {
			return unknown(c, fault.New(fault.SignIn, "api.token_required"))
		}
		return next(c)
	}
}

// unknown says by what one becomes known (RFC 6750).
func unknown(c echo.Context, err error) error {
	if fault.Is(err, fault.SignIn) {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, "Bearer")
	}
	return err
}

// find loads the case of the address and says as whom the caller comes: its
// author by the secret, else the owner of the token. A case that one may not
// see doesn't exist for them.
func (h *Handlers) find(c echo.Context) (*workflow.Case, actor.Actor, error) {
	c.Response().Header().Set("Cache-Control", "no-store")
	ctx := edge.Ctx(c)
	secret, by := c.Request().Header.Get(SecretHeader), edge.Actor(ctx)
	if secret == "" && by.Kind == "" {
		return nil, by, unknown(c, fault.New(fault.SignIn, "api.secret_or_token"))
	}
	none := fault.New(fault.NotFound, "api.no_appeal")
	number, ok := workflow.ParseNumber(c.Param("number"))
	if !ok {
		return nil, by, none
	}
	id, err := h.Reader.FindID(ctx, number)
	if fault.Is(err, fault.NotFound) {
		return nil, by, none
	}
	if err != nil {
		return nil, by, err
	}
	if secret != "" {
		if !h.Engine.CheckSecret(id, strings.ToLower(secret)) {
			return nil, by, none
		}
		by = actor.Author(id)
	}
	found, err := h.Reader.FindCase(ctx, id)
	if err != nil {
		return nil, by, err
	}
	if !workflow.CanSee(by, &found.Appeal) {
		return nil, by, none
	}
	return found, by, nil
}
