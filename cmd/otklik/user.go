package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
)

func userCommand() *cobra.Command {
	user := &cobra.Command{Use: "user", Short: "Add people who sign in, and their API tokens"}
	user.AddCommand(userAddCommand(), userTokenCommand())
	return user
}

func userAddCommand() *cobra.Command {
	var name, email string
	var roles []string
	cmd := &cobra.Command{
		Use:   "add LOGIN",
		Short: "Add a user, or change one; the password is read from standard input",
		Example: "  otklik user add admin --name 'Anna Sokolova' --role system_admin\n" +
			"  otklik user add ivan --role coordinator@city-roads --role executor@city-roads",
		Args: cobra.ExactArgs(1),
		RunE: with(func(cmd *cobra.Command, args []string, a *app.App) error {
			members, err := parseRoles(a, roles)
			if err != nil {
				return usageError{err}
			}
			fmt.Fprint(cmd.ErrOrStderr(), "Password: ")
			line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
			password := strings.TrimRight(line, "\r\n")
			if err != nil && password == "" {
				return usageError{errors.New("no password on standard input")}
			}
			if len([]rune(password)) < identity.MinPassword {
				return usageError{fmt.Errorf("the password needs at least %d characters", identity.MinPassword)}
			}
			login := strings.ToLower(strings.TrimSpace(args[0]))
			u, err := a.Store.FindUserByLogin(cmd.Context(), login)
			switch {
			case fault.Is(err, fault.NotFound):
				u = &identity.User{Login: login, Name: login}
			case err != nil:
				return err
			}
			if name != "" {
				u.Name = name
			}
			if email != "" {
				u.Email = email
			}
			if len(members) > 0 {
				u.Memberships = members
			}
			u.PasswordHash = identity.HashPassword(password)
			return a.Store.SaveUser(cmd.Context(), u)
		}),
	}
	cmd.Flags().StringVar(&name, "name", "", "full name")
	cmd.Flags().StringVar(&email, "email", "", "e-mail address")
	cmd.Flags().StringArrayVar(&roles, "role", nil, "ROLE@AGENCY, or a regional role alone; may be repeated")
	return cmd
}

func parseRoles(a *app.App, roles []string) ([]actor.Membership, error) {
	var out []actor.Membership
	for _, r := range roles {
		name, code, inAgency := strings.Cut(r, "@")
		role := actor.Role(name)
		if !role.Known() {
			return nil, fmt.Errorf("role %q is none of %v", name, actor.Roles)
		}
		m := actor.Membership{Role: role}
		if role.Regional() == inAgency {
			return nil, fmt.Errorf("%s: supervisor and system_admin are held in the region, other roles in an agency (ROLE@AGENCY)", r)
		}
		if inAgency {
			agency, ok := a.AgencyByCode(code)
			if !ok {
				return nil, fmt.Errorf("there is no agency %q", code)
			}
			m.Agency = agency.ID
		}
		out = append(out, m)
	}
	return out, nil
}

func userTokenCommand() *cobra.Command {
	var name string
	var days int
	cmd := &cobra.Command{
		Use:   "token LOGIN…",
		Short: "Print a new API token of a user; it is shown once",
		Long:  "Print a new API token of a user; it is shown once. Of several users each token stands after its login.",
		Args:  cobra.MinimumNArgs(1),
		RunE: with(func(cmd *cobra.Command, args []string, a *app.App) error {
			for _, login := range args {
				u, err := a.Store.FindUserByLogin(cmd.Context(), strings.ToLower(login))
				if err != nil {
					return fmt.Errorf("user %q: %w", login, err)
				}
				token, err := a.Accounts.IssueToken(cmd.Context(), u.ID, name, time.Duration(days)*24*time.Hour)
				if err != nil {
					return err
				}
				if len(args) > 1 {
					token = u.Login + "\t" + token
				}
				fmt.Fprintln(cmd.OutOrStdout(), token)
			}
			return nil
		}),
	}
	cmd.Flags().StringVar(&name, "name", "command line", "what the token is for")
	cmd.Flags().IntVar(&days, "days", 365, "days until it expires")
	return cmd
}
