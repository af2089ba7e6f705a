import { type AccountId, invariant, type Verdict, accept, refuse } from '@vsys/primitives';
import { type BlockContext, createGasMeter, createStateJournal, type GasMeter, hasSigned, KeysNotLoaded, OutOfGas, type Router, type StateJournal } from '@vsys/container';
import type { FeeRules, Operation, Receipt } from '@vsys/data-format';
import type { StateView, StateWrite } from '@vsys/state';
import { type CheckedTransaction, feeCeiling } from './admission.ts';
import { balanceKey, numberFromRecord, numberToRecord, sequenceKey } from './coin.ts';
import { endBlock } from './end-block.ts';

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

/** Reads that one operation may cause beyond those it declared: past it, its transaction fails rather than hold the block up. */
const MISSES_MAX = 256;

/**
 * Runs transactions in order on a parent's state: a pure function of its arguments. A transaction that fails in a container is
 * included, keeps its fee and says why. One that may not stand in a block at all (sequence, expiry, cannot pay) makes the
 * block invalid; with `skip`, as its author asks, it is left out instead.
 *
 * @param author - who made the block: receives the fees, where the chain gives them to the author, and is told to the containers at the end of the block
 */
export async function executeBlock(
  rules: ExecutionRules, view: StateView, block: BlockContext, transactions: readonly CheckedTransaction[],
  { skip, author }: { skip: boolean; author?: AccountId },
): Promise<Verdict<Execution, 'BODY_TRANSACTION' | 'BODY_GAS'>> {
  const journal = createStateJournal();
  const ahead = await readAhead(view, rules, block, transactions, author);
  if (author !== undefined) journal.load(balanceKey(author), ahead.author);
  const receipts: Receipt[] = [];
  const included: CheckedTransaction[] = [];
  const skipped: { checked: CheckedTransaction; code: string; message: string }[] = [];
  let gasUsed = 0n;
  let gasReserved = 0n;
  for (const [at, checked] of transactions.entries()) {
    const { body } = checked.transaction;
    const declared = ahead.declared[at] as DeclaredKeys;
    if (gasReserved + body.gasMax > rules.blockGasMax) {
      if (!skip) return refuse('BODY_GAS', `the block's transactions reserve more than ${rules.blockGasMax} gas`);
      skipped.push({ checked, code: 'BODY_GAS', message: 'no room left in this block' });
      continue;
    }
    const standing = checkStanding(journal, declared, rules, block, checked);
    if (!standing.ok) {
      if (!skip) return refuse('BODY_TRANSACTION', `${checked.idHex}: ${standing.message}`, { reason: standing.code });
      skipped.push({ checked, code: standing.code, message: standing.message });
      continue;
    }
    gasReserved += body.gasMax;
    for (const [i, key] of declared.keys.entries()) journal.load(key, declared.values[i]);
    const receipt = await runTransaction(journal, view, rules, block, checked, declared, author);
    gasUsed += receipt.gasUsed;
    receipts.push(receipt);
    included.push(checked);
  }
  await endBlock(journal, view, rules.router, block, author);
  return accept({ writes: journal.writes(), receipts, included, skipped, gasUsed });
}

/** Keys that a transaction is known to read, its lane's and its payer's first, and what the parent's state holds there. */
interface DeclaredKeys {
  readonly keys: readonly Uint8Array[];
  readonly values: readonly (Uint8Array | undefined)[];
}

/**
 * All keys that the block is known to read, in one batch. What one transaction declares is shown to it and to those after it, and only if it is
 * in the block: misses are counted, so what somebody left out may not change how many another one has.
 */
async function readAhead(
  view: StateView, rules: ExecutionRules, block: BlockContext, transactions: readonly CheckedTransaction[], author: AccountId | undefined,
): Promise<{ readonly author: Uint8Array | undefined; readonly declared: readonly DeclaredKeys[] }> {
  const lists = transactions.map(({ transaction: { body }, signers }) => {
    const keys = [sequenceKey(body.payer, body.lane), balanceKey(body.payer)];
    for (const operation of body.operations) {
      const container = rules.router.find(operation.container);
      if (container.ok) keys.push(...container.value.touches(operation.payload, operation.actor ?? body.payer, block));
      if (operation.actor !== undefined && !hasSigned(operation.actor, signers)) keys.push(...(rules.router.authority?.touches(operation.actor) ?? []));
    }
    return keys;
  });
  const values = await view.getMany([...(author === undefined ? [] : [balanceKey(author)]), ...lists.flat()]);
  let at = author === undefined ? 0 : 1;
  const declared = lists.map((keys) => ({ keys, values: values.slice(at, (at += keys.length)) }));
  return { author: author === undefined ? undefined : values[0], declared };
}

async function load(journal: StateJournal, view: StateView, keys: readonly Uint8Array[]): Promise<void> {
  const values = await view.getMany(keys);
  for (const [i, key] of keys.entries()) journal.load(key, values[i]);
}

/** What must hold for a transaction to stand in this block at all. */
function checkStanding(journal: StateJournal, declared: DeclaredKeys, rules: ExecutionRules, block: BlockContext, checked: CheckedTransaction): Verdict<void, string> {
  const { body } = checked.transaction;
  if (body.validUntil < block.height) return refuse('TX_EXPIRED', `valid until height ${body.validUntil}, this is ${block.height}`);
  const expected = numberUnder(journal, declared, 0);
  if (body.sequence !== expected) {
    return refuse(body.sequence < expected ? 'TX_SEQUENCE_USED' : 'TX_SEQUENCE_AHEAD', `lane ${body.lane} stands at ${expected}, the transaction has ${body.sequence}`);
  }
  const ceiling = feeCeiling(rules.fees, checked.bytes.length, body.gasMax);
  const balance = numberUnder(journal, declared, 1);
  if (balance < ceiling) return refuse('TX_CANNOT_PAY', `the payer holds ${balance}, the transaction may cost ${ceiling}`);
  return accept(undefined);
}

/** What stands under a declared key now, without showing the key: the transaction may still be left out. */
function numberUnder(journal: StateJournal, { keys, values }: DeclaredKeys, at: 0 | 1): bigint {
  const key = keys[at] as Uint8Array;
  return numberFromRecord(journal.isKnown(key) ? journal.get(key) : values[at]);
}

async function runTransaction(
  journal: StateJournal, view: StateView, rules: ExecutionRules, block: BlockContext, checked: CheckedTransaction, declared: DeclaredKeys, author: AccountId | undefined,
): Promise<Receipt> {
  const { body } = checked.transaction;
  const [sequence, balance] = declared.keys as [Uint8Array, Uint8Array];
  const ceiling = feeCeiling(rules.fees, checked.bytes.length, body.gasMax);
  // The most it can cost is set aside first, so that its own operations cannot spend the fee.
  const payerBalance = numberFromRecord(journal.get(balance));
  journal.set(balance, numberToRecord(payerBalance - ceiling));
  journal.set(sequence, numberToRecord(body.sequence + 1n));
  journal.commit();
  const outcome = await runOperations(journal, view, rules, block, checked);
  if (outcome.ok) journal.commit();
  else journal.revert();
  const feePaid = feeCeiling(rules.fees, checked.bytes.length, outcome.gasUsed);
  credit(journal, balance, ceiling - feePaid);
  if (author !== undefined && rules.fees.to === 'author') credit(journal, balanceKey(author), feePaid);
  journal.commit();
  return outcome.ok
    ? { status: 'ok', code: '', gasUsed: outcome.gasUsed, feePaid, results: outcome.results }
    : { status: 'failed', code: outcome.code, gasUsed: outcome.gasUsed, feePaid, results: [] };
}

type Outcome = { ok: true; gasUsed: bigint; results: Uint8Array[] } | { ok: false; gasUsed: bigint; code: string };

async function runOperations(journal: StateJournal, view: StateView, rules: ExecutionRules, block: BlockContext, checked: CheckedTransaction): Promise<Outcome> {
  const { body } = checked.transaction;
  let gasUsed = 0n;
  const results: Uint8Array[] = [];
  for (const [index, operation] of body.operations.entries()) {
    const outcome = await runToItsEnd(journal, view, (gas) => runOperation(journal, rules, block, checked, operation, index, gas), { gasMax: body.gasMax, gasUsed });
    if (!outcome.ok) return outcome;
    ({ gasUsed } = outcome);
    results.push(outcome.result);
  }
  return { ok: true, gasUsed, results };
}

type OperationOutcome = { ok: true; gasUsed: bigint; result: Uint8Array } | { ok: false; gasUsed: bigint; code: string };

/** One operation, again from its own start after each read that was not declared: those before it do not run twice. */
async function runToItsEnd(
  journal: StateJournal, view: StateView, run: (gas: GasMeter) => Verdict<Uint8Array, string>, { gasMax, gasUsed }: { gasMax: bigint; gasUsed: bigint },
): Promise<OperationOutcome> {
  for (let misses = 0; misses <= MISSES_MAX; misses++) {
    const gas = createGasMeter(gasMax, gasUsed);
    try {
      const done = run(gas);
      if (!done.ok) return { ok: false, gasUsed: gas.used, code: done.code };
      journal.endOperation();
      return { ok: true, gasUsed: gas.used, result: done.value };
    } catch (thrown) {
      if (thrown instanceof OutOfGas) return { ok: false, gasUsed: gas.used, code: 'OUT_OF_GAS' };
      if (!(thrown instanceof KeysNotLoaded)) throw thrown;
      journal.revertOperation();
      await load(journal, view, thrown.keys);
    }
  }
  return { ok: false, gasUsed: gasMax, code: 'TOO_MANY_READS' };
}

function runOperation(
  journal: StateJournal, rules: ExecutionRules, block: BlockContext, checked: CheckedTransaction, operation: Operation, index: number, gas: GasMeter,
): Verdict<Uint8Array, string> {
  const container = rules.router.find(operation.container);
  invariant(container.ok, 'admission let an unknown container pass');
  const { signers, transaction: { body: { payer, operations } } } = checked;
  const { actor = payer, payload } = operation;
  if (!hasSigned(actor, signers)) {
    const { authority } = rules.router;
    invariant(authority !== undefined, 'admission let an actor pass who did not sign');
    const may = authority.mayAct({ actor, signers, block, container: operation.container, action: container.value.actionOf?.(payload) ?? '', state: journal, gas });
    if (!may.ok) return may;
  }
  return container.value.execute(payload, { block, transactionId: checked.id, index, count: operations.length, actor, payer, signers, state: journal, gas });
}

function credit(journal: StateJournal, key: Uint8Array, amount: bigint): void {
  if (amount === 0n) return;
  journal.set(key, numberToRecord(numberFromRecord(journal.get(key)) + amount));
}
