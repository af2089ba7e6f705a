import { accept, invariant, refuse } from '@vsys/primitives';
import type { ChainId, Verdict } from '@vsys/primitives';
import type { Consensus, ConsensusModule, ConsensusWire, NewChain } from '@vsys/consensus';
import type { Container } from '@vsys/container';
import { createErasEngine } from './engine.ts';
import type { EngineOfEra } from './engine.ts';
import { checkEras, ERAS_MAX, erasFromBytes, erasToBytes } from './params.ts';
import type { Era } from './params.ts';
import { withRecords } from './record.ts';
import type { EraRecord } from './record.ts';
import { createErasRules } from './rules.ts';
import type { ErasContext } from './rules.ts';

export interface ErasOptions {
  /** What an era may run. Not this module itself. */
  readonly modules: readonly ConsensusModule[];
  /** Eras that the spec does not have, by agreement of those who run the chain. */
  readonly records?: readonly EraRecord[];
}

const FINALITY = ['none', 'depth', 'gadget', 'instant'] as const;

/**
 * Changes the consensus module of a running chain at heights that its spec names: `poa@1` up to a height, then `spos@1`, then `bft@1`.
 *
 * @example
 * const eras = createEras({ modules: [createPoa({ verifySignature }), createBft({ verifySignature })] });
 * const params = eras.paramsFromJson({ eras: [{ module: 'poa@1', lastHeight: 1000, params: { authorities } }, { module: 'bft@1', params: { validators } }] });
 */
export function createEras({ modules, records = [] }: ErasOptions): ConsensusModule<ErasContext> {
  const find = (id: string): ConsensusModule | undefined => modules.find((module) => module.id === id);
  const missing = (at: number, id: string): Verdict<never> => refuse('ERAS_MODULE', `eras[${at}].module: there is no module "${id}" here; there are ${modules.map(({ id: one }) => one).join(', ')}. Compose the node with it, or use a release that has it`);
  const wire = widest(modules);

  const open = (bytes: Uint8Array, chainId: ChainId): Verdict<Consensus<ErasContext>> => {
    const decoded = erasFromBytes(bytes);
    if (!decoded.ok) return decoded;
    const all = withRecords(decoded.value, chainId, records);
    if (!all.ok) return all;
    // What came later than the chain brings no containers: those must have run since its first block.
    const ofSpec = decoded.value.length;
    const eras: EngineOfEra[] = [];
    const names = new Set<string>();
    for (const [at, era] of all.value.entries()) {
      const module = find(era.module);
      if (module === undefined) return missing(at, era.module);
      const opened = module.open(era.params, chainId);
      if (!opened.ok) return refuse(opened.code, `eras[${at}].params: ${opened.message}`, opened.data);
      eras.push({ ...era, consensus: opened.value, rules: opened.value.rules });
      if (at >= ofSpec) continue;
      const clash = opened.value.containers.find(({ name }) => names.has(name));
      if (clash !== undefined) return refuse('ERAS_CONTAINER', `eras[${at}]: another era brings the container "${clash.name}" too, and a chain has one of a name`);
      for (const { name } of opened.value.containers) names.add(name);
    }
    const rules = createErasRules(eras);
    return accept({
      rules,
      // Those of later eras too: what they keep in state may be prepared before they begin.
      containers: eras.slice(0, ofSpec).flatMap(({ consensus, params }) => consensus.containers.map((container) => beginningWith(container, params))),
      engine: (keys) => createErasEngine(eras, rules, keys),
      ...(eras.some(({ consensus }) => consensus.compute !== undefined) ? { compute: (job) => computeIn(eras, job) } : {}),
      faultsMax: Math.min(...eras.map(({ consensus }) => consensus.faultsMax ?? 0)),
      verifyEvidence: ([era, ...proof]) => eras[era ?? eras.length]?.consensus.verifyEvidence?.(Uint8Array.from(proof)) ?? refuse('ERAS_EVIDENCE', 'the proof is of no era that there is, or of one whose module knows no evidence'),
      evidenceOperation: ([era, ...proof]) => eras.slice(0, ofSpec)[era ?? ofSpec]?.consensus.evidenceOperation?.(Uint8Array.from(proof)),
      describe: (head) => Object.fromEntries([
        ['eras', eras.length] as const,
        ...(head === undefined ? [] : [['era', head.era] as const]),
        ...eras.flatMap(({ consensus, lastHeight }, era) => [
          ...(lastHeight === undefined ? [] : [[`era${era}.lastHeight`, lastHeight] as const]),
          ...Object.entries(consensus.describe(head?.era === era ? head.inner : undefined)).map(([name, value]) => [`era${era}.${name}`, value] as const),
        ]),
      ]),
    });
  };

  return {
    id: 'eras@1',
    provides: {
      finality: FINALITY.find((kind) => modules.some(({ provides }) => provides.finality === kind)) ?? 'none',
      headers: modules.every(({ provides }) => provides.headers === 'pure') ? 'pure' : 'needs-state',
      ...(modules.some(({ provides }) => provides.producers === 'changing') ? { producers: 'changing' } : {}),
      ...(modules.every(({ provides }) => provides.evidence === true) ? { evidence: true } : {}),
    },
    ...(wire === undefined ? {} : { wire }),
    needs: {
      clock: modules.some(({ needs }) => needs.clock),
      compute: modules.some(({ needs }) => needs.compute),
      keySchemes: [...new Set(modules.flatMap(({ needs }) => needs.keySchemes))],
    },
    paramsFromJson: (json) => {
      const eras = erasFromJson(json, find, missing);
      return eras.ok ? accept(erasToBytes(eras.value)) : eras;
    },
    paramsToJson: (bytes) => {
      const eras = erasFromBytes(bytes);
      if (!eras.ok) return eras;
      const shown: unknown[] = [];
      for (const [at, { module, params, lastHeight }] of eras.value.entries()) {
        const inner = find(module)?.paramsToJson(params) ?? missing(at, module);
        if (!inner.ok) return inner;
        shown.push({ module, ...(lastHeight === undefined ? {} : { lastHeight }), params: inner.value });
      }
      return accept({ eras: shown });
    },
    paramsOfNewChain: (chain) => ({ eras: paramsOfEras(modules, chain) }),
    open,
  };
}

/** Work of the era that the first byte names, as its engine asked for it. */
function computeIn(eras: readonly EngineOfEra[], [era, ...job]: Uint8Array): Uint8Array {
  const consensus = eras[era ?? eras.length]?.consensus;
  invariant(consensus?.compute !== undefined, 'work is asked for by an era whose module does it', { era });
  return consensus.compute(Uint8Array.from(job));
}

/** Blocks of each era but the last on a new chain, so that it shows all of them soon. */
const ERA_BLOCKS = 8;

function paramsOfEras(modules: readonly ConsensusModule[], chain: NewChain): readonly unknown[] {
  const able = modules.filter(({ paramsOfNewChain }) => paramsOfNewChain !== undefined);
  return able.map((module, era) => ({ module: module.id, params: module.paramsOfNewChain?.(chain), ...(era === able.length - 1 ? {} : { lastHeight: ERA_BLOCKS * (era + 1) }) }));
}

function erasFromJson(json: unknown, find: (id: string) => ConsensusModule | undefined, missing: (at: number, id: string) => Verdict<never>): Verdict<readonly Era[]> {
  const wrong = (message: string): Verdict<never> => refuse('ERAS_PARAMS', message);
  if (!isRecord(json) || !Array.isArray(json['eras'])) return wrong('expected an object with a list "eras"');
  const unknown = Object.keys(json).find((key) => key !== 'eras');
  if (unknown !== undefined) return wrong(`${unknown}: there is no such parameter`);
  const list = json['eras'] as readonly unknown[];
  if (list.length > ERAS_MAX) return wrong(`eras: expected 1 to ${ERAS_MAX}, found ${list.length}`);
  const eras: Era[] = [];
  for (const [at, one] of list.entries()) {
    if (!isRecord(one) || typeof one['module'] !== 'string') return wrong(`eras[${at}]: expected an object with "module"`);
    const odd = Object.keys(one).find((key) => !['module', 'lastHeight', 'params'].includes(key));
    if (odd !== undefined) return wrong(`eras[${at}].${odd}: there is no such parameter`);
    const module = find(one['module']);
    if (module === undefined) return missing(at, one['module']);
    const params = module.paramsFromJson(one['params']);
    if (!params.ok) return refuse(params.code, `eras[${at}].params: ${params.message}`, params.data);
    const lastHeight = one['lastHeight'];
    if (lastHeight !== undefined && typeof lastHeight !== 'number') return wrong(`eras[${at}].lastHeight: expected a height`);
    eras.push({ module: module.id, params: params.value, lastHeight });
  }
  const checked = checkEras(eras);
  return checked.ok ? accept(eras) : checked;
}

/** Room for every era's messages, and the byte that says whose they are. */
function widest(modules: readonly ConsensusModule[]): ConsensusWire | undefined {
  const wires = modules.flatMap(({ wire }) => wire ?? []);
  if (wires.length === 0) return undefined;
  return {
    messageBytesMax: 1 + Math.max(...wires.map(({ messageBytesMax }) => messageBytesMax)),
    messagesPerPeerPerSecondMax: Math.max(...wires.map(({ messagesPerPeerPerSecondMax }) => messagesPerPeerPerSecondMax)),
  };
}

/** The chain begins a module's containers with the parameters in its spec, which here are those of all eras. */
function beginningWith(container: Container, params: Uint8Array): Container {
  return container.genesis === undefined ? container : { ...container, genesis: () => container.genesis?.(params) ?? [] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
