import { type AccountId, type ChainId, type Height, type Refusal, type Verdict, accept, equalBytes, refuse, toHex } from '@vsys/primitives';
import { accountOfPublicKey, type KeyScheme, type SignatureItem, type SignatureVerifier } from '@vsys/crypto';
import { type ChainLimits, type FeeRules, signingBytes, type Transaction, transactionFromBytes, transactionId } from '@vsys/data-format';
import type { Router } from '@vsys/container';

const SCHEMES: Readonly<Record<number, KeyScheme>> = { 1: 'ed25519', 2: 'secp256k1', 3: 'vsys' };

export type AdmissionCode =
  | 'TX_MALFORMED' | 'TX_TOO_LARGE' | 'TX_WRONG_CHAIN' | 'TX_EXPIRED' | 'TX_SIGNATURE' | 'TX_NOT_AUTHORIZED'
  | 'TX_FEE_TOO_LOW' | 'TX_GAS_TOO_HIGH' | 'TX_OPERATION' | 'TX_SEQUENCE_USED' | 'TX_SEQUENCE_AHEAD' | 'TX_CANNOT_PAY' | 'TX_POOL_FULL';

/** A transaction whose bytes, shape and signatures are good; what depends on state is not looked at yet. */
export interface CheckedTransaction {
  readonly id: Uint8Array;
  readonly idHex: string;
  readonly bytes: Uint8Array;
  readonly transaction: Transaction;
  /** Accounts of the keys that signed, in order, each once. */
  readonly signers: readonly AccountId[];
}

export interface AdmissionRules {
  readonly chainId: ChainId;
  readonly limits: ChainLimits;
  readonly fees: FeeRules;
  readonly router: Router;
}

/** The most that this transaction can cost, in atomic units: what the payer must hold and have allowed. */
export function feeCeiling(fees: FeeRules, bytes: number, gasMax: bigint): bigint {
  return fees.perByte * BigInt(bytes) + fees.perGas * gasMax;
}

/** Shape and limits: everything that needs neither state nor signature checks. */
export function checkEnvelope(rules: AdmissionRules, bytes: Uint8Array): Verdict<CheckedTransaction, AdmissionCode> {
  if (bytes.length > rules.limits.transactionBytesMax) {
    return refuse('TX_TOO_LARGE', `transaction has ${bytes.length} bytes, the chain allows ${rules.limits.transactionBytesMax}`);
  }
  const decoded = transactionFromBytes(bytes);
  if (!decoded.ok) return refuse('TX_MALFORMED', decoded.message, { format: decoded.code });
  const { body, bodyBytes, authorizations } = decoded.value;
  if (!equalBytes(body.chainId, rules.chainId)) {
    return refuse('TX_WRONG_CHAIN', `transaction is for chain ${toHex(body.chainId.subarray(0, 4))}…, this is ${toHex(rules.chainId.subarray(0, 4))}…`);
  }
  if (body.gasMax > rules.limits.blockGasMax) return refuse('TX_GAS_TOO_HIGH', `gasMax is ${body.gasMax}, a block allows ${rules.limits.blockGasMax}`);
  const ceiling = feeCeiling(rules.fees, bytes.length, body.gasMax);
  if (body.feeMax < ceiling) return refuse('TX_FEE_TOO_LOW', `feeMax is ${body.feeMax}, the transaction may cost ${ceiling}`, { needed: ceiling });
  if (body.operations.length === 0) return refuse('TX_OPERATION', 'transaction has no operation');
  for (const [index, operation] of body.operations.entries()) {
    const container = rules.router.find(operation.container);
    if (!container.ok) return refuse('TX_OPERATION', `operation ${index}: ${container.message}`, { index, reason: container.code });
    const checked = container.value.check(operation.payload);
    if (!checked.ok) return refuse('TX_OPERATION', `operation ${index}: ${checked.message}`, { index, reason: checked.code });
  }
  const signers = new Map<string, AccountId>();
  for (const authorization of authorizations) {
    const scheme = SCHEMES[authorization.scheme];
    if (scheme === undefined) return refuse('TX_SIGNATURE', `unknown key scheme ${authorization.scheme}`);
    const account = accountOfPublicKey({ scheme, bytes: authorization.publicKey });
    if (!account.ok) return refuse('TX_SIGNATURE', account.message, { reason: account.code });
    signers.set(toHex(account.value), account.value);
  }
  // Whether signers may act for an identity is a question to the state, so it waits for the execution.
  const needed = rules.router.authority === undefined ? body.operations.flatMap(({ actor }) => actor ?? []) : [];
  for (const account of [body.payer, ...needed]) {
    if (!signers.has(toHex(account))) return refuse('TX_NOT_AUTHORIZED', `account ${toHex(account)} pays or acts, and did not sign`);
  }
  const id = transactionId(bodyBytes);
  return accept({ id, idHex: toHex(id), bytes, transaction: decoded.value, signers: [...signers.values()] });
}

/** Checks the signatures of many transactions in one batch. One verdict each, in order. */
export async function checkSignatures(verifier: SignatureVerifier, checked: readonly CheckedTransaction[]): Promise<(Refusal<AdmissionCode> | undefined)[]> {
  const items: SignatureItem[] = [];
  const owner: number[] = [];
  for (const [index, { transaction }] of checked.entries()) {
    const message = signingBytes(transaction.bodyBytes);
    for (const { scheme, publicKey, signature } of transaction.authorizations) {
      items.push({ publicKey: { scheme: SCHEMES[scheme] as KeyScheme, bytes: publicKey }, message, signature });
      owner.push(index);
    }
  }
  const verdicts = await verifier.verify(items);
  const refusals: (Refusal<AdmissionCode> | undefined)[] = checked.map(() => undefined);
  for (const [item, index] of owner.entries()) {
    if (verdicts[item] !== 1) refusals[index] = refuse('TX_SIGNATURE', 'a signature does not verify; sign the bytes of this body again');
  }
  return refusals;
}

export function isExpired(checked: CheckedTransaction, height: Height): boolean {
  return checked.transaction.body.validUntil < height;
}
