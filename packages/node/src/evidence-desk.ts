import { type Logger, toHex, type TransactionId } from '@vsys/primitives';
import type { Signer } from '@vsys/crypto';
import { sha256 } from '@vsys/crypto/hash';
import { bodyToBytes, createTransaction, type Operation, transactionId, transactionToBytes } from '@vsys/data-format';
import type { Chain, Consensus } from '@vsys/consensus';
import { numberFromRecord, sequenceKey } from '@vsys/transaction';

/** Proof that a seat signed two things of which it may sign one, as this node's engine found it. */
export interface FoundEvidence {
  /** Hash of the proof. */
  readonly id: Uint8Array;
  /** Height of the head when it was found. */
  readonly height: number;
  /** What brings it before the container that punishes; absent: this chain has none. Any account may send it. */
  readonly operation: Operation | undefined;
  /** `kept`: nobody sent it from here. `sent`: on its way. `done`: the offender is punished. `refused`: somebody else was quicker, or it counts no more. */
  readonly state: 'kept' | 'sent' | 'done' | 'refused';
  /** Why it is not sent, or was refused. */
  readonly code: string | undefined;
  readonly transactionId: TransactionId | undefined;
}

export interface EvidenceDeskParts {
  readonly chain: Chain;
  readonly consensus: Pick<Consensus, 'evidenceOperation'>;
  /** Its account pays for the transactions that bring proofs. Without one they are kept, for somebody to send. */
  readonly reporter: Signer | undefined;
  readonly logger: Logger;
}

/** Keeps what the engine finds, and sends it where it has a key for that. */
export interface EvidenceDesk {
  readonly found: readonly FoundEvidence[];
  add(proof: Uint8Array): void;
  /** The chain went on: sends what waits, and looks what became of what was sent. Waits for nothing, as the chain itself calls it. */
  follow(): void;
  /** What is under way is done. */
  idle(): Promise<void>;
}

/** Proofs that are kept; when there are more, those that are settled go first, then new ones are only logged. */
export const EVIDENCE_KEPT_MAX = 16;
/** A lane of the reporter's account that nothing else uses, so that its other transactions need not wait for these. */
const LANE = 0x6576_6964;
const VALID_BLOCKS = 1_000;
/** A container may charge so much for a proof, and so much more for each byte of it. */
const GAS = 200_000n;
const GAS_PER_BYTE = 30n;
const ENVELOPE_BYTES = 192;

export function createEvidenceDesk({ chain, consensus, reporter, logger }: EvidenceDeskParts): EvidenceDesk {
  let found: readonly FoundEvidence[] = [];
  let following: Promise<void> | undefined;

  const put = (one: FoundEvidence, change: Partial<FoundEvidence>): void => {
    found = found.map((other) => (other.id === one.id ? { ...other, ...change } : other));
  };

  /** One at a time: the sequence of the next is known when the one before stands in a block. */
  async function send(one: FoundEvidence & { readonly operation: Operation }, signer: Signer): Promise<void> {
    const now = await chain.stateAt();
    if (now === undefined) return;
    const { limits, fees } = chain.spec;
    const wanted = GAS + GAS_PER_BYTE * BigInt(one.operation.payload.length);
    const gasMax = wanted < limits.blockGasMax ? wanted : limits.blockGasMax;
    const sequence = numberFromRecord(await now.view.get(sequenceKey(signer.account, LANE)));
    const body = { chainId: chain.chainId, payer: signer.account, lane: LANE, sequence, validUntil: now.at.height + VALID_BLOCKS, gasMax, feeMax: 0n, operations: [one.operation] };
    const feeMax = fees.perByte * BigInt(bodyToBytes(body).length + ENVELOPE_BYTES) + fees.perGas * gasMax;
    const transaction = createTransaction({ ...body, feeMax }, [signer]);
    const [verdict] = await chain.submit([transactionToBytes(transaction)]);
    if (verdict?.ok !== true) return put(one, { code: verdict?.code ?? 'TX_MALFORMED' });
    put(one, { state: 'sent', code: undefined, transactionId: transactionId(transaction.bodyBytes) });
  }

  async function look(one: FoundEvidence & { readonly transactionId: TransactionId }): Promise<void> {
    const status = await chain.status(one.transactionId);
    // Lost on its way, or its validity is over: made anew.
    if (status.kind === 'dropped' || status.kind === 'unknown') return put(one, { state: 'kept', code: status.kind === 'dropped' ? status.code : undefined });
    if (status.kind !== 'final') return;
    const { receipt } = status;
    if (receipt.status === 'ok') {
      logger.info('evidence was accepted', { id: toHex(one.id), height: status.height });
      return put(one, { state: 'done' });
    }
    const isForLater = receipt.code.endsWith('_TURNOVER');
    logger.warn('evidence was refused', { id: toHex(one.id), code: receipt.code });
    put(one, { state: isForLater ? 'kept' : 'refused', code: receipt.code });
  }

  async function work(): Promise<void> {
    for (const one of found) if (one.state === 'sent' && one.transactionId !== undefined) await look({ ...one, transactionId: one.transactionId });
    if (reporter === undefined || found.some(({ state }) => state === 'sent')) return;
    const next = found.find(({ state, operation }) => state === 'kept' && operation !== undefined);
    if (next?.operation !== undefined) await send({ ...next, operation: next.operation }, reporter);
  }

  /** While one look is under way, another would see the same. */
  const follow = (): void => {
    if (found.length === 0 || following !== undefined) return;
    // A chain that is closed meanwhile has nothing more to tell.
    following = work().catch((error: unknown) => logger.debug('evidence waits', { error: String(error) })).finally(() => {
      following = undefined;
    });
  };

  return {
    get found() { return found; },
    add(proof) {
      const id = sha256(proof);
      if (found.some((one) => toHex(one.id) === toHex(id))) return;
      const settled = found.findIndex(({ state }) => state === 'done' || state === 'refused');
      if (found.length >= EVIDENCE_KEPT_MAX && settled < 0) return logger.error('there is no room to keep another proof of double signing', { proof: toHex(proof) });
      const kept = found.length < EVIDENCE_KEPT_MAX ? found : found.toSpliced(settled, 1);
      found = [...kept, { id, height: chain.head.height, operation: consensus.evidenceOperation?.(proof), state: 'kept', code: undefined, transactionId: undefined }];
      follow();
    },
    follow,
    idle: async () => following,
  };
}
