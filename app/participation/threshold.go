package participation

// Needed is how many voters have to come for anything to be decided.
func (t *Terms) Needed() int {
	return max(t.Quorum, (t.Residents*t.QuorumShare+99)/100)
}

// thresholds is the part of pre-flight about quorum.
func (p *Preflight) thresholds(t *Terms) {
	p.must(t.QuorumShare >= 0 && t.QuorumShare <= 100, "quorum_share", "campaign.check.share")
	p.must(t.Residents >= 0 && t.Residents <= mostResidents, "residents", "campaign.check.residents_many")
	p.must(t.QuorumShare == 0 || t.Residents > 0, "residents", "campaign.check.residents")
	if t.Residents > 0 && t.Needed() > t.Residents {
		p.problem("quorum", "campaign.check.quorum_above", "n", t.Residents)
	}
}

const mostResidents = 100_000_000
