/** Which moderators and registrars somebody honours, on one chain: a list that is signed and passed on. docs/spec/moderation.md §3. Browser-safe. */
import { type AccountId, accept, compareBytes, fromHex, invariant, plainTextFromBytes, refuse, toHex, utf8ToBytes, type Verdict } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import { accountIdFromPublicKey, type KeyScheme, type PublicKey, type Signer } from '@vsys/crypto/sign';
import { encodeDocument, type Value } from '@vsys/data-format/value';
import { policyLimits as limits } from './limits.ts';

export interface Policy {
  /** Of the chain that it is for: 32 bytes. */
  readonly chainId: Uint8Array;
  /** For people. */
  readonly name: string;
  /** A higher one of the same signer takes the place of a lower one. */
  readonly revision: number;
  /** In order: the first one that marks a document is told for it. */
  readonly moderators: readonly AccountId[];
  readonly registrars: readonly AccountId[];
}

export interface SignedPolicy extends Policy {
  /** Account of the key that signed. */
  readonly signer: AccountId;
  readonly publicKey: PublicKey;
  readonly signature: Uint8Array;
}

export type PolicyCode = 'POLICY_MALFORMED' | 'POLICY_LIMIT' | 'POLICY_SIGNATURE';

type VerifySignature = (publicKey: PublicKey, message: Uint8Array, signature: Uint8Array) => boolean;

const SCHEMES: readonly KeyScheme[] = ['ed25519', 'secp256k1', 'vsys'];
const FIELDS = ['chainId', 'name', 'revision', 'moderators', 'registrars', 'publicKey', 'signature'];

export function signPolicy(policy: Policy, signer: Signer): Verdict<SignedPolicy, PolicyCode> {
  const checked = checkPolicy(policy);
  if (!checked.ok) return checked;
  return accept({ ...policy, signer: signer.account, publicKey: signer.publicKey, signature: signer.sign(messageOf(policy)) });
}

/** One object of JSON, which a node and a client take as a file. Ids in hexadecimal. */
export function policyToJson({ chainId, name, revision, moderators, registrars, publicKey, signature }: SignedPolicy): string {
  return `${JSON.stringify({
    chainId: toHex(chainId), name, revision, moderators: moderators.map(toHex), registrars: registrars.map(toHex), publicKey: { scheme: publicKey.scheme, bytes: toHex(publicKey.bytes) }, signature: toHex(signature),
  }, null, 2)}\n`;
}

/** Reads a policy and checks its signature: it is as its signer made it. Whether that signer is one to follow is for the reader to say. */
export function policyFromJson(text: string, verify: VerifySignature): Verdict<SignedPolicy, PolicyCode> {
  const fields = fieldsOf(text);
  if (fields === undefined) return malformed('it is no object of JSON');
  const strange = [...Object.keys(fields).filter((name) => !FIELDS.includes(name)), ...FIELDS.filter((name) => !Object.hasOwn(fields, name))][0];
  if (strange !== undefined) return malformed(`it has ${FIELDS.join(', ')} and nothing else; see "${strange.slice(0, 40)}"`);
  const { name, revision, publicKey: key } = fields;
  const [chainId, signature] = [bytesOf(fields.chainId), bytesOf(fields.signature)];
  const [moderators, registrars] = [idsOf(fields.moderators), idsOf(fields.registrars)];
  const { scheme, bytes } = (typeof key === 'object' && key !== null ? key : {}) as { scheme?: unknown; bytes?: unknown };
  const [keyScheme, keyBytes] = [SCHEMES.find((one) => one === scheme), bytesOf(bytes)];
  if (chainId === undefined || signature === undefined || moderators === undefined || registrars === undefined || typeof name !== 'string' || typeof revision !== 'number') return malformed('ids are 40 hexadecimal digits, chainId and signature hexadecimal, name a text and revision a number');
  if (keyScheme === undefined || keyBytes === undefined || keyBytes.length !== (keyScheme === 'secp256k1' ? 33 : 32)) return malformed(`publicKey has a scheme, one of ${SCHEMES.join(', ')}, and its bytes`);
  const policy = { chainId, name, revision, moderators, registrars };
  const checked = checkPolicy(policy);
  if (!checked.ok) return checked;
  const publicKey = { scheme: keyScheme, bytes: keyBytes };
  if (!verify(publicKey, messageOf(policy), signature)) return refuse('POLICY_SIGNATURE', 'the policy is not as it was signed');
  return accept({ ...policy, publicKey, signature, signer: accountIdFromPublicKey(keyScheme, keyBytes) });
}

function checkPolicy({ chainId, name, revision, moderators, registrars }: Policy): Verdict<void, PolicyCode> {
  const nameBytes = utf8ToBytes(name);
  if (chainId.length !== 32) return malformed('chainId has 32 bytes');
  if (nameBytes.length === 0 || nameBytes.length > limits.policyNameBytesMax || plainTextFromBytes(nameBytes) !== name) return refuse('POLICY_LIMIT', `the name of a policy has 1 to ${limits.policyNameBytesMax} bytes, and no characters that are not seen`);
  if (!Number.isSafeInteger(revision) || revision < 0) return refuse('POLICY_LIMIT', 'a revision is a whole number from 0');
  for (const [what, ids, max] of [['moderators', moderators, limits.moderatorsMax], ['registrars', registrars, limits.registrarsMax]] as const) {
    if (ids.length > max) return refuse('POLICY_LIMIT', `a policy names at most ${max} ${what}, found ${ids.length}`);
    if (ids.some((id) => id.length !== 20) || ids.toSorted(compareBytes).some((id, i, sorted) => i > 0 && compareBytes(id, sorted[i - 1] as Uint8Array) === 0)) return malformed(`${what} have 20 bytes, and are named once each`);
  }
  return accept(undefined);
}

/** What is signed: bound to the chain by its id, and to being a policy by its tag. */
function messageOf({ chainId, name, revision, moderators, registrars }: Policy): Uint8Array {
  const binary = (bytes: Uint8Array): Value => ({ kind: 'binary', bytes, subtype: 0 });
  const encoded = encodeDocument(new Map<string, Value>([['chainId', binary(chainId)], ['name', name], ['revision', BigInt(revision)], ['moderators', moderators.map(binary)], ['registrars', registrars.map(binary)]]));
  invariant(encoded.ok, 'a policy within its limits encodes');
  return taggedHash('v/moderation/policy', encoded.value);
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.length > limits.policyCharactersMax) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

function bytesOf(json: unknown): Uint8Array | undefined {
  return typeof json === 'string' && /^(?:[0-9a-f]{2})*$/.test(json) ? fromHex(json) : undefined;
}

function idsOf(json: unknown): readonly Uint8Array[] | undefined {
  const ids = Array.isArray(json) ? json.map(bytesOf) : [undefined];
  return ids.every((id) => id !== undefined && id.length === 20) ? ids as Uint8Array[] : undefined;
}

function malformed(why: string): Verdict<never, 'POLICY_MALFORMED'> {
  return refuse('POLICY_MALFORMED', `this is no policy: ${why}`);
}
