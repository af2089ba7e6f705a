import { accept, refuse, uint32ToBytes, uint64ToBytes } from '@vsys/primitives';
import type { AccountId, Amount, Verdict } from '@vsys/primitives';
import { balanceKey } from '@vsys/transaction';
import { accrue, closeInterest, earned } from './interest.ts';
import type { StakeCallContext } from './stake-call-context.ts';
import { leaseKey, stakeKey } from './stake-layout.ts';
import { leaseRecordFromBytes, leaseRecordToBytes } from './stake-record.ts';
import type { LeaseRecord, StakeRecord } from './stake-record.ts';

export type LeaseCode = 'SPOS_LEASE_SELF' | 'SPOS_LEASE_SMALL' | 'SPOS_LEASES_MAX' | 'SPOS_NO_LEASE' | 'SPOS_INSUFFICIENT';

/** Leases that one account may have at a time. */
export const LEASES_MAX = 256;
const LEASE_IDS_MAX = 0xffff_ffff;

/** The coins leave the balance of the lessor into the lease, so that nothing can spend them. Result: number of the lease (4). */
export function runLease({ params, draft, actor, height }: StakeCallContext, to: AccountId, amount: Amount): Verdict<Uint8Array, LeaseCode> {
  if (actor.every((byte, i) => byte === to[i])) return refuse('SPOS_LEASE_SELF', 'an account counts its own coins already');
  if (amount < params.leaseMin) return refuse('SPOS_LEASE_SMALL', `a lease has at least ${params.leaseMin} units, found ${amount}`);
  const own = draft.enrolled(actor);
  if (own.leases >= LEASES_MAX || own.nextLease >= LEASE_IDS_MAX) return refuse('SPOS_LEASES_MAX', `the account has ${own.leases} leases, at most ${LEASES_MAX}`);
  const have = draft.balance(actor);
  if (have < amount) return refuse('SPOS_INSUFFICIENT', `the account holds ${have}, the lease needs ${amount}`);
  draft.setBalance(actor, have - amount);
  draft.save(actor, { ...own, leases: own.leases + 1, nextLease: own.nextLease + 1 });
  const borrower = draft.enrolled(to);
  const interest = accrue(borrower.interest, borrower.leasedIn, height);
  draft.save(to, { ...borrower, interest, leasedIn: borrower.leasedIn + amount });
  draft.state.set(leaseKey(actor, own.nextLease), leaseRecordToBytes({ to, amount, height, perCoin: interest.perCoin, rest: 0n }));
  return accept(uint32ToBytes(own.nextLease));
}

/** Coins and interest are back at once. Result: the interest (8). */
export function runCancelLease({ draft, actor, height }: StakeCallContext, id: number): Verdict<Uint8Array, LeaseCode> {
  const found = leaseOf(draft.state.get(leaseKey(actor, id)), id);
  if (!found.ok) return found;
  const { to, amount } = found.value;
  draft.state.need([stakeKey(to), balanceKey(to)]);
  const { borrower, paid } = payInterest(draft.enrolled(to), found.value, height);
  const leasedIn = borrower.leasedIn - amount;
  const closed = leasedIn === 0n ? closeInterest(borrower.interest) : { interest: borrower.interest, left: 0n };
  draft.save(to, { ...borrower, leasedIn, interest: closed.interest });
  // Without lessors the rest is nobody's but the seat's, which put it there.
  draft.credit(to, closed.left);
  draft.credit(actor, amount + paid);
  const own = draft.enrolled(actor);
  draft.save(actor, { ...own, leases: own.leases - 1 });
  draft.state.set(leaseKey(actor, id), undefined);
  return accept(uint64ToBytes(paid));
}

/** Pays what a lease earned; it goes on. Result: the interest (8). */
export function runClaim({ draft, actor, height }: StakeCallContext, id: number): Verdict<Uint8Array, LeaseCode> {
  const found = leaseOf(draft.state.get(leaseKey(actor, id)), id);
  if (!found.ok) return found;
  draft.state.need([stakeKey(found.value.to)]);
  const { borrower, paid, rest } = payInterest(draft.enrolled(found.value.to), found.value, height);
  draft.save(found.value.to, borrower);
  draft.credit(actor, paid);
  draft.state.set(leaseKey(actor, id), leaseRecordToBytes({ ...found.value, perCoin: borrower.interest.perCoin, rest }));
  return accept(uint64ToBytes(paid));
}

function leaseOf(bytes: Uint8Array | undefined, id: number): Verdict<LeaseRecord, LeaseCode> {
  return bytes === undefined ? refuse('SPOS_NO_LEASE', `the account has no lease ${id}`) : accept(leaseRecordFromBytes(bytes));
}

function payInterest(borrower: StakeRecord, lease: LeaseRecord, height: number): { readonly borrower: StakeRecord; readonly paid: Amount; readonly rest: bigint } {
  const interest = accrue(borrower.interest, borrower.leasedIn, height);
  const { paid, rest } = earned(interest, lease);
  return { borrower: { ...borrower, interest: { ...interest, owed: interest.owed - paid } }, paid, rest };
}
