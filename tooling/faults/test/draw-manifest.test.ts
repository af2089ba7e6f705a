import { describe, expect, test } from '@jest/globals';
import { drawManifest, type ManifestOptions } from '../src/draw-manifest.ts';
import { type Manifest, type Perturbation, problemOfManifest } from '../src/manifest.ts';

const draw = (seed: number, more: Partial<ManifestOptions> = {}): Manifest => drawManifest({ seed, module: 'bft', tolerates: 'any', chaosMs: 30_000, slotMs: 1_000, seats: 4, namespaces: true, ...more });
const seeds = Array.from({ length: 300 }, (_, seed) => seed);

test('a seed has one manifest, and each of them can be run', () => {
  for (const seed of seeds) {
    for (const tolerates of ['any', 'static'] as const) {
      const manifest = draw(seed, { tolerates });
      expect(draw(seed, { tolerates })).toEqual(manifest);
      expect(problemOfManifest(manifest)).toBeUndefined();
    }
  }
});

test('every kind of perturbation, node and network is drawn often', () => {
  const all = seeds.map((seed) => draw(seed));
  const share = (holds: (manifest: Manifest) => boolean): number => all.filter(holds).length / all.length;
  for (const kind of ['kill', 'restart', 'pause', 'disconnect', 'cut', 'clock', 'weather']) expect(share(({ perturbations }) => perturbations.some((one) => one.kind === kind))).toBeGreaterThan(0.25);
  expect(share(({ nodes }) => nodes.some(({ startHeight, sync }) => startHeight > 0 && sync === 'log'))).toBeGreaterThan(0.2);
  expect(share(({ nodes }) => nodes.some(({ startHeight, sync }) => startHeight > 0 && sync === 'network'))).toBeGreaterThan(0.2);
  expect(share(({ network }) => network === 'namespaces')).toBeGreaterThan(0.3);
  expect(share(({ perturbations }) => perturbations.some((one) => one.kind === 'cut' && one.oneWay))).toBeGreaterThan(0.1);
});

test('without namespaces there are none, and nothing else changes but the network', () => {
  for (const seed of seeds.slice(0, 50)) {
    const manifest = draw(seed, { namespaces: false });
    expect(manifest.network).toBe('proxy');
    expect(manifest.perturbations.filter(({ kind }) => kind !== 'weather')).toEqual(draw(seed).perturbations.filter(({ kind }) => kind !== 'weather'));
  }
});

test('under finality by depth there is one cut at most, and beside it nobody who is late, silent or wrong about the time', () => {
  for (const seed of seeds) {
    const kinds = draw(seed, { tolerates: 'static' }).perturbations.map(({ kind }) => kind);
    const cuts = kinds.filter((kind) => kind === 'cut' || kind === 'disconnect');
    expect(cuts.length).toBeLessThanOrEqual(1);
    if (cuts.length > 0) for (const kind of ['clock', 'pause', 'weather']) expect(kinds).not.toContain(kind);
  }
});

describe('a manifest that would prove nothing is refused', () => {
  const manifest: Manifest = { seed: 0, module: 'poa', slotMs: 1_000, chaosMs: 10_000, network: 'namespaces', nodes: [{ role: 'seat', startHeight: 0, sync: 'network' }], perturbations: [] };
  const weather: Perturbation = { kind: 'weather', fromMs: 0, untilMs: 10, weather: { delayMsMin: 0, delayMsMax: 1, loss: 0, resets: 0, bytesPerSecond: 0 } };
  test.each<[string, Partial<Manifest>, string]>([
    ['ends late', { perturbations: [{ kind: 'kill', fromMs: 0, untilMs: 10_001, node: 0 }] }, 'does not lie within'],
    ['ends before it begins', { perturbations: [{ kind: 'pause', fromMs: 5, untilMs: 4, node: 0 }] }, 'does not lie within'],
    ['names nobody', { perturbations: [{ kind: 'restart', fromMs: 5, node: 1 }] }, 'names a node that is not there'],
    ['cuts nobody', { perturbations: [{ kind: 'cut', fromMs: 5, untilMs: 6, sides: [[0], [7]], oneWay: false }] }, 'names a node that is not there'],
    ['has weather in namespaces', { perturbations: [weather] }, 'use the proxy'],
    ['has nobody who begins', { nodes: [{ role: 'observer', startHeight: 0, sync: 'network' }, { role: 'seat', startHeight: 3, sync: 'network' }] }, 'no seat runs from the beginning'],
  ])('%s', (_, change, words) => {
    expect(problemOfManifest({ ...manifest, ...change })).toContain(words);
    expect(problemOfManifest(manifest)).toBeUndefined();
  });
});
