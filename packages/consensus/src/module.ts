import type { Container } from '@vsys/container';
import type { Operation } from '@vsys/data-format';
import type { ChainId, Verdict } from '@vsys/primitives';
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
  };
  /** Limits of the messages between engines; absent: they exchange none, and the node opens no topic for them. */
  readonly wire?: ConsensusWire;
  readonly needs: { readonly clock: boolean; readonly compute: boolean; readonly keySchemes: readonly string[] };
  /** The view of the parameters for people, from plain JSON. Refusals name the field. */
  paramsFromJson(json: unknown): Verdict<Uint8Array>;
  paramsToJson(params: Uint8Array): Verdict<unknown>;
  /** Refuses parameters that are out of range or do not re-encode to themselves. */
  open(params: Uint8Array, chainId: ChainId): Verdict<Consensus<C>>;
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
  /** The producer. Also runs on a node without keys (an empty list), where it only follows finality. */
  engine(keys: readonly PublicKeyOf[]): Engine<C>;
  /** Numbers for operators and templates, such as seats and the quorum: with the context of a head as they stand after it, else as the chain begins. */
  describe(head?: C): Readonly<Record<string, number>>;
  /**
   * The operation that brings proof of an offence, as the engine's effect `evidence` carries it, before a container that punishes. Any account may send
   * it. Absent, or undefined for this proof: nobody is punished, and it is shown to operators only.
   */
  evidenceOperation?(proof: Uint8Array): Operation | undefined;
}
