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
export function runEvidence(call: StakeCallContext, offence: Offence): Verdict<Uint8Array, ConvictCode> {
  const { params, draft, actor } = call;
  const age = checkAge(call, offence);
  if (!age.ok) return age;
  const account = draft.state.get(keyOwnerKey(offence.key));
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

/** Votes name heights, and a block takes a slot at least: so many blocks are as old as so many slots, or older. */
function checkAge({ params: { evidenceSlots }, round, height, timeMs }: StakeCallContext, offence: Offence): Verdict<void, ConvictCode> {
  const [at, now, what] = offence.kind === 'two headers' ? [offence.slot, Math.floor(timeMs / round.slotMs), 'slot'] : [offence.height, height, 'height'];
  if (now - at > evidenceSlots) return refuse('SPOS_EVIDENCE_AGE', `the offence is of ${what} ${at}, this is ${now}: evidence is taken up to ${evidenceSlots} later`);
  // A vote may be for a branch that is longer than this one; a slot comes by the clock alone.
  return offence.kind === 'two headers' && at > now ? refuse('SPOS_EVIDENCE_AGE', `the offence is of slot ${at}, which is still to come`) : accept(undefined);
}
