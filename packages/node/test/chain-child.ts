// A node of one seat with real files and the real clock, until it is killed: `node --conditions=@vsys/source chain-child.ts <folder> <poa|spos|bft>`.
// Each line tells one thing when it holds; lines are written at once, so that none that held is lost with the process.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsensusModule, Effect, Guard } from '@vsys/consensus';
import { createInlineVerifier, type Signer } from '@vsys/crypto';
import { createMemoryNetwork } from '@vsys/p2p';
import { createVirtualTime, systemClock, systemTimers, toHex } from '@vsys/primitives';
import { openDurableFiles, openFileBlockLog, openStore } from '@vsys/store-rocksdb';
import { numberFromRecord, sequenceKey } from '@vsys/transaction';
import { createNode } from '../src/index.ts';
import { type ChainKind, killChain, paymentOf } from './kill-chain.ts';

const tell = (...words: readonly (string | number)[]): void => void writeSync(1, `${words.join(' ')}\n`);

/** What may be signed once, in a word. */
function slotOf(guard: Guard): string {
  if (guard.kind === 'round') return `${guard.height}.${guard.round}.${guard.step}`;
  return guard.kind === 'block' ? String(guard.slot) : `to.${guard.target}`;
}

/** Tells the slot of every signature that the engine asks for. */
function tellingModule(module: ConsensusModule): ConsensusModule {
  return {
    ...module,
    open(params, chainId) {
      const opened = module.open(params, chainId);
      if (!opened.ok) return opened;
      const { engine } = opened.value;
      return {
        ok: true,
        value: {
          ...opened.value,
          engine(keys) {
            const inner = engine(keys);
            const telling = <S extends { readonly effects: readonly Effect[] }>(step: S): S => {
              for (const effect of step.effects) if (effect.kind === 'sign') tell('asked', slotOf(effect.guard), toHex(effect.bytes));
              return step;
            };
            return { init: (saved, view, nowMs) => telling(inner.init(saved, view, nowMs)), step: (state, input, view) => telling(inner.step(state, input, view)) };
          },
        },
      };
    },
  };
}

/** Tells every signature before it is handed out. */
function tellingSigner(signer: Signer): Signer {
  return {
    ...signer,
    sign(bytes) {
      tell('signed', toHex(bytes));
      return signer.sign(bytes);
    },
  };
}

const folder = process.argv[2] as string;
const setup = killChain(process.argv[3] as ChainKind);
try {
  const node = await createNode({ spec: setup.spec }, {
    consensus: tellingModule(setup.module), containers: [], store: await openStore(join(folder, 'store')), log: await openFileBlockLog(join(folder, 'blocks'), { segmentBytesMax: 12_000 }),
    network: createMemoryNetwork({ seed: 1, time: createVirtualTime() }).createHost('a'), verifier: createInlineVerifier(), signers: setup.seats.map(tellingSigner), durable: await openDurableFiles(join(folder, 'signer')),
    clock: systemClock, timers: systemTimers,
  });
  void node.failed.then(({ error }) => {
    tell('failed', error.code, error.message);
    process.exit(3);
  });
  const { chain } = node;
  tell('open', chain.head.height, chain.final.height);

  // All payments of the rich one, in order; those that were not yet in a block when the process died are sent again.
  let next = numberFromRecord(await (await chain.stateAt())!.view.get(sequenceKey(setup.rich.account, 0)));
  const waiting = new Map<string, Uint8Array>();
  const send = async (): Promise<void> => {
    const batch = Array.from({ length: 3 }, (_, i) => paymentOf(setup, next + BigInt(i)));
    for (const verdict of await chain.submit(batch)) {
      if (!verdict.ok) return;
      waiting.set(toHex(verdict.value.id), verdict.value.id);
      next++;
    }
  };
  let looking = Promise.resolve();
  const look = async (): Promise<void> => {
    for (const [hex, id] of waiting) {
      if ((await chain.status(id)).kind !== 'final') continue;
      tell('done', hex);
      waiting.delete(hex);
    }
    if (waiting.size < 100) await send();
  };
  chain.listen((event) => {
    if (event.kind === 'head') tell('head', event.head.height, toHex(event.head.id));
    if (event.kind !== 'final') return;
    tell('final', event.final.height, toHex(event.final.header.stateRoot));
    looking = looking.then(look).catch(() => undefined);
  });
  await send();
  await node.start();
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  tell('refused', code ?? 'NO_CODE', message);
  process.exit(2);
}
