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
	requests := prometheus.CounterOpts{
		Name: "dits_hub_requests_total", Help: "Requests that were answered, by what they asked for and status.",
	}
	seconds := prometheus.HistogramOpts{
		Name: "dits_hub_request_seconds", Help: "Seconds until an answer was sent whole.",
		Buckets: prometheus.ExponentialBuckets(.001, 4, 10),
	}
	sent := prometheus.CounterOpts{Name: "dits_hub_sent_bytes_total", Help: "Bytes of bodies that were sent."}
	m := &metrics{
		registry:  prometheus.NewRegistry(),
		requests:  prometheus.NewCounterVec(requests, []string{"kind", "status"}),
		seconds:   prometheus.NewHistogramVec(seconds, []string{"kind"}),
		sent:      prometheus.NewCounter(sent),
		running:   gauge("decodes_running", "Answers that are being decoded."),
		waiting:   gauge("decodes_waiting", "Answers that wait for memory to be decoded in."),
		memory:    gauge("memory_used_bytes", "Bytes that answers being decoded may take, of dits_hub_memory_limit_bytes."),
		readAhead: gauge("read_ahead_running", "Ranges that are decoded before they are asked for."),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.sent, m.running, m.waiting, m.memory, m.readAhead,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.askServer(s)
	return m
}

// askServer registers what the server knows when it is asked.
func (m *metrics) askServer(s *Server) {
	const gauge, counter = prometheus.GaugeValue, prometheus.CounterValue
	use := func(of func(tensorstore.CacheUse) int64) func() int64 {
		return func() (sum int64) {
			for _, model := range s.models {
				sum += of(model.Repo.Store.CacheUse())
			}
			return sum
		}
	}
	m.ask("memory_limit_bytes", "Most of dits_hub_memory_used_bytes.", gauge,
		func() int64 { return s.options.Limits.Memory })
	m.ask("repositories", "Repositories that are served.", gauge, func() int64 { return int64(len(s.models)) })
	m.ask("cache_bytes", "Bytes of decoded chunks that are kept.", gauge,
		use(func(u tensorstore.CacheUse) int64 { return u.Bytes }))
	m.ask("cache_hits_total", "Chunks that were kept when they were asked for.", counter,
		use(func(u tensorstore.CacheUse) int64 { return u.Hits }))
	m.ask("cache_misses_total", "Chunks that had to be decoded.", counter,
		use(func(u tensorstore.CacheUse) int64 { return u.Misses }))
}

// ask registers a value that is looked up when it is told.
func (m *metrics) ask(name, help string, kind prometheus.ValueType, value func() int64) {
	opts := prometheus.Opts{Name: "dits_hub_" + name, Help: help}
	told := func() float64 { return float64(value()) }
	if kind == prometheus.CounterValue {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts(opts), told))
		return
	}
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts(opts), told))
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
