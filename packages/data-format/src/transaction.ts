import { type TransactionId, type Verdict, accept, refuse } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import { dropDefaults, type Fields, readFields } from './fields.ts';
import { codecOf, decodeCanonical, fieldLength, type FormatCode, safeInteger } from './gate.ts';
import type { Authorization, Operation, Transaction, TransactionBody } from './model.ts';

export const operationsMax = 1_000;
export const authorizationsMax = 16;
/** What the codec reads at most; a chain's own limit may be lower. */
export const transactionBytesMax = 262_144;

export function bodyToBytes(body: TransactionBody): Uint8Array {
  return codecOf('Body').encode(dropDefaults({
    ...body,
    validUntil: BigInt(body.validUntil),
    operations: body.operations.map((operation) => dropDefaults({ ...operation })),
  }));
}

export function bodyFromBytes(bytes: Uint8Array): Verdict<TransactionBody, FormatCode> {
  return decodeCanonical<TransactionBody>('Body', bytes, transactionBytesMax, (fields) => {
    const chainId = fields.bytes('chainId');
    const payer = fields.bytes('payer');
    for (const [name, value, length] of [['chainId', chainId, 32], ['payer', payer, 20]] as const) {
      const checked = fieldLength('Body', name, value, length);
      if (!checked.ok) return checked;
    }
    const validUntil = safeInteger('Body', 'validUntil', fields.uint64('validUntil'));
    if (!validUntil.ok) return validUntil;
    const messages = fields.list('operations');
    if (messages.length > operationsMax) return refuse('FORMAT_FIELD', `Body.operations has ${messages.length} entries, at most ${operationsMax} are allowed`);
    const operations: Operation[] = [];
    for (const message of messages) {
      const operation = readOperation(readFields(message as object));
      if (!operation.ok) return operation;
      operations.push(operation.value);
    }
    return accept({
      chainId, payer, lane: fields.uint32('lane'), sequence: fields.uint64('sequence'), validUntil: validUntil.value,
      feeMax: fields.uint64('feeMax'), gasMax: fields.uint64('gasMax'), operations,
    });
  }, bodyToBytes);
}

function readOperation(fields: Fields): Verdict<Operation, FormatCode> {
  const actor = fields.bytes('actor');
  if (actor.length !== 0 && actor.length !== 20) return refuse('FORMAT_FIELD', `Operation.actor must have 20 bytes, found ${actor.length}`);
  const operation = { container: fields.text('container'), payload: fields.bytes('payload') };
  return accept(actor.length === 0 ? operation : { ...operation, actor });
}

/** Tagged hash of the body: no second id by signing again, and sender and chain lie inside. */
export function transactionId(bodyBytes: Uint8Array): TransactionId {
  return taggedHash('v/transaction', bodyBytes);
}

/** What each authorization signs. Tagged, so that no message signed elsewhere can be a transaction. */
export function signingBytes(bodyBytes: Uint8Array): Uint8Array {
  return taggedHash('v/transaction/sign', bodyBytes);
}

export function transactionToBytes({ bodyBytes, authorizations }: Pick<Transaction, 'bodyBytes' | 'authorizations'>): Uint8Array {
  return codecOf('Transaction').encode(dropDefaults({ body: bodyBytes, authorizations: authorizations.map((one) => dropDefaults({ ...one })) }));
}

export function transactionFromBytes(bytes: Uint8Array): Verdict<Transaction, FormatCode> {
  return decodeCanonical<Transaction>('Transaction', bytes, transactionBytesMax, (fields) => {
    const bodyBytes = fields.bytes('body');
    const body = bodyFromBytes(bodyBytes);
    if (!body.ok) return body;
    const messages = fields.list('authorizations');
    if (messages.length === 0 || messages.length > authorizationsMax) {
      return refuse('FORMAT_FIELD', `Transaction.authorizations must have 1 to ${authorizationsMax} entries, found ${messages.length}`);
    }
    const authorizations: Authorization[] = messages.map((message) => {
      const one = readFields(message as object);
      return { scheme: one.uint32('scheme'), publicKey: one.bytes('publicKey'), signature: one.bytes('signature') };
    });
    return accept({ bodyBytes, body: body.value, authorizations });
  }, transactionToBytes);
}

/** Who signs: any key whose scheme has a tag. `createSigner` of `@vsys/crypto` fits. */
export interface TransactionSigner {
  readonly publicKey: { readonly scheme: keyof typeof schemeTags; readonly bytes: Uint8Array };
  sign(message: Uint8Array): Uint8Array;
}

const schemeTags = { ed25519: 1, secp256k1: 2, vsys: 3 } as const;

/** Encodes and signs a body. The bytes to send are `transactionToBytes` of it. */
export function createTransaction(body: TransactionBody, signers: readonly TransactionSigner[]): Transaction {
  const bodyBytes = bodyToBytes(body);
  const message = signingBytes(bodyBytes);
  return {
    bodyBytes,
    body,
    authorizations: signers.map(({ publicKey, sign }) => ({ scheme: schemeTags[publicKey.scheme], publicKey: publicKey.bytes, signature: sign(message) })),
  };
}
