import { hasCode, type Verdict, accept, refuse } from '@vsys/primitives';
import type { SignatureVerifier } from '@vsys/crypto';
import { type AdmissionRules, type CheckedTransaction, checkEnvelope, checkSignatures, type Mempool } from '@vsys/transaction';

/**
 * The transactions of a body, decoded and with every signature checked, once: what the pool admitted with the same bytes is neither decoded
 * nor checked again. Same bytes, not same id: an id does not cover the signatures.
 */
export async function verifyBody(
  rules: AdmissionRules, verifier: SignatureVerifier, pool: Mempool, transactions: readonly Uint8Array[], { trusted }: { trusted: boolean },
): Promise<Verdict<readonly CheckedTransaction[], 'IMPORT_BODY'>> {
  const checked: CheckedTransaction[] = [];
  const unknown: CheckedTransaction[] = [];
  for (const [index, bytes] of transactions.entries()) {
    const pooled = pool.getSame(bytes);
    if (pooled !== undefined) {
      checked.push(pooled);
      continue;
    }
    const one = checkEnvelope(rules, bytes);
    if (!one.ok) return refuse('IMPORT_BODY', `transaction ${index}: ${one.message}`, { reason: one.code, index });
    checked.push(one.value);
    if (!trusted) unknown.push(one.value);
  }
  if (unknown.length > 0) {
    const refusals = await checkSignatures(verifier, unknown).catch((error: unknown) => {
      // A worker that died is no fault of the block, and another one starts.
      if (hasCode(error, 'CRYPTO_WORKER_DEAD')) return checkSignatures(verifier, unknown);
      throw error;
    });
    const bad = refusals.find((refusal) => refusal !== undefined);
    if (bad !== undefined) return refuse('IMPORT_BODY', bad.message, { reason: bad.code });
  }
  return accept(checked);
}
