package refs

// An Author is who commits.
type Author struct {
	Name, Mail string
	Default    bool // not configured: made of the login name and the host
}

// String is "NAME <MAIL>".
func (a Author) String() string { return a.Name + " <" + a.Mail + ">" }
