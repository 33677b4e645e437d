package hub

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"dits/tensorstore"
)

// Metrics are what /metrics tells.
type metrics struct {
	registry          *prometheus.Registry
	requests          *prometheus.CounterVec
	seconds           *prometheus.HistogramVec
	sent              prometheus.Counter
	running, waiting  prometheus.Gauge
	memory, readAhead prometheus.Gauge
}

func newMetrics(s *Server) *metrics {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "dits_hub_" + name, Help: help})
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dits_hub_requests_total", Help: "Requests that were answered, by what they asked for and status."}, []string{"kind", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "dits_hub_request_seconds", Help: "Seconds until an answer was sent whole.",
			Buckets: prometheus.ExponentialBuckets(.001, 4, 10)}, []string{"kind"}),
		sent:      prometheus.NewCounter(prometheus.CounterOpts{Name: "dits_hub_sent_bytes_total", Help: "Bytes of bodies that were sent."}),
		running:   gauge("decodes_running", "Answers that are being decoded."),
		waiting:   gauge("decodes_waiting", "Answers that wait for memory to be decoded in."),
		memory:    gauge("memory_used_bytes", "Bytes that answers being decoded may take, of dits_hub_memory_limit_bytes."),
		readAhead: gauge("read_ahead_running", "Ranges that are decoded before they are asked for."),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.sent, m.running, m.waiting, m.memory, m.readAhead,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.ask("memory_limit_bytes", "Most of dits_hub_memory_used_bytes.", prometheus.GaugeValue,
		func() float64 { return float64(s.options.Limits.Memory) })
	m.ask("repositories", "Repositories that are served.", prometheus.GaugeValue, func() float64 { return float64(len(s.models)) })
	for name, of := range map[string]struct {
		help  string
		kind  prometheus.ValueType
		value func(tensorstore.CacheUse) int64
	}{
		"cache_bytes":        {"Bytes of decoded chunks that are kept.", prometheus.GaugeValue, func(u tensorstore.CacheUse) int64 { return u.Bytes }},
		"cache_hits_total":   {"Chunks that were kept when they were asked for.", prometheus.CounterValue, func(u tensorstore.CacheUse) int64 { return u.Hits }},
		"cache_misses_total": {"Chunks that had to be decoded.", prometheus.CounterValue, func(u tensorstore.CacheUse) int64 { return u.Misses }},
	} {
		m.ask(name, of.help, of.kind, func() float64 { return float64(s.cacheUse(of.value)) })
	}
	return m
}

// ask registers what is asked for when it is told.
func (m *metrics) ask(name, help string, kind prometheus.ValueType, value func() float64) {
	opts := prometheus.Opts{Name: "dits_hub_" + name, Help: help}
	if kind == prometheus.CounterValue {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts(opts), value))
		return
	}
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts(opts), value))
}

// cacheUse sums up what is told of the caches of all models.
func (s *Server) cacheUse(value func(tensorstore.CacheUse) int64) (sum int64) {
	for _, m := range s.models {
		sum += value(m.Repo.Store.CacheUse())
	}
	return sum
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// answered counts an answer.
func (m *metrics) answered(kind string, c *counted, took time.Duration) {
	m.requests.WithLabelValues(kind, strconv.Itoa(c.status)).Inc()
	m.seconds.WithLabelValues(kind).Observe(took.Seconds())
	m.sent.Add(float64(c.bytes))
}
