import { type AccountId, invariant, type Verdict, accept, refuse } from '@vsys/primitives';
import { type BlockContext, createGasMeter, createStateJournal, KeysNotLoaded, OutOfGas, type Router, type StateJournal } from '@vsys/container';
import type { FeeRules, Operation, Receipt } from '@vsys/data-format';
import type { StateView, StateWrite } from '@vsys/state';
import { type CheckedTransaction, feeCeiling } from './admission.ts';
import { balanceKey, numberFromRecord, numberToRecord, sequenceKey } from './coin.ts';

export interface ExecutionRules {
  readonly router: Router;
  readonly fees: FeeRules;
  /** Sum of `gasMax` of a block's transactions. */
  readonly blockGasMax: bigint;
}

export interface Execution {
  readonly writes: readonly StateWrite[];
  readonly receipts: readonly Receipt[];
  /** Included, in order; the same as given unless told to skip. */
  readonly included: readonly CheckedTransaction[];
  readonly skipped: readonly { readonly checked: CheckedTransaction; readonly code: string; readonly message: string }[];
  readonly gasUsed: bigint;
}

/** Keys of the account that pays, made once for each transaction. */
interface PayerKeys {
  readonly sequence: Uint8Array;
  readonly balance: Uint8Array;
}

/** Reads that one transaction may cause beyond those it declared: past it, it fails rather than hold the block up. */
const MISSES_MAX = 256;

/**
 * Runs transactions in order on a parent's state: a pure function of its arguments. A transaction that fails in a container is
 * included, keeps its fee and says why. One that may not stand in a block at all (sequence, expiry, cannot pay) makes the
 * block invalid; with `skip`, as its author asks, it is left out instead.
 *
 * @param author - who receives the fees, where the chain gives them to the author
 */
export async function executeBlock(
  rules: ExecutionRules, view: StateView, block: BlockContext, transactions: readonly CheckedTransaction[],
  { skip, author }: { skip: boolean; author?: AccountId },
): Promise<Verdict<Execution, 'BODY_TRANSACTION' | 'BODY_GAS'>> {
  const journal = createStateJournal();
  const payers = transactions.map(({ transaction: { body } }): PayerKeys => ({ sequence: sequenceKey(body.payer, body.lane), balance: balanceKey(body.payer) }));
  await preload(journal, view, rules, block, transactions, payers, author);
  const receipts: Receipt[] = [];
  const included: CheckedTransaction[] = [];
  const skipped: { checked: CheckedTransaction; code: string; message: string }[] = [];
  let gasUsed = 0n;
  let gasReserved = 0n;
  for (const [at, checked] of transactions.entries()) {
    const { body } = checked.transaction;
    const payer = payers[at] as PayerKeys;
    if (gasReserved + body.gasMax > rules.blockGasMax) {
      if (!skip) return refuse('BODY_GAS', `the block's transactions reserve more than ${rules.blockGasMax} gas`);
      skipped.push({ checked, code: 'BODY_GAS', message: 'no room left in this block' });
      continue;
    }
    const standing = checkStanding(journal, rules, block, checked, payer);
    if (!standing.ok) {
      if (!skip) return refuse('BODY_TRANSACTION', `${checked.idHex}: ${standing.message}`, { reason: standing.code });
      skipped.push({ checked, code: standing.code, message: standing.message });
      continue;
    }
    gasReserved += body.gasMax;
    const receipt = await runTransaction(journal, view, rules, block, checked, payer, author);
    gasUsed += receipt.gasUsed;
    receipts.push(receipt);
    included.push(checked);
  }
  return accept({ writes: journal.writes(), receipts, included, skipped, gasUsed });
}

/** All keys that the block is known to read, in one batch. */
async function preload(
  journal: StateJournal, view: StateView, rules: ExecutionRules, block: BlockContext, transactions: readonly CheckedTransaction[], payers: readonly PayerKeys[], author: AccountId | undefined,
): Promise<void> {
  const keys: Uint8Array[] = author === undefined ? [] : [balanceKey(author)];
  for (const [at, { transaction: { body } }] of transactions.entries()) {
    const { sequence, balance } = payers[at] as PayerKeys;
    keys.push(sequence, balance);
    for (const operation of body.operations) {
      const container = rules.router.find(operation.container);
      if (container.ok) keys.push(...container.value.touches(operation.payload, operation.actor ?? body.payer, block));
    }
  }
  await load(journal, view, keys);
}

async function load(journal: StateJournal, view: StateView, keys: readonly Uint8Array[]): Promise<void> {
  const values = await view.getMany(keys);
  for (const [i, key] of keys.entries()) journal.load(key, values[i]);
}

/** What must hold for a transaction to stand in this block at all. */
function checkStanding(journal: StateJournal, rules: ExecutionRules, block: BlockContext, checked: CheckedTransaction, payer: PayerKeys): Verdict<void, string> {
  const { body } = checked.transaction;
  if (body.validUntil < block.height) return refuse('TX_EXPIRED', `valid until height ${body.validUntil}, this is ${block.height}`);
  const expected = numberFromRecord(journal.get(payer.sequence));
  if (body.sequence !== expected) {
    return refuse(body.sequence < expected ? 'TX_SEQUENCE_USED' : 'TX_SEQUENCE_AHEAD', `lane ${body.lane} stands at ${expected}, the transaction has ${body.sequence}`);
  }
  const ceiling = feeCeiling(rules.fees, checked.bytes.length, body.gasMax);
  const balance = numberFromRecord(journal.get(payer.balance));
  if (balance < ceiling) return refuse('TX_CANNOT_PAY', `the payer holds ${balance}, the transaction may cost ${ceiling}`);
  return accept(undefined);
}

async function runTransaction(
  journal: StateJournal, view: StateView, rules: ExecutionRules, block: BlockContext, checked: CheckedTransaction, payer: PayerKeys, author: AccountId | undefined,
): Promise<Receipt> {
  const { body } = checked.transaction;
  const ceiling = feeCeiling(rules.fees, checked.bytes.length, body.gasMax);
  // The most it can cost is set aside first, so that its own operations cannot spend the fee.
  const payerBalance = numberFromRecord(journal.get(payer.balance));
  journal.set(payer.balance, numberToRecord(payerBalance - ceiling));
  journal.set(payer.sequence, numberToRecord(body.sequence + 1n));
  journal.commit();
  const outcome = await runOperations(journal, view, rules, block, checked);
  if (outcome.ok) journal.commit();
  else journal.revert();
  const feePaid = feeCeiling(rules.fees, checked.bytes.length, outcome.gasUsed);
  credit(journal, payer.balance, ceiling - feePaid);
  if (author !== undefined && rules.fees.to === 'author') credit(journal, balanceKey(author), feePaid);
  journal.commit();
  return outcome.ok
    ? { status: 'ok', code: '', gasUsed: outcome.gasUsed, feePaid, results: outcome.results }
    : { status: 'failed', code: outcome.code, gasUsed: outcome.gasUsed, feePaid, results: [] };
}

type Outcome = { ok: true; gasUsed: bigint; results: Uint8Array[] } | { ok: false; gasUsed: bigint; code: string };

async function runOperations(journal: StateJournal, view: StateView, rules: ExecutionRules, block: BlockContext, checked: CheckedTransaction): Promise<Outcome> {
  const { body } = checked.transaction;
  for (let misses = 0; misses <= MISSES_MAX; misses++) {
    const gas = createGasMeter(body.gasMax);
    try {
      const results: Uint8Array[] = [];
      for (const [index, operation] of body.operations.entries()) {
        const done = runOperation(journal, rules, block, checked, operation, index, gas);
        if (!done.ok) return { ok: false, gasUsed: gas.used, code: done.code };
        results.push(done.value);
      }
      return { ok: true, gasUsed: gas.used, results };
    } catch (thrown) {
      if (thrown instanceof OutOfGas) return { ok: false, gasUsed: gas.used, code: 'OUT_OF_GAS' };
      if (!(thrown instanceof KeysNotLoaded)) throw thrown;
      // Reads that were not declared: load them and run the transaction again from its start.
      journal.revert();
      await load(journal, view, thrown.keys);
    }
  }
  return { ok: false, gasUsed: body.gasMax, code: 'TOO_MANY_READS' };
}

function runOperation(
  journal: StateJournal, rules: ExecutionRules, block: BlockContext, checked: CheckedTransaction, operation: Operation, index: number, gas: ReturnType<typeof createGasMeter>,
): Verdict<Uint8Array, string> {
  const container = rules.router.find(operation.container);
  invariant(container.ok, 'admission let an unknown container pass');
  const { payer } = checked.transaction.body;
  return container.value.execute(operation.payload, { block, transactionId: checked.id, index, actor: operation.actor ?? payer, payer, state: journal, gas });
}

function credit(journal: StateJournal, key: Uint8Array, amount: bigint): void {
  if (amount === 0n) return;
  journal.set(key, numberToRecord(numberFromRecord(journal.get(key)) + amount));
}
