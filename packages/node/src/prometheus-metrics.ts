import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Metrics } from '@vsys/primitives';

/** Metrics behind the port, and the text that a scraper reads. */
export interface ScrapedMetrics extends Metrics {
  text(): Promise<string>;
}

export function createPrometheusMetrics(): ScrapedMetrics {
  const registry = new Registry();
  const registers = [registry];
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  const known = <T>(map: Map<string, T>, name: string, create: () => T): T => {
    const found = map.get(name) ?? create();
    map.set(name, found);
    return found;
  };
  return {
    count: (name, help, by = 1) => known(counters, name, () => new Counter({ name, help, registers })).inc(by),
    gauge: (name, help, value) => known(gauges, name, () => new Gauge({ name, help, registers })).set(value),
    observe: (name, help, value) => known(histograms, name, () => new Histogram({ name, help, registers })).observe(value),
    text: () => registry.metrics(),
  };
}
