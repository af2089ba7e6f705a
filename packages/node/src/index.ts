export { createNode } from './create-node.ts';
export type { Node, NodeOptions, NodeParts } from './create-node.ts';
export { EVIDENCE_KEPT_MAX } from './evidence-desk.ts';
export type { FoundEvidence } from './evidence-desk.ts';
export { NodeError } from './node-error.ts';
export type { KeepBundle, NodeFailure } from './node-failure.ts';
export { createPrometheusMetrics } from './prometheus-metrics.ts';
export type { ScrapedMetrics } from './prometheus-metrics.ts';
