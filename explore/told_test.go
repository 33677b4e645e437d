package explore

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo"
)

// A told repository has a history that tests ask about: the family of testdata, base on main and v1, then quants; a
// fine-tune on ft; an adapter and what was merged of it on lora, which main has merged.
type told struct {
	*fixture
	*repo.Repo
	explorer *Explorer
}

func tell(t *testing.T) *told {
	t.Helper()
	f := newFixture(t)
	s := &told{f, f.repo, explorerOf(f)}
	s.save("base", "base.safetensors=model.safetensors", "config.json=config.json", "tokenizer.json=tokenizer.json")
	_, err := s.CreateTag("v1", "HEAD", repo.TagOptions{})
	require.NoError(t, err)
	s.branch("ft")
	s.save("fine-tune", "ft-customer.safetensors=model.safetensors")
	s.checkout("main")
	s.branch("lora")
	s.save("adapter", "adapter_model.safetensors=adapter_model.safetensors", "adapter_config.json=adapter_config.json")
	s.save("merged", "merged-lora.safetensors=model.safetensors")
	s.checkout("main")
	s.save("quants", "base-Q8_0.gguf=q/model-Q8_0.gguf", "base-Q4_K_M.gguf=q/model-Q4_K_M.gguf")
	_, err = s.Merge(t.Context(), "lora", repo.MergeOptions{Message: "merge lora"})
	require.NoError(t, err)
	return s
}

// save commits files of the family, each FROM=TO.
func (s *told) save(message string, files ...string) {
	s.t.Helper()
	for _, f := range files {
		from, to, _ := strings.Cut(f, "=")
		s.put(from, to)
	}
	s.commit(message)
}

func (s *told) branch(name string) {
	s.t.Helper()
	_, err := s.Checkout(s.t.Context(), "HEAD", repo.CheckoutOptions{NewBranch: name})
	require.NoError(s.t, err)
}

// answer is what the page gets for a question.
func answer[T any](s *told, question, about string) T {
	s.t.Helper()
	q, err := url.ParseQuery(about)
	require.NoError(s.t, err)
	return ask[T](s.t, s.explorer, question, q)
}

// refused asks what has no answer, and returns the status.
func (s *told) refused(question, about string) int {
	s.t.Helper()
	q, err := url.ParseQuery(about)
	require.NoError(s.t, err)
	_, err = s.explorer.Ask(s.t.Context(), question, q)
	require.Error(s.t, err, about)
	return statusOf(err)
}
