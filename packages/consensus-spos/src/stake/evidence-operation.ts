import { accept, refuse } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';
import { balanceKey } from '@vsys/transaction';
import type { Offence } from './evidence.ts';
import type { StakeCallContext } from './stake-call-context.ts';
import { keyOwnerKey, stakeKey } from './stake-layout.ts';
import { PERMILLE } from './stake-operation.ts';

export type ConvictCode = 'SPOS_EVIDENCE_AGE' | 'SPOS_EVIDENCE_KEY' | 'SPOS_EVIDENCE_KNOWN';

/**
 * Takes seat and bond of who signed twice, and bars the account for good; coins of lessors are not touched. One offence is enough, so there is
 * nothing to take on a second one. Signatures were verified by `check`. Result: the account (20).
 */
export function runEvidence({ params, round, draft, actor, timeMs }: StakeCallContext, { key, slot }: Offence): Verdict<Uint8Array, ConvictCode> {
  const now = Math.floor(timeMs / round.slotMs);
  if (slot > now || now - slot > params.evidenceSlots) return refuse('SPOS_EVIDENCE_AGE', `the offence is of slot ${slot}, this is ${now}; evidence is taken for ${params.evidenceSlots} slots`);
  const account = draft.state.get(keyOwnerKey(key));
  if (account === undefined) return refuse('SPOS_EVIDENCE_KEY', 'no seat ever used this key');
  draft.state.need([stakeKey(account), balanceKey(account)]);
  const record = draft.enrolled(account);
  if (record.convicted) return refuse('SPOS_EVIDENCE_KNOWN', 'the account is convicted already');
  const seats = draft.seats();
  // A chain without any seat could not go on: the last one stays, unpaid, until somebody contends for it.
  const stays = record.seat === undefined || seats.length === 1;
  draft.save(account, { ...record, convicted: true, bond: 0n, seat: stays ? record.seat : undefined });
  if (!stays) draft.setSeats(seats.filter(({ index }) => index !== record.seat));
  const reporters = (record.bond * BigInt(params.reporterPermille)) / BigInt(PERMILLE);
  draft.burn(record.bond - reporters);
  draft.credit(actor, reporters);
  return accept(account);
}
