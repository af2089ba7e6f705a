import { invariant, toHex } from '@vsys/primitives';
import type { AccountId, Amount } from '@vsys/primitives';
import type { BlockEnd } from '@vsys/container';
import { balanceKey } from '@vsys/transaction';
import { accrue, addToPot } from './interest.ts';
import { weightAfter } from './minting-balance.ts';
import { shareAt } from './seat-operations.ts';
import { createStakeDraft } from './stake-draft.ts';
import type { StakeDraft } from './stake-draft.ts';
import { stakeKey, SUPPLY_KEY, TOUCHED_KEY } from './stake-layout.ts';
import { PERMILLE } from './stake-operation.ts';
import type { StakeParams } from './stake-params.ts';
import { stakeRecordToBytes, supplyRecordFromBytes, supplyRecordToBytes } from './stake-record.ts';

/** New coins in all, so that no balance passes 2^64: those of genesis are below 2^63 too. */
const MINTED_MAX = 0x7fff_ffff_ffff_ffffn;

/**
 * Pays the author, then notes what enrolled accounts hold now. An account that is not enrolled costs a read in one batch, and no write: see
 * docs/spec/consensus-spos-stake.md. The work is bounded by the balances that the block changed and the records that its operations paid for.
 */
export function endStakeBlock(params: StakeParams, { block: { height }, author, balancesChanged, state }: BlockEnd): void {
  const draft = createStakeDraft(params, height, state);
  const paid = params.reward > 0n && author !== undefined ? author : undefined;
  // Most accounts have no record: all that is done for each of them is to make its key and look.
  const keys = balancesChanged.map(stakeKey);
  state.need([TOUCHED_KEY, ...(paid === undefined ? [] : [SUPPLY_KEY, balanceKey(paid), stakeKey(paid)]), ...keys]);
  if (paid !== undefined) payReward(params, draft, paid, height);
  const enrolled = new Map<string, AccountId>();
  for (const account of [...balancesChanged.filter((_, i) => state.get(keys[i] as Uint8Array) !== undefined), ...touchedAccounts(draft), ...(paid === undefined ? [] : [paid])]) enrolled.set(toHex(account), account);
  state.need([...enrolled.values()].map(balanceKey));
  for (const account of enrolled.values()) {
    const record = draft.record(account);
    if (record === undefined) continue;
    const effective = draft.balance(account) + record.leasedIn;
    if (record.touched === undefined && effective === record.weight.effective) continue;
    const weight = effective === record.weight.effective ? record.weight : weightAfter(params, record.weight, effective, height);
    state.set(stakeKey(account), stakeRecordToBytes({ ...record, weight, touched: undefined }));
  }
  state.set(TOUCHED_KEY, undefined);
}

/** Who is convicted seals on until the seats change, and earns nothing. */
function payReward(params: StakeParams, draft: StakeDraft, author: AccountId, height: number): void {
  const record = draft.record(author);
  const supply = supplyRecordFromBytes(draft.state.get(SUPPLY_KEY));
  if (record === undefined || record.convicted || supply.minted + params.reward > MINTED_MAX) return;
  draft.state.set(SUPPLY_KEY, supplyRecordToBytes({ ...supply, minted: supply.minted + params.reward }));
  const lessors: Amount = record.leasedIn === 0n ? 0n : (params.reward * BigInt(shareAt(record, height))) / BigInt(PERMILLE);
  draft.credit(author, params.reward - lessors);
  if (lessors === 0n) return;
  const interest = addToPot(accrue(record.interest, record.leasedIn, height), lessors, height, params.interestSpread);
  draft.state.set(stakeKey(author), stakeRecordToBytes({ ...record, interest }));
}

/** Last first. After genesis they are those of all seats. */
function touchedAccounts({ state, record }: StakeDraft): readonly AccountId[] {
  const accounts: AccountId[] = [];
  for (let account = state.get(TOUCHED_KEY); account !== undefined; ) {
    accounts.push(account);
    const touched: AccountId | 'last' | undefined = record(account)?.touched;
    invariant(touched !== undefined, 'who stands in the list of touched accounts is touched');
    account = touched === 'last' ? undefined : touched;
  }
  return accounts;
}
