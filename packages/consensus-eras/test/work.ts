import { sha256 } from '@vsys/crypto/hash';
import { accept, equalBytes, refuse, uint64ToBytes } from '@vsys/primitives';
import type { BlockId } from '@vsys/primitives';
import type { ConsensusModule, Engine, TreeView } from '@vsys/consensus';

/** Of a block on this one. */
export function workOn(parent: Uint8Array): Uint8Array {
  let hash: Uint8Array = parent;
  for (let i = 0; i < WORK; i++) hash = sha256(hash);
  return hash;
}

interface Context {
  readonly height: number;
  readonly id: BlockId;
}

interface Working {
  readonly begun: number;
}

const WORK = 300;
const SLICE = 100;
const PERIOD_MS = 1_000;
const TURN = 'turn';

/**
 * The first key makes blocks, and `ext` is a chain of hashes over the parent's id that takes several slices of work. Its end is known when the rest of
 * the header is there, so it comes with the seal. Nobody signs; a block is final with its child.
 */
export const workModule: ConsensusModule<Context> = {
  id: 'work@1',
  provides: { finality: 'depth', headers: 'pure' },
  needs: { clock: true, compute: true, keySchemes: [] },
  paramsFromJson: () => accept(new Uint8Array()),
  paramsToJson: () => accept({}),
  open: () => accept({
    containers: [],
    describe: () => ({}),
    compute: (job) => {
      let hash: Uint8Array = job.slice(1);
      for (let i = 0; i < SLICE; i++) hash = sha256(hash);
      return Uint8Array.of(Number(job[0]) - 1, ...hash);
    },
    engine: (keys) => createWorkEngine(keys.length > 0),
    rules: {
      driftMs: 250,
      genesis: (_spec, { height, id }) => ({ context: { height, id }, rank: [BigInt(height)] }),
      step: (parent, { id, header }) => {
        if (!equalBytes(header.ext, workOn(parent.id))) return refuse('WORK_EXT', 'the work is not that of the parent');
        return accept({ context: { height: header.height, id }, rank: [BigInt(header.height)], finalises: header.height - 1 });
      },
      earliest: (_parent, header) => header.timeMs,
      isTimely: () => true,
      encode: ({ height, id }) => Uint8Array.of(...uint64ToBytes(BigInt(height)), ...id),
      decode: (bytes) => ({ height: Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0)), id: bytes.slice(8) }),
    },
  }),
};

function createWorkEngine(isMaker: boolean): Engine<Context, Working> {
  const timer = (view: TreeView<Context>) => ({ kind: 'timer', id: TURN, atMs: view.head.timeMs + PERIOD_MS } as const);
  const settle = (view: TreeView<Context>) => {
    const ref = view.head.height - 1 > view.final.height ? view.ancestorAt(view.head.id, view.head.height - 1) : undefined;
    return ref === undefined ? [] : [{ kind: 'finalise', ref } as const];
  };
  return {
    init: (_saved, view) => ({ state: { begun: 0 }, effects: isMaker ? [timer(view)] : [] }),
    step: (state, input, view) => {
      const job = String(state.begun);
      switch (input.kind) {
        case 'head':
          return { state, effects: [...settle(view), ...(isMaker ? [timer(view)] : [])] };
        case 'timer': {
          const begun = state.begun + 1;
          const againMs = input.nowMs + PERIOD_MS;
          // Again, should this one come to nothing.
          return { state: { begun }, effects: [{ kind: 'build', job: String(begun), on: view.head.id, timeMs: input.nowMs, ext: new Uint8Array(32), deadlineMs: againMs }, { kind: 'timer', id: TURN, atMs: againMs }] };
        }
        case 'built':
          return { state, effects: input.job === job ? [{ kind: 'compute', job, bytes: Uint8Array.of(WORK / SLICE, ...input.header.parent) }] : [] };
        case 'computed': {
          if (input.job !== job) return { state, effects: [] };
          if (input.bytes[0] !== 0) return { state, effects: [{ kind: 'compute', job, bytes: input.bytes }] };
          return { state, effects: [{ kind: 'seal', job, seal: new Uint8Array(), ext: input.bytes.slice(1) }, { kind: 'publish', job }] };
        }
        default:
          return { state, effects: [] };
      }
    },
  };
}
