import type { Container } from '@vsys/container';
import type { Operation } from '@vsys/data-format';
import type { AccountId, ChainId, Verdict } from '@vsys/primitives';
import type { Engine } from './engine.ts';
import type { HeaderRules, PublicKeyOf } from './rules.ts';

/**
 * A pluggable consensus rule. A chain spec names it by `id` and carries its parameters as the module's own canonical bytes;
 * nothing else in the product knows what they mean.
 */
export interface ConsensusModule<C = unknown> {
  /** Name and version, such as `spos@1`: pinned in genesis. */
  readonly id: `${string}@${number}`;
  readonly provides: {
    readonly finality: 'none' | 'depth' | 'gadget' | 'instant';
    /** `needs-state`: headers cannot be judged without executing, so there is no light client and no header-first sync. */
    readonly headers: 'pure' | 'needs-state';
    /** Cuts of the network that finality holds through: any, which is the default; or those in which no side makes as many blocks as `reorgBound`. */
    readonly cuts?: 'any' | 'short';
    /** Who makes blocks: always those whom the parameters name, or anybody, which is the default; or those whom the state names, by what `HeaderRules.complete` puts into headers. */
    readonly producers?: 'fixed' | 'changing';
    /** Who signs two things that contradict each other is found by the others, and `Consensus.verifyEvidence` shows it to anybody. */
    readonly evidence?: boolean;
  };
  /** Limits of the messages between engines; absent: they exchange none, and the node opens no topic for them. */
  readonly wire?: ConsensusWire;
  /** `compute`: its engine asks for long work, which `Consensus.compute` does. `keySchemes`: of the keys that seal; none where nobody signs blocks. */
  readonly needs: { readonly clock: boolean; readonly compute: boolean; readonly keySchemes: readonly string[] };
  /** The view of the parameters for people, from plain JSON. Refusals name the field. */
  paramsFromJson(json: unknown): Verdict<Uint8Array>;
  paramsToJson(params: Uint8Array): Verdict<unknown>;
  /** Parameters, as JSON, of a new chain of these producers: what tools that begin chains ask. Absent: only a spec that was written by hand begins one. */
  paramsOfNewChain?(chain: NewChain): unknown;
  /** Refuses parameters that are out of range or do not re-encode to themselves. */
  open(params: Uint8Array, chainId: ChainId): Verdict<Consensus<C>>;
}

export interface NewChain {
  /** Wanted time from block to block, in milliseconds. */
  readonly periodMs: number;
  /** Who shall make blocks first; a module without seats takes as many as come. */
  readonly producers: readonly { readonly account: AccountId; readonly publicKey: PublicKeyOf }[];
}

export interface ConsensusWire {
  readonly messageBytesMax: number;
  /** Of one peer, those included that it only passes on. */
  readonly messagesPerPeerPerSecondMax: number;
}

/** A module at work for one chain. */
export interface Consensus<C = unknown> {
  readonly rules: HeaderRules<C>;
  /** Containers that the rule needs in the state, run like any other. */
  readonly containers: readonly Container[];
  /**
   * The producer for these keys: those that seal, or, where nobody signs blocks, those whose accounts the blocks are for. Also runs on a node without
   * keys (an empty list), where it only follows finality.
   */
  engine(keys: readonly PublicKeyOf[]): Engine<C>;
  /**
   * A slice of the work that the engine asks for with the effect `compute`: pure, and done within a few milliseconds, as it runs between all else
   * that a node does. What is left is asked for again. Absent: there is no such work.
   */
  compute?(job: Uint8Array): Uint8Array;
  /** Most blocks that a head is ever taken back by, because final follows it that closely whoever is away. Absent: no number bounds it. */
  readonly reorgBound?: number;
  /** Producers, of those whom the chain begins with, that may be away while the others go on to make blocks and finality. Absent: none may. */
  readonly faultsMax?: number;
  /** Numbers for operators and templates, such as seats and the quorum: with the context of a head as they stand after it, else as the chain begins. */
  describe(head?: C): Readonly<Record<string, number>>;
  /**
   * The operation that brings proof of an offence, as the engine's effect `evidence` carries it, before a container that punishes. Any account may send
   * it. Absent, or undefined for this proof: nobody is punished, and it is shown to operators only.
   */
  evidenceOperation?(proof: Uint8Array): Operation | undefined;
  /** Judges what the engine's effect `evidence` carries by itself, for anybody who knows the chain: the key that signed what it may not. Modules that declare `evidence` have it. */
  verifyEvidence?(proof: Uint8Array): Verdict<PublicKeyOf>;
}
