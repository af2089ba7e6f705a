/** Where identities lie in state, for readers and verifiers: docs/spec/identity.md §1. Browser-safe. */
import { type AccountId, concatBytes, uint32ToBytes } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import { type Binary, type Document, recordFromBytes, recordToBytes, type Value } from '@vsys/data-format/value';
import { containerPrefix } from '@vsys/container';

export const IDENTITY = 'identity';

/** 20 bytes, like the id of an account, with which it shares all places where one may act, own or be paid. */
export type IdentityId = Uint8Array;

/** Some of a list of keys, or of identities, must agree. */
export interface Quorum {
  readonly of: readonly AccountId[];
  readonly threshold: number;
}

export interface Guardians extends Quorum {
  /** Blocks that a recovery waits, in which the keys may cancel it, and that a change of guardians waits. */
  readonly delay: number;
}

export interface AvatarRecord {
  readonly kind: 'avatar';
  readonly creator: AccountId;
  readonly keys: Quorum;
  /** None: who loses the keys has lost the avatar. */
  readonly guardians?: Guardians;
  /** In force from that height on. */
  readonly nextGuardians?: { readonly guardians: Guardians; readonly from: number };
  /** May be finished from that height on. */
  readonly recovery?: { readonly keys: Quorum; readonly from: number };
}

export interface Member {
  /** An account, an avatar or another organisation. */
  readonly id: IdentityId;
  readonly roles: readonly string[];
}

/** So many members with the role must agree to that action. `*` stands for all containers, or for all actions of one. */
export interface Rule {
  readonly container: string;
  readonly action: string;
  readonly role: string;
  readonly threshold: number;
}

export interface OrganisationRecord {
  readonly kind: 'organisation';
  readonly creator: AccountId;
  readonly members: readonly Member[];
  /** The closest one counts: container and action, then the container's `*`, then `*` of both. Without one an action is refused. */
  readonly rules: readonly Rule[];
}

export type IdentityRecord = AvatarRecord | OrganisationRecord;

const prefix = containerPrefix(IDENTITY);
const AREA = { record: 0, created: 1, member: 2, key: 3, guardian: 4 } as const;
/** Value of entries that say all by their key. */
export const PRESENT: Uint8Array = Uint8Array.of(1);

/** The identity that the operation at this place of a transaction makes: nobody can know it before, or make it again. */
export function identityId(transactionId: Uint8Array, index: number): IdentityId {
  return taggedHash('v/identity', transactionId, uint32ToBytes(index)).slice(0, 20);
}

export function identityKey(id: IdentityId): Uint8Array {
  return concatBytes(prefix, Uint8Array.of(AREA.record), id);
}

/** Entries of what somebody made: `creator ‖ identity`. Without the identity: what all of them begin with. */
export function createdKey(creator: AccountId, id: IdentityId = new Uint8Array()): Uint8Array {
  return concatBytes(prefix, Uint8Array.of(AREA.created), creator, id);
}

/** Entries of the organisations that somebody is a member of: `member ‖ organisation`. */
export function memberKey(member: IdentityId, organisation: IdentityId = new Uint8Array()): Uint8Array {
  return concatBytes(prefix, Uint8Array.of(AREA.member), member, organisation);
}

/** Entries of the avatars that an account is a key of: `account ‖ avatar`. */
export function keyOfKey(account: AccountId, avatar: IdentityId = new Uint8Array()): Uint8Array {
  return concatBytes(prefix, Uint8Array.of(AREA.key), account, avatar);
}

/** Entries of the avatars that somebody guards, those of a coming change included: `guardian ‖ avatar`. */
export function guardianKey(guardian: IdentityId, avatar: IdentityId = new Uint8Array()): Uint8Array {
  return concatBytes(prefix, Uint8Array.of(AREA.guardian), guardian, avatar);
}

export function identityToRecord(identity: IdentityRecord): Uint8Array {
  const fields: [string, Value][] = [['kind', identity.kind], ['creator', binary(identity.creator)]];
  if (identity.kind === 'organisation') {
    fields.push(['members', membersToValue(identity.members)], ['rules', rulesToValue(identity.rules)]);
    return recordToBytes(new Map(fields));
  }
  const { keys, guardians, nextGuardians, recovery } = identity;
  fields.push(['keys', quorumToValue(keys)]);
  if (guardians !== undefined) fields.push(['guardians', guardiansToValue(guardians)]);
  if (nextGuardians !== undefined) fields.push(['nextGuardians', new Map<string, Value>([['guardians', guardiansToValue(nextGuardians.guardians)], ['from', BigInt(nextGuardians.from)]])]);
  if (recovery !== undefined) fields.push(['recovery', new Map<string, Value>([['keys', quorumToValue(recovery.keys)], ['from', BigInt(recovery.from)]])]);
  return recordToBytes(new Map(fields));
}

/** @throws InvariantError on bytes that the container did not write */
export function identityFromRecord(record: Uint8Array): IdentityRecord {
  const fields = recordFromBytes(record);
  const creator = bytesOf(fields.get('creator'));
  if (fields.get('kind') === 'organisation') return { kind: 'organisation', creator, members: membersFromValue(fields.get('members') as Document[]), rules: rulesFromValue(fields.get('rules') as Document[]) };
  const [guardians, next, recovery] = ['guardians', 'nextGuardians', 'recovery'].map((name) => fields.get(name) as Document | undefined);
  return {
    kind: 'avatar', creator, keys: quorumFromValue(fields.get('keys') as Document),
    ...(guardians === undefined ? {} : { guardians: guardiansFromValue(guardians) }),
    ...(next === undefined ? {} : { nextGuardians: { guardians: guardiansFromValue(next.get('guardians') as Document), from: Number(next.get('from')) } }),
    ...(recovery === undefined ? {} : { recovery: { keys: quorumFromValue(recovery.get('keys') as Document), from: Number(recovery.get('from')) } }),
  };
}

/** The guardians that count at a height: a change waits as long as a recovery does. */
export function guardiansAt({ guardians, nextGuardians }: AvatarRecord, height: number): Guardians | undefined {
  return nextGuardians !== undefined && height >= nextGuardians.from ? nextGuardians.guardians : guardians;
}

export function quorumToValue({ of, threshold }: Quorum): Document {
  return new Map<string, Value>([['of', of.map(binary)], ['threshold', BigInt(threshold)]]);
}

export function guardiansToValue(guardians: Guardians): Document {
  return new Map<string, Value>([...quorumToValue(guardians), ['delay', BigInt(guardians.delay)]]);
}

export function membersToValue(members: readonly Member[]): Value {
  return members.map(({ id, roles }) => new Map<string, Value>([['id', binary(id)], ['roles', [...roles]]]));
}

export function rulesToValue(rules: readonly Rule[]): Value {
  return rules.map(({ container, action, role, threshold }) => new Map<string, Value>([['container', container], ['action', action], ['role', role], ['threshold', BigInt(threshold)]]));
}

export function binary(bytes: Uint8Array): Binary {
  return { kind: 'binary', bytes, subtype: 0 };
}

function quorumFromValue(value: Document): Quorum {
  return { of: (value.get('of') as Value[]).map(bytesOf), threshold: Number(value.get('threshold')) };
}

function guardiansFromValue(value: Document): Guardians {
  return { ...quorumFromValue(value), delay: Number(value.get('delay')) };
}

function membersFromValue(values: readonly Document[]): Member[] {
  return values.map((value) => ({ id: bytesOf(value.get('id')), roles: value.get('roles') as string[] }));
}

function rulesFromValue(values: readonly Document[]): Rule[] {
  return values.map((value) => ({ container: value.get('container') as string, action: value.get('action') as string, role: value.get('role') as string, threshold: Number(value.get('threshold')) }));
}

function bytesOf(value: Value | undefined): Uint8Array {
  return (value as Binary).bytes;
}
