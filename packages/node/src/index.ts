export { createNode, NodeError } from './create-node.ts';
export type { Node, NodeOptions, NodeParts } from './create-node.ts';
export { createPrometheusMetrics } from './prometheus-metrics.ts';
export type { ScrapedMetrics } from './prometheus-metrics.ts';
