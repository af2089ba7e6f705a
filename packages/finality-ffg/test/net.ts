import { createBlockTree } from '@vsys/block-tree';
import type { BlockTree } from '@vsys/block-tree';
import { createTreeView } from '@vsys/consensus';
import type { Effect, EngineInput, TreeView } from '@vsys/consensus';
import type { Header } from '@vsys/data-format';
import { createFfg, ffgContextFromBytes, ffgContextToBytes, genesisFfg, stepFfg } from '@vsys/finality-ffg';
import type { Ffg, FfgContext, FfgRules, FfgSet, FfgState } from '@vsys/finality-ffg';
import { CHAIN, check, GENESIS, keyOf, refOf, signBy, verifySignature } from './support.ts';

const ZERO = new Uint8Array(32);

export interface Block {
  readonly ref: { readonly height: number; readonly id: Uint8Array };
  readonly parent: Uint8Array;
  readonly context: FfgContext;
}

export const ROOT = (set: FfgSet): Block => ({ ref: GENESIS, parent: ZERO, context: genesisFfg(GENESIS, set) });

function headerOf({ ref, parent }: Block): Header {
  return {
    version: 1, chainId: CHAIN, height: ref.height, parent, timeMs: ref.height, bodyRoot: ZERO, receiptsRoot: ZERO, stateRoot: ZERO, seatSetRoot: ZERO, nextSeatSetRoot: ZERO, historyRoot: ZERO, gasUsed: 0n, ext: new Uint8Array(0),
  };
}

/** One node: a real block tree, the gadget, and what it sent. What it is to hear is handed to it by the test. */
export class Peer {
  readonly tree: BlockTree;
  readonly view: TreeView<FfgContext>;
  readonly gadget: Ffg<FfgContext>;
  readonly sent: { readonly to: string | undefined; readonly bytes: Uint8Array }[] = [];
  readonly evidence: Uint8Array[] = [];
  readonly behind: number[] = [];
  /** In order: what was made durable, and what was signed. */
  readonly order: string[] = [];
  saved: Uint8Array | undefined;
  state: FfgState;
  judgement = 'ignore';

  constructor(root: Block, seeds: readonly number[], options: { readonly saved?: Uint8Array; readonly rules?: FfgRules; readonly nowMs?: number } = {}) {
    this.tree = createBlockTree({ genesis: { id: root.ref.id, header: headerOf(root), rank: [BigInt(root.context.justified.height), BigInt(root.ref.height)], context: ffgContextToBytes(root.context), timely: true } as never });
    this.view = createTreeView<FfgContext>(this.tree, { decode: ffgContextFromBytes } as never);
    this.gadget = createFfg<FfgContext>({
      chainId: CHAIN, verifySignature, keys: seeds.map((seed) => ({ scheme: 'ed25519', bytes: keyOf(seed) })), contextOf: (context) => context, quietMs: 1_000, ...(options.rules === undefined ? {} : { rules: options.rules }),
    });
    const { state, effects } = this.gadget.init(options.saved, this.view, options.nowMs ?? 0);
    this.state = state;
    this.perform(effects);
  }

  /** A block as everybody would see it on that parent, carrying what this node would put in. */
  build(parent: Block, name: string, enters?: FfgSet): Block {
    const ref = refOf(parent.ref.height + 1, name);
    const stepped = stepFfg(parent.context, { ref, certificates: this.gadget.certificatesFor(this.state, this.view, parent.ref.id), ...(enters === undefined ? {} : { enters }) }, check);
    if (!stepped.ok) throw new Error(stepped.message);
    return { ref, parent: parent.ref.id, context: stepped.value };
  }

  add(block: Block, nowMs = block.ref.height, executed = true): void {
    this.tree.insertHeader({ id: block.ref.id, header: headerOf(block), seal: new Uint8Array(0), rank: [BigInt(block.context.justified.height), BigInt(block.ref.height)], context: ffgContextToBytes(block.context), timely: true } as never);
    if (executed) this.execute(block, nowMs);
  }

  execute(block: Block, nowMs = block.ref.height): void {
    this.tree.markExecuted(block.ref.id);
    this.input({ kind: 'block', id: block.ref.id, stage: 'executed', nowMs });
    this.follow(nowMs);
  }

  hear(bytes: Uint8Array, from = 'peer', nowMs = 0): string {
    this.judgement = 'ignore';
    this.input({ kind: 'message', from: from as never, bytes, nowMs });
    return this.judgement;
  }

  input(input: EngineInput): void {
    const { state, effects } = this.gadget.step(this.state, input, this.view);
    this.state = state;
    this.perform(effects);
  }

  private follow(nowMs: number): void {
    const best = this.tree.bestHead();
    if (best === this.tree.head) return;
    this.tree.setHead(best.id);
    this.input({ kind: 'head', nowMs });
  }

  private perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'persist') {
        this.saved = effect.bytes;
        this.order.push('persist');
      } else if (effect.kind === 'sign') {
        this.order.push('sign');
        this.input({ kind: 'signed', job: effect.job, signature: signBy(effect.key.bytes, effect.bytes), nowMs: 0 });
      } else if (effect.kind === 'send') this.sent.push({ to: effect.to, bytes: effect.bytes });
      else if (effect.kind === 'judge') this.judgement = effect.judgement;
      else if (effect.kind === 'evidence') this.evidence.push(effect.bytes);
      else if (effect.kind === 'behind') this.behind.push(effect.height);
      else if (effect.kind === 'justify') {
        const moved = this.tree.setJustified(effect.ref.id);
        if (!moved.ok) throw new Error(moved.message);
        this.follow(0);
      } else if (effect.kind === 'finalise') {
        if (effect.ref.height <= this.tree.final.height) continue;
        const moved = this.tree.setFinal(effect.ref.id);
        if (!moved.ok) throw new Error(moved.message);
        this.input({ kind: 'final', ref: effect.ref, nowMs: 0 });
      }
    }
  }
}

/** Hands everything that was sent to everybody it is for, until nobody has anything to say. */
export function talk(peers: readonly Peer[], isLost: () => boolean = () => false): void {
  for (let isQuiet = false; !isQuiet; ) {
    isQuiet = true;
    peers.forEach((peer, from) => {
      for (const { to, bytes } of peer.sent.splice(0)) {
        isQuiet = false;
        peers.forEach((other, i) => {
          if (i !== from && (to === undefined || to === `${i}`) && !isLost()) other.hear(bytes, `${from}`);
        });
      }
    });
  }
}
