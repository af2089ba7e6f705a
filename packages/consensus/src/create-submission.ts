import { accept, type Height, type PeerId, type TransactionId, type Verdict } from '@vsys/primitives';
import type { SignatureVerifier } from '@vsys/crypto';
import type { StateView } from '@vsys/state';
import { type AdmissionCode, type AdmissionRules, checkEnvelope, type CheckedTransaction, checkSignatures, type Mempool } from '@vsys/transaction';
import type { TransactionStatuses } from './transaction-statuses.ts';

export interface SubmissionParts {
  readonly admission: AdmissionRules;
  readonly verifier: SignatureVerifier;
  readonly pool: Mempool;
  readonly statuses: TransactionStatuses;
  readonly head: () => { readonly view: StateView; readonly height: Height };
  /** Hears of those that came into the pool. */
  readonly onPooled: (checked: readonly CheckedTransaction[], from: PeerId | undefined) => void;
}

export type Submit = (transactions: readonly Uint8Array[], from?: PeerId) => Promise<readonly Verdict<{ id: TransactionId; status: 'pooled' | 'known' }, AdmissionCode>[]>;

/** The way of transactions into the pool: form, signatures in one batch, then the state after the head. One verdict each, in order. */
export function createSubmission({ admission, verifier, pool, statuses, head, onPooled }: SubmissionParts): Submit {
  return async (transactions, from) => {
    const verdicts: Verdict<{ id: TransactionId; status: 'pooled' | 'known' }, AdmissionCode>[] = [];
    const fresh: { readonly at: number; readonly checked: CheckedTransaction }[] = [];
    for (const [at, bytes] of transactions.entries()) {
      const checked = checkEnvelope(admission, bytes);
      if (!checked.ok) verdicts[at] = checked;
      else if (pool.has(checked.value.idHex) || statuses.isIncluded(checked.value.idHex)) verdicts[at] = accept({ id: checked.value.id, status: 'known' });
      else fresh.push({ at, checked: checked.value });
    }
    const refusals = await checkSignatures(verifier, fresh.map(({ checked }) => checked));
    const good = fresh.filter(({ at }, i) => {
      const refusal = refusals[i];
      if (refusal !== undefined) verdicts[at] = refusal;
      return refusal === undefined;
    });
    const { view, height } = head();
    const added = await pool.add(good.map(({ checked }) => checked), view, height + 1);
    const news: CheckedTransaction[] = [];
    for (const [i, { at, checked }] of good.entries()) {
      const verdict = added[i] as Verdict<'pooled' | 'known', AdmissionCode>;
      if (verdict.ok) {
        statuses.undrop(checked.idHex);
        if (verdict.value === 'pooled') news.push(checked);
        verdicts[at] = accept({ id: checked.id, status: verdict.value });
      } else if (verdict.code === 'TX_SEQUENCE_USED' && (await statuses.of(checked.id)).kind !== 'unknown') verdicts[at] = accept({ id: checked.id, status: 'known' });
      else verdicts[at] = verdict;
    }
    if (news.length > 0) onPooled(news, from);
    return verdicts;
  };
}
