import { accept } from '@vsys/primitives';
import type { AccountId, Verdict } from '@vsys/primitives';
import { type Container, operationCalls } from '@vsys/container';
import { balanceKey } from '@vsys/transaction';
import type { SposParams } from '../params.ts';
import { SEAT_LIST_KEY, SPOS_CONTAINER } from '../seat-list.ts';
import { endStakeBlock } from './end-stake-block.ts';
import { offenceOf, verifyEvidence } from './evidence.ts';
import type { EvidenceRules } from './evidence.ts';
import { runEvidence } from './evidence-operation.ts';
import { genesisStake } from './genesis-stake.ts';
import { runCancelLease, runClaim, runLease } from './lease-operations.ts';
import { runClaimBond, runContend, runEnroll, runRelease, runSetKeys, runSetShare } from './seat-operations.ts';
import type { StakeCallContext } from './stake-call-context.ts';
import { createStakeDraft } from './stake-draft.ts';
import { keyOwnerKey, leaseKey, stakeKey, SUPPLY_KEY, TOUCHED_KEY } from './stake-layout.ts';
import { stakeOperationFromPayload } from './stake-operation.ts';
import type { StakeOperation } from './stake-operation.ts';

/** Gas of each operation, by the keys that it writes; of evidence two signatures, and its bytes beside. */
export const stakeGas = {
  enroll: 300n, lease: 600n, cancelLease: 600n, contend: 2_000n, release: 1_500n, setKeys: 1_500n, setShare: 300n, claim: 500n, claimBond: 400n, evidence: 2_000n, evidenceByte: 1n,
} as const;

/** The system container of `spos@1`: who holds a seat, who counts how much, and what it earns. docs/spec/consensus-spos-stake.md. */
export function createStakeContainer(params: SposParams, rules: Omit<EvidenceRules, 'slotMs'>): Container {
  const evidenceRules = { ...rules, slotMs: params.slotMs };
  return {
    name: SPOS_CONTAINER,
    version: 1,
    // Leases, fees, bonds and rewards are coins.
    alsoWrites: ['coin'],
    ...operationCalls<StakeOperation>({
      read: stakeOperationFromPayload,
      check(operation) {
        const judged = operation.kind === 'evidence' ? verifyEvidence(evidenceRules, operation.proof) : accept(undefined);
        return judged.ok ? accept(undefined) : judged;
      },
      touches: (operation, actor) => keysOf(operation, actor, evidenceRules),
      actionOf: ({ kind }) => kind,
      gasOf: ({ kind }, payload) => stakeGas[kind] + (kind === 'evidence' ? stakeGas.evidenceByte * BigInt(payload.length) : 0n),
      run(operation, { block, actor, state, index, count }) {
        const draft = createStakeDraft(params.stake, block.height, state);
        return run({ params: params.stake, round: params, draft, actor, height: block.height, timeMs: block.timeMs, isLast: index === count - 1 }, operation, evidenceRules);
      },
    }),
    endBlock: (end) => endStakeBlock(params.stake, end),
    genesis: () => genesisStake(params),
  };
}

function run(call: StakeCallContext, operation: StakeOperation, rules: EvidenceRules): Verdict<Uint8Array> {
  switch (operation.kind) {
    case 'enroll': return runEnroll(call);
    case 'lease': return runLease(call, operation.to, operation.amount);
    case 'cancelLease': return runCancelLease(call, operation.id);
    case 'contend': return runContend(call, { index: operation.seat, mintKey: operation.mintKey, voteKey: operation.voteKey });
    case 'release': return runRelease(call, operation.seat);
    case 'setKeys': return runSetKeys(call, operation);
    case 'setShare': return runSetShare(call, operation.permille);
    case 'claim': return runClaim(call, operation.id);
    case 'claimBond': return runClaimBond(call);
    case 'evidence': {
      const offence = offenceOf(rules, operation.proof);
      return offence.ok ? runEvidence(call, offence.value) : offence;
    }
  }
}

function keysOf(operation: StakeOperation, actor: AccountId, rules: EvidenceRules): readonly Uint8Array[] {
  const own = [stakeKey(actor), balanceKey(actor), TOUCHED_KEY];
  switch (operation.kind) {
    case 'lease': return [...own, stakeKey(operation.to)];
    case 'cancelLease':
    case 'claim': return [...own, leaseKey(actor, operation.id)];
    case 'contend': return [...own, SEAT_LIST_KEY, SUPPLY_KEY, keyOwnerKey(operation.mintKey), keyOwnerKey(operation.voteKey)];
    case 'setKeys': return [...own, SEAT_LIST_KEY, keyOwnerKey(operation.mintKey), keyOwnerKey(operation.voteKey)];
    case 'release': return [...own, SEAT_LIST_KEY];
    case 'evidence': {
      const offence = offenceOf(rules, operation.proof);
      return [...own, SEAT_LIST_KEY, SUPPLY_KEY, ...(offence.ok ? [keyOwnerKey(offence.value.key)] : [])];
    }
    case 'enroll':
    case 'setShare':
    case 'claimBond': return own;
  }
}
